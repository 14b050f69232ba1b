#pragma once
// The matching blocks of two sequences as Python's difflib.SequenceMatcher finds them (Ratcliff and Obershelp 1988):
// the longest common block, then the same to its left and to its right. For lines and tokens as for characters.
//
// The longest block of a window of a and a window of b is found row by row: len(i, j) = len(i-1, j-1) + 1 wherever
// a[i] = b[j]. Ties go to the smallest i, then the smallest j. With `autojunk` and 200 elements in b or more, an
// element that makes up over 1 % of b starts no block, though a block may grow over it.
//
// Cost: a step for every equal pair (i, j) of the window, for each block: seldom more than a few passes over
// |a||b| / alphabet pairs. Memory O(|a| + |b|).

#include <guerdon/verify/code_point_numbers.hpp>

#include <algorithm>
#include <span>

namespace guerdon {

/// a[a, a + size) equals b[b, b + size).
struct matching_block {
  index_t a, b, size;
  friend bool operator==(const matching_block&, const matching_block&) = default;
};

inline namespace GUERDON_ABI {

/// Refuses two sequences whose product is more than `max_work`, unless that is 0, and what numbers of 32 bits cannot
/// count.
template <class Rule>
void require_matchable(const Rule& rule, std::size_t a, std::size_t b, index_t max_work) {
  const auto n = static_cast<index_t>(a), m = static_cast<index_t>(b);
  rule(max_work == 0 || m == 0 || n <= max_work / m, "max_work", "is less than the length of a times that of b");
  rule(std::max(n, m) < index_t(1) << 31, "a", "and b: a length of 2^31 is too much");
}

/// Works on two sequences of such numbers, which must outlive it.
class sequence_matcher {
 public:
  using sequence = std::vector<std::uint32_t>;

  sequence_matcher(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b, bool autojunk) : a_(a), b_(b) {
    std::uint32_t most = 0;
    for (const auto s : {a, b})
      for (const std::uint32_t x : s) most = std::max(most, x);
    const std::size_t elements = std::size_t(most) + 1;
    memory_.resize(2 * elements + 1 + a.size() + b.size());
    std::uint32_t* const count = memory_.data();
    first_ = memory_.data() + elements, places_ = first_ + elements + 1, starts_ = places_ + b.size();
    for (const std::uint32_t x : b) ++count[x];
    const std::size_t often = autojunk && b.size() >= 200 ? b.size() / 100 + 1 : b.size();
    // first_[x + 1] is where the next x goes, and in the end where those of x end.
    std::uint32_t places = 0;
    for (std::size_t x = 0; x < elements; ++x) {
      first_[x + 1] = places;
      if (count[x] > often) count[x] = 0;
      places += count[x];
    }
    for (std::size_t j = 0; j < b.size(); ++j)
      if (count[b[j]] > 0) places_[first_[b[j] + 1]++] = static_cast<std::uint32_t>(j);
    starts_end_ = starts_;
    for (std::size_t i = 0; i < a.size(); ++i)
      if (count[a[i]] > 0) *starts_end_++ = static_cast<std::uint32_t>(i);
    rows_.resize(b.size() + 1);
  }
  sequence_matcher(const sequence_matcher&) = delete;
  sequence_matcher& operator=(const sequence_matcher&) = delete;

  /// In order, adjacent ones as one; without the sentinel that ends difflib's list.
  std::vector<matching_block> blocks() {
    std::vector<matching_block> found;
    if (equal()) {
      if (!a_.empty()) found.push_back({0, 0, static_cast<index_t>(a_.size())});
      return found;
    }
    found.reserve(16);
    std::vector<window> todo;
    todo.reserve(16);
    todo.push_back({0, a_.size(), 0, b_.size()});
    while (!todo.empty()) {
      const window w = todo.back();
      todo.pop_back();
      const auto [i, j, size] = longest(w);
      if (size == 0) continue;
      found.push_back({static_cast<index_t>(i), static_cast<index_t>(j), static_cast<index_t>(size)});
      if (w.a < i && w.b < j) todo.push_back({w.a, i, w.b, j});
      if (i + size < w.a_end && j + size < w.b_end) todo.push_back({i + size, w.a_end, j + size, w.b_end});
    }
    std::sort(found.begin(), found.end(), [](const auto& x, const auto& y) { return x.a < y.a; });
    std::size_t kept = 0;
    for (const matching_block& x : found) {
      matching_block* last = kept > 0 ? &found[kept - 1] : nullptr;
      if (last && last->a + last->size == x.a && last->b + last->size == x.b) last->size += x.size;
      else found[kept++] = x;
    }
    found.resize(kept);
    return found;
  }

  /// difflib's ratio: twice the elements in blocks by all elements.
  double ratio() {
    if (equal()) return 1;
    index_t matches = 0;
    for (const matching_block& x : blocks()) matches += x.size;
    return 2.0 * static_cast<double>(matches) / static_cast<double>(a_.size() + b_.size());
  }

 private:
  struct window {
    std::size_t a, a_end, b, b_end;
  };
  struct block {
    std::size_t a, b, size;
  };

  bool equal() const { return std::equal(a_.begin(), a_.end(), b_.begin(), b_.end()); }

  /// The first of ascending numbers that is at least `least`. Without a branch that has to be guessed.
  static const std::uint32_t* first_from(const std::uint32_t* begin, const std::uint32_t* end, std::size_t least) {
    for (auto size = static_cast<std::size_t>(end - begin); size > 0;) {
      const std::size_t half = (size + 1) / 2;
      begin += begin[half - 1] < least ? half : 0;
      size -= half;
    }
    return begin;
  }

  block longest(const window& w) {
    const std::uint64_t height = w.a_end - w.a;
    if ((stamp_ + height + 1) >> 32 != 0) {  // stamps have 32 bits
      std::fill(rows_.begin(), rows_.end(), 0);
      stamp_ = 1;
    }
    block best{w.a, w.b, 0};
    for (auto start = first_from(starts_, starts_end_, w.a); start != starts_end_ && *start < w.a_end; ++start) {
      const std::size_t i = *start;
      const std::uint32_t* const begin = places_ + first_[a_[i]];
      const std::uint32_t* at = places_ + first_[a_[i] + 1];
      if (w.b_end < b_.size()) at = first_from(begin, at, w.b_end);
      const std::uint64_t row = stamp_ + 1 + (i - w.a);
      // rows_[j + 1] holds len(i, j) and the row it is of. From the right, so that len(i-1, j-1) is still there; of
      // equals in one row the last seen is then the leftmost.
      bool in_row = false;
      while (at != begin && at[-1] >= w.b) {
        const std::size_t j = *--at;
        const std::uint64_t diagonal = rows_[j], size = diagonal >> 32 == row - 1 ? (diagonal & 0xFFFFFFFF) + 1 : 1;
        rows_[j + 1] = row << 32 | size;
        if (size > best.size || (in_row && size == best.size)) {
          best = {i + 1 - size, j + 1 - size, size};
          in_row = true;
        }
      }
    }
    stamp_ += height + 1;  // no row of the next window lies on a diagonal with one of this
    while (best.a > w.a && best.b > w.b && a_[best.a - 1] == b_[best.b - 1]) --best.a, --best.b, ++best.size;
    while (best.a + best.size < w.a_end && best.b + best.size < w.b_end &&
           a_[best.a + best.size] == b_[best.b + best.size])
      ++best.size;
    return best;
  }

  std::span<const std::uint32_t> a_, b_;
  std::vector<std::uint32_t> memory_;  // of what follows
  std::uint32_t *first_, *places_;     // where each element stands in b, in order: one array cut by element
  std::uint32_t *starts_, *starts_end_;  // where in a a block may start: what stands there stands in b, and is not junk
  std::vector<std::uint64_t> rows_;
  std::uint64_t stamp_ = 1;
};

}}  // namespace guerdon
