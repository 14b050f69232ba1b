#pragma once
// Advantages of steps: a step that several trajectories of a task took gets the mean of their advantages, a step of one
// alone keeps its own.
//
// $$A_i = \frac{1}{|E_i|} \sum_{j \in E_i} a_{r(j)}, \qquad
//   E_i = \{j : (s_j, u_j, s_j') = (s_i, u_i, s_i')\} \text{ in the group}$$
//
// with the advantage $a_r$ of each trajectory, and steps as transitions from state s by action u to state s'. What
// failed and successful episodes share is neutral; where they part, they keep all of it. step_to_token gives it to
// tokens.
//
// Source: SALT, arXiv:2510.20022, as a later paper that compares with it tells the rule.
//
// Details that differ:
// - States and actions are numbers; equal ones are equal texts (answer_ids). How much of the past must be equal too is
//   not known of the paper: `history` = h asks for the h pairs of state and action before the step, -1 for all of them.
//   Where a trajectory has fewer, as many must match.
// - A transition that a trajectory takes twice counts twice (`occurrence`, this project's reading), or once
//   (`trajectory`).
// - NaN makes the steps NaN that share an edge with its trajectory, and no other. The mean of equal advantages is that
//   number.
//
// Cost: linear in the steps; with a history h above 0, 2 + log2(h) sorts of them too. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/length/window_classes.hpp>

#include <unordered_map>

namespace guerdon {

/// What counts in the mean of an edge: each step, or each trajectory once.
enum class edge_weighting { occurrence, trajectory };
constexpr auto enumerators(edge_weighting) { return std::array{"occurrence", "trajectory"}; }

namespace op {
struct salt_advantage : host_kind {
  static constexpr info about{"salt_advantage", "advantage", "Step advantages by merging shared steps (SALT)",
                              "arXiv:2510.20022", skeleton::host};
  struct inputs {
    view<const index_t> state;                ///< [M] where the step begins
    view<const index_t> action;               ///< [M]
    view<const index_t> next_state;           ///< [M] where it leads
    segments steps;                           ///< cuts the M steps into R trajectories
    view<const double> trajectory_advantage;  ///< [R] of grpo_advantage, rloo_advantage, ...
    segments groups;                          ///< cuts the R trajectories into G tasks
  };
  struct outputs {
    std::vector<double> step_advantage;  ///< [M]
    std::vector<index_t> merge_count;    ///< [M] steps on the same edge
  };
  struct options {
    index_t history = 0;                                    ///< -1, or how many steps before must be equal
    edge_weighting weighting = edge_weighting::occurrence;  ///< what counts in the mean
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("state", &I::state, "M", integers(0, 2)), array("action", &I::action, "M", integers(0, 1)),
                      array("next_state", &I::next_state, "M", integers(0, 2)),
                      cuts("steps", &I::steps, "R", "M").in_files("step_offsets"),
                      array("trajectory_advantage", &I::trajectory_advantage, "R"),
                      cuts("groups", &I::groups, "G", "R").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("step_advantage", &O::step_advantage, "M"), array("merge_count", &O::merge_count, "M"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("history", &options::history, counts_from(-1, 3)),
                      choice("weighting", &options::weighting));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {
namespace salt {

/// Numbers for tuples, equal for equal tuples, from 0.
template <std::size_t n>
class tuple_numbers {
 public:
  using tuple = std::array<index_t, n>;
  std::size_t of(const tuple& x) { return known_.try_emplace(x, known_.size()).first->second; }

 private:
  struct mix {
    std::size_t operator()(const tuple& x) const {
      std::uint64_t h = 0;
      for (const index_t part : x) {
        h = (h ^ static_cast<std::uint64_t>(part)) * 0x9e3779b97f4a7c15u;
        h ^= h >> 32;
      }
      return static_cast<std::size_t>(h);
    }
  };
  std::unordered_map<tuple, std::size_t, mix> known_;
};

/// The trajectories on one edge.
struct edge {
  double sum = 0, weight = 0, first = 0;
  bool equal = true;
  index_t steps = 0, last_trajectory = -1;

  void add(double advantage) {
    if (weight == 0) first = advantage;
    equal = equal && advantage == first;
    sum += advantage;
    weight += 1;
  }
  double mean() const { return equal ? first : sum / weight; }
};

}  // namespace salt

/// The steps of all tasks.
inline op::salt_advantage::outputs salt_advantage(const op::salt_advantage::inputs& in,
                                                  const op::salt_advantage::options& o = {}) {
  check<op::salt_advantage>(in, o);
  salt::tuple_numbers<3> pasts;  // a past as its rest and one more pair of state and action
  salt::tuple_numbers<5> keys;
  std::vector<salt::edge> edges;
  constexpr auto none = static_cast<std::size_t>(-1);  // of what lies behind padded trajectories and groups
  std::vector<std::size_t> edge_of(static_cast<std::size_t>(in.state.size()), none);

  // A past of just as many steps as are asked for is a window of them; a shorter one is all that there was.
  salt::tuple_numbers<2> pairs;
  std::vector<index_t> taken;
  for (index_t i = 0; o.history > 0 && i < in.state.size(); ++i)
    taken.push_back(static_cast<index_t>(pairs.of({in.state[i], in.action[i]})));
  const window_classes windows(taken, std::max<index_t>(o.history, 1));
  for (index_t g = 0; g < in.groups.count(); ++g)
    for (index_t r = in.groups.begin(g), end = r + in.groups.size(g); r < end; ++r) {
      const index_t begin = in.steps.begin(r);
      index_t whole_past = 0;
      for (index_t i = begin; i < begin + in.steps.size(r); ++i) {
        const index_t past = o.history > 0 && i - begin >= o.history ? -1 - windows[i - o.history] : whole_past;
        if (o.history != 0) whole_past = 1 + static_cast<index_t>(pasts.of({whole_past, in.state[i], in.action[i]}));

        const std::size_t number = keys.of({g, past, in.state[i], in.action[i], in.next_state[i]});
        if (number == edges.size()) edges.emplace_back();
        salt::edge& e = edges[number];
        edge_of[static_cast<std::size_t>(i)] = number;
        ++e.steps;
        if (o.weighting == edge_weighting::occurrence || e.last_trajectory != r) e.add(in.trajectory_advantage[r]);
        e.last_trajectory = r;
      }
    }

  op::salt_advantage::outputs out;
  for (const std::size_t number : edge_of) {
    out.step_advantage.push_back(number == none ? 0 : edges[number].mean());
    out.merge_count.push_back(number == none ? 0 : edges[number].steps);
  }
  return out;
}

}}  // namespace guerdon
