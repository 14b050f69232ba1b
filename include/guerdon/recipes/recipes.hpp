#pragma once
// The recipes: what the papers' names stand for, a row each: shaping | advantage | objective.
//
//   const auto signal = recipes::dapo.advantages(backend, answers, settings);     // once a step
//   const auto loss = recipes::dapo.loss(backend, tokens, settings);              // for each update
//
// A row is a value; one of your own is written likewise, of these parts or of others with the same call. Settings are
// those of the paper, or of its published code; what depends on the data is asked for (recipes::settings). Off this
// header's path: how prompts are drawn, the optimiser, the reference's update.
//
// docs/recipes.md is this table, derived.

#include <guerdon/recipes/advantage.hpp>
#include <guerdon/recipes/objective.hpp>
#include <guerdon/recipes/shaping.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace recipes {

/// Where in the table a recipe stands.
enum class kind { advantage, objective, length, reward, process };
constexpr auto enumerators(kind) { return std::array{"advantages", "objectives", "length", "rewards", "steps"}; }

template <class Shaping, class Advantage, class Objective>
struct recipe {
  std::string_view name, title, source;
  recipes::kind kind;
  Shaping shaping;
  Advantage advantage;
  Objective objective;

  /// What it reads beyond rewards, rows, groups, mask and log-probabilities.
  static constexpr reads needs = Shaping::needs | Advantage::needs | Objective::needs;

  template <class Backend, real T>
  signal<T, Backend::template array> advantages(const Backend& backend, answers<T> a, const settings& s = {}) const {
    signal<T, Backend::template array> made;
    if constexpr (requires { advantage.before_shaping(backend, a, made); }) advantage.before_shaping(backend, a, made);
    if constexpr (!std::is_same_v<Shaping, shaping::none>) {
      made.reward = shaping(backend, a, s);
      a.reward = made.reward;
    }
    advantage(backend, a, s, made);
    return made;
  }

  template <class Backend, real T>
  policy_outputs<T, Backend::template array> loss(const Backend& backend, const tokens<T>& t,
                                                  const settings& s = {}) const {
    return objective(backend, t, s);
  }
};
template <class Shaping, class Advantage, class Objective>
recipe(std::string_view, std::string_view, std::string_view, kind, Shaping, Advantage, Objective)
    -> recipe<Shaping, Advantage, Objective>;

// What several rows share.
inline constexpr objective::clipped clipped_answers{mean_of_answers}, clipped_tokens{mean_of_tokens};
inline constexpr advantage::grpo centred{{.std_scope = std_scope::none}};

// --- Advantages -----------------------------------------------------------------------------------------------

inline constexpr recipe grpo{"grpo", "GRPO", "arXiv:2402.03300", kind::advantage,
                             shaping::none{}, advantage::grpo{}, clipped_answers};
inline constexpr recipe dr_grpo{"dr_grpo", "Dr.GRPO", "arXiv:2503.20783", kind::advantage,
                                shaping::none{}, centred, objective::clipped{sum_over_constant}};
inline constexpr recipe rloo{"rloo", "RLOO", "arXiv:2402.14740", kind::advantage,
                             shaping::none{}, advantage::rloo{}, objective::clipped{sum_in_answers}};
inline constexpr recipe reinforce_pp{"reinforce_pp", "REINFORCE++", "arXiv:2501.03262", kind::advantage,
                                     shaping::none{}, advantage::reinforce_pp{}, clipped_tokens};
inline constexpr recipe reinforce_pp_baseline{"reinforce_pp_baseline", "REINFORCE++-baseline", "arXiv:2501.03262",
                                              kind::advantage,
                                              shaping::none{}, advantage::reinforce_pp_baseline{}, clipped_tokens};
inline constexpr recipe remax{"remax", "ReMax", "arXiv:2310.10505", kind::advantage,
                              shaping::none{}, advantage::remax{}, objective::score{}};
inline constexpr recipe opo{"opo", "OPO", "arXiv:2505.23585", kind::advantage,
                            shaping::none{}, advantage::opo{}, clipped_tokens};
inline constexpr recipe gpg{"gpg", "GPG", "arXiv:2504.02546", kind::advantage,
                            shaping::none{}, advantage::gpg{}, objective::score{}};
inline constexpr recipe maxrl{"maxrl", "MaxRL", "arXiv:2602.02710", kind::advantage,
                              shaping::none{}, advantage::maxrl{}, clipped_tokens};
inline constexpr recipe passk{"passk", "GRPO for pass@k", "arXiv:2503.19595", kind::advantage,
                              shaping::none{}, advantage::passk{}, clipped_answers};
inline constexpr recipe copo{"copo", "COPO", "arXiv:2508.04138", kind::advantage,
                             shaping::none{}, advantage::copo{}, objective::copo{}};
inline constexpr recipe gdpo{"gdpo", "GDPO", "arXiv:2601.05242", kind::advantage,
                             shaping::none{}, advantage::gdpo{}, clipped_answers};
inline constexpr recipe brpo{"brpo", "BRPO", "arXiv:2506.00103", kind::advantage,
                             shaping::none{}, advantage::brpo{}, clipped_answers};
inline constexpr recipe spo{"spo", "SPO", "arXiv:2509.13232", kind::advantage,
                            shaping::none{}, advantage::tracked{}, objective::clipped{mean_of_tokens, {.high = 0.28}}};

// --- Objectives -----------------------------------------------------------------------------------------------

inline constexpr recipe dapo{"dapo", "DAPO", "arXiv:2503.14476", kind::objective,
                             shaping::overlong{}, advantage::dynamic_sampling{},
                             objective::clipped{mean_of_tokens, {.high = 0.28}}};
inline constexpr recipe gspo{"gspo", "GSPO", "arXiv:2507.18071", kind::objective,
                             shaping::none{}, advantage::grpo{}, objective::gspo{}};
inline constexpr recipe cispo{"cispo", "CISPO", "arXiv:2506.13585", kind::objective,
                              shaping::none{}, advantage::grpo{}, objective::cispo{}};
inline constexpr recipe gmpo{"gmpo", "GMPO", "arXiv:2507.20673", kind::objective,
                             shaping::none{}, advantage::grpo{}, objective::gmpo{}};
inline constexpr recipe sapo{"sapo", "SAPO", "arXiv:2511.20347", kind::objective,
                             shaping::none{}, advantage::grpo{}, objective::sapo{}};
inline constexpr recipe gppo{"gppo", "GPPO", "arXiv:2508.07629", kind::objective,
                             shaping::none{}, advantage::grpo{}, objective::gppo{}};
inline constexpr recipe ce_gppo{"ce_gppo", "CE-GPPO", "arXiv:2509.20712", kind::objective,
                                shaping::none{}, advantage::grpo{}, objective::gppo{{.beta_low = 0.75}}};
inline constexpr recipe dppo{"dppo", "DPPO", "arXiv:2602.04879", kind::objective,
                             shaping::none{}, advantage::grpo{}, objective::dppo{}};
inline constexpr recipe topr{"topr", "TOPR", "arXiv:2503.14286", kind::objective,
                             shaping::none{}, centred, objective::topr{}};
inline constexpr recipe clip_cov{"clip_cov", "Clip-Cov", "arXiv:2505.22617", kind::objective,
                                 shaping::none{}, advantage::grpo{}, objective::clip_cov{}};
inline constexpr recipe kl_cov{"kl_cov", "KL-Cov", "arXiv:2505.22617", kind::objective,
                               shaping::none{}, advantage::grpo{}, objective::kl_cov{}};
inline constexpr recipe kl{"kl", "GRPO with k3 KL", "arXiv:2402.03300", kind::objective,
                           shaping::none{}, advantage::grpo{}, objective::clipped_with_kl{}};
inline constexpr recipe tis{"tis", "GRPO with TIS", "https://fengyao.notion.site/off-policy-rl", kind::objective,
                            shaping::none{}, advantage::grpo{}, objective::corrected{}};
inline constexpr recipe icepop{
    "icepop",
    "GRPO with IcePop",
    "https://ringtech.notion.site/icepop",
    kind::objective,
    shaping::none{},
    advantage::grpo{},
    objective::corrected{mean_of_answers, {.mode = rollout_mode::mask, .lower = 0.5, .upper = 5}}};
inline constexpr recipe stable_reinforce{"stable_reinforce", "StableReinforce", "arXiv:2505.02835", kind::objective,
                                         shaping::consistent{}, advantage::filtered{}, objective::preclipped{}};

// --- Length ---------------------------------------------------------------------------------------------------

inline constexpr recipe laser{"laser", "GRPO with LASER", "arXiv:2505.15612", kind::length,
                              shaping::laser{}, advantage::grpo{}, clipped_answers};
inline constexpr recipe laser_d{"laser_d", "GRPO with LASER-D", "arXiv:2505.15612", kind::length,
                                shaping::laser_d{}, advantage::grpo{}, clipped_answers};
inline constexpr recipe laser_de{"laser_de", "GRPO with LASER-DE", "arXiv:2505.15612", kind::length,
                                 shaping::laser_de{}, advantage::grpo{}, clipped_answers};
inline constexpr recipe truncation{"truncation", "GRPO with truncation", "arXiv:2505.15612", kind::length,
                                   shaping::truncation{}, advantage::grpo{}, clipped_answers};
inline constexpr recipe kimi_length{"kimi_length", "GRPO with Kimi's length reward", "arXiv:2501.12599", kind::length,
                                    shaping::kimi{}, advantage::grpo{}, clipped_answers};
inline constexpr recipe kimi{"kimi", "Kimi k1.5", "arXiv:2501.12599", kind::length,
                             shaping::kimi{}, centred, objective::dro{}};
inline constexpr recipe cosine{"cosine", "GRPO with the cosine reward", "arXiv:2502.03373", kind::length,
                               shaping::cosine{}, advantage::grpo{}, clipped_answers};
inline constexpr recipe alp{"alp", "GRPO with ALP", "arXiv:2506.05256", kind::length,
                            shaping::adaptive{}, advantage::grpo{}, clipped_answers};
inline constexpr recipe dast{"dast", "GRPO with DAST", "arXiv:2503.04472", kind::length,
                             shaping::dast{}, advantage::grpo{}, clipped_answers};
inline constexpr recipe efficient_reasoner{"efficient_reasoner",
                                           "RLOO of efficient reasoners",
                                           "arXiv:2502.04463",
                                           kind::length,
                                           shaping::efficient_reasoner{},
                                           advantage::rloo{},
                                           objective::clipped{sum_in_answers}};
inline constexpr recipe efficient_grpo{"efficient_grpo", "GRPO with efficient reasoners' reward", "arXiv:2502.04463",
                                       kind::length,
                                       shaping::efficient_reasoner{}, advantage::grpo{}, clipped_answers};
inline constexpr recipe grpo_lead{"grpo_lead", "GRPO with GRPO-LEAD's lengths", "arXiv:2504.09696", kind::length,
                                  shaping::grpo_lead{}, advantage::grpo{}, clipped_answers};
inline constexpr recipe shorter_better{"shorter_better", "GRPO with ShorterBetter", "arXiv:2504.21370", kind::length,
                                       shaping::shorter_better{}, advantage::grpo{}, clipped_answers};
inline constexpr recipe l1_exact{"l1_exact", "GRPO with L1-Exact", "arXiv:2503.04697", kind::length,
                                 shaping::l1_exact{}, advantage::grpo{}, clipped_answers};
inline constexpr recipe l1_max{"l1_max", "GRPO with L1-Max", "arXiv:2503.04697", kind::length,
                               shaping::l1_max{}, advantage::grpo{}, clipped_answers};
inline constexpr recipe linear_length{"linear_length", "GRPO with a charge per token", "arXiv:2502.18770", kind::length,
                                      shaping::linear{}, advantage::grpo{}, clipped_answers};
inline constexpr recipe group_max{"group_max",
                                  "GRPO with prime-rl's length shaping",
                                  "https://github.com/PrimeIntellect-ai/prime-rl",
                                  kind::length,
                                  shaping::group_max{},
                                  centred,
                                  clipped_tokens};
inline constexpr recipe harmo{"harmo", "GRPO with HARMO's penalty", "arXiv:2510.05283", kind::length,
                              shaping::harmo{}, advantage::grpo{}, clipped_answers};
inline constexpr recipe harmo_short{"harmo_short", "GRPO with a charge for brevity", "arXiv:2510.05283", kind::length,
                                    shaping::harmo{{.weight = 0.5}}, advantage::grpo{}, clipped_answers};
inline constexpr recipe overlong{"overlong", "GRPO with the overlong punishment", "arXiv:2503.14476", kind::length,
                                 shaping::overlong{}, advantage::grpo{}, clipped_answers};
inline constexpr recipe stop_properly{"stop_properly", "GRPO with a fine for being cut off", "arXiv:2505.24864",
                                      kind::length,
                                      shaping::stop_properly{}, advantage::grpo{}, clipped_answers};
inline constexpr recipe crf{"crf", "GRPO with CRF", "arXiv:2511.09158", kind::length,
                            shaping::crf{}, advantage::grpo{}, clipped_answers};

// --- Rewards --------------------------------------------------------------------------------------------------

inline constexpr recipe par{"par", "GRPO with PAR", "arXiv:2502.18770", kind::reward,
                            shaping::par{}, advantage::grpo{}, clipped_answers};
inline constexpr recipe par_rloo{"par_rloo", "RLOO with PAR", "arXiv:2502.18770", kind::reward,
                                 shaping::par{}, advantage::rloo{}, objective::clipped{sum_in_answers}};
inline constexpr recipe centred_rloo{"centred_rloo", "RLOO with centred rewards", "arXiv:2502.18770", kind::reward,
                                     shaping::centred{}, advantage::rloo{}, objective::clipped{sum_in_answers}};
inline constexpr recipe bounded_rloo{"bounded_rloo",
                                     "RLOO with relative bounded rewards",
                                     "arXiv:2502.18770",
                                     kind::reward,
                                     shaping::relative_bounded{},
                                     advantage::rloo{},
                                     objective::clipped{sum_in_answers}};
inline constexpr recipe backward{"backward", "GRPO with backward correction", "arXiv:2510.00915", kind::reward,
                                 shaping::backward{}, centred, clipped_answers};
inline constexpr recipe backward_itself{"backward_itself", "Backward correction", "arXiv:2510.00915", kind::reward,
                                        shaping::backward{}, advantage::reward_itself{}, clipped_answers};
inline constexpr recipe forward{"forward", "Forward correction", "arXiv:2510.00915", kind::reward,
                                shaping::none{}, advantage::forward{}, clipped_answers};
inline constexpr recipe trust_grpo{"trust_grpo", "Trust-GRPO", "arXiv:2505.17018", kind::reward,
                                   shaping::trust{}, advantage::grpo{}, clipped_answers};
inline constexpr recipe rlpr{"rlpr", "RLPR", "arXiv:2506.18254", kind::reward,
                             shaping::probability{}, advantage::grpo{}, clipped_answers};
inline constexpr recipe ttrl{"ttrl", "GRPO by majority vote", "arXiv:2504.16084", kind::reward,
                             shaping::majority{}, advantage::grpo{}, clipped_answers};
inline constexpr recipe co_reward{"co_reward", "Co-Reward", "arXiv:2508.00410", kind::reward,
                                  shaping::rephrased{}, advantage::grpo{}, clipped_answers};

// --- Steps ----------------------------------------------------------------------------------------------------

inline constexpr recipe prime{"prime", "PRIME", "arXiv:2502.01456", kind::process,
                              shaping::none{}, advantage::prime{}, clipped_tokens};
inline constexpr recipe gigpo{"gigpo", "GiGPO", "arXiv:2505.10978", kind::process,
                              shaping::none{}, advantage::gigpo{}, clipped_tokens};
inline constexpr recipe salt_grpo{"salt_grpo", "SALT-GRPO", "arXiv:2510.20022", kind::process,
                                  shaping::none{}, advantage::salt{}, clipped_tokens};
inline constexpr recipe vsrm{"vsrm", "VSRM", "arXiv:2508.10293", kind::process,
                             shaping::none{}, advantage::vsrm{}, clipped_tokens};
inline constexpr recipe clip_delta{"clip_delta", "Clip and Delta", "arXiv:2410.15115", kind::process,
                                   shaping::none{}, advantage::clip_delta{}, clipped_tokens};

/// The table.
inline constexpr std::tuple table{
    grpo, dr_grpo, rloo, reinforce_pp, reinforce_pp_baseline, remax, opo, gpg, maxrl, passk, copo, gdpo, brpo, spo,
    dapo, gspo, cispo, gmpo, sapo, gppo, ce_gppo, dppo, topr, clip_cov, kl_cov, kl, tis, icepop, stable_reinforce,
    laser, laser_d, laser_de, truncation, kimi_length, kimi, cosine, alp, dast, efficient_reasoner,
    efficient_grpo, grpo_lead, shorter_better, l1_exact, l1_max, linear_length, group_max, harmo, harmo_short, overlong,
    stop_properly, crf,
    par, par_rloo, centred_rloo, bounded_rloo, backward, backward_itself, forward, trust_grpo, rlpr, ttrl, co_reward,
    prime, gigpo, salt_grpo, vsrm, clip_delta};

/// f(recipe) for each row.
template <class F>
void for_each_recipe(F&& f) {
  std::apply([&](const auto&... r) { (f(r), ...); }, table);
}

/// A row in words.
struct description {
  std::string_view name, title, source;
  recipes::kind kind;
  reads needs;
  std::string shaping, advantage;
  objective_text objective;
};
template <class Shaping, class Advantage, class Objective>
description describe(const recipe<Shaping, Advantage, Objective>& r) {
  return {r.name, r.title, r.source, r.kind, r.needs, r.shaping.text(), r.advantage.text(), r.objective.text()};
}

}}}  // namespace guerdon::recipes
