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

#include <guerdon/length/laser_rules.hpp>

namespace guerdon {
namespace op {
struct laser_d_reward {
  static constexpr info about{"laser_d_reward", "length",
                              "LASER with a target length by the prompt's difficulty (LASER-D)", "arXiv:2505.15612",
                              skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const T> reward = {};         ///< [B] base reward
    view<const flag_t> correct;        ///< [B] 1 = the answer is right
    view<const index_t> length;        ///< [B] tokens of the response, >= 0
    segments groups = {};              ///< cuts the B responses into G prompts
    view<const double> target_length;  ///< [3] in tokens, for hard, medium and easy prompts
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> shaped_reward;        ///< [B] reward + length_reward
    Of<T> length_reward;        ///< [B] the length term alone
    Of<index_t> bucket;         ///< [B] difficulty of the response's prompt: 0 hard, 1 medium, 2 easy
    Of<double> dynamic_target;  ///< [B] the target length it was held to
  };
  struct options {
    double alpha = 0.5;                    ///< finite
    laser_mode mode = laser_mode::reward;  ///< bonus within the target, penalty beyond it, or both
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("reward", &I::reward, "B"), array("correct", &I::correct, "B", yes_or_no()),
                      array("length", &I::length, "B", counts(40)),
                      cuts("groups", &I::groups, "G", "B").in_files("group_offsets"),
                      array("target_length", &I::target_length, "3", integers(0, 40)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("shaped_reward", &O::shaped_reward, "B"), array("length_reward", &O::length_reward, "B"),
                      array("bucket", &O::bucket, "B"), array("dynamic_target", &O::dynamic_target, "B"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("alpha", &options::alpha, finite()), choice("mode", &options::mode));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The length term of one answer.
template <class T>
struct laser_d_shaping {
  using is_shaping = void;
  using operation = op::laser_d_reward;
  operation::inputs<T> in;
  operation::options o;

  GUERDON_HD double term(index_t i, bool within) const {
    return laser_bonus{o.alpha, o.mode}(in.correct[i] != 0, within);
  }
  template <class Team, class E, class Reward>
  GUERDON_HD auto at_group(Team& team, const answer_group<E>& group, Reward reward) const {
    return shape_laser_group(*this, team, group, reward);
  }
};

/// Writes rewards, buckets and targets.
template <real T = float, backend Backend>
void laser_d_reward(const Backend& backend, const op::laser_d_reward::inputs<T>& in,
                    const op::laser_d_reward::outputs<T>& out, const op::laser_d_reward::options& o) {
  check<op::laser_d_reward>(backend, in, out, o);
  backend.for_segments(
      in.groups, laser_group_program<laser_d_shaping<T>, op::laser_d_reward::outputs<T>>{{in, o}, out});
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto laser_d_reward(const Backend& backend, const op::laser_d_reward::inputs<T>& in,
                    const op::laser_d_reward::options& o = {}) {
  return returned<op::laser_d_reward, T>(backend, in, o, [&](auto& out) { laser_d_reward(backend, in, out, o); });
}

/// The operation as a part of a pipe.
template <real T = float>
laser_d_shaping<T> laser_d_reward(const op::laser_d_reward::inputs<T>& in,
                                  const op::laser_d_reward::options& o = {}) {
  return {in, o};
}

}}  // namespace guerdon
