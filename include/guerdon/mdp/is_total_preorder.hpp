#pragma once
// Whether a table of comparisons is a total preorder, as an objective must be.
//
// $$o_{ij} = -o_{ji}, \qquad o_{ij} \ge 0 \text{ and } o_{jk} \ge 0 \implies o_{ik} \ge 0$$
//
// Source: Subramani et al. (2023), arXiv:2310.11840, for the formalism; the evaluator is this project's own.
//
// Details that differ:
// - The diagonal counts. Nothing at all is one.
//
// Cost: N^3. No gradient.

#include <guerdon/mdp/finite_mdp.hpp>

namespace guerdon {

namespace op {
struct is_total_preorder : host_kind {
  static constexpr info about{"is_total_preorder", "mdp", "Whether an order of policies is a total preorder",
                              "arXiv:2310.11840", skeleton::host, 1e-5, true};
  struct inputs {
    view<const index_t> order;  ///< [N,N] -1, 0 or 1
    index_t policies = 0;       ///< N
  };
  struct outputs {
    bool antisymmetric = false;
    bool transitive = false;
    bool is_total_preorder = false;  ///< both
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("order", &I::order, "N,N",
                            range{.low = -1, .high = 1, .draw_low = -1, .draw_high = 1, .draws = range::whole}),
                      extent("policies", &I::policies, "N"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("antisymmetric", &O::antisymmetric, "1"), array("transitive", &O::transitive, "1"),
                      array("is_total_preorder", &O::is_total_preorder, "1"));
  }
  static constexpr auto parameters() {
    return std::tuple();
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::is_total_preorder::outputs is_total_preorder(const op::is_total_preorder::inputs& in,
    const op::is_total_preorder::options& o = {}) {
  check<op::is_total_preorder>(in, o);
  const index_t n = in.policies;
  op::is_total_preorder::outputs out{true, true, false};
  for (index_t i = 0; i < n; ++i)
    for (index_t j = 0; j < n; ++j) {
      out.antisymmetric = out.antisymmetric && in.order[i * n + j] == -in.order[j * n + i];
      if (in.order[i * n + j] < 0) continue;
      for (index_t k = 0; k < n; ++k)
        out.transitive = out.transitive && (in.order[j * n + k] < 0 || in.order[i * n + k] >= 0);
    }
  out.is_total_preorder = out.antisymmetric && out.transitive;
  return out;
}

}}  // namespace guerdon
