#pragma once
// Of the answers to a prompt only the k shortest, or the k most efficient, are learnt from; the others get no
// advantage.
//
// $$A_i = \frac{r_i - \mathrm{mean}(r_S)}{\mathrm{std}(r_S) + \varepsilon} \quad (i \in S), \qquad A_i = 0
//   \quad (i \notin S)$$
//
// with the set S of the k answers that score best: by $-L_i$ (`shortest`) or by $r_i / L_i$ (`token_efficiency`).
//
// Source: GFPO, arXiv:2508.09726.
//
// Details that differ:
// - Equal scores: the answer that came first is kept. An answer of length 0, and one whose efficiency is NaN, score
//   lowest.
// - TRL removes the dropped answers from the batch, which changes the divisors of the loss; and it slides the window
//   of a user's scoring function by one answer instead of by one group.
// - With one answer kept, or all kept rewards equal, the advantage is exactly 0. A NaN or infinite reward among those
//   that are kept makes them NaN.
// - A trap: with negative rewards `token_efficiency` prefers the longer of two wrong answers.
//
// Cost: every pair of answers of a group is compared.

#include <guerdon/advantage/group_rules.hpp>
#include <guerdon/core/operation.hpp>

namespace guerdon {

enum class gfpo_metric { shortest, token_efficiency };
constexpr auto enumerators(gfpo_metric) { return std::array{"shortest", "token_efficiency"}; }

namespace op {
struct gfpo_advantage {
  static constexpr info about{"gfpo_advantage", "advantage",
                              "Group advantage of the answers kept by length or efficiency (GFPO)", "arXiv:2508.09726",
                              skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const T> reward = {};        ///< [B] one reward per answer
    view<const index_t> length;       ///< [B] tokens of the response, >= 0
    segments groups = {};             ///< cuts the B responses into G prompts
    view<const index_t> retain = {};  ///< [G] k >= 1 of each prompt; in place of the option
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<flag_t> keep;  ///< [B] 1 = learnt from
    Of<T> advantage;  ///< [B] 0 for the others
  };
  struct options {
    index_t retain = 0;                          ///< k >= 1; required, unless given for each prompt
    gfpo_metric metric = gfpo_metric::shortest;  ///< what answers are kept by
    index_t ddof = 1;                            ///< 0 or 1: the variance divides by k - ddof
    double epsilon = 1e-4;                       ///< >= 0, added to the deviation
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("reward", &I::reward, "B"), array("length", &I::length, "B", counts(40)),
                      cuts("groups", &I::groups, "G", "B").in_files("group_offsets"),
                      optional_array("retain", &I::retain, "G", counts_from(1, 9)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("keep", &O::keep, "B"), array("advantage", &O::advantage, "B"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("retain", &options::retain, counts(9)), choice("metric", &options::metric),
                      option("ddof", &options::ddof, within(0, 1)),
                      option("epsilon", &options::epsilon, at_least(0, 0.1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// What the answers of one group are ordered by.
template <class T, reward_shaping Shaping>
struct gfpo_score_program {
  static constexpr bool short_segments = true;
  shaped_rewards<T, Shaping> rewards;
  op::gfpo_advantage::inputs<T> in;
  view<double> score;  // [B] no NaN
  bool efficiency;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = in.groups.begin(g), n = in.groups.size(g);
    const auto reward = rewards.at_group(team, g, begin, n);
    team.each(n, [&](index_t k) {
      const double length = double(in.length[begin + k]), gain = reward(k) / length;
      const double efficient = length > 0 && gain == gain ? gain : highest::identity;
      score[begin + k] = efficiency ? efficient : -length;
    });
  }
};

/// The advantages of one group.
template <class T, reward_shaping Shaping>
struct gfpo_program {
  static constexpr bool short_segments = true;
  shaped_rewards<T, Shaping> rewards;
  op::gfpo_advantage::inputs<T> in;
  op::gfpo_advantage::outputs<T> out;
  op::gfpo_advantage::options o;
  view<const double> score;  // [B] no NaN

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = in.groups.begin(g), n = in.groups.size(g);
    const index_t retain = in.retain ? in.retain[g] : o.retain;
    const double* const s = score.data() + begin;
    team.each(n, [&](index_t k) {
      index_t better = 0;
      for (index_t j = 0; j < n; ++j) better += (s[j] > s[k]) | ((s[j] == s[k]) & (j < k));
      out.keep[begin + k] = flag_t(better < retain);
    });
    const auto reward = rewards.at_group(team, g, begin, n);
    const centred_group centred(segment_moments(team, n,
                                                [&](index_t k) {
                                                  return counted_value<double>{reward(k), out.keep[begin + k] != 0};
                                                }),
                                {});
    const double scale =
        spread_scale(centred.group.variance(double(o.ddof)), double(T(o.epsilon)), epsilon_mode::add_std);
    team.each(n, [&](index_t k) {
      const bool kept = out.keep[begin + k] != 0;
      out.advantage[begin + k] = T(kept ? math::zero_select_product(centred(reward(k)), scale) : 0);
    });
  }
};

/// Writes the advantages and what is kept of what a shaping makes of the rewards (core/shaping.hpp).
template <real T = float, backend Backend, reward_shaping Shaping>
void gfpo_advantage(const Backend& backend, const op::gfpo_advantage::inputs<T>& in,
                    const op::gfpo_advantage::outputs<T>& out, const op::gfpo_advantage::options& o,
                    const Shaping& shaping) {
  const auto rule = check<op::gfpo_advantage>(backend, in, out, o, shaping);
  rule(in.retain || o.retain >= 1, "retain", "is required and must be at least 1");
  auto scratch = backend.scratch();
  const auto score = scratch.template take<double>(in.reward.size());
  const shaped_rewards<T, Shaping> rewards{in.reward, shaping};
  const bool efficiency = o.metric == gfpo_metric::token_efficiency;
  backend.for_segments(in.groups, gfpo_score_program<T, Shaping>{rewards, in, score, efficiency});
  backend.for_segments(in.groups, gfpo_program<T, Shaping>{rewards, in, out, o, score});
}

/// Writes the advantages and what is kept.
template <real T = float, backend Backend>
void gfpo_advantage(const Backend& backend, const op::gfpo_advantage::inputs<T>& in,
                    const op::gfpo_advantage::outputs<T>& out, const op::gfpo_advantage::options& o) {
  gfpo_advantage(backend, in, out, o, unshaped());
}

/// The same in arrays of the backend's.
template <real T = float, backend Backend>
auto gfpo_advantage(const Backend& backend, const op::gfpo_advantage::inputs<T>& in,
                    const op::gfpo_advantage::options& o = {}) {
  return returned<op::gfpo_advantage, T>(backend, in, o, [&](auto& out) { gfpo_advantage(backend, in, out, o); });
}

/// The end of a pipe.
template <real T = float>
auto gfpo_advantage(const op::gfpo_advantage::inputs<T>& in, const op::gfpo_advantage::options& o = {}) {
  return advantage_of<op::gfpo_advantage>(in, o, [](const auto&... call) { gfpo_advantage(call...); });
}

}}  // namespace guerdon
