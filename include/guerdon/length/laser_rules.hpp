#pragma once
// What the LASER family shares: what a response gets for its length, how difficult its prompt was, and both over a group.
//
// Source: LASER, arXiv:2505.15612, and its published code.

#include <guerdon/core/shaping.hpp>

namespace guerdon {

/// What a correct response gets: alpha within the target, -alpha beyond it, or both.
enum class laser_mode { reward, penalty, hybrid };
constexpr auto enumerators(laser_mode) { return std::array{"reward", "penalty", "hybrid"}; }

/// Which bucket exactly one and exactly two thirds of right answers fall into: the easier, or the harder one.
enum class difficulty_rule { train, monitor };
constexpr auto enumerators(difficulty_rule) { return std::array{"train", "monitor"}; }

inline namespace GUERDON_ABI {

/// The length term of one response.
struct laser_bonus {
  double alpha;
  laser_mode mode;

  GUERDON_HD double operator()(bool correct, bool within_target) const {
    if (!correct) return 0;
    if (within_target) return mode == laser_mode::penalty ? 0 : alpha;
    return mode == laser_mode::reward ? 0 : 0 - alpha;
  }
};

/// 2 (easy), 1 or 0 (hard) by the share of right answers, cut at one and at two thirds; without answers 0.
GUERDON_HD constexpr index_t difficulty_bucket_of(index_t correct, index_t answers,
                                                  difficulty_rule rule = difficulty_rule::train) {
  if (answers == 0) return 0;
  if (rule == difficulty_rule::train) return 3 * correct >= 2 * answers ? 2 : 3 * correct >= answers ? 1 : 0;
  return 3 * correct <= answers ? 0 : 3 * correct <= 2 * answers ? 1 : 2;
}

/// By the whole team of a group, whose answers begin at `begin`.
template <class Team>
GUERDON_HD index_t count_correct(Team& team, view<const flag_t> correct, index_t begin, index_t n) {
  return static_cast<index_t>(team.sum(n, [&](index_t k) { return correct[begin + k] ? 1.0 : 0.0; }));
}

/// The length term of an answer whose group has this bucket, held to its target: Shaping::term(i, within the target?).
template <class Shaping>
GUERDON_HD double laser_group_term(const Shaping& shaping, index_t i, index_t bucket) {
  return shaping.term(i, static_cast<double>(shaping.in.length[i]) <= shaping.in.target_length[bucket]);
}
template <class Shaping, class Team, class T, class Reward>
GUERDON_HD auto shape_laser_group(const Shaping& shaping, Team& team, const answer_group<T>& group, Reward reward) {
  const index_t correct = count_correct(team, shaping.in.correct, group.begin, group.size);
  return [&shaping, reward, begin = group.begin, bucket = difficulty_bucket_of(correct, group.size)](index_t k) {
    return reward(k) + laser_group_term(shaping, begin + k, bucket);
  };
}

/// Rewards, buckets and targets of one group.
template <class Shaping, class Out>
struct laser_group_program {
  static constexpr bool short_segments = true;
  Shaping shaping;
  Out out;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    using T = std::remove_cvref_t<decltype(out.length_reward[0])>;
    const auto& in = shaping.in;
    const index_t begin = in.groups.begin(g), n = in.groups.size(g);
    const index_t bucket = difficulty_bucket_of(count_correct(team, in.correct, begin, n), n);
    const double target = in.target_length[bucket];
    team.each(n, [&](index_t k) {
      const index_t i = begin + k;
      const double length_reward = laser_group_term(shaping, i, bucket);
      out.length_reward[i] = T(length_reward);
      out.shaped_reward[i] = T(double(in.reward[i]) + length_reward);
      out.bucket[i] = bucket;
      out.dynamic_target[i] = target;
    });
  }
};

}}  // namespace guerdon
