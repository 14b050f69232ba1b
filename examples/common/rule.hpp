#pragma once
// The rule reward: guerdon's gsm8k_reward, for answers written "#### 18" and for answers written "A: 18".

#include <guerdon/core/text.hpp>
#include <guerdon/verify/gsm8k_reward.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace guerdon::examples {

enum class length_unit { words, characters };

struct rule {
  /// Line beginnings that mark an answer as well as "#### " does.
  std::vector<std::string> answer_prefixes = {"A: "};
  op::gsm8k_reward::options options = {};

  /// The text with every answer prefix at the start of a line rewritten to the mark gsm8k_reward looks for.
  std::string marked(std::string_view text) const {
    std::string result;
    std::size_t copied = 0;
    for (std::size_t start = 0; start < text.size();) {
      for (const std::string& prefix : answer_prefixes) {
        if (prefix.empty() || text.compare(start, prefix.size(), prefix) != 0) continue;
        result.append(text, copied, start - copied).append("#### ");
        copied = start + prefix.size();
        break;
      }
      const std::size_t newline = text.find('\n', start);
      if (newline == std::string_view::npos) break;
      start = newline + 1;
    }
    return result.append(text, copied);
  }

  /// The bare answer of a reference: a written-out solution with a marked answer, or a number alone.
  std::optional<std::string> reference_answer(std::string_view ground_truth) const {
    if (auto solution = gsm8k_reward({marked(ground_truth), ""}); solution.found)
      return std::move(solution.extracted);
    // The whole of it must be the number: "18 eggs" is no bare answer.
    const std::string_view bare = unicode::trim(ground_truth);
    const auto number = numerals::number_at(bare, 0);
    if (!number || !number->readable || bare.find_first_not_of('.', number->end) != bare.npos) return std::nullopt;
    return number->digits();
  }
};

/// How long a response is when the data does not say: words apart by white space, or characters.
inline std::int64_t measure(std::string_view text, length_unit unit) {
  std::int64_t words = 0, characters = 0;
  bool in_word = false;
  for (const char *at = text.data(), *end = at + text.size(); at != end;) {
    const auto [c, size] = unicode::decode_at(at, end);
    at += size;
    ++characters;
    const bool space = unicode::is_space(c);
    words += !space && !in_word;
    in_word = !space;
  }
  return unit == length_unit::words ? words : characters;
}

}  // namespace guerdon::examples
