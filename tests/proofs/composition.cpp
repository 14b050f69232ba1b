// Proof 6: shaping | shaping | advantage has the bits of the calls that it replaces, in no more launches than the
// advantage alone. Every shaping and every group advantage there is, twice and more; ragged groups, empty ones, groups of
// one, NaN and infinity.

#include <guerdon/advantage/copo_advantage.hpp>
#include <guerdon/advantage/gfpo_advantage.hpp>
#include <guerdon/advantage/gpg_advantage.hpp>
#include <guerdon/advantage/grpo_advantage.hpp>
#include <guerdon/advantage/grpo_lead_advantage.hpp>
#include <guerdon/advantage/grpo_s_advantage.hpp>
#include <guerdon/advantage/kalman_advantage.hpp>
#include <guerdon/advantage/maxrl_advantage.hpp>
#include <guerdon/advantage/opo_advantage.hpp>
#include <guerdon/advantage/passk_advantage.hpp>
#include <guerdon/advantage/reinforce_pp_baseline_advantage.hpp>
#include <guerdon/advantage/rloo_advantage.hpp>
#include <guerdon/backend/emulated.hpp>
#include <guerdon/backend/scalar.hpp>
#ifdef GUERDON_HAS_EIGEN
#include <guerdon/backend/eigen.hpp>
#endif
#include <guerdon/exploration/diversity_adjusted_reward.hpp>
#include <guerdon/exploration/unlikeliness_reward.hpp>
#include <guerdon/length/crf_reward.hpp>
#include <guerdon/length/dast_length_reward.hpp>
#include <guerdon/length/generalized_length_penalty.hpp>
#include <guerdon/length/group_max_length_penalty.hpp>
#include <guerdon/length/grpo_lead_length_reward.hpp>
#include <guerdon/length/kimi_length_reward.hpp>
#include <guerdon/length/l1_exact_reward.hpp>
#include <guerdon/length/laser_d_reward.hpp>
#include <guerdon/length/laser_de_reward.hpp>
#include <guerdon/length/laser_reward.hpp>
#include <guerdon/length/linear_length_penalty.hpp>
#include <guerdon/length/soft_overlong_punishment.hpp>
#include <guerdon/length/stop_properly_penalty.hpp>
#include <guerdon/length/truncation_reward.hpp>
#include <guerdon/shaping/backward_correction.hpp>
#include <guerdon/shaping/bounded_reward.hpp>
#include <guerdon/shaping/centered_reward.hpp>
#include <guerdon/shaping/clip_reward.hpp>
#include <guerdon/shaping/lsc_reward.hpp>
#include <guerdon/shaping/noise_channel.hpp>
#include <guerdon/shaping/par_reward.hpp>
#include <guerdon/shaping/relative_bounded_reward.hpp>
#include <guerdon/shaping/reward_ceiling.hpp>

#include "counting_backend.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <random>

namespace guerdon {
namespace {

/// Answers with everything that any part wants to know of them.
template <class T>
struct batch {
  std::vector<index_t> groups, length, budget, outcome, references, token_rows;
  std::vector<T> reward, uniform, logprob, ref_reward, embedding, quantity, hardness, responsiveness;
  std::vector<flag_t> right, truncated, token_mask;
  std::vector<double> target{8, 16, 24};
  std::vector<T> quantity_weight{T(0.5), T(0), T(0.25)};

  answer_rewards<T> rewards() const { return {reward, groups}; }
};

enum class contents { plain, not_finite };

/// Groups of these sizes, as often as asked for.
template <class T>
batch<T> drawn(std::vector<index_t> sizes, int times, contents what) {
  std::mt19937 bits(7);
  const auto below = [&](index_t n) { return static_cast<index_t>(bits() % static_cast<std::uint32_t>(n)); };
  const auto uniform = [&] { return T(below(4096)) / T(4096); };
  batch<T> b;
  b.groups = b.references = b.token_rows = {0};
  for (int time = 0; time < times; ++time)
    for (const index_t size : sizes) {
      b.groups.push_back(b.groups.back() + size);
      b.responsiveness.push_back(uniform());
      for (index_t k = 0; k < size; ++k) {
        const bool right = below(2) == 1;
        b.right.push_back(flag_t(right));
        b.reward.push_back(below(3) == 0 ? T(right) : T(0.1) + uniform());
        b.length.push_back(below(40));
        b.budget.push_back(below(40));
        b.outcome.push_back(below(3));
        b.uniform.push_back(uniform());
        b.logprob.push_back(T(-below(4)) - T(0.25));
        b.truncated.push_back(flag_t(below(4) == 0));
        b.hardness.push_back(T(0.5) + uniform());
        for (index_t j = below(12) + 1; j > 0; --j) b.ref_reward.push_back(uniform() - T(0.3));
        b.references.push_back(static_cast<index_t>(b.ref_reward.size()));
        for (int j = 0; j < 3; ++j) b.embedding.push_back(uniform() - T(0.5)), b.quantity.push_back(T(3) * uniform());
        for (index_t j = below(4); j > 0; --j) b.token_mask.push_back(flag_t(below(4) > 0));
        b.token_rows.push_back(static_cast<index_t>(b.token_mask.size()));
      }
    }
  if (what == contents::not_finite) {
    b.reward[2] = std::numeric_limits<T>::quiet_NaN();
    b.reward.back() = std::numeric_limits<T>::infinity();
  }
  return b;
}

/// A part of a pipe, and the call that it stands for.
template <class Part, class Call>
struct part_and_call {
  Part part;
  Call call;
};
template <class Part, class Call>
part_and_call(Part, Call) -> part_and_call<Part, Call>;

template <class T>
auto shapings(const batch<T>& b) {
  return std::tuple(
      part_and_call{laser_reward<T>({.correct = b.right, .length = b.length}, {.target_length = 20}),
                    [](const auto&... a) { return laser_reward(a...).shaped_reward; }},
      part_and_call{par_reward<T>({.ref_reward = b.ref_reward, .references = b.references}, {.k = 1.3}),
                    [](const auto&... a) { return par_reward(a...); }},
      part_and_call{soft_overlong_punishment<T>({.length = b.length}, {.max_length = 35, .cache_length = 13}),
                    [](const auto&... a) { return soft_overlong_punishment(a...); }},
      part_and_call{kimi_length_reward<T>({.correct = b.right, .length = b.length}, {.coef = 0.7}),
                    [](const auto&... a) { return kimi_length_reward(a...).shaped_reward; }},
      part_and_call{backward_correction({.rho0 = 0.1, .rho1 = 0.23}),
                    [](const auto&... a) { return backward_correction(a...); }},
      part_and_call{laser_d_reward<T>({.correct = b.right, .length = b.length, .target_length = b.target}),
                    [](const auto&... a) { return laser_d_reward(a...).shaped_reward; }},
      part_and_call{clip_reward({.low = 0.05, .high = 0.9}), [](const auto&... a) { return clip_reward(a...); }},
      part_and_call{dast_length_reward<T>({.length = b.length}),
                    [](const auto&... a) { return dast_length_reward(a...); }},
      part_and_call{l1_exact_reward<T>({.length = b.length, .target_length = b.budget}, {.alpha = 0.013}),
                    [](const auto&... a) { return l1_exact_reward(a...); }},
      part_and_call{generalized_length_penalty<T>({.length = b.length, .correct = b.right}, {.max_length = 40}),
                    [](const auto&... a) { return generalized_length_penalty(a...).penalty; }},
      part_and_call{bounded_reward({.function = bounded_function::arctan}),
                    [](const auto&... a) { return bounded_reward(a...); }},
      part_and_call{group_max_length_penalty<T>({.quantity = b.quantity, .quantity_weight = b.quantity_weight}),
                    [](const auto&... a) { return group_max_length_penalty(a...).shaped_reward; }},
      part_and_call{linear_length_penalty<T>({.length = b.length}, {.threshold = 11, .rate = 0.013}),
                    [](const auto&... a) { return linear_length_penalty(a...); }},
      part_and_call{grpo_lead_length_reward<T>({.length = b.length}),
                    [](const auto&... a) { return grpo_lead_length_reward(a...); }},
      part_and_call{diversity_adjusted_reward<T>({.embedding = b.embedding}),
                    [](const auto&... a) { return diversity_adjusted_reward(a...).shaped_reward; }},
      part_and_call{laser_de_reward<T>({.correct = b.right, .length = b.length, .target_length = b.target}),
                    [](const auto&... a) { return laser_de_reward(a...).shaped_reward; }},
      part_and_call{stop_properly_penalty<T>({.truncated = b.truncated}, {.coef = 0.3}),
                    [](const auto&... a) { return stop_properly_penalty(a...); }},
      part_and_call{unlikeliness_reward<T>({.logprob = b.logprob}),
                    [](const auto&... a) { return unlikeliness_reward(a...).shaped_reward; }},
      part_and_call{truncation_reward<T>({.length = b.length}, {.target_length = 25, .rho = -0.3}),
                    [](const auto&... a) { return truncation_reward(a...); }},
      part_and_call{reward_ceiling({.ceiling = 0.7}), [](const auto&... a) { return reward_ceiling(a...); }},
      part_and_call{noise_channel<T>({.uniform = b.uniform}, {.rho0 = 0.1, .rho1 = 0.3}),
                    [](const auto&... a) { return noise_channel(a...); }},
      part_and_call{centered_reward<T>({.ref_reward = b.ref_reward, .references = b.references}),
                    [](const auto&... a) { return centered_reward(a...); }},
      part_and_call{lsc_reward<T>({.ref_reward = b.ref_reward, .references = b.references}),
                    [](const auto&... a) { return lsc_reward(a...); }},
      part_and_call{relative_bounded_reward<T>({.ref_reward = b.ref_reward, .references = b.references}),
                    [](const auto&... a) { return relative_bounded_reward(a...); }},
      part_and_call{crf_reward<T>({.conciseness = b.uniform, .difficulty = b.responsiveness}),
                    [](const auto&... a) { return crf_reward(a...); }});
}

template <class T>
auto advantages(const batch<T>& b) {
  return std::tuple(
      part_and_call{grpo_advantage(), [](const auto&... a) { return grpo_advantage(a...); }},
      part_and_call{rloo_advantage({.normalize = true}), [](const auto&... a) { return rloo_advantage(a...); }},
      part_and_call{opo_advantage<T>({.length = b.length}), [](const auto&... a) { return opo_advantage(a...); }},
      part_and_call{kalman_advantage(), [](const auto&... a) { return kalman_advantage(a...); }},
      part_and_call{gfpo_advantage<T>({.length = b.length}, {.retain = 3, .metric = gfpo_metric::token_efficiency}),
                    [](const auto&... a) { return gfpo_advantage(a...); }},
      part_and_call{grpo_advantage({.std_scope = std_scope::batch}),
                    [](const auto&... a) { return grpo_advantage(a...); }},
      part_and_call{maxrl_advantage(), [](const auto&... a) { return maxrl_advantage(a...); }},
      part_and_call{passk_advantage(), [](const auto&... a) { return passk_advantage(a...); }},
      part_and_call{gpg_advantage({.alpha_mode = gpg_alpha_mode::nonzero_reward}),
                    [](const auto&... a) { return gpg_advantage(a...); }},
      part_and_call{grpo_advantage({.std_kind = std_kind::leave_one_out, .nan_policy = nan_policy::exclude}),
                    [](const auto&... a) { return grpo_advantage(a...); }},
      part_and_call{copo_advantage<T>({.outcome_id = b.outcome}),
                    [](const auto&... a) { return copo_advantage(a...); }},
      part_and_call{grpo_lead_advantage(), [](const auto&... a) { return grpo_lead_advantage(a...); }},
      part_and_call{reinforce_pp_baseline_advantage<T>({.rows = b.token_rows, .mask = b.token_mask}),
                    [](const auto&... a) { return reinforce_pp_baseline_advantage(a...); }},
      part_and_call{grpo_s_advantage<T>({.data_hardness = b.hardness, .responsiveness = b.responsiveness}),
                    [](const auto&... a) { return grpo_s_advantage(a...); }});
}

template <class T>
bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::memcmp(&a[i], &b[i], sizeof(T)) == 0) continue;
    if constexpr (std::is_floating_point_v<T>)
      if (a[i] != a[i] && b[i] != b[i]) continue;  // which NaN is the compiler's choice
    return false;
  }
  return true;
}
/// Of all results of an operation.
template <class Op, class Result>
bool same_results(const Result& a, const Result& b) {
  if constexpr (requires { same_bits(a, b); }) return same_bits(a, b);
  else
    return std::apply([&](const auto&... f) {
      return (same_bits(op::list::at(a, f.member), op::list::at(b, f.member)) && ...);
    }, detail::results_of<Op, Result>);
}

/// The rewards after one shaping, by its own call.
template <class T, class Backend, class Shaping>
std::vector<T> shaped_by_call(const Backend& backend, const answer_rewards<T>& in, const Shaping& shaping) {
  using op = typename decltype(shaping.part)::operation;
  auto whole = [&] {
    if constexpr (requires { shaping.part.in; }) return detail::completed(shaping.part, in).in;
    else return typename op::template inputs<T>{in.reward};
  }();
  auto result = shaping.call(backend, whole, shaping.part.o);
  if constexpr (!requires { whole.reward; })  // a penalty: add it to the reward
    for (std::size_t i = 0; i < result.size(); ++i) result[i] += in.reward[static_cast<index_t>(i)];
  return result;
}

template <class T, class Backend, class Advantage, class... Shaping>
void check_pipe(const Backend& backend, const batch<T>& b, const Advantage& advantage, const Shaping&... shaping) {
  using op = typename decltype(advantage.part)::operation;
  const std::string names = ((std::string(decltype(shaping.part)::operation::about.name) + " ") + ...);
  std::vector<T> reward = b.reward;
  ((reward = shaped_by_call<T>(backend, {reward, b.groups}, shaping)), ...);
  const auto apart =
      advantage.call(backend, advantage.part.inputs(answer_rewards<T>{reward, b.groups}), advantage.part.o);
  const auto whole = shaped_advantage<T>(backend, b.rewards(), (shaping.part | ... | advantage.part));
  CHECK_MESSAGE(same_bits(shaped_reward<T>(backend, b.rewards(), (shaping.part | ...)), reward), names);
  CHECK_MESSAGE(same_results<op>(whole, apart), std::string(op::about.name), " behind ", names);
}

/// Shaping k | advantage (step k + from), for all k.
template <class T, int step, int from, class Backend>
void check_pairs(const Backend& backend, const batch<T>& b) {
  const auto all = shapings(b);
  const auto ends = advantages(b);
  constexpr std::size_t n = std::tuple_size_v<decltype(ends)>;
  [&]<std::size_t... k>(std::index_sequence<k...>) {
    (check_pipe(backend, b, std::get<(step * k + from) % n>(ends), std::get<k>(all)), ...);
  }(std::make_index_sequence<std::tuple_size_v<decltype(all)>>());
}

/// Several shapings, and groups of one.
template <class T, class Backend>
void check_longer_pipes(const Backend& backend, const batch<T>& b) {
  const auto all = shapings(b);
  const auto ends = advantages(b);
  check_pipe(backend, b, std::get<0>(ends), std::get<0>(all), std::get<2>(all));
  check_pipe(backend, b, std::get<1>(ends), std::get<1>(all), std::get<3>(all), std::get<4>(all));
  check_pipe(backend, b, std::get<5>(ends), std::get<5>(all), std::get<9>(all), std::get<13>(all), std::get<6>(all));
  check_pipe(backend, b, std::get<12>(ends), std::get<17>(all), std::get<7>(all));
}

/// passk_advantage has no groups of one.
const std::vector<index_t> ragged{4, 0, 7, 2, 38, 3}, with_lone_answers{3, 1, 0, 5, 1, 33};

}  // namespace

TEST_CASE("proof: shaping | advantage has the bits of the calls that it replaces, one after the other") {
  for (const contents what : {contents::plain, contents::not_finite}) {
    check_pairs<double, 1, 0>(scalar_backend(), drawn<double>(ragged, 1, what));
    check_longer_pipes(scalar_backend(), drawn<double>(with_lone_answers, 1, what));
  }
}

TEST_CASE("proof: what stands in front of an advantage adds no launch") {
  const counting_backend<scalar_backend> backend;
  const auto b = drawn<float>(ragged, 1, contents::plain);
  const auto all = shapings(b);
  const auto shaping = std::get<0>(all).part | std::get<1>(all).part | std::get<3>(all).part;
  const auto launches = [&](const auto& pipe) {
    shaped_advantage<float>(backend, b.rewards(), pipe);
    return backend.launches();
  };
  const auto adds_none = [&](const auto& end) {
    const int alone = launches(end.part);
    CHECK(alone > 0);
    CHECK_MESSAGE(launches(shaping | end.part) == alone, std::string(decltype(end.part)::operation::about.name));
  };
  std::apply([&](const auto&... end) { (adds_none(end), ...); }, advantages(b));
  CHECK(launches(shaping | grpo_advantage()) == 1);
  CHECK(launches(shaping | opo_advantage<float>({.length = b.length})) == 1);
  CHECK(launches(shaping | kalman_advantage()) == 1);
  shaped_reward<float>(backend, b.rewards(), shaping);
  CHECK(backend.launches() == 1);
}

TEST_CASE("a pipe names the part that is wrong") {
  const scalar_backend cpu;
  const auto b = drawn<float>(ragged, 1, contents::plain);
  const std::vector<index_t> short_length{1, 2};
  const auto says = [&](const auto& pipe) -> std::string {
    try {
      shaped_advantage<float>(cpu, b.rewards(), pipe);
    } catch (const std::invalid_argument& refusal) {
      return refusal.what();
    }
    return "";
  };
  CHECK(says(bounded_reward() | laser_reward({.correct = b.right, .length = short_length}, {.target_length = 20}) |
             grpo_advantage()).starts_with("laser_reward: length has the wrong shape"));
  CHECK(says(bounded_reward({.k = -1}) | grpo_advantage()).starts_with("bounded_reward: k must be greater than 0"));
  CHECK(says(stop_properly_penalty({.truncated = b.truncated}, {.coef = 2}) | grpo_advantage())
            .starts_with("stop_properly_penalty: coef must be at most 1"));
  CHECK(says(bounded_reward() | grpo_advantage({.epsilon = -1})).starts_with("grpo_advantage: epsilon"));
  CHECK(says(laser_reward({.reward = b.reward, .correct = b.right, .length = b.length}, {.target_length = 20}) |
             grpo_advantage()) == "laser_reward: reward comes through the pipe: leave it out");
}

TEST_CASE("proof: the same on teams of many members") {
  for (const int members : {1, 7, 32})
    for (const contents what : {contents::plain, contents::not_finite})
      check_pairs<double, 3, 5>(emulated_backend(members), drawn<double>(ragged, 1, what));
  check_pairs<double, 3, 5>(emulated_backend(7, member_order::descending), drawn<double>(ragged, 1, contents::plain));
}

#ifdef GUERDON_HAS_EIGEN
TEST_CASE("proof: the same with vectors and threads") {
  for (const int threads : {1, 3}) {
    const eigen_backend backend(threads);
    for (const contents what : {contents::plain, contents::not_finite}) {
      check_pairs<float, 1, 0>(backend, drawn<float>(ragged, 500, what));
      check_longer_pipes(backend, drawn<double>(with_lone_answers, 500, what));
    }
  }
}
#endif

}  // namespace guerdon
