#pragma once
// A penalty for a text that says the same words over and over.
//
// $$p = \begin{cases} -1 & \text{some } w \text{ words in a row occur } \ell \text{ times or more} \\ 0 &
//   \text{else} \end{cases}$$
//
// with the window w and the limit l. Windows overlap.
//
// Source: RLPR, arXiv:2506.18254; its released code.
//
// Details that differ:
// - Words are what stands between white space (Python's), cut at every "_" as well, empty pieces among them; they are
//   compared byte for byte.
// - A text of no more words than the window is never penalised, whatever the limit.
// - The bare function's limit is 6, that of the trainer 10, which is the default here.
//
// Cost: a pass over the text and one over its words, whatever w is. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/length/window_classes.hpp>
#include <guerdon/verify/sequence_matcher.hpp>
#include <guerdon/verify/words.hpp>

#include <span>

namespace guerdon {

namespace op {
struct ngram_repeat_penalty : host_kind {
  static constexpr info about{"ngram_repeat_penalty", "shaping", "Penalty for words that repeat over and over (RLPR)",
                              "arXiv:2506.18254", skeleton::host};
  struct inputs {
    std::string_view text;
  };
  struct outputs {
    double penalty = 0;  ///< -1 or 0
  };
  struct options {
    index_t window = 10;  ///< >= 1, words in a row
    index_t limit = 10;   ///< >= 1, how often they must occur
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("text", &I::text, "B", words())); }
  template <class O>
  static constexpr auto results() { return std::tuple(array("penalty", &O::penalty, "B")); }
  static constexpr auto parameters() {
    return std::tuple(option("window", &options::window, counts_from(1, 3)),
                      option("limit", &options::limit, counts_from(1, 4)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One text.
inline op::ngram_repeat_penalty::outputs ngram_repeat_penalty(const op::ngram_repeat_penalty::inputs& in,
                                                              const op::ngram_repeat_penalty::options& o = {}) {
  check<op::ngram_repeat_penalty>(in, o);
  std::vector<std::string_view> pieces;
  pieces.reserve(in.text.size() / some_bytes_a_word);
  for_each_word(in.text, [&](std::string_view word) {
    for (std::size_t cut; (cut = word.find('_')) != std::string_view::npos; word.remove_prefix(cut + 1))
      pieces.push_back(word.substr(0, cut));
    pieces.push_back(word);
  });
  if (static_cast<index_t>(pieces.size()) <= o.window) return {0};
  const window_classes windows(pieces, o.window);
  if (windows.size() - windows.distinct + 1 < o.limit) return {0};  // there are not so many repetitions at all
  std::vector<index_t> seen(static_cast<std::size_t>(windows.distinct));
  for (const std::uint32_t window : windows.number)
    if (++seen[window] >= o.limit) return {-1};
  return {0};
}

/// A batch, in order.
inline auto ngram_repeat_penalty(const host_rows& rows, std::span<const op::ngram_repeat_penalty::inputs> in,
                                 const op::ngram_repeat_penalty::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return ngram_repeat_penalty(row, o); });
}

}}  // namespace guerdon
