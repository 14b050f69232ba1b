// What is particular to one value.

#include <guerdon/adapt/json.hpp>
#include <guerdon/backend/scalar.hpp>
#include <guerdon/curriculum/schedule_value.hpp>
#include <guerdon/exploration/episodic_novelty.hpp>
#include <guerdon/exploration/episodic_visit_count.hpp>
#include <guerdon/exploration/hash_count_bonus.hpp>
#include <guerdon/exploration/rnd_reward_normalize.hpp>
#include <guerdon/exploration/sketch_count_bonus.hpp>
#include <guerdon/length/ecr_target_length.hpp>
#include <guerdon/objective/adaptive_kl_coefficient.hpp>
#include <guerdon/program/evolutionary_reward_search.hpp>
#include <guerdon/shaping/minmax_reward.hpp>
#include <guerdon/statistics/exact_moments.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <type_traits>

namespace guerdon {

static_assert(std::is_trivially_copyable_v<running_moments> && sizeof(running_moments) == 5 * sizeof(double));
static_assert(std::is_trivially_copyable_v<adaptive_kl_coefficient>);

TEST_CASE("running moments refuse what is not finite and stay as they were; equal values have no spread") {
  running_moments seen;
  seen.update(std::vector<float>{0.1f, 0.1f, 0.1f});
  seen.update(double(0.1f));
  CHECK(seen == running_moments{4, double(0.1f), 0, double(0.1f), double(0.1f)});
  CHECK(seen.variance() == 0);
  const running_moments before = seen;
  CHECK_THROWS_WITH_AS(seen.update(std::numeric_limits<double>::infinity()), "running_moments: reward must be finite",
                       std::invalid_argument);
  CHECK_THROWS_AS(seen.update(std::vector<double>{1, std::numeric_limits<double>::quiet_NaN()}), std::invalid_argument);
  CHECK(seen == before);
  CHECK(running_moments{}.variance() == 0);

  running_moments far;
  for (int k = 0; k < 1000; ++k) far.update(1e9 + k % 2);
  CHECK(far.mean == doctest::Approx(1e9 + 0.5).epsilon(1e-16));
  CHECK(far.variance() == doctest::Approx(0.25).epsilon(1e-9));
}

TEST_CASE("exact moments have the same bits in any order and any parts, and lose nothing to an offset") {
  std::vector<double> values;
  for (int k = 0; k < 500; ++k) values.push_back((k % 7 - 3) * (k % 3 == 0 ? 1e-200 : k % 3 == 1 ? 0.1 : 1e100));
  exact_moments whole;
  whole.update(values);
  std::mt19937 bits(1);
  for (const std::size_t workers : {2u, 3u, 7u}) {
    std::shuffle(values.begin(), values.end(), bits);
    std::vector<exact_moments> parts(workers);
    for (std::size_t k = 0; k < values.size(); ++k) parts[bits() % workers].update(std::vector<double>{values[k]});
    for (std::size_t k = 1; k < workers; ++k) parts[0].merge(parts[k]);
    CHECK(parts[0] == whole);
    CHECK(parts[0].variance() == whole.variance());
  }

  exact_moments far;
  for (int k = 0; k < 1000; ++k) far.update(std::vector<double>{1e15 + k % 2, 1e15 + k % 2});
  CHECK(far.mean() == 1e15 + 0.5);
  CHECK(far.variance() == 0.25);
  exact_moments cancelling;
  cancelling.update(std::vector<float>{1e8f, 1, -1e8f});
  CHECK(cancelling.mean() == 1.0 / 3);

  exact_moments equal;
  equal.update(std::vector<double>(7, 0.1));
  CHECK(equal.mean() == 0.1);
  CHECK(equal.std() == 0);
  const exact_moments before = equal;
  for (const double x : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(), -1e141})
    CHECK_THROWS_WITH_AS(equal.update(std::vector<double>{1, x}),
                         "exact_moments: values must be finite and at most 1e140 in size", std::invalid_argument);
  CHECK(equal == before);
  CHECK(exact_moments{}.variance() == 0);
  CHECK_THROWS_AS((exact_moments{.count = 1, .sum = {1, 2}}.mean()), std::invalid_argument);
}

TEST_CASE("minmax_reward carries one state from batch to batch, in place or returned") {
  const scalar_backend cpu;
  running_moments seen;
  std::vector<float> reward{1, 3}, shaped(2);
  minmax_reward(cpu, {.reward = reward, .state = {&seen, 1}}, {.shaped_reward = shaped, .new_state = {&seen, 1}}, {});
  CHECK(shaped == std::vector<float>{0, 1});
  CHECK(seen.count == 2);
  reward = {2, 5};
  const auto [second, after] = minmax_reward(cpu, {.reward = reward, .state = {&seen, 1}});
  CHECK(second == std::vector<float>{0.25f, 1});
  CHECK(after[0].high == 5);
  CHECK(seen.high == 3);
}

TEST_CASE("a controller is steered by what it measures") {
  adaptive_kl_coefficient beta{.coef = 0.2};
  CHECK(beta.update(9, 256) == doctest::Approx(0.201024));
  CHECK(beta.coef == doctest::Approx(0.201024));
  CHECK_THROWS_AS(beta.update(9), std::invalid_argument);  // of how many samples?
  CHECK(beta.coef == doctest::Approx(0.201024));
  adaptive_kl_coefficient step{.coef = 1, .options = {.kind = kl_control::step, .target = 0.01}};
  CHECK(step.update(0.02) == 2);
  CHECK(step.update(0.001) == 1);
  step.options.target.reset();
  CHECK_THROWS_AS(step.update(1), std::invalid_argument);
}

TEST_CASE("a schedule asked for a step gives what the array operation gives, in any order") {
  const scalar_backend cpu;
  const std::vector<index_t> steps{0, 3, 10, 11, 250, 999, 1000, 5000}, milestones{500, 20};
  for (std::size_t kind = 0; kind < enumerators(schedule_kind()).size(); ++kind) {
    const op::schedule_value::options o{.kind = static_cast<schedule_kind>(kind), .start = 0.1, .end = 0.01,
                                        .total_steps = 1000, .warmup_steps = 10};
    const schedule at{o, milestones};
    const auto all = schedule_value<double>(cpu, {.step = steps, .milestones = milestones}, o);
    for (std::size_t k = steps.size(); k-- > 0;) CHECK(at(steps[k]) == all[k]);
  }
  const schedule beta{{.kind = schedule_kind::linear, .start = 0.1, .total_steps = 1000}};
  CHECK(beta(250) == doctest::Approx(0.075));
}

TEST_CASE("a counter reads what it has counted, and merges with itself") {
  hash_count_bonus counter{.options = {.beta = 2, .order = count_order::online}};
  const auto [count, bonus] = counter.update(std::vector<index_t>{7, 7, 7, 7, 3});
  CHECK(count == std::vector<index_t>{1, 2, 3, 4, 1});
  CHECK(bonus[3] == 1);
  CHECK(counter.count(7) == 4);
  CHECK(counter.count(8) == 0);
  counter.merge(counter);
  CHECK(counter.count(7) == 8);
}

TEST_CASE("sums of intrinsic rewards go on where they were saved, and two workers' environments add up") {
  rnd_reward_normalize through{.options = {.gamma = 0.5}};
  through.update(std::vector<double>{2, 4});
  const nlohmann::json saved = through;
  auto again = saved.get<rnd_reward_normalize>();
  CHECK(again.filter == std::vector<double>{2, 4});
  CHECK(again.update(std::vector<double>{1, 1}) == through.update(std::vector<double>{1, 1}));
  CHECK(again.filter == std::vector<double>{2, 3});

  rnd_reward_normalize left{.options = {.var = 0, .count = 0, .gamma = 0.5}}, right = left, both = left;
  for (const double b : {1.0, 3.0, 2.0}) {
    left.update(std::vector<double>{b});
    right.update(std::vector<double>{5 * b});
    both.update(std::vector<double>{b, 5 * b});
  }
  left.merge(right);
  CHECK(left.filter == both.filter);
  CHECK(left.options.count == both.options.count);
  CHECK(left.options.mean == doctest::Approx(both.options.mean).epsilon(1e-14));
  CHECK(left.options.var == doctest::Approx(both.options.var).epsilon(1e-14));
}

TEST_CASE("episodes that are going on are saved between two steps, and two workers' environments stand side by side") {
  episodic_visits left, right, both;
  episodic_memory near{.novelty = {.options = {.k = 2}}}, far = near, all = near;
  for (int t = 0; t < 6; ++t) {
    const index_t a = t % 2, b = t % 3;
    const flag_t new_a = t == 4, new_b = t == 0;
    if (t == 3) {
      left = nlohmann::json(left).get<episodic_visits>();
      near = nlohmann::json(near).get<episodic_memory>();
    }
    const auto one = left.update(std::vector<index_t>{a}, std::vector<flag_t>{new_a});
    const auto two = right.update(std::vector<index_t>{b}, std::vector<flag_t>{new_b});
    CHECK(both.update(std::vector<index_t>{a, b}, std::vector<flag_t>{new_a, new_b}) ==
          std::vector<index_t>{one[0], two[0]});
    CHECK(one[0] == (t < 4 ? t / 2 + 1 : 1));
    near.update(std::vector<double>{double(a), 1}, std::vector<flag_t>{new_a}, 2);
    far.update(std::vector<double>{double(b), 5}, std::vector<flag_t>{new_b}, 2);
    all.update(std::vector<double>{double(a), 1, double(b), 5}, std::vector<flag_t>{new_a, new_b}, 2);
  }
  left.merge(right), near.merge(far);
  CHECK(nlohmann::json(left) == nlohmann::json(both));
  CHECK(near.seen == all.seen);
  CHECK(near.seen[0].size() == 4);  // since step 4
  CHECK(near.novelty.options.distance_count == all.novelty.options.distance_count);
  CHECK(near.novelty.options.distance_sum == doctest::Approx(all.novelty.options.distance_sum));
  CHECK(left.update(std::vector<index_t>{1, 2}, std::vector<flag_t>{0, 0}) ==
        both.update(std::vector<index_t>{1, 2}, std::vector<flag_t>{0, 0}));
  CHECK_THROWS_AS(left.update(std::vector<index_t>{1}, std::vector<flag_t>{0}), std::invalid_argument);
  CHECK_THROWS_AS(near.update(std::vector<double>{1, 2}, std::vector<flag_t>{0}, 2), std::invalid_argument);
}

TEST_CASE("target lengths from counts are those of the coverage of all batches in one") {
  const scalar_backend cpu;
  const std::vector<index_t> thresholds{4096, 1024, 2048, 512}, cuts{0, 4, 8, 12, 12, 14};
  const std::vector<flag_t> correct{1, 0, 0, 0, 1, 1, 0, 0, 1, 1, 1, 1, 1, 0};
  std::vector<index_t> length{900, 1100, 5000, 0, 512, 513, 4096, 2048, 100, 600, 1024, 1025, 3000, 2000};
  for (const auto round : {ecr_rounding::floor, ecr_rounding::ceil}) {
    ecr_target_lengths counted{.thresholds = thresholds, .options = {.round = round, .fallback_length = 16384}};
    CHECK(counted.targets() == std::vector<double>(3, 16384));  // nothing counted yet
    ecr_target_lengths other = counted;
    const auto part = [&](ecr_target_lengths& into, std::size_t first, std::size_t last) {
      std::vector<index_t> own;
      for (std::size_t g = first; g <= last; ++g) own.push_back(cuts[g] - cuts[first]);
      into.update({correct.data() + cuts[first], own.back()}, {length.data() + cuts[first], own.back()}, own);
    };
    part(counted, 0, 2), part(other, 2, 5);
    counted.merge(other);
    const auto bucket = difficulty_bucket<double>(cpu, {correct, cuts}, {.rule = difficulty_rule::monitor}).bucket;
    const auto coverage = length_coverage<double>(cpu, {bucket, length, cuts, thresholds});
    const std::vector<double> lengths(thresholds.begin(), thresholds.end());
    CHECK(counted.coverage() == coverage);
    CHECK(counted.targets() == ecr_target_length({coverage, lengths}, counted.options).target_length);
    CHECK(counted.rollouts == std::vector<index_t>{4, 6, 4});
  }
  ecr_target_lengths one{.thresholds = thresholds, .options = {.fallback_length = 1}}, none;
  CHECK_THROWS_AS(one.merge(none), std::invalid_argument);
  length[3] = -1;
  CHECK_THROWS_AS(one.update(correct, length, cuts), std::invalid_argument);
  CHECK_THROWS_AS(one.update(correct, length, segments::uniform(2, 4)), std::invalid_argument);
  CHECK(one.rollouts == std::vector<index_t>{0, 0, 0});
  CHECK_THROWS_AS(none.targets(), std::invalid_argument);  // no fallback was given
}

TEST_CASE("a search that is saved between rounds keeps its context and its best") {
  reward_search search;
  search.update(std::vector<double>{0.2, 0.7}, std::vector<flag_t>{1, 1});
  auto again = nlohmann::json(search).get<reward_search>();
  again.update(std::vector<double>{0.5, 0.1}, std::vector<flag_t>{1, 1});
  CHECK(again.context_iteration == 1);
  CHECK(again.context_index == 0);
  CHECK(again.overall_iteration == 0);
  CHECK(again.overall_index == 1);
  CHECK(again.overall_score == 0.7);
}

TEST_CASE("a sketch never counts too little, counts as the table does while states are few, and refuses other rows") {
  hash_count_bonus exact;
  sketch_count_bonus wide, narrow{.bucket_size = {13, 17, 19}};
  std::uint64_t state = 1;
  for (int batch = 0; batch < 20; ++batch) {
    std::vector<index_t> keys;
    for (int i = 0; i < 50; ++i) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      keys.push_back(static_cast<index_t>((state >> 60) * 0x123456789abcdu));  // 16 states
    }
    const auto want = exact.update(keys);
    CHECK(wide.update(keys).bonus == want.bonus);
    const auto counted = narrow.update(keys).count;
    for (std::size_t i = 0; i < keys.size(); ++i) CHECK(counted[i] >= want.count[i]);
  }
  CHECK(wide.count(-1) == 0);
  CHECK_THROWS_WITH_AS(wide.merge(narrow), doctest::Contains("bucket_size"), std::invalid_argument);
  sketch_count_bonus twice = narrow;
  twice.merge(twice);
  CHECK(twice.count(0) == 2 * narrow.count(0));
}

}  // namespace guerdon
