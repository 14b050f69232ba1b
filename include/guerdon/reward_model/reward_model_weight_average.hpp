#pragma once
// One reward model in place of several: the average of their parameters, by weights that may be negative.
//
// $$\bar\theta = \frac{\sum_m c_m \theta_m}{\sum_m c_m}$$
//
// Source: WARM, arXiv:2401.12187: the plain mean.
//
// Details that differ:
// - weight_average is the same for weights of at least 0; with negative ones the average leaves the models' hull.
// - Not the same as averaging outputs (reward_ensemble), once the model is not linear.
//
// Cost: the parameters read once.

#include <guerdon/preference/weight_average.hpp>

namespace guerdon {
namespace op {
struct reward_model_weight_average {
  static constexpr info about{"reward_model_weight_average", "reward_model",
                              "One reward model in place of several (WARM)",
                              "arXiv:2401.12187", skeleton::map};
  template <storage T>
  struct inputs {
    index_t models = 0;              ///< how many there are, M
    view<const T> parameters;        ///< [M,P] of each model, end to end
    view<const double> weight = {};  ///< [M] of a sum that is not 0; left out: all 1
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> averaged;  ///< [P]
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("models", &I::models, "M"), array("parameters", &I::parameters, "M,P"),
                      optional_array("weight", &I::weight, "M", drawn(0.1, 2)));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("averaged", &O::averaged, "P")); }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the average.
template <storage T = float, backend Backend>
void reward_model_weight_average(const Backend& backend, const op::reward_model_weight_average::inputs<T>& in,
                                 const op::reward_model_weight_average::outputs<T>& out,
                                 const op::reward_model_weight_average::options& o) {
  const auto rule = check<op::reward_model_weight_average>(backend, in, out, o);
  rule(in.models > 0, "parameters", "must not be empty: one model at least");
  auto scratch = backend.scratch();
  const auto total = scratch.template take<double>(1);
  sum_weights(backend, in.models, in.weight, total);
  if constexpr (Backend::on_host)
    rule(total[0] != 0 && math::is_finite(total[0]), "weight", "must have a finite sum other than 0");
  average_parameters<T>(backend, in.models, in.parameters, in.weight, total, out.averaged);
}

/// The same into an array of the backend's.
template <storage T = float, backend Backend>
auto reward_model_weight_average(const Backend& backend, const op::reward_model_weight_average::inputs<T>& in,
                                 const op::reward_model_weight_average::options& o = {}) {
  return returned<op::reward_model_weight_average, T>(
      backend, in, o, [&](auto& out) { reward_model_weight_average(backend, in, out, o); });
}

}}  // namespace guerdon
