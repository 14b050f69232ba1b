#pragma once
// Returns of a trajectory whose steps carry rewards and whose end carries its success.
//
// $$G_k = \alpha r_k + \gamma G_{k+1}, \qquad G_K = \alpha r_K + s, \qquad \mathrm{total} = s + \alpha \sum_k r_k$$
//
// for a trajectory of K steps and success s.
//
// Source: Clip and Delta, arXiv:2410.15115, which trains on such returns.
//
// Details that differ:
// - The paper has a weight of the step rewards; its value is not given.
// - `total` is not discounted: the scalar reward of the response for group-relative methods.
// - A trajectory without steps has no return; its total is its success.
// - A NaN step makes the returns up to it and the total of its trajectory NaN, with alpha = 0 too.
//
// Cost: the step rewards read twice, one number written per step.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct process_outcome_return {
  static constexpr info about{"process_outcome_return", "process", "Returns of step rewards and a final success",
                              "arXiv:2410.15115", skeleton::scan};
  template <real T>
  struct inputs {
    view<const T> step_reward;  ///< [S] of each step, refined or raw
    segments steps;             ///< cuts the S steps into N trajectories
    view<const T> success;      ///< [N] of each trajectory, usually 0 or 1
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> step_return;  ///< [S] discounted sum from each step on
    Of<T> total;        ///< [N] success and all weighted step rewards
  };
  struct options {
    double alpha = 1;  ///< finite, weight of the step rewards
    double gamma = 1;  ///< in [0, 1], discount from step to step
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("step_reward", &I::step_reward, "S"),
                      cuts("steps", &I::steps, "N", "S").in_files("step_offsets"), array("success", &I::success, "N"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("step_return", &O::step_return, "S"), array("total", &O::total, "N"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("alpha", &options::alpha, finite()), option("gamma", &options::gamma, within(0, 1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One trajectory, from its last step to its first.
template <class T>
struct process_return_program {
  static constexpr bool short_segments = true;
  op::process_outcome_return::inputs<T> in;
  op::process_outcome_return::outputs<T> out;
  double alpha, gamma;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t trajectory) const {
    const index_t begin = in.steps.begin(trajectory), n = in.steps.size(trajectory);
    const double success = double(in.success[trajectory]);
    const auto paid = [&](index_t k) { return alpha * double(in.step_reward[begin + k]); };
    team.recur_backward(
        n, 0.0,
        [&](index_t k) {
          const double end = k == n - 1 ? success : 0;
          return affine<double, at_zero::multiply>{paid(k) + end, k == n - 1 ? 0 : gamma};
        },
        [&](index_t k, double x, double) { out.step_return[begin + k] = T(x); });
    const double sum = team.sum(n, paid);
    team.once([&] { out.total[trajectory] = T(success + sum); });
  }
};

/// Writes returns and totals.
template <real T = float, backend Backend>
void process_outcome_return(const Backend& backend, const op::process_outcome_return::inputs<T>& in,
                            const op::process_outcome_return::outputs<T>& out,
                            const op::process_outcome_return::options& o) {
  check<op::process_outcome_return>(backend, in, out, o);
  backend.for_segments(in.steps, process_return_program<T>{in, out, o.alpha, o.gamma});
}

/// The same in arrays of the backend's.
template <real T = float, backend Backend>
auto process_outcome_return(const Backend& backend, const op::process_outcome_return::inputs<T>& in,
                            const op::process_outcome_return::options& o = {}) {
  return returned<op::process_outcome_return, T>(backend, in, o,
                                                 [&](auto& out) { process_outcome_return(backend, in, out, o); });
}

}}  // namespace guerdon
