#pragma once
// How often states of 64-bit keys have been visited: a table that is counted into, and saved by ascending keys.

#include <guerdon/core/element_numbers.hpp>

#include <algorithm>
#include <utility>

namespace guerdon { inline namespace GUERDON_ABI {

/// Visits of states, which are numbered as they first come.
class visit_table {
 public:
  /// The number of a state, with 0 visits where it is new.
  std::size_t number_of(index_t key) { return states_.of(key); }
  /// A state that will be asked for soon.
  void expect(index_t key) const { states_.expect(key); }
  /// Counts a visit; the visits so far, this one among them.
  index_t visit(index_t key) { return ++visits(number_of(key)); }
  /// By number.
  index_t& visits(std::size_t number) { return states_.value(number); }
  index_t visits(std::size_t number) const { return states_.value(number); }
  index_t key(std::size_t number) const { return states_.element(number); }
  /// States known.
  std::size_t size() const { return states_.size(); }
  /// Of a state, 0 where it is not known.
  index_t count(index_t key) const {
    const auto number = states_.find(key);
    return number == states_.none ? 0 : visits(number);
  }
  /// As it is saved: keys with their counts, by key.
  std::vector<std::pair<index_t, index_t>> ascending() const {
    std::vector<std::pair<index_t, index_t>> all;
    for (std::size_t k = 0; k < size(); ++k) all.emplace_back(key(k), visits(k));
    std::sort(all.begin(), all.end());
    return all;
  }
  /// False where the state is known.
  bool emplace(index_t key, index_t count) {
    const std::size_t known = size(), number = number_of(key);
    if (number < known) return false;
    visits(number) = count;
    return true;
  }

  void clear() { states_.clear(); }

 private:
  element_numbers<index_t, index_t> states_;
};

}}  // namespace guerdon
