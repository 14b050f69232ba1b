#pragma once
// The expectation of any function of the trajectory, by the values it has.
//
// $$\sum_i p_i\, v_i$$
//
// Source: Subramani et al. (2023), arXiv:2310.11840, for the formalism; the evaluator is this project's own.
//
// Details that differ:
// - What cannot happen is skipped, so that an infinite value there is ignored.
// - Of a lottery and a function of the trajectory: trajectory_function_objective(lottery, f).
//
// Cost: N. No gradient.

#include <guerdon/mdp/trajectory_lottery.hpp>

#include <span>

namespace guerdon {

namespace op {
struct trajectory_function_objective : host_kind {
  static constexpr info about{"trajectory_function_objective",
                              "mdp",
                              "Expectation of a function of the trajectory (FTR)",
                              "arXiv:2310.11840",
                              skeleton::host,
                              1e-5,
                              true};
  struct inputs {
    view<const double> probability;       ///< [N] at least 0
    view<const double> trajectory_value;  ///< [N]
  };
  struct outputs {
    double objective = 0;
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("probability", &I::probability, "N", at_least(0, 1).without_nan().drawn(0, 1)),
                      array("trajectory_value", &I::trajectory_value, "N"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("objective", &O::objective, "1"));
  }
  static constexpr auto parameters() {
    return std::tuple();
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::trajectory_function_objective::outputs trajectory_function_objective(
    const op::trajectory_function_objective::inputs& in, const op::trajectory_function_objective::options& o = {}) {
  check<op::trajectory_function_objective>(in, o);
  double sum = 0;
  for (index_t i = 0; i < in.probability.size(); ++i)
    if (in.probability[i] > 0) sum += in.probability[i] * in.trajectory_value[i];
  return {sum};
}

/// The same of a function of the trajectory, a double(std::span<const index_t>) of s0, a0, s1, ..., over a lottery.
template <class F>
op::trajectory_function_objective::outputs trajectory_function_objective(const op::trajectory_lottery::outputs& lottery,
                                                                         const F& function) {
  std::vector<double> value;
  const std::size_t count = lottery.probability.size(), length = count > 0 ? lottery.trajectories.size() / count : 0;
  for (std::size_t i = 0; i < count; ++i)
    value.push_back(function(std::span<const index_t>(lottery.trajectories.data() + i * length, length)));
  return trajectory_function_objective({lottery.probability, value});
}

}}  // namespace guerdon
