#pragma once
// The recipes: a shaping of the rewards, then an advantage. What can be named on the command line, in every
// combination, stands in two lists in recipes.cpp.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "batch.hpp"
#include "named_options.hpp"

namespace guerdon::examples {

/// What the shapings take from options of the command line, where it is given. A length has no honest default: it
/// depends on the data and its unit.
struct settings {
  std::optional<index_t> target_length, max_length, cache_length;
  std::vector<double> target_lengths;  ///< of hard, medium and easy prompts
  std::optional<double> alpha, kimi_coef, k;
};

using rewards = std::vector<double>;

/// A shaping with its options.
class shaper {
 public:
  virtual ~shaper() = default;
  virtual rewards apply(const eigen_backend&, const batch&) = 0;
  std::vector<option_slot> slots;
  const char* reads = nullptr;  ///< a key of responses: an array of numbers, one for each step, or
  bool reads_score = false;     ///< one number from 0 to 1
};

/// A shaping and an advantage that were named together.
class recipe {
 public:
  using advantage = scores (*)(const eigen_backend&, const batch&, const rewards& shaped);

  scores apply(const eigen_backend& cpu, const batch& b) const { return compute(cpu, b, shaping->apply(cpu, b)); }

  std::string name;
  std::size_t smallest_group;
  bool by_token;  ///< whether it holds an array of all tokens of the batch
  std::unique_ptr<shaper> shaping;
  advantage compute;
};

/// From [SHAPING[,OPTION=VALUE...]+]ADVANTAGE each. Throws std::invalid_argument when a name is not known, stands
/// twice, or lacks an option it needs.
std::vector<recipe> make_recipes(const std::vector<std::string>& names, const settings& with);

/// The keys of responses that these read.
wanted_keys keys_of(const std::vector<recipe>& recipes);
/// The same, each with what stands there.
std::map<std::string, numbers_under> numbers_of(const std::vector<recipe>& recipes);

/// Where the rewards of a group differ, so that there is something to learn from it.
std::vector<flag_t> groups_with_signal(const eigen_backend& cpu, const batch& b);

/// Both lists, for --list.
std::string list_recipes();

}  // namespace guerdon::examples
