#pragma once
// A penalty for the share of a response's n-grams that have been there before.
//
// $$p = p_{max}\,\bigl(1 - \frac{\text{distinct n-grams}}{\text{n-grams}}\bigr)$$
//
// Source: arXiv:2502.03373, appendix C; TRL.
//
// Details that differ:
// - n-grams are of tokens, as in TRL. The authors and open-r1 split lower-cased text at white space.
// - A response of fewer than n tokens repeats nothing: 0.
//
// Cost: a few passes over the tokens, whatever n is. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/length/window_classes.hpp>

#include <span>

namespace guerdon {

namespace op {
struct ngram_repetition_penalty : host_kind {
  static constexpr info about{"ngram_repetition_penalty", "length",
                              "Share of the n-grams of a response that are repetitions", "arXiv:2502.03373",
                              skeleton::host};
  struct inputs {
    view<const index_t> tokens;  ///< of the response, as any numbers
  };
  struct outputs {
    double penalty = 0;  ///< at most 0; add it to the reward
  };
  struct options {
    index_t ngram_size = 3;   ///< n >= 1
    double max_penalty = -1;  ///< at most 0
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(list_of("tokens", &I::tokens, "M", "token_offsets", integers(0, 3)));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("penalty", &O::penalty, "B")); }
  static constexpr auto parameters() {
    return std::tuple(option("ngram_size", &options::ngram_size, counts_from(1, 5)),
                      option("max_penalty", &options::max_penalty, at_most(0, -2)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One response.
inline op::ngram_repetition_penalty::outputs ngram_repetition_penalty(
    const op::ngram_repetition_penalty::inputs& in, const op::ngram_repetition_penalty::options& o = {}) {
  check<op::ngram_repetition_penalty>(in, o);
  return {window_classes(in.tokens, o.ngram_size).repeated_share() * o.max_penalty + 0.0};  // no -0
}

/// A batch, in order.
inline auto ngram_repetition_penalty(const host_rows& rows, std::span<const op::ngram_repetition_penalty::inputs> in,
                                     const op::ngram_repetition_penalty::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return ngram_repetition_penalty(row, o); });
}

}}  // namespace guerdon
