#pragma once
// One gradient step of temperatures and multipliers, which must stay positive.
//
// $$\eta' = \mathrm{clip}(\eta - \mu g) \quad (\text{linear}), \qquad
//   \eta' = \mathrm{clip}(\eta\, e^{-\mu \eta g}) \quad (\text{log})$$
//
// `log` is the step of the logarithm, whose gradient is $\eta g$.
//
// Source: the dual variables of MPO, arXiv:1806.06920; clipped as in rlax.
//
// Details that differ:
// - A NaN gradient makes the variable NaN, unless the step size is 0: look at it before you store it.
//
// Cost: 12 bytes per variable in float.

#include <guerdon/core/operation.hpp>

namespace guerdon {

enum class dual_space { linear, log };
constexpr auto enumerators(dual_space) { return std::array{"linear", "log"}; }

namespace op {
struct dual_update {
  static constexpr info about{"dual_update", "control", "A gradient step of temperatures and multipliers",
                              "arXiv:1806.06920", skeleton::map};
  template <real T>
  struct inputs {
    view<const T> dual;      ///< [K]
    view<const T> gradient;  ///< [K] of its loss
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> dual;  ///< [K] from here on; may be the input array itself
  };
  struct options {
    double step_size = required;        ///< >= 0
    double floor = 1e-10;               ///< >= 0
    double ceiling = range::infinity;   ///< >= floor
    dual_space space = dual_space::linear;
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("dual", &I::dual, "K", drawn(0, 2)), array("gradient", &I::gradient, "K"));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("dual", &O::dual, "K")); }
  static constexpr auto parameters() {
    return std::tuple(option("step_size", &options::step_size, at_least(0, 1)),
                      option("floor", &options::floor, at_least(0, 0.5)),
                      option("ceiling", &options::ceiling, at_least(0, 2).drawn(0.6, 2)),
                      choice("space", &options::space));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the new variables.
template <real T = float, backend Backend>
void dual_update(const Backend& backend, const op::dual_update::inputs<T>& in, const op::dual_update::outputs<T>& out,
                 const op::dual_update::options& o) {
  const auto rule = check<op::dual_update>(backend, in, out, o);
  rule(o.floor <= o.ceiling, "ceiling", "must be at least floor");
  const double step = o.step_size, low = o.floor, high = o.ceiling;
  const bool linear = o.space == dual_space::linear;
  backend.each(in.dual.size(), [=] GUERDON_HD(index_t k) {
    const double dual = double(in.dual[k]), slope = double(in.gradient[k]);
    const double moved = linear ? dual - math::zero_select_product(step, slope)
                                : dual * math::exp(0 - math::zero_select_product(step, dual * slope));
    out.dual[k] = T(math::clamp(moved, low, high));
  });
}

/// The same into an array of the backend's.
template <real T = float, backend Backend>
auto dual_update(const Backend& backend, const op::dual_update::inputs<T>& in, const op::dual_update::options& o) {
  return returned<op::dual_update, T>(backend, in, o, [&](auto& out) { dual_update(backend, in, out, o); });
}

}}  // namespace guerdon
