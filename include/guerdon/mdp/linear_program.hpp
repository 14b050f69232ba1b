#pragma once
// Small dense linear programmes, exactly enough for a few thousand rows, without a library: maximise c x where bounds
// of variables and of rows a x hold.
//
// The bounded simplex method. Every row has a variable of its own, y = a x, with the row's bounds; a vertex is a set of
// variables at their bounds, and the tableau says the others by them. First what violates bounds is reduced, then the
// objective grows. The steepest variable enters; of those that block, the one with the largest pivot leaves. Where
// nothing is gained for long, Bland's rule decides, which cannot cycle. At the end the tableau is made anew from the
// rows as they were given, so that no error of many pivots is left, and the method goes on if something is to be done.
//
// Memory: the rows as given and the tableau, each rows times variables; up to five times that product as they grow.

#include <guerdon/core/error.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

namespace guerdon { inline namespace GUERDON_ABI {

class linear_program {
 public:
  enum class verdict { optimal, infeasible, unbounded };
  static constexpr double infinity = std::numeric_limits<double>::infinity();

  /// All variables are in [low, high] and cost nothing until something else is said.
  explicit linear_program(std::size_t variables, double low = 0, double high = infinity)
      : n_(variables), low_(variables, low), high_(variables, high), cost_(variables) {}

  std::size_t variables() const { return n_; }
  void bound(std::size_t variable, double low, double high) { low_[variable] = low, high_[variable] = high; }
  void gain(std::size_t variable, double c) { cost_[variable] = c; }
  /// low <= a x <= high. Rows are scaled to a largest entry of 1.
  void row(std::span<const double> a, double low, double high) {
    double most = 0;
    for (const double x : a) most = std::max(most, std::abs(x));
    const double scale = most > 0 ? 1 / most : 1;
    for (const double x : a) given_.push_back(x * scale);
    low_.push_back(low * scale), high_.push_back(high * scale);
    ++m_;
  }

  verdict maximise() {
    check_numbers(cost_, low_, high_);
    check_numbers(given_, {}, {});
    if (crossed(low_, high_)) return verdict::infeasible;
    start();
    for (int round = 0;; ++round) {
      if (!improve(true)) return verdict::infeasible;
      const bool bounded = improve(false);
      if (!bounded) return verdict::unbounded;
      if (round == 4 || pivots_ < 20) break;
      make_anew();
      if (worst_violation() <= near_ && !enters(false)) break;
    }
    return verdict::optimal;
  }

  /// Of the optimum.
  double objective() const {
    double z = 0;
    for (std::size_t j = 0; j < n_; ++j) z += cost_[j] * value_[j];
    return z;
  }
  std::vector<double> solution() const { return {value_.begin(), value_.begin() + static_cast<std::ptrdiff_t>(n_)}; }

  /// Coefficients must be finite; bounds may be infinite, a lower one not upwards.
  static void check_numbers(std::span<const double> coefficients, std::span<const double> low,
                            std::span<const double> high) {
    const auto finite = [](double x) { return std::isfinite(x); };
    const bool fine = std::all_of(coefficients.begin(), coefficients.end(), finite) &&
                      std::all_of(low.begin(), low.end(), [](double x) { return x < infinity; }) &&
                      std::all_of(high.begin(), high.end(), [](double x) { return x > -infinity; });
    if (!fine) throw std::invalid_argument("linear_program: a coefficient is not finite, or a bound is no number");
  }
  /// Whether something is to be above its upper bound.
  static bool crossed(std::span<const double> low, std::span<const double> high) {
    for (std::size_t v = 0; v < low.size(); ++v)
      if (low[v] > high[v]) return true;
    return false;
  }

 private:
  static constexpr double near_ = 1e-9, small_pivot_ = 1e-9, violated_ = 1e-7;

  double* tableau(std::size_t i) { return tableau_.data() + i * n_; }
  const double* tableau(std::size_t i) const { return tableau_.data() + i * n_; }

  void start() {
    tableau_ = given_;
    tableau_.insert(tableau_.end(), cost_.begin(), cost_.end());  // the objective is one more row
    basic_.resize(m_), free_.resize(n_), value_.assign(n_ + m_, 0.0);
    for (std::size_t i = 0; i < m_; ++i) basic_[i] = n_ + i;
    for (std::size_t j = 0; j < n_; ++j) {
      free_[j] = j;
      value_[j] = std::isfinite(low_[j]) ? low_[j] : std::isfinite(high_[j]) ? high_[j] : 0;
    }
    pivots_ = 0;
    compute_basic();
  }
  void compute_basic() {
    for (std::size_t i = 0; i < m_; ++i) {
      double x = 0;
      for (std::size_t j = 0; j < n_; ++j) x += tableau(i)[j] * value_[free_[j]];
      value_[basic_[i]] = x;
    }
  }

  /// Variable free_[j] becomes basic in row r, in place of the one there.
  void pivot(std::size_t r, std::size_t j) {
    double* row = tableau(r);
    const double inverse = 1 / row[j];
    for (std::size_t k = 0; k < n_; ++k) row[k] *= -inverse;
    row[j] = inverse;
    for (std::size_t i = 0; i <= m_; ++i) {
      if (i == r) continue;
      double* other = tableau(i);
      const double factor = other[j];
      if (factor == 0) continue;
      other[j] = 0;
      for (std::size_t k = 0; k < n_; ++k) other[k] += factor * row[k];
    }
    std::swap(basic_[r], free_[j]);
    ++pivots_;
  }

  /// The same vertex from the rows as they were given.
  void make_anew() {
    std::vector<char> is_basic(n_ + m_);
    for (const std::size_t v : basic_) is_basic[v] = 1;
    const std::vector<double> values = value_;
    start();
    for (std::size_t v = 0; v < n_ + m_; ++v) value_[v] = values[v];
    for (std::size_t j = 0; j < n_; ++j) {
      if (!is_basic[free_[j]]) continue;
      std::size_t best = m_;
      for (std::size_t i = 0; i < m_; ++i)
        if (!is_basic[basic_[i]] && (best == m_ || std::abs(tableau(i)[j]) > std::abs(tableau(best)[j]))) best = i;
      if (best == m_ || !(std::abs(tableau(best)[j]) > 1e-12)) continue;  // it stays where it is, off its bounds
      pivot(best, j);
    }
    pivots_ = 0;
    compute_basic();
  }

  double violation(std::size_t v) const { return std::max({low_[v] - value_[v], value_[v] - high_[v], 0.0}); }
  double worst_violation() const {
    double most = 0;
    for (const std::size_t v : basic_) most = std::max(most, violation(v));
    return most;
  }

  /// How the objective, or less violation, grows with each free variable.
  const std::vector<double>& slopes(bool feasibility) {
    slope_.assign(tableau(m_), tableau(m_) + n_);
    if (!feasibility) return slope_;
    std::fill(slope_.begin(), slope_.end(), 0.0);
    for (std::size_t i = 0; i < m_; ++i) {
      const std::size_t v = basic_[i];
      if (violation(v) <= near_) continue;
      const double sign = value_[v] < low_[v] ? 1 : -1;
      for (std::size_t j = 0; j < n_; ++j) slope_[j] += sign * tableau(i)[j];
    }
    return slope_;
  }
  /// The free variable to move, if one is worth it: its place, plus 1.
  std::size_t enters(bool feasibility) {
    const std::vector<double>& slope = slopes(feasibility);
    double most = 0;
    for (const double c : cost_) most = std::max(most, std::abs(c));
    double best = feasibility ? near_ : near_ * most;
    std::size_t chosen = 0;
    for (std::size_t j = 0; j < n_; ++j) {
      const std::size_t v = free_[j];
      const bool can_grow = value_[v] < high_[v], can_shrink = value_[v] > low_[v];
      if (!(slope[j] > 0 ? can_grow : can_shrink)) continue;
      if (std::abs(slope[j]) <= (bland_ ? (feasibility ? near_ : near_ * most) : best)) continue;
      if (bland_ && chosen > 0 && free_[chosen - 1] < v) continue;
      best = std::abs(slope[j]), chosen = j + 1;
    }
    return chosen;
  }

  /// False: not feasible, or not bounded.
  bool improve(bool feasibility) {
    std::size_t idle = 0;
    bland_ = false;
    const std::size_t most = 200 * (n_ + m_) + 10000;
    for (std::size_t step = 0; step < most; ++step) {
      if (step % 64 == 63) compute_basic();
      const double worst = feasibility ? worst_violation() : 0;
      if (feasibility && worst <= near_) return true;
      const std::size_t chosen = enters(feasibility);
      if (chosen == 0) return !feasibility || worst <= violated_;
      const std::size_t j = chosen - 1, entering = free_[j];
      const double direction = slope_[j] > 0 ? 1 : -1;
      const auto stop = [&](std::size_t i, double speed) {  // where the basic variable of a row comes to a bound
        const std::size_t v = basic_[i];
        const bool below = value_[v] < low_[v] - near_, above = value_[v] > high_[v] + near_;
        if (speed > 0) return above ? infinity : below ? low_[v] : high_[v];
        return below ? -infinity : above ? high_[v] : low_[v];
      };
      const auto room = [&](std::size_t i, double speed) {
        return std::max((stop(i, speed) - value_[basic_[i]]) / speed, 0.0);
      };
      double reach = infinity;  // with every bound moved out a little
      for (std::size_t i = 0; i < m_; ++i) {
        const double speed = direction * tableau(i)[j];
        if (std::abs(speed) > small_pivot_)
          reach = std::min(reach, room(i, speed) + (bland_ ? 0 : near_) / std::abs(speed));
      }
      std::size_t leaving = m_;
      for (std::size_t i = 0; i < m_; ++i) {
        const double speed = direction * tableau(i)[j];
        if (!(std::abs(speed) > small_pivot_) || room(i, speed) > reach) continue;
        const bool better = leaving == m_ || (bland_ ? basic_[i] < basic_[leaving]
                                                     : std::abs(tableau(i)[j]) > std::abs(tableau(leaving)[j]));
        if (better) leaving = i;
      }
      const double across = high_[entering] - low_[entering];
      double length = across, end = 0;
      if (leaving < m_) {
        const double speed = direction * tableau(leaving)[j], room_left = room(leaving, speed);
        end = stop(leaving, speed);
        if (room_left < across) length = room_left;
        else leaving = m_;
      }
      if (!(length < infinity)) return false;
      for (std::size_t i = 0; i < m_; ++i) value_[basic_[i]] += direction * length * tableau(i)[j];
      if (leaving == m_) {  // it goes to its other bound
        value_[entering] = direction > 0 ? high_[entering] : low_[entering];
      } else {
        value_[entering] += direction * length;
        value_[basic_[leaving]] = end;
        pivot(leaving, j);
      }
      idle = length * std::abs(slope_[j]) > 1e-13 ? 0 : idle + 1;
      if (idle == 0) bland_ = false;
      if (idle > 50 + n_ / 4) bland_ = true;
    }
    throw std::runtime_error("linear_program: the simplex method does not end");
  }

  std::size_t n_, m_ = 0, pivots_ = 0;
  bool bland_ = false;
  std::vector<double> low_, high_;  ///< of variables, then of rows
  std::vector<double> cost_, given_, tableau_, value_, slope_;
  std::vector<std::size_t> basic_, free_;
};

}}  // namespace guerdon
