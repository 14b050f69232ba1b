#pragma once
// The small worlds of the study, and what an agent sees of them: states, feature vectors, and messages in words.

#include "statistics.hpp"

#include <guerdon/backend/scalar.hpp>

#include <string>
#include <vector>

namespace exploration {

using guerdon::flag_t;
using guerdon::index_t;
using guerdon::examples::random_source;
using guerdon::examples::stream;

/// One for each thread: a backend keeps memory for its calls.
inline thread_local const guerdon::scalar_backend cpu;

struct world {
  std::string name;
  index_t states = 0, actions = 0;
  std::vector<double> transition = {}, reward = {};  ///< [S,A,S]
  std::vector<double> initial = {};                  ///< [S]
  index_t horizon = 0;                               ///< steps of an episode
  index_t budget = 0;                                ///< episodes, after which an agent has failed
  double success_return = 1;                         ///< an episode that earns as much has succeeded
  std::vector<flag_t> final = {};                    ///< [S] where an episode ends
  index_t dimensions = 0;                            ///< of a feature vector, without noise
  std::vector<double> feature = {};                  ///< [S,D]
  index_t noise_dimensions = 0;                      ///< features that are random at every step and tell nothing
  std::vector<std::string> message = {};  ///< [S] what the game says on arrival; empty: a remark that tells nothing

  index_t width() const { return dimensions + noise_dimensions; }
};

/// Fourteen states in a row; forward leads to the end, back to the start and to a small reward at once.
world chain();
/// A river of seven states, against whose current the large reward lies.
world river_swim();
/// Four rooms; the goal is in the corner far from the start.
world four_rooms();
/// A maze with one goal, a quarter of whose features are noise, as are most of its messages.
world distracting_grid();

inline std::vector<world> all_worlds() { return {chain(), river_swim(), four_rooms(), distracting_grid()}; }

/// The stated rule in place of a language model: does this message tell of progress?
bool is_helpful(const std::string& message);
/// Which of two messages it prefers: 0 the first, 1 the second, 2 neither.
index_t preferred(const std::string& first, const std::string& second);
/// A key of 64 bits (FNV-1a).
index_t key_of(const std::string& message);
/// How often each of `dimensions` buckets of words occurs.
std::vector<double> bag_of_words(const std::string& message, index_t dimensions);

/// What happened in one episode; what is seen is seen on arrival, in states[1] to states[T].
struct episode {
  std::vector<index_t> states, actions;  ///< [T+1], [T]
  std::vector<double> rewards;           ///< [T] of the world
  std::vector<double> feature;           ///< [T,width]
  std::vector<std::string> message;      ///< [T]

  index_t steps() const { return index_t(actions.size()); }
  double total() const {
    double sum = 0;
    for (const double r : rewards) sum += r;
    return sum;
  }
};

}  // namespace exploration
