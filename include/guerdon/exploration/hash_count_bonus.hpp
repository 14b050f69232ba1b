#pragma once
// A bonus that falls with the visits of a state, counted by its hash in a table that lives as long as training.
//
// $$b = \beta / \sqrt{n(\mathrm{key})}$$
//
// `order = batch` counts the whole batch before any row reads its count; `online` counts each row as it comes.
//
//   guerdon::hash_count_bonus counter{.options = {.beta = 0.01}};
//   const auto [count, bonus] = counter.update(keys);
//
// Source: Tang et al. 2017, arXiv:1611.04717.
//
// Details that differ:
// - One exact table of 64-bit keys. The released code counts in six tables modulo primes near 10^6 and takes the
//   smallest count: sketch_count_bonus.
// - All 64 bits of a key count: who reads keys from JSON must read integers, not doubles.
// - Merged tables are exactly the table of all their visits, whatever the order.
//
// Cost: a look into a hash table per row; 48 to 112 bytes per state. What is saved is sorted by key.

#include <guerdon/core/value.hpp>
#include <guerdon/exploration/visit_table.hpp>

#include <vector>

namespace guerdon {

enum class count_order { batch, online };
constexpr auto enumerators(count_order) { return std::array{"batch", "online"}; }

namespace op {
struct hash_count_bonus : value_kind {
  static constexpr info about{"hash_count_bonus", "exploration", "Bonus that falls with the visits of a hashed state",
                              "arXiv:1611.04717", skeleton::host};
  struct inputs {
    view<const index_t> key;          ///< [N] states visited, in order
    view<const index_t> table_key;    ///< [K] states known, each once
    view<const index_t> table_count;  ///< [K] >= 0, their visits so far
  };
  struct outputs {
    std::vector<index_t> count;            ///< [N] visits of the row's state
    std::vector<double> bonus;             ///< [N]
    std::vector<index_t> new_table_key;    ///< [M] ascending
    std::vector<index_t> new_table_count;  ///< [M]
  };
  struct options {
    double beta = 1;                         ///< the bonus of a first visit
    count_order order = count_order::batch;  ///< count the whole batch first, or row by row
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("key", &I::key, "N", integers(-20, 20)),
                      array("table_key", &I::table_key, "K", integers(-1000000, 1000000)),
                      array("table_count", &I::table_count, "K", counts(9)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("count", &O::count, "N"), array("bonus", &O::bonus, "N"),
                      array("new_table_key", &O::new_table_key, "M"),
                      array("new_table_count", &O::new_table_count, "M"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("beta", &options::beta), choice("order", &options::order));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {
namespace detail {

/// Counts the rows' visits into the table; what each row reads. Roots are taken while the next state is looked up.
template <class Readings>
Readings count_visits(view<const index_t> key, const op::hash_count_bonus::options& o, visit_table& visits) {
  Readings out;
  out.count.resize(static_cast<std::size_t>(key.size())), out.bonus.resize(out.count.size());
  index_t row = 0;
  const auto read = [&](std::size_t i, index_t visited) {
    out.count[i] = visited;
    out.bonus[i] = o.beta / math::sqrt(static_cast<double>(visited));
  };
  const auto next = [&] {
    constexpr index_t ahead = 16;
    if (row + ahead < key.size()) visits.expect(key[row + ahead]);
    return key[row++];
  };
  if (o.order == count_order::online) {
    for (std::size_t i = 0; i < out.count.size(); ++i) read(i, visits.visit(next()));
    return out;
  }
  for (index_t& state : out.count) {
    state = static_cast<index_t>(visits.number_of(next()));
    ++visits.visits(static_cast<std::size_t>(state));
  }
  for (std::size_t i = 0; i < out.count.size(); ++i) read(i, visits.visits(static_cast<std::size_t>(out.count[i])));
  return out;
}

}  // namespace detail

inline op::hash_count_bonus::outputs updated(op::hash_count_bonus, const op::hash_count_bonus::inputs& in,
                                             const op::hash_count_bonus::options& o = {}) {
  const auto rule = check<op::hash_count_bonus>(in, o);
  visit_table visits;
  for (index_t k = 0; k < in.table_key.size(); ++k)
    rule(visits.emplace(in.table_key[k], in.table_count[k]), "table_key", "must hold each key once");
  auto out = detail::count_visits<op::hash_count_bonus::outputs>(in.key, o, visits);
  for (const auto& [key, count] : visits.ascending()) {
    out.new_table_key.push_back(key);
    out.new_table_count.push_back(count);
  }
  return out;
}

}  // namespace GUERDON_ABI

/// The counter: its table and its options.
struct hash_count_bonus {
  op::hash_count_bonus::options options = {};
  visit_table visits = {};  ///< of each state seen

  struct readings {
    std::vector<index_t> count;  ///< visits of the row's state
    std::vector<double> bonus;
  };

  static constexpr const char* name = "hash_count_bonus";
  static constexpr auto fields() {
    using self = hash_count_bonus;
    return std::tuple_cat(std::tuple(op::saved("visits", &self::visits)),
                          op::saved_options<op::hash_count_bonus>(&self::options));
  }

  /// Counts the states of a batch, in order.
  [[gnu::always_inline]] readings update(view<const index_t> key) {
    check<op::hash_count_bonus>(op::hash_count_bonus::inputs{key, {}, {}}, options);
    return detail::count_visits<readings>(key, options, visits);
  }
  /// Visits of a state so far.
  [[gnu::always_inline]] index_t count(index_t key) const {
    return visits.count(key);
  }
  /// Takes all that another one has counted.
  [[gnu::always_inline]] void merge(const hash_count_bonus& other) {
    const std::size_t known = other.visits.size();
    for (std::size_t k = 0; k < known; ++k) {  // by number: the other one may be this one
      const index_t n = other.visits.visits(k);
      visits.visits(visits.number_of(other.visits.key(k))) += n;
    }
  }
};

}  // namespace guerdon
