#pragma once
// How many of a program's tests printed what they should. Programs are run elsewhere: here are their outputs.
//
// $$r = \frac{1}{n} \sum_i p_i \quad \text{or} \quad r = \prod_i p_i$$
//
// with $p_i$ = 1 where test i ran and its output is the expected one: the share of them (`fraction`), or whether all
// are (`all`). 0 without tests.
//
//   strip          equal without white space behind the text and behind its lines
//   exact          equal
//   tokens         the same words
//   float_tokens   the same words, numbers within float_tol * max(1, |expected|)
//
// Source: APPS and verl's prime_code; the definition is this project's.
//
// Details that differ:
// - Under strip blanks before a line count, and so do empty lines within the text. Lines end at \n alone.
// - A number is decimal: no "inf", no "nan", no hexadecimal, no underscores. What is too large for a double is compared
//   as text.
//
// Cost: linear. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/verify/decimal.hpp>
#include <guerdon/verify/words.hpp>

#include <span>

namespace guerdon {

enum class output_compare { strip, exact, tokens, float_tokens };
constexpr auto enumerators(output_compare) { return std::array{"strip", "exact", "tokens", "float_tokens"}; }
enum class test_reward { fraction, all };
constexpr auto enumerators(test_reward) { return std::array{"fraction", "all"}; }

namespace op {
struct code_io_accuracy : host_kind {
  static constexpr info about{"code_io_accuracy", "verify", "Tests whose output is the expected one", "",
                              skeleton::host, 1e-5, true};
  struct inputs {
    text_view actual;            ///< what each test of a program printed
    text_view expected;          ///< what it should have printed
    view<const index_t> status;  ///< 0: the test ran; anything else: it failed
  };
  struct outputs {
    std::vector<flag_t> passed;
    double reward = 0;
  };
  struct options {
    output_compare compare = output_compare::strip;
    test_reward mode = test_reward::fraction;  ///< share of the tests, or 1 if all passed
    double float_tol = 1e-6;                   ///< >= 0
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(list_of("actual", &I::actual, "N", "test_offsets", words()),
                      list_of("expected", &I::expected, "N", "test_offsets", words()),
                      list_of("status", &I::status, "N", "test_offsets", integers(0, 1)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(list_of("passed", &O::passed, "N", "test_offsets"), array("reward", &O::reward, "B"));
  }
  static constexpr auto parameters() {
    return std::tuple(choice("compare", &options::compare), choice("mode", &options::mode),
                      option("float_tol", &options::float_tol, at_least(0, 0.1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {
namespace program_output {

/// Line by line, without what is blank behind them.
constexpr bool same_stripped(std::string_view a, std::string_view b) {
  a = unicode::trim_right(a), b = unicode::trim_right(b);
  while (true) {
    const std::size_t a_end = a.find('\n'), b_end = b.find('\n');
    if (unicode::trim_right(a.substr(0, a_end)) != unicode::trim_right(b.substr(0, b_end))) return false;
    if (a_end == a.npos || b_end == b.npos) return a_end == b_end;
    a.remove_prefix(a_end + 1), b.remove_prefix(b_end + 1);
  }
}

inline bool same_tokens(std::string_view actual, std::string_view expected, bool floats, double tolerance) {
  const auto a = words_of(actual), b = words_of(expected);
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](std::string_view x, std::string_view y) {
    if (x == y) return true;
    if (!floats) return false;
    const auto p = decimal_number(x), q = decimal_number(y);
    return p && q && std::abs(*p - *q) <= tolerance * std::max(1.0, std::abs(*q));
  });
}

inline bool same(std::string_view actual, std::string_view expected, const op::code_io_accuracy::options& o) {
  switch (o.compare) {
    case output_compare::strip: return same_stripped(actual, expected);
    case output_compare::exact: return actual == expected;
    case output_compare::tokens: return same_tokens(actual, expected, false, 0);
    case output_compare::float_tokens: return same_tokens(actual, expected, true, o.float_tol);
  }
  return false;
}

}  // namespace program_output

/// The tests of one program.
inline op::code_io_accuracy::outputs code_io_accuracy(const op::code_io_accuracy::inputs& in,
                                                      const op::code_io_accuracy::options& o = {}) {
  check<op::code_io_accuracy>(in, o);
  op::code_io_accuracy::outputs out;
  const index_t tests = in.actual.size();
  index_t passed = 0;
  for (index_t i = 0; i < tests; ++i) {
    out.passed.push_back(in.status[i] == 0 && program_output::same(in.actual[i], in.expected[i], o));
    passed += out.passed.back();
  }
  if (tests == 0) return out;
  const double share = static_cast<double>(passed) / static_cast<double>(tests);
  out.reward = o.mode == test_reward::fraction ? share : passed == tests ? 1 : 0;
  return out;
}

/// A batch, in order.
inline auto code_io_accuracy(const host_rows& rows, std::span<const op::code_io_accuracy::inputs> in,
                             const op::code_io_accuracy::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return code_io_accuracy(row, o); });
}

}}  // namespace guerdon
