#pragma once
// How close a message is to a goal, both as sums of word vectors: a baseline that asks no language model.
//
// $$c = \frac{x \cdot g}{\max(\|x\|, 10^{-8})\, \max(\|g\|, 10^{-8})}, \qquad r = c\,[c > \eta]$$
//
// Source: ONI, arXiv:2410.23022; facebookresearch/oni.
//
// Details that differ:
// - The default threshold is the released one that all forms share; below -1 it is off. NaN stays NaN.
//
// Cost: two numbers read per dimension.

#include <guerdon/core/operation.hpp>

namespace guerdon {

namespace op {
struct oni_bow_reward {
  static constexpr info about{"oni_bow_reward", "exploration", "Cosine of message and goal (ONI)",
                              "arXiv:2410.23022", skeleton::map};
  template <real T>
  struct inputs {
    index_t dimensions = 0;           ///< D
    view<const T> message_embedding;  ///< [N,D] sums of word vectors
    view<const T> goal_embedding;     ///< [D]
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> similarity;  ///< [N]
    Of<T> reward;      ///< [N] the similarity, 0 up to the threshold
  };
  struct options {
    double threshold = -0.5;  ///< eta
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("dimensions", &I::dimensions, "D"),
                      array("message_embedding", &I::message_embedding, "N,D"),
                      array("goal_embedding", &I::goal_embedding, "D"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("similarity", &O::similarity, "N"), array("reward", &O::reward, "N"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("threshold", &options::threshold, drawn(-0.9, 0.5)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the rewards.
template <real T = float, backend Backend>
void oni_bow_reward(const Backend& backend, const op::oni_bow_reward::inputs<T>& in,
                    const op::oni_bow_reward::outputs<T>& out, const op::oni_bow_reward::options& o) {
  check<op::oni_bow_reward>(backend, in, out, o);
  const double threshold = o.threshold;
  const index_t n = in.dimensions;
  backend.each(out.reward.size(), [=] GUERDON_HD(index_t i) {
    const T *const x = in.message_embedding.data() + i * n, *const goal = in.goal_embedding.data();
    double both = 0, of_x = 0, of_goal = 0;
    for (index_t d = 0; d < n; ++d) {
      const double a = double(x[d]), b = double(goal[d]);
      both += a * b, of_x += a * a, of_goal += b * b;
    }
    const double cosine = both / math::max(math::sqrt(of_x), 1e-8) / math::max(math::sqrt(of_goal), 1e-8);
    out.similarity[i] = T(cosine);
    out.reward[i] = T(T(cosine) <= T(threshold) ? 0 : cosine);
  });
}

/// The same in arrays of the backend's.
template <real T = float, backend Backend>
auto oni_bow_reward(const Backend& backend, const op::oni_bow_reward::inputs<T>& in,
                    const op::oni_bow_reward::options& o = {}) {
  return returned<op::oni_bow_reward, T>(backend, in, o, [&](auto& out) { oni_bow_reward(backend, in, out, o); });
}

}}  // namespace guerdon
