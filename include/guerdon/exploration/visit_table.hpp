#pragma once
// How often states of 64-bit keys have been visited: a table that is counted into, and saved by ascending keys.

#include <guerdon/exploration/key_table.hpp>

#include <algorithm>
#include <utility>

namespace guerdon { inline namespace GUERDON_ABI {

/// Visits of states, which are numbered as they first come.
class visit_table {
 public:
  /// The place of a state among counts(); 0 visits where it is new.
  std::size_t place_of(index_t key) {
    index_t& number = number_[key];  // from 1
    if (number == 0) {
      keys_.push_back(key), counts_.push_back(0);
      number = static_cast<index_t>(keys_.size());
    }
    return static_cast<std::size_t>(number - 1);
  }
  std::vector<index_t>& counts() { return counts_; }
  const std::vector<index_t>& counts() const { return counts_; }
  const std::vector<index_t>& keys() const { return keys_; }
  /// Of a state, 0 where it is not known.
  index_t count(index_t key) const {
    const index_t* const number = number_.find(key);
    return number == nullptr ? 0 : counts_[static_cast<std::size_t>(*number - 1)];
  }
  /// As it is saved: keys with their counts, by key.
  std::vector<std::pair<index_t, index_t>> ascending() const {
    std::vector<std::pair<index_t, index_t>> all;
    for (std::size_t k = 0; k < keys_.size(); ++k) all.emplace_back(keys_[k], counts_[k]);
    std::sort(all.begin(), all.end());
    return all;
  }
  /// False where the state is known.
  bool emplace(index_t key, index_t count) {
    const std::size_t known = keys_.size(), at = place_of(key);
    if (keys_.size() == known) return false;
    counts_[at] = count;
    return true;
  }

  /// Costs nothing.
  void clear() { number_.clear(), keys_.clear(), counts_.clear(); }

 private:
  key_table<index_t> number_;
  std::vector<index_t> keys_, counts_;
};

}}  // namespace guerdon
