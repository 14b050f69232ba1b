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

#include <guerdon/core/operation.hpp>
#include <guerdon/statistics/cosine.hpp>

namespace guerdon {
namespace op {
struct diversity_adjusted_reward {
  static constexpr info about{"diversity_adjusted_reward", "exploration",
                              "Reward over the similarity to the group (DRA)", "arXiv:2505.09655",
                              skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const T> reward;     ///< [N] one reward per answer
    view<const T> embedding;  ///< [N,D] of the answers
    segments groups;          ///< cuts the N answers into G prompts
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

template <class T>
struct diversity_program {
  static constexpr bool short_segments = true;
  op::diversity_adjusted_reward::inputs<T> in;
  op::diversity_adjusted_reward::outputs<T> out;
  op::diversity_adjusted_reward::options o;
  index_t width;
  view<const double> norm;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = in.groups.begin(g), end = begin + in.groups.size(g);
    const T* const embedding = in.embedding.data();
    const double finite = team.sum(end - begin, [&](index_t i) { return norm[begin + i]; });
    team.each(end - begin, [&](index_t k) {
      const index_t i = begin + k;
      double similarity = 1 + (finite - finite);  // NaN where a norm is
      for (index_t j = begin; j < end; ++j) {
        if (j == i) continue;
        const double c = cosine(embedding + i * width, embedding + j * width, width, norm[i] * norm[j]);
        similarity += o.clamp_negative ? math::max(c, 0.0) : c;
      }
      out.similarity[i] = T(similarity);
      out.shaped_reward[i] = T(double(in.reward[i]) / (similarity + o.epsilon));
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
  backend.for_segments(groups, diversity_program<T>{in, out, o, width, norm});
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto diversity_adjusted_reward(const Backend& backend, const op::diversity_adjusted_reward::inputs<T>& in,
                               const op::diversity_adjusted_reward::options& o = {}) {
  return returned<op::diversity_adjusted_reward, T>(backend, in, o,
                                                    [&](auto& out) { diversity_adjusted_reward(backend, in, out, o); });
}

}}  // namespace guerdon
