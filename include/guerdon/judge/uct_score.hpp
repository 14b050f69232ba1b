#pragma once
// Which child a tree search follows next: its value, and a bonus for what was seldom tried.
//
// $$u_a = v_a + w_a \frac{\sqrt{\ln N}}{1 + n_a}, \qquad w_a = c, \quad \text{or } c\,\pi_a, \quad
//   \text{or } \Bigl(\ln\frac{N + b + 1}{b} + c\Bigr)\,\pi_a$$
//
// by `algorithm`: uct, p_uct, var_p_uct; for N visits of the parent and $n_a$ returns seen through the child; an unseen
// child has value 0.
//
// Source: ARMAP, arXiv:2502.12130, Eval/sciworld/mcts_agents/uct.py.
//
// Details that differ:
// - The bonus is AlphaGo's with a logarithm, not the usual square root of ln N / n: an unseen child's is finite.
//
// Cost: three numbers per child. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/judge/tree_search.hpp>

#include <vector>

namespace guerdon {
namespace op {
struct uct_score : host_kind {
  static constexpr info about{"uct_score", "judge", "Which child a tree search follows (ARMAP)", "arXiv:2502.12130",
                              skeleton::host};
  struct inputs {
    view<const double> value;       ///< [A] of each child; not read where count is 0
    view<const index_t> count;      ///< [A] returns seen through it
    view<const double> prior = {};  ///< [A] the policy's probability; left out: 1
  };
  struct outputs {
    std::vector<double> score;  ///< [A]
    index_t best = 0;           ///< [1] the first of the highest
  };
  struct options {
    double parent_visits = required;  ///< N >= 1
    exploration_bonus_rule bonus = {};   ///< how much for what was seldom tried
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("value", &I::value, "A"), array("count", &I::count, "A", counts(4)),
                      optional_array("prior", &I::prior, "A", drawn(0, 1)));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("score", &O::score, "A"), array("best", &O::best, "1")); }
  static constexpr auto parameters() {
    return std::tuple_cat(std::tuple(option("parent_visits", &options::parent_visits, at_least(1, 20))),
                          nested("bonus", &options::bonus));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The scores of all children.
inline op::uct_score::outputs uct_score(const op::uct_score::inputs& in, const op::uct_score::options& o) {
  const auto rule = check<op::uct_score>(in, o);
  rule(in.value.size() > 0, "value", "must not be empty");
  op::uct_score::outputs out;
  double most = 0;
  for (index_t a = 0; a < in.value.size(); ++a) {
    const double value = in.count[a] > 0 ? in.value[a] : 0;
    const double score = value + tree_search::bonus(o.bonus, o.parent_visits, in.count[a], in.prior ? in.prior[a] : 1);
    if (a == 0 || score > most) most = score, out.best = a;
    out.score.push_back(score);
  }
  return out;
}

}}  // namespace guerdon
