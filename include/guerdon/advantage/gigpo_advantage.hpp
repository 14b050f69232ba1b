#pragma once
// Group-in-group advantage of agents: an episode against the other episodes of its task, and a step against the other
// steps that were taken in the same state.
//
// $$A_m = w_E\,\hat R_{n(m)} + w_S\,\hat G_m, \qquad G_t = r_t + \gamma G_{t+1}$$
//
// where a hat takes the mean away, of the episode rewards of the task, or of the returns $G$ of all steps of the task
// that share the step's state; `normalize = mean_std` divides by the deviation and epsilon as well.
//
// Source: GiGPO, arXiv:2505.10978.
//
// Details that differ:
// - `episode_scope = step` lets an episode vote once per step, so that long ones weigh more and one without steps does
//   not vote and has term 0: the default of the authors' verl-agent, which also has raw rewards for a single episode
//   (`singleton = score`). `trajectory`, one vote each, is the paper's and that of their later DrMAS code.
// - ROLL: gamma 0.95, and a deviation of at most 1e-6 gives 0; clips, if asked to.
// - States are the same where their numbers are, in one task only, of one episode too. Similar states: give them equal
//   numbers. A step that is alone in its state has term 0, whatever `singleton` says.
// - A weight of 0 drops its term, NaN included. gamma 0 selects: what follows does not reach back. Else a NaN step
//   reward reaches the earlier steps of its episode, and through them those of the same state.
// - No gradient: advantages are constants for the loss.
// - No end of a pipe: it reads the rewards of steps too. shaped_reward shapes those of episodes.
//
// Cost: two sorts of the steps, and about 140 bytes of scratch per step. Waits for the backend once.

#include <guerdon/advantage/group_rules.hpp>
#include <guerdon/core/operation.hpp>
#include <guerdon/statistics/repeated_moments.hpp>
#include <guerdon/statistics/sorted_rank.hpp>

namespace guerdon {

/// What is taken out of a term: the mean, or the deviation as well.
enum class gigpo_normalize { mean, mean_std };
constexpr auto enumerators(gigpo_normalize) { return std::array{"mean", "mean_std"}; }
/// How often an episode votes on the baseline of its task: once, or once per step.
enum class gigpo_episode_scope { trajectory, step };
constexpr auto enumerators(gigpo_episode_scope) { return std::array{"trajectory", "step"}; }

namespace op {
struct gigpo_advantage {
  static constexpr info about{"gigpo_advantage", "advantage",
                              "Episode against episodes, step against steps of the same state (GiGPO)",
                              "arXiv:2505.10978", skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const T> episode_reward;  ///< [N] one reward per episode
    view<const T> step_reward;     ///< [M] of all steps, in time order
    view<const index_t> state;     ///< [M] in which the step's action was chosen; equal numbers are equal states
    segments steps;                ///< cuts the M steps into N episodes
    segments groups;               ///< cuts the N episodes into G tasks
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> advantage;          ///< [M]
    Of<T> episode_advantage;  ///< [N] the episode's term
    Of<T> step_advantage;     ///< [M] the step's term
    Of<T> step_return;        ///< [M] discounted rewards from the step on
    Of<index_t> state_group;  ///< [M] steps of one task and state, numbered as they first appear
  };
  struct options {
    double gamma = 0.95;                                                  ///< in [0, 1]
    gigpo_normalize normalize = gigpo_normalize::mean;                    ///< what is taken out of the terms
    gigpo_episode_scope episode_scope = gigpo_episode_scope::trajectory;  ///< what votes on an episode's baseline
    double episode_weight = 1;                                            ///< w_E
    double step_weight = 1;                                               ///< w_S
    singleton_rule singleton = singleton_rule::zero;                      ///< zero or score, of the episode term
    index_t ddof = 1;                                                     ///< 0 or 1: the variance divides by n - ddof
    double epsilon = 1e-6;                                                ///< >= 0, added to the deviation
    double clip = op::range::infinity;                                    ///< > 0, the largest advantage
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("episode_reward", &I::episode_reward, "N"), array("step_reward", &I::step_reward, "M"),
                      array("state", &I::state, "M", integers(0, 3)),
                      cuts("steps", &I::steps, "N", "M").in_files("step_offsets"),
                      cuts("groups", &I::groups, "G", "N").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("advantage", &O::advantage, "M"), array("episode_advantage", &O::episode_advantage, "N"),
                      array("step_advantage", &O::step_advantage, "M"), array("step_return", &O::step_return, "M"),
                      array("state_group", &O::state_group, "M"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("gamma", &options::gamma, within(0, 1)), choice("normalize", &options::normalize),
                      choice("episode_scope", &options::episode_scope),
                      option("episode_weight", &options::episode_weight), option("step_weight", &options::step_weight),
                      choice("singleton", &options::singleton).first(2), option("ddof", &options::ddof, within(0, 1)),
                      option("epsilon", &options::epsilon, at_least(0, 0.1)),
                      option("clip", &options::clip, greater_than(0, 0.2, 3)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// What a step knows of itself.
struct gigpo_steps {
  view<double> to_go, term;       // [M]
  view<index_t> task, first_one;  // [M] task of the step; the first step of its task and state
  view<index_t> number;           // [M+1] how many states were new before the step
};

/// One task: its episodes' terms.
template <class T>
struct gigpo_episodes {
  static constexpr bool short_segments = true;
  op::gigpo_advantage::inputs<T> in;
  view<T> advantage;
  view<double> term;   // [N]
  view<index_t> task;  // [N]
  op::gigpo_advantage::options o;
  scaling_rule scaling;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = in.groups.begin(g), n = in.groups.size(g);
    const auto reward = [&](index_t i) { return double(in.episode_reward[begin + i]); };
    const auto votes = [&](index_t i) {
      return o.episode_scope == gigpo_episode_scope::step ? double(in.steps.size(begin + i)) : 1.0;
    };
    const moments m = repeated_moments(team, n, reward, votes);
    const normalised_group normalised({m, {.singleton = o.singleton}}, scaling);
    team.each(n, [&](index_t i) {
      term[begin + i] = votes(i) > 0 ? normalised(reward(i)) : 0;
      task[begin + i] = g;
      advantage[begin + i] = T(term[begin + i]);
    });
  }
};

/// One episode: returns, and whose steps these are.
template <class T>
struct gigpo_returns {
  static constexpr bool long_segments = true;
  op::gigpo_advantage::inputs<T> in;
  view<T> step_return;
  view<const index_t> task_of_episode;
  gigpo_steps steps;
  double gamma;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t episode) const {
    const index_t begin = in.steps.begin(episode), task = task_of_episode[episode];
    team.recur_backward(
        in.steps.size(episode), 0.0,
        [&](index_t i) { return affine<double>{double(in.step_reward[begin + i]), gamma}; },
        [&](index_t i, double to_go, double) {
          steps.to_go[begin + i] = to_go;
          steps.task[begin + i] = task;
          step_return[begin + i] = T(to_go);
        });
  }
};

/// One state of one task: its steps' terms.
template <class T>
struct gigpo_states {
  static constexpr bool short_segments = true;
  view<T> advantage;
  gigpo_steps steps;
  segments states;
  view<const index_t> place;
  scaling_rule scaling;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t state) const {
    const index_t* const step = place.data() + states.begin(state);
    const auto to_go = [&](index_t i) { return steps.to_go[step[i]]; };
    normalise_group(team, states.size(state), to_go, {}, scaling, [&](index_t i, double term) {
      steps.term[step[i]] = term;
      steps.first_one[step[i]] = step[0];
      advantage[step[i]] = T(term);
    });
  }
};

/// One episode: both terms together.
template <class T>
struct gigpo_sum {
  static constexpr bool long_segments = true;
  op::gigpo_advantage::inputs<T> in;
  op::gigpo_advantage::outputs<T> out;
  view<const double> episode_term;
  gigpo_steps steps;
  op::gigpo_advantage::options o;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t episode) const {
    const index_t begin = in.steps.begin(episode);
    const double shared = math::zero_select_product(o.episode_weight, episode_term[episode]);
    team.each(in.steps.size(episode), [&](index_t i) {
      if (steps.first_one[begin + i] < 0) return;  // of no task
      const double own = math::zero_select_product(o.step_weight, steps.term[begin + i]);
      out.advantage[begin + i] = T(math::clamp(shared + own, -o.clip, o.clip));
      out.state_group[begin + i] = steps.number[steps.first_one[begin + i]];
    });
  }
};

/// The steps ordered by task and state, and one segment of that order for each state of a task. Waits for their number.
template <class Backend, class Scratch>
view<index_t> order_by_state(const Backend& backend, Scratch& scratch, view<const index_t> state,
                             view<const index_t> task, index_t tasks, segments& states) {
  const index_t n = state.size();
  const auto place = scratch.template take<index_t>(n), offsets = scratch.template take<index_t>(n + 1);
  auto inner = backend.scratch();
  const auto a = inner.template take<index_t>(n), b = inner.template take<index_t>(n);
  const auto c = inner.template take<index_t>(n), number = inner.template take<index_t>(n + 1);
  const auto begins = inner.template take<flag_t>(n);
  backend.each(n, [=] GUERDON_HD(index_t i) { a[i] = i; });
  backend.template sort_pairs<index_t, index_t>(state, a, b, c);
  backend.each(n, [=] GUERDON_HD(index_t i) { a[i] = task[c[i]]; });
  backend.template sort_pairs<index_t, index_t>(a, c, b, place, tasks + 1);
  backend.each(n, [=] GUERDON_HD(index_t i) {
    begins[i] = b[i] < tasks && (i == 0 || b[i] != b[i - 1] || state[place[i]] != state[place[i - 1]]);
  });
  backend.template exclusive_sum<flag_t>(begins, number);
  backend.each(n + 1, [=] GUERDON_HD(index_t i) { offsets[i] = rank_in(b.data(), n, tasks, false); });
  backend.each(n, [=] GUERDON_HD(index_t i) {
    if (begins[i]) offsets[number[i]] = i;
  });
  states = segments(view<const index_t>(offsets.data(), number_at<index_t>(backend, number.data() + n) + 1));
  return place;
}

/// Writes advantages, their terms, returns and states.
template <real T = float, backend Backend>
void gigpo_advantage(const Backend& backend, const op::gigpo_advantage::inputs<T>& in,
                     const op::gigpo_advantage::outputs<T>& out, const op::gigpo_advantage::options& o) {
  check<op::gigpo_advantage>(backend, in, out, o);
  const index_t episodes = in.episode_reward.size(), n = in.step_reward.size(), tasks = in.groups.count();
  auto scratch = backend.scratch();
  const auto episode_term = scratch.template take<double>(episodes);
  const auto task_of_episode = scratch.template take<index_t>(episodes);
  const gigpo_steps steps{scratch.template take<double>(n), scratch.template take<double>(n),
                          scratch.template take<index_t>(n), scratch.template take<index_t>(n),
                          scratch.template take<index_t>(n + 1)};
  const auto is_first = scratch.template take<flag_t>(n);
  // What lies behind padded segments belongs to no task, which is number `tasks`.
  backend.each(episodes, [=] GUERDON_HD(index_t i) { task_of_episode[i] = tasks, episode_term[i] = 0; });
  backend.each(n, [=] GUERDON_HD(index_t i) { steps.task[i] = tasks, steps.term[i] = 0, steps.first_one[i] = -1; });
  const scaling_rule scaling{.scaled = o.normalize == gigpo_normalize::mean_std, .ddof = double(o.ddof),
                             .epsilon = o.epsilon};
  backend.for_segments(in.groups,
                       gigpo_episodes<T>{in, out.episode_advantage, episode_term, task_of_episode, o, scaling});
  backend.for_segments(in.steps, gigpo_returns<T>{in, out.step_return, task_of_episode, steps, o.gamma});
  segments states;
  const auto place = order_by_state(backend, scratch, in.state, steps.task, tasks, states);
  backend.for_segments(states, gigpo_states<T>{out.step_advantage, steps, states, place, scaling});
  backend.each(n, [=] GUERDON_HD(index_t i) { is_first[i] = steps.first_one[i] == i; });
  backend.template exclusive_sum<flag_t>(is_first, steps.number);
  backend.for_segments(in.steps, gigpo_sum<T>{in, out, episode_term, steps, o});
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto gigpo_advantage(const Backend& backend, const op::gigpo_advantage::inputs<T>& in,
                     const op::gigpo_advantage::options& o = {}) {
  return returned<op::gigpo_advantage, T>(backend, in, o, [&](auto& out) { gigpo_advantage(backend, in, out, o); });
}

}}  // namespace guerdon
