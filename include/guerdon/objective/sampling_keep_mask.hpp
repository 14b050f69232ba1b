#pragma once
// The tokens that a sampler with top-k, top-p and min-p could have chosen, row by row of logits.
//
// | option | keeps |
// |---|---|
// | top k | every logit at least as large as the k-th largest: ties stay |
// | top p | of those, by falling probability, each token before which less than top p of their mass lies |
// | min p | of those, the tokens with at least min p times the largest probability |
//
// at the temperature $\tau$, of $p = \mathrm{softmax}(x/\tau)$. The first token is always kept; of equal logits top p
// takes the lower index first.
//
// Source: top-p, arXiv:1904.09751; min-p, arXiv:2407.01082; combined in the order of transformers.
//
// Details that differ:
// - Excluded tokens (-inf) and NaN are never kept, so a row may keep nothing.
// - An engine that applies min-p before top-p takes the mass over fewer tokens and may keep one less. Engines differ by
//   a token at the edge of the mass: give logprob_from_logits the set that the engine recorded, if it did.
// - The mass is added up in double precision.
//
// Cost: with top-k or top-p the backend's sort of every row, and two passes; else one read of the logits.

#include <guerdon/objective/softmax.hpp>

namespace guerdon {
namespace op {
struct sampling_keep_mask {
  static constexpr info about{"sampling_keep_mask", "objective",
                              "Which tokens top-k, top-p and min-p sampling could choose",
                              "arXiv:1904.09751; arXiv:2407.01082", skeleton::sort};
  template <storage T>
  struct inputs {
    segments rows;         ///< cuts the logits into M distributions: segments::uniform(M, V) for [M,V]
    view<const T> logits;  ///< [M,V]
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<flag_t> keep_mask;  ///< [M,V] 1 = could be chosen
    Of<index_t> kept;      ///< [M] how many
  };
  struct options {
    double temperature = 1;  ///< > 0, divides the logits
    index_t top_k = 0;       ///< >= 0; 0: off
    double top_p = 1;        ///< in (0, 1]; 1: off
    double min_p = 0;        ///< in [0, 1]; 0: off
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::rows(&I::rows), array("logits", &I::logits, "B,T", drawn(-5, 5)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("keep_mask", &O::keep_mask, "B,T"), array("kept", &O::kept, "B"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("temperature", &options::temperature, greater_than(0, 0.3, 3)),
                      option("top_k", &options::top_k, counts(12)),
                      option("top_p", &options::top_p, range{.low = 0, .high = 1, .open_low = true}.drawn(0.2, 1)),
                      option("min_p", &options::min_p, within(0, 1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// A logit as it is sorted: NaN counts as excluded.
template <class R>
GUERDON_HD R sortable_logit(R x) { return math::select(x == x, x, -std::numeric_limits<R>::infinity()); }

/// One row, of its logits and, if there are any, of the same sorted ascending.
template <class T>
struct keep_mask_program {
  static constexpr bool long_segments = true;
  using R = real_t<T>;
  op::sampling_keep_mask::inputs<T> in;
  op::sampling_keep_mask::outputs<T> out;
  op::sampling_keep_mask::options o;
  view<const R> sorted;  // [logits]
  view<double> scratch;  // [logits]

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    constexpr R excluded = -std::numeric_limits<R>::infinity();
    const index_t begin = in.rows.begin(row), n = in.rows.size(row);
    const T* const x = in.logits.data() + begin;
    const R* const ascending = sorted ? sorted.data() + begin : nullptr;
    const auto logit = [x](index_t j) { return sortable_logit(R(x[j])); };
    const R top = ascending ? (n > 0 ? ascending[n - 1] : excluded)
                            : R(team.template reduce<highest_number>(n, [=](index_t j) { return lanes{logit(j)}; })[0]);
    const auto power = [top, temperature = o.temperature](R y) {  // of the softmax, before its normalisation
      return y == top ? 1.0 : math::exp((double(y) - double(top)) / temperature);
    };
    const R kth = ascending && o.top_k > 0 && o.top_k < n ? ascending[n - o.top_k] : excluded;
    R edge = excluded;  // of top p: what lies above it is kept, and the first `at_edge` of what equals it
    double at_edge = 0;
    if (ascending && o.top_p < 1) {
      double* const before = scratch.data() + begin;
      const auto mass = [=](index_t i) {
        return ascending[i] > excluded && ascending[i] >= kth ? power(ascending[i]) : 0.0;
      };
      const double limit = o.top_p * team.sum(n, mass);
      team.recur_backward(
          n, 0.0, [=](index_t i) { return affine<double>{mass(i), 1.0}; },
          [=](index_t i, double, double later) { before[i] = later; });
      const auto within = [=](index_t i) { return mass(i) > 0 && before[i] < limit; };
      edge = R(team.template reduce<lowest_number>(
          n, [=](index_t i) { return lanes{within(i) ? double(ascending[i]) : lowest::identity}; })[0]);
      at_edge = team.sum(n, [=](index_t i) { return within(i) && ascending[i] == edge ? 1 : 0; });
      team.recur_forward(
          n, 0.0, [=](index_t j) { return affine<double>{logit(j) == edge ? 1.0 : 0.0, 1.0}; },
          [=](index_t j, double, double earlier) { before[j] = earlier; });
    }
    flag_t* const mask = out.keep_mask.data() + begin;
    const double* const ties = scratch ? scratch.data() + begin : nullptr;
    const bool top_p = ascending && o.top_p < 1;
    const double count = team.sum(n, [=, min_p = o.min_p](index_t j) {
      const R y = logit(j);
      const bool in_top_p = !top_p || y > edge || (y == edge && ties[j] < at_edge);
      const bool keep = y > excluded && y >= kth && in_top_p && power(y) >= min_p;
      mask[j] = flag_t(keep);
      return keep ? 1 : 0;
    });
    team.once([&] { out.kept[row] = static_cast<index_t>(count); });
  }
};

/// Writes the masks and how many tokens they keep.
template <storage T = float, backend Backend>
void sampling_keep_mask(const Backend& backend, const op::sampling_keep_mask::inputs<T>& in,
                        const op::sampling_keep_mask::outputs<T>& out, const op::sampling_keep_mask::options& o) {
  check<op::sampling_keep_mask>(backend, in, out, o);
  using R = real_t<T>;
  const index_t n = in.logits.size();
  auto scratch = backend.scratch();
  keep_mask_program<T> program{in, out, o, {}, {}};
  if (o.top_k > 0 || o.top_p < 1) {
    const auto keys = scratch.template take<R>(n), sorted = scratch.template take<R>(n);
    const T* const x = in.logits.data();
    backend.each(n, [=] GUERDON_HD(index_t i) { keys[i] = sortable_logit(R(x[i])); });
    backend.template sort_segments<R>(in.rows, keys, sorted);
    program.sorted = sorted;
  }
  if (o.top_p < 1) program.scratch = scratch.template take<double>(n);
  backend.for_segments(in.rows, program);
}

/// The same into arrays of the backend's.
template <storage T = float, backend Backend>
auto sampling_keep_mask(const Backend& backend, const op::sampling_keep_mask::inputs<T>& in,
                        const op::sampling_keep_mask::options& o = {}) {
  return returned<op::sampling_keep_mask, T>(backend, in, o,
                                             [&](auto& out) { sampling_keep_mask(backend, in, out, o); });
}

}}  // namespace guerdon
