#pragma once
// Episodes of a tabular learner, end to end, as the updates of shaping rewards take them.

#include <guerdon/mdp/design_problem.hpp>
#include <guerdon/mdp/offsets.hpp>

namespace guerdon {

struct episode_batch {
  view<const index_t> states;           ///< [N]
  view<const index_t> actions;          ///< [N]
  view<const double> rewards;           ///< [N] original ones
  view<const index_t> episode_offsets;  ///< [E+1] where each episode begins
  view<const double> shaping;           ///< [S,A] the shaping reward so far
  index_t num_states = 0;               ///< S
  index_t num_actions = 0;              ///< A

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::array("states", &I::states, "N", op::counts(0)),
                      op::array("actions", &I::actions, "N", op::counts(0)),
                      op::array("rewards", &I::rewards, "N", op::finite()),
                      op::array("episode_offsets", &I::episode_offsets, "E+1", op::counts(0).together("offsets N")),
                      op::array("shaping", &I::shaping, "S,A", op::finite()),
                      op::extent("num_states", &I::num_states, "S"), op::extent("num_actions", &I::num_actions, "A"));
  }
};

inline namespace GUERDON_ABI { namespace mdp {

inline void check_episodes(const call_rules& rule, const episode_batch& in) {
  rule(are_offsets(in.episode_offsets, in.states.size()), "episode_offsets", offsets_sentence);
  rule(are_indices(in.states, static_cast<std::size_t>(in.num_states)), "states", "hold what is no state");
  rule(are_indices(in.actions, static_cast<std::size_t>(in.num_actions)), "actions", "hold what is no action");
}

/// s*A + a of every step.
inline std::vector<std::size_t> pairs_of(const episode_batch& in) {
  std::vector<std::size_t> pairs;
  for (index_t t = 0; t < in.states.size(); ++t)
    pairs.push_back(static_cast<std::size_t>(in.states[t] * in.num_actions + in.actions[t]));
  return pairs;
}

}}  // namespace GUERDON_ABI::mdp
}  // namespace guerdon
