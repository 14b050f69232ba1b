#pragma once
// Which principles of feedback to keep: those that every other annotator of the same response said something close to.
//
// $$\mathrm{support}_p = \Big|\Big\{w \ne a_p: \max_{q \text{ of } w} \cos(e_p, e_q) > \tau\Big\}\Big|, \qquad
//   \mathrm{keep}_p = [\mathrm{support}_p = W - 1]$$
//
// with the W annotators of the response, if they are at least `min_annotators`.
//
// Source: RLBFF, arXiv:2509.21319, section 3.1.
//
// Details that differ:
// - The threshold is strict. The cosine with a vector of zeros is 0; one with a NaN matches nothing.
// - A single annotator cannot agree with anybody: nothing is kept, whatever `min_annotators` says (this project's rule; the
//   data have three).
//
// Cost: D operations per pair of a response's principles; a sort of the annotators.

#include <guerdon/backend/sorted_order.hpp>
#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct principle_consensus_filter {
  static constexpr info about{"principle_consensus_filter", "reward_model",
                              "Principles that all annotators share (RLBFF)", "arXiv:2509.21319", skeleton::pairs};
  template <real T>
  struct inputs {
    view<const T> embedding;        ///< [P,D] of the principles
    view<const index_t> annotator;  ///< [P] who said it
    segments groups;                ///< cuts the P principles into G responses
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<flag_t> keep;      ///< [P]
    Of<index_t> support;  ///< [P] other annotators who said something close
  };
  struct options {
    double threshold = 0.8;      ///< cosine above which two principles are close
    index_t min_annotators = 2;  ///< of a response
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("annotator", &I::annotator, "P", integers(0, 2)),
                      cuts("groups", &I::groups, "G", "P").in_files("group_offsets"),
                      array("embedding", &I::embedding, "P,D"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("keep", &O::keep, "P"), array("support", &O::support, "P"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("threshold", &options::threshold, drawn(-0.5, 0.9)),
                      option("min_annotators", &options::min_annotators, integers(1, 3)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Products of embeddings.
template <class T>
struct embedding_products {
  view<const T> embedding;  // [P,width]
  index_t width;

  GUERDON_HD double operator()(index_t p, index_t q) const {
    double sum = 0;
    for (index_t d = 0; d < width; ++d) sum += double(embedding[p * width + d]) * double(embedding[q * width + d]);
    return sum;
  }
};

template <class T>
struct consensus_program {
  static constexpr bool short_segments = true;
  op::principle_consensus_filter::inputs<T> in;
  op::principle_consensus_filter::outputs<T> out;
  op::principle_consensus_filter::options o;
  embedding_products<T> product;
  view<const index_t> order;   // a response's principles annotator by annotator
  view<const double> norm;     // [P]

  GUERDON_HD bool close(index_t p, index_t q) const {
    const double norms = norm[p] * norm[q], x = product(p, q);
    return (norms == 0 ? x : x / norms) > o.threshold;  // false with NaN
  }

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = in.groups.begin(g), n = in.groups.size(g);
    const auto at = [&](index_t k) { return order[begin + k]; };
    const auto starts = [&](index_t k) { return k == 0 || in.annotator[at(k)] != in.annotator[at(k - 1)]; };
    const double annotators = team.sum(n, [&](index_t k) { return starts(k) ? 1 : 0; });
    team.each(n, [&](index_t i) {
      const index_t p = begin + i;
      index_t support = 0;
      bool counted = false;  // the annotator at hand
      for (index_t k = 0; k < n; ++k) {
        if (starts(k)) counted = false;
        if (counted || in.annotator[at(k)] == in.annotator[p] || !close(p, at(k))) continue;
        counted = true;
        ++support;
      }
      out.support[p] = support;
      out.keep[p] =
          flag_t(annotators >= 2 && annotators >= double(o.min_annotators) && double(support) == annotators - 1);
    });
  }
};

/// Writes what to keep, and the support.
template <real T = float, backend Backend>
void principle_consensus_filter(const Backend& backend, const op::principle_consensus_filter::inputs<T>& in,
                                const op::principle_consensus_filter::outputs<T>& out,
                                const op::principle_consensus_filter::options& o) {
  check<op::principle_consensus_filter>(backend, in, out, o);
  const index_t n = in.annotator.size();
  auto scratch = backend.scratch();
  const auto order = scratch.template take<index_t>(n);
  const auto norm = scratch.template take<double>(n);
  const embedding_products<T> product{in.embedding, n > 0 ? in.embedding.size() / n : 0};
  backend.each(n, [=] GUERDON_HD(index_t p) { norm[p] = math::sqrt(product(p, p)); });
  sorted_order<index_t>(backend, in.groups, in.annotator, order);
  backend.for_segments(in.groups, consensus_program<T>{in, out, o, product, order, norm});
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto principle_consensus_filter(const Backend& backend, const op::principle_consensus_filter::inputs<T>& in,
                                const op::principle_consensus_filter::options& o = {}) {
  return returned<op::principle_consensus_filter, T>(
      backend, in, o, [&](auto& out) { principle_consensus_filter(backend, in, out, o); });
}

}}  // namespace guerdon
