#pragma once
// How close the embedding of an image is to that of each prompt.
//
// $$r_{np} = \frac{x_n \cdot y_p}{\|x_n\|\, \|y_p\|}$$
//
// Source: VLM-RM, arXiv:2310.12921, reward_model.py.
//
// Details that differ:
// - Norms are taken after division by the largest component, so that 1e25 and 1e-25 work in float.
// - A vector of zeros gives NaN in its row or column.
//
// Cost: D multiplications per pair, each operand read as often as there are partners. No gradient.

#include <guerdon/verify/embeddings.hpp>

namespace guerdon {
namespace op {
struct clip_cosine_reward {
  static constexpr info about{"clip_cosine_reward", "verify", "Cosine of image and prompt embeddings (VLM-RM)",
                              "arXiv:2310.12921", skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    index_t dimension;               ///< D
    view<const T> image_embedding;   ///< [N,D] of any length but 0
    view<const T> prompt_embedding;  ///< [P,D]
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> reward;  ///< [N,P] between -1 and 1
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("dimension", &I::dimension, "D"), array("image_embedding", &I::image_embedding, "N,D"),
                      array("prompt_embedding", &I::prompt_embedding, "P,D"));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("reward", &O::reward, "N,P").or_nan()); }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

namespace detail {

template <class T>
struct cosine_program {
  static constexpr bool long_segments = true;
  unit_rows<T> images, prompts;
  index_t prompt_count;
  view<T> reward;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t pair) const {
    const index_t t = pair / prompt_count, p = pair % prompt_count;
    const double product = team.sum(images.dimension, [&](index_t k) { return images(t, k) * prompts(p, k); });
    team.once([&] { reward[pair] = T(product); });
  }
};

}  // namespace detail

/// Writes the rewards.
template <real T = float, backend Backend>
void clip_cosine_reward(const Backend& backend, const op::clip_cosine_reward::inputs<T>& in,
                        const op::clip_cosine_reward::outputs<T>& out, const op::clip_cosine_reward::options& o) {
  const auto rule = check<op::clip_cosine_reward>(backend, in, out, o);
  const index_t dimension = in.dimension;
  rule(dimension > 0, "dimension", "must be at least 1");
  const index_t images = in.image_embedding.size() / dimension, prompts = in.prompt_embedding.size() / dimension;
  auto scratch = backend.scratch();
  const auto x = find_units<T>(backend, scratch, in.image_embedding, images, dimension);
  const auto y = find_units<T>(backend, scratch, in.prompt_embedding, prompts, dimension);
  backend.for_segments(segments::uniform(images * prompts, dimension),
                       detail::cosine_program<T>{x, y, prompts, out.reward});
}

/// The rewards in an array of the backend's.
template <real T = float, backend Backend>
auto clip_cosine_reward(const Backend& backend, const op::clip_cosine_reward::inputs<T>& in,
                        const op::clip_cosine_reward::options& o = {}) {
  return returned<op::clip_cosine_reward, T>(backend, in, o,
                                             [&](auto& out) { clip_cosine_reward(backend, in, out, o); });
}

}}  // namespace guerdon
