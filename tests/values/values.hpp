#pragma once
// The values of the library that have state, in one list: each with a start and an update from random events, and
// tested to be what it promises: saved and restored it goes on with the same bits; of two halves merged, `exact` is
// that of the whole, and its readings are within `tolerance` of them. One that is missing fails a test.

#include "generator.hpp"

#include <guerdon/curriculum/adarft_target_difficulty.hpp>
#include <guerdon/curriculum/ema_std_filter.hpp>
#include <guerdon/curriculum/replay_insert.hpp>
#include <guerdon/curriculum/success_rate_update.hpp>
#include <guerdon/exploration/episodic_novelty.hpp>
#include <guerdon/exploration/episodic_visit_count.hpp>
#include <guerdon/exploration/hash_count_bonus.hpp>
#include <guerdon/exploration/oni_ranking_reward.hpp>
#include <guerdon/exploration/oni_retrieval_reward.hpp>
#include <guerdon/exploration/rnd_reward_normalize.hpp>
#include <guerdon/exploration/sketch_count_bonus.hpp>
#include <guerdon/length/ecr_target_length.hpp>
#include <guerdon/objective/adaptive_entropy_coefficient.hpp>
#include <guerdon/objective/adaptive_kl_coefficient.hpp>
#include <guerdon/program/evolutionary_reward_search.hpp>
#include <guerdon/shaping/normalize_reward.hpp>
#include <guerdon/statistics/ema_moments.hpp>
#include <guerdon/statistics/ema_update.hpp>
#include <guerdon/statistics/exact_moments.hpp>
#include <guerdon/statistics/popart_update.hpp>
#include <guerdon/statistics/running_mean_std.hpp>
#include <guerdon/statistics/running_moments.hpp>

#include <string>
#include <vector>

namespace guerdon::harness {

struct running_moments_subject {
  using value = running_moments;
  static constexpr double tolerance = 1e-13;  // of two halves merged, against the whole
  static value start(dice&) { return {}; }
  static void update(value& v, dice& d) {
    std::vector<double> batch(static_cast<std::size_t>(d.whole(0, 20)));
    const double offset = d.chance(0.3) ? 1e6 : 0;
    for (double& x : batch) x = offset + d.normal();
    v.update(batch);
  }
  static std::vector<double> readings(const value& v) { return {v.variance(), v.std(1)}; }
  static std::vector<double> exact(const value& v) { return {v.count, v.low, v.high}; }
};

struct exact_moments_subject {
  using value = exact_moments;
  static constexpr double tolerance = 0;
  static value start(dice&) { return {}; }
  static void update(value& v, dice& d) {
    std::vector<double> batch(static_cast<std::size_t>(d.whole(0, 20)));
    const double offset = d.chance(0.3) ? 1e17 : 0, scale = d.chance(0.3) ? 1e-300 : 1;
    for (double& x : batch) x = offset + scale * d.normal();
    v.update(batch);
  }
  static std::vector<double> readings(const value& v) { return {v.mean(), v.variance(), v.std(1)}; }
};

struct adaptive_kl_coefficient_subject {
  using value = adaptive_kl_coefficient;
  static value start(dice& d) {
    value v{.coef = d.real(0, 1)};
    if (d.chance(0.5)) v.options = {.kind = kl_control::step, .target = d.real(0.1, 8)};
    else v.options.clip = d.real(0, 1);
    return v;
  }
  static void update(value& v, dice& d) {
    v.update(d.chance(0.1) ? std::numeric_limits<double>::quiet_NaN() : d.real(0, 12), d.real(0, 512));
  }
  static std::vector<double> readings(const value& v) { return {v.coef}; }
};

struct hash_count_bonus_subject {
  using value = hash_count_bonus;
  static constexpr double tolerance = 0;
  static value start(dice& d) {
    return {.options = {.beta = d.real(0, 1), .order = d.chance(0.5) ? count_order::batch : count_order::online}};
  }
  static void update(value& v, dice& d) {
    std::vector<index_t> keys(static_cast<std::size_t>(d.whole(0, 20)));
    for (index_t& k : keys) k = (d.chance(0.5) ? index_t(1) << 62 : -5) + d.whole(0, 9);
    v.update(keys);
  }
  static std::vector<double> readings(const value& v) {
    return {double(v.count(-5)), double(v.count((index_t(1) << 62) + 1))};
  }
};

struct sketch_count_bonus_subject {
  using value = sketch_count_bonus;
  static constexpr double tolerance = 0;
  static value start(dice& d) {
    return {.options = {.beta = d.real(0, 1), .order = d.chance(0.5) ? count_order::batch : count_order::online},
            .bucket_size = {7, 11}};
  }
  static void update(value& v, dice& d) {
    std::vector<index_t> keys(static_cast<std::size_t>(d.whole(0, 20)));
    for (index_t& k : keys) k = (d.chance(0.5) ? index_t(1) << 62 : -5) + d.whole(0, 9);
    v.update(keys);
  }
  static std::vector<double> readings(const value& v) {
    return {double(v.count(-5)), double(v.count((index_t(1) << 62) + 1))};
  }
};

struct oni_labels_subject {  // a judge that always says the same of a message: in halves no verdict is the older one
  using value = oni_labels;
  static constexpr double tolerance = 0;
  static value start(dice& d) { return {.options = {.default_reward = d.real(-1, 1)}}; }
  static void update(value& v, dice& d) {
    std::vector<index_t> key(static_cast<std::size_t>(d.whole(0, 5)));
    std::vector<double> verdict;
    for (index_t& k : key) k = d.whole(-9, 9), verdict.push_back(static_cast<double>(k % 3) / 7);
    v.update(key, verdict);
  }
  static std::vector<double> readings(const value& v) {
    return v.rewards(std::vector<index_t>{-9, -1, 0, 5, 20}).reward;
  }
};

struct replay_buffer_subject {
  using value = replay_buffer;
  static value start(dice& d) { return {.options = {.capacity = d.whole(0, 5)}}; }
  static void update(value& v, dice& d) {
    std::vector<double> score(static_cast<std::size_t>(d.whole(0, 4)));
    std::vector<index_t> id(score.size());
    for (double& x : score) x = d.real(0, 3);
    for (index_t& x : id) x = d.whole(0, 99);
    v.update(score, id);
  }
  static std::vector<double> readings(const value& v) { return v.score; }
};

inline std::vector<double> normal_numbers(dice& d, index_t n, double offset = 0) {
  std::vector<double> x(static_cast<std::size_t>(n));
  for (double& y : x) y = offset + d.normal();
  return x;
}
inline std::vector<flag_t> rare_flags(dice& d, index_t n) {
  std::vector<flag_t> x(static_cast<std::size_t>(n));
  for (flag_t& y : x) y = d.chance(0.2);
  return x;
}

struct running_mean_std_subject {
  using value = running_mean_std;
  static constexpr double tolerance = 1e-12;
  static value start(dice&) { return {.mean = {0, 0}, .var = {0, 0}, .count = 0}; }
  static void update(value& v, dice& d) { v.update(normal_numbers(d, 2 * d.whole(0, 10), d.chance(0.3) ? 1e3 : 0)); }
  static std::vector<double> readings(const value& v) { return {v.mean[0], v.var[1]}; }
  static std::vector<double> exact(const value& v) { return {v.count}; }
};

struct normalize_reward_subject {
  using value = normalize_reward;
  static constexpr double tolerance = 1e-12;
  static value start(dice& d) {
    value v{.options = {.var = 0, .count = 0}};
    v.options.mode = static_cast<reward_scaling>(d.chance(0.5) ? 0 : d.whole(2, 3));
    v.options.gamma = d.real(0, 1);
    return v;
  }
  static void update(value& v, dice& d) {
    v.running_return.clear();  // so that halves of a run and the whole of it see the same sums
    const index_t n = 3 * d.whole(1, 4);
    v.update(normal_numbers(d, n, 1), rare_flags(d, n), rare_flags(d, n), 3);
  }
  static std::vector<double> readings(const value& v) { return {v.options.mean, v.options.var}; }
  static std::vector<double> exact(const value& v) { return {v.options.count}; }
};

struct popart_update_subject {
  using value = popart_update;
  static value start(dice& d) {
    return {.shift = {0, 0}, .scale = {1, 1}, .second_moment = {1, 1},
            .options = {.step_size = d.real(0, 0.1), .scale_lb = 0.1, .scale_ub = 100}};
  }
  static void update(value& v, dice& d) {
    std::vector<double> weight = normal_numbers(d, 6), bias = normal_numbers(d, 2);
    v.update(normal_numbers(d, 3), std::vector<index_t>{0, 1, d.whole(0, 1)}, weight, bias);
  }
  static std::vector<double> readings(const value& v) { return {v.shift[0], v.scale[1]}; }
};

struct ema_moments_subject {
  using value = ema_moments;
  static constexpr double tolerance = 1e-14;
  static value start(dice& d) { return {.options = {.decay = d.real(0, 0.99)}}; }
  static void update(value& v, dice& d) { v.update(normal_numbers(d, d.whole(0, 5), 6)); }
  static std::vector<double> readings(const value& v) {
    return {v.options.mu, v.options.nu, v.options.decay_product};
  }
};

struct adarft_subject {
  using value = adarft_target_difficulty;
  static value start(dice& d) { return {.options = {.sensitivity = d.real(0, 3)}}; }
  static void update(value& v, dice& d) { v.update(normal_numbers(d, d.whole(0, 5), 0.5)); }
  static std::vector<double> readings(const value& v) { return {v.options.current_target}; }
};

struct success_rate_subject {
  using value = success_rate_update;
  static constexpr double tolerance = 1e-14;
  static value start(dice& d) {
    return {.success_rate = {0, 0, 0}, .observations = {0, 0, 0}, .options = {.alpha = d.real(0, 1)}};
  }
  static void update(value& v, dice& d) {
    v.update(std::vector<index_t>{d.whole(0, 2), d.whole(0, 2)}, std::vector<double>{1, d.real(0.1, 1)});
  }
  static std::vector<double> readings(const value& v) { return v.success_rate; }
  static std::vector<index_t> exact(const value& v) { return v.observations; }
};

struct ema_std_filter_subject {
  using value = ema_std_filter;
  static value start(dice& d) { return {.options = {.record_from = d.whole(0, 3), .filter_from = d.whole(0, 3)}}; }
  static void update(value& v, dice& d) { v.update(normal_numbers(d, d.whole(0, 5), 5)); }
  static std::vector<double> readings(const value& v) { return {v.state.average, v.state.last}; }
};

struct ema_update_subject {
  using value = ema_update;
  static constexpr double tolerance = 1e-14;
  static value start(dice& d) { return {.options = {.decay = d.real(0, 1)}}; }
  static void update(value& v, dice& d) {
    v.update(d.chance(0.1) ? std::numeric_limits<double>::quiet_NaN() : 5 + d.normal());
  }
  static std::vector<double> readings(const value& v) { return {v.ema != v.ema ? -1 : v.ema}; }
};

struct adaptive_entropy_subject {
  using value = adaptive_entropy_coefficient;
  static value start(dice& d) { return {.coef = d.real(0, 1), .options = {.target = d.real(0, 2), .delta = 0.1}}; }
  static void update(value& v, dice& d) { v.update(d.real(0, 2)); }
  static std::vector<double> readings(const value& v) { return {v.coef}; }
};

struct episodic_novelty_subject {
  using value = episodic_novelty;
  static constexpr double tolerance = 1e-13;
  static value start(dice& d) { return {.options = {.k = d.whole(1, 3)}}; }
  static void update(value& v, dice& d) {
    v.update(normal_numbers(d, 2 * d.whole(0, 3)), normal_numbers(d, 2 * d.whole(0, 6)), 2);
  }
  static std::vector<double> readings(const value& v) { return {v.options.distance_sum, v.options.distance_count}; }
};

struct episodic_visits_subject {  // merged, environments stand side by side: by_hand.cpp
  using value = episodic_visits;
  static constexpr double tolerance = 1;
  static value start(dice&) { return {}; }
  static void update(value& v, dice& d) {
    std::vector<index_t> keys(static_cast<std::size_t>(3 * d.whole(0, 3)));
    for (index_t& k : keys) k = d.whole(0, 2);
    v.update(keys, rare_flags(d, index_t(keys.size())), 3);
  }
  static std::vector<double> readings(const value&) { return {}; }
};

struct episodic_memory_subject {  // likewise
  using value = episodic_memory;
  static constexpr double tolerance = 1;
  static value start(dice& d) { return {.novelty = {.options = {.k = d.whole(1, 3)}}}; }
  static void update(value& v, dice& d) { v.update(normal_numbers(d, 6), rare_flags(d, 3), 2); }
  static std::vector<double> readings(const value&) { return {}; }
};

struct oni_ranking_subject {
  using value = oni_ranking_reward;
  static constexpr double tolerance = 1e-12;
  static value start(dice& d) { return {.options = {.threshold = d.real(-1, 1), .var = 0, .count = 0}}; }
  static void update(value& v, dice& d) { v.update(normal_numbers(d, d.whole(0, 8), 3)); }
  static std::vector<double> readings(const value& v) { return {v.options.mean, v.options.var}; }
  static std::vector<double> exact(const value& v) { return {v.options.count}; }
};

struct rnd_reward_subject {
  using value = rnd_reward_normalize;
  static constexpr double tolerance = 1e-12;
  static value start(dice& d) { return {.options = {.var = 0, .count = 0, .gamma = d.real(0, 1)}}; }
  static void update(value& v, dice& d) {
    v.filter.clear();  // so that halves of a run and the whole of it see the same sums
    v.update(normal_numbers(d, 3 * d.whole(1, 4), 1), 3);
  }
  static std::vector<double> readings(const value& v) { return {v.options.mean, v.options.var}; }
  static std::vector<double> exact(const value& v) { return {v.options.count}; }
};

struct reward_search_subject {  // its rounds follow one another: nothing to merge
  using value = reward_search;
  static value start(dice& d) { return {.options = {.elitist = d.chance(0.5), .negative_fails = d.chance(0.5)}}; }
  static void update(value& v, dice& d) { v.update(normal_numbers(d, 3), rare_flags(d, 3)); }
  static std::vector<double> readings(const value& v) { return {v.overall_score, double(v.context_index)}; }
};

struct ecr_target_lengths_subject {
  using value = ecr_target_lengths;
  static constexpr double tolerance = 0;
  static value start(dice& d) {
    value v{.thresholds = {8, 2, 5, 40}, .options = {.fallback_length = 32}};
    v.options.n_rollout = d.whole(1, 16);
    v.options.round = d.chance(0.5) ? ecr_rounding::floor : ecr_rounding::ceil;
    return v;
  }
  static void update(value& v, dice& d) {
    std::vector<index_t> offsets{0};
    for (index_t g = d.whole(0, 4); g > 0; --g) offsets.push_back(offsets.back() + d.whole(0, 5));
    std::vector<flag_t> correct(static_cast<std::size_t>(offsets.back()));
    std::vector<index_t> length(correct.size());
    for (flag_t& x : correct) x = d.chance(0.5);
    for (index_t& x : length) x = d.whole(0, 12);
    v.update(correct, length, offsets);
  }
  static std::vector<double> readings(const value& v) { return v.targets(); }
};

/// f(subject) for every value.
template <class F>
void for_each_value(const F& f) {
  f(running_moments_subject{});
  f(exact_moments_subject{});
  f(adaptive_kl_coefficient_subject{});
  f(hash_count_bonus_subject{});
  f(sketch_count_bonus_subject{});
  f(oni_labels_subject{});
  f(replay_buffer_subject{});
  f(running_mean_std_subject{});
  f(normalize_reward_subject{});
  f(popart_update_subject{});
  f(ema_moments_subject{});
  f(adarft_subject{});
  f(success_rate_subject{});
  f(ema_std_filter_subject{});
  f(ema_update_subject{});
  f(adaptive_entropy_subject{});
  f(episodic_novelty_subject{});
  f(episodic_visits_subject{});
  f(episodic_memory_subject{});
  f(oni_ranking_subject{});
  f(rnd_reward_subject{});
  f(reward_search_subject{});
  f(ecr_target_lengths_subject{});
}

}  // namespace guerdon::harness
