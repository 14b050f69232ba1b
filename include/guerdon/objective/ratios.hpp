#pragma once
// Ratios of the policy to the one that sampled: per token, or one for a whole row or run of tokens.

#include <guerdon/objective/policy_objective.hpp>
#include <guerdon/objective/runs.hpp>
#include <guerdon/objective/sense.hpp>

namespace guerdon {

/// Whose ratio a token has: its own, or one for its row or its run of valid tokens (a turn).
enum class ratio_level { token, sequence, segment };
constexpr auto enumerators(ratio_level) { return std::array{"token", "sequence", "segment"}; }

inline namespace GUERDON_ABI {

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

/// Each token's own, its logarithm bounded on either side; beyond a bound the slope is 0.
struct bounded_token_ratio {
  using is_ratio = void;
  double low, high;  ///< of the logarithm

  template <class Team, class Row>
  GUERDON_HD auto at_row(Team&, const Row&) const {
    using R = typename Row::R;
    return [least = R(low), most = R(high)](const policy_token<R>& t) {
      const R d = t.logprob - t.old_logprob, r = math::exp_clamped(d, least, most);
      return ratio_value<R>{r, math::select((d < least) | (d > most), R(0), r)};
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

/// What a loss on the level of rows knows of one: means over its valid tokens, 0 where there are none.
struct row_means {
  double log_ratio, advantage, weight;
};

template <class T>
struct row_mean_program {
  static constexpr bool long_segments = true;
  op::policy_objective::inputs<T> in;
  view<row_means> mean;  // [rows]

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    using R = real_t<T>;
    const token_row<T, false> tokens(in, row);
    const auto sum = team.template reduce<add, add, add, add_narrow>(tokens.length, [=](index_t i) {
      const policy_token<R> t = tokens[i];
      const auto of = [&](R x) { return math::select(t.valid, x, R(0)); };
      return lanes{of(t.logprob - t.old_logprob), of(t.advantage), of(tokens.weight(i)), of(R(1))};
    });
    const double n = sum[3] > 0 ? sum[3] : 1;
    const double advantage = tokens.has_advantages ? sum[1] / n : double(tokens.row_advantage);
    team.once([&] { mean[row] = {sum[0] / n, advantage, sum[2] / n}; });
  }
};

/// The mean log-ratio of each run of valid tokens, at all of its tokens.
template <class T>
struct run_mean_program {
  static constexpr bool long_segments = true;
  policy_inputs<T> in;
  view<double> rest, length, mean;  // [tokens]

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    using R = real_t<T>;
    const index_t begin = in.rows.begin(row);
    run_means(
        team, in.rows.size(row), [*this, begin](index_t i) { return !in.mask || in.mask[begin + i] != 0; },
        [*this, begin](index_t i) { return R(in.logprob[begin + i]) - R(in.old_logprob[begin + i]); },
        rest.data() + begin, length.data() + begin, mean.data() + begin);
  }
};

/// The log-ratios that a loss on one of these levels needs before its pass, in the caller's scratch.
struct level_means {
  ratio_level level;
  view<row_means> of_row;  // of level sequence
  view<double> of_run;    // of level segment

  template <storage T, class Backend, class Scratch>
  level_means(const Backend& backend, Scratch& scratch, const policy_inputs<T>& in, ratio_level of) : level(of) {
    const index_t n = in.logprob.size();
    if (level == ratio_level::sequence) {
      of_row = scratch.template take<row_means>(in.rows.count());
      backend.for_segments(in.rows, row_mean_program<T>{with_reference(in), of_row});
    } else if (level == ratio_level::segment) {
      const auto rest = scratch.template take<double>(n), length = scratch.template take<double>(n);
      of_run = scratch.template take<double>(n);
      backend.for_segments(in.rows, run_mean_program<T>{in, rest, length, of_run});
    }
  }
};

/// The token's own ratio, or the geometric mean of those of its row or run. The clamp acts on the logarithm of what it
/// is; the slope is that of a token which stands for a whole row.
struct level_ratio {
  using is_ratio = void;
  level_means means;
  double log_ratio_clamp;

  template <class Team, class Row>
  GUERDON_HD auto at_row(Team&, const Row& row) const {
    using R = typename Row::R;
    const bool shared = means.level == ratio_level::sequence;
    const double* const run =
        means.level == ratio_level::segment ? means.of_run.data() + row.begin : nullptr;
    const R of_row = R(shared ? means.of_row[row.index].log_ratio : 0.0), limit = R(log_ratio_clamp);
    return [shared, run, of_row, limit](const policy_token<R>& t) {
      const R d = run ? R(run[t.index]) : math::select(shared, of_row, t.logprob - t.old_logprob);
      const R r = math::exp_clamped(d, -limit, limit);
      return ratio_value<R>{r, math::select(math::abs(d) > limit, R(0), r)};
    };
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
