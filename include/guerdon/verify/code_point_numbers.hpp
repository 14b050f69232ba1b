#pragma once
// The code points of a text as small numbers: equal numbers for equal characters.

#include <guerdon/core/element_numbers.hpp>
#include <guerdon/core/text.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

/// ASCII has its own numbers, so that these have gaps.
template <>
class element_numbers<char32_t> {
 public:
  std::uint32_t of(char32_t c) {
    if (c >= 128) return 128 + others_.of(c);
    return static_cast<std::uint32_t>(c);
  }

 private:
  element_numbers<std::uint32_t> others_;
};

/// The code points of a text as such numbers.
inline std::vector<std::uint32_t> number_code_points(std::string_view text, element_numbers<char32_t>& numbers) {
  std::vector<std::uint32_t> out(text.size());
  std::uint32_t* to = out.data();
  for (const char *at = text.data(), *end = at + text.size(); at != end;) {
    const auto [c, size] = unicode::decode_at(at, end);
    at += size;
    *to++ = numbers.of(c);
  }
  out.resize(static_cast<std::size_t>(to - out.data()));
  return out;
}

}}  // namespace guerdon
