#pragma once
// Log-probabilities of a softmax policy that is linear in features, and their derivatives by its parameters.
//
// $$\log \pi(a \mid s) = f(s, a) \cdot \theta - \log \sum_b e^{f(s, b) \cdot \theta}, \qquad
//   \psi(s, a) = f(s, a) - \sum_b \pi(b \mid s)\, f(s, b)$$
//
// Source: Sutton et al. (2000); as BARFI uses it, arXiv:2310.19007.
//
// Cost: S A D, and D numbers written per step.

#include <guerdon/mdp/design_problem.hpp>
#include <guerdon/mdp/softmax_rollouts.hpp>

namespace guerdon {

namespace op {
struct softmax_score : host_kind {
  static constexpr info about{"softmax_score", "mdp", "Score function of a linear softmax policy", "arXiv:2310.19007",
                              skeleton::host};
  struct inputs {
    index_t states = 0;          ///< S
    index_t actions = 0;         ///< A
    view<const double> theta;    ///< [D]
    view<const double> feature;  ///< [S,A,D] one-hot of the pair, for a table
    view<const index_t> state;   ///< [N]
    view<const index_t> action;  ///< [N]
  };
  struct outputs {
    std::vector<double> logprob;  ///< [N]
    std::vector<double> score;    ///< [N,D]
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("states", &I::states, "S"), extent("actions", &I::actions, "A"),
                      array("theta", &I::theta, "D"), array("feature", &I::feature, "S,A,D"),
                      array("state", &I::state, "N", index_into("S")),
                      array("action", &I::action, "N", index_into("A")));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("logprob", &O::logprob, "N"), array("score", &O::score, "N,D"));
  }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::softmax_score::outputs softmax_score(const op::softmax_score::inputs& in,
                                                const op::softmax_score::options& o = {}) {
  const auto rule = check<op::softmax_score>(in, o);
  const auto states = static_cast<std::size_t>(in.states), actions = static_cast<std::size_t>(in.actions);
  rule(mdp::are_indices(in.state, states), "state", "holds what is no state");
  rule(mdp::are_indices(in.action, actions), "action", "holds what is no action");
  const mdp::linear_softmax policy(states, actions, in.theta, in.feature);
  op::softmax_score::outputs out;
  for (index_t i = 0; i < in.state.size(); ++i) {
    const auto pair = static_cast<std::size_t>(in.state[i] * in.actions + in.action[i]);
    out.logprob.push_back(policy.log_probability(pair));
    for (std::size_t d = 0; d < policy.width; ++d) out.score.push_back(policy.score(pair, d));
  }
  return out;
}

}}  // namespace guerdon
