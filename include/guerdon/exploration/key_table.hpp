#pragma once
// A hash table of keys of 64 bits, for the length of a call: nothing depends on its order.

#include <guerdon/core/config.hpp>

#include <cstdint>
#include <vector>

namespace guerdon { inline namespace GUERDON_ABI {

/// Open addressing with linear probing, at most half full. To clear it costs nothing.
template <class Value>
class key_table {
 public:
  /// The key's value; Value() where it is new.
  Value& operator[](index_t key) {
    if (2 * (size_ + 1) > slots_.size()) grow();
    slot& s = slots_[place_of(key)];
    if (s.generation != generation_) s = {key, Value(), generation_}, ++size_;
    return s.value;
  }
  /// Nothing where the key is not known.
  const Value* find(index_t key) const {
    if (size_ == 0) return nullptr;
    const slot& s = slots_[place_of(key)];
    return s.generation == generation_ ? &s.value : nullptr;
  }
  std::size_t size() const { return size_; }
  void clear() { size_ = 0, ++generation_; }

 private:
  struct slot {
    index_t key = 0;
    Value value = {};
    std::uint64_t generation = 0;  ///< of an earlier one: empty
  };

  /// Where the key is, or belongs.
  std::size_t place_of(index_t key) const {
    const std::size_t mask = slots_.size() - 1;
    const auto bits = static_cast<std::uint64_t>(key);
    std::size_t k = static_cast<std::size_t>(((bits ^ (bits >> 32)) * 0x9e3779b97f4a7c15u) >> 32) & mask;
    while (slots_[k].generation == generation_ && slots_[k].key != key) k = (k + 1) & mask;
    return k;
  }
  void grow() {
    std::vector<slot> old(slots_.empty() ? 16 : 2 * slots_.size());
    old.swap(slots_);
    for (const slot& s : old)
      if (s.generation == generation_) slots_[place_of(s.key)] = s;
  }

  std::vector<slot> slots_;
  std::size_t size_ = 0;
  std::uint64_t generation_ = 1;
};

}}  // namespace guerdon
