#pragma once
// How many tables and columns of the right query the predicted one names.
//
// $$r = \frac{|P \cap G|}{|P \cup G|} \quad \text{or} \quad r = \frac{|P \cap G|}{|G|}$$
//
// as sets (`jaccard`, `recall`); 0 where the denominator is.
//
// Source: Reasoning-SQL, arXiv:2503.23157, for jaccard; its first author's SQL-Judge, database_manager.py, for recall.
//
// Details that differ:
// - Names come from the caller's parser; of a query that does not parse hand over none. The authors' code compares them
//   as written; `fold_case` does so in lower case.
//
// Cost: n log n in the names. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/core/text.hpp>
#include <guerdon/verify/sets.hpp>

#include <span>

namespace guerdon {

enum class schema_mode { jaccard, recall };
constexpr auto enumerators(schema_mode) { return std::array{"jaccard", "recall"}; }

namespace op {
struct schema_linking_reward : host_kind {
  static constexpr info about{"schema_linking_reward", "verify",
                              "Tables and columns that a query names (Reasoning-SQL)",
                              "arXiv:2503.23157", skeleton::host};
  struct inputs {
    text_view predicted_item;  ///< tables and columns of the predicted query
    text_view gold_item;       ///< and of the right one
  };
  struct outputs {
    double reward = 0;  ///< between 0 and 1
  };
  struct options {
    schema_mode mode = schema_mode::jaccard;
    bool fold_case = false;  ///< compare in lower case
  };

  template <class I>
  static constexpr auto arguments() {
    constexpr range names = words().together("labels");
    return std::tuple(list_of("predicted_item", &I::predicted_item, "P", "predicted_offsets", names),
                      list_of("gold_item", &I::gold_item, "G", "gold_offsets", names));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("reward", &O::reward, "B")); }
  static constexpr auto parameters() {
    return std::tuple(choice("mode", &options::mode), flag("fold_case", &options::fold_case));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One query.
inline op::schema_linking_reward::outputs schema_linking_reward(const op::schema_linking_reward::inputs& in,
                                                                const op::schema_linking_reward::options& o = {}) {
  check<op::schema_linking_reward>(in, o);
  const auto names = [&](text_view items) {
    std::vector<std::string> all;
    for (index_t k = 0; k < items.size(); ++k)
      all.push_back(o.fold_case ? unicode::lower(items[k]) : std::string(items[k]));
    return sets::of(std::move(all));
  };
  const auto predicted = names(in.predicted_item), gold = names(in.gold_item);
  const auto common = static_cast<double>(sets::count_common(predicted, gold));
  const auto all = static_cast<double>(gold.size()) +
                   (o.mode == schema_mode::jaccard ? static_cast<double>(predicted.size()) - common : 0);
  return {all == 0 ? 0 : common / all};
}

/// A batch, in order.
inline auto schema_linking_reward(const host_rows& rows, std::span<const op::schema_linking_reward::inputs> in,
                                  const op::schema_linking_reward::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return schema_linking_reward(row, o); });
}

}}  // namespace guerdon
