#pragma once
// Loss of a trajectory reward on pairs of a trajectory that reached its goal and a near miss.
//
// $$z = r_1 - r_0, \qquad L = \frac1N \sum \big( \log(1 + e^z) - y z \big) + c\,\Big| \frac1N \sum (r_0 + r_1) \Big|$$
//
// where y = 1 says that trajectory 1 is the better one.
//
// Source: ARMAP, arXiv:2502.12130, as in its released reward model.
//
// Details that differ:
// - The centring term is the absolute value of a batch's mean, where most libraries take the mean of squares. At a mean of
//   exactly 0 it has no gradient.
// - A tie counts as a vote for trajectory 1 in `accuracy`. No pair is an error.
//
// Cost: the rewards read twice, 24 bytes per pair in float.

#include <guerdon/preference/logistic.hpp>

namespace guerdon {
namespace op {
struct trajectory_bt_loss {
  static constexpr info about{"trajectory_bt_loss", "reward_model",
                              "Pairs of trajectories, centred by their mean (ARMAP)", "arXiv:2502.12130",
                              skeleton::global_reduce};
  template <real T>
  struct inputs {
    view<const T> reward_0;      ///< [N] of trajectory 0, N >= 1
    view<const T> reward_1;      ///< [N] of trajectory 1
    view<const index_t> choice;  ///< [N] 0 or 1: which is the better one
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> loss;           ///< [1] rank_loss and the centring term
    Of<T> rank_loss;      ///< [1] mean over the pairs
    Of<T> accuracy;       ///< [1] share of pairs in the right order
    Of<T> grad_reward_0;  ///< [N] d loss / d reward_0
    Of<T> grad_reward_1;  ///< [N] d loss / d reward_1
  };
  struct options {
    double center_coef = 1e-3;  ///< weight of the centring term
  };

  template <class I>
  static constexpr auto arguments() {
    constexpr range zero_or_one{.low = 0, .high = 1, .draw_low = 0, .draw_high = 1, .draws = range::whole};
    return std::tuple(array("reward_0", &I::reward_0, "N"), array("reward_1", &I::reward_1, "N"),
                      array("choice", &I::choice, "N", zero_or_one));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("loss", &O::loss, "1"), array("rank_loss", &O::rank_loss, "1"),
                      array("accuracy", &O::accuracy, "1"), array("grad_reward_0", &O::grad_reward_0, "N"),
                      array("grad_reward_1", &O::grad_reward_1, "N"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("center_coef", &options::center_coef, drawn(0, 0.2)));
  }
  static constexpr std::array gradients{gradient{"grad_reward_0", "loss", "reward_0"},
                                        gradient{"grad_reward_1", "loss", "reward_1"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes loss, its parts and gradients.
template <real T = float, backend Backend>
void trajectory_bt_loss(const Backend& backend, const op::trajectory_bt_loss::inputs<T>& in,
                        const op::trajectory_bt_loss::outputs<T>& out, const op::trajectory_bt_loss::options& o) {
  const auto rule = check<op::trajectory_bt_loss>(backend, in, out, o);
  const index_t n = in.reward_0.size();
  rule(n > 0, "reward_0", "is empty: there is no mean of nothing");
  auto scratch = backend.scratch();
  const auto mean = scratch.template take<double>(1);
  reduce_array<add>(
      backend, n, [=] GUERDON_HD(index_t i) { return lanes{double(in.reward_0[i]) + double(in.reward_1[i])}; },
      [=] GUERDON_HD(const lanes<double, 1>& total) { mean[0] = total[0] / double(n); });
  reduce_array<add, add>(
      backend, n,
      [=] GUERDON_HD(index_t i) {
        const double z = double(in.reward_1[i]) - double(in.reward_0[i]);
        const bool second = in.choice[i] == 1;
        const logistic_value l = logistic(second ? z : -z);
        const double g = second ? l.slope : -l.slope,
                     centre = math::zero_select_product(o.center_coef, math::sign(mean[0]));
        out.grad_reward_0[i] = T((-g + centre) / double(n));
        out.grad_reward_1[i] = T((g + centre) / double(n));
        return lanes{l.loss, (z >= 0) == second ? 1.0 : 0.0};
      },
      [=] GUERDON_HD(const lanes<double, 2>& total) {
        const double rank = total[0] / double(n);
        out.loss[0] = T(rank + math::zero_select_product(o.center_coef, math::abs(mean[0])));
        out.rank_loss[0] = T(rank);
        out.accuracy[0] = T(total[1] / double(n));
      });
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto trajectory_bt_loss(const Backend& backend, const op::trajectory_bt_loss::inputs<T>& in,
                        const op::trajectory_bt_loss::options& o = {}) {
  return returned<op::trajectory_bt_loss, T>(backend, in, o,
                                             [&](auto& out) { trajectory_bt_loss(backend, in, out, o); });
}

}}  // namespace guerdon
