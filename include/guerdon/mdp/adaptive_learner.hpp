#pragma once
// What one policy-gradient step of a learner is worth to its teacher: the weights of every state and action.

#include <guerdon/mdp/finite_mdp.hpp>

namespace guerdon {

enum class informativeness_weighting {
  full,         ///< by the teacher's and the learner's visits
  teacher_only  ///< by the teacher's, as the authors' code logs it
};
constexpr auto enumerators(informativeness_weighting) { return std::array{"full", "teacher_only"}; }

/// A learner beside its teacher.
struct taught_learner {
  view<const double> teacher_advantage;  ///< [S,A] of the teacher's policy under the original reward
  view<const double> teacher_occupancy;  ///< [S]
  view<const double> learner_policy;     ///< [S,A] each row a distribution
  view<const double> learner_occupancy;  ///< [S]

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::array("teacher_advantage", &I::teacher_advantage, "S,A", op::finite()),
                      op::array("teacher_occupancy", &I::teacher_occupancy, "S", op::finite().drawn(0, 1)),
                      op::array("learner_policy", &I::learner_policy, "S,A", op::probabilities()),
                      op::array("learner_occupancy", &I::learner_occupancy, "S", op::finite().drawn(0, 1)));
  }
};

inline namespace GUERDON_ABI { namespace mdp {

/// x(s,a) less weights(s,.) times the sum over b of y(s,b), rows of `actions`.
template <class Weights>
std::vector<double> less_row_share(const std::vector<double>& x, const Weights& share, const std::vector<double>& y,
                                   std::size_t actions) {
  std::vector<double> r = x;
  for (std::size_t sa = 0; sa < x.size(); ++sa) {
    double sum = 0;
    for (std::size_t b = sa / actions * actions; b < (sa / actions + 1) * actions; ++b) sum += y[b];
    r[sa] -= share(sa) * sum;
  }
  return r;
}

/// d informativeness / d reward, which is linear in the reward.
inline std::vector<double> informativeness_gradient(const taught_learner& in, std::size_t actions,
                                                    informativeness_weighting weighting) {
  const double* const pi = in.learner_policy.data();
  const auto pairs = static_cast<std::size_t>(in.learner_policy.size());
  std::vector<double> advantage(in.teacher_advantage.begin(), in.teacher_advantage.end()), mean(pairs), weight;
  for (std::size_t sa = 0; sa < pairs; ++sa) mean[sa] = pi[sa] * advantage[sa];
  weight = less_row_share(advantage, [](std::size_t) { return 1.0; }, mean, actions);
  for (std::size_t sa = 0; sa < pairs; ++sa) {
    const std::size_t s = sa / actions;
    weight[sa] *= in.teacher_occupancy.data()[s] * pi[sa];
    if (weighting == informativeness_weighting::full) weight[sa] *= in.learner_occupancy.data()[s] * pi[sa];
  }
  return less_row_share(weight, [&](std::size_t sa) { return pi[sa]; }, weight, actions);
}

}}  // namespace GUERDON_ABI::mdp
}  // namespace guerdon
