#pragma once
// The reward of the task and a weighted intrinsic one.
//
// $$r = c_e\, r^{\text{ext}} + c_i\, w\, r^{\text{int}}$$
//
// Source: ONI, arXiv:2410.23022; facebookresearch/oni, learner.py.
//
// Details that differ:
// - A weight or coefficient of 0 removes its term, even if that is NaN or infinite.
// - Published coefficients: $c_e$ 0.1 for the dense score task, 10 for sparse ones, 0 without a task; $c_i$ 0.4 for
//   retrieval on the score task.
//
// Cost: three numbers read, one written.

#include <guerdon/core/operation.hpp>

namespace guerdon {

namespace op {
struct oni_mix_reward {
  static constexpr info about{"oni_mix_reward", "exploration", "Task reward and weighted intrinsic reward (ONI)",
                              "arXiv:2410.23022", skeleton::map};
  template <real T>
  struct inputs {
    view<const T> extrinsic;  ///< [N] of the task
    view<const T> intrinsic;  ///< [N]
    view<const T> weight;     ///< [N] of oni_count_weight
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> reward;  ///< [N]
  };
  struct options {
    double extrinsic_coeff = 1;  ///< of the task's
    double intrinsic_coeff = 1;  ///< of the intrinsic one
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("extrinsic", &I::extrinsic, "N"), array("intrinsic", &I::intrinsic, "N"),
                      array("weight", &I::weight, "N", drawn(0, 1)));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("reward", &O::reward, "N")); }
  static constexpr auto parameters() {
    return std::tuple(option("extrinsic_coeff", &options::extrinsic_coeff, drawn(0, 2)),
                      option("intrinsic_coeff", &options::intrinsic_coeff, drawn(0, 2)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the rewards.
template <real T = float, backend Backend>
void oni_mix_reward(const Backend& backend, const op::oni_mix_reward::inputs<T>& in,
                    const op::oni_mix_reward::outputs<T>& out, const op::oni_mix_reward::options& o) {
  check<op::oni_mix_reward>(backend, in, out, o);
  const double outer = o.extrinsic_coeff, inner = o.intrinsic_coeff;
  backend.each(in.extrinsic.size(), [=] GUERDON_HD(index_t i) {
    const double own = math::zero_select_product(double(in.weight[i]), double(in.intrinsic[i]));
    const double task = math::zero_select_product(outer, double(in.extrinsic[i]));
    out.reward[i] = T(task + math::zero_select_product(inner, own));
  });
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto oni_mix_reward(const Backend& backend, const op::oni_mix_reward::inputs<T>& in,
                    const op::oni_mix_reward::options& o = {}) {
  return returned<op::oni_mix_reward, T>(backend, in, o, [&](auto& out) { oni_mix_reward(backend, in, out, o); });
}

}}  // namespace guerdon
