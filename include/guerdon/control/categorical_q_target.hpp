#pragma once
// The target of distributional Q-learning: the distribution of the best next action, moved by reward and discount, and
// projected back onto the atoms.
//
// $$a = \arg\max_a \sum_k \mathrm{softmax}(x_a)_k\, z_k, \qquad
//   p = \mathrm{project}\big(\mathrm{softmax}(x_a),\; r + d\,z\big)$$
//
// Source: C51, arXiv:1707.06887, algorithm 1; double form, Rainbow, arXiv:1710.02298.
//
// Details that differ:
// - With `q_selector` the action is its first maximum: the online network selects, the target network values.
// - A row of means or of the selector with a NaN selects none: action -1, and NaN, which a discount of 0 still drops:
//   then all mass lies on the reward.
// - The projection is categorical_project's, so the atoms may be spaced as they like.
//
// Cost: the logits read three times, one number written per atom after a search among the atoms.

#include <guerdon/control/categorical_projection.hpp>
#include <guerdon/returns/action_rows.hpp>

namespace guerdon {
namespace op {
struct categorical_q_target {
  static constexpr info about{"categorical_q_target", "control", "Target of distributional Q-learning (C51)",
                              "arXiv:1707.06887; arXiv:1710.02298", skeleton::logits_rows};
  template <real T>
  struct inputs {
    view<const T> reward;           ///< [N]
    view<const T> discount;         ///< [N] gamma, and 0 where the episode ended
    view<const T> atoms;            ///< [K] at least two, finite, strictly increasing
    view<const T> logits_next;      ///< [N,A,K] of every action in the next state
    view<const T> q_selector = {};  ///< [N,A] what selects the action; left out: the means
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> probs;         ///< [N,K]
    Of<index_t> action;  ///< [N] the action selected; -1: none
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("reward", &I::reward, "N"), array("discount", &I::discount, "N", drawn(0, 1)),
                      array("atoms", &I::atoms, "K", any_real().together("increasing")),
                      array("logits_next", &I::logits_next, "N,A,K", drawn(-3, 3)),
                      optional_array("q_selector", &I::q_selector, "N,A"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("probs", &O::probs, "N,K"), array("action", &O::action, "N"));
  }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

namespace detail {

/// The action of a row, and the masses that its distribution has: [N,K], scratch.
template <class T>
struct select_distribution {
  static constexpr bool short_segments = true;
  op::categorical_q_target::inputs<T> in;
  index_t actions;
  view<index_t> action;
  view<double> mass;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    const index_t atoms = in.atoms.size();
    const auto logits = [=, this](index_t a) { return in.logits_next.data() + (row * actions + a) * atoms; };
    struct softmax {
      double top, sum, mean;
    };
    const auto row_of = [&](index_t a) {
      const T* const x = logits(a);
      const double top = team.template reduce<highest>(atoms, [=](index_t k) { return lanes{double(x[k])}; })[0];
      const auto total = team.template reduce<add, add>(atoms, [=, this](index_t k) {
        const double e = math::exp(double(x[k]) - top);
        return lanes{e, math::zero_select_product(e, double(in.atoms[k]))};
      });
      return softmax{top, total[0], total[1] / total[0]};
    };
    const auto mean = [&](index_t a) { return row_of(a).mean; };
    const auto selector = [&](index_t a) { return double(in.q_selector[row * actions + a]); };
    const index_t best = in.q_selector ? first_largest(actions, selector) : first_largest(actions, mean);
    team.once([&] { action[row] = best; });
    double* const p = mass.data() + row * atoms;
    if (in.discount[row] == T(0) || best < 0) {
      const double first = in.discount[row] == T(0) ? 1 : std::numeric_limits<double>::quiet_NaN();
      return team.each(atoms, [=](index_t k) { p[k] = k == 0 ? first : 0; });
    }
    const T* const x = logits(best);
    const softmax chosen = row_of(best);
    team.each(atoms, [=](index_t k) { p[k] = math::exp(double(x[k]) - chosen.top) / chosen.sum; });
  }
};

}  // namespace detail

/// Writes distributions and actions.
template <real T = float, backend Backend>
void categorical_q_target(const Backend& backend, const op::categorical_q_target::inputs<T>& in,
                          const op::categorical_q_target::outputs<T>& out,
                          const op::categorical_q_target::options& o) {
  const auto rule = check<op::categorical_q_target>(backend, in, out, o);
  detail::check_atoms(backend, rule, in.atoms);
  const index_t rows = in.reward.size(), count = in.atoms.size();
  const index_t actions = rows > 0 ? in.logits_next.size() / (rows * count) : 0;
  rule(actions > 0 || rows == 0, "logits_next", "must hold at least one action");
  auto scratch = backend.scratch();
  const auto mass = scratch.template take<double>(rows * count);
  backend.for_segments(segments::uniform(rows, count), detail::select_distribution<T>{in, actions, out.action, mass});
  const detail::value_atoms<T> atoms{in.atoms};
  backend.each(rows * count, [=] GUERDON_HD(index_t i) {
    const index_t n = i / count;
    const double reward = double(in.reward[n]), discount = double(in.discount[n]);
    const auto mass_of = [&](index_t k) { return mass[n * count + k]; };
    const auto place_of = [&](index_t k) { return reward + math::zero_select_product(discount, atoms(k)); };
    // A row that is NaN is NaN in its first mass or place too.
    const bool ordered = discount >= 0 && math::is_finite(discount) && mass_of(0) == mass_of(0) &&
                         place_of(0) == place_of(0);
    out.probs[i] = T(ordered ? detail::projected_mass_in_order(atoms, i % count, count, mass_of, place_of)
                             : detail::projected_mass(atoms, i % count, count, mass_of, place_of));
  });
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto categorical_q_target(const Backend& backend, const op::categorical_q_target::inputs<T>& in,
                          const op::categorical_q_target::options& o = {}) {
  return returned<op::categorical_q_target, T>(backend, in, o,
                                               [&](auto& out) { categorical_q_target(backend, in, out, o); });
}

}}  // namespace guerdon
