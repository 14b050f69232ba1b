#pragma once
// Generalised advantage estimation over the tokens of an agent, past the text that the environment wrote between its
// turns.
//
// $$\delta_t = r_t + \gamma V_{t'} - V_t, \qquad A_t = \delta_t + \gamma\lambda A_{t'}, \qquad R_t = A_t + V_t$$
//
// where $t'$ is the agent's next token, however much environment text lies between; past the last one both are 0.
// `whiten` standardises the advantages over the agent's tokens of the batch, after the returns were taken. It is
// masked_gae with `mask_mode = skip`, with the names and defaults of multi-turn training.
//
// Source: "A Practitioner's Guide to Multi-turn Agentic Reinforcement Learning", arXiv:2510.01132; its released code.
//
// Details that differ:
// - Environment text costs no discount, its values are not read, and a reward on it is lost.
// - With one agent token in the batch, or all advantages equal, whitening gives 0; the released code stops with an
//   error.
// - Both results are 0 under the mask.
//
// Cost: that of masked_gae.

#include <guerdon/core/operation.hpp>
#include <guerdon/returns/masked_gae.hpp>

namespace guerdon {
namespace op {
struct multiturn_gae {
  static constexpr info about{"multiturn_gae", "returns",
                              "Advantages over an agent's tokens that skip what the environment says (GAE)",
                              "arXiv:2510.01132; arXiv:1506.02438", skeleton::scan};
  template <storage T>
  struct inputs {
    segments rows;               ///< cuts the tokens into B rows
    view<const T> token_reward;  ///< [B,T] turn rewards on the tokens that end turns
    view<const T> values;        ///< [B,T] the critic's value at each token
    view<const flag_t> mask;     ///< [B,T] 1 = the agent's, with the token that ends a turn
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> advantage;  ///< [B,T]
    Of<T> returns;    ///< [B,T] target of the critic
  };
  struct options {
    double gamma = 1;    ///< [0, 1]
    double lambda = 1;   ///< [0, 1]
    bool whiten = true;  ///< standardise the advantages
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::rows(&I::rows), array("token_reward", &I::token_reward, "B,T"),
                      array("values", &I::values, "B,T"), array("mask", &I::mask, "B,T", yes_or_no()));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("advantage", &O::advantage, "B,T"), array("returns", &O::returns, "B,T"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("gamma", &options::gamma, within(0, 1)), option("lambda", &options::lambda, within(0, 1)),
                      flag("whiten", &options::whiten));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes advantages and returns.
template <storage T = float, backend Backend>
void multiturn_gae(const Backend& backend, const op::multiturn_gae::inputs<T>& in,
                   const op::multiturn_gae::outputs<T>& out, const op::multiturn_gae::options& o) {
  check<op::multiturn_gae>(backend, in, out, o);
  masked_gae<T>(backend, {.rows = in.rows, .token_reward = in.token_reward, .values = in.values, .mask = in.mask},
                {out.advantage, out.returns}, {.gamma = o.gamma, .lambda = o.lambda, .whiten = o.whiten});
}

/// The same in arrays of the backend's.
template <storage T = float, backend Backend>
auto multiturn_gae(const Backend& backend, const op::multiturn_gae::inputs<T>& in,
                   const op::multiturn_gae::options& o = {}) {
  return returned<op::multiturn_gae, T>(backend, in, o, [&](auto& out) { multiturn_gae(backend, in, out, o); });
}

}}  // namespace guerdon
