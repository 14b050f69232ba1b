#pragma once
// Elements as small numbers: equal numbers for equal elements, exactly, in the order of first appearance. States by
// their keys, words, lines, tokens. Flat tables: a single element allocates nothing.

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

struct nothing_beside {};

/// Integers or std::string_view, whose texts must outlive the table. Fewer than 2^32 - 1 of them.
///
/// Open addressing in slots of eight bytes. From its home x goes to home ^ 1, home ^ 2, ..: a pair, then a cache line,
/// then all slots. No more than a third are taken, so that nearly every look-up ends in the pair, which is told apart
/// by arithmetic rather than by branches.
///
/// A Value beside each element, 0 or empty at first, lies in the same line of the cache.
template <class Element, class Value = nothing_beside>
class element_numbers {
 public:
  /// What find says of an element that has no number.
  static constexpr std::uint32_t none = 0xFFFFFFFF;

  std::uint32_t of(const Element& x) {
    return of(x, hash_of(x), equal_to(x));
  }
  /// The same of elements that stand for something else, such as the place where it begins: its hash, and same(y),
  /// whether y stands for an equal one.
  template <class Same>
  std::uint32_t of(const Element& x, std::uint32_t hash, Same same) {
    if (!slots_.empty()) {
      const slot& s = likely_slot(hash);
      if (s.may_hold(hash) && same(known_[s.number].element)) return s.number;
    }
    return of_far(x, hash, same);
  }
  std::uint32_t find(const Element& x) const {
    if (known_.empty()) return none;
    const std::uint32_t hash = hash_of(x);
    const std::size_t home = home_of(hash);
    const slot &a = slots_[home], &b = slots_[home ^ 1];
    const std::uint32_t in_a = 0u - a.may_hold(hash), in_b = ~in_a & (0u - b.may_hold(hash)), held = in_a | in_b;
    const std::uint32_t number = (a.number & in_a) | (b.number & in_b);
    const std::uint32_t other = known_[number].element != x, full = std::uint32_t(a.taken()) & std::uint32_t(b.taken());
    if ((held & other) | (~held & full)) return slots_[place_of(hash, equal_to(x))].number;
    return number | ~held;  // none is all ones
  }
  std::size_t size() const { return known_.size(); }
  /// To be changed for an equal one only.
  Element& element(std::size_t number) { return known_[number].element; }
  const Element& element(std::size_t number) const { return known_[number].element; }
  Value& value(std::size_t number) { return known_[number].value; }
  const Value& value(std::size_t number) const { return known_[number].value; }
  /// x is to be looked up soon: asks for its memory.
  void expect(const Element& x) const {
    if (!slots_.empty()) expect_hash(hash_of(x));
  }
  /// The same of a hash, where there is room for one.
  void expect_hash(std::uint32_t hash) const { __builtin_prefetch(&slots_[home_of(hash)]); }
  /// Room for so many elements.
  void reserve(std::size_t count) {
    if (3 * count <= slots_.size()) return;
    do --shift_;
    while (3 * count > std::size_t(1) << (32 - shift_));
    std::vector<slot> old(std::size_t(1) << (32 - shift_));
    old.swap(slots_);
    const auto another = [](const Element&) { return false; };  // all that are known differ
    for (const slot& s : old)
      if (s.taken()) slots_[place_of(s.hash, another)] = s;
    known_.reserve(slots_.size() / 3);
  }
  /// Forgets all, and keeps the memory. Empties no more slots than the elements that were here call for: what once was
  /// many does not burden the few that come after.
  void clear() {
    std::size_t size = slots_.size();
    for (; size > least_slots && 128 * known_.size() < size; size /= 2) ++shift_;
    slots_.assign(size, slot{});
    known_.clear();
  }

 private:
  struct slot {
    std::uint32_t hash = 0, number = none;
    bool taken() const { return number != none; }
    bool may_hold(std::uint32_t h) const { return (hash == h) & (number != none); }
  };

  struct entry {
    Element element;
    [[no_unique_address]] Value value;
  };

  static auto equal_to(const Element& x) {
    return [&x](const Element& y) { return y == x; };
  }
  static std::uint32_t hash_of(const Element& x) { return static_cast<std::uint32_t>(hashes::of(x) >> 32); }
  std::size_t home_of(std::uint32_t hash) const { return static_cast<std::size_t>(std::uint64_t(hash) >> shift_); }
  /// Of the pair.
  const slot& likely_slot(std::uint32_t hash) const {
    const std::size_t home = home_of(hash);
    return slots_[slots_[home].may_hold(hash) ? home : home ^ 1];
  }

  /// Where an element is that is the same, or would go.
  template <class Same>
  std::size_t place_of(std::uint32_t hash, Same same) const {
    const std::size_t home = home_of(hash);
    std::size_t i = 0;
    for (const slot* s; (s = &slots_[home ^ i])->taken() && !(s->hash == hash && same(known_[s->number].element));) ++i;
    return home ^ i;
  }
  template <class Same>
  [[gnu::noinline]] std::uint32_t of_far(const Element& x, std::uint32_t hash, Same same) {
    reserve(known_.size() + 1);
    slot& s = slots_[place_of(hash, same)];
    if (!s.taken()) {
      s = {hash, static_cast<std::uint32_t>(known_.size())};
      known_.push_back({x, {}});
    }
    return s.number;
  }

  static constexpr std::size_t least_slots = 64;

  std::vector<slot> slots_;   // a power of two of them, or none yet
  std::vector<entry> known_;  // by number
  int shift_ = 27;            // of the hash, which leaves a slot's number: of the least table's, after the first growth
};

}}  // namespace guerdon
