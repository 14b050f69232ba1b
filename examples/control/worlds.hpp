#pragma once
// The worlds: finite decision processes of the mdp family with their exact optimum, and how a state looks to an agent.

#include <string>
#include <vector>

#include "settings.hpp"

#include <guerdon/mdp/finite_mdp.hpp>

namespace control {

using numbers = std::vector<double>;

struct world {
  std::string key, title;
  double gamma = 1;
  index_t time_limit = 0;             ///< steps after which an episode is cut off
  double low = 0, high = 0;           ///< between which the values of policies lie; for distributions
  index_t states = 0, actions = 0;
  numbers transition = {}, reward = {};       ///< [S,A,S]
  numbers initial = {};                       ///< [S]
  std::vector<index_t> row = {}, col = {};    ///< [S] where a state lies, for tiles
  std::vector<char> final = {};               ///< [S] never left, worth nothing
  numbers optimal_value = {};                 ///< [S] exact
  double optimal_return = 0;                  ///< exact, from the start
  double random_return = 0;                   ///< of the uniform policy, exact

  guerdon::finite_mdp mdp() const {
    return {.transition = transition, .transition_reward = reward, .states = states, .actions = actions};
  }
  /// What a policy [S,A] is worth from the start, exactly.
  double expected_return(const numbers& policy) const;
  /// 0 is the uniform policy, 1 the optimum.
  double share_of_optimum(double expected) const {
    return (expected - random_return) / (optimal_return - random_return);
  }
};

/// How an agent sees states: binary features, of which as many are on in each.
enum class sight { tabular, tiles };
inline const char* name(sight s) { return s == sight::tabular ? "tabular" : "linear"; }

struct features {
  index_t count = 0;
  std::vector<std::vector<std::size_t>> active;  ///< of each state
};

const std::vector<world>& worlds();
features features_of(const world& w, sight s);

}  // namespace control
