#pragma once
// The loss of each sample's temporal-difference error, its gradient, and the priority to replay it with.
//
// $$\ell = w f(d), \qquad f(d) = \tfrac12 d^2 \;\text{ or, beyond } \delta,\; \delta(|d| - \tfrac\delta2), \qquad
//   \frac{\partial \ell}{\partial \text{prediction}} = -w f'(d)$$
//
// Source: DQN, Mnih et al. 2015 (the clipped error); prioritised replay, arXiv:1511.05952.
//
// Details that differ:
// - The error is target minus prediction, as in td_target; the target is a constant.
// - One loss per sample: average and weight them together. Masks and aggregation: value_loss.
// - A weight of exactly 0 selects 0. `mse` has the factor 1/2, which the function of that name in PyTorch has not.
//
// Cost: 8 bytes read and 12 written per sample in float.

#include <guerdon/core/operation.hpp>
#include <guerdon/objective/huber.hpp>

namespace guerdon {

enum class td_loss_kind { mse, huber };
constexpr auto enumerators(td_loss_kind) { return std::array{"mse", "huber"}; }

namespace op {
struct td_loss {
  static constexpr info about{"td_loss", "control", "Loss of temporal-difference errors, squared or Huber",
                              "arXiv:1511.05952", skeleton::map};
  template <real T>
  struct inputs {
    view<const T> td_error;     ///< [N] target - prediction
    view<const T> weight = {};  ///< [N] of importance (prioritized_weights); left out: 1
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> loss;             ///< [N]
    Of<T> grad_prediction;  ///< [N] d loss / d prediction
    Of<T> priority;         ///< [N] |td_error|
  };
  struct options {
    td_loss_kind loss_kind = td_loss_kind::mse;
    double huber_delta = 1;  ///< > 0
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("td_error", &I::td_error, "N"), optional_array("weight", &I::weight, "N", drawn(0, 2)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("loss", &O::loss, "N"), array("grad_prediction", &O::grad_prediction, "N"),
                      array("priority", &O::priority, "N"));
  }
  static constexpr auto parameters() {
    return std::tuple(choice("loss_kind", &options::loss_kind),
                      option("huber_delta", &options::huber_delta, greater_than(0, 0.2, 2)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes losses, gradients and priorities.
template <real T = float, backend Backend>
void td_loss(const Backend& backend, const op::td_loss::inputs<T>& in, const op::td_loss::outputs<T>& out,
             const op::td_loss::options& o) {
  check<op::td_loss>(backend, in, out, o);
  const huber<T> f{o.loss_kind == td_loss_kind::mse ? std::numeric_limits<T>::infinity() : T(o.huber_delta)};
  backend.each(in.td_error.size(), [=] GUERDON_HD(index_t i) {
    const T d = in.td_error[i], w = in.weight ? in.weight[i] : T(1);
    out.loss[i] = math::zero_select_product(w, f(d));
    out.grad_prediction[i] = math::zero_select_product(w, -f.slope(d));
    out.priority[i] = math::abs(d);
  });
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto td_loss(const Backend& backend, const op::td_loss::inputs<T>& in, const op::td_loss::options& o = {}) {
  return returned<op::td_loss, T>(backend, in, o, [&](auto& out) { td_loss(backend, in, out, o); });
}

}}  // namespace guerdon
