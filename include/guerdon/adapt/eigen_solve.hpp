#pragma once
// Eigen's LU where operations of mdp/ solve a system, at Eigen's own speed:
//
//   auto out = guerdon::mdp_policy_evaluation<guerdon::eigen_solver>(in, {.gamma = 0.99});
//
// The answers are those of elimination up to rounding, and the same systems are refused. From some hundred states on it
// takes a fraction of the time.

#include <guerdon/core/config.hpp>

#include <Eigen/LU>

#include <span>

namespace guerdon { inline namespace GUERDON_ABI {

/// As `elimination` of core/linear_solve.hpp.
struct eigen_solver {
  using matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

  static bool solve(std::span<double> a, std::span<double> b, std::size_t columns = 1, double no_pivot = 0) {
    if (b.empty()) return true;
    const auto n = static_cast<Eigen::Index>(b.size() / columns);
    Eigen::Map<matrix> left(a.data(), n, n), x(b.data(), n, static_cast<Eigen::Index>(columns));
    const Eigen::PartialPivLU<Eigen::Ref<matrix>> lu(left);
    if ((left.diagonal().array().abs() <= no_pivot).any()) return false;
    x = lu.solve(x).eval();
    return true;
  }
};

}}  // namespace guerdon
