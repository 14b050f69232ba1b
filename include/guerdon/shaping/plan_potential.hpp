#pragma once
// A potential from a plan: how far along it the episode was when it was last on it.
//
// $$\Phi_t = \omega \cdot \text{the last step index} \ge 0 \text{ of the episode, up to } t$$
//
// and 0 before there is one.
//
// Source: plan-based shaping, Grzes and Kudenko 2008.
//
// Details that differ:
// - The most recent step, not the largest: falling back in the plan costs.
// - The first row of the arrays begins an episode, whatever `start` says.
// - Usual: $\omega$ the largest reward of the environment over the number of steps of the plan.
//
// Cost: 13 bytes per step in float.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct plan_potential {
  static constexpr info about{"plan_potential", "shaping", "Potential of how far along a plan the episode has come",
                              "Grzes and Kudenko 2008", skeleton::scan};
  template <storage T>
  struct inputs {
    time_layout time;                ///< T steps of B columns: time_major(T, B), or batch_major(B, T)
    view<const index_t> step_index;  ///< [T,B] position in the plan, below 0 off it
    view<const flag_t> start;        ///< [T,B] 1 = an episode begins here, before the step's own index is read
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> potential;  ///< [T,B]
  };
  struct options {
    double scale = required;  ///< omega
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::time(&I::time), array("step_index", &I::step_index, "T,B", integers(-1, 6)),
                      array("start", &I::start, "T,B", yes_or_no()));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("potential", &O::potential, "T,B")); }
  static constexpr auto parameters() { return std::tuple(option("scale", &options::scale)); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One column, from the first step to the last.
template <class T>
struct plan_potential_program {
  static constexpr bool long_segments = true;
  op::plan_potential::inputs<T> in;
  view<T> potential;
  double scale;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t b) const {
    team.recur_forward(
        in.time.steps, 0.0,
        [&](index_t t) {
          const index_t i = in.time.at(t, b).i;
          const bool on_plan = in.step_index[i] >= 0;
          return affine<double>{on_plan ? double(in.step_index[i]) : 0, on_plan || in.start[i] ? 0.0 : 1.0};
        },
        [&](index_t t, double x, double) { potential[in.time.at(t, b).i] = T(math::zero_select_product(x, scale)); });
  }
};

/// Writes the potentials.
template <storage T = float, backend Backend>
void plan_potential(const Backend& backend, const op::plan_potential::inputs<T>& in,
                    const op::plan_potential::outputs<T>& out, const op::plan_potential::options& o) {
  check<op::plan_potential>(backend, in, out, o);
  backend.for_segments(segments::uniform(in.time.columns, in.time.steps),
                       plan_potential_program<T>{in, out.potential, o.scale});
}

/// The same in an array of the backend's.
template <storage T = float, backend Backend>
auto plan_potential(const Backend& backend, const op::plan_potential::inputs<T>& in,
                    const op::plan_potential::options& o = {}) {
  return returned<op::plan_potential, T>(backend, in, o, [&](auto& out) { plan_potential(backend, in, out, o); });
}

}}  // namespace guerdon
