#pragma once
// What an objective is made of besides terms and factors: weights of tokens, and terms on some tokens only.
//
//   where(keep_mask, token_ratio{} | clipped{})                      0 on the other tokens
//   token_weight<float>{weights} * (token_ratio{} | clipped{})       a factor per token
//   truncated_importance<float>{rollout_logprob} * (...)             min(pi_old / pi_rollout, upper), in the same pass
//
// A weight (`is_weight`) is a value with at_row(team, row), which returns a function policy_token<R> -> R. Weights and
// masks are constants for the gradient. Their arrays are as long as the tokens and lie in the backend's memory.

#include <guerdon/objective/policy_objective.hpp>
#include <guerdon/objective/sense.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

/// The factors of an array.
template <storage T>
struct token_weight {
  using is_weight = void;
  view<const T> value;  ///< [tokens]

  template <class Team, class Row>
  GUERDON_HD auto at_row(Team&, const Row& row) const {
    using R = typename Row::R;
    return [of_row = value.data() + row.begin](const policy_token<R>& t) { return R(of_row[t.index]); };
  }
};

/// The ratio of the policy that sampled to the engine that did so for it, its logarithm clamped to +-20, bounded from
/// above (TIS). rollout_correction_weight has more.
template <storage T>
struct truncated_importance {
  using is_weight = void;
  view<const T> rollout_logprob;  ///< [tokens]
  double upper = 2;

  template <class Team, class Row>
  GUERDON_HD auto at_row(Team&, const Row& row) const {
    using R = typename Row::R;
    return [engine = rollout_logprob.data() + row.begin, most = R(upper)](const policy_token<R>& t) {
      return math::min(math::exp_clamped(t.old_logprob - R(engine[t.index]), R(-20), R(20)), most);
    };
  }
};

/// weight * term
template <policy_weight Weight, policy_term A>
struct weighted_term {
  using is_term = void;
  static constexpr bool reads_ref = guerdon::reads_ref<A>;
  Weight weight;
  A a;

  template <class Team, class Row>
  GUERDON_HD auto at_row(Team& team, const Row& row) const {
    using R = typename Row::R;
    return [w = weight.at_row(team, row), x = a.at_row(team, row)](const policy_token<R>& t) {
      const token_loss<R> p = x(t);
      const R f = w(t);
      return token_loss<R>{f * p.loss, f * p.slope, p.clipped};
    };
  }
};
template <policy_weight Weight, policy_term A>
constexpr weighted_term<Weight, A> operator*(const Weight& weight, const A& a) { return {weight, a}; }

/// A term on the tokens whose flag is set, or on those whose flag is not.
template <policy_term A>
struct flagged_term {
  using is_term = void;
  static constexpr bool reads_ref = guerdon::reads_ref<A>;
  view<const flag_t> flag;  ///< [tokens]
  bool set;
  A a;

  template <class Team, class Row>
  GUERDON_HD auto at_row(Team& team, const Row& row) const {
    using R = typename Row::R;
    return [x = a.at_row(team, row), of_row = flag.data() + row.begin, s = set](const policy_token<R>& t) {
      const token_loss<R> p = x(t);
      const bool here = (of_row[t.index] != 0) == s;
      return token_loss<R>{math::select(here, p.loss, R(0)), math::select(here, p.slope, R(0)),
                           math::select(here, p.clipped, R(0))};
    };
  }
};
template <policy_term A>
flagged_term<A> where(view<const flag_t> keep, const A& a) { return {keep, true, a}; }
template <policy_term A>
flagged_term<A> except(view<const flag_t> dropped, const A& a) { return {dropped, false, a}; }

/// The distance from the policy that sampled, |log pi - log pi_old|.
struct log_ratio_distance {
  using is_term = void;

  template <class Team, class Row>
  GUERDON_HD auto at_row(Team&, const Row&) const {
    using R = typename Row::R;
    return [](const policy_token<R>& t) {
      const R d = t.logprob - t.old_logprob;
      return token_loss<R>{math::abs(d), math::sign(d), R(0)};
    };
  }
};

}}  // namespace guerdon
