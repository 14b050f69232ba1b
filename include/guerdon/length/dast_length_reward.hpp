#pragma once
// A bonus for brevity that knows how hard the prompt is: short right answers gain, and wrong answers lose more the
// shorter they are.
//
// $$B = p\,\bar L_{\text{right}} + (1 - p)\,L_{\max}, \qquad \lambda_i = \frac{L_i - B}{B}, \qquad
//   r_i' = r_i + \begin{cases} \max(a \lambda_i + b, 0.1) & \text{right}
//   \\ \min(0.9 \lambda_i - 0.1, -0.1) & \text{wrong} \end{cases}$$
//
// with p the share of right answers in the group, which are those of exactly the full reward.
//
// Source: UI-R1-E, arXiv:2503.21620, DAST_grpo_trainer.py; the budget of DAST, arXiv:2503.04472.
//
// Details that differ:
// - Where all lengths are 0 the original divides 0 by 0; here lambda is 0.
// - A NaN reward is not right, and stays NaN.
//
// Cost: 4 numbers per response; its time does not matter.

#include <guerdon/core/shaping.hpp>

namespace guerdon {
namespace op {
struct dast_length_reward {
  static constexpr info about{"dast_length_reward", "length", "Bonus for brevity by the difficulty of the group (DAST)",
                              "arXiv:2503.21620; arXiv:2503.04472", skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const T> reward = {};   ///< [N]
    view<const index_t> length;  ///< [N] tokens, >= 0
    segments groups = {};        ///< cuts the N responses into G prompts
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> shaped_reward;  ///< [N]
  };
  struct options {
    double slope = -0.5;     ///< a, of the length above the budget
    double intercept = 0.5;  ///< b
    double full_reward = 3;  ///< what makes a response right
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("reward", &I::reward, "N", integers(1, 3)), array("length", &I::length, "N", counts(40)),
                      cuts("groups", &I::groups, "G", "N").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("shaped_reward", &O::shaped_reward, "N")); }
  static constexpr auto parameters() {
    return std::tuple(option("slope", &options::slope), option("intercept", &options::intercept),
                      option("full_reward", &options::full_reward, integers(1, 3)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The rewards of one group.
template <class T>
struct dast_shaping {
  using is_shaping = void;
  using operation = op::dast_length_reward;
  operation::inputs<T> in;
  operation::options o;

  template <class Team, class E, class Reward>
  GUERDON_HD auto at_group(Team& team, const answer_group<E>& group, Reward reward) const {
    const double full = double(E(o.full_reward)), n = double(group.size);
    const index_t* const length = in.length.data() + group.begin;
    const auto total = team.template reduce<add, add, highest>(group.size, [&](index_t k) {
      const double tokens = double(length[k]);
      const bool right = reward(k) == full;
      return lanes{right ? 1.0 : 0.0, right ? tokens : 0.0, tokens};
    });
    const double share = total[0] / n, mean = total[0] > 0 ? total[1] / total[0] : 0;
    const double budget = share * mean + (1 - share) * total[2], slope = o.slope, intercept = o.intercept;
    return [=](index_t k) {
      const double r = reward(k), excess = budget == 0 ? 0 : (double(length[k]) - budget) / budget;
      return r + (r == full ? math::max(slope * excess + intercept, 0.1) : math::min(0.9 * excess - 0.1, -0.1));
    };
  }
};

/// Writes the shaped rewards.
template <real T = float, backend Backend>
void dast_length_reward(const Backend& backend, const op::dast_length_reward::inputs<T>& in,
                        const op::dast_length_reward::outputs<T>& out, const op::dast_length_reward::options& o) {
  check<op::dast_length_reward>(backend, in, out, o);
  launch_shaping(backend, in, out.shaped_reward, dast_shaping<T>{in, o});
}

/// The shaped rewards in an array of the backend's.
template <real T = float, backend Backend>
auto dast_length_reward(const Backend& backend, const op::dast_length_reward::inputs<T>& in,
                        const op::dast_length_reward::options& o = {}) {
  return returned<op::dast_length_reward, T>(backend, in, o,
                                             [&](auto& out) { dast_length_reward(backend, in, out, o); });
}

/// The operation as a part of a pipe.
template <real T = float>
dast_shaping<T> dast_length_reward(const op::dast_length_reward::inputs<T>& in,
                                   const op::dast_length_reward::options& o = {}) {
  return {in, o};
}

}}  // namespace guerdon
