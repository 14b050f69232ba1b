#pragma once
// How much of a text follows the reference in its order: the longest common subsequence of their words.
//
// $$P = \frac{L}{|c|}, \quad R = \frac{L}{|r|}, \quad F = \frac{(1 + \beta^2) P R}{R + \beta^2 P}$$
//
//   rouge        words of a to z and 0 to 9, in lower case; anything else separates
//   whitespace   words between white space, as they stand
//   char         characters
//
// 0 where nothing is common, and where both are empty.
//
// Source: Lin, "ROUGE" (2004); Google's rouge-score for the tokenizer.
//
// Details that differ:
// - To `rouge` letters with accents and all other scripts are separators, as in rouge-score without a stemmer: Chinese
//   has no words. Use char there.
// - rouge-score has beta = 1, Lin's program 1.2 and more.
//
// Cost: |c||r| / 64 steps; `max_work` refuses long texts beforehand. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/verify/bit_rows.hpp>
#include <guerdon/verify/words.hpp>

#include <span>

namespace guerdon {

enum class rouge_tokenizer { rouge, whitespace, character };
constexpr auto enumerators(rouge_tokenizer) { return std::array{"rouge", "whitespace", "char"}; }

namespace op {
struct rouge_l : host_kind {
  static constexpr info about{"rouge_l", "verify", "Longest common subsequence with the reference (ROUGE-L)", "",
                              skeleton::host};
  struct inputs {
    std::string_view candidate;
    std::string_view reference;
  };
  struct outputs {
    double f = 0;
    double precision = 0;
    double recall = 0;
  };
  struct options {
    rouge_tokenizer tokenizer = rouge_tokenizer::rouge;
    double beta = 1;       ///< > 0, how much recall weighs
    index_t max_work = 0;  ///< refuse if the numbers of tokens multiply to more; 0: no limit
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("candidate", &I::candidate, "B", words()), array("reference", &I::reference, "B", words()));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("f", &O::f, "B"), array("precision", &O::precision, "B"), array("recall", &O::recall, "B"));
  }
  static constexpr auto parameters() {
    return std::tuple(choice("tokenizer", &options::tokenizer), option("beta", &options::beta, greater_than(0, 0.5, 2)),
                      option("max_work", &options::max_work, counts(1000)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {
namespace rouge {

/// f(word) for every run of a-z and 0-9 of a text in lower case.
template <class F>
void for_each_plain_word(std::string_view lower, F f) {
  const auto is_plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  for (std::size_t at = 0; at < lower.size();) {
    std::size_t end = at;
    while (end < lower.size() && is_plain(lower[end])) ++end;
    if (end > at) f(lower.substr(at, end - at));
    at = end + 1;
  }
}

/// The tokens of both texts as numbers.
struct tokens {
  bit_rows::sequence candidate, reference;

  tokens(std::string_view c, std::string_view r, rouge_tokenizer tokenizer) {
    if (tokenizer == rouge_tokenizer::character) {
      element_numbers<char32_t> numbers;
      candidate = number_code_points(c, numbers), reference = number_code_points(r, numbers);
      return;
    }
    const bool plain = tokenizer == rouge_tokenizer::rouge;
    std::string lower[2];
    if (plain) c = lower[0] = unicode::lower(c), r = lower[1] = unicode::lower(r);
    element_numbers<std::string_view> numbers;
    for (const bool is_candidate : {true, false}) {
      auto& out = is_candidate ? candidate : reference;
      const auto put = [&](std::string_view word) { out.push_back(numbers.of(word)); };
      if (plain) for_each_plain_word(is_candidate ? c : r, put);
      else for_each_word(is_candidate ? c : r, put);
    }
  }
};

}  // namespace rouge

/// One pair of texts.
inline op::rouge_l::outputs rouge_l(const op::rouge_l::inputs& in, const op::rouge_l::options& o = {}) {
  const auto rule = check<op::rouge_l>(in, o);
  const rouge::tokens tokens(in.candidate, in.reference, o.tokenizer);
  const auto n = static_cast<double>(tokens.candidate.size()), m = static_cast<double>(tokens.reference.size());
  require_matchable(rule, tokens.candidate.size(), tokens.reference.size(), o.max_work);
  const auto common = static_cast<double>(bit_rows::longest_common_subsequence(tokens.candidate, tokens.reference));
  if (common == 0) return {};
  const double p = common / n, r = common / m, b = o.beta * o.beta;
  return {(1 + b) * p * r / (r + b * p), p, r};
}

/// A batch, in order.
inline auto rouge_l(const host_rows& rows, std::span<const op::rouge_l::inputs> in,
                    const op::rouge_l::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return rouge_l(row, o); });
}

}}  // namespace guerdon
