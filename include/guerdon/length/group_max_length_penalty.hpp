#pragma once
// What an answer used, against the most that an answer of its group used, taken off its reward in proportion to how
// often the group succeeds.
//
// $$r_i' = r_i - \bar r_g \sum_k w_k\,\frac{q_{ik}}{\max(1,\ \max_{j \in g} q_{jk})}, \qquad A_i = r_i' - \bar{r'}_g$$
//
// for quantities such as output tokens, input tokens and turns: an unsolved prompt is free, a solved one pays most.
//
// Source: prime-rl's length shaping (src/prime_rl/orchestrator/algo/grpo.py), whose weights are 0.25, 0.1 and 0.1.
//
// Details that differ:
// - Rewards are meant to be 0 and 1. A negative mean, of rewards -1 and 1, would turn the penalty into a bonus.
// - A quantity of weight 0 is neither read nor checked.
// - Constant shaped rewards, and a group of one: advantage 0. A reward that is not finite, or an infinite quantity,
//   makes its group NaN, of one too. A group may be empty. No gradient.
//
// Cost: 8 bytes per answer and 4 per quantity in float, and 8 of scratch per answer.

#include <guerdon/core/shaping.hpp>
#include <guerdon/statistics/moments.hpp>

namespace guerdon {
namespace op {

/// Weights that a sum can be taken with.
constexpr range finite_weight() {
  range r = at_least(0, 0.5).without_nan();
  r.high = std::numeric_limits<double>::max();
  return r;
}

struct group_max_length_penalty {
  static constexpr info about{"group_max_length_penalty", "length",
                              "Penalty by tokens and turns used, scaled by the pass rate", "",
                              skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const T> reward = {};      ///< [N] 0 or 1 per answer
    view<const T> quantity;         ///< [N,K] >= 0, what the answer used
    view<const T> quantity_weight;  ///< [K] >= 0, finite
    segments groups = {};           ///< cuts the N answers into G prompts
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> shaped_reward;  ///< [N]
    Of<T> advantage;      ///< [N] shaped rewards less their mean
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("reward", &I::reward, "N"), array("quantity", &I::quantity, "N,K", drawn(0, 9)),
                      array("quantity_weight", &I::quantity_weight, "K", finite_weight()),
                      cuts("groups", &I::groups, "G", "N").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("shaped_reward", &O::shaped_reward, "N"), array("advantage", &O::advantage, "N"));
  }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The rewards of one group.
template <class T>
struct group_max_shaping {
  using is_shaping = void;
  using operation = op::group_max_length_penalty;
  operation::inputs<T> in;
  operation::options o;

  template <class Backend>
  void rules(const Backend&, const call_rules& rule) const {
    if constexpr (Backend::on_host) {
      const index_t quantities = in.quantity_weight.size();
      bool legal = true;
      for (index_t i = 0; i < in.quantity.size(); ++i)
        legal &= in.quantity[i] >= 0 || in.quantity_weight[i % quantities] == 0 || !in.groups.holds(i / quantities);
      rule(legal, "quantity", "must be at least 0");
    }
  }
  /// The shaped rewards of a group, of whose quantity q an answer used most(q) at most.
  template <class Team, class Reward, class Most>
  GUERDON_HD auto against(Team& team, index_t begin, index_t n, Reward reward, Most most) const {
    const index_t quantities = in.quantity_weight.size();
    const moments m = segment_moments(team, n, reward);
    double pressure = m.finite() ? m.mean : std::numeric_limits<double>::quiet_NaN();
    for (index_t q = 0; q < quantities; ++q)
      if (double(in.quantity_weight[q]) != 0 && !math::is_finite(most(q)))
        pressure = std::numeric_limits<double>::quiet_NaN();
    return [this, reward, most, begin, quantities, pressure](index_t k) {
      double used = 0;
      for (index_t q = 0; q < quantities; ++q) {
        const double weight = double(in.quantity_weight[q]);
        if (weight == 0) continue;
        used += weight * double(in.quantity[(begin + k) * quantities + q]) / math::max(most(q), 1.0);
      }
      return reward(k) - pressure * used;
    };
  }
  /// In a pipe the most is looked for where it is needed: a group is few answers.
  template <class Team, class E, class Reward>
  GUERDON_HD auto at_group(Team& team, const answer_group<E>& group, Reward reward) const {
    return against(team, group.begin, group.size, reward, [this, begin = group.begin, n = group.size](index_t q) {
      double most = highest::identity;
      for (index_t k = 0; k < n; ++k)
        most = highest::combine(most, double(in.quantity[(begin + k) * in.quantity_weight.size() + q]));
      return most;
    });
  }
};

/// What the answers of one group used at most.
template <class T>
struct group_most_program {
  static constexpr bool short_segments = true;
  op::group_max_length_penalty::inputs<T> in;
  view<double> most;  // [G,Q]

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = in.groups.begin(g), n = in.groups.size(g), quantities = in.quantity_weight.size();
    for (index_t q = 0; q < quantities; ++q) {
      const double of_all = team.template reduce<highest>(n, [&](index_t k) {
        return lanes{double(in.quantity[(begin + k) * quantities + q])};
      })[0];
      team.once([&] { most[g * quantities + q] = of_all; });
    }
  }
};

template <class T>
struct group_max_program {
  static constexpr bool short_segments = true;
  group_max_shaping<T> shaping;
  op::group_max_length_penalty::outputs<T> out;
  view<double> shaped;
  view<const double> most;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const auto& in = shaping.in;
    const index_t begin = in.groups.begin(g), n = in.groups.size(g), quantities = in.quantity_weight.size();
    const auto reward = [&](index_t k) { return double(in.reward[begin + k]); };
    const auto of_answer =
        shaping.against(team, begin, n, reward, [&](index_t q) { return most[g * quantities + q]; });
    team.each(n, [&](index_t k) {
      shaped[begin + k] = of_answer(k);
      out.shaped_reward[begin + k] = T(shaped[begin + k]);
    });
    const auto value = [&](index_t k) { return shaped[begin + k]; };
    const moments s = segment_moments(team, n, value);
    team.each(n, [&](index_t k) { out.advantage[begin + k] = T(value(k) - s.mean); });
  }
};

/// Writes shaped rewards and advantages.
template <real T = float, backend Backend>
void group_max_length_penalty(const Backend& backend, const op::group_max_length_penalty::inputs<T>& in,
                              const op::group_max_length_penalty::outputs<T>& out,
                              const op::group_max_length_penalty::options& o) {
  const auto rule = check<op::group_max_length_penalty>(backend, in, out, o);
  const group_max_shaping<T> shaping{in, o};
  shaping.rules(backend, rule);
  auto scratch = backend.scratch();
  const auto shaped = scratch.template take<double>(in.reward.size());
  const auto most = scratch.template take<double>(in.groups.count() * in.quantity_weight.size());
  backend.for_segments(in.groups, group_most_program<T>{in, most});
  backend.for_segments(in.groups, group_max_program<T>{shaping, out, shaped, most});
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto group_max_length_penalty(const Backend& backend, const op::group_max_length_penalty::inputs<T>& in,
                              const op::group_max_length_penalty::options& o = {}) {
  return returned<op::group_max_length_penalty, T>(backend, in, o,
                                                   [&](auto& out) { group_max_length_penalty(backend, in, out, o); });
}

/// The operation as a part of a pipe.
template <real T = float>
group_max_shaping<T> group_max_length_penalty(const op::group_max_length_penalty::inputs<T>& in,
                                              const op::group_max_length_penalty::options& o = {}) {
  return {in, o};
}

}}  // namespace guerdon
