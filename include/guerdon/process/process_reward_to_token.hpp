#pragma once
// Step rewards on the last token of each step, success on the last token of the response, 0 elsewhere: token rewards
// for PPO.
//
// $$r_t = \alpha \sum_{k : e_k = t} r_k + s\,[t = T - 1]$$
//
// for a response of T tokens with success s, whose step k ends at token $e_k$.
//
// Source: Clip and Delta, arXiv:2410.15115; the details of placement are this project's.
//
// Details that differ:
// - What falls on one token adds up. Steps need not be sorted.
// - A response without tokens gets nothing, its success is lost (process_outcome_return's total has it), and it may
//   have no steps. A backend whose memory the host cannot read does not refuse a step that ends outside its response,
//   and leaves it out.
//
// Cost: each token walks the steps of its response.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct process_reward_to_token {
  static constexpr info about{"process_reward_to_token", "process", "Step rewards and success placed on tokens",
                              "arXiv:2410.15115", skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    segments tokens;               ///< cuts the tokens into N responses
    view<const T> step_reward;     ///< [S] of each step
    segments steps;                ///< cuts the S steps into the responses' own
    view<const index_t> step_end;  ///< [S] index of the step's last token in its response, from 0
    view<const T> success;         ///< [N] of each response
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> token_reward;  ///< [tokens]
  };
  struct options {
    double alpha = 1;  ///< finite, weight of the step rewards
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(cuts("tokens", &I::tokens, "N", "M").in_files("token_offsets"),
                      array("step_reward", &I::step_reward, "S"),
                      cuts("steps", &I::steps, "N", "S").in_files("step_offsets"),
                      array("step_end", &I::step_end, "S", position_in("M")), array("success", &I::success, "N"));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("token_reward", &O::token_reward, "M")); }
  static constexpr auto parameters() { return std::tuple(option("alpha", &options::alpha, finite())); }

  static constexpr char ragged_symbol = 'M';
  /// How many tokens there are.
  template <real T = float, class Backend>
  static index_t ragged_size(const Backend& backend, const inputs<T>& in, const options&) {
    const index_t tokens = elements_of(backend, in.tokens);  // which nothing else confirms
    call_rules(about.name)(tokens <= index_t(1) << 30, "tokens", "must end at 1073741824 or before");
    return tokens;
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The tokens of one response.
template <class T>
struct place_steps_program {
  static constexpr bool long_segments = true;
  op::process_reward_to_token::inputs<T> in;
  view<T> token_reward;
  double alpha;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t n) const {
    const index_t begin = in.tokens.begin(n), tokens = in.tokens.size(n);
    const index_t first = in.steps.begin(n), last = first + in.steps.size(n);
    const double success = double(in.success[n]);
    team.each(tokens, [&](index_t t) {
      double reward = t == tokens - 1 ? success : 0;
      for (index_t k = first; k < last; ++k)
        if (in.step_end[k] == t) reward += alpha * double(in.step_reward[k]);
      token_reward[begin + t] = T(reward);
    });
  }
};

/// Writes the token rewards.
template <real T = float, backend Backend>
void process_reward_to_token(const Backend& backend, const op::process_reward_to_token::inputs<T>& in,
                             const op::process_reward_to_token::outputs<T>& out,
                             const op::process_reward_to_token::options& o) {
  const auto rule = check<op::process_reward_to_token>(backend, in, out, o);
  if constexpr (Backend::on_host)
    for (index_t n = 0; n < in.steps.count(); ++n)
      for (index_t k = in.steps.begin(n); k < in.steps.begin(n) + in.steps.size(n); ++k)
        rule(in.step_end[k] >= 0 && in.step_end[k] < in.tokens.size(n), "step_end", "lies outside its response");
  backend.for_segments(in.tokens, place_steps_program<T>{in, out.token_reward, o.alpha});
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto process_reward_to_token(const Backend& backend, const op::process_reward_to_token::inputs<T>& in,
                             const op::process_reward_to_token::options& o = {}) {
  return returned<op::process_reward_to_token, T>(backend, in, o,
                                                  [&](auto& out) { process_reward_to_token(backend, in, out, o); });
}

}}  // namespace guerdon
