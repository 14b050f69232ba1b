#pragma once
// A whole episode as one action: the sum of its token rewards against the other episodes of the task, on every token of
// the agent.
//
// | estimator | advantage of the score s |
// |---|---|
// | rloo | $(s - \mathrm{mean}) \frac{n}{n-1}$ |
// | grpo | $(s - \mathrm{mean}) / (\mathrm{std} + \varepsilon)$ |
// | grpo_no_std | $s - \mathrm{mean}$ |
//
// Dense rewards only change the sum: which turn earned it is not seen. For that take multiturn_gae or salt_advantage.
//
// Source: "A Practitioner's Guide to Multi-turn Agentic Reinforcement Learning", arXiv:2510.01132; its released code.
//
// Details that differ:
// - The sum runs over all tokens, masked ones too: padding must hold 0.
// - Group of one: 0, or with `singleton = score` what the released code gives: the score, for grpo divided by 1 +
//   epsilon. A NaN score is NaN in either case, and makes its group NaN.
// - Constant group: exactly 0, tested as max == min. Tokens under the mask get 0. No gradient.
// - No end of a pipe: it reads the rewards of tokens, a pipe one of each answer.
//
// Cost: 4 bytes per token read and 4 written in float, and the mask.

#include <guerdon/advantage/answer_tokens.hpp>
#include <guerdon/core/operation.hpp>

namespace guerdon {

enum class episode_estimator { rloo, grpo, grpo_no_std };
constexpr auto enumerators(episode_estimator) { return std::array{"rloo", "grpo", "grpo_no_std"}; }

namespace op {
struct multiturn_group_advantage {
  static constexpr info about{"multiturn_group_advantage", "advantage",
                              "An episode's sum of rewards against the other episodes", "arXiv:2510.01132",
                              skeleton::segmented_reduce};
  template <storage T>
  struct inputs {
    segments rows;               ///< cuts the tokens into B rows
    view<const T> token_reward;  ///< [B,T] 0 on padding
    view<const flag_t> mask;     ///< [B,T] 1 = the agent's
    segments groups;             ///< cuts the B episodes into G tasks
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> advantage;  ///< [B,T]
    Of<T> score;      ///< [B] sum of the row
  };
  struct options {
    episode_estimator estimator = episode_estimator::rloo;  ///< how scores are compared
    double epsilon = 1e-6;                                  ///< >= 0, added to the deviation (grpo)
    singleton_rule singleton = singleton_rule::zero;        ///< zero or score
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::rows(&I::rows), array("token_reward", &I::token_reward, "B,T", drawn(-1, 1)),
                      array("mask", &I::mask, "B,T", yes_or_no()).hiding_nothing(),
                      cuts("groups", &I::groups, "G", "B").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("advantage", &O::advantage, "B,T"), array("score", &O::score, "B"));
  }
  static constexpr auto parameters() {
    return std::tuple(choice("estimator", &options::estimator), option("epsilon", &options::epsilon, at_least(0, 0.1)),
                      choice("singleton", &options::singleton).first(2));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The sum of a row.
template <class T>
struct episode_score_program {
  static constexpr bool long_segments = true;
  segments rows;
  view<const T> token_reward;
  view<double> sum;
  view<T> score;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    const T* const reward = token_reward.data() + rows.begin(row);
    const double total = team.sum(rows.size(row), [=](index_t t) { return real_t<T>(reward[t]); });
    team.once([&] {
      sum[row] = total;
      score[row] = T(total);
    });
  }
};

/// The advantages of a group of episodes.
struct episode_advantage_program {
  static constexpr bool short_segments = true;
  segments groups;
  view<const double> score;
  view<double> advantage;
  op::multiturn_group_advantage::options o;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = groups.begin(g);
    const bool others = o.estimator == episode_estimator::rloo;
    const centring_rule centring{others ? advantage_baseline::leave_one_out : advantage_baseline::mean, o.singleton};
    const scaling_rule scaling{.scaled = o.estimator == episode_estimator::grpo, .epsilon = o.epsilon};
    normalise_group(team, groups.size(g), [&](index_t i) { return score[begin + i]; }, centring, scaling,
                    [&](index_t i, double a) { advantage[begin + i] = a; });
  }
};

/// Writes advantages and scores.
template <storage T = float, backend Backend>
void multiturn_group_advantage(const Backend& backend, const op::multiturn_group_advantage::inputs<T>& in,
                               const op::multiturn_group_advantage::outputs<T>& out,
                               const op::multiturn_group_advantage::options& o) {
  check<op::multiturn_group_advantage>(backend, in, out, o);
  const index_t rows = in.rows.count();
  auto scratch = backend.scratch();
  const auto score = scratch.template take<double>(rows), value = scratch.template take<double>(rows);
  backend.for_segments(in.rows, episode_score_program<T>{in.rows, in.token_reward, score, out.score});
  backend.for_segments(in.groups, episode_advantage_program{in.groups, score, value, o});
  backend.for_segments(in.rows, put_on_tokens<T>{in.rows, in.groups, in.mask, value, out.advantage});
}

/// The same in arrays of the backend's.
template <storage T = float, backend Backend>
auto multiturn_group_advantage(const Backend& backend, const op::multiturn_group_advantage::inputs<T>& in,
                               const op::multiturn_group_advantage::options& o = {}) {
  return returned<op::multiturn_group_advantage, T>(backend, in, o,
                                                    [&](auto& out) { multiturn_group_advantage(backend, in, out, o); });
}

}}  // namespace guerdon
