#pragma once
// How the true return moves with the weights of a blended reward, through the policy that learns from it (BARFI).
//
// $$(\mu I - H)^\top x = v, \qquad \frac{dJ}{dw} = A^\top x, \qquad \frac{dJ}{d\gamma} = b \cdot x - \lambda_\gamma$$
//
// with H, A and b of alignment_inner_gradient where its update is 0, and v the gradient of the true return by theta
// there, such as reinforce_gradient's on fresh trajectories.
//
// Source: BARFI, arXiv:2310.19007; the formula is this project's, by the implicit function theorem.
//
// Details that differ:
// - One-hot features always make H singular, since a constant added to all actions of a state changes nothing: give
//   damping, or the Neumann series, which stays where v is.
// - A pivot of at most D eps times the largest entry is singular, and refused.
//
// Cost: D^3 / 3, or D^2 per term.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/core/linear_solve.hpp>
#include <guerdon/mdp/neumann.hpp>

namespace guerdon {

enum class inverse_method {
  exact,   ///< by elimination
  neumann  ///< by the Neumann series, of products alone
};
constexpr auto enumerators(inverse_method) { return std::array{"exact", "neumann"}; }

namespace op {
struct alignment_outer_gradient : host_kind {
  static constexpr info about{"alignment_outer_gradient", "mdp", "Outer gradient of behaviour alignment (BARFI)",
                              "arXiv:2310.19007", skeleton::host, 1e-5, true};
  struct inputs {
    view<const double> outer_gradient;  ///< [D] v
    view<const double> hessian;         ///< [D,D] H
    view<const double> cross;           ///< [D,3] A
    view<const double> cross_gamma;     ///< [D] b
  };
  struct outputs {
    std::vector<double> grad_weight;  ///< [3]
    double grad_gamma = 0;
  };
  struct options {
    inverse_method method = inverse_method::exact;
    double damping = 0;        ///< >= 0, mu
    double step = 0;           ///< of the Neumann series, which needs one
    index_t terms = 0;         ///< of the Neumann series, 0 to 2^24
    double gamma_penalty = 0;  ///< lambda
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("outer_gradient", &I::outer_gradient, "D"), array("hessian", &I::hessian, "D,D"),
                      array("cross", &I::cross, "D,3"), array("cross_gamma", &I::cross_gamma, "D"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("grad_weight", &O::grad_weight, "3"), array("grad_gamma", &O::grad_gamma, "1"));
  }
  static constexpr auto parameters() {
    return std::tuple(choice("method", &options::method),
                      option("damping", &options::damping, at_least(0, 8).drawn(6, 8)),
                      option("step", &options::step, finite().drawn(0.01, 0.2)),
                      option("terms", &options::terms, whole_within(0, 1 << 24).drawn(0, 8)),
                      option("gamma_penalty", &options::gamma_penalty));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::alignment_outer_gradient::outputs alignment_outer_gradient(
    const op::alignment_outer_gradient::inputs& in, const op::alignment_outer_gradient::options& o = {}) {
  const auto rule = check<op::alignment_outer_gradient>(in, o);
  const auto width = static_cast<std::size_t>(in.outer_gradient.size());
  std::vector<double> x(in.outer_gradient.begin(), in.outer_gradient.end());
  std::vector<double> matrix(width * width);  // (mu I - H) transposed
  for (std::size_t i = 0; i < width; ++i)
    for (std::size_t j = 0; j < width; ++j)
      matrix[j * width + i] = (i == j ? o.damping : 0) - in.hessian.data()[i * width + j];
  if (o.method == inverse_method::neumann) {
    rule(o.step != 0, "step", "is required for the Neumann series and was not given");
    const auto times = [&](const std::vector<double>& y) {
      std::vector<double> z(width);
      for (std::size_t i = 0; i < width; ++i)
        for (std::size_t j = 0; j < width; ++j) z[i] += matrix[i * width + j] * y[j];
      return z;
    };
    x = neumann_series(times, std::move(x), o.step, o.terms);
  } else {
    const double rounding = rounding_of_pivots(matrix, width);
    rule(width == 0 || solve_in_place(matrix, x, 1, rounding), "hessian",
         "is singular: give damping, or take the Neumann series");
  }
  op::alignment_outer_gradient::outputs out{std::vector<double>(3), -o.gamma_penalty};
  for (std::size_t d = 0; d < width; ++d) {
    for (std::size_t k = 0; k < 3; ++k) out.grad_weight[k] += in.cross.data()[3 * d + k] * x[d];
    out.grad_gamma += in.cross_gamma.data()[d] * x[d];
  }
  return out;
}

}}  // namespace guerdon
