// What users of the frameworks complain about, where rewards become advantages: theirs as published, and ours. The
// numbers stand side by side in docs/correctness.md.

#include <guerdon/advantage/grpo_advantage.hpp>
#include <guerdon/advantage/rloo_advantage.hpp>
#include <guerdon/backend/scalar.hpp>
#include <guerdon/returns/masked_gae.hpp>
#include <guerdon/returns/reinforce_pp_return.hpp>
#include <guerdon/statistics/masked_whiten.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace {

using namespace guerdon;
using floats = std::vector<float>;
using indices = std::vector<index_t>;
const scalar_backend cpu;
constexpr float nan = std::numeric_limits<float>::quiet_NaN();

// (r - mean) / (std + eps) in float, as all of them compute it.
floats plain_group_norm(const floats& r, float epsilon, std::size_t begin, std::size_t end) {
  const auto n = static_cast<float>(end - begin);
  float mean = 0, square = 0;
  for (std::size_t i = begin; i < end; ++i) mean += r[i];
  mean /= n;
  for (std::size_t i = begin; i < end; ++i) square += (r[i] - mean) * (r[i] - mean);
  floats a;
  for (std::size_t i = begin; i < end; ++i) a.push_back((r[i] - mean) / (std::sqrt(square / (n - 1)) + epsilon));
  return a;
}

// huggingface/trl PR#5640, NVIDIA-NeMo/RL#1518
TEST_CASE("field: a constant group has advantages of exactly 0") {
  const floats reward(8, 0.1F);
  const floats theirs = plain_group_norm(reward, 1e-6F, 0, 8);
  CHECK(std::abs(theirs[0]) > 1e-3F);  // rounding of the mean, over a tiny epsilon
  CHECK(grpo_advantage(cpu, {.reward = reward, .groups = segments::uniform(1, 8)}) == floats(8, 0));
}

// NVIDIA-NeMo/RL#1518, PR#1519, PR#4158, PR#4161
TEST_CASE("field: leaving an answer out of its own deviation does not explode by default") {
  // The deviation of the others: 0.0001 for the only success.
  const floats reward{1, 0, 0, 0.0002F};
  const auto groups = segments::uniform(1, 4);
  const floats theirs = grpo_advantage(cpu, {.reward = reward, .groups = groups},
                                       {.baseline = advantage_baseline::leave_one_out,
                                        .std_kind = std_kind::leave_one_out,
                                        .epsilon_mode = epsilon_mode::skip_zero});
  CHECK(theirs[0] > 5000);
  const floats ours = grpo_advantage(cpu, {.reward = reward, .groups = groups});
  CHECK(*std::max_element(ours.begin(), ours.end()) == doctest::Approx(1.5).epsilon(1e-3));
  // And where the others are all 0 it leaves the success unscaled beside a failure that is scaled.
  const floats lone{1, 0, 0, 0};
  const floats unscaled = grpo_advantage(cpu, {.reward = lone, .groups = groups},
                                         {.baseline = advantage_baseline::leave_one_out,
                                          .std_kind = std_kind::leave_one_out,
                                          .epsilon_mode = epsilon_mode::skip_zero});
  CHECK(unscaled[0] == 1);
  CHECK(unscaled[1] == doctest::Approx(-1 / std::sqrt(3.0)));
}

// THUDM/slime#2230, areal-project/AReaL#1419
TEST_CASE("field: uneven groups are normalised each by itself") {
  const floats reward{1, 0, 1, 0, 0, 0, 1};
  const indices groups{0, 3, 7};
  const floats ours = grpo_advantage(cpu, {.reward = reward, .groups = groups}, {.epsilon = 0});
  const floats first = plain_group_norm(reward, 0, 0, 3), second = plain_group_norm(reward, 0, 3, 7);
  for (std::size_t i = 0; i < 3; ++i) CHECK(ours[i] == doctest::Approx(first[i]));
  for (std::size_t i = 0; i < 4; ++i) CHECK(ours[3 + i] == doctest::Approx(second[i]));
  const floats as_one = plain_group_norm(reward, 0, 0, 7);  // what an uneven batch fell back to
  CHECK(std::abs(as_one[0] - ours[0]) > 0.3);
}

TEST_CASE("field: groups beyond 65 536 are like any other") {
  constexpr index_t many = 70000;
  floats reward;
  for (index_t g = 0; g < many; ++g) reward.insert(reward.end(), {1.0F, 0.0F});
  const floats a = grpo_advantage(cpu, {.reward = reward, .groups = segments::uniform(many, 2)});
  const floats b = rloo_advantage(cpu, {.reward = reward, .groups = segments::uniform(many, 2)});
  for (index_t g = 0; g < many; ++g) {
    const auto i = static_cast<std::size_t>(2 * g);
    if (a[i] != a[0] || a[i + 1] != a[1] || b[i] != b[0]) {
      CAPTURE(g);
      FAIL("differs from the first");
    }
  }
  CHECK(a[0] > 0.7F);
}

// huggingface/trl#3991
TEST_CASE("field: the deviation of the batch is that of its rewards") {
  const floats reward{1, 0, 3, 2};
  const floats ours = grpo_advantage(cpu, {.reward = reward, .groups = segments::uniform(2, 2)},
                                     {.std_scope = std_scope::batch, .epsilon = 0});
  CHECK(ours[0] == doctest::Approx(0.5 / std::sqrt(5.0 / 3)));
}

// huggingface/trl PR#5775, #5773
TEST_CASE("field: an answer that could not be scored takes no part") {
  const floats reward{1, nan, 0};
  const floats ours = grpo_advantage(cpu, {.reward = reward, .groups = segments::uniform(1, 3)},
                                     {.nan_policy = nan_policy::exclude});
  CHECK(ours[0] == doctest::Approx(1 / std::sqrt(2.0)));
  CHECK(ours[1] == 0);
}

// alibaba/ROLL#475, PR#476
TEST_CASE("field: whitening a single token gives 0") {
  const floats value{2, 5, 7};
  const std::vector<flag_t> mask{0, 1, 0};
  const float n = 1, variance = 0 * n / (n - 1);  // Bessel's correction of one value
  CHECK(std::isnan((5 - 5) / std::sqrt(variance + 1e-8F)));
  CHECK(masked_whiten(cpu, {.value = value, .mask = mask}) == floats(3, 0));
}

// verl-project/verl#7278
TEST_CASE("field: a tool's tokens do not cut an answer off from its reward") {
  const floats reward{1}, kl(5, 0);
  const std::vector<flag_t> mask{1, 1, 0, 0, 1};  // two tokens, a tool's answer, one token
  const auto rows = segments::uniform(1, 5);
  floats theirs(5);
  float running = 0;
  for (std::size_t t = 5; t-- > 0;) {  // the return is multiplied with the mask as it goes
    running = (t == 4 ? reward[0] : 0) + running;
    theirs[t] = running;
    running *= static_cast<float>(mask[t]);
  }
  CHECK(theirs[0] == 0);
  const floats ours = reinforce_pp_return(cpu, {.rows = rows, .reward = reward, .kl = kl, .mask = mask},
                                          {.whiten = false}).returns;
  CHECK(ours == floats{1, 1, 0, 0, 1});
}

// verl-project/verl PR#50, PR#2337; alibaba/ROLL PR#447; radixark/miles PR#1827
TEST_CASE("field: GAE does not read what stands under the mask") {
  const floats reward{0, 0, 0, 1}, values{0.5F, 0.25F, 100, 0.75F};
  const std::vector<flag_t> mask{1, 1, 0, 1};
  const auto rows = segments::uniform(1, 4);
  const op::masked_gae::options o{.gamma = 1, .lambda = 0.5};
  const auto ours =
      masked_gae(cpu, {.rows = rows, .token_reward = reward, .values = values, .mask = mask}, o).advantage;
  const float last = 1 - 0.75F, second = (0.75F - 0.25F) + 0.5F * last;
  CHECK(ours == floats{(0.25F - 0.5F) + 0.5F * second, second, 0, last});
  auto ignoring = o;
  ignoring.mask_mode = mask_mode::ignore;
  const auto theirs =
      masked_gae(cpu, {.rows = rows, .token_reward = reward, .values = values, .mask = mask}, ignoring).advantage;
  CHECK(theirs[1] > 40);  // of the value 100 of a token that nobody chose
  auto poisoned = values;
  poisoned[2] = nan;
  CHECK(masked_gae(cpu, {.rows = rows, .token_reward = reward, .values = poisoned, .mask = mask}, o).advantage == ours);
}

}  // namespace
