#pragma once
// By how much a signal satisfies a formula of signal temporal logic, at every step.
//
// $$\rho(x > c) = x - c, \qquad \rho(\lnot f) = -\rho(f), \qquad \rho(f \land g) = \min, \qquad
//   \rho_t(F_{[a,b]} f) = \max_{t + a \le t' \le \min(t + b, T - 1)} \rho_{t'}(f)$$
//
// G is the minimum there, and f U g the maximum over t' of the least of g(t') and f(t), ..., f(t'-1). An empty window
// is -inf for F and U, +inf for G; true and false are +inf and -inf. Grammar: signal_formula.hpp.
//
// Source: Donze and Maler (2010).
//
// Details that differ:
// - Strict and non-strict comparisons are the same. a -> b is (!a) | b.
// - A NaN goes to every result whose window reads it; satisfied is then 0.
//
// Cost: steps for every operator; U with an interval that ends: steps times window. Memory: steps for every operator.
// No gradient: maxima have a subgradient only; stl_smooth_robustness_gradient is that of soft ones.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/mdp/signal_formula.hpp>

#include <span>

namespace guerdon {

namespace op {
struct stl_robustness : host_kind {
  static constexpr info about{"stl_robustness", "mdp", "Robustness of a signal to a temporal formula (STL)", "",
                              skeleton::host};
  struct inputs {
    text_view names;             ///< [K] of the signals
    view<const double> signal;   ///< [K,T] with T >= 1 samples each
  };
  struct outputs {
    std::vector<double> robustness;  ///< [T] from every step on
    bool satisfied = false;          ///< robustness[0] > 0
  };
  struct options {
    std::string_view formula = {};  ///< required: "G[0,5](x > 1 -> F y < 0.5)"
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
    return std::tuple(text("formula", &options::formula, words().together("signal formula")));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One signal.
inline op::stl_robustness::outputs stl_robustness(const op::stl_robustness::inputs& in,
                                                  const op::stl_robustness::options& o = {}) {
  const auto rule = check<op::stl_robustness>(in, o);
  rule(in.signal.size() > 0, "signal", "must have one sample of one signal at least");
  const signal_formula formula(o.formula, in.names, op::stl_robustness::about.name);
  op::stl_robustness::outputs out;
  out.robustness = formula.values(in.signal.data(), static_cast<std::size_t>(in.signal.size() / in.names.size()),
                                  exact_maximum{});
  out.satisfied = out.robustness[0] > 0;
  return out;
}

/// A batch of signals, in order.
inline auto stl_robustness(const host_rows& rows, std::span<const op::stl_robustness::inputs> in,
                           const op::stl_robustness::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return stl_robustness(row, o); });
}

}}  // namespace guerdon
