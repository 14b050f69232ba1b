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
// - `agreed` does not guess: the verdict is the one that all such words give, and none where they differ. What is
//   quoted does not count: between "", “”, «» or backticks, to the end where a quotation is not closed, and in lines
//   that begin with >.
//
// Cost: linear. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/judge/judge_text.hpp>
#include <guerdon/verify/tags.hpp>

#include <span>

namespace guerdon {

enum class verdict_pick { last, first, agreed };
constexpr auto enumerators(verdict_pick) { return std::array{"last", "first", "agreed"}; }

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
namespace judge_text {

/// Follows a text byte by byte: is what stands here quoted?
class quotation {
 public:
  constexpr bool holds(std::string_view text, std::size_t at) {
    const std::string_view rest = text.substr(at);
    if (at == 0 || text[at - 1] == '\n') line_ = trim_left(rest.substr(0, rest.find('\n'))).starts_with('>');
    if (closer_.empty()) {
      for (const auto& [open, close] : marks)
        if (rest.starts_with(open)) closer_ = close, opened_ = at;
    } else if (at != opened_ && rest.starts_with(closer_)) {
      closer_ = {};
    }
    return line_ || !closer_.empty();
  }

 private:
  struct mark {
    std::string_view open, close;
  };
  static constexpr mark marks[] = {{"\"", "\""}, {"`", "`"}, {"“", "”"}, {"«", "»"}};
  std::string_view closer_;  // empty: nothing is open
  std::size_t opened_ = 0;
  bool line_ = false;
};

}  // namespace judge_text

/// One text.
inline op::parse_binary_verdict::outputs parse_binary_verdict(const op::parse_binary_verdict::inputs& in,
                                                              const op::parse_binary_verdict::options& o = {}) {
  check<op::parse_binary_verdict>(in, o);
  constexpr std::string_view thought = "</think>";
  std::string_view text = in.judge_text;
  if (const std::size_t at = text.rfind(thought); at != text.npos) text.remove_prefix(at + thought.size());
  op::parse_binary_verdict::outputs out;
  judge_text::quotation quotation;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (o.pick == verdict_pick::agreed && quotation.holds(text, at)) continue;
    const auto says = [&](std::string_view word) {
      return tags::stands_at(text, at, word) && judge_text::stands_alone(text, at, word.size());
    };
    const index_t said = says("yes") ? 1 : says("no") ? 0 : -1;
    if (said < 0) continue;
    if (o.pick == verdict_pick::agreed && out.verdict >= 0 && out.verdict != said) return {};
    out.verdict = said;
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
