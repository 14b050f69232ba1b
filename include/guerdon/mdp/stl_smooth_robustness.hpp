#pragma once
// By how much a signal satisfies a formula of signal temporal logic, with soft maxima, which have a slope everywhere.
//
// $$\text{lse}: \frac{1}{k} \log \sum_i e^{k v_i}, \qquad
//   \text{weighted}: \frac{\sum_i v_i e^{k v_i}}{\sum_i e^{k v_i}}, \qquad \text{min} = -\text{softmax}(-v)$$
//
// in place of the maxima of stl_robustness. lse exceeds a maximum by log(n) / k at most, weighted never exceeds it. The
// slope of lse is p = softmax(k v), that of weighted p (1 + k (v - value)).
//
// Source: Pant, Abbas and Mangharam (2017); Leung, Arechiga and Pavone (2020).
//
// Details that differ:
// - One soft operator is taken over all its arguments at once: a window, a chain a & b & c without parentheses, and in
//   U first g(t') with f(t), ..., f(t'-1), then over t'.
// - +inf decides a maximum, -inf counts as not there, nothing left is -inf.
//
// Cost: steps times window for every operator; steps where the window has no end, except of U. Memory: steps for every
// operator. stl_smooth_robustness_gradient is the slope by the signal: steps times window for every operator below
// others, of U the square of the window; memory twice.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/mdp/finite_mdp.hpp>
#include <guerdon/mdp/signal_formula.hpp>

namespace guerdon {

enum class soft_method { lse, weighted };
constexpr auto enumerators(soft_method) { return std::array{"lse", "weighted"}; }

namespace op {
struct stl_smooth_robustness : host_kind {
  static constexpr info about{"stl_smooth_robustness", "mdp", "Smooth robustness of a signal (STL)", "",
                              skeleton::host};
  struct inputs {
    text_view names;            ///< [K] of the signals
    view<const double> signal;  ///< [K,T] with T >= 1 samples each
  };
  struct outputs {
    std::vector<double> robustness;  ///< [T] from every step on
    bool satisfied = false;          ///< robustness[0] > 0
  };
  struct options {
    std::string_view formula = {};          ///< required: "G[0,5](x > 1 -> F y < 0.5)"
    double sharpness = required;            ///< k, greater than 0 and finite
    soft_method method = soft_method::lse;  ///< which soft maximum
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("names", &I::names, "K", words().together("signal name")),
                      array("signal", &I::signal, "K,T"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("robustness", &O::robustness, "T"), array("satisfied", &O::satisfied, "1"));
  }
  static constexpr auto parameters() {
    return std::tuple(text("formula", &options::formula, words().together("signal formula")),
                      option("sharpness", &options::sharpness, positive_finite(0.5, 20)),
                      choice("method", &options::method));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One signal.
inline op::stl_smooth_robustness::outputs stl_smooth_robustness(const op::stl_smooth_robustness::inputs& in,
                                                                const op::stl_smooth_robustness::options& o = {}) {
  const auto rule = check<op::stl_smooth_robustness>(in, o);
  rule(in.signal.size() > 0, "signal", "must have one sample of one signal at least");
  const signal_formula formula(o.formula, in.names, op::stl_smooth_robustness::about.name);
  op::stl_smooth_robustness::outputs out;
  out.robustness = formula.values(in.signal.data(), static_cast<std::size_t>(in.signal.size() / in.names.size()),
                                  soft_maximum_of{o.sharpness, o.method == soft_method::weighted});
  out.satisfied = out.robustness[0] > 0;
  return out;
}

/// d robustness[step] / d signal [K,T], in closed form: the slopes above, operator by operator. What an infinity
/// decides does not move; a NaN goes to all that its window reads. Of soft forms only: those of stl_robustness have no
/// more than a subgradient.
inline std::vector<double> stl_smooth_robustness_gradient(const op::stl_smooth_robustness::inputs& in,
                                                          const op::stl_smooth_robustness::options& o = {},
                                                          index_t step = 0) {
  const auto rule = check<op::stl_smooth_robustness>(in, o);
  rule(in.signal.size() > 0, "signal", "must have one sample of one signal at least");
  const index_t steps = in.signal.size() / in.names.size();
  rule(step >= 0 && step < steps, "step", "is no step of the signal");
  const signal_formula formula(o.formula, in.names, op::stl_smooth_robustness::about.name);
  return formula.gradient(in.signal.data(), static_cast<std::size_t>(in.names.size()), static_cast<std::size_t>(steps),
                          static_cast<std::size_t>(step),
                          soft_maximum_of{o.sharpness, o.method == soft_method::weighted});
}

/// A batch of signals, in order.
inline auto stl_smooth_robustness(const host_rows& rows, std::span<const op::stl_smooth_robustness::inputs> in,
                                  const op::stl_smooth_robustness::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return stl_smooth_robustness(row, o); });
}

}}  // namespace guerdon
