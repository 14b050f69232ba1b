#pragma once
// What stands between the braces of \boxed{...}.

#include <guerdon/core/text.hpp>

#include <optional>

namespace guerdon { inline namespace GUERDON_ABI { namespace boxed {

/// The content of the brace that opens at `open`, to the brace that closes it. Escaped braces count like any.
constexpr std::optional<std::string_view> braced_at(std::string_view text, std::size_t open) {
  index_t depth = 0;
  for (std::size_t at = open; at < text.size(); ++at) {
    if (text[at] == '{') ++depth;
    if (text[at] == '}' && --depth == 0) return text.substr(open + 1, at - open - 1);
  }
  return std::nullopt;
}

/// The content of the last `command`, if that is followed by a brace that is closed.
constexpr std::optional<std::string_view> last_braced(std::string_view text, std::string_view command) {
  const std::size_t at = text.rfind(command);
  if (at == text.npos) return std::nullopt;
  const std::size_t open = at + command.size();
  return open < text.size() && text[open] == '{' ? braced_at(text, open) : std::nullopt;
}

/// The content of the last `\boxed{`.
constexpr std::optional<std::string_view> last(std::string_view text) {
  const std::size_t at = text.rfind("\\boxed{");
  return at == text.npos ? std::nullopt : braced_at(text, at + 6);
}

}}}  // namespace guerdon::boxed
