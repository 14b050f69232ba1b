#pragma once
// Trajectories of a policy whose logits are linear in features, and what its gradients are made of.

#include <guerdon/mdp/softmax_rows.hpp>

namespace guerdon {

namespace op {
/// Steps of each row of this dimension. Tests draw them sorted.
constexpr range lengths_within(const char* dimension) {
  range r = offsets_of(dimension);
  r.low = 0;
  return r;
}
/// Indices of what may lie beyond the length of a row: the operation checks those that count.
constexpr range index_within_length(const char* dimension) {
  return {.draw_low = 0, .draws = range::index, .generator = dimension};
}
}  // namespace op

/// M trajectories of at most T steps, and the policy softmax over b of feature(s, b) . theta.
struct softmax_rollouts {
  index_t states = 0;          ///< S
  index_t actions = 0;         ///< A
  view<const double> theta;    ///< [D]
  view<const double> feature;  ///< [S,A,D] one-hot of the pair, for a table
  view<const index_t> length;  ///< [M] steps of each trajectory; what lies beyond is not read
  view<const index_t> state;   ///< [M,T]
  view<const index_t> action;  ///< [M,T]

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::extent("states", &I::states, "S"), op::extent("actions", &I::actions, "A"),
                      op::array("theta", &I::theta, "D", op::any_real().together("few")),
                      op::array("feature", &I::feature, "S,A,D"),
                      op::array("length", &I::length, "M", op::lengths_within("T")),
                      op::array("state", &I::state, "M,T", op::index_within_length("S")),
                      op::array("action", &I::action, "M,T", op::index_within_length("A")));
  }
};

inline namespace GUERDON_ABI { namespace mdp {

/// The policy of every state, and the mean of its features under it.
struct linear_softmax {
  std::size_t actions, width;
  const double* feature;              ///< [S,A,D]
  std::vector<double> logit, policy;  ///< [S,A]
  std::vector<double> mean;           ///< [S,D]

  linear_softmax(std::size_t states, std::size_t action_count, std::span<const double> theta,
                 const view<const double>& features)
      : actions(action_count), width(theta.size()), feature(features.data()), logit(states * actions),
        mean(states * width) {
    for (std::size_t pair = 0; pair < logit.size(); ++pair)
      for (std::size_t d = 0; d < width; ++d) logit[pair] += of(pair)[d] * theta[d];
    policy = softmax_rows(logit.data(), actions == 0 ? 0 : states, actions, 1);
    for (std::size_t pair = 0; pair < logit.size(); ++pair)
      for (std::size_t d = 0; d < width; ++d) mean[pair / actions * width + d] += policy[pair] * of(pair)[d];
  }
  const double* of(std::size_t pair) const { return feature + pair * width; }
  double score(std::size_t pair, std::size_t d) const { return of(pair)[d] - mean[pair / actions * width + d]; }
  double log_probability(std::size_t pair) const {
    const std::size_t first = pair / actions * actions;
    return logit[pair] - soft_maximum(std::span(logit).subspan(first, actions), 1);
  }
  /// matrix -= weight Cov[feature(s, .)], which is -d score(s, .) / d theta.
  void subtract_covariance(std::size_t state, double weight, std::vector<double>& matrix) const {
    for (std::size_t pair = state * actions; pair < (state + 1) * actions; ++pair)
      for (std::size_t d = 0; d < width; ++d) {
        const double scaled = weight * policy[pair] * score(pair, d);
        for (std::size_t e = 0; e < width; ++e) matrix[d * width + e] -= scaled * score(pair, e);
      }
  }
};

/// Lengths, states and actions are checked as far as they count.
inline void check_rollouts(const call_rules& rule, const softmax_rollouts& in) {
  const index_t count = in.length.size(), steps = count == 0 ? 0 : in.state.size() / count;
  for (index_t m = 0; m < count; ++m) {
    rule(in.length[m] <= steps, "length", "is more than there are steps");
    for (index_t t = m * steps; t < m * steps + in.length[m]; ++t) {
      rule(in.state[t] >= 0 && in.state[t] < in.states, "state", "holds what is no state");
      rule(in.action[t] >= 0 && in.action[t] < in.actions, "action", "holds what is no action");
    }
  }
}

/// visit(pairs, first): the s*A+a of each trajectory's steps, and where its rewards begin.
template <class Visit>
void for_rollouts(const softmax_rollouts& in, const Visit& visit) {
  const index_t count = in.length.size(), steps = count == 0 ? 0 : in.state.size() / count;
  std::vector<std::size_t> pairs;
  for (index_t m = 0; m < count; ++m) {
    pairs.clear();
    for (index_t t = m * steps; t < m * steps + in.length[m]; ++t)
      pairs.push_back(static_cast<std::size_t>(in.state[t] * in.actions + in.action[t]));
    visit(pairs, m * steps);
  }
}

inline linear_softmax policy_of(const softmax_rollouts& in, std::span<const double> theta) {
  return {static_cast<std::size_t>(in.states), static_cast<std::size_t>(in.actions), theta, in.feature};
}

}}  // namespace GUERDON_ABI::mdp
}  // namespace guerdon
