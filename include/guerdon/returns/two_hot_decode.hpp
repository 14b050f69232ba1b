#pragma once
// The mean of a distribution over bins.
//
// $$v = \sum_k p_k b_k$$
//
// Source: MuZero, arXiv:1911.08265, appendix F.
//
// Details that differ:
// - Probabilities are not normalised again. One of exactly 0 selects 0.
// - The bins are those of two_hot_encode, given one by one or as min, max and num_bins.
//
// Cost: the probabilities read once.

#include <guerdon/returns/value_bins.hpp>

namespace guerdon {
namespace op {
struct two_hot_decode {
  static constexpr info about{"two_hot_decode", "returns", "The mean of a distribution over bins", "arXiv:1911.08265",
                              skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const T> probs;      ///< [N,K]
    view<const T> bins = {};  ///< [K] strictly increasing; left out: min, max and num_bins say them
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> value;  ///< [N]
  };
  struct options {
    double min = required;  ///< the lowest of equally spaced bins
    double max = required;  ///< the highest
    index_t num_bins = 0;   ///< how many, at least 2; 0: the bins are given
  };

  static constexpr char decided_symbol = 'K';
  template <real T>
  static index_t decided_size(const inputs<T>& in, const options& o) { return in.bins ? -1 : o.num_bins; }
  template <class I>
  static constexpr auto arguments() {
    return std::tuple(optional_array("bins", &I::bins, "K", any_real().together("increasing")),
                      array("probs", &I::probs, "N,K", drawn(0, 1)));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("value", &O::value, "N")); }
  static constexpr auto parameters() {
    return std::tuple(option_or_nan("min", &options::min, drawn(-3, 0)),
                      option_or_nan("max", &options::max, drawn(0.1, 3)),
                      option("num_bins", &options::num_bins, within(0, most_bins).drawn(2, 12).together("K")));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the means.
template <real T = float, backend Backend>
void two_hot_decode(const Backend& backend, const op::two_hot_decode::inputs<T>& in,
                    const op::two_hot_decode::outputs<T>& out, const op::two_hot_decode::options& o) {
  const auto rule = check<op::two_hot_decode>(backend, in, out, o);
  const detail::value_bins<T> bins(in, o);
  bins.check(backend, rule);
  using program = detail::expectation_program<T, detail::value_bins<T>>;
  backend.for_segments(segments::uniform(out.value.size(), bins.count), program{in.probs, bins.count, bins, out.value});
}

/// The means in an array of the backend's.
template <real T = float, backend Backend>
auto two_hot_decode(const Backend& backend, const op::two_hot_decode::inputs<T>& in,
                    const op::two_hot_decode::options& o = {}) {
  return returned<op::two_hot_decode, T>(backend, in, o, [&](auto& out) { two_hot_decode(backend, in, out, o); });
}

}}  // namespace guerdon
