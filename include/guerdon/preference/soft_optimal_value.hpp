#pragma once
// The value that the KL-regularised optimum has at a prompt, from answers of the reference policy.
//
// $$V^* = \beta \log \frac{1}{n} \sum_i e^{r_i/\beta}$$
//
// between the mean of the rewards (large beta) and their maximum (small beta).
//
// Source: A*-PO, arXiv:2505.20686, eq. 3.
//
// Details that differ:
// - The highest reward is taken off first: no reward overflows, and equal rewards give that reward exactly.
// - An empty group: NaN. A NaN reward makes its group NaN; rewards of -inf count as answers that never succeed.
//
// Cost: the rewards read twice.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct soft_optimal_value {
  static constexpr info about{"soft_optimal_value", "preference", "Soft maximum of the reference's rewards (A*-PO)",
                              "arXiv:2505.20686", skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const T> reward;  ///< [N] of the reference policy's answers
    segments groups;       ///< cuts the N answers into G prompts
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> optimal_value;  ///< [G]
  };
  struct options {
    double beta = 0.5;  ///< > 0, strength of the KL regularisation
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("reward", &I::reward, "N"), cuts("groups", &I::groups, "G", "N").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("optimal_value", &O::optimal_value, "G").or_nan()); }
  static constexpr auto parameters() {
    return std::tuple(option("beta", &options::beta, greater_than(0, 0.05, 2)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct soft_value_program {
  static constexpr bool short_segments = true;
  op::soft_optimal_value::inputs<T> in;
  view<T> value;
  double beta;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t n = in.groups.size(g);
    const T* const reward = in.reward.data() + in.groups.begin(g);
    const double top = team.template reduce<highest>(n, [=](index_t i) { return lanes{double(reward[i])}; })[0];
    const double sum = team.sum(n, [&](index_t i) { return math::exp((double(reward[i]) - top) / beta); });
    team.once([&] {
      const double soft = top + beta * math::log(sum / double(n));
      value[g] = T(n == 0 ? std::numeric_limits<double>::quiet_NaN() : math::is_finite(top) ? soft : top);
    });
  }
};

/// Writes the values.
template <real T = float, backend Backend>
void soft_optimal_value(const Backend& backend, const op::soft_optimal_value::inputs<T>& in,
                        const op::soft_optimal_value::outputs<T>& out, const op::soft_optimal_value::options& o) {
  check<op::soft_optimal_value>(backend, in, out, o);
  backend.for_segments(in.groups, soft_value_program<T>{in, out.optimal_value, o.beta});
}

/// The values in an array of the backend's.
template <real T = float, backend Backend>
auto soft_optimal_value(const Backend& backend, const op::soft_optimal_value::inputs<T>& in,
                        const op::soft_optimal_value::options& o = {}) {
  return returned<op::soft_optimal_value, T>(backend, in, o,
                                             [&](auto& out) { soft_optimal_value(backend, in, out, o); });
}

}}  // namespace guerdon
