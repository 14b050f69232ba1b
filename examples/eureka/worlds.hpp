#pragma once
// The two tasks: small, deterministic, with positions in metres, so that reward programs read them as a robot's.

#include "statistics.hpp"

#include <guerdon/backend/scalar.hpp>

#include <string>
#include <vector>

namespace eureka {

using guerdon::flag_t;
using guerdon::index_t;
using guerdon::examples::random_source;
using guerdon::examples::stream;

/// One for each thread: a backend keeps memory for its calls.
inline thread_local const guerdon::scalar_backend cpu;

/// Two points whose distance programs may read, on arrival and before.
struct distance {
  std::string name;
  std::vector<double> from, to, from_before, to_before;  ///< [S A,2]
};

/// A transition is s A + a; an episode ends with the task.
struct world {
  std::string name, task;
  index_t states = 0, actions = 0;
  std::vector<index_t> next = {};            ///< [S,A]
  std::vector<flag_t> done = {};             ///< [S A] the task is done by this transition
  std::vector<index_t> start = {};           ///< an episode starts in one of them
  index_t horizon = 0;                       ///< steps of an episode
  std::vector<distance> distances = {};      ///< what programs are made of
  std::string flag_name = {};                ///< of the gate there is
  std::vector<flag_t> flag = {};             ///< [S A] on arrival
  index_t transitions() const { return states * actions; }
};

/// A gripper that must fetch a cube, carry it to the goal, and let it go there.
world carry();
/// A walker whose goal lies behind a wall with a gap.
world behind_wall();

inline std::vector<world> all_worlds() { return {carry(), behind_wall()}; }

}  // namespace eureka
