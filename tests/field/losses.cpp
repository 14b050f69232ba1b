// What users of the frameworks complain about, where log-probabilities become losses: theirs as published, and ours.
// The numbers stand side by side in docs/correctness.md.

#include <guerdon/backend/scalar.hpp>
#include <guerdon/objective/gspo_loss.hpp>
#include <guerdon/objective/kl_estimate.hpp>
#include <guerdon/objective/loss_aggregate.hpp>
#include <guerdon/objective/ppo_clip_loss.hpp>
#include <guerdon/objective/rollout_correction_weight.hpp>
#include <guerdon/objective/rollout_rejection_mask.hpp>
#include <guerdon/preference/orpo_loss.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace {

using namespace guerdon;
using floats = std::vector<float>;
using indices = std::vector<index_t>;
using flags = std::vector<flag_t>;
const scalar_backend cpu;
constexpr float nan = std::numeric_limits<float>::quiet_NaN();

// alibaba/ROLL PR#444
TEST_CASE("field: a token mean leaves masked tokens out of the numerator too") {
  const floats loss{1, 2, 100, 3};
  const flags mask{1, 1, 0, 1};
  const float theirs = (1 + 2 + 100 + 3) / 3.0F;
  CHECK(theirs > 35);
  const auto rows = segments::uniform(1, 4);
  CHECK(loss_aggregate(cpu, {.rows = rows, .token_loss = loss, .mask = mask}, {.mode = aggregation_mode::token_mean})
            .loss[0] == 2);
  const floats poisoned{1, 2, nan, 3};
  CHECK(
      loss_aggregate(cpu, {.rows = rows, .token_loss = poisoned, .mask = mask}, {.mode = aggregation_mode::token_mean})
          .loss[0] == 2);
}

// huggingface/trl PR#3248, NVIDIA-NeMo/RL#158, OpenRLHF/OpenRLHF PR#1240
TEST_CASE("field: an empty mask gives a loss of 0 and no gradient") {
  const floats logprob{-1, nan}, advantage{1};
  const flags mask{0, 0};
  for (const auto mode :
       {aggregation_mode::token_mean, aggregation_mode::seq_mean_token_mean, aggregation_mode::seq_mean_token_sum}) {
    const auto ours = ppo_clip_loss(cpu, {.rows = segments::uniform(1, 2), .logprob = logprob, .old_logprob = logprob,
                                          .advantage = advantage, .mask = mask}, {.aggregation = {.mode = mode}});
    CHECK(ours.loss[0] == 0);
    CHECK(ours.grad_logprob == floats{0, 0});
  }
}

// verl-project/verl#5625, PR#5641, PR#906, #7321; huggingface/trl#5619, PR#6024, #3021
TEST_CASE("field: micro-batches add up to the batch") {
  const indices rows{0, 1, 4};
  const floats loss{4, 1, 1, 1};
  const flags mask(4, 1);
  const auto mode = aggregation_mode::token_mean;
  const float whole = loss_aggregate(cpu, {.rows = rows, .token_loss = loss, .mask = mask}, {.mode = mode}).loss[0];
  CHECK(whole == 1.75F);
  float theirs = 0, ours = 0;
  for (std::size_t i = 0; i < 2; ++i) {
    const indices row{0, rows[i + 1] - rows[i]};
    const view<const float> part(loss.data() + rows[i], row[1]);
    const view<const flag_t> valid(mask.data() + rows[i], row[1]);
    theirs += loss_aggregate(cpu, {.rows = row, .token_loss = part, .mask = valid}, {.mode = mode}).loss[0] / 2;
    ours +=
        loss_aggregate(cpu, {.rows = row, .token_loss = part, .mask = valid}, {.mode = mode, .global_num_tokens = 4})
            .loss[0];
  }
  CHECK(theirs == 2.5F);
  CHECK(ours == whole);
}

// areal-project/AReaL PR#1346
TEST_CASE("field: the ratio of an answer counts no masked token") {
  const floats old{-1, -1, -1}, now{-0.9F, -5, -1.1F}, advantage{1};
  const flags mask{1, 0, 1};
  const auto ours = gspo_loss(cpu, {.rows = segments::uniform(1, 3), .logprob = now, .old_logprob = old,
                                    .advantage = advantage, .mask = mask}, {.clip = {.low = 0.2, .high = 0.2}});
  CHECK(ours.loss[0] == doctest::Approx(-1));
  const float theirs = std::exp((0.1F - 4 - 0.1F) / 3);
  CHECK(theirs < 0.3F);
}

// huggingface/trl#2564, #1473, #3237, PR#4763
TEST_CASE("field: ORPO of an answer that the policy is sure of is a number") {
  const float c = -1e-8F, r = -2;
  const float theirs = (c - r) - (std::log1p(-std::exp(c)) - std::log1p(-std::exp(r)));
  CHECK(!std::isfinite(theirs));
  const floats chosen{c}, rejected{r};
  const auto ours = orpo_loss(cpu, {.chosen_mean_logprob = chosen, .rejected_mean_logprob = rejected});
  CHECK(ours.log_odds[0] == doctest::Approx(2 + std::log(1e8) + std::log1p(-std::exp(-2.0))).epsilon(1e-6));
  CHECK(std::isfinite(ours.loss[0]));
  CHECK(std::isfinite(ours.grad_chosen_mean_logprob[0]));
}

TEST_CASE("field: k3 near zero is half the square") {
  const float d = 1e-4F;
  const float theirs = std::exp(-d) - 1 + d;
  CHECK(std::abs(theirs - 5e-9F) > 5e-9F);  // nothing is left but rounding
  const floats logprob{-1 + d}, reference{-1};
  const double exact = static_cast<double>(logprob[0]) + 1;
  CHECK(kl_estimate(cpu, {.logprob = logprob, .ref_logprob = reference}).kl[0] ==
        doctest::Approx(exact * exact / 2).epsilon(1e-3));
}

// verl-project/verl#2928
TEST_CASE("field: a large KL keeps its gradient") {
  const floats logprob{-20}, reference{-5};
  const auto theirs =
      kl_estimate(cpu, {.logprob = logprob, .ref_logprob = reference}, {.input_clamp = 20, .output_clamp = 10});
  CHECK(theirs.kl[0] == 10);
  CHECK(theirs.grad_logprob[0] == 0);
  const auto ours = kl_estimate(cpu, {.logprob = logprob, .ref_logprob = reference});
  CHECK(ours.kl[0] == doctest::Approx(std::exp(15.0) - 16));
  CHECK(ours.grad_logprob[0] == doctest::Approx(1 - std::exp(15.0)));
}

// verl-project/verl PR#2953; OpenRLHF/OpenRLHF#771; huggingface/trl#3025
TEST_CASE("field: the gradient of k3 is not that of the KL it estimates, k2's is") {
  // Three tokens: sum over them of pi * d estimate / d logprob * d logprob / d logit against the KL's own derivative.
  const double logit[3] = {0.3, -0.2, 0.5}, q[3] = {0.2, 0.5, 0.3};
  double sum = 0, p[3], kl = 0;
  for (const double x : logit) sum += std::exp(x);
  for (int i = 0; i < 3; ++i) {
    p[i] = std::exp(logit[i]) / sum;
    kl += p[i] * std::log(p[i] / q[i]);
  }
  const double exact = p[0] * (std::log(p[0] / q[0]) - kl);
  const auto expected = [&](kl_estimator estimator) {
    std::vector<double> now(3), reference(3);
    for (std::size_t i = 0; i < 3; ++i) now[i] = std::log(p[i]), reference[i] = std::log(q[i]);
    const auto g =
        kl_estimate<double>(cpu, {.logprob = now, .ref_logprob = reference}, {.estimator = estimator}).grad_logprob;
    double e = 0;
    for (int i = 0; i < 3; ++i) e += p[i] * g[static_cast<std::size_t>(i)] * ((i == 0) - p[0]);
    return e;
  };
  CHECK(expected(kl_estimator::k2) == doctest::Approx(exact));
  CHECK(std::abs(expected(kl_estimator::k1)) < 1e-12);  // 0 whatever the policy: as a loss it does nothing
  CHECK(expected(kl_estimator::k3) == doctest::Approx(p[0] - q[0]));  // of the KL the other way round
  CHECK(std::abs(expected(kl_estimator::k3) - exact) > 0.01);
}

// verl-project/verl PR#6377
TEST_CASE("field: bounds of a ratio are bounds of the ratio") {
  const floats rollout{-1, -1, -1}, now{-1 + std::log(0.3F), -1, -1 + std::log(3.0F)};
  const auto ours =
      rollout_rejection_mask(cpu, {.rows = segments::uniform(1, 3), .logprob = now, .rollout_logprob = rollout},
                             {.statistic = rejection_statistic::token_ratio, .lower = 0.5, .upper = 5});
  CHECK(ours == flags{0, 1, 1});
  flags theirs;  // minus the log-ratio between the logarithms of the bounds
  for (std::size_t i = 0; i < 3; ++i) {
    const float k1 = rollout[i] - now[i];
    theirs.push_back(k1 >= std::log(0.5F) && k1 <= std::log(5.0F));
  }
  CHECK(theirs == flags{1, 1, 0});
}

// THUDM/slime PR#657, #690, #1122; areal-project/AReaL PR#1088
TEST_CASE("field: what a weight or a mask drops stays in the divisor") {
  const floats old{-1, -1, -1, -1}, advantage{1};
  const flags mask(4, 1);
  floats rollout = old;
  rollout[3] = -1 - std::log(10.0F);  // a ratio of 10
  const auto rows = segments::uniform(1, 4);
  const auto weight = rollout_correction_weight(cpu, {.rows = rows, .logprob = old, .rollout_logprob = rollout},
                                                {.mode = rollout_mode::mask, .lower = 0.5, .upper = 2}).weight;
  CHECK(weight[3] == 0);
  const auto ours = ppo_clip_loss(cpu, {.rows = rows, .logprob = old, .old_logprob = old, .advantage = advantage,
                                        .mask = mask, .is_weight = weight});
  CHECK(ours.loss[0] == doctest::Approx(-0.75));
}

// linkedin/Liger-Kernel#1082, PR#597
TEST_CASE("field: a sum over tokens is not a mean over tokens") {
  const floats loss(100, 1);
  const flags mask(100, 1);
  const auto of = [&](aggregation_mode mode) {
    return loss_aggregate(cpu, {.rows = segments::uniform(1, 100), .token_loss = loss, .mask = mask}, {.mode = mode})
        .weight[0];
  };
  CHECK(of(aggregation_mode::seq_mean_token_sum) == 1);
  CHECK(of(aggregation_mode::seq_mean_token_mean) == 0.01F);
}

TEST_CASE("field: rows beyond 65 536 are like any other") {
  constexpr index_t many = 70000;
  const floats logprob(static_cast<std::size_t>(many), -1), advantage(static_cast<std::size_t>(many), 1);
  const auto ours = ppo_clip_loss(cpu, {.rows = segments::uniform(many, 1), .logprob = logprob, .old_logprob = logprob,
                                        .advantage = advantage});
  CHECK(ours.loss[0] == doctest::Approx(-1));
  CHECK(ours.grad_logprob.back() == ours.grad_logprob.front());
  CHECK(ours.grad_logprob.back() != 0);
}

}  // namespace
