#pragma once
// Advantages of thoughts: the outcome, from which process rewards take weight away only at the thoughts that do not
// carry it.
//
// $$A_k = \begin{cases} y & k \text{ is key} \\ y + r_k & \text{else} \end{cases}$$
//
// Key is what is right in a right response (label 1) and what is wrong in a wrong one (label 0). So a right response
// gives y and $y - r_c$, a wrong one y and 0: the key tokens' target is that of outcome-only GRPO, and process rewards
// cannot be farmed.
//
// Source: TP-GRPO, arXiv:2507.23317 (its two propositions).
//
// Details that differ:
// - `accumulate = suffix` is process supervision as it is usually written: y plus the rewards from the thought to the
//   last but one (the last holds the answer). It is the same where key and other thoughts alternate and the last is
//   key, as the labels of aggregate_thoughts and that labelling see to.
// - NaN in a reward stays at its thought (keep), or reaches the earlier ones of its response (suffix).
// - step_to_token gives it to tokens. No gradient.
// - No end of a pipe: it reads the rewards of thoughts, a pipe one of each answer.
//
// Cost: 24 bytes per thought.

#include <guerdon/core/operation.hpp>

namespace guerdon {

enum class thought_accumulation {
  keep,   ///< its own, unless it is key
  suffix  ///< those from it to the last but one
};
constexpr auto enumerators(thought_accumulation) { return std::array{"keep", "suffix"}; }

namespace op {
struct thought_advantage {
  static constexpr info about{"thought_advantage", "process", "The outcome, less what doubtful thoughts cost (TP-GRPO)",
                              "arXiv:2507.23317", skeleton::scan};
  template <real T>
  struct inputs {
    view<const index_t> thought_label;   ///< [K] 1 = right, 0 = wrong, others doubtful
    view<const T> thought_reward;        ///< [K]
    segments thoughts;                   ///< cuts the K thoughts into R responses
    view<const flag_t> correct;          ///< [R] 1 = the final answer is right
    view<const T> standardized_outcome;  ///< [R] y
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> thought_advantage;  ///< [K]
  };
  struct options {
    thought_accumulation accumulate = thought_accumulation::keep;  ///< which rewards a thought gets
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("thought_label", &I::thought_label, "K", integers(0, 2)),
                      array("thought_reward", &I::thought_reward, "K"),
                      cuts("thoughts", &I::thoughts, "R", "K").in_files("thought_offsets"),
                      array("correct", &I::correct, "R", yes_or_no()),
                      array("standardized_outcome", &I::standardized_outcome, "R"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("thought_advantage", &O::thought_advantage, "K"));
  }
  static constexpr auto parameters() {
    return std::tuple(choice("accumulate", &options::accumulate));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct thought_advantage_program {
  static constexpr bool short_segments = true;
  op::thought_advantage::inputs<T> in;
  view<T> thought_advantage;
  op::thought_advantage::options o;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t r) const {
    const index_t begin = in.thoughts.begin(r), n = in.thoughts.size(r), key = in.correct[r] ? 1 : 0;
    const double y = double(in.standardized_outcome[r]);
    const index_t* const label = in.thought_label.data() + begin;
    const T* const reward = in.thought_reward.data() + begin;
    T* const advantage = thought_advantage.data() + begin;
    if (o.accumulate == thought_accumulation::keep)
      return team.each(n, [=](index_t k) { advantage[k] = T(label[k] == key ? y : y + double(reward[k])); });
    team.recur_backward(
        n, 0.0, [=](index_t k) { return affine<double>{k + 1 < n ? double(reward[k]) : 0, 1.0}; },
        [=](index_t k, double sum, double) { advantage[k] = T(y + sum); });
  }
};

/// Writes the advantages.
template <real T = float, backend Backend>
void thought_advantage(const Backend& backend, const op::thought_advantage::inputs<T>& in,
                       const op::thought_advantage::outputs<T>& out, const op::thought_advantage::options& o) {
  check<op::thought_advantage>(backend, in, out, o);
  backend.for_segments(in.thoughts, thought_advantage_program<T>{in, out.thought_advantage, o});
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto thought_advantage(const Backend& backend, const op::thought_advantage::inputs<T>& in,
                       const op::thought_advantage::options& o = {}) {
  return returned<op::thought_advantage, T>(backend, in, o, [&](auto& out) { thought_advantage(backend, in, out, o); });
}

}}  // namespace guerdon
