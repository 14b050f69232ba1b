#pragma once
// A value as a distribution over bins: its mass on the two neighbouring bins whose mean it is.
//
// With $b_{j-1} < v \le b_j$: $p_{j-1} = (b_j - v) / (b_j - b_{j-1})$, $p_j = 1 - p_{j-1}$, all others 0.
//
// $$\sum_k p_k b_k = v$$
//
// Source: MuZero, arXiv:1911.08265, appendix F; the unequal bins of rlax's transform_to_2hot.
//
// Details that differ:
// - Values beyond the bins, infinity too, count as the outermost bin. NaN makes its row NaN.
// - rlax's version for equally spaced bins adds 1e-5 to the distance of bins (`denominator_eps`), so that decoding does
//   not return what was encoded; here it does by default.
// - MuZero maps the value by value_transform first; the unbiased variant maps the bins back instead.
//
// Cost: one number written per bin, each by itself: no search.

#include <guerdon/returns/value_bins.hpp>

namespace guerdon {
namespace op {
struct two_hot_encode {
  static constexpr info about{"two_hot_encode", "returns", "A value as a distribution on its two neighbouring bins",
                              "arXiv:1911.08265", skeleton::map};
  template <real T>
  struct inputs {
    view<const T> value;      ///< [N]
    view<const T> bins = {};  ///< [K] strictly increasing; left out: min, max and num_bins say them
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> probs;  ///< [N,K]
  };
  struct options {
    double min = required;       ///< the lowest of equally spaced bins
    double max = required;       ///< the highest
    index_t num_bins = 0;        ///< how many, at least 2; 0: the bins are given
    double denominator_eps = 0;  ///< >= 0, added to the distance of bins
  };

  static constexpr char decided_symbol = 'K';
  template <real T>
  static index_t decided_size(const inputs<T>& in, const options& o) { return in.bins ? -1 : o.num_bins; }
  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("value", &I::value, "N"),
                      optional_array("bins", &I::bins, "K", any_real().together("increasing")));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("probs", &O::probs, "N,K")); }
  static constexpr auto parameters() {
    return std::tuple(option_or_nan("min", &options::min, drawn(-3, 0)),
                      option_or_nan("max", &options::max, drawn(0.1, 3)),
                      option("num_bins", &options::num_bins, within(0, most_bins).drawn(2, 12)),
                      option("denominator_eps", &options::denominator_eps, at_least(0, 1e-3)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the distributions.
template <real T = float, backend Backend>
void two_hot_encode(const Backend& backend, const op::two_hot_encode::inputs<T>& in,
                    const op::two_hot_encode::outputs<T>& out, const op::two_hot_encode::options& o) {
  const auto rule = check<op::two_hot_encode>(backend, in, out, o);
  const detail::value_bins<T> bins(in, o);
  bins.check(backend, rule);
  const index_t last = bins.count - 1;
  const double eps = o.denominator_eps;
  backend.each(out.probs.size(), [=] GUERDON_HD(index_t i) {
    const index_t k = i % (last + 1);
    const double v = math::clamp(double(in.value[i / (last + 1)]), bins(0), bins(last));
    out.probs[i] = T(detail::bin_share(bins, last, k, v, eps));
  });
}

/// The distributions in an array of the backend's.
template <real T = float, backend Backend>
auto two_hot_encode(const Backend& backend, const op::two_hot_encode::inputs<T>& in,
                    const op::two_hot_encode::options& o = {}) {
  return returned<op::two_hot_encode, T>(backend, in, o, [&](auto& out) { two_hot_encode(backend, in, out, o); });
}

}}  // namespace guerdon
