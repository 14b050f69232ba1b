#pragma once
// Whether a query's result is the right one: as a set of rows, with their numbers, or in their order.
//
// $$m = [\text{it ran}]\,[P = G]$$
//
// An empty result on either side never matches, unless `empty_match` lets two empty ones.
//
// Source: Reasoning-SQL, arXiv:2503.23157; its first author's SQL-Judge, execution.py: sets of rows, as BIRD does.
//
// Details that differ:
// - Queries run elsewhere (adapt/sqlite.hpp): a row comes as one text, whose separators and forms of numbers are the
//   caller's, and a status. The authors take the first 5000 rows and allow 60 seconds.
//
// Cost: n log n in the rows. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/verify/sets.hpp>

#include <span>

namespace guerdon {

enum class result_match { set, multiset, ordered };
constexpr auto enumerators(result_match) { return std::array{"set", "multiset", "ordered"}; }

namespace op {
struct sql_execution_match : host_kind {
  static constexpr info about{"sql_execution_match", "verify",
                              "Whether a query's result is the right one (Reasoning-SQL)",
                              "arXiv:2503.23157", skeleton::host};
  struct inputs {
    text_view predicted_row;  ///< rows of the predicted query's result, each as one text
    text_view gold_row;       ///< and of the right query's
    index_t status = 0;       ///< of the predicted query: 0 ran, 1 error, 2 out of time
  };
  struct outputs {
    bool match = false;
  };
  struct options {
    result_match mode = result_match::set;
    bool empty_match = false;  ///< two empty results match
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(list_of("predicted_row", &I::predicted_row, "P", "predicted_offsets", words().together("labels")),
                      list_of("gold_row", &I::gold_row, "G", "gold_offsets", words().together("labels")),
                      array("status", &I::status, "B", integers(0, 2)));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("match", &O::match, "B")); }
  static constexpr auto parameters() {
    return std::tuple(choice("mode", &options::mode), flag("empty_match", &options::empty_match));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One query.
inline op::sql_execution_match::outputs sql_execution_match(const op::sql_execution_match::inputs& in,
                                                            const op::sql_execution_match::options& o = {}) {
  check<op::sql_execution_match>(in, o);
  if (in.status != 0) return {};
  const bool no_rows = in.predicted_row.size() == 0, no_gold = in.gold_row.size() == 0;
  if (no_rows || no_gold) return {no_rows && no_gold && o.empty_match};
  const auto rows = [&](text_view all) {
    std::vector<std::string_view> rows;
    for (index_t k = 0; k < all.size(); ++k) rows.push_back(all[k]);
    if (o.mode == result_match::set) return sets::of(std::move(rows));
    if (o.mode == result_match::multiset) std::sort(rows.begin(), rows.end());
    return rows;
  };
  return {rows(in.predicted_row) == rows(in.gold_row)};
}

/// A batch, in order.
inline auto sql_execution_match(const host_rows& rows, std::span<const op::sql_execution_match::inputs> in,
                                const op::sql_execution_match::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return sql_execution_match(row, o); });
}

}}  // namespace guerdon
