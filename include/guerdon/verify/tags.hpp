#pragma once
// Blocks between an opener and a closer, such as <answer>...</answer>: from the left, as short as they can be, without
// overlap. Blocks do not nest: an opener inside a block is text. All in one pass.

#include <guerdon/core/text.hpp>

#include <limits>
#include <optional>

namespace guerdon { inline namespace GUERDON_ABI { namespace tags {

struct block {
  std::size_t begin, end;  ///< of the opener, behind the closer
  std::string_view content;
};

/// The first block whose opener stands at `from` or behind.
constexpr std::optional<block> next_block(std::string_view text, std::string_view opener, std::string_view closer,
                                          std::size_t from = 0) {
  const std::size_t begin = text.find(opener, from);
  if (begin == text.npos) return std::nullopt;
  const std::size_t content = begin + opener.size(), end = text.find(closer, content);
  if (end == text.npos) return std::nullopt;
  return block{begin, end + closer.size(), text.substr(content, end - content)};
}

constexpr std::optional<block> last_block(std::string_view text, std::string_view opener, std::string_view closer) {
  std::optional<block> last;
  while (const auto next = next_block(text, opener, closer, last ? last->end : 0)) last = next;
  return last;
}

/// Where a word stands next, asked from places that never go back: however often it is asked, one pass.
class finder {
 public:
  constexpr finder(std::string_view text, std::string_view word) : text_(text), word_(word) {}

  /// The first place at `from` or behind, npos if there is none.
  constexpr std::size_t from(std::size_t from) {
    if (!searched_ || at_ < from) at_ = text_.find(word_, from);
    searched_ = true;
    return at_;
  }

 private:
  std::string_view text_, word_;
  std::size_t at_ = 0;
  bool searched_ = false;
};

/// Occurrences that do not overlap, from the left. `most`: where to stop counting.
constexpr index_t count(std::string_view text, std::string_view word,
                        index_t most = std::numeric_limits<index_t>::max()) {
  index_t n = 0;
  for (std::size_t at = 0; n < most && (at = text.find(word, at)) != text.npos; at += word.size()) ++n;
  return n;
}
constexpr bool occurs_once(std::string_view text, std::string_view word) { return count(text, word, 2) == 1; }

/// The text with `to` for every occurrence of the word.
inline std::string replaced(std::string_view text, std::string_view word, std::string_view to) {
  std::string out;
  out.reserve(text.size());
  std::size_t at = 0;
  for (std::size_t next; (next = text.find(word, at)) != text.npos; at = next + word.size())
    out.append(text.substr(at, next - at)).append(to);
  return out.append(text.substr(at));
}

constexpr char lower_ascii(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

/// Does the word, in lower case, stand at `at`, in capitals or not?
constexpr bool stands_at(std::string_view text, std::size_t at, std::string_view word) {
  if (at > text.size() || text.size() - at < word.size()) return false;
  for (std::size_t k = 0; k < word.size(); ++k)
    if (lower_ascii(text[at + k]) != word[k]) return false;
  return true;
}

}}}  // namespace guerdon::tags
