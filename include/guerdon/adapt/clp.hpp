#pragma once
// Linear and convex quadratic programmes by COIN-OR's Clp, in the place of mdp/linear_program.hpp: sparse, and faster
// from some hundred rows on.
//
//   auto out = guerdon::explicable_reward_design<guerdon::clp_program>(in, o);
//
// What is said optimal has been looked at: bounds, rows and, with a quadratic part, the slope at the solution, which
// tells of a maximum because a curvature that is not positive semidefinite is refused. What is neither optimal, nor
// infeasible, nor unbounded is a std::runtime_error. Link with Clp and CoinUtils.
//
// Memory: the entries that are not 0; with a quadratic part at most the square of the number of variables.

#include <guerdon/core/error.hpp>
#include <guerdon/mdp/linear_program.hpp>

#include <coin/ClpSimplex.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace guerdon { inline namespace GUERDON_ABI {

/// As linear_program: maximise c x, less x Q x / 2 where a curvature is given.
class clp_program {
 public:
  using verdict = linear_program::verdict;
  static constexpr double infinity = linear_program::infinity;

  explicit clp_program(std::size_t variables, double low = 0, double high = infinity)
      : low_(variables, low), high_(variables, high), cost_(variables), curved_(variables) {}

  std::size_t variables() const { return cost_.size(); }
  void bound(std::size_t variable, double low, double high) { low_[variable] = low, high_[variable] = high; }
  void gain(std::size_t variable, double c) { cost_[variable] = c; }
  /// Q(i,j) and Q(j,i), once for each pair. Q must be positive semidefinite, up to 1e-9 of each variable's own
  /// curvature: maximise() refuses another.
  void curvature(std::size_t i, std::size_t j, double q) { curved_[std::min(i, j)].push_back({std::max(i, j), q}); }
  /// low <= a x <= high.
  void row(std::span<const double> a, double low, double high) {
    for (std::size_t j = 0; j < a.size(); ++j)
      if (a[j] != 0) column_.push_back(static_cast<int>(j)), entry_.push_back(a[j]);
    begin_.push_back(static_cast<CoinBigIndex>(entry_.size()));
    row_low_.push_back(low), row_high_.push_back(high);
  }

  verdict maximise() {
    linear_program::check_numbers(cost_, low_, high_);
    linear_program::check_numbers(entry_, row_low_, row_high_);
    for (const auto& row : curved_)
      for (const term& t : row) linear_program::check_numbers({&t.q, 1}, {}, {});
    require(is_semidefinite(), "clp_program", "curvature",
            "is not positive semidefinite, so that a slope of 0 is no maximum: give a Q without negative eigenvalues, "
            "as x Q x / 2 is taken off the gain");
    if (linear_program::crossed(low_, high_) || linear_program::crossed(row_low_, row_high_))
      return verdict::infeasible;
    ClpSimplex clp;
    std::vector<double> slope(cost_);
    for (double& c : slope) c = -c;  // Clp's own direction is to minimise
    load(clp, slope, low_, high_, row_low_, row_high_);
    if (!curved()) clp.dual();
    if (curved() || clp.status() != 0) {
      // Clp takes one of these for the other at times: two programmes that are neither decide.
      if (!has_a_point()) return verdict::infeasible;
      if (has_a_ray()) return verdict::unbounded;
    }
    if (curved()) {
      std::vector<CoinBigIndex> start{0};
      std::vector<int> at;
      std::vector<double> q;
      for (const auto& row : curved_) {
        for (const term& t : row) at.push_back(static_cast<int>(t.column)), q.push_back(t.q);
        start.push_back(static_cast<CoinBigIndex>(q.size()));
      }
      clp.loadQuadraticObjective(static_cast<int>(cost_.size()), start.data(), at.data(), q.data());
      clp.barrier();
    }
    if (clp.status() != 0) throw std::runtime_error("clp_program: Clp did not come to an end");
    solution_.assign(clp.primalColumnSolution(), clp.primalColumnSolution() + cost_.size());
    look_at(clp);
    return verdict::optimal;
  }

  /// Of the optimum.
  double objective() const {
    double z = 0;
    for (std::size_t j = 0; j < solution_.size(); ++j) {
      z += cost_[j] * solution_[j];
      for (const term& t : curved_[j]) z -= (t.column == j ? 0.5 : 1) * t.q * solution_[j] * solution_[t.column];
    }
    return z;
  }
  const std::vector<double>& solution() const { return solution_; }

 private:
  struct term {
    std::size_t column;
    double q;
  };
  bool curved() const {
    return std::any_of(curved_.begin(), curved_.end(), [](const auto& row) { return !row.empty(); });
  }

  /// Cholesky's elimination by the largest pivot, of Q scaled to a diagonal of ones. Once the largest is nearly 0, all
  /// that is left of a semidefinite Q is. Entries below 1e-14 of the largest are rounding.
  bool is_semidefinite() const {
    constexpr double near = 1e-9;
    const std::size_t n = curved_.size();
    std::vector<double> own(n);
    double most = 0;
    for (std::size_t i = 0; i < n; ++i)
      for (const term& t : curved_[i]) {
        most = std::max(most, std::abs(t.q));
        if (t.column == i) own[i] += t.q;
      }
    const auto counts = [&](std::size_t i, const term& t) { return t.column != i && std::abs(t.q) > 1e-14 * most; };
    std::vector<std::size_t> place(n, n);  // of those that have a term with another
    std::size_t width = 0;
    for (std::size_t i = 0; i < n; ++i) {
      if (own[i] < -1e-14 * most) return false;
      for (const term& t : curved_[i])
        for (const std::size_t v : {i, t.column})
          if (counts(i, t) && place[v] == n) {
            if (own[v] <= 1e-14 * most) return false;
            place[v] = width++;
          }
    }
    std::vector<double> q(width * width), row(width);
    const auto at = [&](std::size_t i, std::size_t j) -> double& { return q[i * width + j]; };
    for (std::size_t i = 0; i < width; ++i) at(i, i) = 1;
    for (std::size_t i = 0; i < n; ++i)
      for (const term& t : curved_[i]) {
        if (!counts(i, t)) continue;
        const double scaled = t.q / std::sqrt(own[i]) / std::sqrt(own[t.column]);
        at(place[i], place[t.column]) += scaled, at(place[t.column], place[i]) += scaled;
      }
    for (std::size_t k = 0; k < width; ++k) {
      std::size_t best = 0;
      for (std::size_t i = 1; i < width; ++i)
        if (at(i, i) > at(best, best)) best = i;
      const double pivot = at(best, best);
      if (pivot <= near) return std::all_of(q.begin(), q.end(), [](double x) { return std::abs(x) <= 2 * near; });
      for (std::size_t i = 0; i < width; ++i) row[i] = at(best, i);
      for (std::size_t i = 0; i < width; ++i)
        for (std::size_t j = 0; row[i] != 0 && j < width; ++j) at(i, j) -= row[i] / pivot * row[j];
      for (std::size_t i = 0; i < width; ++i) at(i, best) = at(best, i) = 0;
    }
    return true;
  }

  void load(ClpSimplex& clp, const std::vector<double>& slope, const std::vector<double>& low,
            const std::vector<double>& high, const std::vector<double>& row_low,
            const std::vector<double>& row_high) const {
    clp.setLogLevel(0);
    clp.setPrimalTolerance(1e-9), clp.setDualTolerance(1e-9);
    const CoinPackedMatrix rows(false, static_cast<int>(cost_.size()), static_cast<int>(row_low_.size()),
                                static_cast<CoinBigIndex>(entry_.size()), entry_.data(), column_.data(), begin_.data(),
                                nullptr);
    clp.loadProblem(rows, low.data(), high.data(), slope.data(), row_low.data(), row_high.data());
  }
  bool has_a_point() const {
    ClpSimplex clp;
    load(clp, std::vector<double>(cost_.size()), low_, high_, row_low_, row_high_);
    clp.primal();
    return clp.status() == 0;
  }
  /// A direction that leaves no bound and gains: the best one no longer than 1 in each variable.
  bool has_a_ray() const {
    clp_program ray(*this);
    for (std::size_t i = 0; i < curved_.size(); ++i) {  // what curves gains no more at last
      std::vector<double> q(cost_.size());
      for (std::size_t j = 0; j < curved_.size(); ++j)
        for (const term& t : curved_[j]) {
          if (j == i) q[t.column] = t.q;
          if (t.column == i) q[j] = t.q;
        }
      if (curved()) ray.row(q, 0, 0);
    }
    const auto cone = [](std::vector<double>& low, std::vector<double>& high, double most) {
      for (double& x : low) x = std::isfinite(x) ? 0 : -most;
      for (double& x : high) x = std::isfinite(x) ? 0 : most;
    };
    cone(ray.low_, ray.high_, 1), cone(ray.row_low_, ray.row_high_, infinity);
    ClpSimplex clp;
    std::vector<double> slope(cost_);
    double most = 0, gained = 0;
    for (double& c : slope) most = std::max(most, std::abs(c)), c = -c;
    ray.load(clp, slope, ray.low_, ray.high_, ray.row_low_, ray.row_high_);
    clp.primal();
    if (clp.status() != 0) throw std::runtime_error("clp_program: Clp did not come to an end");
    for (std::size_t j = 0; j < cost_.size(); ++j) gained += cost_[j] * clp.primalColumnSolution()[j];
    return gained > 1e-7 * most;
  }

  /// Bounds, rows, and the conditions of Karush, Kuhn and Tucker, each within 1e-6 of the largest number in it.
  void look_at(ClpSimplex& clp) const {
    const auto need = [](bool holds, const char* what) {
      if (!holds) throw std::runtime_error(std::string("clp_program: Clp's solution does not satisfy ") + what);
    };
    const auto inside = [](double x, double low, double high) {
      const double slack = 1e-6 * std::max(1.0, std::abs(x));
      return x >= low - slack && x <= high + slack;
    };
    std::vector<double> slope(cost_), size(cost_.size(), 1.0);  // of the objective less the rows by their prices
    for (std::size_t j = 0; j < slope.size(); ++j) {
      need(inside(solution_[j], low_[j], high_[j]), "a bound");
      for (const term& t : curved_[j]) {
        slope[j] -= t.q * solution_[t.column];
        if (t.column != j) slope[t.column] -= t.q * solution_[j];
      }
    }
    // A price is worth something only at its bound; prices are Clp's, of a minimum.
    const auto at_bound = [&](double price, double x, double low, double high, double scale) {
      const double slack = 1e-5 * scale;
      return std::abs(price) <= slack || inside(x, price > 0 ? high : -infinity, price > 0 ? infinity : low);
    };
    for (std::size_t i = 0; i < row_low_.size(); ++i) {
      const double price = -clp.dualRowSolution()[i];
      double x = 0;
      for (CoinBigIndex k = begin_[i]; k < begin_[i + 1]; ++k) {
        const auto j = static_cast<std::size_t>(column_[static_cast<std::size_t>(k)]);
        const double a = entry_[static_cast<std::size_t>(k)];
        x += a * solution_[j], slope[j] -= price * a, size[j] = std::max(size[j], std::abs(price * a));
      }
      need(inside(x, row_low_[i], row_high_[i]), "a row");
      need(at_bound(price, x, row_low_[i], row_high_[i], 1), "the condition that slack rows are worth nothing");
    }
    for (std::size_t j = 0; j < slope.size(); ++j)
      need(at_bound(slope[j], solution_[j], low_[j], high_[j], size[j]), "the condition that no step gains");
  }

  std::vector<double> low_, high_, cost_, row_low_, row_high_, entry_, solution_;
  std::vector<int> column_;
  std::vector<CoinBigIndex> begin_{0};
  std::vector<std::vector<term>> curved_;
};

}}  // namespace guerdon
