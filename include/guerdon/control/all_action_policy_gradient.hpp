#pragma once
// Policy gradients summed over all actions of a state, whose values are known: by advantage, or by regret.
//
// With the softmax over the legal actions:
//
// $$p = \mathrm{softmax}(x), \qquad A_a = q_a - \sum_b p_b q_b$$
//
// | kind | loss | gradient for logit j |
// |---|---|---|
// | `qpg` | $-\sum_a p_a A_a$, A constant | $-p_j A_j$ |
// | `rm` | $-\sum_a p_a R_a$, $R = \max(A, 0)$ constant | $-p_j (R_j - \sum_a p_a R_a)$ |
// | `rpg` | $\sum_a \max(A_a, 0)$ | $-p_j A_j\, \#\{a : A_a > 0\}$ |
//
// Source: Srinivasan et al. 2018, arXiv:1810.09026 (QPG, RM, RPG).
//
// Details that differ:
// - All three are minimised. rlax returns the mean over the states; here each state has its own loss.
// - The value of qpg's loss is 0 up to rounding: only its gradient means anything. rpg's goes through the baseline.
// - An illegal action is not read, its gradient is 0; a state without legal actions: 0. -inf is no way to forbid an
//   action: a value that is NaN or infinite at positive probability makes its row NaN. At probability 0 it is not read
//   into the baseline.
//
// Cost: logits and values read three times, one number written per action.

#include <guerdon/core/operation.hpp>

namespace guerdon {

enum class all_action_kind { qpg, rm, rpg };
constexpr auto enumerators(all_action_kind) { return std::array{"qpg", "rm", "rpg"}; }

namespace op {
struct all_action_policy_gradient {
  static constexpr info about{"all_action_policy_gradient", "control",
                              "Policy gradients over all actions: QPG, RM, RPG",
                              "arXiv:1810.09026", skeleton::logits_rows};
  template <real T>
  struct inputs {
    segments rows;                  ///< cuts the actions into N states: segments::uniform(N, A) for [N,A]
    view<const T> logits;           ///< [N,A]
    view<const T> q;                ///< [N,A] constants
    view<const flag_t> legal = {};  ///< [N,A] 1 = may be taken; left out: all may
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> loss;         ///< [N]
    Of<T> grad_logits;  ///< [N,A] d loss / d logits
  };
  struct options {
    all_action_kind kind = all_action_kind::qpg;
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::rows(&I::rows), array("logits", &I::logits, "B,T", drawn(-3, 3)), array("q", &I::q, "B,T"),
                      optional_array("legal", &I::legal, "B,T", yes_or_no()));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("loss", &O::loss, "B"), array("grad_logits", &O::grad_logits, "B,T"));
  }
  static constexpr auto parameters() { return std::tuple(choice("kind", &options::kind)); }
  static constexpr std::array gradients{gradient{"grad_logits", "loss", "logits", "kind=rpg"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct all_action_program {
  static constexpr bool short_segments = true;
  op::all_action_policy_gradient::inputs<T> in;
  op::all_action_policy_gradient::outputs<T> out;
  all_action_kind kind;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    constexpr double inf = std::numeric_limits<double>::infinity();
    const index_t begin = in.rows.begin(row), n = in.rows.size(row);
    const auto legal = [&](index_t a) { return !in.legal || in.legal[begin + a] != 0; };
    const auto logit = [&](index_t a) { return legal(a) ? double(in.logits[begin + a]) : -inf; };
    const auto bounds = team.template reduce<highest, add>(n, [&](index_t a) {
      return lanes{logit(a), legal(a) ? 1.0 : 0.0};
    });
    const double top = bounds[0];
    const bool any = bounds[1] > 0;
    const auto power = [&](index_t a) { return legal(a) ? math::exp(logit(a) - top) : 0; };
    const double sum = any ? team.sum(n, power) : 1;
    const auto value = [&](index_t a) { return double(in.q[begin + a]); };
    const auto p = [&](index_t a) { return power(a) / sum; };
    const double mean = team.sum(n, [&](index_t a) { return math::zero_select_product(p(a), value(a)); });
    const double baseline = math::is_finite(mean) ? mean : std::numeric_limits<double>::quiet_NaN();
    const auto advantage = [&](index_t a) { return legal(a) ? value(a) - baseline : 0; };
    const auto regret = [&](index_t a) { return math::max(advantage(a), 0.0); };

    const auto total = team.template reduce<add, add, add, add>(n, [&](index_t a) {
      return lanes{math::zero_select_product(p(a), advantage(a)), math::zero_select_product(p(a), regret(a)), regret(a),
                   advantage(a) > 0 ? 1.0 : 0.0};
    });
    const double shift = kind == all_action_kind::rm ? total[1] : 0;
    const double factor = kind == all_action_kind::rpg ? total[3] : 1;
    const double gained = kind == all_action_kind::qpg ? total[0] : total[1];
    team.once([&] { out.loss[row] = T(kind == all_action_kind::rpg ? total[2] : 0 - gained); });
    team.each(n, [&](index_t a) {
      const double pull = (kind == all_action_kind::rm ? regret(a) : advantage(a)) - shift;
      out.grad_logits[begin + a] = T(0 - math::zero_select_product(p(a), factor * pull));
    });
  }
};

/// Writes losses and gradients.
template <real T = float, backend Backend>
void all_action_policy_gradient(const Backend& backend, const op::all_action_policy_gradient::inputs<T>& in,
                                const op::all_action_policy_gradient::outputs<T>& out,
                                const op::all_action_policy_gradient::options& o) {
  check<op::all_action_policy_gradient>(backend, in, out, o);
  backend.for_segments(in.rows, all_action_program<T>{in, out, o.kind});
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto all_action_policy_gradient(const Backend& backend, const op::all_action_policy_gradient::inputs<T>& in,
                                const op::all_action_policy_gradient::options& o = {}) {
  return returned<op::all_action_policy_gradient, T>(
      backend, in, o, [&](auto& out) { all_action_policy_gradient(backend, in, out, o); });
}

}}  // namespace guerdon
