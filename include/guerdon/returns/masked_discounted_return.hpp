#pragma once
// Discounted sum of the rewards from each token on, over rows in which some tokens may not be the policy's.
//
// $$G_t = r_t + \gamma G_{t'}$$
//
// where $t'$ is the next valid token (`skip`), or the next one (`zero`), where a masked token has reward 0.
//
// Source: Sutton & Barto, Reinforcement Learning (2nd ed.), eq. 3.9; masked rows as in the trainers named below.
//
// Details that differ:
// - `skip` (verl): a masked token takes no discount and its reward is not read. `zero` (slime): it is a step like any
//   other. An earlier verl reset the sum at a hole, and lost the final reward for all that came before a tool call.
// - Returns are 0 under the mask. NaN on a valid token reaches every earlier one.
//
// Cost: 9 bytes per token in float, one pass.

#include <guerdon/returns/token_scan.hpp>

namespace guerdon {
namespace op {
struct masked_discounted_return {
  static constexpr info about{"masked_discounted_return", "returns",
                              "Discounted rewards to go over token rows with holes", "", skeleton::scan};
  template <storage T>
  struct inputs {
    segments rows;                 ///< cuts the tokens into B rows
    view<const T> token_reward;    ///< [tokens]
    view<const flag_t> mask = {};  ///< [tokens] 1 = the policy's; left out: all are
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> returns;  ///< [tokens]
  };
  struct options {
    double gamma = 1;                                         ///< [0, 1]
    guerdon::mask_mode mask_mode = guerdon::mask_mode::skip;  ///< skip or zero
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::rows(&I::rows), array("token_reward", &I::token_reward, "B,T"),
                      optional_array("mask", &I::mask, "B,T", yes_or_no()));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("returns", &O::returns, "B,T")); }
  static constexpr auto parameters() {
    return std::tuple(option("gamma", &options::gamma, within(0, 1)),
                      choice("mask_mode", &options::mask_mode).first(2));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

namespace detail {

template <class T>
struct masked_return_program {
  static constexpr bool long_segments = true;
  op::masked_discounted_return::inputs<T> in;
  view<T> returns;
  double gamma;
  mask_mode mode;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    using R = real_t<T>;
    const index_t begin = in.rows.begin(row), n = in.rows.size(row);
    const T* const reward = in.token_reward.data() + begin;
    const flag_t* const mask = in.mask ? in.mask.data() + begin : nullptr;
    T* const result = returns.data() + begin;
    const auto run = [&](auto valid) {
      discount_tokens(
          team, n, gamma, mode, valid, [=](index_t i) { return R(reward[i]); },
          [=](index_t i, double x) { result[i] = T(x); });
    };
    if (mask) run([=](index_t i) { return mask[i] != 0; });
    else run([](index_t) { return true; });
  }
};

}  // namespace detail

/// Writes the returns.
template <storage T = float, backend Backend>
void masked_discounted_return(const Backend& backend, const op::masked_discounted_return::inputs<T>& in,
                              const op::masked_discounted_return::outputs<T>& out,
                              const op::masked_discounted_return::options& o) {
  check<op::masked_discounted_return>(backend, in, out, o);
  backend.for_segments(in.rows, detail::masked_return_program<T>{in, out.returns, o.gamma, o.mask_mode});
}

/// The returns in an array of the backend's.
template <storage T = float, backend Backend>
auto masked_discounted_return(const Backend& backend, const op::masked_discounted_return::inputs<T>& in,
                              const op::masked_discounted_return::options& o = {}) {
  return returned<op::masked_discounted_return, T>(backend, in, o,
                                                   [&](auto& out) { masked_discounted_return(backend, in, out, o); });
}

}}  // namespace guerdon
