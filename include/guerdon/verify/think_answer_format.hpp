#pragma once
// Whether a completion keeps to the form "<think>...</think><answer>...</answer>" of reasoning models.
//
//   open_r1     <think>\n ... \n</think>\n<answer>\n ... \n</answer> and then the end or a new line
//   trl_think   <think> at the very beginning, no second one anywhere, and a </think>
//   loose       the whole text is <think> ... </think>, white space, <answer> ... </answer>
//
// $$r = [\text{the completion is of the form}]$$
//
// Source: Open R1, rewards.py (format_reward); TRL, rewards (think_format_reward); UI-R1, arXiv:2503.21620 (loose).
//
// Details that differ:
// - Open R1's end anchor is one of lines: any text may stand behind the line break after </answer>.
// - What stands for "..." may be empty and may hold further tags; the line breaks of two tags are two.
// - trl_think asks for no answer tag.
// - Tags written twice and tags with nothing between them pass, as published. `strict` asks for each tag of the form
//   exactly once, for something that is not white space between two of a pair, and for nothing else behind the last.
//
// Cost: linear. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/core/text.hpp>
#include <guerdon/verify/tags.hpp>

#include <span>

namespace guerdon {

enum class think_answer_template { open_r1, trl_think, loose };
constexpr auto enumerators(think_answer_template) { return std::array{"open_r1", "trl_think", "loose"}; }

namespace op {
struct think_answer_format : host_kind {
  static constexpr info about{"think_answer_format", "verify", "Whether thoughts and answer stand between their tags",
                              "arXiv:2503.21620", skeleton::host};
  struct inputs {
    std::string_view completion;
  };
  struct outputs {
    double reward = 0;  ///< 1 or 0
  };
  struct options {
    think_answer_template form = think_answer_template::open_r1;
    bool strict = false;  ///< each tag once, something between them, nothing behind
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("completion", &I::completion, "B", words())); }
  template <class O>
  static constexpr auto results() { return std::tuple(array("reward", &O::reward, "B")); }
  static constexpr auto parameters() {
    return std::tuple(choice("form", &options::form).in_files("template"), flag("strict", &options::strict));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {
namespace think_answer {

/// Of a text that is of the form: no tag twice, nothing empty, nothing behind the answer.
inline bool strict(std::string_view text, bool with_answer) {
  std::size_t at = 0;
  const auto block = [&](std::string_view opener, std::string_view closer) {
    if (tags::count(text, opener, 2) != 1 || tags::count(text, closer, 2) != 1) return false;
    const std::size_t begin = text.find(opener) + opener.size(), end = text.find(closer);
    if (end < begin || unicode::trim(text.substr(begin, end - begin)).empty()) return false;
    at = end + closer.size();
    return true;
  };
  if (!block("<think>", "</think>")) return false;
  return !with_answer || (block("<answer>", "</answer>") && unicode::trim(text.substr(at)).empty());
}

}  // namespace think_answer

/// One completion.
inline op::think_answer_format::outputs think_answer_format(const op::think_answer_format::inputs& in,
                                                            const op::think_answer_format::options& o = {}) {
  check<op::think_answer_format>(in, o);
  constexpr std::string_view think = "<think>", thought = "</think>", answer = "<answer>", answered = "</answer>";
  const std::string_view text = in.completion;
  constexpr auto none = std::string_view::npos;
  if (!text.starts_with(think)) return {0};
  if (o.strict && !think_answer::strict(text, o.form != think_answer_template::trl_think)) return {0};
  switch (o.form) {
    case think_answer_template::open_r1: {
      constexpr std::string_view middle = "\n</think>\n<answer>\n", closer = "\n</answer>";
      if (!text.starts_with("<think>\n")) return {0};
      const std::size_t at = text.find(middle, think.size() + 1);
      if (at == none) return {0};
      for (std::size_t end = at + middle.size(); (end = text.find(closer, end)) != none;) {
        end += closer.size();
        if (end == text.size() || text[end] == '\n') return {1};
      }
      return {0};
    }
    case think_answer_template::trl_think:
      return {text.find(think, 1) == none && text.find(thought) != none ? 1.0 : 0.0};
    case think_answer_template::loose:
      if (!text.ends_with(answered)) return {0};
      for (std::size_t at = think.size(); (at = text.find(thought, at)) != none;) {
        at += thought.size();
        const std::string_view rest = unicode::trim_left(text.substr(at));
        if (rest.starts_with(answer) && rest.size() >= answer.size() + answered.size()) return {1};
      }
      return {0};
  }
  return {0};
}

/// A batch, in order.
inline auto think_answer_format(const host_rows& rows, std::span<const op::think_answer_format::inputs> in,
                                const op::think_answer_format::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return think_answer_format(row, o); });
}

}}  // namespace guerdon
