#pragma once
// Names of what may hold at a step, and labels that say what does: "req, ack"; "" for nothing.

#include <guerdon/core/text.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace guerdon { inline namespace GUERDON_ABI {

/// A character of a name behind its first, a lower-case letter.
constexpr bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}
/// Where the name that begins at `at` ends; `at` itself if none does.
inline std::size_t end_of_name(std::string_view text, std::size_t at) {
  if (at >= text.size() || text[at] < 'a' || text[at] > 'z') return at;
  while (at < text.size() && is_name_character(text[at])) ++at;
  return at;
}

/// Names by number, in the order in which they are met.
class propositions {
 public:
  std::uint32_t number_of(std::string_view name) {
    const auto [at, fresh] = numbers_.try_emplace(std::string(name), static_cast<std::uint32_t>(names_.size()));
    if (fresh) names_.emplace_back(name);
    return at->second;
  }
  const std::vector<std::string>& names() const { return names_; }

  /// Which of them hold: `label` is their names with commas between, blanks around names aside.
  void read_label(std::string_view label, std::vector<char>& holds) const {
    holds.assign(names_.size(), 0);
    while (!label.empty()) {
      const std::size_t comma = std::min(label.find(','), label.size());
      if (const auto at = numbers_.find(std::string(unicode::trim(label.substr(0, comma)))); at != numbers_.end())
        holds[at->second] = 1;
      label.remove_prefix(std::min(comma + 1, label.size()));
    }
  }

 private:
  std::vector<std::string> names_;
  std::unordered_map<std::string, std::uint32_t> numbers_;
};

}}  // namespace guerdon
