#pragma once
// One agent, in one world, with one seed: batches of experience, targets by its recipe, small steps towards them.

#include <functional>
#include <string>
#include <vector>

#include "recipes.hpp"

namespace control {

struct evaluation {
  index_t steps;         ///< taken in the world so far
  double expected;       ///< exact return of the agent's policy: the greedy one, or the actor's own
  double share;          ///< of the way from the uniform policy to the optimum
  double value_error;    ///< root mean square distance from the exact optimal values, over the states that can be left
};

struct run_result {
  std::string world, sight, recipe;
  std::uint64_t seed = 0;
  std::vector<evaluation> evaluations;
};

/// `go_on` is asked before each update; nothing is returned if it says no.
std::vector<evaluation> train(const settings& s, const world& w, sight seen, const recipe& r, std::uint64_t seed,
                              const std::function<bool()>& go_on = [] { return true; });

}  // namespace control
