#pragma once
// Generalised advantage estimation over rows of tokens, in which some tokens may not be the policy's.
//
// $$\delta_t = r_t + \gamma V_{t'} - V_t, \qquad A_t = \delta_t + \gamma\lambda A_{t'}, \qquad R_t = A_t + V_t$$
//
// where $t'$ is the next token of the recursion, and past the last one $V$ is the bootstrap value and $A$ is
// 0. What reaches a token from later ones is the single number $u_{t'} = \gamma V_{t'} + \gamma\lambda A_{t'}$.
// With $R_t = r_t + u_{t'}$ and $A_t = R_t - V_t$ it is itself a recurrence,
// $u_t = \gamma(1 - \lambda) V_t + \gamma\lambda (r_t + u_{t'})$: one pass, with holes or without, in which no large
// value is added to be taken away again.
//
// Source: GAE, arXiv:1506.02438, eq. 16; masked rows as in the trainers named below.
//
// Details that differ:
// - `mask_mode = skip` (verl, NeMo-RL): a masked token does not exist for the recursion; neither its reward
//   nor its value is read and no discount is taken. `zero` (OpenRLHF): it is a step like any other, with
//   reward and value 0. `ignore` (TRL, slime, ROLL): it is a step with the reward and value that stand there;
//   only its results are set to 0. On right padding filled with zeros the three agree.
// - Advantages and returns are 0 under the mask. verl leaves whitened numbers there, TRL zeros.
// - `whiten` standardises the advantage over all valid tokens after the returns were taken (masked_whiten
//   with its defaults). verl always does; here it is off by default.
// - The bootstrap value is for a row that was cut off; trainers assume 0 or read the next column. `skip` only: the
//   other two would discount it through padding, so that a row's result depended on the width of the batch. There, add
//   gamma times it to the reward of the last valid token.
// - NaN on a valid token reaches every earlier token of its row, and so does infinity where arithmetic makes it
//   NaN; gamma or lambda of 0 multiply, they do not select.
//
// Cost: 17 bytes per token in float (reward, value, mask, two results), one pass; 9 more and a pass to
// whiten.

#include <guerdon/returns/token_scan.hpp>
#include <guerdon/returns/whiten_rows.hpp>

namespace guerdon {
namespace op {
struct masked_gae {
  static constexpr info about{"masked_gae", "returns", "Advantages and value targets over token rows with holes (GAE)",
                              "arXiv:1506.02438", skeleton::scan};
  template <storage T>
  struct inputs {
    segments rows;                       ///< cuts the tokens into B rows
    view<const T> token_reward;          ///< [tokens]
    view<const T> values;                ///< [tokens] the critic's value at each token
    view<const flag_t> mask = {};        ///< [tokens] 1 = the policy's; left out: all are
    view<const T> bootstrap_value = {};  ///< [B] value after the last token; left out: 0; mask_mode skip only
    view<const T> lambda_per_row = {};   ///< [B] in [0, 1], in place of lambda
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> advantage;  ///< [tokens]
    Of<T> returns;    ///< [tokens] target of the critic
  };
  struct options {
    double gamma = 1;   ///< [0, 1]
    double lambda = 1;  ///< [0, 1]
    guerdon::mask_mode mask_mode = guerdon::mask_mode::skip;  ///< what a masked token is to the recursion
    bool whiten = false;                                      ///< standardise the advantages
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::rows(&I::rows), array("token_reward", &I::token_reward, "B,T"),
                      array("values", &I::values, "B,T"), optional_array("mask", &I::mask, "B,T", yes_or_no()),
                      optional_array("bootstrap_value", &I::bootstrap_value, "B"),
                      optional_array("lambda_per_row", &I::lambda_per_row, "B", within(0, 1).without_nan()));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("advantage", &O::advantage, "B,T"), array("returns", &O::returns, "B,T"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("gamma", &options::gamma, within(0, 1)), option("lambda", &options::lambda, within(0, 1)),
                      choice("mask_mode", &options::mask_mode), flag("whiten", &options::whiten));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

namespace detail {

/// One row. What reaches a token from the later ones is gamma V + gamma lambda A.
template <class T>
struct masked_gae_program {
  static constexpr bool long_segments = true;
  op::masked_gae::inputs<T> in;
  op::masked_gae::outputs<T> out;
  op::masked_gae::options o;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    using R = real_t<T>;
    const index_t begin = in.rows.begin(row), n = in.rows.size(row);
    T* const advantage = out.advantage.data() + begin;
    T* const returns = out.returns.data() + begin;
    const R gamma = R(o.gamma), lambda = in.lambda_per_row ? R(in.lambda_per_row[row]) : R(o.lambda);
    const R bootstrap = in.bootstrap_value ? R(in.bootstrap_value[row]) : R(0);
    const token_values<T> tokens{in.token_reward.data() + begin, in.values.data() + begin,
                                 in.mask ? in.mask.data() + begin : nullptr};
    scan_tokens(team, n, tokens, o.mask_mode, gamma, lambda, gamma * bootstrap,
                [=](index_t i, bool valid, R target, R v) {
                  advantage[i] = T(math::select(valid, target - v, R(0)));
                  returns[i] = T(math::select(valid, target + (v - v), R(0)));
                });
  }
};

}  // namespace detail

/// Writes advantages and returns.
template <storage T = float, backend Backend>
void masked_gae(const Backend& backend, const op::masked_gae::inputs<T>& in, const op::masked_gae::outputs<T>& out,
                const op::masked_gae::options& o) {
  const auto rule = check<op::masked_gae>(backend, in, out, o);
  rule(!in.bootstrap_value || o.mask_mode == mask_mode::skip, "bootstrap_value",
       "goes with mask_mode skip only: the other modes would discount it through padding");
  backend.for_segments(in.rows, detail::masked_gae_program<T>{in, out, o});
  if (o.whiten) detail::whiten_rows<T>(backend, in.rows, in.mask, out.advantage, out.advantage);
}

/// The same into arrays of the backend's.
template <storage T = float, backend Backend>
auto masked_gae(const Backend& backend, const op::masked_gae::inputs<T>& in, const op::masked_gae::options& o = {}) {
  return returned<op::masked_gae, T>(backend, in, o, [&](auto& out) { masked_gae(backend, in, out, o); });
}

}}  // namespace guerdon
