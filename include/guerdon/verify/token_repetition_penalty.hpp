#pragma once
// A penalty for saying the same again: the share of a completion's token n-grams that are not new.
//
// $$r = \Bigl(1 - \frac{\text{distinct n-grams}}{\text{all n-grams}}\Bigr)\, r_{\min}$$
//
// 0 where there are fewer than n tokens.
//
// Source: TRL, rewards (get_repetition_penalty_reward on token ids), after "Demystifying Long Chain-of-Thought
// Reasoning", arXiv:2502.03373.
//
// Details that differ:
// - n-grams are compared exactly; none is taken for another.
// - word_repetition_penalty is the same over words.
//
// Cost: a pass over the tokens, whatever n is. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/length/window_classes.hpp>

#include <span>

namespace guerdon {
namespace op {
struct token_repetition_penalty : host_kind {
  static constexpr info about{"token_repetition_penalty", "verify", "Penalty for repeated n-grams of tokens",
                              "arXiv:2502.03373", skeleton::host};
  struct inputs {
    view<const index_t> token;  ///< ids of the completion
  };
  struct outputs {
    double reward = 0;  ///< between max_penalty and 0
  };
  struct options {
    index_t ngram_size = 3;   ///< >= 1
    double max_penalty = -1;  ///< <= 0, what nothing but repetition costs
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(list_of("token", &I::token, "N", "token_offsets", integers(0, 4)));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("reward", &O::reward, "B")); }
  static constexpr auto parameters() {
    return std::tuple(option("ngram_size", &options::ngram_size, counts_from(1, 5)),
                      option("max_penalty", &options::max_penalty, at_most(0, -2)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One completion.
inline op::token_repetition_penalty::outputs token_repetition_penalty(
    const op::token_repetition_penalty::inputs& in, const op::token_repetition_penalty::options& o = {}) {
  check<op::token_repetition_penalty>(in, o);
  return {window_classes(in.token, o.ngram_size).repeated_share() * o.max_penalty};
}

/// A batch, in order.
inline auto token_repetition_penalty(const host_rows& rows, std::span<const op::token_repetition_penalty::inputs> in,
                                     const op::token_repetition_penalty::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return token_repetition_penalty(row, o); });
}

}}  // namespace guerdon
