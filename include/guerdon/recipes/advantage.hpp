#pragma once
// The advantages of the recipes. Each fills what of the signal its objective reads.

#include <guerdon/advantage/advantage_filter.hpp>
#include <guerdon/advantage/beta_baseline_advantage.hpp>
#include <guerdon/advantage/brpo_advantage.hpp>
#include <guerdon/advantage/copo_advantage.hpp>
#include <guerdon/advantage/copo_blend_weight.hpp>
#include <guerdon/advantage/dynamic_sampling_mask.hpp>
#include <guerdon/advantage/gdpo_advantage.hpp>
#include <guerdon/advantage/gigpo_advantage.hpp>
#include <guerdon/advantage/gpg_advantage.hpp>
#include <guerdon/advantage/grpo_advantage.hpp>
#include <guerdon/advantage/maxrl_advantage.hpp>
#include <guerdon/advantage/opo_advantage.hpp>
#include <guerdon/advantage/passk_advantage.hpp>
#include <guerdon/advantage/reinforce_pp_baseline_advantage.hpp>
#include <guerdon/advantage/remax_advantage.hpp>
#include <guerdon/advantage/rloo_advantage.hpp>
#include <guerdon/advantage/salt_advantage.hpp>
#include <guerdon/advantage/step_to_token.hpp>
#include <guerdon/objective/kl_estimate.hpp>
#include <guerdon/objective/kl_shaped_reward.hpp>
#include <guerdon/process/implicit_process_reward.hpp>
#include <guerdon/process/prime_advantage.hpp>
#include <guerdon/process/prm_clip_delta.hpp>
#include <guerdon/process/process_reward_to_token.hpp>
#include <guerdon/process/vsrm_step_reward.hpp>
#include <guerdon/recipes/batch.hpp>
#include <guerdon/returns/masked_discounted_return.hpp>
#include <guerdon/returns/reinforce_pp_return.hpp>
#include <guerdon/shaping/forward_weight.hpp>
#include <guerdon/statistics/masked_whiten.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace recipes { namespace advantage {

template <class Backend, real T>
using signal_of = signal<T, Backend::template array>;

/// KL of the sampled tokens from the reference, as a number that the reward is charged with.
template <class Backend, real T>
auto sampled_kl(const Backend& b, const answers<T>& a) {
  return kl_estimate<T>(b, {.logprob = a.old_logprob, .ref_logprob = a.ref_logprob}, {.estimator = kl_estimator::k1})
      .kl;
}

// --- Of the group ---------------------------------------------------------------------------------------------------

struct grpo {
  static constexpr reads needs = reads::nothing_more;
  op::grpo_advantage::options o = {};
  std::string text() const { return call_text<op::grpo_advantage>(o); }
  template <class Backend, real T>
  void operator()(const Backend& b, const answers<T>& a, const settings&, signal_of<Backend, T>& s) const {
    s.advantage = grpo_advantage<T>(b, {.reward = a.reward, .groups = a.groups}, o);
  }
};
struct rloo {
  static constexpr reads needs = reads::nothing_more;
  static std::string text() { return call_text<op::rloo_advantage>(); }
  template <class Backend, real T>
  void operator()(const Backend& b, const answers<T>& a, const settings&, signal_of<Backend, T>& s) const {
    s.advantage = rloo_advantage<T>(b, {.reward = a.reward, .groups = a.groups});
  }
};
struct reinforce_pp_baseline {
  static constexpr reads needs = reads::nothing_more;
  static std::string text() { return call_text<op::reinforce_pp_baseline_advantage>(); }
  template <class Backend, real T>
  void operator()(const Backend& b, const answers<T>& a, const settings&, signal_of<Backend, T>& s) const {
    s.token_advantage = reinforce_pp_baseline_advantage<T>(
        b, {.rows = a.rows, .reward = a.reward, .groups = a.groups, .mask = a.mask});
  }
};
struct opo {
  static constexpr reads needs = reads::length;
  static std::string text() { return call_text<op::opo_advantage>(); }
  template <class Backend, real T>
  void operator()(const Backend& b, const answers<T>& a, const settings&, signal_of<Backend, T>& s) const {
    s.advantage = opo_advantage<T>(b, {.reward = a.reward, .length = a.length, .groups = a.groups});
  }
};
struct gpg {
  static constexpr reads needs = reads::nothing_more;
  static std::string text() { return call_text<op::gpg_advantage>(); }
  template <class Backend, real T>
  void operator()(const Backend& b, const answers<T>& a, const settings&, signal_of<Backend, T>& s) const {
    s.advantage = gpg_advantage<T>(b, {.reward = a.reward, .groups = a.groups});
  }
};
struct maxrl {
  static constexpr reads needs = reads::nothing_more;
  static std::string text() { return call_text<op::maxrl_advantage>(); }
  template <class Backend, real T>
  void operator()(const Backend& b, const answers<T>& a, const settings&, signal_of<Backend, T>& s) const {
    s.advantage = maxrl_advantage<T>(b, {.reward = a.reward, .groups = a.groups});
  }
};
struct passk {
  static constexpr reads needs = reads::nothing_more;
  static std::string text() { return call_text<op::passk_advantage>(); }
  template <class Backend, real T>
  void operator()(const Backend& b, const answers<T>& a, const settings&, signal_of<Backend, T>& s) const {
    s.advantage = passk_advantage<T>(b, {.reward = a.reward, .groups = a.groups});
  }
};
struct copo {
  static constexpr reads needs = reads::outcome;
  static std::string text() { return call_text<op::copo_advantage>() + ", " + call_text<op::copo_blend_weight>(); }
  template <class Backend, real T>
  void operator()(const Backend& b, const answers<T>& a, const settings&, signal_of<Backend, T>& s) const {
    auto both = copo_advantage<T>(b, {.reward = a.reward, .outcome_id = a.outcome, .groups = a.groups});
    s.local_weight = copo_blend_weight<T>(b, {.entropy = both.entropy, .reward = a.reward,
                                              .local_advantage = both.local_advantage, .groups = a.groups});
    s.advantage = std::move(both.local_advantage);
    s.global_advantage = std::move(both.global_advantage);
  }
};
/// The advantage of another part, and which groups are worth a gradient, by the rewards before their shaping.
struct dynamic_sampling {
  static constexpr reads needs = reads::nothing_more;
  static std::string text() { return call_text<op::grpo_advantage>() + ", " + call_text<op::dynamic_sampling_mask>(); }
  template <class Backend, real T>
  void before_shaping(const Backend& b, const answers<T>& a, signal_of<Backend, T>& s) const {
    s.keep_group = dynamic_sampling_mask<T>(b, {.metric = a.reward, .groups = a.groups}).keep_group;
  }
  template <class Backend, real T>
  void operator()(const Backend& b, const answers<T>& a, const settings& with, signal_of<Backend, T>& s) const {
    grpo{}(b, a, with, s);
  }
};
/// Standardised over the batch behind the group, outliers dropped, on tokens: its loss takes no other.
struct filtered {
  static constexpr reads needs = reads::nothing_more;
  static std::string text() { return call_text<op::grpo_advantage>() + ", " + call_text<op::advantage_filter>(); }
  template <class Backend, real T>
  void operator()(const Backend& b, const answers<T>& a, const settings&, signal_of<Backend, T>& s) const {
    const auto by_group = grpo_advantage<T>(b, {.reward = a.reward, .groups = a.groups});
    auto all = b.template make<flag_t>(a.reward.size());
    const view<flag_t> counts(all);
    b.each(counts.size(), [=] GUERDON_HD(index_t i) { counts[i] = 1; });
    const auto kept = advantage_filter<T>(b, {.advantage = by_group, .mask = all}).advantage;
    s.token_advantage = reinforce_pp_baseline_advantage<T>(  // no more than the way onto the tokens
        b, {.rows = a.rows, .reward = kept, .groups = segments::uniform(1, a.reward.size()), .mask = a.mask},
        {.whiten = false});
  }
};
struct gdpo {
  static constexpr reads needs = reads::components;
  static std::string text() { return call_text<op::gdpo_advantage>(); }
  template <class Backend, real T>
  void operator()(const Backend& b, const answers<T>& a, const settings&, signal_of<Backend, T>& s) const {
    s.advantage = gdpo_advantage<T>(b, {.component_reward = a.component_reward, .reward_weight = a.component_weight,
                                        .groups = a.groups});
  }
};
struct brpo {
  static constexpr reads needs = reads::comparisons;
  static std::string text() { return call_text<op::brpo_advantage>(); }
  template <class Backend, real T>
  void operator()(const Backend& b, const answers<T>& a, const settings&, signal_of<Backend, T>& s) const {
    auto won =
        brpo_advantage<T>(b, {.preference = a.preference, .groups = a.groups, .reference_index = a.compared_with});
    s.advantage = std::move(won.advantage);
    s.keep_group = std::move(won.keep);
  }
};

// --- Without a group ------------------------------------------------------------------------------------------------

struct reinforce_pp {
  static constexpr reads needs = reads::reference_policy;
  static constexpr op::reinforce_pp_return::options o{.kl_coef = 0.01};
  static std::string text() { return call_text<op::reinforce_pp_return>(o); }
  template <class Backend, real T>
  void operator()(const Backend& b, const answers<T>& a, const settings&, signal_of<Backend, T>& s) const {
    const auto kl = sampled_kl(b, a);
    s.token_advantage =
        reinforce_pp_return<T>(b, {.rows = a.rows, .reward = a.reward, .kl = kl, .mask = a.mask}, o).advantage;
  }
};
struct remax {
  static constexpr reads needs = reads::reference_policy | reads::greedy_answer;
  static constexpr op::kl_shaped_reward::options o{.kl_coef = 0.05};
  static std::string text() { return call_text<op::remax_advantage>() + " of " + call_text<op::kl_shaped_reward>(o); }
  template <class Backend, real T>
  void operator()(const Backend& b, const answers<T>& a, const settings&, signal_of<Backend, T>& s) const {
    const auto kl = sampled_kl(b, a);
    const auto reward = kl_shaped_reward<T>(b, {.rows = a.rows, .reward = a.reward, .kl = kl, .mask = a.mask}, o);
    s.token_advantage =
        remax_advantage<T>(b,
                           {.rows = a.rows, .token_reward = reward, .baseline_reward = a.greedy_reward, .mask = a.mask})
            .advantage;
  }
};
struct tracked {
  static constexpr reads needs = reads::tracker;
  static std::string text() { return call_text<op::beta_baseline_advantage>(); }
  template <class Backend, real T>
  void operator()(const Backend& b, const answers<T>& a, const settings&, signal_of<Backend, T>& s) const {
    auto spo = beta_baseline_advantage<T>(b, {.reward = a.reward, .prompt = a.prompt, .alpha = a.successes,
                                              .beta = a.failures});
    s.advantage = std::move(spo.advantage);
    s.successes = std::move(spo.alpha);
    s.failures = std::move(spo.beta);
  }
};
/// The reward is the advantage: a baseline of the group would take away what a corrected reward is right about.
struct reward_itself {
  static constexpr reads needs = reads::nothing_more;
  static std::string text() { return "the reward itself"; }
  template <class Backend, real T>
  void operator()(const Backend& b, const answers<T>& a, const settings&, signal_of<Backend, T>& s) const {
    s.advantage = b.template make<T>(a.reward.size());
    const view<T> advantage(s.advantage);
    b.each(advantage.size(), [=, reward = a.reward] GUERDON_HD(index_t i) { advantage[i] = reward[i]; });
  }
};
/// The weight of the score function is the advantage itself: a baseline would undo it.
struct forward {
  static constexpr reads needs = reads::noise_rates;
  static std::string text() { return call_text<op::forward_weight>(); }
  template <class Backend, real T>
  void operator()(const Backend& b, const answers<T>& a, const settings& with, signal_of<Backend, T>& s) const {
    s.advantage = forward_weight<T>(b, {.reward = a.reward}, {.rho1 = with.false_negative});
  }
};

// --- Of steps and tokens --------------------------------------------------------------------------------------------

struct gigpo {
  static constexpr reads needs = reads::steps;
  static std::string text() { return call_text<op::gigpo_advantage>() + ", " + call_text<op::step_to_token>(); }
  template <class Backend, real T>
  void operator()(const Backend& b, const answers<T>& a, const settings&, signal_of<Backend, T>& s) const {
    const auto of_step = gigpo_advantage<T>(b, {.episode_reward = a.reward, .step_reward = a.step_reward,
                                                .state = a.state, .steps = a.steps, .groups = a.groups}).advantage;
    s.token_advantage = step_to_token<T>(b, {.step_advantage = of_step, .token_step = a.token_step});
  }
};
/// The graph is built on the host.
struct salt {
  static constexpr reads needs = reads::steps;
  static std::string text() {
    return call_text<op::grpo_advantage>() + ", " + call_text<op::salt_advantage>() + ", " +
           call_text<op::step_to_token>();
  }
  template <class Backend, real T>
  void operator()(const Backend& b, const answers<T>& a, const settings&, signal_of<Backend, T>& s) const {
    static_assert(Backend::on_host, "SALT's graph is built on the host: use a host's backend");
    const auto by_group = grpo_advantage<T>(b, {.reward = a.reward, .groups = a.groups});
    const std::vector<double> of_answer(by_group.begin(), by_group.end());
    const auto merged = salt_advantage({.state = a.state, .action = a.action, .next_state = a.next_state,
                                        .steps = a.steps, .trajectory_advantage = of_answer, .groups = a.groups}, {});
    const std::vector<T> of_step(merged.step_advantage.begin(), merged.step_advantage.end());
    s.token_advantage = step_to_token<T>(b, {.step_advantage = of_step, .token_step = a.token_step});
  }
};
struct prime {
  static constexpr reads needs = reads::process_model;
  static std::string text() {
    return call_text<op::implicit_process_reward>() + ", " + call_text<op::prime_advantage>();
  }
  template <class Backend, real T>
  void operator()(const Backend& b, const answers<T>& a, const settings&, signal_of<Backend, T>& s) const {
    const auto reward = implicit_process_reward<T>(b, {.rows = a.rows, .logprob = a.process_logprob,
                                                       .ref_logprob = a.process_ref_logprob, .mask = a.mask});
    s.token_advantage = prime_advantage<T>(b, {.rows = a.rows, .process_reward = reward, .outcome_reward = a.reward,
                                               .mask = a.mask, .groups = a.groups}).advantage;
  }
};
/// Step rewards on the last tokens of their steps, what follows added up, whitened over the batch.
template <class Backend, real T>
void returns_of_steps(const Backend& b, const answers<T>& a, view<const T> step_reward, const segments& steps,
                      signal_of<Backend, T>& s) {
  const auto reward = process_reward_to_token<T>(b, {.tokens = a.rows, .step_reward = step_reward, .steps = steps,
                                                     .step_end = a.step_end, .success = a.reward});
  const auto to_go = masked_discounted_return<T>(b, {.rows = a.rows, .token_reward = reward, .mask = a.mask});
  s.token_advantage = masked_whiten<T>(b, {.value = to_go, .mask = a.mask});
}
struct clip_delta {
  static constexpr reads needs = reads::steps;
  static std::string text() {
    return call_text<op::prm_clip_delta>() + ", `process_reward_to_token`, `masked_discounted_return`, `masked_whiten`";
  }
  template <class Backend, real T>
  void operator()(const Backend& b, const answers<T>& a, const settings& with, signal_of<Backend, T>& s) const {
    const auto refined =
        prm_clip_delta<T>(b, {.step_reward = a.step_reward, .steps = a.steps}, {.eta = with.step_threshold});
    returns_of_steps<Backend, T>(b, a, refined, a.steps, s);
  }
};
struct vsrm {
  static constexpr reads needs = reads::steps;
  static std::string text() {
    return call_text<op::vsrm_step_reward>() +
           ", `process_reward_to_token`, `masked_discounted_return`, `masked_whiten`";
  }
  template <class Backend, real T>
  void operator()(const Backend& b, const answers<T>& a, const settings&, signal_of<Backend, T>& s) const {
    const auto step = vsrm_step_reward<T>(b, {.prefix_accuracy = a.prefix_accuracy, .prefixes = a.prefixes});
    returns_of_steps<Backend, T>(b, a, step.step_reward, a.steps, s);
  }
};

}}}}  // namespace guerdon::recipes::advantage
