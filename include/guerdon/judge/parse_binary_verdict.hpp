#pragma once
// Yes or no, read from what a judge wrote.
//
// $$v = \begin{cases} 1 & \text{the last word of the two is yes} \\ 0 & \text{it is no} \\ -1 & \text{neither occurs}
//   \end{cases}$$
//
// Source: this project's own definition, for the judges of arXiv:2507.08794, whose parser was not published.
//
// Details that differ:
// - Only what follows the last </think> is read; an unclosed block of thoughts is read as it is.
// - Capitals do not matter. A word that an ASCII letter, digit or underscore goes on with is none: "yesterday", "No1".
// - `pick = last`: a judge that reasons aloud names both words before it decides. `first` is for judges that are told
//   to begin with the verdict. Words of prose count ("Yes, there is no error" is no): ask for the bare word at the end.
//
// Cost: linear. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/judge/judge_text.hpp>
#include <guerdon/verify/tags.hpp>

#include <span>

namespace guerdon {

enum class verdict_pick { last, first };
constexpr auto enumerators(verdict_pick) { return std::array{"last", "first"}; }

namespace op {
struct parse_binary_verdict : host_kind {
  static constexpr info about{"parse_binary_verdict", "judge", "Yes or no, read from a judge's text",
                              "arXiv:2507.08794", skeleton::host, 1e-5, true};
  struct inputs {
    std::string_view judge_text;  ///< what the judge wrote
  };
  struct outputs {
    index_t verdict = -1;  ///< 1 = yes, 0 = no, -1 = neither word
  };
  struct options {
    verdict_pick pick = verdict_pick::last;  ///< which of several words is the verdict
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("judge_text", &I::judge_text, "B", words())); }
  template <class O>
  static constexpr auto results() { return std::tuple(array("verdict", &O::verdict, "B")); }
  static constexpr auto parameters() { return std::tuple(choice("pick", &options::pick)); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One text.
inline op::parse_binary_verdict::outputs parse_binary_verdict(const op::parse_binary_verdict::inputs& in,
                                                              const op::parse_binary_verdict::options& o = {}) {
  check<op::parse_binary_verdict>(in, o);
  constexpr std::string_view thought = "</think>";
  std::string_view text = in.judge_text;
  if (const std::size_t at = text.rfind(thought); at != text.npos) text.remove_prefix(at + thought.size());
  op::parse_binary_verdict::outputs out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto says = [&](std::string_view word) {
      return tags::stands_at(text, at, word) && judge_text::stands_alone(text, at, word.size());
    };
    if (says("yes")) out.verdict = 1;
    else if (says("no")) out.verdict = 0;
    else continue;
    if (o.pick == verdict_pick::first) break;
  }
  return out;
}

/// A batch, in order.
inline auto parse_binary_verdict(const host_rows& rows, std::span<const op::parse_binary_verdict::inputs> in,
                                 const op::parse_binary_verdict::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return parse_binary_verdict(row, o); });
}

}}  // namespace guerdon
