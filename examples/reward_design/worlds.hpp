#pragma once
// The worlds: a task as a temporal formula, the machine of it, the process that machine and environment make together,
// its exact optimum, and the rewards that are designed for it.

#include <guerdon/core/view.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace reward_design {

using guerdon::index_t;
using numbers = std::vector<double>;

/// A reward machine as parallel arrays; state -1 is the end.
struct task_machine {
  std::vector<index_t> from, to;
  std::vector<std::string> formula;
  numbers reward;
  index_t states = 0;
};

/// The machine of a formula of linear temporal logic on finite traces: it ends with `success` where nothing can break
/// the formula any more, and with `failure` where nothing can mend it.
task_machine machine_of(const std::string& formula, double success, double failure);

struct world {
  std::string name, title, task;     ///< task: the formula
  std::vector<std::string> map;      ///< for the reader; empty without one
  std::vector<std::string> labels;   ///< what holds in each state of the environment
  numbers environment, start;        ///< P [E,A,E], [E]
  task_machine machine;
  index_t places = 0, actions = 0;   ///< E, A
  int steps = 0;                     ///< of an episode, at most
  double gamma = 0;

  // The product: state s U + u, the last one is the end.
  index_t states = 0;
  numbers transition = {}, reward = {}, initial = {};  ///< [S,A,S], [S,A,S] the task's own reward, [S]
  numbers value = {}, advantage = {};        ///< of the optimum: [S], [S,A]
  std::vector<index_t> policy = {};          ///< [S] optimal
  std::vector<guerdon::flag_t> optimal = {};  ///< [S,A]
  numbers gap = {};                          ///< [S]
  double best_return = 0;

  index_t end() const { return states - 1; }
  std::size_t at(index_t s, index_t a, index_t t) const {
    return static_cast<std::size_t>((s * actions + a) * states + t);
  }
};

std::vector<world> all_worlds();

enum class design { sparse, potential, machine_potential, counterfactual, ltlf, explicable, adaptive, exploration };
inline constexpr int designs = 8;
const char* name_of(design d);
const char* what_is(design d);

/// The reward [S,A,S] that learning begins with; `adaptive` and `exploration` change it as they go.
numbers first_reward(const world& w, design d);

/// [S,A] as [S,A,S].
numbers for_every_successor(const world& w, const numbers& reward);
/// The exact return of a deterministic policy [S] by the task's own reward.
double exact_return(const world& w, const std::vector<index_t>& policy);

/// How the optimum of a reward does by the task's own.
struct regrets {
  double of_optimum = 0;  ///< 0 none of the return is lost, 1 all
  double worst = 0;       ///< by a change of policy that the reward approves of
};
regrets regrets_of(const world& w, const numbers& reward);

enum class distance { starc, epic, dard };
inline constexpr int distances = 3;
double distance_between(const world& w, distance kind, const numbers& a, const numbers& b);

}  // namespace reward_design
