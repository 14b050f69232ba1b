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
// Cost: n words in windows of w: n w, and the text read once. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/core/text.hpp>

#include <span>
#include <unordered_map>

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

/// The words of a text as numbers, equal for equal words: cut at white space, and at every "_".
inline std::u32string numbered_words(std::string_view text) {
  std::unordered_map<std::string_view, char32_t> numbers;
  std::u32string words;
  const auto add = [&](std::string_view word) {
    words += numbers.try_emplace(word, static_cast<char32_t>(numbers.size())).first->second;
  };
  const auto add_pieces = [&](std::string_view part) {
    for (std::size_t cut; (cut = part.find('_')) != std::string_view::npos; part.remove_prefix(cut + 1))
      add(part.substr(0, cut));
    add(part);
  };
  const char *begin = text.data(), *const end = begin + text.size();
  for (const char* at = begin; at != end;) {
    const auto [c, size] = unicode::decode_at(at, end);
    if (unicode::is_space(c)) {
      if (at != begin) add_pieces({begin, static_cast<std::size_t>(at - begin)});
      begin = at + size;
    }
    at += size;
  }
  if (begin != end) add_pieces({begin, static_cast<std::size_t>(end - begin)});
  return words;
}

/// One text.
inline op::ngram_repeat_penalty::outputs ngram_repeat_penalty(const op::ngram_repeat_penalty::inputs& in,
                                                              const op::ngram_repeat_penalty::options& o = {}) {
  check<op::ngram_repeat_penalty>(in, o);
  const std::u32string words = numbered_words(in.text);
  const auto count = static_cast<index_t>(words.size());
  if (count <= o.window) return {0};
  std::unordered_map<std::u32string_view, index_t> seen;
  for (index_t i = 0; i + o.window <= count; ++i) {
    const auto at = static_cast<std::size_t>(i), length = static_cast<std::size_t>(o.window);
    if (++seen[std::u32string_view(words).substr(at, length)] >= o.limit) return {-1};
  }
  return {0};
}

/// A batch, in order.
inline auto ngram_repeat_penalty(const host_rows& rows, std::span<const op::ngram_repeat_penalty::inputs> in,
                                 const op::ngram_repeat_penalty::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return ngram_repeat_penalty(row, o); });
}

}}  // namespace guerdon
