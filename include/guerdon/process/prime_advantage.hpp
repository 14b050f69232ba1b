#pragma once
// Dense and sparse rewards together, each against the other answers to the prompt, as a return to go.
//
// $$A_t = \sum_{s \ge t} \gamma^{s-t} \Bigl(c_p\, p_s + c_o\,[s = \text{last}]\,\bigl(o_i - \tfrac{1}{K-1}
//   \textstyle\sum_{j \ne i} o_j\bigr)\Bigr)$$
//
// | baseline | p of token s of answer i |
// |---|---|
// | token | $\frac{K}{K-1} (r_s - \bar m)$, the released code |
// | leave_one_out | $r_s - \frac{1}{K-1} \sum_{j \ne i} m_j$, the paper |
//
// with the mean $m_j$ of each answer's token rewards, $\bar m$ of them, and the K answers of the group that have
// tokens. `whiten` brings the response tokens of the batch to mean 0 and variance 1 afterwards; `returns` are before
// that.
//
// Source: PRIME, arXiv:2502.01456, eq. 6, and its released code.
//
// Details that differ:
// - The two baselines agree where each answer is one token. With more, the released one puts the token's own reward in
//   the place of its answer's mean.
// - One answer with tokens in the group: 0 in both parts, where the released code divides by zero; with `singleton =
//   score` no baseline. A NaN stays NaN.
// - The factor gamma is taken per position, at masked ones inside a row too; gamma 0 selects. The first repository has
//   one discount per source, both 1 in its run.
// - Coefficients: 1 and 1; the later recipe's 5 and 5 are the same where it whitens. A coefficient of 0 selects.
// - Results are 0 under the mask, where the released whitening leaves numbers; with fewer than two tokens it gives 0.
// - No end of a pipe: it reads the rewards of tokens too. shaped_reward shapes the outcomes.
//
// Cost: the rewards read twice and the mask three times, two numbers written per token; 9 bytes of scratch per token,
// two more passes over it to whiten. No gradient.

#include <guerdon/advantage/group_rules.hpp>
#include <guerdon/core/operation.hpp>
#include <guerdon/process/implicit_reward.hpp>
#include <guerdon/statistics/masked_whiten.hpp>

namespace guerdon {

enum class prime_baseline { token, leave_one_out };
constexpr auto enumerators(prime_baseline) { return std::array{"token", "leave_one_out"}; }

namespace op {
struct prime_advantage {
  static constexpr info about{"prime_advantage", "process",
                              "Token rewards and outcome, each against the other answers (PRIME)", "arXiv:2502.01456",
                              skeleton::scan};
  template <storage T>
  struct inputs {
    segments rows;                 ///< cuts the tokens into B rows
    view<const T> process_reward;  ///< [B,T] one per token
    view<const T> outcome_reward;  ///< [B] one per answer
    view<const flag_t> mask;       ///< [B,T] 1 = of the response
    segments groups;               ///< cuts the B answers into G prompts
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> advantage;  ///< [B,T]
    Of<T> returns;    ///< [B,T] the same before whitening
  };
  struct options {
    double process_coef = 1;                          ///< weight of the token rewards
    double outcome_coef = 1;                          ///< weight of the outcome
    double gamma = 1;                                 ///< [0, 1], per position
    prime_baseline baseline = prime_baseline::token;  ///< what is subtracted from a token reward
    singleton_rule singleton = singleton_rule::zero;  ///< zero or score
    bool whiten = true;                               ///< bring the batch to mean 0 and variance 1
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::rows(&I::rows), array("process_reward", &I::process_reward, "B,T"),
                      array("outcome_reward", &I::outcome_reward, "B"), array("mask", &I::mask, "B,T", yes_or_no()),
                      cuts("groups", &I::groups, "G", "B").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("advantage", &O::advantage, "B,T"), array("returns", &O::returns, "B,T"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("process_coef", &options::process_coef, drawn(0, 5)),
                      option("outcome_coef", &options::outcome_coef, drawn(0, 5)),
                      option("gamma", &options::gamma, within(0, 1)), choice("baseline", &options::baseline),
                      choice("singleton", &options::singleton).first(2), flag("whiten", &options::whiten));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

struct prime_programs {
  /// Where an answer ends.
  struct find_end {
    static constexpr bool long_segments = true;
    segments rows;
    view<const flag_t> mask;
    view<double> last;  // [B] -inf: no tokens

    template <class Team>
    GUERDON_HD void operator()(Team& team, index_t row) const {
      const double end = last_of_response(team, rows.size(row), mask.data() + rows.begin(row));
      team.once([&] { last[row] = end; });
    }
  };

  /// One of the group's token rewards. Means are taken of differences from it, so that a common offset costs no digits.
  template <class T>
  struct choose_origin {
    static constexpr bool short_segments = true;
    op::prime_advantage::inputs<T> in;
    view<const double> last;
    view<double> origin;  // [B]

    template <class Team>
    GUERDON_HD void operator()(Team& team, index_t g) const {
      const index_t begin = in.groups.begin(g), n = in.groups.size(g);
      const double first = team.template reduce<lowest>(n, [&](index_t i) {
        return lanes{last[begin + i] >= 0 ? double(i) : lowest::identity};
      })[0];
      const index_t row = first < double(n) ? begin + index_t(first) : -1;
      const double one = row < 0 ? 0 : double(real_t<T>(in.process_reward[in.rows.begin(row) + index_t(last[row])]));
      team.each(n, [&](index_t i) { origin[begin + i] = one; });
    }
  };

  /// The mean of an answer's token rewards, beyond the origin.
  template <class T>
  struct average {
    static constexpr bool long_segments = true;
    op::prime_advantage::inputs<T> in;
    view<const double> origin;
    view<double> mean;  // [B]

    template <class Team>
    GUERDON_HD void operator()(Team& team, index_t row) const {
      if (!in.groups.holds(row)) return;
      const index_t begin = in.rows.begin(row);
      const flag_t* const mask = in.mask.data() + begin;
      const T* const reward = in.process_reward.data() + begin;
      const moments m = detail::first_pass(team, in.rows.size(row), [=, c = origin[row]](index_t t) {
        return counted_value<double>{double(real_t<T>(reward[t])) - c, mask[t] != 0};
      });
      team.once([&] { mean[row] = m.mean; });
    }
  };

  /// What is left of a reward: ((r - origin) - shift) * factor.
  struct part {
    double origin, shift, factor;
    GUERDON_HD double operator()(double r) const { return ((r - origin) - shift) * factor; }
  };

  /// Baselines of one group.
  template <class T>
  struct compare {
    static constexpr bool short_segments = true;
    op::prime_advantage::inputs<T> in;
    op::prime_advantage::options o;
    view<const double> last, origin, mean;
    view<part> process;    // [B]
    view<double> outcome;  // [B]

    template <class Team>
    GUERDON_HD void operator()(Team& team, index_t g) const {
      const index_t begin = in.groups.begin(g), n = in.groups.size(g);
      const auto counted = [&](double x, index_t i) { return counted_value<double>{x, last[begin + i] >= 0}; };
      const auto outcome_of = [&](index_t i) { return double(real_t<T>(in.outcome_reward[begin + i])); };
      const centring_rule others{advantage_baseline::leave_one_out, o.singleton};
      const centred_group left(segment_moments(team, n, [&](index_t i) { return counted(outcome_of(i), i); }), others);
      const moments means = detail::first_pass(team, n, [&](index_t i) { return counted(mean[begin + i], i); });
      team.each(n, [&](index_t i) {
        process[begin + i] = process_part(means, origin[begin + i], mean[begin + i]);
        outcome[begin + i] = left(outcome_of(i));
      });
    }

    GUERDON_HD part process_part(const moments& means, double c, double own) const {
      const double k = means.count;
      if (k == 1 && o.singleton == singleton_rule::score) return {0, 0, 1};
      if (!means.finite()) return {0, 0, std::numeric_limits<double>::quiet_NaN()};
      if (k == 1) return {c, 0, 0};
      if (o.baseline == prime_baseline::token) return {c, means.mean, k / (k - 1)};
      return {c, means.mean + (means.mean - own) / (k - 1), 1};
    }
  };

  /// The returns of one answer.
  template <class T>
  struct collect {
    static constexpr bool long_segments = true;
    op::prime_advantage::inputs<T> in;
    op::prime_advantage::options o;
    view<const part> process;
    view<const double> outcome, last;
    view<double> to_go;    // [tokens]
    view<flag_t> counted;  // [tokens]

    template <class Team>
    GUERDON_HD void operator()(Team& team, index_t row) const {
      if (!in.groups.holds(row)) return;
      const index_t begin = in.rows.begin(row);
      const T* const reward = in.process_reward.data() + begin;
      const flag_t* const mask = in.mask.data() + begin;
      double* const sum = to_go.data() + begin;
      flag_t* const valid = counted.data() + begin;
      const part left = process[row];
      const double end = last[row], paid = math::zero_select_product(o.outcome_coef, outcome[row]);
      const double weight = o.process_coef, gamma = o.gamma;
      team.recur_backward(
          in.rows.size(row), 0.0,
          [=](index_t t) {
            const double dense = math::zero_select_product(weight, left(double(real_t<T>(reward[t]))));
            return affine<double>{mask[t] ? dense + (double(t) == end ? paid : 0) : 0, gamma};
          },
          [=](index_t t, double x, double) {
            sum[t] = x;
            valid[t] = mask[t];
          });
    }
  };
};

/// Writes advantages and returns.
template <storage T = float, backend Backend>
void prime_advantage(const Backend& backend, const op::prime_advantage::inputs<T>& in,
                     const op::prime_advantage::outputs<T>& out, const op::prime_advantage::options& o) {
  check<op::prime_advantage>(backend, in, out, o);
  const index_t rows = in.rows.count(), tokens = in.mask.size();
  auto scratch = backend.scratch();
  const auto last = scratch.template take<double>(rows), origin = scratch.template take<double>(rows);
  const auto mean = scratch.template take<double>(rows), outcome = scratch.template take<double>(rows);
  const auto process = scratch.template take<prime_programs::part>(rows);
  const auto to_go = scratch.template take<double>(tokens);
  const auto counted = scratch.template take<flag_t>(tokens);
  const auto spread = scratch.template take<moments>(1);
  backend.each(tokens, [=] GUERDON_HD(index_t i) { counted[i] = 0; });  // answers without a group, padding
  backend.for_segments(in.rows, prime_programs::find_end{in.rows, in.mask, last});
  backend.for_segments(in.groups, prime_programs::choose_origin<T>{in, last, origin});
  backend.for_segments(in.rows, prime_programs::average<T>{in, origin, mean});
  backend.for_segments(in.groups, prime_programs::compare<T>{in, o, last, origin, mean, process, outcome});
  backend.for_segments(in.rows, prime_programs::collect<T>{in, o, process, outcome, last, to_go, counted});
  if (o.whiten)
    array_moments(backend, tokens, [=] GUERDON_HD(index_t i) {
      return counted_value<double>{to_go[i], counted[i] != 0};
    }, spread);
  const bool whiten = o.whiten;
  backend.each(tokens, [=] GUERDON_HD(index_t i) {
    const double x = counted[i] ? to_go[i] : 0;
    out.returns[i] = T(x);
    out.advantage[i] = T(whiten && counted[i] ? whitening<double>(spread[0], {})(x) : x);
  });
}

/// The same in arrays of the backend's.
template <storage T = float, backend Backend>
auto prime_advantage(const Backend& backend, const op::prime_advantage::inputs<T>& in,
                     const op::prime_advantage::options& o = {}) {
  return returned<op::prime_advantage, T>(backend, in, o, [&](auto& out) { prime_advantage(backend, in, out, o); });
}

}}  // namespace guerdon
