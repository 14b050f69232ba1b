#pragma once
// The lexicographic order of policies: the first return that tells two apart decides.
//
// $$\text{order}(i, j) = \text{sign}(J_{ik} - J_{jk}) \text{ at the first } k \text{ with } |J_{ik} - J_{jk}| >
//   \epsilon$$
//
// Source: Subramani et al. (2023), arXiv:2310.11840, for the formalism; the evaluator is this project's own.
//
// Details that differ:
// - With a coarse tolerance it need not be transitive: see is_total_preorder.
//
// Cost: N^2 K. No gradient.

#include <guerdon/mdp/finite_mdp.hpp>

namespace guerdon {

namespace op {
struct lexicographic_order : host_kind {
  static constexpr info about{"lexicographic_order", "mdp", "Lexicographic order of policies by their returns",
                              "arXiv:2310.11840", skeleton::host, 1e-5, true};
  struct inputs {
    view<const double> returns;  ///< [N,K] of N policies
    index_t policies = 0;        ///< N
  };
  struct outputs {
    std::vector<index_t> order;  ///< [N,N] +1 where the row is better, -1 where the column is, 0 for neither
  };
  struct options {
    double tolerance = 1e-9;  ///< what counts as equal
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("returns", &I::returns, "N,K", any_real().together("few")),
                      extent("policies", &I::policies, "N"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("order", &O::order, "N,N"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("tolerance", &options::tolerance, at_least(0, 1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::lexicographic_order::outputs lexicographic_order(const op::lexicographic_order::inputs& in,
    const op::lexicographic_order::options& o = {}) {
  const auto rule = check<op::lexicographic_order>(in, o);
  rule(mdp::fits(in.policies, static_cast<std::size_t>(in.policies)), "returns", "are of too many policies");
  const auto n = static_cast<std::size_t>(in.policies),
             width = n > 0 ? static_cast<std::size_t>(in.returns.size()) / n : 0;
  op::lexicographic_order::outputs out;
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j) {
      index_t order = 0;
      for (std::size_t k = 0; k < width && order == 0; ++k) {
        const double difference = in.returns.data()[i * width + k] - in.returns.data()[j * width + k];
        if (std::abs(difference) > o.tolerance) order = difference > 0 ? 1 : -1;
      }
      out.order.push_back(order);
    }
  return out;
}

}}  // namespace guerdon
