#pragma once
// Less reward for the answers that the policy finds likely, so that a right answer of low probability stands out.
//
// $$r_i' = r_i\left(1 - \beta\,\frac{\mathrm{rank}_i}{n}\right)$$
//
// where the rank is 0 for the least likely of the group's n answers and n - 1 for the most likely.
//
// Source: arXiv:2506.02355 (rewarding the unlikely).
//
// Details that differ:
// - Ties go by the lower index, where the published sort is unstable. NaN counts as more likely than every number.
// - The released script has beta 0.25, its function a default of 0. grpo-composer ranks the other way round, from 1.
// - Every reward is scaled: negative rewards of likely wrong answers shrink too. Use rewards >= 0. A NaN reward stays
//   its own. No gradient.
//
// Cost: a sort inside the groups and two searches in it per answer; equal log-probabilities are counted one by one.

#include <guerdon/core/shaping.hpp>
#include <guerdon/statistics/sorted_rank.hpp>

namespace guerdon {
namespace op {
struct unlikeliness_reward {
  static constexpr info about{"unlikeliness_reward", "exploration", "Less reward for the likely answers of a group",
                              "arXiv:2506.02355", skeleton::sort};
  template <real T>
  struct inputs {
    view<const T> reward = {};  ///< [N] one reward per answer, usually >= 0
    view<const T> logprob;      ///< [N] mean log-probability per token of the answer
    segments groups = {};       ///< cuts the N answers into G prompts
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> shaped_reward;  ///< [N]
    Of<index_t> rank;     ///< [N] 0 = the least likely of its group
  };
  struct options {
    double beta = 0.25;  ///< in [0, 1], what the most likely answer pays at most
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("reward", &I::reward, "N"), array("logprob", &I::logprob, "N", drawn(-3, 0)),
                      cuts("groups", &I::groups, "G", "N").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("shaped_reward", &O::shaped_reward, "N"), array("rank", &O::rank, "N"));
  }
  static constexpr auto parameters() { return std::tuple(option("beta", &options::beta, within(0, 1))); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The rewards of one group.
template <class T>
struct unlikeliness_shaping {
  using is_shaping = void;
  using operation = op::unlikeliness_reward;
  operation::inputs<T> in;
  operation::options o;

  GUERDON_HD double discounted(double reward, index_t rank, index_t n) const {
    return reward * (1 - o.beta * double(rank) / double(n));
  }
  template <class Team, class E, class Reward>
  GUERDON_HD auto at_group(Team&, const answer_group<E>& group, Reward reward) const {
    return [this, reward, n = group.size, logprob = in.logprob.data() + group.begin](index_t k) {
      const index_t key = order_key(double(logprob[k]));
      index_t rank = 0;  // in the order that sorting would give
      for (index_t j = 0; j < n; ++j) {
        const index_t other = order_key(double(logprob[j]));
        rank += (other < key) | ((other == key) & (j < k));
      }
      return discounted(reward(k), rank, n);
    };
  }
};

template <class T>
struct unlikeliness_program {
  static constexpr bool short_segments = true;
  unlikeliness_shaping<T> shaping;
  op::unlikeliness_reward::outputs<T> out;
  view<const index_t> keys, sorted;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const auto& in = shaping.in;
    const index_t begin = in.groups.begin(g), n = in.groups.size(g);
    const index_t *const key = keys.data() + begin, *const ascending = sorted.data() + begin;
    team.each(n, [&](index_t i) {
      const index_t rank = stable_rank(key, ascending, n, i);
      out.rank[begin + i] = rank;
      out.shaped_reward[begin + i] = T(shaping.discounted(double(in.reward[begin + i]), rank, n));
    });
  }
};

/// Writes them.
template <real T = float, backend Backend>
void unlikeliness_reward(const Backend& backend, const op::unlikeliness_reward::inputs<T>& in,
                         const op::unlikeliness_reward::outputs<T>& out, const op::unlikeliness_reward::options& o) {
  check<op::unlikeliness_reward>(backend, in, out, o);
  const index_t n = in.logprob.size();
  auto scratch = backend.scratch();
  const auto keys = scratch.template take<index_t>(n), sorted = scratch.template take<index_t>(n);
  backend.each(n, [=] GUERDON_HD(index_t i) { keys[i] = order_key(double(in.logprob[i])); });
  backend.template sort_segments<index_t>(in.groups, keys, sorted);
  backend.for_segments(in.groups, unlikeliness_program<T>{{in, o}, out, keys, sorted});
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto unlikeliness_reward(const Backend& backend, const op::unlikeliness_reward::inputs<T>& in,
                         const op::unlikeliness_reward::options& o = {}) {
  return returned<op::unlikeliness_reward, T>(backend, in, o,
                                              [&](auto& out) { unlikeliness_reward(backend, in, out, o); });
}

/// The operation as a part of a pipe.
template <real T = float>
unlikeliness_shaping<T> unlikeliness_reward(const op::unlikeliness_reward::inputs<T>& in,
                                            const op::unlikeliness_reward::options& o = {}) {
  return {in, o};
}

}}  // namespace guerdon
