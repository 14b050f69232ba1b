#pragma once
// Right answers that are longer than the others of their prompt are worth less, exponentially.
//
// $$r_i' = r_i\,e^{-\alpha z_i}, \qquad z_i = \frac{L_i - m_g}{s_g + \varepsilon}$$
//
// with mean and sample deviation of the lengths of the group's right answers, those with a positive reward. Other
// answers keep their reward.
//
// Source: GRPO-LEAD, arXiv:2504.09696.
//
// Details that differ:
// - The authors' code leaves a group of three or more as it is whose three shortest answers, right or wrong, take
//   `min_mean_shortest` = 4000 tokens on average or less. The paper has no such gate: -1.
// - A lone right answer, and right answers of equal length, have z = 0.
// - The official run's base rewards are 1 right, -1 wrong, -2 wrong and degenerate.
//
// Cost: up to nine passes over the lengths of a group, read from cache.

#include <guerdon/core/shaping.hpp>
#include <guerdon/statistics/moments.hpp>

namespace guerdon {
namespace op {
struct grpo_lead_length_reward {
  static constexpr info about{"grpo_lead_length_reward", "length",
                              "Right answers scaled by their length among the right ones (GRPO-LEAD)",
                              "arXiv:2504.09696", skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const T> reward = {};   ///< [B] base reward, > 0 for right answers
    view<const index_t> length;  ///< [B] tokens of the response, >= 0
    segments groups = {};        ///< cuts the B responses into G prompts
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> shaped_reward;  ///< [B]
  };
  struct options {
    double alpha = 0.05;              ///< steepness
    double epsilon = 1e-6;            ///< >= 0, added to the deviation
    double min_mean_shortest = 4000;  ///< tokens up to which a group is left as it is; -1: none is
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("reward", &I::reward, "B"), array("length", &I::length, "B", counts(40)),
                      cuts("groups", &I::groups, "G", "B").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("shaped_reward", &O::shaped_reward, "B")); }
  static constexpr auto parameters() {
    return std::tuple(option("alpha", &options::alpha, drawn(0, 1)),
                      option("epsilon", &options::epsilon, at_least(0, 0.1)),
                      option("min_mean_shortest", &options::min_mean_shortest, drawn(-1, 20)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The mean of the three lowest of n >= 3 numbers: the lowest, then the lowest above it, until there are three.
template <class Team, class F>
GUERDON_HD double mean_of_three_lowest(Team& team, index_t n, F number) {
  double above = lowest::identity * -1, total = 0;
  for (double missing = 3; missing > 0;) {
    const double low = team.template reduce<lowest>(
        n, [&](index_t i) { return lanes{number(i) > above ? number(i) : lowest::identity}; })[0];
    const double equal = team.sum(n, [&](index_t i) { return number(i) == low ? 1.0 : 0.0; });
    const double taken = math::min(equal, missing);
    total += taken * low;
    missing -= taken;
    above = low;
  }
  return total / 3;
}

/// The rewards of one group.
template <class T>
struct grpo_lead_length_shaping {
  using is_shaping = void;
  using operation = op::grpo_lead_length_reward;
  operation::inputs<T> in;
  operation::options o;

  template <class Team, class E, class Reward>
  GUERDON_HD auto at_group(Team& team, const answer_group<E>& group, Reward reward) const {
    const auto length = [of_group = in.length.data() + group.begin](index_t k) { return double(of_group[k]); };
    const bool gated = group.size >= 3 && mean_of_three_lowest(team, group.size, length) <= o.min_mean_shortest;
    const moments m = segment_moments(team, group.size, [&](index_t k) {
      return counted_value<double>{length(k), reward(k) > 0};
    });
    const double scale = m.constant() ? 0 : 1 / (math::sqrt(m.variance(1)) + o.epsilon), mean = m.mean, alpha = o.alpha;
    return [=](index_t k) {
      const double r = reward(k);
      return r > 0 && !gated ? r * math::exp(-alpha * ((length(k) - mean) * scale)) : r;
    };
  }
};

/// Writes the shaped rewards.
template <real T = float, backend Backend>
void grpo_lead_length_reward(const Backend& backend, const op::grpo_lead_length_reward::inputs<T>& in,
                             const op::grpo_lead_length_reward::outputs<T>& out,
                             const op::grpo_lead_length_reward::options& o) {
  check<op::grpo_lead_length_reward>(backend, in, out, o);
  launch_shaping(backend, in, out.shaped_reward, grpo_lead_length_shaping<T>{in, o});
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto grpo_lead_length_reward(const Backend& backend, const op::grpo_lead_length_reward::inputs<T>& in,
                             const op::grpo_lead_length_reward::options& o = {}) {
  return returned<op::grpo_lead_length_reward, T>(backend, in, o,
                                                  [&](auto& out) { grpo_lead_length_reward(backend, in, out, o); });
}

/// The operation as a part of a pipe.
template <real T = float>
grpo_lead_length_shaping<T> grpo_lead_length_reward(const op::grpo_lead_length_reward::inputs<T>& in,
                                                    const op::grpo_lead_length_reward::options& o = {}) {
  return {in, o};
}

}}  // namespace guerdon
