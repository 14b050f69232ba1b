#pragma once
// Seventeen ways to state an objective, and which can express all that another can.

#include <array>
#include <string_view>
#include <utility>

namespace guerdon { namespace mdp {

/// Their names, in the order of every table.
inline constexpr std::array<std::string_view, 17> formalisms = {
    "MR",    // Markov reward
    "LAR",   // limit-average reward
    "LTL",   // probability of a temporal formula
    "RM",    // reward machine
    "INMR",  // expectation of a function of the return
    "IMORL", // expectation of a function of several returns
    "FTR",   // expectation of a function of the trajectory
    "RRL",   // regularised return
    "ONMR",  // function of the expected return
    "OMORL", // function of several expected returns
    "FOMR",  // function of the occupancy measure
    "FTLR",  // function of the trajectory lottery
    "FPR",   // function of the policy
    "GOMORL",// any total preorder on several expected returns
    "OMO",   // any total preorder on occupancy measures
    "TLO",   // any total preorder on trajectory lotteries
    "PO"};   // any total preorder on policies

/// The first of those that are equivalent to it.
inline constexpr std::array<std::size_t, 17> formalism_class = {0, 1, 2, 3, 4, 4, 4, 7, 8, 9, 9, 9, 12, 13, 13, 13, 16};

/// Upper and lower: one can express all of the other and more, with nothing between them. By classes.
inline constexpr std::pair<std::size_t, std::size_t> formalism_covers[] = {
    {16, 12}, {16, 13}, {12, 9}, {13, 9}, {9, 4}, {9, 7}, {9, 8}, {4, 3}, {4, 2}, {4, 1}, {3, 0}, {7, 0}, {8, 0}};

using expressivity = std::array<std::array<bool, 17>, 17>;
/// [row][column]: the row expresses the column.
constexpr expressivity expressivity_table() {
  expressivity can{};
  for (std::size_t i = 0; i < 17; ++i)
    for (std::size_t j = 0; j < 17; ++j) can[i][j] = formalism_class[i] == formalism_class[j];
  for (const auto& [upper, lower] : formalism_covers)
    for (std::size_t i = 0; i < 17; ++i)
      for (std::size_t j = 0; j < 17; ++j)
        if (formalism_class[i] == upper && formalism_class[j] == lower) can[i][j] = true;
  for (std::size_t k = 0; k < 17; ++k)
    for (std::size_t i = 0; i < 17; ++i)
      for (std::size_t j = 0; j < 17; ++j) can[i][j] = can[i][j] || (can[i][k] && can[k][j]);
  return can;
}

}}  // namespace guerdon::mdp
