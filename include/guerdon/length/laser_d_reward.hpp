#pragma once
// LASER-D: the target length of LASER follows the difficulty of the prompt, measured by how many of its
// answers are right in this very batch.
//
// $$r_i' = r_i + \alpha\,[\text{correct}_i]\,[L_i \le L_{b(g)}], \qquad
//   b(g) = \begin{cases} 2 & 3c \ge 2n \\ 1 & 3c \ge n \\ 0 & \text{else} \end{cases}$$
//
// with c of the n answers of group g right: bucket 0 is hard, 2 is easy.
//
// Source: arXiv:2505.15612 (LASER-D).
//
// Details that differ:
// - The buckets are cut with integers as above, so exactly one third is medium and exactly two thirds is
//   easy. The released code uses this rule while shaping and the mirrored one (both limits fall to the harder
//   bucket) while it measures the coverage that the targets come from.
// - The targets are numbers of the caller's, in the order hard, medium, easy; they may be fractional, and
//   infinity means "no limit". They are double whatever the type of the rewards: half and bfloat16 cannot
//   hold token counts.
// - `penalty` and `hybrid` as in laser_reward; wrong answers get no length term.
//
// Cost: 6 numbers per response; its time does not matter.

#include <guerdon/length/laser_reward.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

/// 2 (easy) where at least two thirds of the answers are right, 1 where at least one third is, else 0 (hard).
GUERDON_HD constexpr index_t difficulty_bucket_of(index_t correct, index_t answers) {
  return 3 * correct >= 2 * answers ? 2 : 3 * correct >= answers ? 1 : 0;
}

template <storage T>
struct laser_d_reward_inputs {
  view<const T> reward;              ///< [B] base reward
  view<const flag_t> correct;        ///< [B] 1 = the answer is right
  view<const index_t> length;        ///< [B] tokens of the response, >= 0
  segments groups;                   ///< cuts the B responses into G prompts
  view<const double> target_length;  ///< [3] in tokens, for hard, medium and easy prompts
};

template <storage T, template <class> class Of = view>
struct laser_d_reward_outputs {
  Of<T> shaped_reward;        ///< [B] reward + length_reward
  Of<T> length_reward;        ///< [B] the length term alone
  Of<index_t> bucket;         ///< [B] difficulty of the response's prompt: 0 hard, 1 medium, 2 easy
  Of<double> dynamic_target;  ///< [B] the target length it was held to
};

struct laser_d_reward_options {
  double alpha = 0.5;                    ///< finite
  laser_mode mode = laser_mode::reward;  ///< bonus within the target, penalty beyond it, or both
};

namespace detail {

template <class T>
struct laser_d_program {
  laser_d_reward_inputs<T> in;
  laser_d_reward_outputs<T> out;
  laser_bonus bonus;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = in.groups.begin(g), n = in.groups.size(g);
    const double right = team.sum(n, [&](index_t i) { return in.correct[begin + i] ? 1.0 : 0.0; });
    const index_t bucket = difficulty_bucket_of(static_cast<index_t>(right), n);
    const double target = in.target_length[bucket];
    team.each(n, [&](index_t k) {
      const index_t i = begin + k;
      const double term = bonus(in.correct[i] != 0, static_cast<double>(in.length[i]) <= target);
      out.length_reward[i] = T(term);
      out.shaped_reward[i] = T(double(in.reward[i]) + term);
      out.bucket[i] = bucket;
      out.dynamic_target[i] = target;
    });
  }
};

}  // namespace detail

/// Writes the four outputs. Throws std::invalid_argument naming the argument that is wrong.
template <storage T = float, backend Backend>
void laser_d_reward(const Backend& backend, const laser_d_reward_inputs<T>& in,
                    const laser_d_reward_outputs<T>& out, const laser_d_reward_options& o = {}) {
  constexpr auto op = "laser_d_reward";
  const index_t n = in.reward.size();
  require_size(in.correct.size(), n, op, "correct", "reward");
  require_size(in.length.size(), n, op, "length", "reward");
  require_segments(backend, in.groups, n, op, "group_offsets");
  require_size(in.target_length.size(), 3, op, "target_length", "the number of difficulty buckets");
  require_size(out.shaped_reward.size(), n, op, "shaped_reward", "reward");
  require_size(out.length_reward.size(), n, op, "length_reward", "reward");
  require_size(out.bucket.size(), n, op, "bucket", "reward");
  require_size(out.dynamic_target.size(), n, op, "dynamic_target", "reward");
  require_laser(o.alpha, o.mode, op);
  require_not_negative(backend, in.length, op, "length", in.groups);
  backend.for_segments(in.groups, detail::laser_d_program<T>{in, out, {o.alpha, o.mode}});
}

/// The same into arrays of the backend's.
template <storage T = float, backend Backend>
auto laser_d_reward(const Backend& backend, const laser_d_reward_inputs<T>& in,
                    const laser_d_reward_options& o = {}) {
  const index_t n = in.reward.size();
  laser_d_reward_outputs<T, Backend::template array> result{
      backend.template make<T>(n), backend.template make<T>(n), backend.template make<index_t>(n),
      backend.template make<double>(n)};
  laser_d_reward<T>(backend, in,
                    {result.shaped_reward, result.length_reward, result.bucket, result.dynamic_target}, o);
  return result;
}

}}  // namespace guerdon
