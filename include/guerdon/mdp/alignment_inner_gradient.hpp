#pragma once
// The update of the inner level of behaviour alignment, and its derivatives (BARFI).
//
// $$\Delta = \frac{1}{M} \sum_m \sum_t \psi_t G_t, \quad
//   G_t = \sum_{j \ge t} \gamma^{j-t} \left(w_0 + w_1 p_j + w_2 a_j - \lambda \log \pi(a_j \mid s_j)\right)$$
//
// $$\frac{\partial \Delta}{\partial \theta} = \frac{1}{M} \sum_m \sum_t \left(-C_t G_t - \lambda\, \psi_t
//   \sum_{j \ge t} \gamma^{j-t} \psi_j^\top\right), \quad C_t = \text{Cov}_{b \sim \pi}[f(s_t, b)]$$
//
// and likewise by the three weights (`cross`) and by gamma (`cross_gamma`).
//
// Source: BARFI, arXiv:2310.19007; the derivatives are this project's, checked against finite differences.
//
// Details that differ:
// - The distribution of the data is held fixed. The matrix is not symmetric in general.
// - Trajectories without steps count in the mean; without any trajectory all is 0.
//
// Cost: S A D^2 and D^2 per step.

#include <guerdon/mdp/alignment.hpp>

namespace guerdon {

namespace op {
struct alignment_inner_gradient : host_kind {
  static constexpr info about{"alignment_inner_gradient", "mdp", "Inner update of behaviour alignment (BARFI)",
                              "arXiv:2310.19007", skeleton::host, 1e-5, true};
  using inputs = alignment_problem;
  struct outputs {
    std::vector<double> delta;        ///< [D] 0 where the policy has learnt what it can
    std::vector<double> hessian;      ///< [D,D] its derivative by theta: row d of delta d
    std::vector<double> cross;        ///< [D,3] by the weights
    std::vector<double> cross_gamma;  ///< [D] by gamma
  };
  struct options {
    alignment_discount learning;
  };

  template <class I>
  static constexpr auto arguments() { return alignment_problem::arguments<I>(); }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("delta", &O::delta, "D"), array("hessian", &O::hessian, "D,D"),
                      array("cross", &O::cross, "D,3"), array("cross_gamma", &O::cross_gamma, "D"));
  }
  static constexpr auto parameters() { return nested("learning", &options::learning); }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::alignment_inner_gradient::outputs alignment_inner_gradient(
    const op::alignment_inner_gradient::inputs& in, const op::alignment_inner_gradient::options& o = {}) {
  const auto rule = check<op::alignment_inner_gradient>(in, o);
  const double gamma = o.learning.gamma, entropy = o.learning.entropy_coeff;
  mdp::check_rollouts(rule, in.rollouts);
  const mdp::linear_softmax policy = mdp::policy_of(in.rollouts, in.rollouts.theta);
  const std::size_t width = policy.width;
  op::alignment_inner_gradient::outputs out{std::vector<double>(width), std::vector<double>(width * width),
                                            std::vector<double>(width * 3), std::vector<double>(width)};
  const auto count = static_cast<double>(in.rollouts.length.size());
  std::vector<double> curved(static_cast<std::size_t>(in.rollouts.states));  // sum of G over visits
  std::vector<double> scores(width);                                              // sum of gamma^(j-t) psi_j
  mdp::for_rollouts(in.rollouts, [&](const std::vector<std::size_t>& pairs, index_t first) {
    double to_go = 0, by_gamma = 0, parts[3] = {};
    std::fill(scores.begin(), scores.end(), 0.0);
    for (std::size_t t = pairs.size(); t-- > 0;) {
      const index_t at = first + static_cast<index_t>(t);
      const double terms[3] = {1, in.primary[at], in.auxiliary[at]};
      by_gamma = to_go + gamma * by_gamma;
      to_go = mdp::aligned_reward(in, policy, pairs[t], at, entropy) + gamma * to_go;
      for (std::size_t k = 0; k < 3; ++k) parts[k] = terms[k] + gamma * parts[k];
      for (std::size_t d = 0; d < width; ++d) scores[d] = policy.score(pairs[t], d) + gamma * scores[d];
      curved[pairs[t] / policy.actions] += to_go / count;
      for (std::size_t d = 0; d < width; ++d) {
        const double score = policy.score(pairs[t], d) / count;
        out.delta[d] += score * to_go;
        out.cross_gamma[d] += score * by_gamma;
        for (std::size_t k = 0; k < 3; ++k) out.cross[3 * d + k] += score * parts[k];
        if (entropy > 0)
          for (std::size_t e = 0; e < width; ++e) out.hessian[d * width + e] -= entropy * score * scores[e];
      }
    }
  });
  for (std::size_t s = 0; s < curved.size(); ++s)
    if (curved[s] != 0) policy.subtract_covariance(s, curved[s], out.hessian);
  return out;
}

}}  // namespace guerdon
