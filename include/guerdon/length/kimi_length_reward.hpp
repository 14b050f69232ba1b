#pragma once
// The length reward of Kimi k1.5: among the answers to one prompt the shortest gets +0.5, the longest -0.5,
// and a wrong answer never gains by being short.
//
// $$\lambda_i = 0.5 - \frac{L_i - L_{min}}{L_{max} - L_{min} + \varepsilon}, \qquad
//   \ell_i = \begin{cases} \lambda_i & \text{correct} \\ \min(0, \lambda_i) & \text{wrong} \end{cases},
//   \qquad r_i' = r_i + c\,\ell_i$$
//
// with the minimum and the maximum over all answers of the group, right or wrong.
//
// Source: Kimi k1.5, arXiv:2501.12599, section 2.3.3.
//
// Details that differ:
// - Equal lengths, and a group of one with them: no length reward, as the report says. LASER's code takes 0
//   and 1 for the limits of a group of one, which charges it its whole length.
// - LASER's code weighs the term with 0.4 and has an epsilon of 1e-6; the report has neither.
// - An answer that is not `eligible` (LASER: a format failure) gets no length term, but its length still
//   counts for the group's limits.
// - open-r1 measures characters and takes the limits over the batch instead of the group.
// - A NaN reward stays where it is. A group may be empty.
//
// Cost: 5 numbers per response; its time does not matter.

#include <guerdon/core/shaping.hpp>

namespace guerdon {
namespace op {
struct kimi_length_reward {
  static constexpr info about{"kimi_length_reward", "length",
                              "Length against the siblings' shortest and longest (Kimi k1.5)",
                              "arXiv:2501.12599; arXiv:2505.15612", skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const T> reward = {};         ///< [B] base reward
    view<const flag_t> correct;        ///< [B] 1 = the answer is right
    view<const index_t> length;        ///< [B] tokens of the response, >= 0
    segments groups = {};              ///< cuts the B responses into G prompts
    view<const flag_t> eligible = {};  ///< [B] 1 = takes part in the length reward; left out: all do
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> length_reward;  ///< [B] between -0.5 and 0.5
    Of<T> shaped_reward;  ///< [B] reward + coef * length_reward
  };
  struct options {
    double coef = 1;     ///< >= 0, weight of the length reward
    double epsilon = 0;  ///< >= 0, added to the range of lengths
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("reward", &I::reward, "B"), array("correct", &I::correct, "B", yes_or_no()),
                      array("length", &I::length, "B", counts(40)),
                      cuts("groups", &I::groups, "G", "B").in_files("group_offsets"),
                      optional_array("eligible", &I::eligible, "B", yes_or_no()));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("length_reward", &O::length_reward, "B"), array("shaped_reward", &O::shaped_reward, "B"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("coef", &options::coef, at_least(0, 2)),
                      option("epsilon", &options::epsilon, at_least(0, 0.1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The rewards of one group.
template <class T>
struct kimi_shaping {
  using is_shaping = void;
  using operation = op::kimi_length_reward;
  operation::inputs<T> in;
  operation::options o;

  /// The length term of the answers.
  template <class Team>
  GUERDON_HD auto terms(Team& team, index_t begin, index_t n) const {
    const auto limits = team.template reduce<lowest, highest>(n, [&](index_t k) {
      const double length = static_cast<double>(in.length[begin + k]);
      return lanes{length, length};
    });
    return [this, begin, shortest = limits[0], longest = limits[1]](index_t k) {
      const index_t i = begin + k;
      const bool takes_part = shortest < longest && (!in.eligible || in.eligible[i]);
      double term = 0;
      if (takes_part)
        term = 0.5 - (static_cast<double>(in.length[i]) - shortest) / (longest - shortest + o.epsilon);
      return in.correct[i] ? term : math::min(term, 0.0);
    };
  }
  template <class Team, class E, class Reward>
  GUERDON_HD auto at_group(Team& team, const answer_group<E>& group, Reward reward) const {
    return [reward, coef = o.coef, term = terms(team, group.begin, group.size)](index_t k) {
      return reward(k) + coef * term(k);
    };
  }
};

template <class T>
struct kimi_program {
  static constexpr bool short_segments = true;
  kimi_shaping<T> shaping;
  op::kimi_length_reward::outputs<T> out;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const auto& in = shaping.in;
    const index_t begin = in.groups.begin(g), n = in.groups.size(g);
    const auto length_term = shaping.terms(team, begin, n);
    team.each(n, [&](index_t k) {
      const double term = length_term(k);
      out.length_reward[begin + k] = T(term);
      out.shaped_reward[begin + k] = T(double(in.reward[begin + k]) + shaping.o.coef * term);
    });
  }
};

/// Writes length and shaped reward.
template <real T = float, backend Backend>
void kimi_length_reward(const Backend& backend, const op::kimi_length_reward::inputs<T>& in,
                        const op::kimi_length_reward::outputs<T>& out, const op::kimi_length_reward::options& o) {
  check<op::kimi_length_reward>(backend, in, out, o);
  backend.for_segments(in.groups, kimi_program<T>{{in, o}, out});
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto kimi_length_reward(const Backend& backend, const op::kimi_length_reward::inputs<T>& in,
                        const op::kimi_length_reward::options& o = {}) {
  return returned<op::kimi_length_reward, T>(backend, in, o,
                                             [&](auto& out) { kimi_length_reward(backend, in, out, o); });
}

/// The operation as a part of a pipe.
template <real T = float>
kimi_shaping<T> kimi_length_reward(const op::kimi_length_reward::inputs<T>& in,
                                   const op::kimi_length_reward::options& o = {}) {
  return {in, o};
}

}}  // namespace guerdon
