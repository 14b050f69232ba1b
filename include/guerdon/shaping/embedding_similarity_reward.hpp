#pragma once
// How similar a response is to its reference, as the cosine of their embeddings: a surrogate for a reward model.
//
// $$c_i = \frac{a_i \cdot b_i}{\max(|a_i|\,|b_i|,\ 10^{-8})}$$
//
// as it is, as $(c + 1) / 2$ (`unit`), or as $\max(c, 0)$ (`relu`).
//
// Source: HARMO, arXiv:2510.05283, for open-ended answers.
//
// Details that differ:
// - A zero vector has cosine 0, which `unit` makes 0.5. NaN stays.
//
// Cost: two numbers read per dimension.

#include <guerdon/core/operation.hpp>

namespace guerdon {

enum class similarity_rescale { none, unit, relu };
constexpr auto enumerators(similarity_rescale) { return std::array{"none", "unit", "relu"}; }

namespace op {
struct embedding_similarity_reward {
  static constexpr info about{"embedding_similarity_reward", "shaping",
                              "Cosine of response and reference embeddings (HARMO)", "arXiv:2510.05283",
                              skeleton::segmented_reduce};
  template <storage T>
  struct inputs {
    segments rows;                      ///< cuts the numbers into B embeddings: segments::uniform(B, D) for [B,D]
    view<const T> response_embedding;   ///< [B,D]
    view<const T> reference_embedding;  ///< [B,D]
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> similarity_reward;  ///< [B]
  };
  struct options {
    similarity_rescale rescale = similarity_rescale::none;  ///< to -1..1, to 0..1, or cut off at 0
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::rows(&I::rows), array("response_embedding", &I::response_embedding, "B,T"),
                      array("reference_embedding", &I::reference_embedding, "B,T"));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("similarity_reward", &O::similarity_reward, "B")); }
  static constexpr auto parameters() { return std::tuple(choice("rescale", &options::rescale)); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One response.
template <class T>
struct embedding_similarity_program {
  static constexpr bool long_segments = true;
  op::embedding_similarity_reward::inputs<T> in;
  view<T> similarity;
  similarity_rescale rescale;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    const index_t begin = in.rows.begin(row);
    const T *const a = in.response_embedding.data() + begin, *const b = in.reference_embedding.data() + begin;
    const auto total = team.template reduce<add, add, add>(in.rows.size(row), [=](index_t d) {
      const double x = double(a[d]), y = double(b[d]);
      return lanes{x * y, x * x, y * y};
    });
    const double c = total[0] / math::max(math::sqrt(total[1]) * math::sqrt(total[2]), 1e-8);
    const double scaled = rescale == similarity_rescale::unit   ? (c + 1) / 2
                          : rescale == similarity_rescale::relu ? math::max(c, 0.0)
                                                                : c;
    team.once([&] { similarity[row] = T(scaled); });
  }
};

/// Writes the similarities.
template <storage T = float, backend Backend>
void embedding_similarity_reward(const Backend& backend, const op::embedding_similarity_reward::inputs<T>& in,
                                 const op::embedding_similarity_reward::outputs<T>& out,
                                 const op::embedding_similarity_reward::options& o) {
  check<op::embedding_similarity_reward>(backend, in, out, o);
  backend.for_segments(in.rows, embedding_similarity_program<T>{in, out.similarity_reward, o.rescale});
}

/// The same in an array of the backend's.
template <storage T = float, backend Backend>
auto embedding_similarity_reward(const Backend& backend, const op::embedding_similarity_reward::inputs<T>& in,
                                 const op::embedding_similarity_reward::options& o = {}) {
  return returned<op::embedding_similarity_reward, T>(
      backend, in, o, [&](auto& out) { embedding_similarity_reward(backend, in, out, o); });
}

}}  // namespace guerdon
