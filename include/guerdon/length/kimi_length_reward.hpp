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

#include <guerdon/core/launch.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

template <storage T>
struct kimi_length_reward_inputs {
  view<const T> reward;              ///< [B] base reward
  view<const flag_t> correct;        ///< [B] 1 = the answer is right
  view<const index_t> length;        ///< [B] tokens of the response, >= 0
  segments groups;                   ///< cuts the B responses into G prompts
  view<const flag_t> eligible = {};  ///< [B] 1 = takes part in the length reward; left out: all do
};

template <storage T, template <class> class Of = view>
struct kimi_length_reward_outputs {
  Of<T> length_reward;  ///< [B] between -0.5 and 0.5
  Of<T> shaped_reward;  ///< [B] reward + coef * length_reward
};

struct kimi_length_reward_options {
  double coef = 1;     ///< >= 0, weight of the length reward
  double epsilon = 0;  ///< >= 0, added to the range of lengths
};

namespace detail {

template <class T>
struct kimi_program {
  kimi_length_reward_inputs<T> in;
  kimi_length_reward_outputs<T> out;
  kimi_length_reward_options o;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = in.groups.begin(g), n = in.groups.size(g);
    const auto limits = team.template reduce<lowest, highest>(n, [&](index_t k) {
      const double length = static_cast<double>(in.length[begin + k]);
      return lanes{length, length};
    });
    const double shortest = limits[0], longest = limits[1];
    team.each(n, [&](index_t k) {
      const index_t i = begin + k;
      const bool takes_part = shortest < longest && (!in.eligible || in.eligible[i]);
      double term = 0;
      if (takes_part)
        term = 0.5 - (static_cast<double>(in.length[i]) - shortest) / (longest - shortest + o.epsilon);
      if (!in.correct[i]) term = math::min(term, 0.0);
      out.length_reward[i] = T(term);
      out.shaped_reward[i] = T(double(in.reward[i]) + o.coef * term);
    });
  }
};

}  // namespace detail

/// Writes length and shaped reward. Throws std::invalid_argument naming the argument that is wrong.
template <storage T = float, backend Backend>
void kimi_length_reward(const Backend& backend, const kimi_length_reward_inputs<T>& in,
                        const kimi_length_reward_outputs<T>& out, const kimi_length_reward_options& o = {}) {
  constexpr auto op = "kimi_length_reward";
  const index_t n = in.reward.size();
  require_size(in.correct.size(), n, op, "correct", "reward");
  require_size(in.length.size(), n, op, "length", "reward");
  require_segments(backend, in.groups, n, op, "group_offsets");
  if (in.eligible) require_size(in.eligible.size(), n, op, "eligible", "reward");
  require_size(out.length_reward.size(), n, op, "length_reward", "reward");
  require_size(out.shaped_reward.size(), n, op, "shaped_reward", "reward");
  require(o.coef >= 0, op, "coef", "must be at least 0");
  require(o.epsilon >= 0, op, "epsilon", "must be at least 0");
  require_not_negative(backend, in.length, op, "length", in.groups);
  backend.for_segments(in.groups, detail::kimi_program<T>{in, out, o});
}

/// The same into arrays of the backend's.
template <storage T = float, backend Backend>
auto kimi_length_reward(const Backend& backend, const kimi_length_reward_inputs<T>& in,
                        const kimi_length_reward_options& o = {}) {
  const index_t n = in.reward.size();
  kimi_length_reward_outputs<T, Backend::template array> result{backend.template make<T>(n),
                                                                backend.template make<T>(n)};
  kimi_length_reward<T>(backend, in, {result.length_reward, result.shaped_reward}, o);
  return result;
}

}}  // namespace guerdon
