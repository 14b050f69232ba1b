#pragma once
// Longest common subsequence and edit distance of two sequences of small numbers, 64 cells of a column at a time.
//
// One sequence stands along the bits of some words, the other is gone through; a column of the table of dynamic
// programming is kept as its differences, which are one or two bits a cell.
//
// Source: Hyyro (2004), "Bit-parallel LCS-length computation revisited"; Myers (1999), "A fast bit-vector algorithm for
// approximate string matching", in Hyyro's form with blocks (2003).
//
// Cost: |a||b| / 64 steps, memory O(|a| + |b|).

#include <guerdon/verify/sequence_matcher.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace bit_rows {

using sequence = std::vector<std::uint32_t>;

/// Where each element stands in a sequence, as bits. Only the words that have any are kept.
class places {
 public:
  explicit places(const sequence& s) : words_((s.size() + 63) / 64) {
    std::uint32_t most = 0;
    for (const std::uint32_t x : s) most = std::max(most, x);
    first_.assign(std::size_t(most) + 2, 0);
    for (const std::uint32_t x : s) ++first_[x + 1];
    for (std::size_t x = 1; x < first_.size(); ++x) first_[x] += first_[x - 1];
    at_.resize(s.size());
    std::vector<std::size_t> next(first_.begin(), first_.end() - 1);
    for (std::size_t i = 0; i < s.size(); ++i) at_[next[s[i]]++] = i;
  }

  std::size_t words() const { return words_; }
  /// The bits of an element, into `row` of that many words.
  void fill(std::uint32_t element, std::vector<std::uint64_t>& row) const {
    row.assign(words_, 0);
    if (std::size_t(element) + 1 >= first_.size()) return;
    for (std::size_t k = first_[element]; k < first_[element + 1]; ++k)
      row[at_[k] / 64] |= std::uint64_t(1) << at_[k] % 64;
  }

 private:
  std::size_t words_;
  std::vector<std::size_t> first_, at_;
};

inline index_t longest_common_subsequence(const sequence& a, const sequence& b) {
  const sequence &along = a.size() < b.size() ? b : a, &through = a.size() < b.size() ? a : b;
  const places bits(along);
  std::vector<std::uint64_t> column(bits.words(), ~std::uint64_t(0)), match;  // a 0 is a step upwards
  for (const std::uint32_t x : through) {
    bits.fill(x, match);
    std::uint64_t carry = 0;
    for (std::size_t w = 0; w < column.size(); ++w) {
      const std::uint64_t v = column[w], u = v & match[w], sum = v + u, with_carry = sum + carry;
      carry = (sum < v) | (with_carry < sum);
      column[w] = with_carry | (v - u);
    }
  }
  index_t length = 0;
  for (std::size_t i = 0; i < along.size(); ++i) length += (column[i / 64] >> i % 64 & 1) == 0;
  return length;
}

/// Insertions, deletions and substitutions at 1 each.
inline index_t edit_distance(const sequence& a, const sequence& b) {
  // What both begin and end with costs nothing.
  std::size_t begin = 0, a_end = a.size(), b_end = b.size();
  while (begin < a_end && begin < b_end && a[begin] == b[begin]) ++begin;
  while (a_end > begin && b_end > begin && a[a_end - 1] == b[b_end - 1]) --a_end, --b_end;
  const auto part = [&](const sequence& s, std::size_t end) {
    return sequence(s.begin() + static_cast<std::ptrdiff_t>(begin), s.begin() + static_cast<std::ptrdiff_t>(end));
  };
  sequence along = part(a, a_end), through = part(b, b_end);
  if (along.size() < through.size()) std::swap(along, through);
  if (through.empty()) return static_cast<index_t>(along.size());

  const places bits(along);
  std::vector<std::uint64_t> up(bits.words(), ~std::uint64_t(0)), down(bits.words(), 0), match;
  index_t distance = static_cast<index_t>(along.size());
  const std::size_t last_bit = (along.size() - 1) % 64;
  for (const std::uint32_t x : through) {
    bits.fill(x, match);
    std::uint64_t plus_in = 1, minus_in = 0;  // the step of the row above: one more, always
    for (std::size_t w = 0; w < up.size(); ++w) {
      const std::uint64_t p = up[w], m = down[w], e = match[w] | minus_in, v = match[w] | m;
      const std::uint64_t h = (((e & p) + p) ^ p) | e;
      std::uint64_t plus = m | ~(h | p), minus = p & h;
      if (w + 1 == up.size())
        distance += static_cast<index_t>(plus >> last_bit & 1) - static_cast<index_t>(minus >> last_bit & 1);
      const std::uint64_t plus_out = plus >> 63, minus_out = minus >> 63;
      plus = plus << 1 | plus_in, minus = minus << 1 | minus_in;
      up[w] = minus | ~(v | plus);
      down[w] = plus & v;
      plus_in = plus_out, minus_in = minus_out;
    }
  }
  return distance;
}

}}}  // namespace guerdon::bit_rows
