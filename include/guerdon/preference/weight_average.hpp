#pragma once
// One reward model whose parameters are the weighted average of those of several, fine-tuned from one start.
//
// $$\theta_p = \sum_m \frac{w_m}{\sum_l w_l}\,\theta_{m,p}$$
//
// Source: WARM, arXiv:2401.12187; as a baseline of arXiv:2502.18770.
//
// Details that differ:
// - A model of weight 0 is left out, whatever its parameters are. Weights are of double precision.
//
// Cost: each parameter read once.

#include <guerdon/core/operation.hpp>

namespace guerdon {

namespace op {

/// Weights of which some may be 0.
constexpr range finite_weights() {
  return range{.low = 0, .high = std::numeric_limits<double>::max(), .nan = false}.drawn(0, 2);
}

}  // namespace op

namespace op {
struct weight_average {
  static constexpr info about{"weight_average", "preference",
                              "One reward model with the average parameters of several (WARM)",
                              "arXiv:2401.12187; arXiv:2502.18770", skeleton::map};
  template <storage T>
  struct inputs {
    index_t models = 0;              ///< how many there are, M
    view<const T> parameters;        ///< [M,P] of each model, end to end
    view<const double> weight = {};  ///< [M] >= 0, finite; left out: all the same
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> merged;  ///< [P] the average
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("models", &I::models, "M"), array("parameters", &I::parameters, "M,P"),
                      optional_array("weight", &I::weight, "M", finite_weights()));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("merged", &O::merged, "P")); }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// total[0] = the sum of the models' weights, which are 1 where they are left out.
template <class Backend>
void sum_weights(const Backend& backend, index_t models, view<const double> weight, view<double> total) {
  reduce_few<add>(
      backend, models, [=] GUERDON_HD(index_t m) { return lanes{weight ? weight[m] : 1.0}; },
      [=] GUERDON_HD(const lanes<double, 1>& sum) { total[0] = sum[0]; });
}
/// Writes sum(w x) / total of the models' parameters.
template <storage T, class Backend>
void average_parameters(const Backend& backend, index_t models, view<const T> parameters, view<const double> weight,
                        view<const double> total, view<T> merged) {
  const index_t n = merged.size();
  backend.each(n, [=] GUERDON_HD(index_t p) {
    double sum = 0;
    for (index_t m = 0; m < models; ++m)
      sum += math::zero_select_product(weight ? weight[m] / total[0] : 1 / total[0], double(parameters[m * n + p]));
    merged[p] = T(sum);
  });
}

/// Writes the average.
template <storage T = float, backend Backend>
void weight_average(const Backend& backend, const op::weight_average::inputs<T>& in,
                    const op::weight_average::outputs<T>& out, const op::weight_average::options& o) {
  const auto rule = check<op::weight_average>(backend, in, out, o);
  rule(in.models > 0, "parameters", "must be those of one model at least");
  auto scratch = backend.scratch();
  const auto total = scratch.template take<double>(1);
  sum_weights(backend, in.models, in.weight, total);
  if constexpr (Backend::on_host)
    rule(total[0] > 0 && math::is_finite(total[0]), "weight", "must have a finite sum greater than 0");
  average_parameters<T>(backend, in.models, in.parameters, in.weight, total, out.merged);
}

/// The same in an array of the backend's.
template <storage T = float, backend Backend>
auto weight_average(const Backend& backend, const op::weight_average::inputs<T>& in,
                    const op::weight_average::options& o = {}) {
  return returned<op::weight_average, T>(backend, in, o, [&](auto& out) { weight_average(backend, in, out, o); });
}

}}  // namespace guerdon
