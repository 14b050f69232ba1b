#pragma once
// Munchausen: the scaled log-probability of the action taken, as a bonus on its reward.
//
// $$\text{bonus} = \alpha\,\mathrm{clip}\big(\tau \log \mathrm{softmax}(q / \tau)(a),\; l,\; 0\big)$$
//
// Source: Munchausen reinforcement learning, arXiv:2007.14430, eq. 2.
//
// Details that differ:
// - q is the target network's, in the state in which the action was taken. With td_target's soft_q at the same
//   temperature this is Munchausen DQN, whose soft value is $\sum_a \pi(a) (q(a) - \tau \log \pi(a))$.
// - A row with NaN or +inf, or of nothing but -inf, is NaN. A scale of exactly 0 selects 0.
//
// Cost: the row read twice, two numbers written.

#include <guerdon/returns/action_rows.hpp>

namespace guerdon {
namespace op {
struct munchausen_reward {
  static constexpr info about{"munchausen_reward", "control", "The log-policy of the action taken as a bonus",
                              "arXiv:2007.14430", skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    segments rows;               ///< cuts the actions into N states: segments::uniform(N, A) for [N,A]
    view<const T> reward;        ///< [N]
    view<const T> q;             ///< [N,A]
    view<const index_t> action;  ///< [N] the action taken, 0 to A-1
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> shaped_reward;  ///< [N] reward + bonus
    Of<T> bonus;          ///< [N] at most 0
  };
  struct options {
    double scale = 0.9;         ///< >= 0
    double temperature = 0.03;  ///< > 0
    double log_clip = -1;       ///< <= 0; -infinity: off
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::rows(&I::rows), array("reward", &I::reward, "B"), array("q", &I::q, "B,T"),
                      array("action", &I::action, "B", position_in_row()));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("shaped_reward", &O::shaped_reward, "B"), array("bonus", &O::bonus, "B"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("scale", &options::scale, at_least(0, 1)),
                      option("temperature", &options::temperature, greater_than(0, 0.1, 1)),
                      option("log_clip", &options::log_clip, at_most(0, -2)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct munchausen_program {
  static constexpr bool short_segments = true;
  op::munchausen_reward::inputs<T> in;
  op::munchausen_reward::outputs<T> out;
  op::munchausen_reward::options o;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    const index_t begin = in.rows.begin(row), n = in.rows.size(row);
    const double top = team.template reduce<highest>(n, [&](index_t a) { return lanes{double(in.q[begin + a])}; })[0];
    const auto below = [&](index_t a) { return double(in.q[begin + a]) - top; };
    const double sum = team.sum(n, [&](index_t a) { return math::exp(below(a) / o.temperature); });
    team.once([&] {
      const double log_policy = below(in.action[row]) - o.temperature * math::log(sum);
      const double bonus = math::zero_select_product(o.scale, math::clamp(log_policy, o.log_clip, 0.0));
      out.bonus[row] = T(bonus);
      out.shaped_reward[row] = T(double(in.reward[row]) + bonus);
    });
  }
};

/// Writes rewards and bonuses.
template <real T = float, backend Backend>
void munchausen_reward(const Backend& backend, const op::munchausen_reward::inputs<T>& in,
                       const op::munchausen_reward::outputs<T>& out, const op::munchausen_reward::options& o) {
  const auto rule = check<op::munchausen_reward>(backend, in, out, o);
  detail::check_row_actions(backend, rule, in.action, in.rows, "action");
  backend.for_segments(in.rows, munchausen_program<T>{in, out, o});
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto munchausen_reward(const Backend& backend, const op::munchausen_reward::inputs<T>& in,
                       const op::munchausen_reward::options& o = {}) {
  return returned<op::munchausen_reward, T>(backend, in, o, [&](auto& out) { munchausen_reward(backend, in, out, o); });
}

}}  // namespace guerdon
