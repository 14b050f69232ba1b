#pragma once
// Where a response begins to loop, found by walking back from its end.
//
// Of T tokens, walking back, the first n-gram that has occurred often enough, two of its places less than T/3 apart,
// says that the loop begins there; failing that, the first 2n-gram that has been seen before.
//
// | tokens | n | occurrences |
// |---|---|---|
// | up to 2 `ngram_size` | none looked for | |
// | below 30 | 2 | 2 |
// | below 100 | 3 | 2 |
// | below 200 | $\min(4, n)$, n = `ngram_size` | 2 |
// | more | $\min(4, n)$ | 3 |
//
// Source: compute_unique_tokens.py of the code of LASER, arXiv:2505.15612.
//
// Details that differ:
// - An n-gram of one token n times over is skipped where n > 2; the 2n-grams are not, and are looked for only in 4n
//   tokens or more.
// - Equal n-grams are equal tokens: no hash decides.
//
// Cost: a few passes over the tokens, or over the end of them where that loops. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/length/window_classes.hpp>

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

namespace guerdon {

namespace op {
struct tail_ngram_repetition : host_kind {
  static constexpr info about{"tail_ngram_repetition", "length", "Where the end of a text begins to loop (LASER-DE)",
                              "arXiv:2505.15612", skeleton::host};
  struct inputs {
    view<const index_t> tokens;  ///< of the response, as any numbers
  };
  struct outputs {
    index_t repeat_start = 0;  ///< position where the loop begins; T if there is none
    bool repeated = false;     ///< there is one
  };
  struct options {
    index_t ngram_size = 4;  ///< >= 1
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(list_of("tokens", &I::tokens, "M", "token_offsets", integers(0, 3)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("repeat_start", &O::repeat_start, "B"), array("repeated", &O::repeated, "B"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("ngram_size", &options::ngram_size, counts_from(1, 6)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Where the walk back over `tokens` stops, or their number.
inline index_t loop_start(view<const index_t> tokens, index_t ngram_size) {
  const index_t size = tokens.size();
  if (ngram_size >= size - size / 2) return size;
  const index_t n = size < 30 ? 2 : size < 100 ? 3 : std::min<index_t>(4, ngram_size), needed = size < 200 ? 2 : 3;

  struct place {
    index_t count = 0, last = 0;
    bool close = false;  // are two neighbours less than a third of the text apart?
  };
  // A loop is found near the end: growing tails are numbered, and all of the text where there is none.
  for (index_t tail = std::min<index_t>(size, 1024);; tail = std::min(size, 8 * tail)) {
    const view<const index_t> end(tokens.data() + (size - tail), tail);
    const window_classes grams(end, n);
    std::vector<place> seen(static_cast<std::size_t>(grams.distinct));
    for (index_t i = tail - n; i >= 0; --i) {
      const auto first = end.begin() + i;
      if (n > 2 && std::all_of(first, first + n, [=](index_t t) { return t == *first; })) continue;
      place& at = seen[static_cast<std::size_t>(grams[i])];
      at.close |= at.count > 0 && at.last - i < size / 3;
      at.last = i;
      if (++at.count >= needed && at.close) return size - tail + i;
    }
    if (tail == size) break;
  }
  if (size < 4 * n) return size;
  const window_classes pairs(tokens, 2 * n);
  std::vector<char> known(static_cast<std::size_t>(pairs.distinct));
  for (index_t i = size - 2 * n; i >= 0; --i)
    if (std::exchange(known[static_cast<std::size_t>(pairs[i])], char(1))) return i;
  return size;
}

/// One response.
inline op::tail_ngram_repetition::outputs tail_ngram_repetition(const op::tail_ngram_repetition::inputs& in,
                                                                const op::tail_ngram_repetition::options& o = {}) {
  check<op::tail_ngram_repetition>(in, o);
  const index_t start = loop_start(in.tokens, o.ngram_size);
  return {start, start < in.tokens.size()};
}

/// A batch, in order.
inline auto tail_ngram_repetition(const host_rows& rows, std::span<const op::tail_ngram_repetition::inputs> in,
                                  const op::tail_ngram_repetition::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return tail_ngram_repetition(row, o); });
}

}}  // namespace guerdon
