#pragma once
// Returns over the runs of a row: each unbroken stretch of valid tokens is one step, and all its tokens share its
// return.
//
// $$G_k = r_k + \gamma G_{k+1}$$
//
// with $r_k$ the reward at the *last* token of run k.
//
// Source: the turn-level returns of RAGEN, arXiv:2504.20073; as in VAGEN's and verl's agent loops.
//
// Details that differ:
// - Rewards elsewhere in a run are not counted: place a turn's reward on its last token.
// - Runs are cut where the mask is: two turns without a token between them are one run.
// - Returns are 0 under the mask, where nothing is read.
//
// Cost: 9 bytes per token in float, one pass.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct segment_return {
  static constexpr info about{"segment_return", "returns", "Returns over runs of valid tokens", "arXiv:2504.20073",
                              skeleton::scan};
  template <storage T>
  struct inputs {
    segments rows;               ///< cuts the tokens into B rows
    view<const T> token_reward;  ///< [tokens]
    view<const flag_t> mask;     ///< [tokens] 1 = the policy's
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> returns;  ///< [tokens]
  };
  struct options {
    double gamma = 1;  ///< [0, 1], from run to run
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::rows(&I::rows), array("token_reward", &I::token_reward, "B,T"),
                      array("mask", &I::mask, "B,T", yes_or_no()));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("returns", &O::returns, "B,T")); }
  static constexpr auto parameters() { return std::tuple(option("gamma", &options::gamma, within(0, 1))); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One row: the last token of a run is a step, all others pass its return on.
template <class T>
struct segment_return_program {
  static constexpr bool long_segments = true;
  op::segment_return::inputs<T> in;
  view<T> returns;
  real_t<T> gamma;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    using R = real_t<T>;
    const index_t begin = in.rows.begin(row), n = in.rows.size(row);
    const T* const reward = in.token_reward.data() + begin;
    const flag_t* const mask = in.mask.data() + begin;
    T* const result = returns.data() + begin;
    const R discount = gamma;
    team.recur_backward(
        n, R(0),
        [=](index_t i) {
          const bool step = mask[i] != 0 && (i == n - 1 || mask[i + 1] == 0);
          const R paid = math::select(step, R(reward[i]), R(0));
          return affine<R, at_zero::multiply>{paid, math::select(step, discount, R(1))};
        },
        [=](index_t i, R x, R) { result[i] = T(math::select(mask[i] != 0, x, R(0))); });
  }
};

/// Writes the returns.
template <storage T = float, backend Backend>
void segment_return(const Backend& backend, const op::segment_return::inputs<T>& in,
                    const op::segment_return::outputs<T>& out, const op::segment_return::options& o) {
  check<op::segment_return>(backend, in, out, o);
  backend.for_segments(in.rows, segment_return_program<T>{in, out.returns, real_t<T>(o.gamma)});
}

/// The returns in an array of the backend's.
template <storage T = float, backend Backend>
auto segment_return(const Backend& backend, const op::segment_return::inputs<T>& in,
                    const op::segment_return::options& o = {}) {
  return returned<op::segment_return, T>(backend, in, o, [&](auto& out) { segment_return(backend, in, out, o); });
}

}}  // namespace guerdon
