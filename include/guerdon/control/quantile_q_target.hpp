#pragma once
// The targets of quantile Q-learning: the quantiles of the best next action, or those of all actions by probability.
//
// $$\text{greedy: } t_k = r + d\,\theta_k(a), \quad w_k = \tfrac1K, \qquad
//   \text{expected: } t_{ak} = r + d\,\theta_k(a), \quad w_{ak} = \tfrac{\pi(a)}K$$
//
// with a the first maximum of `q_selector`, or of the actions' mean quantiles.
//
// Source: QR-DQN, arXiv:1710.10044, algorithm 1; expected Sarsa over quantiles as in rlax.
//
// Details that differ:
// - Both results go into quantile_regression_loss. All targets of `expected` lie action by action.
// - A row with a NaN selects none: action -1 and NaN targets, which a discount of 0 still drops. `expected` selects
//   none and says -1 too.
//
// Cost: the quantiles read twice, two numbers written per target.

#include <guerdon/returns/action_rows.hpp>

namespace guerdon {

enum class quantile_target_kind { greedy, expected };
constexpr auto enumerators(quantile_target_kind) { return std::array{"greedy", "expected"}; }

namespace op {
struct quantile_q_target {
  static constexpr info about{"quantile_q_target", "control", "Targets of quantile Q-learning (QR-DQN)",
                              "arXiv:1710.10044", skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    index_t actions;                ///< A
    view<const T> reward;           ///< [N]
    view<const T> discount;         ///< [N] gamma, and 0 where the episode ended
    view<const T> quantiles_next;   ///< [N,A,K] of every action in the next state
    view<const T> q_selector = {};  ///< [N,A] what selects the action; left out: the means
    view<const T> probs_next = {};  ///< [N,A] the policy there, for expected
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> target;         ///< [N,K], or [N,A*K] for expected
    Of<T> target_weight;  ///< of the same shape
    Of<index_t> action;   ///< [N] the action selected; -1: none
  };
  struct options {
    quantile_target_kind kind = quantile_target_kind::greedy;
  };

  template <real T>
  static index_t quantiles_of(const inputs<T>& in) {
    const index_t rows = in.reward.size() * in.actions;
    return rows > 0 ? in.quantiles_next.size() / rows : 0;
  }
  static constexpr char decided_symbol = 'M';
  template <real T>
  static index_t decided_size(const inputs<T>& in, const options& o) {
    return quantiles_of(in) * (o.kind == quantile_target_kind::greedy ? 1 : in.actions);
  }
  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("actions", &I::actions, "A"), array("reward", &I::reward, "N"),
                      array("discount", &I::discount, "N", drawn(0, 1)),
                      array("quantiles_next", &I::quantiles_next, "N,A,K"),
                      optional_array("q_selector", &I::q_selector, "N,A"),
                      optional_array("probs_next", &I::probs_next, "N,A", drawn(0, 1).together("distributions")));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("target", &O::target, "N,M"), array("target_weight", &O::target_weight, "N,M"),
                      array("action", &O::action, "N"));
  }
  static constexpr auto parameters() { return std::tuple(choice("kind", &options::kind)); }
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct quantile_target_program {
  static constexpr bool short_segments = true;
  op::quantile_q_target::inputs<T> in;
  op::quantile_q_target::outputs<T> out;
  index_t count;  // K
  quantile_target_kind kind;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    const index_t actions = in.actions, all = actions * count;
    const T* const next = in.quantiles_next.data() + row * all;
    const double reward = double(in.reward[row]), discount = double(in.discount[row]);
    if (kind == quantile_target_kind::expected) {
      team.once([&] { out.action[row] = -1; });
      return team.each(all, [&](index_t j) {
        out.target[row * all + j] = T(reward + math::zero_select_product(discount, double(next[j])));
        const double p = double(in.probs_next[row * actions + j / count]);
        out.target_weight[row * all + j] = T(p / static_cast<double>(count));
      });
    }
    const auto mean = [&](index_t a) {
      const T* const x = next + a * count;
      return team.sum(count, [=](index_t k) { return double(x[k]); }) / static_cast<double>(count);
    };
    const index_t best =
        in.q_selector
            ? detail::first_largest(actions, [&](index_t a) { return double(in.q_selector[row * actions + a]); })
            : detail::first_largest(actions, mean);
    team.once([&] { out.action[row] = best; });
    team.each(count, [&](index_t k) {
      const double x = best < 0 ? std::numeric_limits<double>::quiet_NaN() : double(next[best * count + k]);
      out.target[row * count + k] = T(reward + math::zero_select_product(discount, x));
      out.target_weight[row * count + k] = T(1 / static_cast<double>(count));
    });
  }
};

/// Writes targets, weights and actions.
template <real T = float, backend Backend>
void quantile_q_target(const Backend& backend, const op::quantile_q_target::inputs<T>& in,
                       const op::quantile_q_target::outputs<T>& out, const op::quantile_q_target::options& o) {
  const auto rule = check<op::quantile_q_target>(backend, in, out, o);
  const index_t rows = in.reward.size(), count = op::quantile_q_target::quantiles_of(in);
  rule((in.actions > 0 && count > 0) || rows == 0, "quantiles_next", "must hold at least one action and one quantile");
  rule(o.kind == quantile_target_kind::greedy || in.probs_next || rows == 0, "probs_next",
       "is required for kind expected and was not given");
  backend.for_segments(segments::uniform(rows, in.actions * count),
                       quantile_target_program<T>{in, out, count, o.kind});
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto quantile_q_target(const Backend& backend, const op::quantile_q_target::inputs<T>& in,
                       const op::quantile_q_target::options& o = {}) {
  return returned<op::quantile_q_target, T>(backend, in, o, [&](auto& out) { quantile_q_target(backend, in, out, o); });
}

}}  // namespace guerdon
