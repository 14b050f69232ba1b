#pragma once
// The inner level of behaviour alignment, solved by ascent from where it was (BARFI).
//
// $$\theta \leftarrow \theta + \eta\, \Delta(\theta)$$
//
// with the update of alignment_inner_gradient on the same trajectories throughout.
//
// Source: BARFI, arXiv:2310.19007.
//
// Details that differ:
// - A fixed number of plain steps, at most 2^24; how near the end is, residual_norm tells.
//
// Cost: per step of the ascent S A D, and D per step of the trajectories.

#include <guerdon/mdp/alignment.hpp>

namespace guerdon {

namespace op {
struct alignment_inner_solve : host_kind {
  static constexpr info about{"alignment_inner_solve", "mdp", "Inner level of behaviour alignment, solved (BARFI)",
                              "arXiv:2310.19007", skeleton::host, 1e-4};
  using inputs = alignment_problem;  ///< its theta is where the ascent starts
  struct outputs {
    std::vector<double> theta;  ///< [D]
    double residual_norm = 0;   ///< length of the update at the end
  };
  struct options {
    alignment_discount learning;
    double step_size = required;    ///< eta
    index_t iterations = required;  ///< 0 to 2^24
  };

  template <class I>
  static constexpr auto arguments() { return alignment_problem::arguments<I>(); }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("theta", &O::theta, "D"), array("residual_norm", &O::residual_norm, "1"));
  }
  static constexpr auto parameters() {
    return std::tuple_cat(nested("learning", &options::learning),
                          std::tuple(option("step_size", &options::step_size, finite().drawn(0.01, 0.1)),
                                     option("iterations", &options::iterations, whole_within(0, 1 << 24).drawn(0, 8))));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::alignment_inner_solve::outputs alignment_inner_solve(const op::alignment_inner_solve::inputs& in,
                                                                const op::alignment_inner_solve::options& o = {}) {
  const auto rule = check<op::alignment_inner_solve>(in, o);
  mdp::check_rollouts(rule, in.rollouts);
  const view<const double>& start = in.rollouts.theta;
  op::alignment_inner_solve::outputs out{{start.begin(), start.end()}, 0};
  for (index_t k = 0;; ++k) {
    const std::vector<double> delta =
        mdp::alignment_delta(in, out.theta, o.learning.gamma, o.learning.entropy_coeff);
    if (k == o.iterations) {
      for (const double x : delta) out.residual_norm += x * x;
      out.residual_norm = std::sqrt(out.residual_norm);
      return out;
    }
    for (std::size_t d = 0; d < delta.size(); ++d) out.theta[d] += o.step_size * delta[d];
  }
}

}}  // namespace guerdon
