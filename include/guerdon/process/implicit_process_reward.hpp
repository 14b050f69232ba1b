#pragma once
// Process rewards without step labels: the log-ratio, to a reference, of a language model that was trained so that its
// sum predicts the outcome.
//
// $$r_t = \beta\,\bigl(\log\pi_\phi(y_t) - \log\pi_{ref}(y_t)\bigr)$$
//
// on the tokens of the response, 0 elsewhere. `granularity = whole` puts the row's sum on its last response token.
//
// Source: PRIME, arXiv:2502.01456, eq. 3; implicit process rewards, arXiv:2412.01981.
//
// Details that differ:
// - The first released code leaves beta out (`beta = 1`); batch_max_normalize afterwards makes the scale irrelevant.
//   The later recipe multiplies by it, and drops the last response token. Here all tokens stay.
// - A reference model is optional: the policy's own old log-probabilities serve too.
// - What stands under the mask is never read. The derivative by logprob is beta on the mask (token).
//
// Cost: 13 bytes per token in float (two log-probabilities, mask, result); whole reads them twice.

#include <guerdon/core/operation.hpp>
#include <guerdon/process/implicit_reward.hpp>

namespace guerdon {

enum class process_granularity {
  token,  ///< each token its own
  whole   ///< the row's sum on its last response token
};
constexpr auto enumerators(process_granularity) { return std::array{"token", "whole"}; }

namespace op {
struct implicit_process_reward {
  static constexpr info about{"implicit_process_reward", "process",
                              "Token rewards from the log-ratio of a model trained on outcomes (PRIME)",
                              "arXiv:2502.01456; arXiv:2412.01981", skeleton::map};
  template <storage T>
  struct inputs {
    segments rows;              ///< cuts the tokens into B rows
    view<const T> logprob;      ///< [B,T] of the tokens under the implicit reward model
    view<const T> ref_logprob;  ///< [B,T] under its reference
    view<const flag_t> mask;    ///< [B,T] 1 = of the response
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> process_reward;  ///< [B,T]
  };
  struct options {
    double beta = 0.05;                                            ///< scale of the log-ratio
    process_granularity granularity = process_granularity::token;  ///< where rewards are put
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::rows(&I::rows), array("logprob", &I::logprob, "B,T", drawn(-6, 0)),
                      array("ref_logprob", &I::ref_logprob, "B,T", drawn(-6, 0)),
                      array("mask", &I::mask, "B,T", yes_or_no()));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("process_reward", &O::process_reward, "B,T"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("beta", &options::beta, drawn(0.01, 1)), choice("granularity", &options::granularity));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct implicit_reward_program {
  static constexpr bool long_segments = true;
  op::implicit_process_reward::inputs<T> in;
  view<T> process_reward;
  op::implicit_process_reward::options o;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    using R = real_t<T>;
    const index_t begin = in.rows.begin(row), n = in.rows.size(row);
    const auto ratio = log_ratio_of(in, begin);
    T* const reward = process_reward.data() + begin;
    const R beta = R(o.beta);
    if (o.granularity == process_granularity::token) {
      team.each(n, [=](index_t t) { reward[t] = T(beta * ratio(t)); });
    } else {
      const double sum = o.beta * team.sum(n, ratio), last = last_of_response(team, n, in.mask.data() + begin);
      team.each(n, [=](index_t t) { reward[t] = T(math::select(double(t) == last, R(sum), R(0))); });
    }
  }
};

/// Writes the rewards.
template <storage T = float, backend Backend>
void implicit_process_reward(const Backend& backend, const op::implicit_process_reward::inputs<T>& in,
                             const op::implicit_process_reward::outputs<T>& out,
                             const op::implicit_process_reward::options& o) {
  check<op::implicit_process_reward>(backend, in, out, o);
  backend.for_segments(in.rows, implicit_reward_program<T>{in, out.process_reward, o});
}

/// The same in an array of the backend's.
template <storage T = float, backend Backend>
auto implicit_process_reward(const Backend& backend, const op::implicit_process_reward::inputs<T>& in,
                             const op::implicit_process_reward::options& o = {}) {
  return returned<op::implicit_process_reward, T>(backend, in, o,
                                                  [&](auto& out) { implicit_process_reward(backend, in, out, o); });
}

}}  // namespace guerdon
