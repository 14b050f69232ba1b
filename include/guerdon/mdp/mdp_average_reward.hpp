#pragma once
// The average reward of a policy in the long run, in chains that may be periodic or have several ends.
//
// $$\bar d(s) = \lim_{T \to \infty} \frac{1}{T} \sum_{t < T} P(s_t = s), \qquad \rho = \sum_s \bar d(s)\, r_\pi(s)$$
//
// The closed communicating classes of P_pi are found in its graph; each has one stationary distribution, which counts
// by the probability that the chain ends there.
//
// Source: Puterman (1994), chapter 8.
//
// Details that differ:
// - A plain solve for "the" stationary distribution fails with several closed classes; this does not.
//
// Cost: S^2 A + S^3 / 3. Memory: O(S^2 + S A) beside the input. No gradient.

#include <guerdon/mdp/recurrent_classes.hpp>

namespace guerdon {

namespace op {
struct mdp_average_reward : host_kind {
  static constexpr info about{"mdp_average_reward", "mdp", "Long-run average reward of a policy", "", skeleton::host};
  struct inputs {
    finite_mdp mdp;
    view<const double> policy;   ///< [S,A] each row a distribution
    view<const double> initial;  ///< [S] where it starts
  };
  struct outputs {
    std::vector<double> limiting_distribution;  ///< [S]
    double average_reward = 0;
    index_t recurrent_classes = 0;  ///< closed communicating classes
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple_cat(nested_arguments("mdp", &I::mdp),
                          std::tuple(array("policy", &I::policy, "S,A", probabilities()),
                                     array("initial", &I::initial, "S", probabilities())));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("limiting_distribution", &O::limiting_distribution, "S"),
                      array("average_reward", &O::average_reward, "1"),
                      array("recurrent_classes", &O::recurrent_classes, "1"));
  }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// `Solver` solves the system: elimination, or adapt/eigen_solve.hpp.
template <class Solver = elimination>
op::mdp_average_reward::outputs mdp_average_reward(const op::mdp_average_reward::inputs& in,
                                                   const op::mdp_average_reward::options& o = {}) {
  const auto rule = check<op::mdp_average_reward>(in, o);
  const mdp::model m = mdp::checked(rule, in.mdp, in.initial, in.policy, 0, mdp::check_gamma);
  const std::vector<double> p = mdp::chain_of(m, in.policy.data());
  const mdp::recurrent_classes classes = mdp::closed_classes(p, m.states);
  op::mdp_average_reward::outputs out;
  out.limiting_distribution = mdp::limiting_distribution<Solver>(rule, p, classes, in.initial.data());
  out.average_reward =
      mdp::inner_product(out.limiting_distribution, mdp::policy_mean(m, in.policy.data(), m.reward.data()));
  out.recurrent_classes = static_cast<index_t>(classes.count);
  return out;
}

}}  // namespace guerdon
