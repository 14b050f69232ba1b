#pragma once
// A bonus that falls with the visits of a state, counted in a count-min sketch: memory does not grow with the states.
//
// $$b = \beta / \sqrt{n}, \qquad n = \min_r C_r[\mathrm{key} \bmod p_r]$$
//
// after each visit of a key has counted in one cell of every row r, of $p_r$ cells. `order` is hash_count_bonus's.
//
//   guerdon::sketch_count_bonus counter{.options = {.beta = 0.01}};
//   const auto [count, bonus] = counter.update(guerdon::simhash<float>(backend, {...}).key);
//
// Source: Tang et al. 2017, arXiv:1611.04717; openai/EPG, epg/exploration.py, whose six sizes are the default. Cormode
// and Muthukrishnan 2005.
//
// Details that differ:
// - Counts are never too small, and exact as long as every state has a cell of its own in one of the rows. Where states
//   are few, hash_count_bonus is exact and smaller.
// - The released code sums signs in place of bits, and so comes to other cells, which collide where these do: twice the
//   key less a constant is as good as the key modulo an odd number. A product of exactly 0 is its third symbol.
// - Merged sketches are exactly the sketch of all their visits.
//
// Cost: a cell of each row per visit, and 8 bytes per cell: 48 MB. What is saved are the cells counted in.

#include <guerdon/core/value.hpp>
#include <guerdon/exploration/hash_count_bonus.hpp>

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

namespace guerdon {
namespace op {
struct sketch_count_bonus : value_kind {
  static constexpr info about{"sketch_count_bonus", "exploration", "Bonus that falls with visits counted in a sketch",
                              "arXiv:1611.04717", skeleton::host};
  struct inputs {
    view<const index_t> key;          ///< [N] states visited, in order
    view<const index_t> bucket_size;  ///< [R] cells in each row, best primes; together at most 2^28
    view<const index_t> cell;         ///< [K] cells counted in, numbered row by row; what stands twice adds up
    view<const index_t> cell_count;   ///< [K] >= 0
  };
  struct outputs {
    std::vector<index_t> count;           ///< [N] visits of the row's state, at most
    std::vector<double> bonus;            ///< [N]
    std::vector<index_t> new_cell;        ///< [M] ascending
    std::vector<index_t> new_cell_count;  ///< [M]
  };
  using options = hash_count_bonus::options;

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("key", &I::key, "N", integers(-20, 20)),
                      array("bucket_size", &I::bucket_size, "R", whole_within(1, 1 << 28).drawn(21, 29)),
                      array("cell", &I::cell, "K", whole_within(0, 1 << 28).drawn(0, 20)),
                      array("cell_count", &I::cell_count, "K", counts(9)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("count", &O::count, "N"), array("bonus", &O::bonus, "N"),
                      array("new_cell", &O::new_cell, "M"), array("new_cell_count", &O::new_cell_count, "M"));
  }
  static constexpr auto parameters() { return hash_count_bonus::parameters(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Rows of counts, one behind the other, saved by the cells that are not 0.
class count_cells {
 public:
  static constexpr index_t most = index_t(1) << 28;

  index_t& operator[](index_t cell) { return counts_[static_cast<std::size_t>(cell)]; }
  index_t operator[](index_t cell) const { return cell < size() ? counts_[static_cast<std::size_t>(cell)] : 0; }
  index_t size() const { return static_cast<index_t>(counts_.size()); }
  void grow(index_t size) { counts_.resize(static_cast<std::size_t>(std::max(size, this->size()))); }

  std::vector<std::pair<index_t, index_t>> ascending() const {
    std::vector<std::pair<index_t, index_t>> all;
    for (index_t cell = 0; cell < size(); ++cell)
      if ((*this)[cell] != 0) all.emplace_back(cell, (*this)[cell]);
    return all;
  }
  /// False where the cell has been counted in, or lies beyond the most.
  bool emplace(index_t cell, index_t count) {
    if (cell < 0 || cell >= most) return false;
    grow(cell + 1);
    return std::exchange((*this)[cell], count) == 0;
  }

 private:
  std::vector<index_t> counts_;
};

namespace detail {

/// f(cell) for the cell of a key in each row.
template <class F>
void each_cell(view<const index_t> bucket_size, index_t key, F f) {
  index_t row = 0;
  for (const index_t size : bucket_size) {
    const index_t rest = key % size;
    f(row + (rest < 0 ? rest + size : rest));
    row += size;
  }
}
inline index_t least_count(view<const index_t> bucket_size, index_t key, const count_cells& cells) {
  index_t least = std::numeric_limits<index_t>::max();
  each_cell(bucket_size, key, [&](index_t cell) { least = std::min(least, cells[cell]); });
  return least;
}

template <class Readings>
Readings count_visits(const op::sketch_count_bonus::inputs& in, const op::sketch_count_bonus::options& o,
                      count_cells& cells) {
  const auto rule = check<op::sketch_count_bonus>(in, o);
  index_t all = 0;
  for (const index_t size : in.bucket_size) {
    rule(all <= count_cells::most - size, "bucket_size", "must sum up to at most 2^28");
    all += size;
  }
  rule(all > 0, "bucket_size", "must not be empty");
  rule(cells.size() <= all, "cell", "must be below the sum of bucket_size");
  cells.grow(all);
  const auto count = [&](index_t key) { each_cell(in.bucket_size, key, [&](index_t cell) { ++cells[cell]; }); };
  if (o.order == count_order::batch)
    for (const index_t key : in.key) count(key);
  Readings out;
  for (const index_t key : in.key) {
    if (o.order == count_order::online) count(key);
    out.count.push_back(least_count(in.bucket_size, key, cells));
    out.bonus.push_back(o.beta / math::sqrt(static_cast<double>(out.count.back())));
  }
  return out;
}

}  // namespace detail

inline op::sketch_count_bonus::outputs updated(op::sketch_count_bonus, const op::sketch_count_bonus::inputs& in,
                                               const op::sketch_count_bonus::options& o = {}) {
  check<op::sketch_count_bonus>(in, o);
  count_cells cells;
  for (index_t k = 0; k < in.cell.size(); ++k) {
    cells.grow(in.cell[k] + 1);
    cells[in.cell[k]] += in.cell_count[k];
  }
  auto out = detail::count_visits<op::sketch_count_bonus::outputs>(in, o, cells);
  for (const auto& [cell, count] : cells.ascending()) {
    out.new_cell.push_back(cell);
    out.new_cell_count.push_back(count);
  }
  return out;
}

}  // namespace GUERDON_ABI

/// The counter: its cells, their rows and its options.
struct sketch_count_bonus {
  op::sketch_count_bonus::options options = {};
  std::vector<index_t> bucket_size = {999931, 999953, 999959, 999961, 999979, 999983};
  count_cells visits = {};

  using readings = hash_count_bonus::readings;

  static constexpr const char* name = "sketch_count_bonus";
  static constexpr auto fields() {
    using self = sketch_count_bonus;
    return std::tuple_cat(
        std::tuple(op::saved("bucket_size", &self::bucket_size), op::saved("visits", &self::visits)),
        op::saved_options<op::sketch_count_bonus>(&self::options));
  }

  /// Counts the states of a batch, in order.
  [[gnu::always_inline]] readings update(view<const index_t> key) {
    return detail::count_visits<readings>({key, bucket_size, {}, {}}, options, visits);
  }
  /// Visits of a state so far, at most.
  [[gnu::always_inline]] index_t count(index_t key) const { return detail::least_count(bucket_size, key, visits); }
  /// Takes all that another one of the same rows has counted.
  [[gnu::always_inline]] void merge(const sketch_count_bonus& other) {
    require(bucket_size == other.bucket_size, name, "bucket_size", "must be the same of both");
    visits.grow(other.visits.size());
    for (index_t cell = 0; cell < other.visits.size(); ++cell) visits[cell] += other.visits[cell];
  }
};

}  // namespace guerdon
