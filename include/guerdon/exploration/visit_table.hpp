#pragma once
// How often states of 64-bit keys have been visited: a table that is counted into, and saved by ascending keys.

#include <guerdon/core/element_numbers.hpp>

#include <algorithm>
#include <utility>

namespace guerdon { inline namespace GUERDON_ABI {

/// Visits of states, which are numbered as they first come.
class visit_table {
 public:
  /// The number of a state among counts(); 0 visits where it is new.
  std::size_t number_of(index_t key) {
    const std::size_t number = states_.of(key);
    if (number == counts_.size()) counts_.push_back(0);
    return number;
  }
  /// Counts a visit; the visits so far, this one among them.
  index_t visit(index_t key) { return ++counts_[number_of(key)]; }
  std::vector<index_t>& counts() { return counts_; }
  const std::vector<index_t>& counts() const { return counts_; }
  const std::vector<index_t>& keys() const { return states_.known(); }
  /// Of a state, 0 where it is not known.
  index_t count(index_t key) const {
    const auto number = states_.find(key);
    return number == states_.none ? 0 : counts_[number];
  }
  /// As it is saved: keys with their counts, by key.
  std::vector<std::pair<index_t, index_t>> ascending() const {
    std::vector<std::pair<index_t, index_t>> all;
    for (std::size_t k = 0; k < counts_.size(); ++k) all.emplace_back(keys()[k], counts_[k]);
    std::sort(all.begin(), all.end());
    return all;
  }
  /// False where the state is known.
  bool emplace(index_t key, index_t count) {
    const std::size_t known = counts_.size(), number = number_of(key);
    if (number < known) return false;
    counts_[number] = count;
    return true;
  }

  void clear() { states_.clear(), counts_.clear(); }

 private:
  element_numbers<index_t> states_;
  std::vector<index_t> counts_;
};

}}  // namespace guerdon
