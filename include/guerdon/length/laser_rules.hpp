#pragma once
// What the LASER family shares: what a response gets for its length, how difficult its prompt was, and both over a group.
//
// Source: LASER, arXiv:2505.15612, and its published code.

#include <guerdon/core/operation.hpp>

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

/// The length rewards of one group, held to the target of its difficulty: term(i, within the target?) for response i.
template <class In, class Out, class Term>
struct laser_group_program {
  static constexpr bool short_segments = true;
  In in;
  Out out;
  Term term;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    using T = std::remove_cvref_t<decltype(out.length_reward[0])>;
    const index_t begin = in.groups.begin(g), n = in.groups.size(g);
    const index_t bucket = difficulty_bucket_of(count_correct(team, in.correct, begin, n), n);
    const double target = in.target_length[bucket];
    team.each(n, [&](index_t k) {
      const index_t i = begin + k;
      const double length_reward = term(i, static_cast<double>(in.length[i]) <= target);
      out.length_reward[i] = T(length_reward);
      out.shaped_reward[i] = T(double(in.reward[i]) + length_reward);
      out.bucket[i] = bucket;
      out.dynamic_target[i] = target;
    });
  }
};

}}  // namespace guerdon
