#pragma once
// Prioritised replay: how likely each transition of a buffer is to be drawn, and the weight that undoes the bias.
//
// $$P_i = \frac{x_i^\omega}{\sum_j x_j^\omega}, \qquad w_i = \frac{(N P_i)^{-\beta}}{\max_j (N P_j)^{-\beta}}$$
//
// with $x = \text{priority} + \epsilon$ (`proportional`), or one over the rank, 1 for the largest priority (`rank`).
//
// Source: prioritised experience replay, arXiv:1511.05952, sections 3.3 and 3.4.
//
// Details that differ:
// - N is the whole buffer. `normalize` divides by the largest weight, as the paper does.
// - x = 0 cannot be drawn: probability 0 and weight 0, whatever the exponent. If all are 0, all are equally likely.
// - Equal priorities rank by the lower index. Powers are taken as logarithms against the largest: none overflows.
//
// Cost: three passes over the buffer; `rank` sorts it.

#include <guerdon/core/operation.hpp>

namespace guerdon {

enum class priority_variant { proportional, rank };
constexpr auto enumerators(priority_variant) { return std::array{"proportional", "rank"}; }

namespace op {
struct prioritized_weights {
  static constexpr info about{"prioritized_weights", "control", "Probabilities and weights of prioritised replay",
                              "arXiv:1511.05952", skeleton::sort};
  template <real T>
  struct inputs {
    view<const T> priority;  ///< [N] finite, >= 0, usually |td_error|
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> probability;  ///< [N] sums to 1
    Of<T> weight;       ///< [N] of importance
  };
  struct options {
    priority_variant variant = priority_variant::proportional;
    double exponent = 0.6;   ///< >= 0, finite; 0: uniform
    double beta = 0.4;       ///< >= 0, finite; 1: the bias is undone fully
    double epsilon = 1e-6;   ///< >= 0, for proportional
    bool normalize = true;   ///< the largest weight is 1
  };

  template <class I>
  static constexpr auto arguments() {
    constexpr double most = std::numeric_limits<double>::max();
    return std::tuple(array("priority", &I::priority, "N", within(0, most).without_nan().drawn(0, 3)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("probability", &O::probability, "N"), array("weight", &O::weight, "N"));
  }
  static constexpr auto parameters() {
    constexpr double most = std::numeric_limits<double>::max();
    return std::tuple(choice("variant", &options::variant),
                      option("exponent", &options::exponent, within(0, most).drawn(0, 2)),
                      option("beta", &options::beta, within(0, most).drawn(0, 1)),
                      option("epsilon", &options::epsilon, within(0, most).drawn(0, 0.1)),
                      flag("normalize", &options::normalize));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes probabilities and weights.
template <real T = float, backend Backend>
void prioritized_weights(const Backend& backend, const op::prioritized_weights::inputs<T>& in,
                         const op::prioritized_weights::outputs<T>& out, const op::prioritized_weights::options& o) {
  check<op::prioritized_weights>(backend, in, out, o);
  constexpr double inf = std::numeric_limits<double>::infinity();
  const index_t n = in.priority.size();
  auto scratch = backend.scratch();
  const auto score = scratch.template take<double>(n);  // log x
  if (o.variant == priority_variant::rank) {
    const auto key = scratch.template take<double>(n), sorted = scratch.template take<double>(n);
    const auto place = scratch.template take<index_t>(n), from = scratch.template take<index_t>(n);
    backend.each(n, [=] GUERDON_HD(index_t i) {
      key[i] = 0 - double(in.priority[i]);
      place[i] = i;
    });
    backend.sort_pairs(view<const double>(key), view<const index_t>(place), sorted, from);
    backend.each(n, [=] GUERDON_HD(index_t r) { score[from[r]] = 0 - math::log(static_cast<double>(r + 1)); });
  } else {
    const double epsilon = o.epsilon;
    backend.each(n, [=] GUERDON_HD(index_t i) { score[i] = math::log(double(in.priority[i]) + epsilon); });
  }
  // Largest score; sum of the powers and smallest score that can be drawn.
  const auto total = scratch.template take<double>(3);
  const double exponent = o.exponent, beta = o.beta, log_n = math::log(static_cast<double>(n));
  const bool normalize = o.normalize;
  reduce_array<highest>(
      backend, n, [=] GUERDON_HD(index_t i) { return lanes{score[i]}; },
      [=] GUERDON_HD(const lanes<double, 1>& x) { total[0] = x[0]; });
  const auto log_power = [=] GUERDON_HD(index_t i) {
    if (total[0] == -inf) return 0.0;  // all are 0: all alike
    return score[i] == -inf ? -inf : exponent * (score[i] - total[0]);
  };
  reduce_array<add, lowest>(
      backend, n,
      [=] GUERDON_HD(index_t i) {
        const double s = log_power(i);
        return lanes{math::exp(s), s == -inf ? inf : s};
      },
      [=] GUERDON_HD(const lanes<double, 2>& x) { total[1] = x[0], total[2] = x[1]; });
  backend.each(n, [=] GUERDON_HD(index_t i) {
    const double s = log_power(i), log_p = s - math::log(total[1]);
    const double above = normalize ? s - total[2] : log_n + log_p;
    out.probability[i] = T(math::exp(log_p));
    out.weight[i] = T(s == -inf ? 0.0 : math::exp(0 - beta * above));
  });
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto prioritized_weights(const Backend& backend, const op::prioritized_weights::inputs<T>& in,
                         const op::prioritized_weights::options& o = {}) {
  return returned<op::prioritized_weights, T>(backend, in, o,
                                              [&](auto& out) { prioritized_weights(backend, in, out, o); });
}

}}  // namespace guerdon
