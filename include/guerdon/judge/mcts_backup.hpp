#pragma once
// What a tree search credits the nodes of a path with: rewards along it, and the discounted value of its leaf.
//
// $$e \leftarrow r_k + \gamma e, \qquad R_k = e, \qquad k = L-1, \dots, 0, \qquad
//   e_L = m\,V + (1 - m)\, v$$
//
// for leaf value v and a critic's value V; without a critic $e_L = v$.
//
// Source: ARMAP, arXiv:2502.12130, Eval/sciworld/mcts_agents/mcts.py.
//
// Details that differ:
// - The leaf is discounted once for every step of the path, the last one too.
//
// Cost: linear. No gradient.

#include <guerdon/core/host_operation.hpp>

#include <vector>

namespace guerdon {
namespace op {
struct mcts_backup : host_kind {
  static constexpr info about{"mcts_backup", "judge", "Returns along the path of a tree search (ARMAP)",
                              "arXiv:2502.12130", skeleton::host};
  struct inputs {
    view<const double> step_reward;        ///< [L] along the path, the root first
    view<const double> leaf_value;         ///< [1] the reward model's score of the leaf
    view<const double> critic_value = {};  ///< [1] a critic's; left out: value_mix is not used
  };
  struct outputs {
    std::vector<double> node_return;  ///< [L]
  };
  struct options {
    double gamma = 0.9;    ///< discount of a step
    double value_mix = 0;  ///< m, the critic's share
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("step_reward", &I::step_reward, "L"), array("leaf_value", &I::leaf_value, "1"),
                      optional_array("critic_value", &I::critic_value, "1"));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("node_return", &O::node_return, "L")); }
  static constexpr auto parameters() {
    return std::tuple(option("gamma", &options::gamma, drawn(0, 1)),
                      option("value_mix", &options::value_mix, drawn(0, 1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {
namespace tree_search {

/// Writes the returns of a path; `leaf` is what its end is worth.
inline void back_up(view<const double> step_reward, double leaf, double gamma, view<double> node_return) {
  for (index_t k = step_reward.size(); k-- > 0;) node_return[k] = leaf = step_reward[k] + gamma * leaf;
}

}  // namespace tree_search

/// The returns of one path.
inline op::mcts_backup::outputs mcts_backup(const op::mcts_backup::inputs& in, const op::mcts_backup::options& o = {}) {
  check<op::mcts_backup>(in, o);
  double leaf = in.leaf_value[0];
  if (in.critic_value) {
    leaf = math::zero_select_product(o.value_mix, in.critic_value[0]) +
           math::zero_select_product(1 - o.value_mix, leaf);
  }
  op::mcts_backup::outputs out{std::vector<double>(static_cast<std::size_t>(in.step_reward.size()))};
  tree_search::back_up(in.step_reward, leaf, o.gamma, out.node_return);
  return out;
}

}}  // namespace guerdon
