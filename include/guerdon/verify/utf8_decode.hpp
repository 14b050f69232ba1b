#pragma once
// Bytes as code points: UTF-8, where a byte that belongs to no well-formed sequence is the code point U+DC00 + byte.
//
// $$\mathrm{bytes} = \mathrm{encode}(\mathrm{decode}(\mathrm{bytes}))$$
//
// for all bytes: nothing is lost and nothing refused. This is what all operations on texts see.
//
// Source: Unicode 14.0, table 3-7; Python's error handler "surrogateescape" (PEP 383), to which it is equal.
//
// Details that differ:
// - Overlong forms, surrogates and what lies above U+10FFFF are ill-formed, byte by byte; decoding goes on at the next
//   byte. Other libraries put one U+FFFD for a whole ill-formed stretch, which cannot be undone.
//
// Cost: linear. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/core/text.hpp>

#include <span>

namespace guerdon {
namespace op {
struct utf8_decode : host_kind {
  static constexpr info about{"utf8_decode", "verify", "Code points of a text that may be ill-formed UTF-8", "",
                              skeleton::host};
  struct inputs {
    view<const index_t> byte;  ///< 0 to 255
  };
  struct outputs {
    std::vector<index_t> code_point;
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(list_of("byte", &I::byte, "N", "byte_offsets",
                              {.low = 0, .high = 255, .draw_low = 0, .draw_high = 255, .draws = range::whole}));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(list_of("code_point", &O::code_point, "C", "code_point_offsets"));
  }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One text.
inline op::utf8_decode::outputs utf8_decode(std::string_view text) {
  op::utf8_decode::outputs out;
  out.code_point.reserve(text.size());
  for (const char32_t c : unicode::code_points(text)) out.code_point.push_back(static_cast<index_t>(c));
  return out;
}

/// One text, as numbers.
inline op::utf8_decode::outputs utf8_decode(const op::utf8_decode::inputs& in, const op::utf8_decode::options& o = {}) {
  check<op::utf8_decode>(in, o);
  std::string text;
  text.reserve(static_cast<std::size_t>(in.byte.size()));
  for (const index_t byte : in.byte) text += static_cast<char>(byte);
  return utf8_decode(std::string_view(text));
}

/// A batch, in order.
inline auto utf8_decode(const host_rows& rows, std::span<const op::utf8_decode::inputs> in,
                        const op::utf8_decode::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return utf8_decode(row, o); });
}

}}  // namespace guerdon
