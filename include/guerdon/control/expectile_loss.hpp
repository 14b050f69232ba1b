#pragma once
// Asymmetric regression: errors above weigh otherwise than errors below, so that the prediction tends to an expectile.
//
// With $d = \text{target} - \text{prediction}$ and $w = \tau$ where $d > 0$, else $1 - \tau$:
//
// $$\ell = w\,d^2, \qquad \frac{\partial \ell}{\partial \text{prediction}} = -2 w\,d$$
//
// Source: implicit Q-learning, arXiv:2110.06169, eq. 5; expectiles, Newey and Powell 1987.
//
// Details that differ:
// - No factor 1/2. As the expectile tends to 1, the prediction tends to the largest target.
// - TorchRL's class defaults to 0.5, which is plain regression; the paper uses 0.7 and 0.9.
//
// Cost: 8 bytes read and 8 written per sample in float.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct expectile_loss {
  static constexpr info about{"expectile_loss", "control", "Asymmetric regression of implicit Q-learning (IQL)",
                              "arXiv:2110.06169", skeleton::map};
  template <real T>
  struct inputs {
    view<const T> prediction;  ///< any shape
    view<const T> target;      ///< the same shape
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> loss;             ///< the same shape
    Of<T> grad_prediction;  ///< d loss / d prediction
  };
  struct options {
    double expectile = 0.7;  ///< in (0, 1)
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("prediction", &I::prediction, "*"), array("target", &I::target, "*"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("loss", &O::loss, "*"), array("grad_prediction", &O::grad_prediction, "*"));
  }
  static constexpr auto parameters() {
    constexpr range between{
        .low = 0, .high = 1, .open_low = true, .open_high = true, .draw_low = 0.1, .draw_high = 0.9};
    return std::tuple(option("expectile", &options::expectile, between));
  }
  static constexpr std::array gradients{gradient{"grad_prediction", "loss", "prediction"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes losses and gradients.
template <real T = float, backend Backend>
void expectile_loss(const Backend& backend, const op::expectile_loss::inputs<T>& in,
                    const op::expectile_loss::outputs<T>& out, const op::expectile_loss::options& o) {
  check<op::expectile_loss>(backend, in, out, o);
  const T above = T(o.expectile), below = T(1 - o.expectile);
  backend.each(in.prediction.size(), [=] GUERDON_HD(index_t i) {
    const T d = in.target[i] - in.prediction[i], w = math::select(d > T(0), above, below);
    out.loss[i] = w * d * d;
    out.grad_prediction[i] = T(-2) * w * d;
  });
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto expectile_loss(const Backend& backend, const op::expectile_loss::inputs<T>& in,
                    const op::expectile_loss::options& o = {}) {
  return returned<op::expectile_loss, T>(backend, in, o, [&](auto& out) { expectile_loss(backend, in, out, o); });
}

}}  // namespace guerdon
