#pragma once
// A part of the reward for each tag of reasoning and answer that occurs once, less a little for every character behind
// the end.
//
// $$r = w \sum_t [\text{tag } t \text{ occurs exactly once}] - \pi\, (\text{characters behind the answer})$$
//
// over "<reasoning>\n", "\n</reasoning>\n", "\n<answer>\n" and "\n</answer>"; the characters are charged with each of
// the last two tags that occurs once, so that a perfect layout that ends in one line break earns 4 w.
//
// Source: Will Brown's GRPO demonstration (count_xml), as Reasoning-SQL, arXiv:2503.23157, uses it.
//
// Details that differ:
// - None by intent: a text that ends at the closing tag gains $\pi$, and one without "\n</answer>\n" is charged whole
//   where "\n<answer>\n" stands.
//
// Cost: linear. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/verify/tags.hpp>

#include <span>

namespace guerdon {
namespace op {
struct xml_count_reward : host_kind {
  static constexpr info about{"xml_count_reward", "verify",
                              "A part for each tag of reasoning and answer (Reasoning-SQL)",
                              "arXiv:2503.23157", skeleton::host};
  struct inputs {
    std::string_view completion;
  };
  struct outputs {
    double reward = 0;  ///< may be negative
  };
  struct options {
    std::string_view open_tag = "reasoning";  ///< names without brackets
    std::string_view answer_tag = "answer";
    double part = 0.125;              ///< w
    double trailing_penalty = 0.001;  ///< what a character behind the end costs
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("completion", &I::completion, "B", words())); }
  template <class O>
  static constexpr auto results() { return std::tuple(array("reward", &O::reward, "B")); }
  static constexpr auto parameters() {
    return std::tuple(text("open_tag", &options::open_tag), text("answer_tag", &options::answer_tag),
                      option("part", &options::part, drawn(0, 1)),
                      option("trailing_penalty", &options::trailing_penalty, drawn(0, 0.1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One completion.
inline op::xml_count_reward::outputs xml_count_reward(const op::xml_count_reward::inputs& in,
                                                      const op::xml_count_reward::options& o = {}) {
  check<op::xml_count_reward>(in, o);
  const std::string open(o.open_tag), answer(o.answer_tag);
  const auto once = [&](const std::string& tag) { return tags::occurs_once(in.completion, tag); };
  const auto behind_last = [&](const std::string& tag) {
    const std::size_t at = in.completion.rfind(tag);
    return static_cast<double>(
        unicode::count_code_points(at == in.completion.npos ? in.completion : in.completion.substr(at + tag.size())));
  };
  double reward = 0;
  if (once("<" + open + ">\n")) reward += o.part;
  if (once("\n</" + open + ">\n")) reward += o.part;
  if (once("\n<" + answer + ">\n")) reward += o.part - o.trailing_penalty * behind_last("\n</" + answer + ">\n");
  if (once("\n</" + answer + ">")) reward += o.part - o.trailing_penalty * (behind_last("\n</" + answer + ">") - 1);
  return {reward};
}

/// A batch, in order.
inline auto xml_count_reward(const host_rows& rows, std::span<const op::xml_count_reward::inputs> in,
                             const op::xml_count_reward::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return xml_count_reward(row, o); });
}

}}  // namespace guerdon
