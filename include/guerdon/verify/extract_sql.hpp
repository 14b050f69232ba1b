#pragma once
// The query of a completion: what stands in its last block of three backticks and "sql", or all of it.
//
// Source: Reasoning-SQL, arXiv:2503.23157; its first author's SQL-Judge, database_manager.py.
//
// Details that differ:
// - None by intent. "sql" is the beginning of the block's tag only: "sqlite" leaves "ite" before the query. Without a
//   block that is closed the completion comes out as it is, white space and all.
//
// Cost: linear. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/verify/tags.hpp>

#include <span>

namespace guerdon {
namespace op {
struct extract_sql : host_kind {
  static constexpr info about{"extract_sql", "verify", "The query of a completion (Reasoning-SQL)", "arXiv:2503.23157",
                              skeleton::host};
  struct inputs {
    std::string_view completion;
  };
  struct outputs {
    std::string sql;
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("completion", &I::completion, "B", words())); }
  template <class O>
  static constexpr auto results() { return std::tuple(array("sql", &O::sql, "B")); }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One completion.
inline op::extract_sql::outputs extract_sql(const op::extract_sql::inputs& in, const op::extract_sql::options& o = {}) {
  check<op::extract_sql>(in, o);
  const auto block = tags::last_block(in.completion, "```sql", "```");
  return {std::string(block ? unicode::trim(block->content) : in.completion)};
}

/// A batch, in order.
inline auto extract_sql(const host_rows& rows, std::span<const op::extract_sql::inputs> in,
                        const op::extract_sql::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return extract_sql(row, o); });
}

}}  // namespace guerdon
