#pragma once
// Reward over how much an answer resembles the group: what many answers say pays each of them less.
//
// $$r_i' = \frac{r_i}{S_i + \varepsilon}, \qquad S_i = \sum_{j \in g} \max(\cos(e_i, e_j),\ 0)$$
//
// where an answer resembles itself by exactly 1, so that $S_i \ge 1$.
//
// Source: DRA-GRPO, arXiv:2505.09655.
//
// Details that differ:
// - The published code counts negative cosines as they are (`clamp_negative = false`): with both signs the sum can come
//   near 0 or below, and the reward explodes or changes its sign.
// - Its sum runs over the process's local batch, which need not be the group.
// - A zero embedding has cosine 0 with the others. One that is not finite makes its whole group NaN; a NaN reward stays
//   its own. A group may be empty. No gradient.
//
// Cost: every pair of a group costs a product of D numbers.

#include <guerdon/core/shaping.hpp>
#include <guerdon/statistics/cosine.hpp>

namespace guerdon {
namespace op {
struct diversity_adjusted_reward {
  static constexpr info about{"diversity_adjusted_reward", "exploration",
                              "Reward over the similarity to the group (DRA)", "arXiv:2505.09655",
                              skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const T> reward = {};  ///< [N] one reward per answer
    view<const T> embedding;    ///< [N,D] of the answers
    segments groups = {};       ///< cuts the N answers into G prompts
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> shaped_reward;  ///< [N]
    Of<T> similarity;     ///< [N] to the whole group, itself included
  };
  struct options {
    double epsilon = 1e-6;       ///< >= 0, added to the similarity
    bool clamp_negative = true;  ///< negative cosines count as 0
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("reward", &I::reward, "N"), array("embedding", &I::embedding, "N,D"),
                      cuts("groups", &I::groups, "G", "N").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("shaped_reward", &O::shaped_reward, "N"), array("similarity", &O::similarity, "N"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("epsilon", &options::epsilon, at_least(0, 0.1)),
                      flag("clamp_negative", &options::clamp_negative));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The rewards of one group.
template <class T>
struct diversity_shaping {
  using is_shaping = void;
  using operation = op::diversity_adjusted_reward;
  operation::inputs<T> in;
  operation::options o;

  /// What answer i, of the group from begin to end, shares with the others; norm(i) is the length of its embedding.
  template <class Norm>
  GUERDON_HD double similarity(index_t i, index_t begin, index_t end, index_t width, double finite, Norm norm) const {
    const T* const embedding = in.embedding.data();
    double sum = 1 + (finite - finite);  // NaN where a norm is
    for (index_t j = begin; j < end; ++j) {
      if (j == i) continue;
      const double c = cosine(embedding + i * width, embedding + j * width, width, norm(i) * norm(j));
      sum += o.clamp_negative ? math::max(c, 0.0) : c;
    }
    return sum;
  }
  GUERDON_HD double adjusted(double reward, double similarity) const { return reward / (similarity + o.epsilon); }

  template <class Team, class E, class Reward>
  GUERDON_HD auto at_group(Team& team, const answer_group<E>& group, Reward reward) const {
    const index_t begin = group.begin, end = begin + group.size;
    const index_t width = group.size > 0 ? in.embedding.size() / in.reward.size() : 0;
    const auto norm = [embedding = in.embedding.data(), width](index_t i) {
      return detail::stored<double>(euclidean_norm(embedding + i * width, width));
    };
    const double finite = team.sum(group.size, [&](index_t k) { return norm(begin + k); });
    return [this, reward, norm, begin, end, width, finite](index_t k) {
      return adjusted(reward(k), similarity(begin + k, begin, end, width, finite, norm));
    };
  }
};

template <class T>
struct diversity_program {
  static constexpr bool short_segments = true;
  diversity_shaping<T> shaping;
  op::diversity_adjusted_reward::outputs<T> out;
  index_t width;
  view<const double> norms;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const auto& in = shaping.in;
    const index_t begin = in.groups.begin(g), end = begin + in.groups.size(g);
    const auto norm = [&](index_t i) { return norms[i]; };
    const double finite = team.sum(end - begin, [&](index_t k) { return norm(begin + k); });
    team.each(end - begin, [&](index_t k) {
      const index_t i = begin + k;
      const double similarity = shaping.similarity(i, begin, end, width, finite, norm);
      out.similarity[i] = T(similarity);
      out.shaped_reward[i] = T(shaping.adjusted(double(in.reward[i]), similarity));
    });
  }
};

/// Writes them.
template <real T = float, backend Backend>
void diversity_adjusted_reward(const Backend& backend, const op::diversity_adjusted_reward::inputs<T>& in,
                               const op::diversity_adjusted_reward::outputs<T>& out,
                               const op::diversity_adjusted_reward::options& o) {
  check<op::diversity_adjusted_reward>(backend, in, out, o);
  const index_t n = in.reward.size(), width = n > 0 ? in.embedding.size() / n : 0;
  const segments groups = in.groups;
  auto scratch = backend.scratch();
  const auto norm = scratch.template take<double>(n);
  backend.each(n, [=] GUERDON_HD(index_t i) {
    if (groups.holds(i)) norm[i] = euclidean_norm(in.embedding.data() + i * width, width);
  });
  backend.for_segments(groups, diversity_program<T>{{in, o}, out, width, norm});
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto diversity_adjusted_reward(const Backend& backend, const op::diversity_adjusted_reward::inputs<T>& in,
                               const op::diversity_adjusted_reward::options& o = {}) {
  return returned<op::diversity_adjusted_reward, T>(backend, in, o,
                                                    [&](auto& out) { diversity_adjusted_reward(backend, in, out, o); });
}

/// The operation as a part of a pipe.
template <real T = float>
diversity_shaping<T> diversity_adjusted_reward(const op::diversity_adjusted_reward::inputs<T>& in,
                                               const op::diversity_adjusted_reward::options& o = {}) {
  return {in, o};
}

}}  // namespace guerdon
