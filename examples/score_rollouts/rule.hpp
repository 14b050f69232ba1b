#pragma once
// The rule reward: guerdon's gsm8k_reward, for answers written "#### 18" and for answers written "A: 18".

#include <guerdon/core/text.hpp>
#include <guerdon/verify/gsm8k_reward.hpp>

#include <algorithm>
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
  /// clean: "1,000" and "18." are the answers 1000 and 18, in the response as in the reference.
  gsm8k_reward_options options = {.clean = true};

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
    const gsm8k_reward_options whole{.clip_chars = 0, .clean = true};
    const gsm8k_verdict solution = gsm8k_reward(marked(ground_truth), "", whole);
    if (solution.found) return non_empty(solution.extracted);
    const std::string bare = trimmed(ground_truth);
    const gsm8k_verdict number = gsm8k_reward("#### " + bare, "", whole);
    // The whole of it must be the number: "18 eggs" is no bare answer.
    const auto part_of_number = [](char c) {
      return (c >= '0' && c <= '9') || c == '.' || c == ',' || c == '-';
    };
    if (!number.found || !std::all_of(bare.begin(), bare.end(), part_of_number) ||
        bare.find('-', 1) != std::string::npos)
      return std::nullopt;
    return non_empty(number.extracted);
  }

 private:
  static std::optional<std::string> non_empty(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
  }
  static std::string trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t\r\n"), last = text.find_last_not_of(" \t\r\n");
    return first == std::string_view::npos ? "" : std::string(text.substr(first, last - first + 1));
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
