#pragma once
// Finite decision processes in Eigen's matrices, for those that the dense operations of mdp/ are too small for: value
// iteration over sparse transitions, and exact values by Eigen's LU, dense or sparse.
//
//   guerdon::sparse_mdp m{transition, reward, 4};           // [S A, S] in rows s A + a, [S A]
//   auto best = guerdon::value_iteration(m, {.gamma = 0.99, .threads = 8});
//
// Memory: value iteration keeps the transitions, the rewards and two values: 12 bytes a successor, 12 a pair and 16 a
// state, so 30 MB for 10^5 states of 4 actions with 5 successors each. The dense LU keeps S^2 numbers. The bits do not
// depend on the number of threads.
//
// How exact: value iteration with bounds ends within `tolerance` of the optimum, relative to the largest value, and says
// the bound as `error`; where a sweep's rounding, some epsilon times the largest value, is more than that, it ends there.
// Without bounds a sweep has changed no value by more than `tolerance`, and the optimum may be gamma / (1 - gamma) times
// as far. LU is exact up to rounding times the system's condition, at most (1 + gamma) / (1 - gamma).

#include <guerdon/core/thread_crew.hpp>
#include <guerdon/mdp/finite_mdp.hpp>

#include <Eigen/LU>
#include <Eigen/SparseCore>
#include <Eigen/SparseLU>

#include <string>

namespace guerdon {

/// P as rows of (s,a), numbered s A + a, and the mean reward of each.
template <class Matrix>
struct eigen_mdp {
  Matrix transition;       ///< [S A, S] each row a distribution
  Eigen::VectorXd reward;  ///< [S A]
  index_t actions = 1;     ///< A

  index_t states() const { return static_cast<index_t>(transition.cols()); }
};
using sparse_mdp = eigen_mdp<Eigen::SparseMatrix<double, Eigen::RowMajor>>;
using dense_mdp = eigen_mdp<Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;

struct value_iteration_options {
  double gamma = required;         ///< in [0, 1]
  double tolerance = 1e-12;  ///< of the value, or of a sweep's change; times the largest value, or 1 if that is more
  index_t max_sweeps = 1'000'000;  ///< then it is refused
  bool bounds = true;  ///< with gamma < 1: end by the bounds of MacQueen and Porteus, and move to their middle
  int threads = 1;
};
struct eigen_optimum {
  Eigen::VectorXd value;        ///< [S]
  std::vector<index_t> policy;  ///< [S] the lowest of the greedy actions
  index_t sweeps = 0;           ///< of value iteration; exact evaluations of policy iteration
  double error = 0;  ///< the value is no further from the optimum, up to rounding; NaN where nothing bounds it
};

inline namespace GUERDON_ABI {
namespace mdp {

/// States that are swept as one, whatever the number of threads: a row's sum must not depend on its neighbours.
inline constexpr index_t states_at_once = 64;

/// q(s,a) = R + gamma P V of the states from `first` to `last`, given out row by row.
template <class F>
void each_backup(const sparse_mdp& m, const double* value, double gamma, index_t first, index_t last, const F& f) {
  const auto* const begin = m.transition.outerIndexPtr();
  const auto* const column = m.transition.innerIndexPtr();
  const double* const p = m.transition.valuePtr();
  std::vector<double> q(static_cast<std::size_t>(m.actions));
  for (index_t s = first, sa = first * m.actions; s < last; ++s) {
    for (double& x : q) {
      double mean = 0;
      for (auto k = begin[sa]; k < begin[sa + 1]; ++k) mean += p[k] * value[column[k]];
      x = m.reward[sa++] + gamma * mean;
    }
    f(s, std::span<const double>(q));
  }
}
template <class F>
void each_backup(const dense_mdp& m, const double* value, double gamma, index_t first, index_t last, const F& f) {
  const Eigen::Map<const Eigen::VectorXd> v(value, m.transition.cols());
  for (index_t s = first; s < last; s += states_at_once) {
    const index_t rows = std::min(states_at_once, last - s) * m.actions, from = s * m.actions;
    Eigen::VectorXd q = m.transition.middleRows(from, rows) * v;
    q = m.reward.segment(from, rows) + gamma * q;
    for (index_t k = 0; k * m.actions < rows; ++k)
      f(s + k, std::span<const double>(q.data() + k * m.actions, static_cast<std::size_t>(m.actions)));
  }
}

template <class Matrix>
void check_eigen_mdp(const char* operation, const eigen_mdp<Matrix>& m, double gamma) {
  const auto need = [&](bool holds, const char* name, const char* problem) {
    if (!holds) refuse(operation, name, problem);
  };
  need(m.actions > 0 && m.transition.cols() > 0 && m.transition.rows() == m.transition.cols() * m.actions &&
           m.reward.size() == m.transition.rows(),
       "transition", "has the wrong shape: a row for each state and action, a column for each state, as many rewards");
  if constexpr (std::is_same_v<Matrix, decltype(sparse_mdp::transition)>)
    need(m.transition.isCompressed(), "transition", "is not compressed: call makeCompressed()");
  for (Eigen::Index row = 0; row < m.transition.rows(); ++row) {
    double sum = 0, least = 0;
    if constexpr (std::is_same_v<Matrix, decltype(sparse_mdp::transition)>) {
      for (typename Matrix::InnerIterator k(m.transition, row); k; ++k)
        sum += k.value(), least = math::nan_min(least, k.value());
    } else {
      sum = m.transition.row(row).sum(), least = m.transition.row(row).minCoeff();
    }
    need(least >= 0 && std::abs(sum - 1) <= 1e-6, "transition", "has a row that is no distribution");
  }
  need(gamma >= 0 && gamma <= 1, "gamma", "must be at least 0 and at most 1");
  need(m.reward.allFinite(), "reward", "is not finite everywhere");
}

template <class Matrix>
std::vector<index_t> greedy_policy(const eigen_mdp<Matrix>& m, const Eigen::VectorXd& value, double gamma) {
  std::vector<index_t> policy(static_cast<std::size_t>(m.states()));
  each_backup(m, value.data(), gamma, 0, m.states(), [&](index_t s, std::span<const double> q) {
    policy[static_cast<std::size_t>(s)] = static_cast<index_t>(greedy_action(q));
  });
  return policy;
}

/// (I - gamma P)^-1 r by LU.
inline bool solve_by_lu(Eigen::MatrixXd chain, Eigen::VectorXd& value) {
  value = chain.partialPivLu().solve(value).eval();
  return value.allFinite();
}
inline bool solve_by_lu(const Eigen::SparseMatrix<double>& chain, Eigen::VectorXd& value) {
  Eigen::SparseLU<Eigen::SparseMatrix<double>> lu;
  lu.compute(chain);
  if (lu.info() != Eigen::Success) return false;
  value = lu.solve(value).eval();
  return lu.info() == Eigen::Success && value.allFinite();
}

}  // namespace mdp

/// The optimum by synchronous sweeps from 0.
///
/// With d = V' - V, the change by a sweep, V* lies between V' + gamma / (1 - gamma) min d and V' + gamma / (1 - gamma)
/// max d (MacQueen 1966; Porteus 1971): a sweep that lifts all values alike leaves nothing to be done. Where a chain
/// forgets where it began, that takes tens of sweeps instead of thousands.
template <class Matrix>
eigen_optimum value_iteration(const eigen_mdp<Matrix>& m, const value_iteration_options& o) {
  constexpr const char* name = "value_iteration";
  mdp::check_eigen_mdp(name, m, o.gamma);
  if (!(o.tolerance >= 0)) refuse(name, "tolerance", "must be at least 0");
  if (o.threads < 1) refuse(name, "threads", "must be at least 1");
  struct alignas(64) extent {
    double low, high, largest;
  };
  const index_t states = m.states(), blocks = (states + mdp::states_at_once - 1) / mdp::states_at_once;
  const bool bounds = o.bounds && o.gamma < 1;
  const double reach = o.gamma / (1 - o.gamma), infinity = std::numeric_limits<double>::infinity();
  eigen_optimum out{Eigen::VectorXd::Zero(states), {}, 0, infinity};
  Eigen::VectorXd newer(states);
  thread_crew crew(static_cast<int>(std::min<index_t>(o.threads, blocks)));
  std::vector<extent> seen(static_cast<std::size_t>(crew.size()));
  const auto sweep = [&] {
    crew.run([&](int k) {
      const auto at = [&](int part) { return std::min(blocks * part / crew.size() * mdp::states_at_once, states); };
      extent e{infinity, -infinity, 0};
      mdp::each_backup(m, out.value.data(), o.gamma, at(k), at(k + 1), [&](index_t s, std::span<const double> q) {
        double best = q[0];
        for (const double x : q) best = x > best ? x : best;
        const double change = best - out.value[s];
        newer[s] = best;
        e.low = std::min(e.low, change), e.high = std::max(e.high, change);
        e.largest = std::max(e.largest, std::abs(best));
      });
      seen[static_cast<std::size_t>(k)] = e;
    });
    extent all{infinity, -infinity, 0};
    for (const extent& e : seen)
      all = {std::min(all.low, e.low), std::max(all.high, e.high), std::max(all.largest, e.largest)};
    out.value.swap(newer);
    ++out.sweeps;
    return all;
  };
  for (bool done = false; !done;) {
    if (out.sweeps == o.max_sweeps) refuse(name, "max_sweeps", "were made, and the values do not converge");
    const extent e = sweep();
    if (bounds) {
      const double spread = e.high - e.low, middle = reach * (e.high + e.low) / 2,
                   size = std::max(1.0, e.largest + std::abs(middle));
      out.error = reach * spread / 2;
      // What is left of the spread may be rounding alone, which no sweep takes away.
      done = out.error <= o.tolerance * size || spread <= 8 * std::numeric_limits<double>::epsilon() * e.largest;
      if (done) out.value.array() += middle;
    } else {
      const double change = std::max(e.high, -e.low);
      out.error = o.gamma < 1 ? reach * change : std::numeric_limits<double>::quiet_NaN();
      done = change < o.tolerance * std::max(1.0, e.largest);
    }
  }
  out.policy = mdp::greedy_policy(m, out.value, o.gamma);
  return out;
}

/// The value of a policy, given as an action of each state, by an LU of I - gamma P: Eigen's dense one, or its sparse
/// one, whose memory depends on how much the factors fill in (little for grids and chains, much for random graphs).
template <class Matrix>
Eigen::VectorXd policy_value(const eigen_mdp<Matrix>& m, std::span<const index_t> policy, double gamma) {
  constexpr const char* name = "policy_value";
  mdp::check_eigen_mdp(name, m, gamma);
  if (!(gamma < 1)) refuse(name, "gamma", "must be less than 1");
  const index_t states = m.states();
  if (static_cast<index_t>(policy.size()) != states) refuse(name, "policy", "has the wrong size: an action a state");
  const auto row = [&](index_t s) { return s * m.actions + policy[static_cast<std::size_t>(s)]; };
  Eigen::VectorXd value(states);
  for (index_t s = 0; s < states; ++s) {
    const index_t a = policy[static_cast<std::size_t>(s)];
    if (a < 0 || a >= m.actions) refuse(name, "policy", "holds what is no action");
    value[s] = m.reward[row(s)];
  }
  bool solved = false;
  if constexpr (std::is_same_v<Matrix, decltype(sparse_mdp::transition)>) {
    std::vector<Eigen::Triplet<double>> entries;
    for (index_t s = 0; s < states; ++s) {
      entries.emplace_back(static_cast<int>(s), static_cast<int>(s), 1.0);
      for (typename Matrix::InnerIterator k(m.transition, row(s)); k; ++k)
        entries.emplace_back(static_cast<int>(s), static_cast<int>(k.col()), -gamma * k.value());
    }
    Eigen::SparseMatrix<double> chain(states, states);
    chain.setFromTriplets(entries.begin(), entries.end());
    solved = mdp::solve_by_lu(chain, value);
  } else {
    Eigen::MatrixXd chain = Eigen::MatrixXd::Identity(states, states);
    for (index_t s = 0; s < states; ++s) chain.row(s) -= gamma * m.transition.row(row(s));
    solved = mdp::solve_by_lu(std::move(chain), value);
  }
  if (!solved) refuse(name, "transition", "and policy make a system that LU does not solve");
  return value;
}

/// The optimum by exact evaluations: action 0 everywhere at first, then the lowest greedy action wherever it gains more
/// than 1e-9, until no value grows.
template <class Matrix>
eigen_optimum policy_iteration(const eigen_mdp<Matrix>& m, double gamma) {
  eigen_optimum out{{}, std::vector<index_t>(static_cast<std::size_t>(m.states())), 0, 0};
  for (double worth = -std::numeric_limits<double>::infinity();;) {
    out.value = policy_value(m, out.policy, gamma);
    ++out.sweeps;
    bool switched = false;
    if (!(out.value.sum() > worth)) return out;
    worth = out.value.sum();
    mdp::each_backup(m, out.value.data(), gamma, 0, m.states(), [&](index_t s, std::span<const double> q) {
      index_t& action = out.policy[static_cast<std::size_t>(s)];
      const std::size_t best = mdp::greedy_action(q);
      if (!(q[best] > q[static_cast<std::size_t>(action)] + 1e-9)) return;
      action = static_cast<index_t>(best), switched = true;
    });
    if (!switched) return out;
  }
}

}  // namespace GUERDON_ABI
}  // namespace guerdon
