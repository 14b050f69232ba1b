// What an operation's lists give every call: sentences that name the argument as the code writes it, a returning form
// whose arrays have the shapes of the call, checks that take no memory; and names of enumerators that are the compiler's.

#include <guerdon/advantage/grpo_advantage.hpp>
#include <guerdon/backend/scalar.hpp>
#include <guerdon/length/laser_reward.hpp>
#include <guerdon/objective/ppo_clip_loss.hpp>
#include <guerdon/returns/vtrace.hpp>

#include <doctest/doctest.h>

namespace {

using namespace guerdon;

template <class F>
std::string refusal(F f) {
  try {
    f();
  } catch (const std::invalid_argument& e) {
    return e.what();
  }
  return "";
}

const scalar_backend cpu;
const std::vector<float> two{1, 2}, three{1, 2, 3};
const std::vector<flag_t> right{1, 0};
const std::vector<index_t> lengths{10, 20};

}  // namespace

TEST_CASE("a refusal is one sentence that names the argument as the code writes it") {
  const auto laser = [](const op::laser_reward::inputs<float>& in, const op::laser_reward::options& o) {
    return refusal([&] { laser_reward(cpu, in, o); });
  };
  const op::laser_reward::inputs<float> good{.reward = two, .correct = right, .length = lengths};
  CHECK(laser(good, {.target_length = 15}) == "");
  CHECK(laser(good, {}) == "laser_reward: target_length is required and was not given");
  CHECK(laser(good, {.target_length = -1}) == "laser_reward: target_length must be at least 0");
  CHECK(laser(good, {.target_length = 15, .alpha = std::numeric_limits<double>::infinity()}) ==
        "laser_reward: alpha must be finite");
  CHECK(laser(good, {.target_length = 15, .mode = static_cast<laser_mode>(7)}) ==
        "laser_reward: mode is not one of its alternatives: reward, penalty, hybrid");
  auto bad = good;
  bad.reward = three;
  CHECK(laser(bad, {.target_length = 15}) ==
        "laser_reward: correct has the wrong shape: 2 elements where reward asks for 3 ([B])");
  bad = good;
  bad.correct = {};
  CHECK(laser(bad, {.target_length = 15}) == "laser_reward: correct is required and was not given");
  const std::vector<index_t> negative{3, -4}, falling{0, 2, 1}, short_of{0, 1};
  bad = good;
  bad.length = negative;
  CHECK(laser(bad, {.target_length = 15}) == "laser_reward: length must be at least 0");

  CHECK(refusal([&] { grpo_advantage(cpu, {.reward = two, .groups = {}}); }) ==
        "grpo_advantage: groups is required and was not given");
  CHECK(refusal([&] { grpo_advantage(cpu, {.reward = two, .groups = falling}); }) ==
        "grpo_advantage: groups offsets must not decrease");
  CHECK(refusal([&] { grpo_advantage(cpu, {.reward = two, .groups = short_of}); }) ==
        "grpo_advantage: groups offsets must end at the size of the array they cut");

  const op::ppo_clip_loss::inputs<float> tokens{
      .rows = segments::uniform(1, 2), .logprob = two, .old_logprob = two, .token_advantage = two};
  CHECK(refusal([&] { ppo_clip_loss(cpu, tokens, {.clip = {.high = -1}}); }) ==
        "ppo_clip_loss: clip.high must be at least 0");
  op::vtrace::inputs<float> steps{};
  steps.time = time_major(-1, 2);
  CHECK(refusal([&] { vtrace(cpu, steps); }) ==
        "vtrace: time must have a shape of T >= 0 steps and B >= 0 columns");
}

TEST_CASE("the returning form makes arrays of the shapes of the call") {
  const auto rewards = laser_reward(cpu, {.reward = two, .correct = right, .length = lengths}, {.target_length = 15});
  CHECK(rewards.shaped_reward == std::vector<float>{1.5f, 2});
  CHECK(rewards.length_reward.size() == 2);
  const auto advantage = grpo_advantage(cpu, {.reward = two, .groups = segments::uniform(1, 2)});  // one result: itself
  CHECK(advantage.size() == 2);
  const auto step = ppo_clip_loss(
      cpu, {.rows = segments::uniform(1, 2), .logprob = two, .old_logprob = two, .token_advantage = two});
  CHECK(step.loss.size() == 1);
  CHECK(step.grad_logprob.size() == 2);
}
