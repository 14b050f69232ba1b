#pragma once
// GAE on two levels: over turns first, whose returns become the rewards at their last tokens, then over the tokens of
// each turn.
//
// With the turn ends $j < j' < \dots$ of a row:
//
// $$\delta_j = r_j + \gamma_{turn} V_{j'} - V_j, \qquad e_j = \delta_j + \gamma_{turn} \lambda e_{j'}, \qquad
//   r_j \leftarrow e_j + V_j$$
//
// and then, over the valid tokens, $A_t = r_t + \gamma V_{t'} - V_t + \gamma\lambda A_{t'}$, where both $V_{t'}$ and
// $A_{t'}$ are 0 behind the end of a turn.
//
// Source: RAGEN, arXiv:2504.20073, and VAGEN, arXiv:2510.16907 (bi-level GAE).
//
// Details that differ:
// - The reward at a turn's end is replaced, not added to. One lambda serves both levels.
// - RAGEN finds turn ends by rewards that are not 0, which merges turns without one: here they are an input. One that
//   is masked is none. RAGEN whitens afterwards: masked_whiten.
// - Valid tokens behind the last turn end are an open turn, with their own rewards.
//
// Cost: 18 bytes per token in float, and 8 of scratch, two passes.

#include <guerdon/returns/token_scan.hpp>

namespace guerdon {
namespace op {
struct bi_level_gae {
  static constexpr info about{"bi_level_gae", "returns", "GAE over turns, then over the tokens of each",
                              "arXiv:2504.20073; arXiv:2510.16907", skeleton::scan};
  template <storage T>
  struct inputs {
    segments rows;                 ///< cuts the tokens into B rows
    view<const T> token_reward;    ///< [tokens]
    view<const T> values;          ///< [tokens] the critic's value at each token
    view<const flag_t> mask;       ///< [tokens] 1 = the policy's
    view<const flag_t> turn_end;   ///< [tokens] 1 = the last valid token of its turn
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> advantage;  ///< [tokens]
    Of<T> returns;    ///< [tokens] advantage + value
  };
  struct options {
    double gamma = 1;       ///< [0, 1], from token to token
    double lambda = 1;      ///< [0, 1], of both levels
    double turn_gamma = 1;  ///< [0, 1], from turn to turn
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::rows(&I::rows), array("token_reward", &I::token_reward, "B,T"),
                      array("values", &I::values, "B,T"), array("mask", &I::mask, "B,T", yes_or_no()),
                      array("turn_end", &I::turn_end, "B,T", yes_or_no()));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("advantage", &O::advantage, "B,T"), array("returns", &O::returns, "B,T"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("gamma", &options::gamma, within(0, 1)), option("lambda", &options::lambda, within(0, 1)),
                      option("turn_gamma", &options::turn_gamma, within(0, 1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct bi_level_program {
  static constexpr bool long_segments = true;
  op::bi_level_gae::inputs<T> in;
  op::bi_level_gae::outputs<T> out;
  op::bi_level_gae::options o;
  view<double> reward;  // [tokens] scratch: what the tokens of a turn are paid

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    using R = real_t<T>;
    const index_t begin = in.rows.begin(row), n = in.rows.size(row);
    const T* const given = in.token_reward.data() + begin;
    const T* const value = in.values.data() + begin;
    const flag_t* const mask = in.mask.data() + begin;
    const flag_t* const turn_end = in.turn_end.data() + begin;
    double* const paid = reward.data() + begin;
    T* const advantage = out.advantage.data() + begin;
    T* const returns = out.returns.data() + begin;
    const double gamma = o.gamma, lambda = o.lambda, turn_gamma = o.turn_gamma;
    const auto ends = [=](index_t i) { return (mask[i] != 0) & (turn_end[i] != 0); };
    using step = affine<double, at_zero::multiply>;
    team.recur_backward(
        n, 0.0,
        [=](index_t i) {
          if (!ends(i)) return step{0, 1};
          return detail::token_step(double(R(given[i])), double(R(value[i])), turn_gamma, lambda);
        },
        [=](index_t i, double, double next) { paid[i] = double(R(given[i])) + (ends(i) ? next : 0); });
    // Nothing comes through the end of a turn from behind it: the coefficient of what follows is a 0 that selects.
    team.recur_backward(
        n, 0.0,
        [=](index_t i) {
          if (mask[i] == 0) return affine<double>{0, 1};
          const step s = detail::token_step(paid[i], double(R(value[i])), gamma, lambda);
          return affine<double>{s.a, ends(i) ? 0 : s.m};
        },
        [=](index_t i, double, double next) {
          const double v = double(R(value[i])), target = paid[i] + (ends(i) ? 0 : next);
          advantage[i] = T(math::select(mask[i] != 0, target - v, 0.0));
          returns[i] = T(math::select(mask[i] != 0, target + (v - v), 0.0));
        });
  }
};

/// Writes advantages and returns.
template <storage T = float, backend Backend>
void bi_level_gae(const Backend& backend, const op::bi_level_gae::inputs<T>& in,
                  const op::bi_level_gae::outputs<T>& out, const op::bi_level_gae::options& o) {
  check<op::bi_level_gae>(backend, in, out, o);
  auto scratch = backend.scratch();
  const auto reward = scratch.template take<double>(in.token_reward.size());
  backend.for_segments(in.rows, bi_level_program<T>{in, out, o, reward});
}

/// The same into arrays of the backend's.
template <storage T = float, backend Backend>
auto bi_level_gae(const Backend& backend, const op::bi_level_gae::inputs<T>& in,
                  const op::bi_level_gae::options& o = {}) {
  return returned<op::bi_level_gae, T>(backend, in, o, [&](auto& out) { bi_level_gae(backend, in, out, o); });
}

}}  // namespace guerdon
