#pragma once
// A tabular learner that adds a bonus to the reward of its world, and how soon it succeeds.

#include "world.hpp"

#include <functional>
#include <memory>

namespace exploration {

/// An intrinsic reward and its weight, for every step of an episode.
struct judgement {
  std::vector<double> intrinsic, weight;  ///< [T]
};

/// Judges episodes one after another, and learns from them.
class bonus {
 public:
  virtual ~bonus() = default;
  virtual judgement judge(const episode& e) = 0;
};

struct method {
  std::string name;
  double coefficient = 0;  ///< of the intrinsic reward, beside that of the world
  std::function<std::unique_ptr<bonus>(const world&, std::uint64_t seed)> make;
};

/// No bonus; counts; hash counts; random network distillation; episodic novelty; Never Give Up; ONI's retrieval,
/// classification and ranking.
std::vector<method> all_methods();

struct run_result {
  index_t episodes_to_success = 0;  ///< that ended the first ten episodes of which eight succeeded; else the budget
  bool solved = false;
  std::vector<double> mean_bonus;   ///< [episodes] per step
  std::vector<double> states_seen;  ///< [episodes] so far
};

struct learner_options {
  double learning_rate = 0.4, discount = 0.98, random_action = 0.05;
};

/// Trains until success, or over the whole budget.
run_result train(const world& w, const method& m, std::uint64_t seed, bool to_the_end = false,
                 const learner_options& o = {});

}  // namespace exploration
