#pragma once
// The cheapest one-to-one assignment of rows to columns.

#include <guerdon/core/config.hpp>

#include <limits>
#include <vector>

namespace guerdon { inline namespace GUERDON_ABI {

/// The column of each row, with the least sum of cost(row, column), where there are at least as many columns. Costs are
/// finite. Shortest augmenting paths with potentials (Kuhn 1955; Jonker and Volgenant 1987): rows^2 columns steps.
template <class Cost>
std::vector<index_t> cheapest_assignment(index_t rows, index_t columns, Cost cost) {
  constexpr double inf = std::numeric_limits<double>::infinity();
  const auto at = [](index_t i) { return static_cast<std::size_t>(i); };
  std::vector<double> row_price(at(rows)), column_price(at(columns) + 1);
  std::vector<index_t> row_of(at(columns) + 1, -1), before(at(columns) + 1);  // of each column; one more to begin from
  std::vector<double> reach(at(columns) + 1);
  std::vector<char> done(at(columns) + 1);
  for (index_t row = 0; row < rows; ++row) {
    index_t column = columns;
    row_of[at(column)] = row;
    reach.assign(reach.size(), inf);
    done.assign(done.size(), 0);
    while (row_of[at(column)] >= 0) {  // the shortest path from the new row to a free column
      done[at(column)] = 1;
      const index_t from = row_of[at(column)];
      double least = inf;
      index_t next = columns;
      for (index_t j = 0; j < columns; ++j) {
        if (done[at(j)]) continue;
        const double length = cost(from, j) - row_price[at(from)] - column_price[at(j)];
        if (length < reach[at(j)]) reach[at(j)] = length, before[at(j)] = column;
        if (reach[at(j)] < least) least = reach[at(j)], next = j;
      }
      for (index_t j = 0; j <= columns; ++j) {
        if (done[at(j)]) row_price[at(row_of[at(j)])] += least, column_price[at(j)] -= least;
        else reach[at(j)] -= least;
      }
      column = next;
    }
    while (column != columns) {  // along it every row moves on by one column
      row_of[at(column)] = row_of[at(before[at(column)])];
      column = before[at(column)];
    }
  }
  std::vector<index_t> column_of(at(rows));
  for (index_t j = 0; j < columns; ++j)
    if (row_of[at(j)] >= 0) column_of[at(row_of[at(j)])] = j;
  return column_of;
}

}}  // namespace guerdon
