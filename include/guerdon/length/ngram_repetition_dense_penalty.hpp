#pragma once
// A penalty on every token of an n-gram that has been there before.
//
// A window of n tokens is repeated if its tokens begin anywhere earlier, overlapping or not. Every token of a repeated
// window gets `penalty`, once. With `only_start` a window is not marked that begins at or before the end of the
// repeated window before it, marked or not: a loop is charged where it starts.
//
// Source: arXiv:2502.03373, its code (repetition.py).
//
// Details that differ:
// - The end of a window is where the next one may begin plus 0: a window that begins exactly there is not marked
//   either, as in that code.
//
// Cost: a few passes over the tokens, whatever n is. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/length/window_classes.hpp>

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

namespace guerdon {

namespace op {
struct ngram_repetition_dense_penalty : host_kind {
  static constexpr info about{"ngram_repetition_dense_penalty", "length", "A penalty on the tokens of repeated n-grams",
                              "arXiv:2502.03373", skeleton::host};
  struct inputs {
    view<const index_t> tokens;  ///< of the response, as any numbers
  };
  struct outputs {
    std::vector<double> token_penalty;  ///< 0 or penalty for each token
  };
  struct options {
    index_t ngram_size = 40;  ///< n >= 1
    double penalty = -0.05;   ///< < 0
    bool only_start = false;  ///< charge a loop where it starts alone
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(list_of("tokens", &I::tokens, "M", "token_offsets", integers(0, 3)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(list_of("token_penalty", &O::token_penalty, "M", "token_offsets"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("ngram_size", &options::ngram_size, counts_from(1, 5)),
                      option("penalty", &options::penalty, range{.high = 0, .open_high = true}.drawn(-2, -0.1)),
                      flag("only_start", &options::only_start));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One response.
inline op::ngram_repetition_dense_penalty::outputs ngram_repetition_dense_penalty(
    const op::ngram_repetition_dense_penalty::inputs& in, const op::ngram_repetition_dense_penalty::options& o = {}) {
  check<op::ngram_repetition_dense_penalty>(in, o);
  const index_t n = o.ngram_size;
  const window_classes grams(in.tokens, n);
  op::ngram_repetition_dense_penalty::outputs out;
  out.token_penalty.resize(static_cast<std::size_t>(in.tokens.size()));
  std::vector<char> seen(static_cast<std::size_t>(grams.distinct));
  index_t end = -1, marked = 0;  // of the last repeated window; how far tokens are marked
  for (index_t s = 0; s < grams.size(); ++s) {
    if (!std::exchange(seen[static_cast<std::size_t>(grams[s])], char(1))) continue;
    if (!o.only_start || s > end)
      for (marked = std::max(marked, s); marked < s + n; ++marked)
        out.token_penalty[static_cast<std::size_t>(marked)] = o.penalty;
    end = s + n;
  }
  return out;
}

/// A batch, in order.
inline auto ngram_repetition_dense_penalty(const host_rows& rows,
                                           std::span<const op::ngram_repetition_dense_penalty::inputs> in,
                                           const op::ngram_repetition_dense_penalty::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return ngram_repetition_dense_penalty(row, o); });
}

}}  // namespace guerdon
