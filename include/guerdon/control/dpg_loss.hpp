#pragma once
// The surrogate whose gradient moves a deterministic action up its critic's slope.
//
// $$\ell = \tfrac12 |g|^2, \qquad g = \nabla_a Q \cdot \min\Big(1, \frac{c}{|\nabla_a Q|}\Big), \qquad
//   \frac{\partial \ell}{\partial a} = -g$$
//
// Source: deterministic policy gradient, Silver et al. 2014; DDPG, arXiv:1509.02971; dpg_loss of rlax.
//
// Details that differ:
// - Only the gradient means anything: hand it to the network that put out the action. The clip is of the norm, not of
//   each component, and off by default.
//
// Cost: the slopes read twice, one number written each.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct dpg_loss {
  static constexpr info about{"dpg_loss", "control", "Moves an action up its critic's slope (DPG)", "arXiv:1509.02971",
                              skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    segments rows;         ///< cuts the dimensions into N actions: segments::uniform(N, D) for [N,D]
    view<const T> action;  ///< [N,D] what the gradient is for; its numbers are not read
    view<const T> dqda;    ///< [N,D] slope of the critic's value there
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> loss;         ///< [N]
    Of<T> grad_action;  ///< [N,D]
  };
  struct options {
    double dqda_clip = range::infinity;  ///< > 0, longest slope; infinity: off
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::rows(&I::rows), array("action", &I::action, "B,T"), array("dqda", &I::dqda, "B,T"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("loss", &O::loss, "B"), array("grad_action", &O::grad_action, "B,T"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("dqda_clip", &options::dqda_clip, greater_than(0, 0.3, 3)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct dpg_program {
  static constexpr bool short_segments = true;
  op::dpg_loss::inputs<T> in;
  op::dpg_loss::outputs<T> out;
  double clip;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    const index_t begin = in.rows.begin(row), n = in.rows.size(row);
    const auto slope = [&](index_t d) { return double(in.dqda[begin + d]); };
    const double norm = math::sqrt(team.sum(n, [&](index_t d) { return slope(d) * slope(d); }));
    const double scale = norm > clip ? clip / norm : 1, length = norm * scale;
    team.once([&] { out.loss[row] = T(length * length / 2); });
    team.each(n, [&](index_t d) { out.grad_action[begin + d] = T(0 - scale * slope(d)); });
  }
};

/// Writes losses and gradients.
template <real T = float, backend Backend>
void dpg_loss(const Backend& backend, const op::dpg_loss::inputs<T>& in, const op::dpg_loss::outputs<T>& out,
              const op::dpg_loss::options& o) {
  check<op::dpg_loss>(backend, in, out, o);
  backend.for_segments(in.rows, dpg_program<T>{in, out, o.dqda_clip});
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto dpg_loss(const Backend& backend, const op::dpg_loss::inputs<T>& in, const op::dpg_loss::options& o = {}) {
  return returned<op::dpg_loss, T>(backend, in, o, [&](auto& out) { dpg_loss(backend, in, out, o); });
}

}}  // namespace guerdon
