// Plain C entry points to processes in Eigen's matrices, for mdp.py.

#include <guerdon/adapt/eigen_mdp.hpp>
#include <guerdon/mdp/mdp_policy_evaluation.hpp>

using namespace guerdon;

extern "C" {

/// Rows of (s,a), numbered s A + a, compressed.
sparse_mdp* guerdon_sparse_mdp(index_t states, index_t actions, const int* begin, const int* column, const double* p,
                               const double* reward) {
  const Eigen::Index rows = states * actions;
  const Eigen::Map<const decltype(sparse_mdp::transition)> transition(rows, states, begin[rows], begin, column, p);
  return new sparse_mdp{transition, Eigen::Map<const Eigen::VectorXd>(reward, rows), actions};
}
void guerdon_forget(sparse_mdp* m) { delete m; }

/// Sweeps made; `value` [S] and `error` [1] are written.
index_t guerdon_value_iteration(const sparse_mdp* m, double gamma, double tolerance, bool bounds, int threads,
                                double* value, double* error) {
  const auto out =
      value_iteration(*m, {.gamma = gamma, .tolerance = tolerance, .bounds = bounds, .threads = threads});
  Eigen::Map<Eigen::VectorXd>(value, out.value.size()) = out.value;
  *error = out.error;
  return out.sweeps;
}

/// A process of one action, P [S,S] in rows.
dense_mdp* guerdon_dense_mdp(index_t states, const double* p, const double* reward) {
  return new dense_mdp{Eigen::Map<const decltype(dense_mdp::transition)>(p, states, states),
                       Eigen::Map<const Eigen::VectorXd>(reward, states), 1};
}
void guerdon_forget_dense(dense_mdp* m) { delete m; }

void guerdon_policy_value(const dense_mdp* m, double gamma, double* value) {
  const std::vector<index_t> policy(static_cast<std::size_t>(m->states()));
  Eigen::Map<Eigen::VectorXd>(value, m->states()) = policy_value(*m, policy, gamma);
}
/// Eigen alone: its LU of I - gamma P.
void guerdon_eigen_lu(const dense_mdp* m, double gamma, double* value) {
  const Eigen::MatrixXd chain = Eigen::MatrixXd::Identity(m->states(), m->states()) - gamma * m->transition;
  Eigen::Map<Eigen::VectorXd>(value, m->states()) = chain.partialPivLu().solve(m->reward);
}
/// The operation, which needs no library.
void guerdon_policy_evaluation(const dense_mdp* m, double gamma, double* value) {
  const index_t states = m->states();
  const std::vector<double> policy(static_cast<std::size_t>(states), 1.0);
  const auto out = mdp_policy_evaluation({.mdp = {.transition = {m->transition.data(), states * states},
                                                  .reward = {m->reward.data(), states}, .states = states, .actions = 1},
                                          .policy = policy},
                                         {.gamma = gamma});
  std::copy(out.value.begin(), out.value.end(), value);
}

}  // extern "C"
