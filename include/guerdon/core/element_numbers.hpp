#pragma once
// Elements as small numbers: equal numbers for equal elements, exactly, in the order of first appearance. States by their
// keys, words, lines, tokens. Flat tables: a single element allocates nothing.

#include <guerdon/core/config.hpp>

#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>
#include <vector>

namespace guerdon { inline namespace GUERDON_ABI {

namespace hashes {

/// splitmix64: every bit of the result depends on every bit of z, so that neither runs nor strides fall together.
constexpr std::uint64_t mixed(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

/// Two rounds: the upper bits depend on every bit of x, and these are all that a table reads.
template <class Integer>
  requires std::is_integral_v<Integer>
constexpr std::uint64_t of(Integer x) {
  const std::uint64_t z = static_cast<std::uint64_t>(x) * 0x9e3779b97f4a7c15u;
  return (z ^ (z >> 32)) * 0xbf58476d1ce4e5b9u;
}

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

/// Integers or std::string_view, whose texts must outlive the table. Fewer than 2^32 - 1 of them.
///
/// Open addressing. From its home x goes to home ^ 1, home ^ 2, ..: a pair, then a cache line, then all slots. No more
/// than a quarter are taken, so that nearly every look-up ends in the pair, by arithmetic rather than by branches.
template <class Element>
class element_numbers {
 public:
  /// What find says of an element that has no number.
  static constexpr std::uint32_t none = 0xFFFFFFFF;

  std::uint32_t of(const Element& x) {
    const mark m = mark_of(x);
    if (!slots_.empty()) {
      const std::size_t home = home_of(m);
      const slot& s = slots_[may_hold(slots_[home], m) ? home : home ^ 1];
      if (holds(s, m, x)) return s.number;
    }
    return of_far(x, m);
  }
  std::uint32_t find(const Element& x) const {
    if (known_.empty()) return none;
    const mark m = mark_of(x);
    const std::size_t home = home_of(m);
    const slot &a = slots_[home], &b = slots_[home ^ 1];
    const std::uint32_t in_a = 0u - holds(a, m, x), in_b = 0u - holds(b, m, x);
    if (std::uint32_t(taken(a)) & std::uint32_t(taken(b)) & ~(in_a | in_b)) return find_far(x, m);
    return (a.number & in_a) | (b.number & in_b) | ~(in_a | in_b);  // none is all ones
  }
  std::size_t size() const { return known_.size(); }
  /// By number.
  const std::vector<Element>& known() const { return known_; }
  /// Forgets all, and keeps the memory: costs nothing.
  void clear() {
    known_.clear();
    if (++generation_ == 0) slots_.clear(), generation_ = 1, shift_ = none_at_all;
  }

 private:
  static constexpr bool integers = std::is_integral_v<Element>;
  static constexpr int none_at_all = 59;  ///< of 64 bits; the first table has 64 slots

  /// What a slot says of its element: all of an integer, 32 bits of the hash of a text.
  using mark = std::conditional_t<integers, Element, std::uint32_t>;
  struct slot {
    mark of = {};
    std::uint32_t number = none;
    std::uint32_t generation = 0;  ///< of an earlier one: free
  };

  static mark mark_of(const Element& x) {
    if constexpr (integers) return x;
    else return static_cast<mark>(hashes::of(x) >> 32);
  }
  std::size_t home_of(mark m) const {
    if constexpr (integers) return static_cast<std::size_t>(hashes::of(m) >> shift_);
    else return static_cast<std::size_t>(std::uint64_t(m) << 32 >> shift_);
  }
  bool taken(const slot& s) const { return s.generation == generation_; }
  bool may_hold(const slot& s, mark m) const { return taken(s) & (s.of == m); }
  bool holds(const slot& s, mark m, const Element& x) const {
    if constexpr (integers) return may_hold(s, m);
    else return may_hold(s, m) && known_[s.number] == x;
  }

  /// Where x is, or would go.
  std::size_t place_of(const Element& x, mark m) const {
    const std::size_t home = home_of(m);
    std::size_t i = 0;
    while (taken(slots_[home ^ i]) && !holds(slots_[home ^ i], m, x)) ++i;
    return home ^ i;
  }
  [[gnu::noinline]] std::uint32_t find_far(const Element& x, mark m) const {
    const slot& s = slots_[place_of(x, m)];
    return taken(s) ? s.number : none;
  }
  [[gnu::noinline]] std::uint32_t of_far(const Element& x, mark m) {
    if (4 * (known_.size() + 1) > slots_.size()) grow();
    slot& s = slots_[place_of(x, m)];
    if (!taken(s)) {
      s = {m, static_cast<std::uint32_t>(known_.size()), generation_};
      known_.push_back(x);
    }
    return s.number;
  }
  void grow() {
    --shift_;
    std::vector<slot> old(std::size_t(1) << (64 - shift_));
    old.swap(slots_);
    for (const slot& s : old)
      if (taken(s)) slots_[place_of(known_[s.number], s.of)] = s;
    known_.reserve(slots_.size() / 4);
  }

  std::vector<slot> slots_;     // a power of two of them, or none yet
  std::vector<Element> known_;  // by number
  std::uint32_t generation_ = 1;
  int shift_ = none_at_all;  // of the hash, which leaves the number of a slot
};

}}  // namespace guerdon
