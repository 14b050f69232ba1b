#pragma once
// The recipes: a shaping of the rewards, then an advantage, both of guerdon's parts of recipes where it has them. The
// two lists at the end are what can be named on the command line, in every combination.

#include <guerdon/recipes/advantage.hpp>
#include <guerdon/recipes/shaping.hpp>
#include <guerdon/shaping/bounded_reward.hpp>
#include <guerdon/shaping/minmax_reward.hpp>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <limits>
#include <numeric>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "batch.hpp"
#include "table.hpp"

namespace guerdon::examples {

/// NaN passes CLI11's own ranges, and an infinite reward makes advantages that are not numbers. What is no
/// number at all is left to CLI11.
inline const CLI::Validator finite(
    [](const std::string& text) {
      return std::isfinite(std::strtod(text.c_str(), nullptr)) ? "" : "must be finite, and is " + text;
    },
    "");

/// What the shapings need to be told. A length has no honest default: it depends on the data and its unit.
struct settings {
  std::optional<index_t> target_length, max_length, cache_length;
  std::vector<double> target_lengths;  ///< of hard, medium and easy prompts
  double alpha = 0.5, kimi_coef = 1, k = 1;

  void add_options(CLI::App& app) {
    const std::string group = "Shaping";
    app.add_option(
           "--target-length", target_length,
           "laser: right answers no longer than this earn alpha more; what is enough for the other length rewards")
        ->check(CLI::NonNegativeNumber)
        ->group(group);
    app.add_option("--target-lengths", target_lengths, "laser_d, laser_de: the same for hard, medium and easy prompts")
        ->expected(3)
        ->allow_extra_args(false)
        ->check(finite)
        ->check(CLI::NonNegativeNumber)
        ->group(group);
    app.add_option("--alpha", alpha, "laser, laser_d, laser_de: the bonus")
        ->capture_default_str()
        ->check(finite)
        ->group(group);
    app.add_option("--kimi-coef", kimi_coef, "kimi: weight of the length reward")
        ->capture_default_str()
        ->check(finite)
        ->check(CLI::NonNegativeNumber)
        ->group(group);
    app.add_option("--max-length", max_length,
                   "overlong: length of the full punishment; cosine, harmo: where their curves end")
        ->check(CLI::PositiveNumber)
        ->group(group);
    app.add_option("--cache-length", cache_length, "overlong: the punishment sets in this much before it")
        ->check(CLI::NonNegativeNumber)
        ->group(group);
    app.add_option("--k", k, "par, bounded: steepness of the sigmoid")
        ->capture_default_str()
        ->check(finite)
        ->check(CLI::PositiveNumber)
        ->group(group);
  }
};

using rewards = std::vector<double>;

/// What outlives a batch, one for each recipe: the moments of all rewards so far.
struct memory {
  running_moments moments;
};

struct shaping {
  std::string_view name, what;
  std::string_view needs;          ///< options that must be given, or empty
  bool (*ready)(const settings&);  ///< whether they are
  rewards (*apply)(const eigen_backend&, const batch&, const settings&, memory&);
};

struct advantage {
  std::string_view name, what;
  std::size_t smallest_group;
  bool by_token;  ///< whether it holds an array of all tokens of the batch
  scores (*apply)(const eigen_backend&, const batch&, const rewards& shaped);
};

// --- Shapings ------------------------------------------------------------------------------------------

inline recipes::answers<double> answers_of(const batch& b, const rewards& reward) {
  return {.groups = b.offsets, .reward = reward, .correct = b.correct, .length = b.length, .outcome = b.outcome_id};
}
inline recipes::settings wanted(const settings& s) {
  recipes::settings with;
  with.target_length = s.target_length.value_or(0);
  with.max_length = s.max_length.value_or(0);
  with.cache_length = s.cache_length.value_or(0);
  if (s.target_lengths.size() == 3)
    std::copy(s.target_lengths.begin(), s.target_lengths.end(), with.target_lengths.begin());
  with.steepness = s.k;
  return with;
}

/// A part of guerdon's recipes, as its paper has it.
template <class Part>
rewards shape_by(const eigen_backend& cpu, const batch& b, const settings& s, memory&) {
  return Part{}(cpu, answers_of(b, b.reward), wanted(s));
}

inline rewards shape_none(const eigen_backend&, const batch& b, const settings&, memory&) { return b.reward; }

/// The references of a response are its siblings, as many as count; alone in its group it is compared with itself.
template <class Part>
rewards shape_by_siblings(const eigen_backend& cpu, const batch& b, const settings& s, memory&) {
  const index_t most = op::par_reward::options{}.max_ref;
  rewards references;
  std::vector<index_t> offsets{0};
  for (std::size_t g = 0; g < b.groups(); ++g) {
    const index_t first = b.offsets[g], last = b.offsets[g + 1];
    for (index_t i = first; i < last; ++i) {
      for (index_t j = first, taken = 0; j < last && taken < most; ++j)
        if (j != i || last - first == 1) {
          references.push_back(b.reward[static_cast<std::size_t>(j)]);
          ++taken;
        }
      offsets.push_back(static_cast<index_t>(references.size()));
    }
  }
  auto answers = answers_of(b, b.reward);
  answers.reference_reward = references;
  answers.references = offsets;
  return Part{}(cpu, answers, wanted(s));
}

inline rewards shape_bounded(const eigen_backend& cpu, const batch& b, const settings& s, memory&) {
  return bounded_reward<double>(cpu, {.reward = b.reward}, {.k = s.k});
}

inline rewards shape_minmax(const eigen_backend& cpu, const batch& b, const settings&, memory& m) {
  auto result = minmax_reward<double>(cpu, {.reward = b.reward, .state = {&m.moments, 1}});
  m.moments = result.new_state[0];
  return std::move(result.shaped_reward);
}

inline rewards shape_laser(const eigen_backend& cpu, const batch& b, const settings& s, memory&) {
  return recipes::shaping::laser{s.alpha}(cpu, answers_of(b, b.reward), wanted(s));
}
inline rewards shape_laser_d(const eigen_backend& cpu, const batch& b, const settings& s, memory&) {
  return recipes::shaping::laser_d{{.alpha = s.alpha}}(cpu, answers_of(b, b.reward), wanted(s));
}
inline rewards shape_laser_de(const eigen_backend& cpu, const batch& b, const settings& s, memory&) {
  return recipes::shaping::laser_de{{.alpha = s.alpha}}(cpu, answers_of(b, b.reward), wanted(s));
}
inline rewards shape_kimi(const eigen_backend& cpu, const batch& b, const settings& s, memory&) {
  return recipes::shaping::kimi{{.coef = s.kimi_coef}}(cpu, answers_of(b, b.reward), wanted(s));
}

// --- Advantages ----------------------------------------------------------------------------------------

/// A part of guerdon's recipes that gives an advantage per response, as its paper has it.
template <const auto& Part>
scores advantage_by(const eigen_backend& cpu, const batch& b, const rewards& shaped) {
  recipes::signal<double, eigen_backend::array> signal;
  Part(cpu, answers_of(b, shaped), recipes::settings{}, signal);
  return {shaped, std::move(signal.advantage), {}};
}
inline constexpr recipes::advantage::grpo by_group{}, centred_by_group{{.std_scope = std_scope::none}};
inline constexpr recipes::advantage::rloo left_one_out{};
inline constexpr recipes::advantage::passk best_only{};
inline constexpr recipes::advantage::opo weighted_by_length{};
inline constexpr recipes::advantage::gpg over_informative{};
inline constexpr recipes::advantage::maxrl over_the_mean{};

inline scores advantage_reinforce_pp_baseline(const eigen_backend& cpu, const batch& b, const rewards& shaped) {
  // One advantage per token; all tokens of a response share theirs, so the first speaks for it.
  std::vector<index_t> tokens(b.length.size() + 1);
  std::inclusive_scan(b.length.begin(), b.length.end(), tokens.begin() + 1);
  const std::vector<flag_t> mask(static_cast<std::size_t>(tokens.back()), flag_t{1});
  const rewards by_token = reinforce_pp_baseline_advantage<double>(
      cpu, {.rows = tokens, .reward = shaped, .groups = b.offsets, .mask = mask});
  scores result{shaped, rewards(shaped.size()), {}};
  for (std::size_t i = 0; i < shaped.size(); ++i)
    if (b.length[i] > 0) result.advantage[i] = by_token[static_cast<std::size_t>(tokens[i])];
  return result;
}

inline scores advantage_copo(const eigen_backend& cpu, const batch& b, const rewards& shaped) {
  recipes::signal<double, eigen_backend::array> copo;
  recipes::advantage::copo{}(cpu, answers_of(b, shaped), recipes::settings{}, copo);
  scores result{shaped, rewards(shaped.size()), {}};
  for (std::size_t i = 0; i < shaped.size(); ++i)
    result.advantage[i] =
        copo.local_weight[i] * copo.advantage[i] + (1 - copo.local_weight[i]) * copo.global_advantage[i];
  result.details = {{"local_advantage", copo.advantage},
                    {"global_advantage", copo.global_advantage},
                    {"local_weight", copo.local_weight}};
  return result;
}

/// Where the rewards of a group differ, so that there is something to learn from it.
inline std::vector<flag_t> groups_with_signal(const eigen_backend& cpu, const batch& b) {
  return dynamic_sampling_mask<double>(cpu, {.metric = b.reward, .groups = b.offsets}).keep_group;
}

// --- What can be named ---------------------------------------------------------------------------------

inline constexpr auto always = [](const settings&) { return true; };

inline constexpr auto has_target = [](const settings& x) { return x.target_length && *x.target_length > 0; };
inline constexpr auto has_targets = [](const settings& x) { return x.target_lengths.size() == 3; };
inline constexpr auto has_max = [](const settings& x) { return x.max_length.has_value(); };
namespace shape = recipes::shaping;

inline constexpr std::array shapings{
    shaping{"none", "the rule's reward as it is", "", always, shape_none},
    shaping{"par", "sigmoid of the difference to the other responses' rewards", "", always,
            shape_by_siblings<shape::par>},
    shaping{"centred", "less the mean of the other responses' rewards", "", always, shape_by_siblings<shape::centred>},
    shaping{"relative_bounded", "tanh of the difference to the other responses' rewards", "", always,
            shape_by_siblings<shape::relative_bounded>},
    shaping{"bounded", "sigmoid of the reward", "", always, shape_bounded},
    shaping{"minmax", "scaled to 0..1 by the lowest and highest reward so far", "", always, shape_minmax},
    shaping{"majority", "1 for the answer that most of the group give, whatever is right", "", always,
            shape_by<shape::majority>},
    shaping{"laser", "a bonus for right answers within a target length", "--target-length",
            [](const settings& x) { return x.target_length.has_value(); }, shape_laser},
    shaping{"laser_d", "the same with a target by difficulty of the prompt", "--target-lengths", has_targets,
            shape_laser_d},
    shaping{"laser_de", "the same, and wrong answers may explore beyond it", "--target-lengths", has_targets,
            shape_laser_de},
    shaping{"truncation", "wrong beyond the target length, whatever the answer", "--target-length above 0", has_target,
            shape_by<shape::truncation>},
    shaping{"kimi", "a bonus for the shorter, a malus for the longer of a group", "", always, shape_kimi},
    shaping{"overlong", "a punishment that sets in before a maximal length", "--max-length and --cache-length",
            [](const settings& x) { return x.max_length && x.cache_length; }, shape_by<shape::overlong>},
    shaping{"cosine", "right answers worth more short, wrong ones more long", "--max-length", has_max,
            shape_by<shape::cosine>},
    shaping{"alp", "a charge per token that grows with the solve rate", "--target-length above 0", has_target,
            shape_by<shape::adaptive>},
    shaping{"dast", "a bonus for brevity by the difficulty of the group", "", always, shape_by<shape::dast>},
    shaping{"efficient_reasoner", "right answers charged by their length among the right ones", "", always,
            shape_by<shape::efficient_reasoner>},
    shaping{"grpo_lead", "right answers scaled by their length among the right ones", "", always,
            shape_by<shape::grpo_lead>},
    shaping{"shorter_better", "distance from the shortest right answer of the group", "--target-length above 0",
            has_target, shape_by<shape::shorter_better>},
    shaping{"l1_exact", "less the distance from the target length", "--target-length above 0", has_target,
            shape_by<shape::l1_exact>},
    shaping{"l1_max", "a ramp around the target length for right answers", "--target-length above 0", has_target,
            shape_by<shape::l1_max>},
    shaping{"linear", "a charge per token beyond the target length", "--target-length above 0", has_target,
            shape_by<shape::linear>},
    shaping{"harmo", "a penalty for answers longer than the right ones", "--max-length", has_max,
            shape_by<shape::harmo>},
};

inline constexpr std::array advantages{
    advantage{"grpo", "less the group's mean, over its standard deviation", 0, false, advantage_by<by_group>},
    advantage{"dr_grpo", "less the group's mean", 0, false, advantage_by<centred_by_group>},
    advantage{"rloo", "less the mean of the others in the group", 0, false, advantage_by<left_one_out>},
    advantage{"opo", "less the group's mean weighted by length", 0, false, advantage_by<weighted_by_length>},
    advantage{"gpg", "less the group's mean, over the share of groups with signal", 0, false,
              advantage_by<over_informative>},
    advantage{"maxrl", "less the group's mean, over that mean: rewards of 0 or more", 0, false,
              advantage_by<over_the_mean>},
    advantage{"reinforce_pp_baseline", "less the group's mean, whitened over all tokens of the batch", 0, true,
              advantage_reinforce_pp_baseline},
    advantage{"passk", "the best of the group alone, by its lead over the second", 2, false, advantage_by<best_only>},
    advantage{"copo", "within the group where answers differ, across prompts where they agree", 0, false,
              advantage_copo},
};

/// A shaping and an advantage that were named together.
class recipe {
 public:
  recipe(std::string name, const shaping& s, const advantage& a, const settings& with)
      : name(std::move(name)),
        smallest_group(a.smallest_group),
        by_token(a.by_token),
        shaping_(&s),
        advantage_(&a),
        settings_(&with) {}

  scores apply(const eigen_backend& cpu, const batch& b) {
    return advantage_->apply(cpu, b, shaping_->apply(cpu, b, *settings_, memory_));
  }

  std::string name;
  std::size_t smallest_group;
  bool by_token;

 private:
  const shaping* shaping_;
  const advantage* advantage_;
  const settings* settings_;
  memory memory_;
};

/// Throws std::invalid_argument when a name is not known, stands twice, or lacks an option it needs.
inline std::vector<recipe> make_recipes(const std::vector<std::string>& names, const settings& with) {
  std::vector<recipe> made;
  for (const std::string& name : names) {
    const auto refuse = [&](const std::string& why) {
      throw std::invalid_argument("--recipe " + name + ": " + why);
    };
    const std::size_t plus = name.find('+');
    const std::string shaping_name = plus == std::string::npos ? "none" : name.substr(0, plus);
    const std::string advantage_name = plus == std::string::npos ? name : name.substr(plus + 1);
    const auto s =
        std::find_if(shapings.begin(), shapings.end(), [&](auto& x) { return x.name == shaping_name; });
    const auto a =
        std::find_if(advantages.begin(), advantages.end(), [&](auto& x) { return x.name == advantage_name; });
    if (s == shapings.end()) refuse("there is no shaping '" + shaping_name + "'; --list names them");
    if (a == advantages.end()) refuse("there is no advantage '" + advantage_name + "'; --list names them");
    if (std::any_of(made.begin(), made.end(), [&](const recipe& r) { return r.name == name; }))
      refuse("stands twice on the command line; name it once");
    if (!s->ready(with)) refuse("needs " + std::string(s->needs) + ", for which no value fits all data");
    if (s->name == "overlong" && *with.cache_length > *with.max_length)
      refuse("--cache-length must not exceed --max-length");
    made.emplace_back(name, *s, *a, with);
  }
  return made;
}

/// Both lists, for --list.
inline std::string list_recipes() {
  table s{{"shaping", "what it does", "needs"}, {}, {}}, a{{"advantage", "what it is"}, {}, {}};
  for (const auto& x : shapings)
    s.rows.push_back({std::string(x.name), std::string(x.what), std::string(x.needs)});
  for (const auto& x : advantages) a.rows.push_back({std::string(x.name), std::string(x.what)});
  std::ostringstream out;
  out << "A recipe is SHAPING+ADVANTAGE, or ADVANTAGE alone.\n\n" << s << '\n' << a;
  return out.str();
}

}  // namespace guerdon::examples
