#pragma once
// GAE with one lambda for the policy and another for the critic: advantages that vary little, value targets without
// bias.
//
// $$A_t = \mathrm{GAE}(\gamma, \lambda_{policy})_t, \qquad R_t = \mathrm{GAE}(\gamma, \lambda_{value})_t + V_t$$
//
// With alpha > 0 the policy's lambda is $1 - 1/\max(\alpha L, 1)$ of each row's L valid tokens.
//
// Source: VC-PPO, arXiv:2503.01491, section 4.2; the lambda by length, VAPO, arXiv:2504.05118.
//
// Details that differ:
// - A masked token does not exist for the recursion (mask_mode skip of masked_gae); nothing is whitened.
// - The bootstrap behind the last token is 0. The recurrences run in double: undiscounted rows are long sums.
//
// Cost: 26 bytes per token in float, two passes (one more over the mask with alpha).

#include <guerdon/returns/length_adaptive_lambda.hpp>
#include <guerdon/returns/token_scan.hpp>

namespace guerdon {
namespace op {
struct decoupled_gae {
  static constexpr info about{"decoupled_gae", "returns", "GAE with a lambda each for policy and critic (VC-PPO)",
                              "arXiv:2503.01491; arXiv:2504.05118", skeleton::scan};
  template <storage T>
  struct inputs {
    segments rows;                 ///< cuts the tokens into B rows
    view<const T> token_reward;    ///< [tokens]
    view<const T> values;          ///< [tokens] the critic's value at each token
    view<const flag_t> mask = {};  ///< [tokens] 1 = the policy's; left out: all are
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> advantage;  ///< [tokens] by the policy's lambda
    Of<T> returns;    ///< [tokens] target of the critic, by the other one
  };
  struct options {
    double gamma = 1;             ///< [0, 1]
    double lambda_policy = 0.95;  ///< [0, 1]
    double lambda_value = 1;      ///< [0, 1]
    double alpha = 0;             ///< >= 0; above 0: the policy's lambda by the row's length
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::rows(&I::rows), array("token_reward", &I::token_reward, "B,T"),
                      array("values", &I::values, "B,T"), optional_array("mask", &I::mask, "B,T", yes_or_no()));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("advantage", &O::advantage, "B,T"), array("returns", &O::returns, "B,T"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("gamma", &options::gamma, within(0, 1)),
                      option("lambda_policy", &options::lambda_policy, within(0, 1)),
                      option("lambda_value", &options::lambda_value, within(0, 1)),
                      option("alpha", &options::alpha, at_least(0, 0.05)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

namespace detail {

template <class T>
struct decoupled_gae_program {
  static constexpr bool long_segments = true;
  op::decoupled_gae::inputs<T> in;
  op::decoupled_gae::outputs<T> out;
  op::decoupled_gae::options o;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    const index_t begin = in.rows.begin(row), n = in.rows.size(row);
    const flag_t* const mask = in.mask ? in.mask.data() + begin : nullptr;
    const token_values<T> tokens{in.token_reward.data() + begin, in.values.data() + begin, mask};
    double lambda = o.lambda_policy;
    if (o.alpha > 0) {
      const double length = mask ? team.sum(n, [=](index_t i) { return mask[i] ? 1 : 0; }) : static_cast<double>(n);
      lambda = vapo_lambda(o.alpha, length);
    }
    T* const advantage = out.advantage.data() + begin;
    scan_tokens(team, n, tokens, mask_mode::skip, o.gamma, lambda, 0.0,
                [=](index_t i, bool valid, double target, double v) {
                  advantage[i] = T(math::select(valid, target - v, 0.0));
                });
    T* const returns = out.returns.data() + begin;
    scan_tokens(team, n, tokens, mask_mode::skip, o.gamma, o.lambda_value, 0.0,
                [=](index_t i, bool valid, double target, double v) {
                  returns[i] = T(math::select(valid, target + (v - v), 0.0));
                });
  }
};

}  // namespace detail

/// Writes advantages and returns.
template <storage T = float, backend Backend>
void decoupled_gae(const Backend& backend, const op::decoupled_gae::inputs<T>& in,
                   const op::decoupled_gae::outputs<T>& out, const op::decoupled_gae::options& o) {
  check<op::decoupled_gae>(backend, in, out, o);
  backend.for_segments(in.rows, detail::decoupled_gae_program<T>{in, out, o});
}

/// The same into arrays of the backend's.
template <storage T = float, backend Backend>
auto decoupled_gae(const Backend& backend, const op::decoupled_gae::inputs<T>& in,
                   const op::decoupled_gae::options& o = {}) {
  return returned<op::decoupled_gae, T>(backend, in, o, [&](auto& out) { decoupled_gae(backend, in, out, o); });
}

}}  // namespace guerdon
