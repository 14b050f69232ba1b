#include "recipes.hpp"

#include <guerdon/advantage/copo_advantage.hpp>
#include <guerdon/advantage/copo_blend_weight.hpp>
#include <guerdon/advantage/dynamic_sampling_mask.hpp>
#include <guerdon/advantage/gpg_advantage.hpp>
#include <guerdon/advantage/grpo_advantage.hpp>
#include <guerdon/advantage/opo_advantage.hpp>
#include <guerdon/advantage/passk_advantage.hpp>
#include <guerdon/advantage/reinforce_pp_baseline_advantage.hpp>
#include <guerdon/advantage/rloo_advantage.hpp>
#include <guerdon/length/adaptive_length_penalty.hpp>
#include <guerdon/length/cosine_length_reward.hpp>
#include <guerdon/length/crf_reward.hpp>
#include <guerdon/length/dast_length_reward.hpp>
#include <guerdon/length/efficient_reasoner_reward.hpp>
#include <guerdon/length/generalized_length_penalty.hpp>
#include <guerdon/length/group_max_length_penalty.hpp>
#include <guerdon/length/grpo_lead_length_reward.hpp>
#include <guerdon/length/kimi_length_reward.hpp>
#include <guerdon/length/l1_exact_reward.hpp>
#include <guerdon/length/l1_max_reward.hpp>
#include <guerdon/length/laser_d_reward.hpp>
#include <guerdon/length/laser_de_reward.hpp>
#include <guerdon/length/laser_reward.hpp>
#include <guerdon/length/linear_length_penalty.hpp>
#include <guerdon/length/shorter_better_reward.hpp>
#include <guerdon/length/soft_overlong_punishment.hpp>
#include <guerdon/length/stop_properly_penalty.hpp>
#include <guerdon/length/truncation_reward.hpp>
#include <guerdon/process/prm_clip_delta.hpp>
#include <guerdon/process/vsrm_step_reward.hpp>
#include <guerdon/shaping/bounded_reward.hpp>
#include <guerdon/shaping/centered_reward.hpp>
#include <guerdon/shaping/meanstd_reward.hpp>
#include <guerdon/shaping/minmax_reward.hpp>
#include <guerdon/shaping/par_reward.hpp>
#include <guerdon/shaping/relative_bounded_reward.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numeric>
#include <sstream>
#include <stdexcept>
#include <string_view>

namespace guerdon::examples {
namespace {

// --- Shapings ------------------------------------------------------------------------------------------

/// The references of a response are its siblings, as many as count; alone in its group it is compared with itself.
struct siblings {
  rewards reward;
  std::vector<index_t> offsets{0};

  siblings(const batch& b, index_t most) {
    for (std::size_t g = 0; g < b.groups(); ++g) {
      const index_t first = b.offsets[g], last = b.offsets[g + 1];
      for (index_t i = first; i < last; ++i) {
        for (index_t j = first, taken = 0; j < last && taken < most; ++j)
          if (j != i || last - first == 1) {
            reward.push_back(b.reward[static_cast<std::size_t>(j)]);
            ++taken;
          }
        offsets.push_back(static_cast<index_t>(reward.size()));
      }
    }
  }
};

/// Of operations that ask for nothing that a batch has not got.
struct nothing_more {
  static constexpr auto parameters() { return std::tuple(); }
  template <class In>
  void give(In&, const batch&) {}
};
constexpr auto lengths = op::counts(1e6);
/// One budget for all.
struct budget {
  index_t target_length = required;
  std::vector<index_t> of_each = {};
  static constexpr auto parameters() {
    return std::tuple(op::option("target_length", &budget::target_length, lengths));
  }
  template <class In>
  void give(In& in, const batch& b) {
    of_each.assign(b.reward.size(), target_length);
    in.target_length = of_each;
  }
};
/// Budgets by the difficulty of the prompt.
struct budgets {
  index_t hard_length = required, medium_length = required, easy_length = required;
  std::array<double, 3> all = {};
  static constexpr auto parameters() {
    return std::tuple(op::option("hard_length", &budgets::hard_length, lengths),
                      op::option("medium_length", &budgets::medium_length, lengths),
                      op::option("easy_length", &budgets::easy_length, lengths));
  }
  template <class In>
  void give(In& in, const batch&) {
    all = {double(hard_length), double(medium_length), double(easy_length)};
    in.target_length = all;
  }
};
/// The length from which a response has been cut off.
struct limit {
  index_t max_length = required;
  std::vector<flag_t> reached = {};
  static constexpr auto parameters() { return std::tuple(op::option("max_length", &limit::max_length, lengths)); }
  template <class In>
  void give(In& in, const batch& b) {
    reached.resize(b.length.size());
    std::transform(b.length.begin(), b.length.end(), reached.begin(), [&](index_t n) { return n >= max_length; });
    in.truncated = reached;
  }
};
/// Length as what an answer used.
struct usage {
  rewards used = {};
  std::array<double, 1> weight = {1};
  static constexpr auto parameters() { return std::tuple(); }
  template <class In>
  void give(In& in, const batch& b) {
    used.assign(b.length.begin(), b.length.end());
    in.quantity = used;
    in.quantity_weight = weight;
  }
};

/// A score of conciseness that the data brings along; the factor of a prompt is its share of right answers.
struct conciseness {
  static constexpr const char* reads = "conciseness";
  rewards solve_rate = {};
  static constexpr auto parameters() { return std::tuple(); }
  template <class In>
  void give(In& in, const batch& b) {
    in.conciseness = b.steps.at(reads).value;
    solve_rate.clear();
    for (std::size_t g = 0; g < b.groups(); ++g) {
      const auto size = b.offsets[g + 1] - b.offsets[g];
      const auto right = std::count(b.correct.begin() + b.offsets[g], b.correct.begin() + b.offsets[g + 1], 1);
      solve_rate.push_back(size == 0 ? 0 : static_cast<double>(right) / static_cast<double>(size));
    }
    in.difficulty = solve_rate;
  }
};

rewards added(rewards sum, const rewards& more) {
  std::transform(sum.begin(), sum.end(), more.begin(), sum.begin(), std::plus<>());
  return sum;
}

/// An operation, with the batch as its inputs: each member that it has is what the batch calls so.
template <class Op, auto Call, class More = nothing_more>
class shaper_of : public shaper {
 public:
  shaper_of() {
    slots = slots_of<Op>(options_);
    for (option_slot& slot : slots_of<More>(more_)) slots.push_back(std::move(slot));
    if constexpr (requires { More::reads; }) reads = More::reads, reads_score = true;
  }

  rewards apply(const eigen_backend& cpu, const batch& b) override {
    typename Op::template inputs<double> in{};
    if constexpr (requires { in.reward; }) in.reward = b.reward;
    if constexpr (requires { in.correct; }) in.correct = b.correct;
    if constexpr (requires { in.length; }) in.length = b.length;
    if constexpr (requires { in.groups; }) in.groups = b.offsets;
    if constexpr (requires { in.state; }) in.state = {&moments_, 1};
    std::optional<siblings> others;
    if constexpr (requires { in.ref_reward; }) {
      others.emplace(b, options_.max_ref);
      in.ref_reward = others->reward;
      in.references = others->offsets;
    }
    more_.give(in, b);
    auto result = Call(cpu, in, options_);
    if constexpr (requires { result.new_state; }) moments_ = result.new_state[0];
    if constexpr (requires { result.shaped_reward; })
      return std::move(result.shaped_reward);
    else if constexpr (requires { result.penalty; })
      return added(b.reward, result.penalty);
    else if constexpr (requires(typename Op::template outputs<double> out) { out.penalty; })
      return added(b.reward, result);  // the only result of its operation, to be added
    else
      return result;
  }

 private:
  typename Op::options options_;
  More more_;
  guerdon::running_moments moments_;  ///< of all rewards so far, where the operation keeps them
};

/// What the rule pays, as it is.
class unshaped : public shaper {
 public:
  rewards apply(const eigen_backend&, const batch& b) override { return b.reward; }
};

/// Numbers for each step of a response, refined by an operation; the response gets the sum of its steps beside what the
/// rule pays.
template <class Op, auto Call>
class step_shaper : public shaper {
 public:
  explicit step_shaper(const char* key) {
    reads = key;
    slots = slots_of<Op>(options_);
  }
  rewards apply(const eigen_backend& cpu, const batch& b) override {
    const auto& steps = b.steps.at(reads);
    const auto [refined, offsets] = Call(cpu, steps.value, steps.offsets, options_);
    rewards sum = b.reward;
    for (std::size_t i = 0; i < sum.size(); ++i)
      for (index_t s = offsets[i]; s < offsets[i + 1]; ++s) sum[i] += refined[static_cast<std::size_t>(s)];
    return sum;
  }

 private:
  typename Op::options options_;
};

/// Refined numbers of all steps, and where those of each response begin.
using refined_steps = std::pair<rewards, std::vector<index_t>>;
constexpr auto vsrm = [](const eigen_backend& cpu, const rewards& value, const std::vector<index_t>& offsets,
                         const op::vsrm_step_reward::options& o) -> refined_steps {
  auto result = vsrm_step_reward<double>(cpu, {.prefix_accuracy = value, .prefixes = offsets}, o);
  return {std::move(result.step_reward), std::move(result.step_offsets)};
};
constexpr auto clip_delta = [](const eigen_backend& cpu, const rewards& value, const std::vector<index_t>& offsets,
                               const op::prm_clip_delta::options& o) -> refined_steps {
  return {prm_clip_delta<double>(cpu, {.step_reward = value, .steps = offsets}, o), offsets};
};

// --- Advantages ----------------------------------------------------------------------------------------

scores advantage_grpo(const eigen_backend& cpu, const batch& b, const rewards& shaped) {
  return {shaped, grpo_advantage<double>(cpu, {.reward = shaped, .groups = b.offsets}), {}};
}

scores advantage_dr_grpo(const eigen_backend& cpu, const batch& b, const rewards& shaped) {
  return {
      shaped, grpo_advantage<double>(cpu, {.reward = shaped, .groups = b.offsets}, {.std_scope = std_scope::none}), {}};
}

scores advantage_rloo(const eigen_backend& cpu, const batch& b, const rewards& shaped) {
  return {shaped, rloo_advantage<double>(cpu, {.reward = shaped, .groups = b.offsets}), {}};
}

scores advantage_opo(const eigen_backend& cpu, const batch& b, const rewards& shaped) {
  return {shaped, opo_advantage<double>(cpu, {.reward = shaped, .length = b.length, .groups = b.offsets}), {}};
}

scores advantage_gpg(const eigen_backend& cpu, const batch& b, const rewards& shaped) {
  return {shaped, gpg_advantage<double>(cpu, {.reward = shaped, .groups = b.offsets}), {}};
}

scores advantage_passk(const eigen_backend& cpu, const batch& b, const rewards& shaped) {
  return {shaped, passk_advantage<double>(cpu, {.reward = shaped, .groups = b.offsets}), {}};
}

scores advantage_reinforce_pp_baseline(const eigen_backend& cpu, const batch& b, const rewards& shaped) {
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

scores advantage_copo(const eigen_backend& cpu, const batch& b, const rewards& shaped) {
  const auto copo = copo_advantage<double>(cpu, {.reward = shaped, .outcome_id = b.outcome_id, .groups = b.offsets});
  // k and b as in the authors' README.
  const rewards weight = copo_blend_weight<double>(
      cpu, {.entropy = copo.entropy, .reward = shaped, .local_advantage = copo.local_advantage, .groups = b.offsets},
      {.k = 5, .b = 1});
  scores result{shaped, rewards(shaped.size()), {}};
  for (std::size_t i = 0; i < shaped.size(); ++i)
    result.advantage[i] = weight[i] * copo.local_advantage[i] + (1 - weight[i]) * copo.global_advantage[i];
  result.details = {
      {"local_advantage", copo.local_advantage}, {"global_advantage", copo.global_advantage}, {"local_weight", weight}};
  return result;
}

// --- What can be named ---------------------------------------------------------------------------------

struct shaping_kind {
  std::string_view name, what;
  std::unique_ptr<shaper> (*make)();
};
struct advantage_kind {
  std::string_view name, what;
  std::size_t smallest_group;
  bool by_token;
  recipe::advantage compute;
};

template <class Op, auto Call, class More = nothing_more>
std::unique_ptr<shaper> make() {
  return std::make_unique<shaper_of<Op, Call, More>>();
}

const std::vector<shaping_kind>& shapings() {
  static const std::vector<shaping_kind> all = {
      {"none", "the rule's reward as it is", []() -> std::unique_ptr<shaper> { return std::make_unique<unshaped>(); }},
      {"par", "sigmoid of the difference to the other responses' rewards",
       make<op::par_reward, [](auto&... x) { return par_reward<double>(x...); }>},
      {"centered", "less the mean of the other responses' rewards",
       make<op::centered_reward, [](auto&... x) { return centered_reward<double>(x...); }>},
      {"relative_bounded", "that difference, one by one, squeezed by a curve",
       make<op::relative_bounded_reward, [](auto&... x) { return relative_bounded_reward<double>(x...); }>},
      {"bounded", "squeezed by a curve, a sigmoid unless told otherwise",
       make<op::bounded_reward, [](auto&... x) { return bounded_reward<double>(x...); }>},
      {"minmax", "scaled to 0..1 by the lowest and highest reward so far",
       make<op::minmax_reward, [](auto&... x) { return minmax_reward<double>(x...); }>},
      {"meanstd", "standardised by all rewards so far",
       make<op::meanstd_reward, [](auto&... x) { return meanstd_reward<double>(x...); }>},
      {"laser", "a bonus for right answers within a target length",
       make<op::laser_reward, [](auto&... x) { return laser_reward<double>(x...); }>},
      {"laser_d", "the same with a target by difficulty of the prompt",
       make<op::laser_d_reward, [](auto&... x) { return laser_d_reward<double>(x...); }, budgets>},
      {"laser_de", "the same, and a bonus for wrong answers beyond it",
       make<op::laser_de_reward, [](auto&... x) { return laser_de_reward<double>(x...); }, budgets>},
      {"kimi", "a bonus for the shorter, a malus for the longer of a group",
       make<op::kimi_length_reward, [](auto&... x) { return kimi_length_reward<double>(x...); }>},
      {"overlong", "a punishment that sets in before a maximal length",
       make<op::soft_overlong_punishment, [](auto&... x) { return soft_overlong_punishment<double>(x...); }>},
      {"cosine",
       "right answers the better the shorter, wrong ones the better the longer; the rule's reward is not used",
       make<op::cosine_length_reward, [](auto&... x) { return cosine_length_reward<double>(x...); }>},
      {"truncation", "the reward of a wrong answer beyond a target length",
       make<op::truncation_reward, [](auto&... x) { return truncation_reward<double>(x...); }>},
      {"stop_properly", "less for what was cut off at a length",
       make<op::stop_properly_penalty, [](auto&... x) { return stop_properly_penalty<double>(x...); }, limit>},
      {"linear", "less a charge for each token beyond a threshold",
       make<op::linear_length_penalty, [](auto&... x) { return linear_length_penalty<double>(x...); }>},
      {"adaptive", "right answers less a charge for each token, higher where the group succeeds",
       make<op::adaptive_length_penalty, [](auto&... x) { return adaptive_length_penalty<double>(x...); }>},
      {"generalized", "less for answers far shorter, or longer, than the group's right ones",
       make<op::generalized_length_penalty, [](auto&... x) { return generalized_length_penalty<double>(x...); }>},
      {"group_max", "less the length by the group's longest, as the group succeeds",
       make<op::group_max_length_penalty, [](auto&... x) { return group_max_length_penalty<double>(x...); }, usage>},
      {"dast", "by the length against a budget that follows difficulty",
       make<op::dast_length_reward, [](auto&... x) { return dast_length_reward<double>(x...); }>},
      {"efficient", "right answers less for being longer than the group's other right ones",
       make<op::efficient_reasoner_reward, [](auto&... x) { return efficient_reasoner_reward<double>(x...); }>},
      {"grpo_lead", "the same, exponentially",
       make<op::grpo_lead_length_reward, [](auto&... x) { return grpo_lead_length_reward<double>(x...); }>},
      {"shorter_better", "less the distance from the group's shortest right answer",
       make<op::shorter_better_reward, [](auto&... x) { return shorter_better_reward<double>(x...); }>},
      {"l1_exact", "less the distance from a length budget",
       make<op::l1_exact_reward, [](auto&... x) { return l1_exact_reward<double>(x...); }, budget>},
      {"l1_max", "right answers within a length budget, with a ramp beyond it",
       make<op::l1_max_reward, [](auto&... x) { return l1_max_reward<double>(x...); }, budget>},
      {"crf", "right answers more by a score of their conciseness, and by how often the prompt is solved",
       make<op::crf_reward, [](auto&... x) { return crf_reward<double>(x...); }, conciseness>},
      {"vsrm", "the rule's reward, and how much each step changes the share of right answers behind it (VSRM)",
       []() -> std::unique_ptr<shaper> {
         return std::make_unique<step_shaper<op::vsrm_step_reward, vsrm>>("prefix_accuracy");
       }},
      {"clip_delta", "the rule's reward, and process rewards clipped and differenced (Clip, Delta)",
       []() -> std::unique_ptr<shaper> {
         return std::make_unique<step_shaper<op::prm_clip_delta, clip_delta>>("step_rewards");
       }},
  };
  return all;
}

constexpr std::array advantages{
    advantage_kind{"grpo", "less the group's mean, over its standard deviation", 0, false, advantage_grpo},
    advantage_kind{"dr_grpo", "less the group's mean", 0, false, advantage_dr_grpo},
    advantage_kind{"rloo", "less the mean of the others in the group", 0, false, advantage_rloo},
    advantage_kind{"opo", "less the group's mean weighted by length", 0, false, advantage_opo},
    advantage_kind{"gpg", "less the group's mean, over the share of groups with signal", 0, false, advantage_gpg},
    advantage_kind{"reinforce_pp_baseline", "less the group's mean, whitened over all tokens of the batch", 0, true,
                   advantage_reinforce_pp_baseline},
    advantage_kind{"passk", "the best of the group alone, by its lead over the second", 2, false, advantage_passk},
    advantage_kind{"copo", "within the group where answers differ, across prompts where they agree", 0, false,
                   advantage_copo},
};

/// What the options of the command line say about a shaping's own, under names of its own.
struct from_command_line {
  std::string_view option, flag, shapings;  ///< of these shapings, or of all
  std::optional<double> value;
};
std::vector<from_command_line> given(const settings& s) {
  const auto of = [](const auto& x) { return x ? std::optional<double>(static_cast<double>(*x)) : std::nullopt; };
  const auto by_difficulty = [&](std::size_t k) {
    return s.target_lengths.size() == 3 ? std::optional<double>(s.target_lengths[k]) : std::nullopt;
  };
  return {{"target_length", "--target-length", "", of(s.target_length)},
          {"max_length", "--max-length", "", of(s.max_length)},
          {"cache_length", "--cache-length", "", of(s.cache_length)},
          {"hard_length", "--target-lengths", "", by_difficulty(0)},
          {"medium_length", "--target-lengths", "", by_difficulty(1)},
          {"easy_length", "--target-lengths", "", by_difficulty(2)},
          {"alpha", "--alpha", "laser laser_d laser_de", of(s.alpha)},
          {"coef", "--kimi-coef", "kimi", of(s.kimi_coef)},
          {"k", "--k", "par bounded relative_bounded", of(s.k)}};
}
bool lists(std::string_view names, std::string_view name) {
  return names.empty() || (" " + std::string(names) + " ").find(" " + std::string(name) + " ") != std::string::npos;
}

}  // namespace

std::vector<flag_t> groups_with_signal(const eigen_backend& cpu, const batch& b) {
  return dynamic_sampling_mask<double>(cpu, {.metric = b.reward, .groups = b.offsets}).keep_group;
}

std::vector<recipe> make_recipes(const std::vector<std::string>& names, const settings& with) {
  std::vector<recipe> made;
  for (const std::string& name : names) {
    const auto refuse = [&](const std::string& why) { throw std::invalid_argument("--recipe " + name + ": " + why); };
    const std::size_t plus = name.rfind('+');
    const std::string advantage_name = plus == std::string::npos ? name : name.substr(plus + 1);
    named words{"none", {}};
    try {
      if (plus != std::string::npos) words = take_apart(std::string_view(name).substr(0, plus));
    } catch (const std::invalid_argument& error) {
      refuse(error.what());
    }
    const auto s = std::find_if(shapings().begin(), shapings().end(), [&](auto& x) { return x.name == words.name; });
    const auto a =
        std::find_if(advantages.begin(), advantages.end(), [&](auto& x) { return x.name == advantage_name; });
    if (s == shapings().end()) refuse("there is no shaping '" + words.name + "'; --list names them");
    if (a == advantages.end()) refuse("there is no advantage '" + advantage_name + "'; --list names them");
    if (std::any_of(made.begin(), made.end(), [&](const recipe& r) { return r.name == name; }))
      refuse("stands twice on the command line; name it once");
    auto shaping = s->make();
    std::string flags;
    for (const from_command_line& g : given(with)) {
      const auto slot =
          std::find_if(shaping->slots.begin(), shaping->slots.end(), [&](auto& x) { return x.info.name == g.option; });
      if (slot == shaping->slots.end() || !lists(g.shapings, s->name)) continue;
      if (slot->info.required && !g.value && flags.find(g.flag) == flags.npos)
        flags += (flags.empty() ? "" : " and ") + std::string(g.flag);
      if (!g.value) continue;
      if (slot->info.kind == op::option_info::integer && *g.value != std::trunc(*g.value))
        refuse(std::string(g.flag) + " must be a whole number");
      slot->set_number(*g.value);
      slot->info.required = false;
    }
    if (s->name == "overlong" && with.cache_length && with.max_length && *with.cache_length > *with.max_length)
      refuse("--cache-length must not exceed --max-length");
    try {
      set_options(shaping->slots, words);
    } catch (const std::invalid_argument& error) {
      refuse(error.what() + (flags.empty() ? "" : " (or give " + flags + ")"));
    }
    made.push_back({name, a->smallest_group, a->by_token, std::move(shaping), a->compute});
  }
  return made;
}

wanted_keys keys_of(const std::vector<recipe>& recipes) {
  wanted_keys keys{wanted_keys::none};
  for (const recipe& r : recipes)
    if (r.shaping->reads) keys.of_response[r.shaping->reads] = true;
  return keys;
}

std::map<std::string, numbers_under> numbers_of(const std::vector<recipe>& recipes) {
  std::map<std::string, numbers_under> all;
  for (const recipe& r : recipes)
    if (r.shaping->reads) all[r.shaping->reads] = r.shaping->reads_score ? numbers_under::score : numbers_under::steps;
  return all;
}

std::string list_recipes() {
  std::ostringstream out;
  out << "A recipe is SHAPING[,OPTION=VALUE...]+ADVANTAGE, or ADVANTAGE alone.\n\nshaping\n";
  for (const shaping_kind& x : shapings()) {
    const auto shaping = x.make();
    const std::string options = described(shaping->slots);
    out << x.name << ": " << x.what << '\n';
    if (shaping->reads)
      out << "    reads responses[i]." << shaping->reads
          << (shaping->reads_score ? ": a number from 0 to 1\n" : ": an array of numbers\n");
    if (!options.empty()) out << "    " << options << '\n';
  }
  out << "\nadvantage\n";
  for (const advantage_kind& x : advantages) out << x.name << ": " << x.what << '\n';
  return out.str();
}

}  // namespace guerdon::examples
