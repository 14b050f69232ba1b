#pragma once
// What an action from data weighs in regression on advantages: the exponential of its advantage, capped; yes or no; or
// a softmax over the batch.
//
// $$w = \min(e^{A/\beta}, w_{max}), \qquad w = [A > 0], \qquad w = N\,\mathrm{softmax}(A / \beta)$$
//
// Source: AWR, arXiv:1910.00177; AWAC, arXiv:2006.09359; CRR, arXiv:2006.15134; IQL, arXiv:2110.06169.
//
// Details that differ:
// - AWR: exp, cap 20. CRR: exp, cap 20, or binary. IQL: exp with beta = 1/temperature, cap 100 (the default). AWAC:
//   exp, or softmax, whose mean over the batch is 1.
// - The weights are constants: the loss is reinforce_loss with them as advantages.
// - NaN stays NaN. In softmax a NaN or +inf makes all NaN, as does a batch of nothing but -inf.
//
// Cost: 8 bytes per sample in float; softmax two passes more.

#include <guerdon/core/operation.hpp>

namespace guerdon {

enum class regression_form { exp, binary, softmax };
constexpr auto enumerators(regression_form) { return std::array{"exp", "binary", "softmax"}; }

namespace op {
struct advantage_regression_weight {
  static constexpr info about{"advantage_regression_weight", "control", "Weights of regression on advantages (AWR)",
                              "arXiv:1910.00177; arXiv:2006.09359; arXiv:2006.15134; arXiv:2110.06169",
                              skeleton::global_reduce};
  template <real T>
  struct inputs {
    view<const T> advantage;  ///< [N]
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> weight;  ///< [N]
  };
  struct options {
    regression_form form = regression_form::exp;
    double beta = 1;          ///< > 0, for exp and softmax
    double max_weight = 100;  ///< > 0, for exp; infinity: no cap
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("advantage", &I::advantage, "N")); }
  template <class O>
  static constexpr auto results() { return std::tuple(array("weight", &O::weight, "N")); }
  static constexpr auto parameters() {
    return std::tuple(choice("form", &options::form), option("beta", &options::beta, greater_than(0, 0.3, 3)),
                      option("max_weight", &options::max_weight, greater_than(0, 1, 20)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the weights.
template <real T = float, backend Backend>
void advantage_regression_weight(const Backend& backend, const op::advantage_regression_weight::inputs<T>& in,
                                 const op::advantage_regression_weight::outputs<T>& out,
                                 const op::advantage_regression_weight::options& o) {
  check<op::advantage_regression_weight>(backend, in, out, o);
  const index_t n = in.advantage.size();
  const double beta = o.beta, cap = o.max_weight;
  const auto advantage = [=] GUERDON_HD(index_t i) { return double(in.advantage[i]); };
  if (o.form != regression_form::softmax) {
    const bool binary = o.form == regression_form::binary;
    return backend.each(n, [=] GUERDON_HD(index_t i) {
      const double a = advantage(i), yes = a == a ? (a > 0 ? 1 : 0) : a;
      out.weight[i] = T(binary ? yes : math::min(math::exp(a / beta), cap));
    });
  }
  auto scratch = backend.scratch();
  const auto total = scratch.template take<double>(2);  // largest advantage, sum of the exponentials
  reduce_array<highest>(
      backend, n, [=] GUERDON_HD(index_t i) { return lanes{advantage(i)}; },
      [=] GUERDON_HD(const lanes<double, 1>& x) { total[0] = x[0]; });
  reduce_array<add>(
      backend, n, [=] GUERDON_HD(index_t i) { return lanes{math::exp((advantage(i) - total[0]) / beta)}; },
      [=] GUERDON_HD(const lanes<double, 1>& x) { total[1] = x[0]; });
  backend.each(n, [=] GUERDON_HD(index_t i) {
    out.weight[i] = T(static_cast<double>(n) * math::exp((advantage(i) - total[0]) / beta) / total[1]);
  });
}

/// The weights in an array of the backend's.
template <real T = float, backend Backend>
auto advantage_regression_weight(const Backend& backend, const op::advantage_regression_weight::inputs<T>& in,
                                 const op::advantage_regression_weight::options& o = {}) {
  return returned<op::advantage_regression_weight, T>(
      backend, in, o, [&](auto& out) { advantage_regression_weight(backend, in, out, o); });
}

}}  // namespace guerdon
