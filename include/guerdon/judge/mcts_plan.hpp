#pragma once
// Monte Carlo tree search on a table of states: which action a reward model's scores of leaves speak for.
//
// $$a_t = \arg\max_a \Bigl( v_a + w_a \frac{\sqrt{\ln N}}{1 + n_a} \Bigr), \qquad
//   R_k = r_k + \gamma R_{k+1}, \qquad a^* = \arg\max_a \hat v_a$$
//
// A rollout follows the child of the highest uct_score from the root until it takes an action for the first time, or
// ends at a terminal state; what it found goes back along its path as in mcts_backup. v is the best return that a child
// has seen, or their mean, and so is the value $\hat v$ that decides at the end.
//
// Source: ARMAP, arXiv:2502.12130, Eval/sciworld/mcts_agents/mcts.py, where the best return leads the search and the
// mean decides.
//
// Details that differ:
// - The policy's completion of a leaf and the reward model's score of it are one number, `leaf_value`. It is not read
//   of terminal states, which are worth 0 by themselves: what reaching them earns stands on the step.
// - Nodes are paths: a state that two paths lead to has two nodes. A node starts with one visit.
// - A state without actions that is not terminal is a leaf whenever it is reached. Of equal children the lowest action;
//   NaN is never the highest, unless it is the first.
//
// Cost: the depth reached times the actions, per rollout. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/judge/mcts_backup.hpp>
#include <guerdon/judge/tree_search.hpp>

#include <limits>
#include <vector>

namespace guerdon {

/// What the returns through a child are worth: the highest of them, or their mean.
enum class tree_value { best, sample };
constexpr auto enumerators(tree_value) { return std::array{"best", "sample"}; }

namespace op {
struct mcts_plan : host_kind {
  static constexpr info about{"mcts_plan", "judge", "Monte Carlo tree search on a table of states (ARMAP)",
                              "arXiv:2502.12130", skeleton::host};
  struct inputs {
    index_t states = 0;                   ///< how many there are, S
    view<const index_t> next_state;       ///< [S,A] where an action leads; -1: it is not available
    view<const double> leaf_value;        ///< [S] the reward model's score of what is completed from here
    view<const flag_t> terminal = {};     ///< [S] 1 = the episode ends here; left out: nowhere
    view<const double> step_reward = {};  ///< [S,A] left out: 0
    view<const double> prior = {};        ///< [S,A] the policy's probability; left out: 1
  };
  struct outputs {
    index_t best_action = 0;          ///< [1]
    std::vector<double> root_value;   ///< [A] 0: nothing seen; NaN: not available
    std::vector<index_t> root_count;  ///< [A] returns seen
  };
  struct options {
    index_t root = 0;                                 ///< the state to act in
    index_t rollouts = 10;                            ///< >= 0
    double gamma = 0.9;                               ///< discount of a step
    exploration_bonus_rule bonus = {};                ///< how much for what was seldom tried
    guerdon::tree_value tree_value = tree_value::best;     ///< what leads the search
    guerdon::tree_value final_value = tree_value::sample;  ///< what decides at the end
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("states", &I::states, "S"),
                      array("next_state", &I::next_state, "S,A", index_into("S", -1)),
                      array("leaf_value", &I::leaf_value, "S"),
                      optional_array("terminal", &I::terminal, "S", yes_or_no()).hiding_nothing(),
                      optional_array("step_reward", &I::step_reward, "S,A"),
                      optional_array("prior", &I::prior, "S,A", drawn(0, 1)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("best_action", &O::best_action, "1"), array("root_value", &O::root_value, "A").or_nan(),
                      array("root_count", &O::root_count, "A"));
  }
  static constexpr auto parameters() {
    return std::tuple_cat(
        std::tuple(option("root", &options::root, counts(0)), option("rollouts", &options::rollouts, counts(20)),
                   option("gamma", &options::gamma, drawn(0, 1)), choice("tree_value", &options::tree_value),
                   choice("final_value", &options::final_value)),
        nested("bonus", &options::bonus));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {
namespace tree_search {

struct child {
  index_t count = 0, node = -1;  // returns seen; where it leads, -1: it has not been followed
  double sum = 0, best = 0;

  double value(tree_value by) const {
    return count == 0 ? 0 : by == tree_value::best ? best : sum / static_cast<double>(count);
  }
  void see(double value) {
    if (count == 0 || value > best) best = value;
    sum += value, ++count;
  }
};

/// A state that a path led to; its children are A in a row of `planner::children`.
struct node {
  index_t state;
  double visits = 1;
};

class planner {
 public:
  planner(const op::mcts_plan::inputs& in, const op::mcts_plan::options& o)
      : in_(in), o_(o), actions_(in.next_state.size() / in.states) {
    add(o.root);
  }

  void roll_out() {
    rewards_.clear(), path_.clear();
    index_t at = 0;
    bool followed = true;
    while (followed && !ends(at)) {
      const index_t action = choose(at);
      if (action < 0) break;
      if (in_.step_reward) rewards_.push_back(in_.step_reward[state(at) * actions_ + action]);
      else rewards_.push_back(0);
      path_.push_back(at * actions_ + action);
      followed = child_at(path_.back()).node >= 0;
      if (!followed) {
        const index_t made = add(in_.next_state[state(at) * actions_ + action]);
        child_at(path_.back()).node = made;
      }
      at = child_at(path_.back()).node;
    }
    nodes_[static_cast<std::size_t>(at)].visits += 1;
    returns_.resize(rewards_.size());
    back_up(rewards_, ends(at) ? 0 : in_.leaf_value[state(at)], o_.gamma, returns_);
    for (std::size_t k = path_.size(); k-- > 0;) {
      child_at(path_[k]).see(returns_[k]);
      nodes_[static_cast<std::size_t>(path_[k] / actions_)].visits += 1;
    }
  }

  op::mcts_plan::outputs result() const {
    op::mcts_plan::outputs out;
    out.best_action = -1;
    double most = 0;
    for (index_t a = 0; a < actions_; ++a) {
      const child& c = children_[static_cast<std::size_t>(a)];
      const bool available = in_.next_state[o_.root * actions_ + a] >= 0;
      const double value = available ? c.value(o_.final_value) : std::numeric_limits<double>::quiet_NaN();
      out.root_value.push_back(value), out.root_count.push_back(c.count);
      if (available && (out.best_action < 0 || value > most)) out.best_action = a, most = value;
    }
    return out;
  }

 private:
  index_t state(index_t node) const { return nodes_[static_cast<std::size_t>(node)].state; }
  bool ends(index_t node) const { return in_.terminal && in_.terminal[state(node)]; }
  child& child_at(index_t i) { return children_[static_cast<std::size_t>(i)]; }
  index_t add(index_t state) {
    nodes_.push_back({state});
    children_.resize(children_.size() + static_cast<std::size_t>(actions_));
    return static_cast<index_t>(nodes_.size()) - 1;
  }
  /// The available action of the highest uct_score, the lowest of equals; -1: there is none.
  index_t choose(index_t at) {
    index_t chosen = -1;
    double most = 0;
    for (index_t a = 0; a < actions_; ++a) {
      const index_t cell = state(at) * actions_ + a;
      if (in_.next_state[cell] < 0) continue;
      const child& c = child_at(at * actions_ + a);
      const double visits = nodes_[static_cast<std::size_t>(at)].visits;
      const double score = c.value(o_.tree_value) + bonus(o_.bonus, visits, c.count, in_.prior ? in_.prior[cell] : 1);
      if (chosen < 0 || score > most) chosen = a, most = score;
    }
    return chosen;
  }

  const op::mcts_plan::inputs& in_;
  const op::mcts_plan::options& o_;
  index_t actions_;
  std::vector<node> nodes_;
  std::vector<child> children_;  // [nodes, A]
  std::vector<double> rewards_, returns_;  // along the path
  std::vector<index_t> path_;              // into the children
};

}  // namespace tree_search

/// The action to take in the root, and what the search saw of all.
inline op::mcts_plan::outputs mcts_plan(const op::mcts_plan::inputs& in, const op::mcts_plan::options& o = {}) {
  const auto rule = check<op::mcts_plan>(in, o);
  rule(o.root < in.states, "root", "must be below the number of states");
  for (const index_t s : in.next_state) rule(s < in.states, "next_state", "must be below the number of states");
  rule(!in.terminal || !in.terminal[o.root], "terminal", "must be 0 at the root");
  const index_t actions = in.next_state.size() / in.states;
  bool any = false;
  for (index_t a = 0; a < actions; ++a) any |= in.next_state[o.root * actions + a] >= 0;
  rule(any, "next_state", "must have an action at the root");
  tree_search::planner planner(in, o);
  for (index_t n = 0; n < o.rollouts; ++n) planner.roll_out();
  return planner.result();
}

}}  // namespace guerdon
