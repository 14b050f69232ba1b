#pragma once
// How strongly a judge prefers one of two answers, read from its last answer block: -3 (the first is better) to 3.
//
// $$s = \text{the last number of the block, one of } -3, -2, -1, 1, 2, 3; \qquad
//   \text{binary: } s = -1 \text{ for A}, 1 \text{ for B}$$
//
// Source: Think-RM, arXiv:2505.16265, call_gen_prm_multiclass.py and call_gen_prm_binary.py.
//
// Details that differ:
// - `strict`: numbers are read whole, a number being a run of digits, points, signs and dashes; points at its end are
//   not of it. So 10, -12, 0, 2.0 and whatever stands behind a minus of Unicode are no strength; the released code
//   (strict = false) looks for its six anywhere: 10 is 1, -12 is 2. Letters count where no ASCII word goes on beside
//   them; to the released code "Both" is B.
// - The last number is taken for the verdict whatever it means: "-2 (scale -3 to 3)" is 3. Ask for the bare number.
// - `length_scaled` divides a binary verdict by the code points of the whole text, as the released trainer does and the
//   paper does not say.
// - Nothing to read: NaN.
//
// Cost: linear. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/judge/judge_text.hpp>
#include <guerdon/verify/tags.hpp>

#include <limits>
#include <span>

namespace guerdon {

enum class strength_scale { multiclass, binary };
constexpr auto enumerators(strength_scale) { return std::array{"multiclass", "binary"}; }

namespace op {
struct parse_preference_strength : host_kind {
  static constexpr info about{"parse_preference_strength", "judge",
                              "Preference strength, read from a judge's text (Think-RM)",
                              "arXiv:2505.16265", skeleton::host};
  struct inputs {
    std::string_view judge_text;
  };
  struct outputs {
    double strength = std::numeric_limits<double>::quiet_NaN();  ///< below 0: the first is better; NaN: unreadable
  };
  struct options {
    strength_scale mode = strength_scale::multiclass;
    bool strict = true;          ///< whole numbers and single letters only
    bool length_scaled = false;  ///< binary: divided by the length of the text
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("judge_text", &I::judge_text, "B", words())); }
  template <class O>
  static constexpr auto results() { return std::tuple(array("strength", &O::strength, "B").or_nan()); }
  static constexpr auto parameters() {
    return std::tuple(choice("mode", &options::mode), flag("strict", &options::strict),
                      flag("length_scaled", &options::length_scaled));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {
namespace judge_text {

/// The last number of a text as it is written; empty if there is none.
constexpr std::string_view last_number(std::string_view text) {
  const char *const end = text.data() + text.size(), *start = text.data();
  std::string_view last;
  bool inside = false, digits = false;
  for (const char* at = text.data();;) {
    const auto [c, size] = at == end ? unicode::decoded{U' ', 0} : unicode::decode_at(at, end);
    const bool digit = c >= U'0' && c <= U'9';
    if (digit || c == U'.' || c == U'+' || c == U'-' || (c >= 0x2010 && c <= 0x2015) || c == 0x2212) {
      if (!inside) start = at, digits = false;
      inside = true, digits |= digit;
    } else {
      if (inside && digits) last = {start, static_cast<std::size_t>(at - start)};
      inside = false;
    }
    if (at == end) break;
    at += size;
  }
  return last.substr(0, last.find_last_not_of('.') + 1);
}

constexpr bool is_degree(char c) { return c >= '1' && c <= '3'; }

constexpr double strength_of(std::string_view number) {
  if (number.empty() || number.size() > 2 || !is_degree(number.back())) return std::numeric_limits<double>::quiet_NaN();
  const double degree = number.back() - '0';
  if (number.size() == 1 || number[0] == '+') return degree;
  return number[0] == '-' ? -degree : std::numeric_limits<double>::quiet_NaN();
}
/// The last of the six wherever it stands.
constexpr double loose_strength(std::string_view text) {
  double last = std::numeric_limits<double>::quiet_NaN();
  for (std::size_t k = 0; k < text.size(); ++k)
    if (is_degree(text[k])) last = (k > 0 && text[k - 1] == '-' ? -1 : 1) * (text[k] - '0');
  return last;
}
constexpr double binary_strength(std::string_view text, bool strict) {
  for (std::size_t k = text.size(); k-- > 0;)
    if ((text[k] == 'A' || text[k] == 'B') && (!strict || stands_alone(text, k, 1))) return text[k] == 'A' ? -1 : 1;
  return std::numeric_limits<double>::quiet_NaN();
}

}  // namespace judge_text

/// One text.
inline op::parse_preference_strength::outputs parse_preference_strength(
    const op::parse_preference_strength::inputs& in, const op::parse_preference_strength::options& o = {}) {
  check<op::parse_preference_strength>(in, o);
  const auto block = tags::last_block(in.judge_text, "<answer>", "</answer>");
  if (!block) return {};
  if (o.mode == strength_scale::multiclass)
    return {o.strict ? judge_text::strength_of(judge_text::last_number(block->content))
                     : judge_text::loose_strength(block->content)};
  const double verdict = judge_text::binary_strength(block->content, o.strict);
  return {o.length_scaled ? verdict / static_cast<double>(unicode::count_code_points(in.judge_text)) : verdict};
}

/// A batch, in order.
inline auto parse_preference_strength(const host_rows& rows, std::span<const op::parse_preference_strength::inputs> in,
                                      const op::parse_preference_strength::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return parse_preference_strength(row, o); });
}

}}  // namespace guerdon
