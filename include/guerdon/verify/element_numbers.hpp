#pragma once
// Words, lines, tokens and characters as small numbers: equal numbers for equal elements, exactly, in the order of
// first appearance. Flat tables: a single element allocates nothing.

#include <guerdon/core/text.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>
#include <vector>

namespace guerdon { inline namespace GUERDON_ABI {

namespace hashes {

/// splitmix64: every bit of the result depends on every bit of z, so that neither runs nor strides fall together.
constexpr std::uint64_t mixed(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

template <class Integer>
  requires std::is_integral_v<Integer>
constexpr std::uint64_t of(Integer x) { return mixed(static_cast<std::uint64_t>(x)); }

/// Eight bytes at a time.
inline std::uint64_t of(std::string_view text) {
  const auto read = [](const char* at, std::size_t size) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, at, size);
    return bytes;
  };
  const char* at = text.data();
  std::size_t left = text.size();
  std::uint64_t h = left;
  const auto take = [&](std::uint64_t bytes) {
    h = (h ^ bytes) * 0x9fb21c651e98df25u;
    h ^= h >> 32;
  };
  for (; left >= 8; at += 8, left -= 8) take(read(at, 8));
  if (left >= 4) take(read(at, 4) | read(at + left - 4, 4) << 32);
  else if (left > 0) take(read(at, 1) | read(at + left / 2, 1) << 8 | read(at + left - 1, 1) << 16);
  return mixed(h);
}

}  // namespace hashes

/// Integers or std::string_view, whose texts must outlive the table.
template <class Element>
class element_numbers {
 public:
  /// What find says of an element that has no number.
  static constexpr std::uint32_t none = 0xFFFFFFFF;

  std::uint32_t of(const Element& x) {
    if (2 * known_.size() >= slots_.size()) grow();
    const std::uint32_t hash = hash_of(x);
    slot& s = slots_[place_of(x, hash)];
    if (s.number == none) {
      s = {hash, static_cast<std::uint32_t>(known_.size())};
      known_.push_back(x);
    }
    return s.number;
  }
  std::uint32_t find(const Element& x) const {
    return known_.empty() ? none : slots_[place_of(x, hash_of(x))].number;
  }
  std::size_t size() const { return known_.size(); }
  /// Forgets all, and keeps the memory.
  void clear() {
    known_.clear();
    slots_.assign(slots_.size(), slot{});
  }

 private:
  struct slot {
    std::uint32_t hash = 0, number = none;
  };

  static std::uint32_t hash_of(const Element& x) { return static_cast<std::uint32_t>(hashes::of(x) >> 32); }

  /// Where x is, or would go; the table is never full.
  std::size_t place_of(const Element& x, std::uint32_t hash) const {
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
      const slot& s = slots_[at];
      if (s.number == none || (s.hash == hash && known_[s.number] == x)) return at;
    }
  }
  void grow() {
    const std::size_t size = std::max<std::size_t>(64, 2 * slots_.size());
    const std::vector<slot> old = std::exchange(slots_, std::vector<slot>(size));
    const std::size_t mask = slots_.size() - 1;
    for (const slot& s : old) {
      if (s.number == none) continue;
      std::size_t at = s.hash & mask;
      while (slots_[at].number != none) at = (at + 1) & mask;
      slots_[at] = s;
    }
    known_.reserve(slots_.size() / 2);
  }

  std::vector<slot> slots_;     // a power of two of them, or none yet; at least half are free
  std::vector<Element> known_;  // by number
};

/// Code points: ASCII has its own numbers, so that these have gaps.
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
