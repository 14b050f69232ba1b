#pragma once
// The finite Markov decision process that owns what it is made of, in Eigen's matrices, dense or sparse: checked where
// it is made, constant from then on, solved by sweeps or exactly.
//
//   const guerdon::sparse_mdp m(transition, reward, 0.99);    // [S A, S] in rows s A + a, [S A]; it starts anywhere
//   auto best = guerdon::value_iteration(m, {.threads = 8});
//   double worth = guerdon::expected_return(m, best.policy);  // by Eigen's LU, dense or sparse
//
// A dense one is made of the arrays that the operations of mdp/ take, or hands them out:
//
//   auto q = guerdon::mdp_policy_evaluation<guerdon::eigen_solver>({m.arrays(), policy}, {.gamma = m.discount()});
//
// Memory: value iteration keeps the transitions, the rewards and two values: 12 bytes a successor, 12 a pair and 16 a
// state, so 30 MB for 10^5 states of 4 actions with 5 successors each. The dense LU keeps S^2 numbers. The bits do not
// depend on the number of threads.
//
// How exact: value iteration with bounds ends within `tolerance` of the optimum, relative to the largest value, and
// says the bound as `error`; where a sweep's rounding, some epsilon times the largest value, is more than that, it ends
// there. Without bounds a sweep has changed no value by more than `tolerance`, and the optimum may be gamma /
// (1 - gamma) times as far, gamma being the discount. LU is exact up to rounding times the system's condition, at most
// (1 + gamma) / (1 - gamma).

#include <guerdon/adapt/eigen_solve.hpp>
#include <guerdon/core/thread_crew.hpp>
#include <guerdon/mdp/finite_mdp.hpp>

#include <Eigen/SparseCore>
#include <Eigen/SparseLU>

namespace guerdon {

/// `Matrix` is a row-major one of doubles.
template <class Matrix>
class eigen_mdp {
 public:
  static constexpr bool sparse = std::is_base_of_v<Eigen::SparseMatrixBase<Matrix>, Matrix>;

  /// `transition` [S A, S] has a distribution for each (s,a), in row s A + a; `reward` [S A] the mean of each;
  /// `discount` is in [0, 1]; `start` [S] is a distribution, uniform if left out.
  eigen_mdp(Matrix transition, Eigen::VectorXd reward, double discount, Eigen::VectorXd start = {})
      : transition_(std::move(transition)), reward_(std::move(reward)), start_(std::move(start)), discount_(discount) {
    const Eigen::Index rows = transition_.rows(), columns = transition_.cols();
    need(columns > 0 && rows > 0 && rows % columns == 0, "transition",
          "has the wrong shape: a row for each state and action, a column for each state");
    if constexpr (sparse) transition_.makeCompressed();
    need(has_distributions(), "transition", "has a row that is no distribution");
    need(reward_.size() == rows, "reward", "has the wrong size: a number for each state and action");
    need(reward_.allFinite(), "reward", "is not finite everywhere");
    need(discount >= 0 && discount <= 1, "discount", "must be at least 0 and at most 1");
    if (start_.size() == 0) start_.setConstant(columns, 1 / static_cast<double>(columns));
    need(start_.size() == columns, "start", "has the wrong size: a number for each state");
    need(mdp::are_distributions(start_, columns), "start", "is no distribution");
  }
  /// Of the arrays that the operations of mdp/ take.
  eigen_mdp(const finite_mdp& arrays, double discount, const view<const double>& start = {})
      : eigen_mdp(transition_of(arrays), reward_of(arrays), discount,
                  Eigen::Map<const Eigen::VectorXd>(start.data(), start.size())) {}

  const Matrix& transition() const { return transition_; }
  const Eigen::VectorXd& reward() const { return reward_; }
  double discount() const { return discount_; }
  const Eigen::VectorXd& start() const { return start_; }
  index_t states() const { return static_cast<index_t>(transition_.cols()); }
  index_t actions() const { return static_cast<index_t>(transition_.rows() / transition_.cols()); }

  /// What the operations of mdp/ take, for as long as this process lives.
  finite_mdp arrays() const
    requires(!sparse)
  {
    return {.transition = transition_, .reward = reward_, .states = states(), .actions = actions()};
  }

 private:
  static void need(bool holds, const char* argument, const char* problem) {
    if (!holds) refuse("eigen_mdp", argument, problem);
  }

  bool has_distributions() const {
    if constexpr (!sparse) return mdp::are_distributions(transition_, transition_.cols());
    else {
      const auto* const begin = transition_.outerIndexPtr();
      for (Eigen::Index row = 0; row < transition_.rows(); ++row) {
        const view<const double> p{transition_.valuePtr() + begin[row], begin[row + 1] - begin[row]};
        if (p.size() == 0 || !mdp::are_distributions(p, p.size())) return false;
      }
      return true;
    }
  }
  static Matrix transition_of(const finite_mdp& m) {
    need(m.states > 0 && m.actions > 0 && m.transition.size() == m.states * m.actions * m.states, "transition",
          "has the wrong size: a number for each state, action and next state");
    const Eigen::Map<const eigen_solver::matrix> dense(m.transition.data(), m.states * m.actions, m.states);
    if constexpr (sparse) return dense.sparseView();
    else return dense;
  }
  static Eigen::VectorXd reward_of(const finite_mdp& m) {
    need(bool(m.reward) != bool(m.transition_reward), "reward", "or transition_reward must be given, and not both");
    if (m.reward) return Eigen::Map<const Eigen::VectorXd>(m.reward.data(), m.reward.size());
    need(m.transition_reward.size() == m.transition.size(), "transition_reward", "must have the size of transition");
    const mdp::model sized{static_cast<std::size_t>(m.states), static_cast<std::size_t>(m.actions),
                           m.transition.data()};
    const auto mean =
        mdp::expected_reward(call_rules("eigen_mdp"), sized, "transition_reward", {}, m.transition_reward);
    return Eigen::Map<const Eigen::VectorXd>(mean.data(), static_cast<Eigen::Index>(mean.size()));
  }

  Matrix transition_;
  Eigen::VectorXd reward_, start_;
  double discount_;
};
using dense_mdp = eigen_mdp<eigen_solver::matrix>;
using sparse_mdp = eigen_mdp<Eigen::SparseMatrix<double, Eigen::RowMajor>>;

struct value_iteration_options {
  double tolerance = 1e-12;  ///< of the value, or of a sweep's change; times the largest value, or 1 if that is more
  index_t max_sweeps = 1'000'000;  ///< then it is refused
  bool bounds = true;  ///< with discount < 1: end by the bounds of MacQueen and Porteus, and move to their middle
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
void each_backup(const sparse_mdp& m, const double* value, index_t first, index_t last, const F& f) {
  const auto* const begin = m.transition().outerIndexPtr();
  const auto* const column = m.transition().innerIndexPtr();
  const double *const p = m.transition().valuePtr(), *const reward = m.reward().data(), gamma = m.discount();
  std::vector<double> q(static_cast<std::size_t>(m.actions()));
  for (index_t s = first, sa = first * m.actions(); s < last; ++s) {
    for (double& x : q) {
      double mean = 0;
      for (auto k = begin[sa]; k < begin[sa + 1]; ++k) mean += p[k] * value[column[k]];
      x = reward[sa++] + gamma * mean;
    }
    f(s, std::span<const double>(q));
  }
}
template <class F>
void each_backup(const dense_mdp& m, const double* value, index_t first, index_t last, const F& f) {
  const Eigen::Map<const Eigen::VectorXd> v(value, m.states());
  const index_t actions = m.actions();
  for (index_t s = first; s < last; s += states_at_once) {
    const index_t rows = std::min(states_at_once, last - s) * actions, from = s * actions;
    Eigen::VectorXd q = m.transition().middleRows(from, rows) * v;
    q = m.reward().segment(from, rows) + m.discount() * q;
    for (index_t k = 0; k * actions < rows; ++k)
      f(s + k, std::span<const double>(q.data() + k * actions, static_cast<std::size_t>(actions)));
  }
}

template <class Matrix>
std::vector<index_t> greedy_policy(const eigen_mdp<Matrix>& m, const Eigen::VectorXd& value) {
  std::vector<index_t> policy(static_cast<std::size_t>(m.states()));
  each_backup(m, value.data(), 0, m.states(), [&](index_t s, std::span<const double> q) {
    policy[static_cast<std::size_t>(s)] = static_cast<index_t>(greedy_action(q));
  });
  return policy;
}

/// Where a state's action stands among the pairs.
template <class Matrix>
index_t pair_of(const eigen_mdp<Matrix>& m, std::span<const index_t> policy, index_t state) {
  return state * m.actions() + policy[static_cast<std::size_t>(state)];
}

/// I - gamma P_pi, of a policy that has been checked.
inline auto policy_system(const dense_mdp& m, std::span<const index_t> policy) {
  eigen_solver::matrix system(m.states(), m.states());
  for (index_t s = 0; s < m.states(); ++s) system.row(s) = -m.discount() * m.transition().row(pair_of(m, policy, s));
  system.diagonal().array() += 1;
  return system;
}
inline auto policy_system(const sparse_mdp& m, std::span<const index_t> policy) {
  using matrix = Eigen::SparseMatrix<double, Eigen::RowMajor>;
  std::vector<Eigen::Triplet<double>> entries;
  for (index_t s = 0; s < m.states(); ++s) {
    const int row = static_cast<int>(s);
    entries.emplace_back(row, row, 1.0);
    for (matrix::InnerIterator k(m.transition(), pair_of(m, policy, s)); k; ++k)
      entries.emplace_back(row, static_cast<int>(k.col()), -m.discount() * k.value());
  }
  matrix system(m.states(), m.states());
  system.setFromTriplets(entries.begin(), entries.end());
  return system;
}

inline bool solve_by_lu(eigen_solver::matrix& system, Eigen::VectorXd& x) {
  return eigen_solver::solve({system.data(), static_cast<std::size_t>(system.size())},
                             {x.data(), static_cast<std::size_t>(x.size())});
}
inline bool solve_by_lu(const Eigen::SparseMatrix<double, Eigen::RowMajor>& system, Eigen::VectorXd& x) {
  Eigen::SparseLU<Eigen::SparseMatrix<double>> lu;
  lu.compute(system);
  if (lu.info() != Eigen::Success) return false;
  x = lu.solve(x).eval();
  return lu.info() == Eigen::Success;
}

/// (I - gamma P_pi)^-1 x, or of the transposed.
template <class Matrix>
Eigen::VectorXd solved(const char* name, const eigen_mdp<Matrix>& m, std::span<const index_t> policy,
                       Eigen::VectorXd x, bool transposed = false) {
  Matrix system = policy_system(m, policy);
  if (transposed) system = Matrix(system.transpose());
  if (!solve_by_lu(system, x) || !x.allFinite()) refuse(name, "transition", "and policy make a singular system");
  return x;
}

template <class Matrix>
void check_policy(const char* name, const eigen_mdp<Matrix>& m, std::span<const index_t> policy) {
  const call_rules rule(name);
  rule(m.discount() < 1, "discount", "must be less than 1");
  rule(static_cast<index_t>(policy.size()) == m.states(), "policy", "has the wrong size: an action a state");
  for (const index_t a : policy) rule(a >= 0 && a < m.actions(), "policy", "holds what is no action");
}

}  // namespace mdp

/// The optimum by synchronous sweeps from 0.
///
/// With d = V' - V, the change by a sweep, V* lies between V' + gamma / (1 - gamma) min d and V' + gamma / (1 - gamma)
/// max d (MacQueen 1966; Porteus 1971): a sweep that lifts all values alike leaves nothing to be done. Where a chain
/// forgets where it began, that takes tens of sweeps instead of thousands.
template <class Matrix>
eigen_optimum value_iteration(const eigen_mdp<Matrix>& m, const value_iteration_options& o = {}) {
  constexpr const char* name = "value_iteration";
  if (!(o.tolerance >= 0)) refuse(name, "tolerance", "must be at least 0");
  if (o.threads < 1) refuse(name, "threads", "must be at least 1");
  struct alignas(64) extent {
    double low, high, largest;
  };
  const index_t states = m.states(), blocks = (states + mdp::states_at_once - 1) / mdp::states_at_once;
  const double gamma = m.discount();
  const bool bounds = o.bounds && gamma < 1;
  const double reach = gamma / (1 - gamma), infinity = std::numeric_limits<double>::infinity();
  eigen_optimum out{Eigen::VectorXd::Zero(states), {}, 0, infinity};
  Eigen::VectorXd newer(states);
  thread_crew crew(static_cast<int>(std::min<index_t>(o.threads, blocks)));
  std::vector<extent> seen(static_cast<std::size_t>(crew.size()));
  const auto sweep = [&] {
    crew.run([&](int k) {
      const auto at = [&](int part) { return std::min(blocks * part / crew.size() * mdp::states_at_once, states); };
      extent e{infinity, -infinity, 0};
      mdp::each_backup(m, out.value.data(), at(k), at(k + 1), [&](index_t s, std::span<const double> q) {
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
      out.error = gamma < 1 ? reach * change : std::numeric_limits<double>::quiet_NaN();
      done = change < o.tolerance * std::max(1.0, e.largest);
    }
  }
  out.policy = mdp::greedy_policy(m, out.value);
  return out;
}

/// The value of a policy, given as an action of each state, by an LU of I - gamma P: Eigen's dense one, or its sparse
/// one, whose memory depends on how much the factors fill in (little for grids and chains, much for random graphs).
template <class Matrix>
Eigen::VectorXd policy_value(const eigen_mdp<Matrix>& m, std::span<const index_t> policy) {
  constexpr const char* name = "policy_value";
  mdp::check_policy(name, m, policy);
  Eigen::VectorXd reward(m.states());
  for (index_t s = 0; s < m.states(); ++s) reward[s] = m.reward()[mdp::pair_of(m, policy, s)];
  return mdp::solved(name, m, policy, std::move(reward));
}
/// What it earns from `start` on.
template <class Matrix>
double expected_return(const eigen_mdp<Matrix>& m, std::span<const index_t> policy) {
  return m.start().dot(policy_value(m, policy));
}
/// How often it is in each state from `start` on, discounted; the sum is 1 / (1 - gamma).
template <class Matrix>
Eigen::VectorXd state_occupancy(const eigen_mdp<Matrix>& m, std::span<const index_t> policy) {
  constexpr const char* name = "state_occupancy";
  mdp::check_policy(name, m, policy);
  return mdp::solved(name, m, policy, m.start(), true);
}

/// The optimum by exact evaluations: action 0 everywhere at first, then the lowest greedy action wherever it gains more
/// than 1e-9, until no value grows.
template <class Matrix>
eigen_optimum policy_iteration(const eigen_mdp<Matrix>& m) {
  eigen_optimum out{{}, std::vector<index_t>(static_cast<std::size_t>(m.states())), 0, 0};
  for (double worth = -std::numeric_limits<double>::infinity();;) {
    out.value = policy_value(m, out.policy);
    ++out.sweeps;
    bool switched = false;
    if (!(out.value.sum() > worth)) return out;
    worth = out.value.sum();
    mdp::each_backup(m, out.value.data(), 0, m.states(), [&](index_t s, std::span<const double> q) {
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
