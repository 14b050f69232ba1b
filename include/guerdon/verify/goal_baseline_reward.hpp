#pragma once
// How close an image is to a goal, along the line from a baseline to it more than elsewhere.
//
// $$r = 1 - \tfrac{1}{2} \|y\|^2, \qquad y = \alpha \frac{d \cdot u}{d \cdot d}\, d + (1 - \alpha)\, u, \qquad
//   u = x - g, \quad d = g - b$$
//
// with x the unit embedding of the image, g and b the means of those of the goal's prompts and of the baseline's. This
// is $1 - \|\alpha P x + (1 - \alpha) x - g\|^2 / 2$ with P the projection onto the line through b and g, without its
// matrix.
//
// Source: VLM-RM, arXiv:2310.12921, equation 3 and reward_model.py.
//
// Details that differ:
// - The means are not brought back to length 1, as in the original; so alpha = 0 is the cosine only for one goal
//   prompt.
// - Goal and baseline may have different numbers of prompts. Where they are the same direction and alpha > 0 the call
//   is refused; to know that it waits for the backend.
// - An image of zeros gives NaN.
//
// Cost: two dot products per image. No gradient: the reward is a constant for the policy.

#include <guerdon/verify/embeddings.hpp>

namespace guerdon {
namespace op {
struct goal_baseline_reward {
  static constexpr info about{"goal_baseline_reward", "verify",
                              "Closeness to a goal along the line from a baseline (VLM-RM)",
                              "arXiv:2310.12921", skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    index_t dimension;                 ///< D
    view<const T> image_embedding;     ///< [N,D] of any length but 0
    view<const T> target_embedding;    ///< [P,D] prompts of the goal, at least one
    view<const T> baseline_embedding;  ///< [Q,D] prompts of the baseline, at least one
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> reward;  ///< [N]
  };
  struct options {
    double alpha = 0.5;  ///< between 0 and 1, how much what is off the line is left out
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("dimension", &I::dimension, "D"), array("image_embedding", &I::image_embedding, "N,D"),
                      array("target_embedding", &I::target_embedding, "P,D", drawn(-1, 1)),
                      array("baseline_embedding", &I::baseline_embedding, "Q,D", drawn(-1, 1)));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("reward", &O::reward, "N").or_nan()); }
  static constexpr auto parameters() { return std::tuple(option("alpha", &options::alpha, within(0, 1))); }
};
}  // namespace op

inline namespace GUERDON_ABI {

namespace detail {

/// Of so many unit vectors; compensated (Kahan), so that thousands of equal prompts have the mean of one.
template <class T>
GUERDON_HD double mean_component(const unit_rows<T>& rows, index_t count, index_t k) {
  double sum = 0, rest = 0;
  for (index_t i = 0; i < count; ++i) {
    const double x = rows(i, k) - rest, next = sum + x;
    rest = (next - sum) - x;
    sum = next;
  }
  return sum / double(count);
}

template <class T>
struct goal_program {
  static constexpr bool long_segments = true;
  unit_rows<T> images;
  view<const double> goal, direction;  // [D]
  view<const double> square;           // [1] of the direction
  double alpha;
  view<T> reward;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t n) const {
    const auto total = team.template reduce<add, add>(images.dimension, [&](index_t k) {
      const double u = images(n, k) - goal[k];
      return lanes{u * direction[k], u * u};
    });
    // |y|^2 = alpha (2 - alpha) (d.u)^2 / d.d + (1 - alpha)^2 u.u
    const double along = alpha == 0 ? 0 : alpha * (2 - alpha) * total[0] * (total[0] / square[0]);
    team.once([&] { reward[n] = T(1 - (along + (1 - alpha) * (1 - alpha) * total[1]) / 2); });
  }
};

}  // namespace detail

/// Writes the rewards.
template <real T = float, backend Backend>
void goal_baseline_reward(const Backend& backend, const op::goal_baseline_reward::inputs<T>& in,
                          const op::goal_baseline_reward::outputs<T>& out, const op::goal_baseline_reward::options& o) {
  const auto rule = check<op::goal_baseline_reward>(backend, in, out, o);
  const index_t dimension = in.dimension;
  rule(dimension > 0, "dimension", "must be at least 1");
  const index_t images = in.image_embedding.size() / dimension, targets = in.target_embedding.size() / dimension,
                baselines = in.baseline_embedding.size() / dimension;
  rule(targets > 0, "target_embedding", "is empty: there must be at least one prompt");
  rule(baselines > 0, "baseline_embedding", "is empty: there must be at least one prompt");
  auto scratch = backend.scratch();
  const auto t = find_units<T>(backend, scratch, in.target_embedding, targets, dimension);
  const auto b = find_units<T>(backend, scratch, in.baseline_embedding, baselines, dimension);
  const auto x = find_units<T>(backend, scratch, in.image_embedding, images, dimension);
  const auto goal = scratch.template take<double>(dimension), direction = scratch.template take<double>(dimension);
  const auto square = scratch.template take<double>(1);
  backend.each(dimension, [=] GUERDON_HD(index_t k) {
    goal[k] = detail::mean_component(t, targets, k);
    direction[k] = goal[k] - detail::mean_component(b, baselines, k);
  });
  reduce_array<add>(backend, dimension, [=] GUERDON_HD(index_t k) { return lanes{direction[k] * direction[k]}; },
                    [=] GUERDON_HD(const lanes<double, 1>& total) { square[0] = total[0]; });
  if (o.alpha > 0) {
    const double least = 16 * double(std::numeric_limits<T>::epsilon());
    rule(!(number_at<double>(backend, square.data()) <= least * least), "target_embedding",
         "and baseline_embedding have the same direction, so there is no line between them");
  }
  backend.for_segments(segments::uniform(images, dimension),
                       detail::goal_program<T>{x, goal, direction, square, o.alpha, out.reward});
}

/// The rewards in an array of the backend's.
template <real T = float, backend Backend>
auto goal_baseline_reward(const Backend& backend, const op::goal_baseline_reward::inputs<T>& in,
                          const op::goal_baseline_reward::options& o = {}) {
  return returned<op::goal_baseline_reward, T>(backend, in, o,
                                               [&](auto& out) { goal_baseline_reward(backend, in, out, o); });
}

}}  // namespace guerdon
