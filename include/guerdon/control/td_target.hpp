#pragma once
// Targets of value learning: the reward and, discounted, the value of what follows, in the nine ways to say that value.
//
// $$\text{target} = r + d\,b$$
//
// | kind | b, the next value |
// |---|---|
// | `q_learning` | $\max_a q(a)$ |
// | `value` | value_next |
// | `sarsa` | $q(a')$ of the next action |
// | `expected_sarsa` | $\sum_a \pi(a) q(a)$ |
// | `double_q` | $q(\arg\max_a q_{selector}(a))$ |
// | `persistent_q` | $(1 - g) \max_a q(a) + g\,q(a)$ of the action *taken* |
// | `soft_q` | $\tau \log \sum_a e^{q(a)/\tau}$ |
// | `mellowmax` | $\tau \log \big(\frac1A \sum_a e^{q(a)/\tau}\big)$ |
// | `min_ensemble` | $\min_e q_e - \alpha \log\pi$ |
//
// With n > 1 the return over n steps of time with b as the value behind each (n_step_returns).
//
// Source: Watkins 1989; double Q, van Hasselt 2010; expected Sarsa, van Seijen 2009; persistent Q, arXiv:1512.04860;
// soft Q, arXiv:1702.08165; mellowmax, arXiv:1612.05628; SAC, arXiv:1801.01290; as in rlax and TorchRL.
//
// Details that differ:
// - q_learning is QV-max too, `value` is TD and QV. SAC is min_ensemble with its alpha, TD3 the same with 0 (its noise
//   is the caller's). Mixtures over lambda: this for b, then lambda_returns or q_lambda.
// - The maximum is NaN if one value is; a selector with a NaN selects none, which is NaN. A discount of exactly 0 drops
//   either, as a probability, a gap or an entropy coefficient of 0 drops what it multiplies. rlax multiplies.
// - Windows that run past the end are cut there and bootstrap from the last b.
//
// Cost: a row of actions read per step (two for some kinds), two or three numbers written.

#include <guerdon/returns/action_rows.hpp>
#include <guerdon/returns/n_step.hpp>

namespace guerdon {

enum class td_kind {
  q_learning, value, sarsa, expected_sarsa, double_q, persistent_q, soft_q, mellowmax, min_ensemble
};
constexpr auto enumerators(td_kind) {
  return std::array{"q_learning", "value",     "sarsa",       "expected_sarsa", "double_q", "persistent_q",
                    "soft_q",     "mellowmax", "min_ensemble"};
}

namespace op {
struct td_target {
  static constexpr info about{"td_target", "control", "Targets of value learning, in nine kinds",
                              "arXiv:1512.04860; arXiv:1702.08165; arXiv:1612.05628; arXiv:1801.01290", skeleton::map};
  template <real T>
  struct inputs {
    time_layout time;                       ///< N samples: time_major(N, 1); or T steps of B columns
    view<const T> reward;                   ///< [T,B]
    view<const T> discount;                 ///< [T,B] gamma, and 0 where the episode ended
    view<const T> q_next = {};              ///< [T,B,A] Q of every action in the next state
    view<const T> value_next = {};          ///< [T,B] its value, for `value`
    view<const index_t> action_next = {};   ///< [T,B] the action taken there, for sarsa
    view<const T> probs_next = {};          ///< [T,B,A] the policy there, for expected_sarsa
    view<const T> q_selector = {};          ///< [T,B,A] what selects, for double_q
    view<const index_t> action = {};        ///< [T,B] the action taken before, for persistent_q
    view<const T> ensemble_next = {};       ///< [E,T,B] values of E critics, for min_ensemble
    view<const T> logprob_next = {};        ///< [T,B] of the action sampled there, where entropy_coef is not 0
    view<const T> prediction = {};          ///< [T,B] what td_error is measured from
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> target;         ///< [T,B]
    Of<T> bootstrap;      ///< [T,B] the next value b
    Of<T> td_error = {};  ///< [T,B] target - prediction; 0 without one; may be left out
  };
  struct options {
    td_kind kind = td_kind::q_learning;
    index_t n = 1;                  ///< >= 1, steps of time
    double action_gap = required;   ///< [0, 1], for persistent_q, which needs it
    double temperature = required;  ///< > 0, for soft_q and mellowmax, which need it
    double entropy_coef = 0;        ///< >= 0, for min_ensemble
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(
        op::time(&I::time), array("reward", &I::reward, "T,B"), array("discount", &I::discount, "T,B", drawn(0, 1)),
        optional_array("q_next", &I::q_next, "T,B,A"), optional_array("value_next", &I::value_next, "T,B"),
        optional_array("action_next", &I::action_next, "T,B", one_action()),
        optional_array("probs_next", &I::probs_next, "T,B,A", drawn(0, 1).together("distributions")),
        optional_array("q_selector", &I::q_selector, "T,B,A"),
        optional_array("action", &I::action, "T,B", one_action()),
        optional_array("ensemble_next", &I::ensemble_next, "E,T,B"),
        optional_array("logprob_next", &I::logprob_next, "T,B", drawn(-3, 1)),
        optional_array("prediction", &I::prediction, "T,B"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("target", &O::target, "T,B"), array("bootstrap", &O::bootstrap, "T,B"),
                      optional_array("td_error", &O::td_error, "T,B"));
  }
  static constexpr auto parameters() {
    return std::tuple(choice("kind", &options::kind), option("n", &options::n, counts_from(1, 4)),
                      option_or_nan("action_gap", &options::action_gap, within(0, 1)),
                      option_or_nan("temperature", &options::temperature, greater_than(0, 0.2, 2)),
                      option("entropy_coef", &options::entropy_coef, at_least(0, 1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

namespace detail {

/// The value of the next state.
template <class T>
struct next_value {
  op::td_target::inputs<T> in;
  op::td_target::options o;
  index_t actions, critics, steps;  // steps: elements of [T,B]

  GUERDON_HD T operator()(index_t i) const {
    const T* const q = in.q_next.data() + i * actions;
    switch (o.kind) {
      case td_kind::q_learning: return largest_value(q, actions);
      case td_kind::value: return in.value_next[i];
      case td_kind::sarsa: return q[in.action_next[i]];
      case td_kind::expected_sarsa: return expected_value(in.probs_next.data() + i * actions, q, actions);
      case td_kind::double_q: {
        const T* const by = in.q_selector.data() + i * actions;
        const index_t best = first_largest(actions, [=](index_t a) { return by[a]; });
        return best < 0 ? std::numeric_limits<T>::quiet_NaN() : q[best];
      }
      case td_kind::persistent_q: {
        const T gap = T(o.action_gap);
        return math::zero_select_product(T(1) - gap, largest_value(q, actions)) +
               math::zero_select_product(gap, q[in.action[i]]);
      }
      case td_kind::soft_q: return T(soft_maximum(q, actions, o.temperature));
      case td_kind::mellowmax:
        return T(soft_maximum(q, actions, o.temperature) - o.temperature * math::log(double(actions)));
      case td_kind::min_ensemble: break;
    }
    T least = std::numeric_limits<T>::infinity();
    for (index_t e = 0; e < critics; ++e) least = math::nan_min(least, in.ensemble_next[e * steps + i]);
    return o.entropy_coef == 0 ? least : least - T(o.entropy_coef) * in.logprob_next[i];
  }
};

/// What the kind needs is there.
template <class T, class Backend>
next_value<T> checked_next_value(const Backend& backend, const call_rules& rule, const op::td_target::inputs<T>& in,
                                 const op::td_target::options& o) {
  const index_t n = in.time.size();
  const auto needs = [&](bool given, const char* argument) {
    rule(given || n == 0, argument, "is required for this kind and was not given");
  };
  const index_t actions = n > 0 ? in.q_next.size() / n : 0, critics = n > 0 ? in.ensemble_next.size() / n : 0;
  const next_value<T> b{in, o, actions, critics, n};
  switch (o.kind) {
    case td_kind::value: needs(bool(in.value_next), "value_next"); return b;
    case td_kind::min_ensemble:
      needs(bool(in.ensemble_next), "ensemble_next");
      rule(critics > 0 || n == 0, "ensemble_next", "must hold at least one critic");
      needs(in.logprob_next || o.entropy_coef == 0, "logprob_next");
      return b;
    case td_kind::sarsa: needs(bool(in.action_next), "action_next"); break;
    case td_kind::expected_sarsa: needs(bool(in.probs_next), "probs_next"); break;
    case td_kind::double_q: needs(bool(in.q_selector), "q_selector"); break;
    case td_kind::persistent_q:
      needs(bool(in.action), "action");
      rule(!is_missing(o.action_gap), "action_gap", "is required for this kind and was not given");
      break;
    case td_kind::soft_q:
    case td_kind::mellowmax:
      rule(!is_missing(o.temperature), "temperature", "is required for this kind and was not given");
      break;
    case td_kind::q_learning: break;
  }
  needs(bool(in.q_next), "q_next");
  rule(actions > 0 || n == 0, "q_next", "must hold at least one action");
  if (o.kind == td_kind::sarsa) check_actions(backend, rule, in.action_next, actions, "action_next");
  if (o.kind == td_kind::persistent_q) check_actions(backend, rule, in.action, actions, "action");
  return b;
}

}  // namespace detail

/// Writes targets, next values and errors.
template <real T = float, backend Backend>
void td_target(const Backend& backend, const op::td_target::inputs<T>& in, const op::td_target::outputs<T>& out,
               const op::td_target::options& o) {
  const auto rule = check<op::td_target>(backend, in, out, o);
  const auto value = detail::checked_next_value(backend, rule, in, o);
  backend.each(in.time.size(), [=] GUERDON_HD(index_t i) { out.bootstrap[i] = value(i); });
  detail::n_step_pass<T>(
      backend, in.time, o.n, out.target,
      [=] GUERDON_HD(const time_index& at) {
        return detail::return_step<T>{in.reward[at.i], in.discount[at.i], T(1), out.bootstrap[at.i]};
      },
      [] GUERDON_HD(const time_index&, T) {});
  if (!out.td_error) return;
  const bool predicted = bool(in.prediction);
  const T* const prediction = predicted ? in.prediction.data() : out.target.data();
  backend.each(in.time.size(), [=] GUERDON_HD(index_t i) {
    out.td_error[i] = math::select(predicted, out.target[i] - prediction[i], T(0));
  });
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto td_target(const Backend& backend, const op::td_target::inputs<T>& in, const op::td_target::options& o = {}) {
  return returned<op::td_target, T>(backend, in, o, [&](auto& out) { td_target(backend, in, out, o); });
}

}}  // namespace guerdon
