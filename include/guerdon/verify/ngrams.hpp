#pragma once
// The n-grams of sequences as small numbers: equal numbers for equal n-grams, exactly. An n-gram is the number of its
// first n-1 elements and its last element; a table per n numbers such pairs.
//
// Cost: a step per element and order.

#include <guerdon/core/element_numbers.hpp>

#include <algorithm>

namespace guerdon { inline namespace GUERDON_ABI { namespace ngrams {

using sequence = std::vector<std::uint32_t>;

/// Numbers of pairs.
class pair_numbers {
 public:
  static constexpr std::uint32_t none = element_numbers<std::uint64_t>::none;

  std::uint32_t of(std::uint32_t first, std::uint32_t second) {
    if (seconds_ == 0) return known_.of(joined(first, second));
    std::uint32_t& number = square_[first * seconds_ + second];
    const bool is_new = number == none;
    number = is_new ? size_ : number;
    size_ += is_new;
    return number;
  }
  /// none of a pair that has no number.
  std::uint32_t find(std::uint32_t first, std::uint32_t second) const {
    if (seconds_ == 0) return known_.find(joined(first, second));
    if (second >= seconds_) return none;
    return square_[first * seconds_ + second];
  }
  std::size_t size() const { return seconds_ == 0 ? known_.size() : size_; }
  /// Forgets all. The pairs to be numbered are of numbers below `firsts` and below `seconds`: where these are few, all
  /// pairs have a place in a table and nothing is hashed.
  void restart(std::size_t firsts, std::size_t seconds) {
    known_.clear();
    const bool few = firsts < few_ && seconds < few_ && firsts * seconds <= few_;
    seconds_ = few ? seconds : 0;
    if (few) square_.assign(firsts * seconds, none);
    size_ = 0;
  }

 private:
  static constexpr std::size_t few_ = 1 << 14;
  static constexpr std::uint64_t joined(std::uint32_t first, std::uint32_t second) {
    return std::uint64_t(first) << 32 | second;
  }
  element_numbers<std::uint64_t> known_;
  std::vector<std::uint32_t> square_;
  std::size_t seconds_ = 0;
  std::uint32_t size_ = 0;
};

/// From the numbers of the (n-1)-grams of a sequence those of its n-grams; `of_order` is the table of n. What `shorter`
/// holds of order 1 are the elements themselves.
inline void lengthen(sequence& shorter, const sequence& elements, std::size_t n, pair_numbers& of_order) {
  const std::size_t count = elements.size() >= n ? elements.size() - n + 1 : 0;
  for (std::size_t i = 0; i < count; ++i) shorter[i] = of_order.of(shorter[i], elements[i + n - 1]);
  shorter.resize(count);
}

/// The same of a sequence that is looked up: what the table does not have stays none.
inline void lengthen_known(sequence& shorter, const sequence& elements, std::size_t n, const pair_numbers& of_order) {
  const std::size_t count = elements.size() >= n ? elements.size() - n + 1 : 0;
  for (std::size_t i = 0; i < count; ++i)
    if (shorter[i] != pair_numbers::none) shorter[i] = of_order.find(shorter[i], elements[i + n - 1]);
  shorter.resize(count);
}

/// The n-grams of a sequence, n >= 1; `orders` numbers those of 2, 3, .. for all sequences that are to be compared.
inline sequence of(const sequence& elements, std::size_t n, std::vector<pair_numbers>& orders) {
  sequence grams = elements;
  for (std::size_t k = 2; k <= n && !grams.empty(); ++k) {
    if (orders.size() < k - 1) orders.emplace_back();
    lengthen(grams, elements, k, orders[k - 2]);
  }
  return grams;
}

}}}  // namespace guerdon::ngrams
