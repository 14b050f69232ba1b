// Plain C entry points to processes in Eigen's matrices, for mdp.py.

#include <guerdon/adapt/eigen_mdp.hpp>
#include <guerdon/mdp/mdp_policy_evaluation.hpp>

using namespace guerdon;

extern "C" {

/// Rows of (s,a), numbered s A + a, compressed.
sparse_mdp* guerdon_sparse_mdp(index_t states, index_t actions, const int* begin, const int* column, const double* p,
                               const double* reward, double discount) {
  const Eigen::Index rows = states * actions;
  using matrix = Eigen::SparseMatrix<double, Eigen::RowMajor>;
  return new sparse_mdp(Eigen::Map<const matrix>(rows, states, begin[rows], begin, column, p),
                        Eigen::Map<const Eigen::VectorXd>(reward, rows), discount);
}
void guerdon_forget(sparse_mdp* m) { delete m; }

/// Sweeps made; `value` [S] and `error` [1] are written.
index_t guerdon_value_iteration(const sparse_mdp* m, double tolerance, bool bounds, int threads, double* value,
                                double* error) {
  const auto out = value_iteration(*m, {.tolerance = tolerance, .bounds = bounds, .threads = threads});
  Eigen::Map<Eigen::VectorXd>(value, out.value.size()) = out.value;
  *error = out.error;
  return out.sweeps;
}

/// A process of one action, P [S,S] in rows.
dense_mdp* guerdon_dense_mdp(index_t states, const double* p, const double* reward, double discount) {
  return new dense_mdp({.transition = {p, states * states}, .reward = {reward, states}, .states = states, .actions = 1},
                       discount);
}
void guerdon_forget_dense(dense_mdp* m) { delete m; }

void guerdon_policy_value(const dense_mdp* m, double* value) {
  const std::vector<index_t> policy(static_cast<std::size_t>(m->states()));
  Eigen::Map<Eigen::VectorXd>(value, m->states()) = policy_value(*m, policy);
}
/// Eigen alone: its LU of I - gamma P.
void guerdon_eigen_lu(const dense_mdp* m, double* value) {
  const index_t states = m->states();
  const Eigen::MatrixXd chain = Eigen::MatrixXd::Identity(states, states) - m->discount() * m->transition();
  Eigen::Map<Eigen::VectorXd>(value, states) = chain.partialPivLu().solve(m->reward());
}
/// The operation, which needs no library, and with Eigen's LU in it.
void guerdon_policy_evaluation(const dense_mdp* m, bool by_eigen, double* value) {
  const std::vector<double> policy(static_cast<std::size_t>(m->states()), 1.0);
  const op::mdp_policy_evaluation::inputs in{m->arrays(), policy};
  const op::mdp_policy_evaluation::options o{.gamma = m->discount()};
  const auto out = by_eigen ? mdp_policy_evaluation<eigen_solver>(in, o) : mdp_policy_evaluation(in, o);
  std::copy(out.value.begin(), out.value.end(), value);
}

}  // extern "C"
