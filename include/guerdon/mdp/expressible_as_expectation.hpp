#pragma once
// Whether an order of policies is that of an expectation: of some reward, or of some function of trajectories.
//
// $$\max_{m,\, |u| \le 1}\; m \quad \text{where} \quad (f_i - f_j) \cdot u \ge m \text{ if } o_{ij} = 1, \quad (f_i -
//   f_j) \cdot u = 0 \text{ if } o_{ij} = 0$$
//
// With occupancies as features it decides whether some Markov reward orders the policies so, with trajectory
// probabilities the same for functions of trajectories.
//
// Source: Abel et al. (2021), arXiv:2111.00876, for the programme; the bounds on u and m are this project's own.
//
// Details that differ:
// - Only entries 1, and off the diagonal 0, are read. Without a strict pair m is at most 1.
//
// Cost: a linear programme of K + 1 variables and N^2 rows. Memory: that of the programme (linear_program.hpp). No
// gradient.

#include <guerdon/mdp/finite_mdp.hpp>
#include <guerdon/mdp/linear_program.hpp>

namespace guerdon {

namespace op {
struct expressible_as_expectation : host_kind {
  static constexpr info about{"expressible_as_expectation", "mdp", "Whether a linear functional orders policies so",
                              "arXiv:2111.00876; arXiv:2310.11840", skeleton::host, 1e-5, true};
  struct inputs {
    view<const double> features;  ///< [N,K] of N policies
    view<const index_t> order;    ///< [N,N] 1 where the row is better, 0 where neither is
    index_t policies = 0;         ///< N
  };
  struct outputs {
    bool expressible = false;  ///< margin > tolerance
    double margin = 0;         ///< m
  };
  struct options {
    double tolerance = 1e-7;  ///< at least 0
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("features", &I::features, "N,K", finite()),
                      array("order", &I::order, "N,N", integers(-1, 1).together("few")),
                      extent("policies", &I::policies, "N"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("expressible", &O::expressible, "1"), array("margin", &O::margin, "1"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("tolerance", &options::tolerance, at_least(0, 1).drawn(0, 1e-3)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// `Program` solves it: this project's own linear_program, or adapt/clp.hpp.
template <class Program = linear_program>
op::expressible_as_expectation::outputs expressible_as_expectation(
    const op::expressible_as_expectation::inputs& in, const op::expressible_as_expectation::options& o = {}) {
  const auto rule = check<op::expressible_as_expectation>(in, o);
  const auto n = static_cast<std::size_t>(in.policies),
             width = n > 0 ? static_cast<std::size_t>(in.features.size()) / n : 0;
  bool strict = false;
  for (const index_t x : in.order) strict = strict || x == 1;
  Program program(width + 1, -1, 1);
  program.bound(width, 0, strict ? linear_program::infinity : 1);
  program.gain(width, 1);
  std::vector<double> row(width + 1);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j) {
      const index_t order = in.order.data()[i * n + j];
      if (order != 1 && (order != 0 || i == j)) continue;
      for (std::size_t k = 0; k < width; ++k)
        row[k] = in.features.data()[i * width + k] - in.features.data()[j * width + k];
      row[width] = order == 1 ? -1 : 0;
      program.row(row, 0, order == 1 ? linear_program::infinity : 0);
    }
  rule(program.maximise() == linear_program::verdict::optimal, "features",
       "make a linear programme without an optimum");
  const double margin = program.objective();
  return {margin > o.tolerance, margin};
}
}}  // namespace guerdon
