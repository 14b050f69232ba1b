#pragma once
// The bins over which a value is written as a distribution: given one by one, or equally spaced.

#include <guerdon/core/operation.hpp>

namespace guerdon {

/// More bins than this are a mistake of the caller's.
inline constexpr index_t most_bins = index_t(1) << 20;

inline namespace GUERDON_ABI {

namespace detail {

/// Bin k: bins[k], or the k-th of `count` points from low to high, both ends included.
template <class T>
struct value_bins {
  view<const T> bins;
  double low, high;
  index_t count;

  template <class In, class Options>
  value_bins(const In& in, const Options& o)
      : bins(in.bins), low(o.min), high(o.max), count(in.bins ? in.bins.size() : o.num_bins) {}

  GUERDON_HD double operator()(index_t k) const {
    if (bins) return double(bins[k]);
    const double part = static_cast<double>(k) / static_cast<double>(count - 1);
    return k == count - 1 ? high : low + (high - low) * part;
  }

  /// Two bins at least, strictly increasing. (On a device the host cannot look at those that were given.)
  template <class Backend>
  void check(const Backend&, const call_rules& rule) const {
    rule(count >= 2, "bins", "must be at least two: give them, or min, max and num_bins");
    if (!bins)
      rule(low < high && math::is_finite(high - low), "bins", "need a finite min and max, of which min is the lesser");
    if constexpr (Backend::on_host)
      for (index_t k = 1; bins && k < count; ++k) rule(bins[k - 1] < bins[k], "bins", "must strictly increase");
  }
};

/// What bin k of a distribution holds of a value v, which lies between the first bin and the last: all of it on the bin
/// itself, in proportion to nearness beside it. NaN of a NaN.
template <class Bins>
GUERDON_HD double bin_share(const Bins& bins, index_t last, index_t k, double v, double denominator_eps = 0) {
  const double here = bins(k);
  if (v < here && k > 0) {
    const double below = bins(k - 1);
    if (v > below) return 1 - (here - v) / (here - below + denominator_eps);
  }
  if (v > here && k < last) {
    const double above = bins(k + 1);
    if (v < above) return (above - v) / (above - here + denominator_eps);
  }
  return v == here ? 1 : v == v ? 0 : v;
}

/// Edge k of `count` equal cells between low and high.
GUERDON_HD inline double cell_edge(double low, double high, index_t count, index_t k) {
  return k == count ? high : low + (high - low) * static_cast<double>(k) / static_cast<double>(count);
}

/// Row n of the answer: the sum over k of probs[n,k] * place(k). A probability of exactly 0 selects.
template <class T, class Place>
struct expectation_program {
  static constexpr bool long_segments = true;
  view<const T> probs;  // [N,K]
  index_t count;
  Place place;
  view<T> value;  // [N]

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    const T* const p = probs.data() + row * count;
    const double mean = team.sum(count, [&](index_t k) { return math::zero_select_product(double(p[k]), place(k)); });
    team.once([&] { value[row] = T(mean); });
  }
};

}  // namespace detail

}}  // namespace guerdon
