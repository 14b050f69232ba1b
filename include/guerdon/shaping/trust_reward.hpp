#pragma once
// The outcome, plus a judge's score of the reasoning as far as the judge is trusted about this prompt; the score fades
// out over training.
//
// $$r_i = o_i + c_g\, s_i, \qquad c_g = \alpha\, e^{-t/T}\, \gamma_g$$
//
// with the thinking scores $s$, the step t of T and the trust $\gamma_g$ of trust_weight. Standardise within the group
// afterwards (grpo_advantage).
//
// Source: Trust-GRPO of SophiaVL-R1, arXiv:2505.17018, eqs. 4 to 7.
//
// Details that differ:
// - T is the number of training steps, 1500 in the paper; the released code's default is 500, its configuration says
//   12000.
// - That code gives no thinking reward to a group whose answers all are >= 0.9 or all are <= 0.1, and never asks the
//   judge about answers below 0.2: `gate = 0.2, degenerate_low = 0.1, degenerate_high = 0.9`. With outcomes of 0 and 1
//   the gate makes the wrong answers' mean 0 and the trust always 1, which undoes the method; hence off by default.
// - Order: the gate, the trust of what is left, the coefficient, the sum. A coefficient of exactly 0 leaves the
//   outcome, whatever the score is, NaN for "not asked" too.
// - An empty group has trust 1 and is not degenerate. No gradient.
//
// Cost: the rewards of a group read three times from cache.

#include <guerdon/core/operation.hpp>
#include <guerdon/shaping/group_trust.hpp>

namespace guerdon {
namespace op {
struct trust_reward {
  static constexpr info about{"trust_reward", "shaping",
                              "Outcome plus a trusted, fading score of the reasoning (Trust-GRPO)", "arXiv:2505.17018",
                              skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const T> outcome_reward;   ///< [N] of the answer, between 0 and 1
    view<const T> thinking_reward;  ///< [N] the judge's score of the reasoning, between 0 and 1
    segments groups;                ///< cuts the N answers into G prompts
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> reward;       ///< [N]
    Of<T> coefficient;  ///< [G] what the score was multiplied with
    Of<T> trust;        ///< [G] above 0, at most 1
  };
  struct options {
    double step = 0;                           ///< >= 0, training steps so far
    double anneal_steps = 1500;                ///< > 0, steps after which the score counts 1/e
    double alpha = 0.3;                        ///< weight of the score at step 0, with full trust
    double threshold = 0.5;                    ///< an outcome of this or more is right
    double exponent = 1;                       ///< > 0, how fast trust falls
    double gate = -range::infinity;            ///< the score of an outcome below this counts as 0
    double degenerate_low = -range::infinity;  ///< coefficient 0 where all outcomes are at most this
    double degenerate_high = range::infinity;  ///< or all at least this
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("outcome_reward", &I::outcome_reward, "N", drawn(0, 1)),
                      array("thinking_reward", &I::thinking_reward, "N", drawn(0, 1)),
                      cuts("groups", &I::groups, "G", "N").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("reward", &O::reward, "N"), array("coefficient", &O::coefficient, "G"),
                      array("trust", &O::trust, "G"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("step", &options::step, at_least(0, 3000)),
                      option("anneal_steps", &options::anneal_steps, greater_than(0, 1, 3000)),
                      option("alpha", &options::alpha, drawn(0, 1)),
                      option("threshold", &options::threshold, drawn(0, 1)),
                      option("exponent", &options::exponent, greater_than(0, 0.5, 3)),
                      option("gate", &options::gate, drawn(-0.5, 0.5)),
                      option("degenerate_low", &options::degenerate_low, drawn(-0.5, 0.3)),
                      option("degenerate_high", &options::degenerate_high, drawn(0.7, 1.5)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct trust_reward_program {
  static constexpr bool short_segments = true;
  op::trust_reward::inputs<T> in;
  op::trust_reward::outputs<T> out;
  op::trust_reward::options o;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = in.groups.begin(g), n = in.groups.size(g);
    const auto outcome = [&](index_t i) { return in.outcome_reward[begin + i]; };
    const auto thinking = [&](index_t i) {
      return outcome(i) < T(o.gate) ? 0 : double(in.thinking_reward[begin + i]);
    };
    const group_trust t =
        trust_in_group(team, n, [&](index_t i) { return outcome(i) >= T(o.threshold); }, thinking, o.exponent);
    const auto at_end = team.template reduce<add, add>(n, [&](index_t i) {
      return lanes{outcome(i) >= T(o.degenerate_high) ? 1.0 : 0.0, outcome(i) <= T(o.degenerate_low) ? 1.0 : 0.0};
    });
    const bool degenerate = n > 0 && (at_end[0] == double(n) || at_end[1] == double(n));
    const double coefficient =
        degenerate ? 0 : math::zero_select_product(o.alpha * math::exp(-o.step / o.anneal_steps), t.trust);
    team.each(n, [&](index_t i) {
      out.reward[begin + i] = T(double(outcome(i)) + math::zero_select_product(coefficient, thinking(i)));
    });
    team.once([&] {
      out.coefficient[g] = T(coefficient);
      out.trust[g] = T(t.trust);
    });
  }
};

/// Writes rewards, coefficients and trust.
template <real T = float, backend Backend>
void trust_reward(const Backend& backend, const op::trust_reward::inputs<T>& in,
                  const op::trust_reward::outputs<T>& out, const op::trust_reward::options& o) {
  check<op::trust_reward>(backend, in, out, o);
  backend.for_segments(in.groups, trust_reward_program<T>{in, out, o});
}

/// The same in arrays of the backend's.
template <real T = float, backend Backend>
auto trust_reward(const Backend& backend, const op::trust_reward::inputs<T>& in,
                  const op::trust_reward::options& o = {}) {
  return returned<op::trust_reward, T>(backend, in, o, [&](auto& out) { trust_reward(backend, in, out, o); });
}

}}  // namespace guerdon
