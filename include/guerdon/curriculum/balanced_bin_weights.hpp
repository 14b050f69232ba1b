#pragma once
// How likely each item is to be trained on so that every bin, of difficulty for instance, is as likely as any other.
//
// $$P_i = \frac{1}{b\,n_{bin(i)}}$$
//
// with the size n of each bin, of which b are not empty.
//
// Source: this project's own definition.
//
// Details that differ:
// - Within a bin all items are equally likely.
//
// Cost: a sort of the bins' numbers.

#include <guerdon/core/operation.hpp>
#include <guerdon/statistics/majority_vote.hpp>

namespace guerdon {
namespace op {
struct balanced_bin_weights {
  static constexpr info about{"balanced_bin_weights", "curriculum", "Items so that each bin is as likely as any other",
                              "", skeleton::sort, 1e-5, true};
  template <real T>
  struct inputs {
    view<const index_t> bin;  ///< [N] of each item, 0 to num_bins - 1
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> probability;   ///< [N]
    Of<index_t> counts;  ///< [num_bins] items of each bin
  };
  struct options {
    index_t num_bins = required;  ///< >= 1, at most 2^24
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("bin", &I::bin, "N", counts(2))); }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("probability", &O::probability, "N"), array("counts", &O::counts, "K"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("num_bins", &options::num_bins, whole_within(1, 1 << 24).drawn(3, 6)));
  }

  static constexpr char decided_symbol = 'K';
  template <class I>
  static index_t decided_size(const I&, const options& o) { return o.num_bins; }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes probabilities and counts.
template <real T = float, backend Backend>
void balanced_bin_weights(const Backend& backend, const op::balanced_bin_weights::inputs<T>& in,
                          const op::balanced_bin_weights::outputs<T>& out, const op::balanced_bin_weights::options& o) {
  const auto rule = check<op::balanced_bin_weights>(backend, in, out, o);
  if constexpr (Backend::on_host)
    for (const index_t b : in.bin) rule(b < o.num_bins, "bin", "must be less than num_bins");
  const index_t n = in.bin.size();
  auto scratch = backend.scratch();
  const auto sorted = scratch.template take<index_t>(n);
  const auto filled = scratch.template take<double>(1);
  backend.template sort_segments<index_t>(segments::uniform(1, n), in.bin, sorted);
  const auto counts = out.counts;
  reduce_array<add>(
      backend, counts.size(),
      [=] GUERDON_HD(index_t b) {
        counts[b] = rank_in(sorted.data(), n, b, true) - rank_in(sorted.data(), n, b, false);
        return lanes{counts[b] > 0 ? 1.0 : 0.0};
      },
      [=] GUERDON_HD(const lanes<double, 1>& total) { filled[0] = total[0]; });
  backend.each(n, [=] GUERDON_HD(index_t i) { out.probability[i] = T(1 / (filled[0] * double(counts[in.bin[i]]))); });
}

/// The same in arrays of the backend's.
template <real T = float, backend Backend>
auto balanced_bin_weights(const Backend& backend, const op::balanced_bin_weights::inputs<T>& in,
                          const op::balanced_bin_weights::options& o = {}) {
  return returned<op::balanced_bin_weights, T>(backend, in, o,
                                               [&](auto& out) { balanced_bin_weights(backend, in, out, o); });
}

}}  // namespace guerdon
