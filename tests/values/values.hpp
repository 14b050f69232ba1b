#pragma once
// The values of the library that have state, in one list: each with a start and an update from random events. A value
// added here is tested to be what it promises: saved and restored it goes on with the same bits.

#include "generator.hpp"

#include <guerdon/curriculum/replay_insert.hpp>
#include <guerdon/exploration/hash_count_bonus.hpp>
#include <guerdon/objective/adaptive_kl_coefficient.hpp>
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

/// f(subject) for every value.
template <class F>
void for_each_value(const F& f) {
  f(running_moments_subject{});
  f(adaptive_kl_coefficient_subject{});
  f(hash_count_bonus_subject{});
  f(replay_buffer_subject{});
}

}  // namespace guerdon::harness
