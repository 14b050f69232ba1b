#pragma once
// Which prompts to draw next: those that succeed about half the time, and every other now and then.
//
// $$p = \frac{\alpha}{\alpha + \beta}, \qquad w = \sqrt{p\,(1 - p)} + e, \qquad q_k = \frac{w_k}{\sum_j w_j}$$
//
// for the Beta counts of beta_baseline_advantage.
//
// Source: SPO, arXiv:2509.13232.
//
// Details that differ:
// - Where all weights are 0 the probabilities are equal. Drawing is the caller's.
// - No gradient.
//
// Cost: 20 bytes per prompt in float, and the weights once more.

#include <guerdon/advantage/beta_tracker.hpp>
#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct beta_tracker_weight {
  static constexpr info about{"beta_tracker_weight", "advantage",
                              "Sampling probabilities from Beta counts per prompt (SPO)", "arXiv:2509.13232",
                              skeleton::global_reduce};
  template <real T>
  struct inputs {
    view<const T> alpha;  ///< [K] > 0
    view<const T> beta;   ///< [K] > 0
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> mean;         ///< [K] estimate of the success rate
    Of<T> weight;       ///< [K] deviation of a success, and explore
    Of<T> probability;  ///< [K] the weights, adding up to 1
  };
  struct options {
    double explore = 0.05;  ///< >= 0, what a prompt weighs that is solved or hopeless
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("alpha", &I::alpha, "K", drawn(0.5, 8)), array("beta", &I::beta, "K", drawn(0.5, 8)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("mean", &O::mean, "K"), array("weight", &O::weight, "K"),
                      array("probability", &O::probability, "K"));
  }
  static constexpr auto parameters() { return std::tuple(option("explore", &options::explore, at_least(0, 0.2))); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes them.
template <real T = float, backend Backend>
void beta_tracker_weight(const Backend& backend, const op::beta_tracker_weight::inputs<T>& in,
                         const op::beta_tracker_weight::outputs<T>& out, const op::beta_tracker_weight::options& o) {
  const auto rule = check<op::beta_tracker_weight>(backend, in, out, o);
  check_beta_tracker(backend, rule, in.alpha, in.beta);
  const index_t n = in.alpha.size();
  auto scratch = backend.scratch();
  const auto sum = scratch.template take<double>(1);
  const auto weight_of = [=] GUERDON_HD(index_t k) {
    const double a = double(in.alpha[k]), b = double(in.beta[k]);
    return math::sqrt(a) * math::sqrt(b) / (a + b) + o.explore;
  };
  reduce_array<add>(
      backend, n, [=] GUERDON_HD(index_t k) { return lanes{weight_of(k)}; },
      [=] GUERDON_HD(const lanes<double, 1>& total) { sum[0] = total[0]; });
  backend.each(n, [=] GUERDON_HD(index_t k) {
    const double weight = weight_of(k);
    out.mean[k] = T(beta_mean(double(in.alpha[k]), double(in.beta[k])));
    out.weight[k] = T(weight);
    out.probability[k] = T(sum[0] == 0 ? 1 / double(n) : weight / sum[0]);
  });
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto beta_tracker_weight(const Backend& backend, const op::beta_tracker_weight::inputs<T>& in,
                         const op::beta_tracker_weight::options& o = {}) {
  return returned<op::beta_tracker_weight, T>(backend, in, o,
                                              [&](auto& out) { beta_tracker_weight(backend, in, out, o); });
}

}}  // namespace guerdon
