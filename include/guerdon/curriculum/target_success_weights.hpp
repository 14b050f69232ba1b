#pragma once
// How likely each item is to be trained on: those whose rate of success is near a target.
//
// $$P_i \propto e^{-(p_i - p^*)^2 / 2\sigma^2}$$
//
// Source: this project's own definition.
//
// Details that differ:
// - The largest exponent is subtracted first, so that far from the target the nearest item still has a probability. A
//   NaN rate makes all probabilities NaN.
//
// Cost: the rates read three times.

#include <guerdon/curriculum/softmax_weights.hpp>

namespace guerdon {
namespace op {
struct target_success_weights {
  static constexpr info about{"target_success_weights", "curriculum", "Items whose rate of success is near a target",
                              "", skeleton::global_reduce, 1e-5, true};
  template <real T>
  struct inputs {
    view<const T> success_rate;  ///< [N] of each item
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> probability;  ///< [N]
  };
  struct options {
    double target = required;  ///< p*
    double sigma = required;   ///< > 0, how far from it
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("success_rate", &I::success_rate, "N", drawn(0, 1))); }
  template <class O>
  static constexpr auto results() { return std::tuple(array("probability", &O::probability, "N")); }
  static constexpr auto parameters() {
    return std::tuple(option("target", &options::target, drawn(0, 1)),
                      option("sigma", &options::sigma, greater_than(0, 0.05, 1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the probabilities.
template <real T = float, backend Backend>
void target_success_weights(const Backend& backend, const op::target_success_weights::inputs<T>& in,
                            const op::target_success_weights::outputs<T>& out,
                            const op::target_success_weights::options& o) {
  check<op::target_success_weights>(backend, in, out, o);
  const double target = o.target, sigma = o.sigma;
  write_softmax(backend, out.probability, [=] GUERDON_HD(index_t i) {
    const double far = (double(in.success_rate[i]) - target) / sigma;
    return -far * far / 2;
  });
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto target_success_weights(const Backend& backend, const op::target_success_weights::inputs<T>& in,
                            const op::target_success_weights::options& o = {}) {
  return returned<op::target_success_weights, T>(backend, in, o,
                                                 [&](auto& out) { target_success_weights(backend, in, out, o); });
}

}}  // namespace guerdon
