#pragma once
// A penalty for saying the same again: the share of a completion's word n-grams that are not new.
//
// $$r = \Bigl(1 - \frac{\text{distinct n-grams}}{\text{all n-grams}}\Bigr)\, r_{\min}$$
//
// 0 where there are fewer than n words.
//
// Source: Open R1, rewards.py (get_repetition_penalty_reward), after "Demystifying Long Chain-of-Thought Reasoning",
// arXiv:2502.03373.
//
// Details that differ:
// - n-grams are compared exactly; none is taken for another.
// - Words are what white space separates, in lower case. Open R1 can segment Chinese with jieba first: do that before.
// - token_repetition_penalty is the same over tokens.
//
// Cost: a pass over the words, whatever n is. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/length/window_classes.hpp>
#include <guerdon/verify/words.hpp>

#include <span>

namespace guerdon {
namespace op {
struct word_repetition_penalty : host_kind {
  static constexpr info about{"word_repetition_penalty", "verify", "Penalty for repeated n-grams of words",
                              "arXiv:2502.03373", skeleton::host};
  struct inputs {
    std::string_view completion;
  };
  struct outputs {
    double reward = 0;  ///< between max_penalty and 0
  };
  struct options {
    index_t ngram_size = 3;   ///< >= 1
    double max_penalty = -1;  ///< <= 0, what nothing but repetition costs
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("completion", &I::completion, "B", words())); }
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
inline op::word_repetition_penalty::outputs word_repetition_penalty(
    const op::word_repetition_penalty::inputs& in, const op::word_repetition_penalty::options& o = {}) {
  check<op::word_repetition_penalty>(in, o);
  const std::string text = unicode::lower(in.completion);
  return {window_classes(words_of(text), o.ngram_size).repeated_share() * o.max_penalty};
}

/// A batch, in order.
inline auto word_repetition_penalty(const host_rows& rows, std::span<const op::word_repetition_penalty::inputs> in,
                                     const op::word_repetition_penalty::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return word_repetition_penalty(row, o); });
}

}}  // namespace guerdon
