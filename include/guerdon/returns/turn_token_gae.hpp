#pragma once
// GAE whose steps are the turns of a dialogue, from token arrays, and handed to every token of its turn.
//
// $$\delta_k = r_k + \gamma V_{k+1} - V_k, \qquad A_k = \delta_k + \gamma\lambda A_{k+1}, \qquad R_k = A_k + V_k$$
//
// with $r_k$ the sum of the rewards of the turn's valid tokens and $V_k$ the critic's value at its last (or first)
// valid token. A turn begins at a valid token whose turn_id differs from that of the valid token before it.
//
// Source: VAGEN, arXiv:2510.16907; AReaL's turn-level GAE.
//
// Details that differ:
// - VAGEN: the value at the last token, and the critic trained there only (`return_mask`). AReaL: at the first, returns
//   on every token of the turn, one lambda per row (length_adaptive_lambda of its turns), and a bootstrap where the row
//   was cut off.
// - What stands under the mask is not read, turn_id neither: a turn may have holes.
// - Turns given as arrays of their own, without tokens: turn_gae.
//
// Cost: 30 bytes per token in float and 34 of scratch, seven passes over a row.

#include <guerdon/returns/token_scan.hpp>

namespace guerdon {

/// Which of a turn's valid tokens has its value.
enum class turn_anchor { last, first };
constexpr auto enumerators(turn_anchor) { return std::array{"last", "first"}; }
/// Where a turn's return stands: on that token, or on all of the turn.
enum class turn_returns { anchor, all };
constexpr auto enumerators(turn_returns) { return std::array{"anchor", "all"}; }

namespace op {
struct turn_token_gae {
  static constexpr info about{"turn_token_gae", "returns", "GAE over the turns of token rows, for every token",
                              "arXiv:2510.16907", skeleton::scan};
  template <storage T>
  struct inputs {
    segments rows;                       ///< cuts the tokens into B rows
    view<const T> token_reward;          ///< [tokens]
    view<const T> values;                ///< [tokens] the critic's value at each token
    view<const flag_t> mask;             ///< [tokens] 1 = the policy's
    view<const index_t> turn_id;         ///< [tokens] the same within a turn, another one than the turn before
    view<const T> bootstrap_value = {};  ///< [B] value after the last turn; left out: 0
    view<const T> lambda_per_row = {};   ///< [B] in [0, 1], in place of lambda
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> advantage;         ///< [tokens] that of its turn
    Of<T> returns;           ///< [tokens] target of the critic
    Of<flag_t> return_mask;  ///< [tokens] 1 where a return stands
  };
  struct options {
    double gamma = 1;                                  ///< [0, 1], from turn to turn
    double lambda = 1;                                 ///< [0, 1]
    turn_anchor anchor = turn_anchor::last;            ///< whose value is the turn's
    turn_returns returns_on = turn_returns::anchor;    ///< which tokens get the turn's return
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::rows(&I::rows), array("token_reward", &I::token_reward, "B,T"),
                      array("values", &I::values, "B,T"), array("mask", &I::mask, "B,T", yes_or_no()),
                      array("turn_id", &I::turn_id, "B,T", integers(0, 2)),
                      optional_array("bootstrap_value", &I::bootstrap_value, "B"),
                      optional_array("lambda_per_row", &I::lambda_per_row, "B", within(0, 1).without_nan()));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("advantage", &O::advantage, "B,T"), array("returns", &O::returns, "B,T"),
                      array("return_mask", &O::return_mask, "B,T"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("gamma", &options::gamma, within(0, 1)), option("lambda", &options::lambda, within(0, 1)),
                      choice("anchor", &options::anchor), choice("returns_on", &options::returns_on));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Where turns begin and end, and what is known of each, at its tokens; [tokens], scratch.
struct turn_scratch {
  view<flag_t> starts, ends;
  view<double> reward, value, target;
};

template <class T>
struct turn_token_program {
  static constexpr bool long_segments = true;
  op::turn_token_gae::inputs<T> in;
  op::turn_token_gae::outputs<T> out;
  op::turn_token_gae::options o;
  turn_scratch scratch;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    using R = real_t<T>;
    using carry = affine<double>;  // coefficients 0 and 1 only: a new turn, or the same
    const index_t begin = in.rows.begin(row), n = in.rows.size(row);
    const T* const given = in.token_reward.data() + begin;
    const T* const critic = in.values.data() + begin;
    const flag_t* const mask = in.mask.data() + begin;
    const index_t* const id = in.turn_id.data() + begin;
    flag_t* const starts = scratch.starts.data() + begin;
    flag_t* const ends = scratch.ends.data() + begin;
    double* const reward = scratch.reward.data() + begin;
    double* const value = scratch.value.data() + begin;
    double* const target = scratch.target.data() + begin;

    // The valid neighbour on either side, by its place: is it of another turn?
    const auto place = [=](index_t i) { return mask[i] ? carry{static_cast<double>(i), 0} : carry{0, 1}; };
    const auto other_turn = [=](index_t i, double neighbour) {
      return flag_t(mask[i] != 0 && (neighbour < 0 || id[i] != id[static_cast<index_t>(neighbour)]));
    };
    team.recur_forward(n, -1.0, place, [=](index_t i, double, double before) { starts[i] = other_turn(i, before); });
    team.recur_backward(n, -1.0, place, [=](index_t i, double, double after) { ends[i] = other_turn(i, after); });

    // From the end of each turn to its start: the sum of its rewards, and its value.
    team.recur_backward(
        n, 0.0, [=](index_t i) { return mask[i] ? carry{double(R(given[i])), ends[i] ? 0.0 : 1.0} : carry{0, 1}; },
        [=](index_t i, double sum, double) { reward[i] = sum; });
    const bool first = o.anchor == turn_anchor::first;
    team.recur_backward(
        n, 0.0,
        [=](index_t i) {
          const bool anchor = first ? starts[i] != 0 : ends[i] != 0;
          return anchor ? carry{double(R(critic[i])), 0} : carry{0, 1};
        },
        [=](index_t i, double v, double) { value[i] = v; });

    // The turns themselves, each at its start.
    const double gamma = o.gamma, lambda = in.lambda_per_row ? double(in.lambda_per_row[row]) : o.lambda;
    const double bootstrap = in.bootstrap_value ? double(in.bootstrap_value[row]) : 0;
    using step = affine<double, at_zero::multiply>;
    team.recur_backward(
        n, gamma * bootstrap,
        [=](index_t i) { return starts[i] ? detail::token_step(reward[i], value[i], gamma, lambda) : step{0, 1}; },
        [=](index_t i, double, double next) { target[i] = reward[i] + next; });

    // And from its start to all its tokens.
    T* const advantage = out.advantage.data() + begin;
    team.recur_forward(
        n, 0.0, [=](index_t i) { return starts[i] ? carry{target[i] - value[i], 0} : carry{0, 1}; },
        [=](index_t i, double a, double) { advantage[i] = T(mask[i] ? a : 0.0); });
    T* const returns = out.returns.data() + begin;
    flag_t* const return_mask = out.return_mask.data() + begin;
    const bool everywhere = o.returns_on == turn_returns::all;
    team.recur_forward(
        n, 0.0,
        [=](index_t i) { return starts[i] ? carry{target[i] + (value[i] - value[i]), 0} : carry{0, 1}; },
        [=](index_t i, double x, double) {
          const bool anchor = first ? starts[i] != 0 : ends[i] != 0, stands = mask[i] != 0 && (everywhere || anchor);
          returns[i] = T(stands ? x : 0.0);
          return_mask[i] = flag_t(stands);
        });
  }
};

/// Writes advantages, returns and where they stand.
template <storage T = float, backend Backend>
void turn_token_gae(const Backend& backend, const op::turn_token_gae::inputs<T>& in,
                    const op::turn_token_gae::outputs<T>& out, const op::turn_token_gae::options& o) {
  check<op::turn_token_gae>(backend, in, out, o);
  auto scratch = backend.scratch();
  const index_t n = in.token_reward.size();
  const auto starts = scratch.template take<flag_t>(n), ends = scratch.template take<flag_t>(n);
  const auto reward = scratch.template take<double>(n), value = scratch.template take<double>(n);
  const auto target = scratch.template take<double>(n);
  backend.for_segments(in.rows, turn_token_program<T>{in, out, o, {starts, ends, reward, value, target}});
}

/// The same into arrays of the backend's.
template <storage T = float, backend Backend>
auto turn_token_gae(const Backend& backend, const op::turn_token_gae::inputs<T>& in,
                    const op::turn_token_gae::options& o = {}) {
  return returned<op::turn_token_gae, T>(backend, in, o, [&](auto& out) { turn_token_gae(backend, in, out, o); });
}

}}  // namespace guerdon
