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
//   quoted does not count (quotation.hpp: between marks of many languages, to the end where a quotation is not closed,
//   and in lines that begin with >), and no sentence that ends in a question mark.
//
// Cost: linear. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/judge/judge_text.hpp>
#include <guerdon/judge/quotation.hpp>
#include <guerdon/verify/tags.hpp>

#include <array>
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

/// Gathers verdicts sentence by sentence, and forgets those of questions.
class statements {
 public:
  constexpr void says(bool yes) { sentence_[yes] = true; }

  /// A byte that is not quoted. A sentence is over where another one begins: behind "e.g." none does.
  constexpr void read(std::string_view rest) {
    if (is_blank(static_cast<unsigned char>(rest[0])) && rest[0] != '\n') return;
    const auto any_of = [&](auto... signs) { return (rest.starts_with(signs) || ...); };
    if (any_of("?", "？", "؟")) {
      sentence_ = {}, stopped_ = false;
    } else if (any_of("!", ".", "\n", "！", "。")) {
      stopped_ = true;
    } else if (stopped_ && (static_cast<unsigned char>(rest[0]) & 0xC0) != 0x80) {
      constexpr std::string_view goes_on = "abcdefghijklmnopqrstuvwxyz0123456789,;:)]";
      if (goes_on.find(rest[0]) == goes_on.npos) end_sentence();
      stopped_ = false;
    }
  }
  /// What all say; -1: nothing, or not the same.
  constexpr index_t agreed() {
    end_sentence();
    return text_[0] == text_[1] ? -1 : text_[1];
  }

 private:
  constexpr void end_sentence() {
    text_ = {text_[0] || sentence_[0], text_[1] || sentence_[1]};
    sentence_ = {};
  }
  std::array<bool, 2> sentence_{}, text_{};
  bool stopped_ = false;
};

/// 1 or 0 where "yes" or "no" stands here as a word of its own, else -1.
constexpr index_t verdict_at(std::string_view text, std::size_t at) {
  const auto says = [&](std::string_view word) {
    return tags::stands_at(text, at, word) && stands_alone(text, at, word.size());
  };
  return says("yes") ? 1 : says("no") ? 0 : -1;
}

constexpr index_t agreed_verdict(std::string_view text) {
  quotation quotation;
  statements statements;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (quotation.holds(text, at)) continue;
    statements.read(text.substr(at));
    if (const index_t said = verdict_at(text, at); said >= 0) statements.says(said == 1);
  }
  return statements.agreed();
}

}  // namespace judge_text

/// One text.
inline op::parse_binary_verdict::outputs parse_binary_verdict(const op::parse_binary_verdict::inputs& in,
                                                              const op::parse_binary_verdict::options& o = {}) {
  check<op::parse_binary_verdict>(in, o);
  constexpr std::string_view thought = "</think>";
  std::string_view text = in.judge_text;
  if (const std::size_t at = text.rfind(thought); at != text.npos) text.remove_prefix(at + thought.size());
  if (o.pick == verdict_pick::agreed) return {judge_text::agreed_verdict(text)};
  index_t verdict = -1;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const index_t said = judge_text::verdict_at(text, at);
    if (said < 0) continue;
    verdict = said;
    if (o.pick == verdict_pick::first) break;
  }
  return {verdict};
}

/// A batch, in order.
inline auto parse_binary_verdict(const host_rows& rows, std::span<const op::parse_binary_verdict::inputs> in,
                                 const op::parse_binary_verdict::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return parse_binary_verdict(row, o); });
}

}}  // namespace guerdon
