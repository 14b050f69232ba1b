#pragma once
// What is wrong with a reward program's components, from their traces: the three tips given to its proposer, as flags.
//
// $$\text{constant}_c = \left[\max x_c - \min x_c \le \tau \max(|\max x_c|, |\min x_c|)\right], \qquad
//   \text{dominant}_c = \left[\overline{|x_c|} > \rho\, \mathrm{median}_{c' \ne c}\, \overline{|x_{c'}|}\right]$$
//
// and never_succeeds if no success is as large as $\varepsilon$: rewrite the program then; rescale, rewrite or drop a
// constant component; rescale a dominant one.
//
// Source: the tips, Eureka, arXiv:2310.12931; tests and thresholds, this project's own definition.
//
// Details that differ:
// - A component that is always 0 is constant. A single component is never dominant. The median of an even number is
//   the mean of the middle two.
// - NaN raises no flag of its own: its component is neither constant nor dominant, nor is another dominant beside it.
//
// Cost: one pass over the traces, and a sort of the C means.

#include <guerdon/core/host_operation.hpp>

#include <algorithm>
#include <vector>

namespace guerdon {

namespace op {
struct diagnose_components : host_kind {
  static constexpr info about{"diagnose_components", "program", "Flags for components that do not help (Eureka)",
                              "arXiv:2310.12931", skeleton::host, 1e-5, true};
  struct inputs {
    index_t components = 0;      ///< C
    view<const double> trace;    ///< [C,T] mean value of each component per training epoch
    view<const double> success;  ///< [T] of the task
  };
  struct outputs {
    flag_t never_succeeds = 0;     ///< [1]
    std::vector<flag_t> constant;  ///< [C] 1 = hardly changes
    std::vector<flag_t> dominant;  ///< [C] 1 = drowns the others
  };
  struct options {
    double success_epsilon = 0.01;     ///< least success that is one
    double constant_tolerance = 0.01;  ///< of the largest magnitude
    double dominance_ratio = 10;       ///< to the others' median magnitude
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("components", &I::components, "C"), array("trace", &I::trace, "C,T"),
                      array("success", &I::success, "T", drawn(0, 0.05)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("never_succeeds", &O::never_succeeds, "1"), array("constant", &O::constant, "C"),
                      array("dominant", &O::dominant, "C"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("success_epsilon", &options::success_epsilon, drawn(0, 0.1)),
                      option("constant_tolerance", &options::constant_tolerance, drawn(0, 1)),
                      option("dominance_ratio", &options::dominance_ratio, drawn(0, 3)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

namespace detail {
/// The middle of sorted numbers.
inline double median_of_sorted(const std::vector<double>& x) {
  const std::size_t half = x.size() / 2;
  return x.size() % 2 == 1 ? x[half] : x[half - 1] + (x[half] - x[half - 1]) / 2;
}
}  // namespace detail

inline op::diagnose_components::outputs diagnose_components(const op::diagnose_components::inputs& in,
                                                            const op::diagnose_components::options& o = {}) {
  check<op::diagnose_components>(in, o);
  const index_t epochs = in.success.size(), count = in.components;
  double greatest = 0;
  for (const double x : in.success) greatest = math::nan_max(greatest, math::abs(x));
  op::diagnose_components::outputs out;
  out.never_succeeds = greatest < o.success_epsilon;

  std::vector<double> magnitude;
  for (index_t c = 0; c < count; ++c) {
    const view<const double> x{in.trace.data() + c * epochs, epochs};
    double high = epochs > 0 ? x[0] : 0, low = high, sum = 0;
    for (const double value : x) {
      high = math::nan_max(high, value), low = math::nan_min(low, value);
      sum += math::abs(value);
    }
    const double size = math::nan_max(math::abs(high), math::abs(low));
    out.constant.push_back(high == low || high - low <= o.constant_tolerance * size);
    magnitude.push_back(epochs > 0 ? sum / static_cast<double>(epochs) : 0);
  }
  const bool comparable = std::none_of(magnitude.begin(), magnitude.end(), [](double m) { return m != m; });
  std::vector<double> sorted;
  if (comparable) sorted = magnitude, std::sort(sorted.begin(), sorted.end());
  for (const double m : magnitude) {
    bool dominant = false;
    if (comparable && count > 1) {
      std::vector<double> others = sorted;
      others.erase(std::lower_bound(others.begin(), others.end(), m));
      dominant = m > o.dominance_ratio * detail::median_of_sorted(others);
    }
    out.dominant.push_back(dominant);
  }
  return out;
}

}}  // namespace guerdon
