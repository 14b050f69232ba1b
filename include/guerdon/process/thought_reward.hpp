#pragma once
// Rewards of a solution's thoughts, judged right or wrong: in a right response they grow with the policy's ability, so
// that wrong thoughts cost little while it is weak; in a wrong one they are the outcome's.
//
// | response | label | reward |
// |---|---|---|
// | right | 1 | $r_c$ |
// | right | other | $-r_c$ |
// | wrong | 0 | $y_i$ |
// | wrong | other | $-y_i$ |
//
// $$r_c = \alpha\,\frac{n_{right}}{n}, \qquad y_i = \frac{o_i - \mathrm{mean}(o_g)}{\mathrm{std}(o_g) + \varepsilon}$$
//
// with the sample deviation of the group's outcomes.
//
// Source: TP-GRPO, arXiv:2507.23317.
//
// Details that differ:
// - The value of alpha is not published. `adaptive = false` is the ablation $r_c = \alpha$.
// - Process rewards are not standardised. Without any right response $r_c$ is 0, and only the outcome is left.
// - Constant outcomes, and a group of one: y = 0; NaN of one that is NaN. The ability of an empty group is 0.
// - A zero is +0. Epsilon and the sample deviation are this project's. No gradient.
//
// Cost: one number per thought; the outcomes of a group read three times from cache.

#include <guerdon/advantage/group_rules.hpp>
#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct thought_reward {
  static constexpr info about{"thought_reward", "process",
                              "Rewards of thoughts that grow with the policy's ability (TP-GRPO)", "arXiv:2507.23317",
                              skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const index_t> thought_label;  ///< [K] 1 = right, 0 = wrong or the wrong answer's own, else doubtful
    segments thoughts;                  ///< cuts the K thoughts into R responses
    view<const flag_t> correct;         ///< [R] 1 = the final answer is right
    view<const T> outcome;              ///< [R] usually 1 and -1
    segments groups;                    ///< cuts the R responses into G prompts
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> thought_reward;        ///< [K]
    Of<T> standardized_outcome;  ///< [R] y
    Of<T> ability;               ///< [G] share of right responses
  };
  struct options {
    double alpha = 1;       ///< > 0
    bool adaptive = true;   ///< false: ability counts as 1
    double epsilon = 1e-6;  ///< >= 0, added to the deviation
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("thought_label", &I::thought_label, "K", integers(0, 2)),
                      cuts("thoughts", &I::thoughts, "R", "K").in_files("thought_offsets"),
                      array("correct", &I::correct, "R", yes_or_no()), array("outcome", &I::outcome, "R"),
                      cuts("groups", &I::groups, "G", "R").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("thought_reward", &O::thought_reward, "K"),
                      array("standardized_outcome", &O::standardized_outcome, "R"), array("ability", &O::ability, "G"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("alpha", &options::alpha, greater_than(0, 0.5, 2)), flag("adaptive", &options::adaptive),
                      option("epsilon", &options::epsilon, at_least(0, 0.1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct thought_reward_program {
  static constexpr bool short_segments = true;
  op::thought_reward::inputs<T> in;
  op::thought_reward::outputs<T> out;
  op::thought_reward::options o;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = in.groups.begin(g), n = in.groups.size(g);
    const double right = team.sum(n, [&](index_t i) { return in.correct[begin + i] ? 1 : 0; });
    const double ability = n > 0 ? right / double(n) : 0, r_c = o.adaptive ? o.alpha * ability : o.alpha;
    const auto outcome = [&](index_t i) { return double(in.outcome[begin + i]); };
    normalise_group(team, n, outcome, {}, {.epsilon = double(T(o.epsilon))}, [&](index_t i, double y) {
      const index_t r = begin + i;
      const double good = in.correct[r] ? r_c : 0 - y, bad = in.correct[r] ? 0 - r_c : y;
      out.standardized_outcome[r] = T(y);
      const index_t first = in.thoughts.begin(r), end = first + in.thoughts.size(r);
      for (index_t k = first; k < end; ++k) {
        const index_t label = in.thought_label[k];
        const bool wrong = in.correct[r] ? label != 1 : label == 0;
        out.thought_reward[k] = T(wrong ? bad : good);
      }
    });
    team.once([&] { out.ability[g] = T(ability); });
  }
};

/// Writes rewards, outcomes and abilities.
template <real T = float, backend Backend>
void thought_reward(const Backend& backend, const op::thought_reward::inputs<T>& in,
                    const op::thought_reward::outputs<T>& out, const op::thought_reward::options& o) {
  check<op::thought_reward>(backend, in, out, o);
  backend.for_segments(in.groups, thought_reward_program<T>{in, out, o});
}

/// The same in arrays of the backend's.
template <real T = float, backend Backend>
auto thought_reward(const Backend& backend, const op::thought_reward::inputs<T>& in,
                    const op::thought_reward::options& o = {}) {
  return returned<op::thought_reward, T>(backend, in, o, [&](auto& out) { thought_reward(backend, in, out, o); });
}

}}  // namespace guerdon
