#pragma once
// LASER-D that also pays wrong answers for going beyond the target, so that hard prompts are explored.
//
// $$r_i' = r_i + \alpha\,[\text{correct}_i]\,[L_i \le L_{b(g)}] +
//   \alpha\,[\text{wrong}_i]\,[L_i > L_{b(g)}]\,[\text{eligible}_i]\,[\text{not repeated}_i]$$
//
// with the target of the prompt's difficulty, as in laser_d_reward.
//
// Source: LASER-DE, arXiv:2505.15612.
//
// Details that differ:
// - Text that loops is not exploration: see tail_ngram_repetition. The released trainer hands its test tensor elements,
//   which never compare equal, so it never fires; `repeated` all 0 reproduces that.
// - A format failure (`eligible` = 0) is not paid for its length.
// - The target itself is within.
//
// Cost: 8 numbers per response; its time does not matter.

#include <guerdon/length/laser_rules.hpp>

namespace guerdon {
namespace op {
struct laser_de_reward {
  static constexpr info about{"laser_de_reward", "length", "LASER-D that lets wrong answers explore (LASER-DE)",
                              "arXiv:2505.15612", skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const T> reward = {};         ///< [B] base reward
    view<const flag_t> correct;        ///< [B] 1 = the answer is right
    view<const index_t> length;        ///< [B] tokens of the response, >= 0
    segments groups = {};              ///< cuts the B responses into G prompts
    view<const double> target_length;  ///< [3] in tokens, for hard, medium and easy prompts
    view<const flag_t> eligible = {};  ///< [B] 1 = a wrong answer may be paid; left out: all may
    view<const flag_t> repeated = {};  ///< [B] 1 = the text loops; left out: none does
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> shaped_reward;        ///< [B] reward + length_reward
    Of<T> length_reward;        ///< [B] alpha or 0
    Of<index_t> bucket;         ///< [B] difficulty of the response's prompt: 0 hard, 1 medium, 2 easy
    Of<double> dynamic_target;  ///< [B] the target length it was held to
  };
  struct options {
    double alpha = 0.5;  ///< finite
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("reward", &I::reward, "B"), array("correct", &I::correct, "B", yes_or_no()),
                      array("length", &I::length, "B", counts(40)),
                      cuts("groups", &I::groups, "G", "B").in_files("group_offsets"),
                      array("target_length", &I::target_length, "3", integers(0, 40)),
                      optional_array("eligible", &I::eligible, "B", yes_or_no()),
                      optional_array("repeated", &I::repeated, "B", yes_or_no()));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("shaped_reward", &O::shaped_reward, "B"), array("length_reward", &O::length_reward, "B"),
                      array("bucket", &O::bucket, "B"), array("dynamic_target", &O::dynamic_target, "B"));
  }
  static constexpr auto parameters() { return std::tuple(option("alpha", &options::alpha, finite())); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The length term of one answer.
template <class T>
struct laser_de_shaping {
  using is_shaping = void;
  using operation = op::laser_de_reward;
  operation::inputs<T> in;
  operation::options o;

  GUERDON_HD double term(index_t i, bool within) const {
    if (in.correct[i]) return within ? o.alpha : 0.0;
    const bool explores = (!in.eligible || in.eligible[i]) && !(in.repeated && in.repeated[i]);
    return explores && !within ? o.alpha : 0.0;
  }
  template <class Team, class E, class Reward>
  GUERDON_HD auto at_group(Team& team, const answer_group<E>& group, Reward reward) const {
    return shape_laser_group(*this, team, group, reward);
  }
};

/// Writes rewards, buckets and targets.
template <real T = float, backend Backend>
void laser_de_reward(const Backend& backend, const op::laser_de_reward::inputs<T>& in,
                     const op::laser_de_reward::outputs<T>& out, const op::laser_de_reward::options& o) {
  check<op::laser_de_reward>(backend, in, out, o);
  backend.for_segments(
      in.groups, laser_group_program<laser_de_shaping<T>, op::laser_de_reward::outputs<T>>{{in, o}, out});
}

/// The same in arrays of the backend's.
template <real T = float, backend Backend>
auto laser_de_reward(const Backend& backend, const op::laser_de_reward::inputs<T>& in,
                     const op::laser_de_reward::options& o = {}) {
  return returned<op::laser_de_reward, T>(backend, in, o, [&](auto& out) { laser_de_reward(backend, in, out, o); });
}

/// The operation as a part of a pipe.
template <real T = float>
laser_de_shaping<T> laser_de_reward(const op::laser_de_reward::inputs<T>& in,
                                    const op::laser_de_reward::options& o = {}) {
  return {in, o};
}

}}  // namespace guerdon
