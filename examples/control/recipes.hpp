#pragma once
// The agents. Each is a return of guerdon's, and the little around it that makes an agent of it.

#include <string>
#include <vector>

#include "experience.hpp"

namespace control {

/// What a recipe of values sees of a batch: [T,B,A].
struct value_reading {
  const batch& steps;
  numbers q, q_next;       ///< values of every action in the state left, and in the state reached
  numbers policy_next;     ///< the policy learned about, in the state reached
  numbers other_next;      ///< values of the second table there; of the only one, but for double Q
  const settings& s;
};
/// What a recipe of an actor sees: [T,B].
struct actor_reading {
  const batch& steps;
  numbers value, value_next;
  numbers ratio;           ///< probability of the action now over that when it was taken
  const settings& s;
};
struct actor_signal {
  numbers advantage, value_target;  ///< [T,B]
};

enum class learner { values, double_values, categorical, quantile, actor };

struct recipe {
  std::string key, title;
  learner kind;
  numbers (*target)(const value_reading&) = nullptr;      ///< of values
  actor_signal (*signal)(const actor_reading&) = nullptr;  ///< of an actor

  /// Distributions are kept for each state and action by themselves.
  bool tabular_only() const { return kind == learner::categorical || kind == learner::quantile; }
};

const std::vector<recipe>& recipes();

}  // namespace control
