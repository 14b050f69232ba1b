#pragma once
// The sentence that an answer opens with: labelled "No", it teaches a judge that an opening is not an answer.
//
// $$\text{opener} = \text{text up to the first line end or full stop}$$
//
// The text ends before a line feed, behind an ideographic full stop, exclamation or question mark (U+3002, U+FF01,
// U+FF1F), and behind one of . ! ? that is last or has white space behind it; blanks at both ends are left out.
//
// Source: Master-RM, arXiv:2507.08794, for the recipe; the rule is this project's own, the authors' splitter was not
// published.
//
// Details that differ:
// - "3.14 as pi." ends at its last dot. Abbreviations are not known: "e.g. this" ends behind "e.g.".
// - White space is ASCII's and U+3000; a lone carriage return is white space, no line end.
// - Only openers that something was cut from (`truncated`) are of use as negatives.
//
// Cost: linear in the opener. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/judge/judge_text.hpp>

#include <span>

namespace guerdon {
namespace op {
struct first_sentence : host_kind {
  static constexpr info about{"first_sentence", "judge", "The sentence that an answer opens with (Master-RM)",
                              "arXiv:2507.08794", skeleton::host, 1e-5, true};
  struct inputs {
    std::string_view response;
  };
  struct outputs {
    std::string opener;
    bool truncated = false;  ///< more than white space was left behind
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("response", &I::response, "B", words())); }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("opener", &O::opener, "B"), array("truncated", &O::truncated, "B"));
  }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One answer.
inline op::first_sentence::outputs first_sentence(const op::first_sentence::inputs& in,
                                                  const op::first_sentence::options& o = {}) {
  check<op::first_sentence>(in, o);
  const std::string_view text = judge_text::trim_left(in.response);
  const char *const begin = text.data(), *const end = begin + text.size();
  const char* stop = end;
  for (const char* at = begin; at != end;) {
    const auto [c, size] = unicode::decode_at(at, end);
    const char* const behind = at + size;
    const bool stops = c == 0x3002 || c == 0xFF01 || c == 0xFF1F ||
                       ((c == U'.' || c == U'!' || c == U'?') &&
                        (behind == end || judge_text::is_blank(unicode::decode_at(behind, end).code_point)));
    if (c == U'\n' || stops) {
      stop = stops ? behind : at;
      break;
    }
    at = behind;
  }
  const std::size_t size = static_cast<std::size_t>(stop - begin);
  return {std::string(judge_text::trim_right(text.substr(0, size))), !judge_text::trim_left(text.substr(size)).empty()};
}

/// A batch, in order.
inline auto first_sentence(const host_rows& rows, std::span<const op::first_sentence::inputs> in,
                           const op::first_sentence::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return first_sentence(row, o); });
}

}}  // namespace guerdon
