#pragma once
// How like a text its demonstration is, clause by clause: the best cosine that each clause finds, on average.
//
// $$W_b = \frac{1}{n_b} \sum_i \max_j \frac{e_i \cdot f_j}{\max(\lVert e_i\rVert\,\lVert f_j\rVert,\ \varepsilon)}$$
//
// over the embedded clauses $e_i$ of a response and $f_j$ of the demonstration of the same prompt.
//
// Source: DR-IRL, arXiv:2503.18991; edge cases derived, this project's own definition.
//
// Details that differ:
// - Not symmetric: a short response can match a long demonstration fully. Between -1 and 1.
// - No clause on either side: 0. A zero clause has cosine 0.
// - Earlier versions of the paper embed by CLIP's text encoder, the later one by any. NaN reaches its own response. No
//   gradient.
//
// Cost: D products for each pair of clauses.

#include <guerdon/core/operation.hpp>
#include <guerdon/statistics/cosine.hpp>

namespace guerdon {
namespace op {
struct max_mean_cosine_similarity {
  static constexpr info about{"max_mean_cosine_similarity", "statistics",
                              "Best cosine of each clause with a demonstration, averaged (DR-IRL)", "arXiv:2503.18991",
                              skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    index_t dimensions = 0;          ///< D, numbers per clause
    view<const T> response_clause;   ///< [C,D] embedded clauses of the responses
    segments responses;              ///< cuts the C clauses into B responses
    view<const T> reference_clause;  ///< [E,D] embedded clauses of the demonstrations
    segments references;             ///< cuts the E clauses into the B demonstrations
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> similarity;  ///< [B] between -1 and 1
  };
  struct options {
    double epsilon = 1e-8;  ///< >= 0, the least that norms multiply to
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("dimensions", &I::dimensions, "D"), array("response_clause", &I::response_clause, "C,D"),
                      cuts("responses", &I::responses, "B", "C").in_files("response_offsets"),
                      array("reference_clause", &I::reference_clause, "E,D"),
                      cuts("references", &I::references, "B", "E").in_files("reference_offsets"));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("similarity", &O::similarity, "B")); }
  static constexpr auto parameters() { return std::tuple(option("epsilon", &options::epsilon, at_least(0, 1e-3))); }
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct clause_similarity {
  static constexpr bool short_segments = true;
  op::max_mean_cosine_similarity::inputs<T> in;
  view<T> similarity;
  double epsilon;

  /// The best that clause c finds among the references from `begin` to `end`.
  GUERDON_HD double best(index_t c, index_t begin, index_t end) const {
    const index_t width = in.dimensions;
    const T* const clause = in.response_clause.data() + c * width;
    const double norm = euclidean_norm(clause, width);
    double best = highest::identity;
    for (index_t r = begin; r < end; ++r) {
      const T* const reference = in.reference_clause.data() + r * width;
      best = math::nan_max(best, cosine(clause, reference, width, norm * euclidean_norm(reference, width), epsilon));
    }
    return best;
  }
  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t b) const {
    const index_t first = in.responses.begin(b), clauses = in.responses.size(b);
    const index_t begin = in.references.begin(b), references = in.references.size(b);
    const double sum = team.sum(references > 0 ? clauses : 0, [&](index_t i) {
      return best(first + i, begin, begin + references);
    });
    team.once([&] { similarity[b] = T(clauses > 0 ? sum / double(clauses) : 0); });
  }
};

/// Writes the similarities.
template <real T = float, backend Backend>
void max_mean_cosine_similarity(const Backend& backend, const op::max_mean_cosine_similarity::inputs<T>& in,
                                const op::max_mean_cosine_similarity::outputs<T>& out,
                                const op::max_mean_cosine_similarity::options& o) {
  check<op::max_mean_cosine_similarity>(backend, in, out, o);
  backend.for_segments(in.responses, clause_similarity<T>{in, out.similarity, o.epsilon});
}

/// The similarities in an array of the backend's.
template <real T = float, backend Backend>
auto max_mean_cosine_similarity(const Backend& backend, const op::max_mean_cosine_similarity::inputs<T>& in,
                                const op::max_mean_cosine_similarity::options& o = {}) {
  return returned<op::max_mean_cosine_similarity, T>(
      backend, in, o, [&](auto& out) { max_mean_cosine_similarity(backend, in, out, o); });
}

}}  // namespace guerdon
