#pragma once
// What uct_score and mcts_plan share: the bonus of a child that was seldom tried.

#include <guerdon/core/operation.hpp>

namespace guerdon {

/// Which factor the bonus has: the constant, times the prior, and grown with the visits.
enum class uct_algorithm { uct, p_uct, var_p_uct };
constexpr auto enumerators(uct_algorithm) { return std::array{"uct", "p_uct", "var_p_uct"}; }

/// How much a search gives for what was seldom tried.
struct exploration_bonus_rule {
  double constant = 6.36396103068;  ///< c, 9 over the root of 2
  double base = 50;                 ///< b > 0, of var_p_uct
  uct_algorithm algorithm = uct_algorithm::uct;

  static constexpr auto parameters() {
    using self = exploration_bonus_rule;
    return std::tuple(op::option("constant", &self::constant, op::drawn(0, 8)).in_files("ucb_constant"),
                      op::option("base", &self::base, op::greater_than(0, 10, 60)).in_files("ucb_base"),
                      op::choice("algorithm", &self::algorithm));
  }
};

inline namespace GUERDON_ABI {
namespace tree_search {

inline double bonus(const exploration_bonus_rule& o, double parent_visits, index_t count, double prior) {
  double factor = o.constant;
  if (o.algorithm == uct_algorithm::var_p_uct) factor += math::log((parent_visits + o.base + 1) / o.base);
  if (o.algorithm != uct_algorithm::uct) factor *= prior;
  return factor * math::sqrt(math::log(parent_visits)) / (1 + static_cast<double>(count));
}

}  // namespace tree_search

}}  // namespace guerdon
