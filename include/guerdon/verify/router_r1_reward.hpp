#pragma once
// The reward of a model that asks other models: form before answer, answer before cost.
//
// $$r = \begin{cases} -1 & \text{bad form} \\ 0 & m = 0 \\ (1 - c)\,m + c\,q & \text{otherwise} \end{cases}$$
//
// with m the exact match or F1 of the last <answer> against the targets, q the cost reward (router_r1_cost_reward) and
// c its coefficient.
//
// Source: Router-R1, arXiv:2506.09033, main_ppo.py and qa_em.py.
//
// Details that differ:
// - The paper writes a weighted sum; its code, and this, goes by the cases. A wrong answer never earns a cost reward.
// - m is that of the published scripts: numbers without their punctuation, articles always dropped. `numbers` and
//   `empty_reference` ask for exact_match's own ways.
//
// Cost: linear. No gradient.

#include <guerdon/verify/exact_match.hpp>
#include <guerdon/verify/router_r1_format_reward.hpp>
#include <guerdon/verify/token_f1.hpp>

namespace guerdon {

enum class answer_metric { em, f1 };
constexpr auto enumerators(answer_metric) { return std::array{"em", "f1"}; }

namespace op {
struct router_r1_reward : host_kind {
  static constexpr info about{"router_r1_reward", "verify", "Form, answer and cost of a router (Router-R1)",
                              "arXiv:2506.09033", skeleton::host};
  struct inputs {
    std::string_view completion;  ///< the model's text of all turns, with the information that was put in
    text_view target;             ///< right answers; one that matches will do
    double cost_reward = 0;
    text_view name_rules = {};  ///< as in router_r1_format_reward
  };
  struct outputs {
    double reward = 0;
    double metric = 0;         ///< between 0 and 1, whatever the form
    double format_reward = 0;  ///< -1 or 0
  };
  struct options {
    answer_metric metric = answer_metric::em;
    double cost_coefficient = 0;  ///< between 0 and 1
    answer_numbers numbers = answer_numbers::strip;  ///< keep tells 2.75 from 275
    empty_reference_rule empty_reference = empty_reference_rule::official;  ///< itself: "A" is not met by "the"
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("completion", &I::completion, "B", words().together("routed turns")),
                      list_of("target", &I::target, "M", "target_offsets", words()),
                      array("cost_reward", &I::cost_reward, "B", drawn(0, 1)),
                      optional_array("name_rules", &I::name_rules, "R", words()));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("reward", &O::reward, "B"), array("metric", &O::metric, "B"),
                      array("format_reward", &O::format_reward, "B"));
  }
  static constexpr auto parameters() {
    return std::tuple(choice("metric", &options::metric),
                      option("cost_coefficient", &options::cost_coefficient, within(0, 1)),
                      choice("numbers", &options::numbers), choice("empty_reference", &options::empty_reference));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One completion.
inline op::router_r1_reward::outputs router_r1_reward(const op::router_r1_reward::inputs& in,
                                                      const op::router_r1_reward::options& o = {}) {
  check<op::router_r1_reward>(in, o);
  op::router_r1_reward::outputs out;
  out.format_reward = router_r1_format_reward({in.completion, in.name_rules}).reward;
  if (const auto block = tags::last_block(in.completion, "<answer>", "</answer>")) {
    const std::string_view answer = unicode::trim(block->content);
    if (o.metric == answer_metric::em)
      out.metric = exact_match({answer, in.target}, {.numbers = o.numbers, .empty_reference = o.empty_reference}).match;
    else
      out.metric = token_f1({answer, in.target}, {.special_answers = true, .numbers = o.numbers,
                                                  .empty_reference = o.empty_reference}).f1;
  }
  if (out.format_reward < 0) out.reward = -1;
  else if (out.metric > 0) out.reward = out.metric * (1 - o.cost_coefficient) + in.cost_reward * o.cost_coefficient;
  return out;
}

/// A batch, in order.
inline auto router_r1_reward(const host_rows& rows, std::span<const op::router_r1_reward::inputs> in,
                             const op::router_r1_reward::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return router_r1_reward(row, o); });
}

}}  // namespace guerdon
