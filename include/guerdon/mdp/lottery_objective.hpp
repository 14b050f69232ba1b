#pragma once
// A function of the whole lottery of trajectories: of the risk in it.
//
// $$\text{Var}(v), \qquad \mathbb{E} v - c\, \text{Var}(v), \qquad \text{CVaR}_c(v), \qquad -\sum_i p_i \log p_i$$
//
// cvar is the mean of the smallest c-fraction; the value at its boundary counts in part.
//
// Source: Subramani et al. (2023), arXiv:2310.11840, for the formalism; the evaluator is this project's own.
//
// Details that differ:
// - What cannot happen is dropped first. entropy does not look at values.
// - The function may be any of the caller's own: lottery_objective(in, o, f).
//
// Cost: N log N. No gradient.

#include <guerdon/mdp/finite_mdp.hpp>
#include <guerdon/mdp/own_function.hpp>

#include <span>

namespace guerdon {

enum class lottery_function { variance, mean_minus_variance, cvar, entropy };
constexpr auto enumerators(lottery_function) {
  return std::array{"variance", "mean_minus_variance", "cvar", "entropy"};
}

namespace op {
struct lottery_objective : host_kind {
  static constexpr info about{"lottery_objective", "mdp", "Function of the trajectory lottery (FTLR)",
                              "arXiv:2310.11840", skeleton::host, 1e-5, true};
  struct inputs {
    view<const double> probability;            ///< [N] at least 0
    view<const double> trajectory_value = {};  ///< [N] not for entropy
  };
  struct outputs {
    double objective = 0;
  };
  struct options {
    lottery_function function = required;  ///< of the lottery
    double parameter = 0;                  ///< its constant c; of cvar greater than 0 and at most 1
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("probability", &I::probability, "N", at_least(0, 1).without_nan().drawn(0, 1)),
                      optional_array("trajectory_value", &I::trajectory_value, "N"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("objective", &O::objective, "1"));
  }
  static constexpr auto parameters() {
    return std::tuple(choice("function", &options::function),
                      option("parameter", &options::parameter, finite().drawn(0.1, 1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// With `function`, a double(std::span<const double> probability, std::span<const double> trajectory_value) of what can
/// happen, that one counts, and options.function and options.parameter do not.
template <class F = mdp::named_function>
op::lottery_objective::outputs lottery_objective(const op::lottery_objective::inputs& in,
    const op::lottery_objective::options& o = {}, const F& function = {}) {
  const auto rule = check<op::lottery_objective>(in, mdp::options_for<F>(o));
  std::vector<std::size_t> atoms;
  for (std::size_t i = 0; i < static_cast<std::size_t>(in.probability.size()); ++i)
    if (in.probability.data()[i] > 0) atoms.push_back(i);
  const auto p = [&](std::size_t i) { return in.probability.data()[i]; };
  const auto v = [&](std::size_t i) { return in.trajectory_value.data()[i]; };
  if constexpr (mdp::is_own<F>) {
    std::vector<double> chance, worth;
    for (const std::size_t i : atoms) {
      chance.push_back(p(i));
      if (in.trajectory_value) worth.push_back(v(i));
    }
    return {function(std::span<const double>(chance), std::span<const double>(worth))};
  }
  const double c = o.parameter;
  rule(o.function != lottery_function::cvar || (c > 0 && c <= 1), "parameter",
       "of cvar must be greater than 0 and at most 1");
  rule(o.function == lottery_function::entropy || in.trajectory_value || in.probability.size() == 0, "trajectory_value",
       "is required for this function and was not given");
  double sum = 0;
  if (o.function == lottery_function::entropy) {
    for (const std::size_t i : atoms) sum -= p(i) * std::log(p(i));
    return {sum};
  }
  if (o.function == lottery_function::cvar) {
    std::stable_sort(atoms.begin(), atoms.end(), [&](std::size_t i, std::size_t j) { return v(i) < v(j); });
    double left = c;
    for (const std::size_t i : atoms) {
      const double taken = std::min(left, p(i));
      if (taken > 0) sum += taken * v(i);
      left -= taken;
    }
    return {sum / c};
  }
  double mean = 0;
  for (const std::size_t i : atoms) mean += p(i) * v(i);
  for (const std::size_t i : atoms) sum += p(i) * (v(i) - mean) * (v(i) - mean);
  return {o.function == lottery_function::variance ? sum : mean - c * sum};
}

}}  // namespace guerdon
