#pragma once
// Ratios of the policy to the one that sampled: per token, or one for a whole row.

#include <guerdon/objective/policy_objective.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

/// Each token's own; beyond the clamp of its logarithm the slope is 0.
struct token_ratio {
  using is_ratio = void;
  double log_ratio_clamp = 20;  ///< > 0; infinity: off

  template <class Team, class Row>
  GUERDON_HD auto at_row(Team&, const Row&) const {
    using R = typename Row::R;
    return [limit = R(log_ratio_clamp)](const policy_token<R>& t) {
      const R d = t.logprob - t.old_logprob, r = math::exp_clamped(d, -limit, limit);
      return ratio_value<R>{r, math::select(math::abs(d) > limit, R(0), r)};
    };
  }
};

/// Of a bounded logarithm s.
GUERDON_HD inline ratio_value<double> bounded_ratio(double s, double log_ratio_max) {
  const double r = math::exp(math::min(s, log_ratio_max));
  return {r, s > log_ratio_max ? 0 : r};
}

/// One ratio for the valid tokens of a row: the geometric mean of theirs, or the product. The slope is by one token's
/// log-probability where the row's tokens share the row's weight: each then stands for an n-th of a mean.
struct sequence_ratio {
  using is_ratio = void;
  double log_ratio_max = 10;  ///< bounds the logarithm from above, beyond it the slope is 0; infinity: off
  bool product = false;

  template <class Team, class Row>
  GUERDON_HD auto at_row(Team& team, const Row& row) const {
    using R = typename Row::R;
    const auto sum = team.template reduce<add, add_narrow>(row.length, [=](index_t i) {
      const policy_token<R> t = row[i];
      return lanes{math::select(t.valid, t.logprob - t.old_logprob, R(0)), math::select(t.valid, R(1), R(0))};
    });
    const double n = sum[1];
    const auto v = bounded_ratio(product || n == 0 ? sum[0] : sum[0] / n, log_ratio_max);
    const double slope = product ? math::zero_select_product(v.slope, n) : v.slope;
    return [value = ratio_value<R>{R(v.ratio), R(slope)}](const policy_token<R>&) { return value; };
  }
};

/// A term whose tokens all have the mean of the row's valid advantages, if `active`.
template <policy_term Term>
struct mean_advantage {
  using is_term = void;
  static constexpr bool reads_ref = guerdon::reads_ref<Term>;
  Term term;
  bool active = true;

  template <class Team, class Row>
  GUERDON_HD auto at_row(Team& team, const Row& row) const {
    using R = typename Row::R;
    R mean = row.row_advantage;
    const bool use = active && row.has_advantages;
    if (use) {
      const auto sum = team.template reduce<add, add_narrow>(row.length, [=](index_t i) {
        const policy_token<R> t = row[i];
        return lanes{math::select(t.valid, t.advantage, R(0)), math::select(t.valid, R(1), R(0))};
      });
      mean = sum[1] > 0 ? R(sum[0] / sum[1]) : R(0);
    }
    return [f = term.at_row(team, row), use, mean](policy_token<R> t) {
      t.advantage = math::select(use, mean, t.advantage);
      return f(t);
    };
  }
};

}}  // namespace guerdon
