#pragma once
// The mean of a histogram over K equal cells, each at its middle.
//
// $$v = \sum_i p_i \frac{e_i + e_{i+1}}{2}$$
//
// Source: HL-Gauss, Imani and White 2018, arXiv:1806.04613; Farebrother et al. 2024, arXiv:2403.03950.
//
// Details that differ:
// - Probabilities are not normalised again. One of exactly 0 selects 0.
// - The middles of the cells. A published package takes half the *difference* of their edges, which is no middle.
//
// Cost: the probabilities read once.

#include <guerdon/returns/value_bins.hpp>

namespace guerdon {
namespace op {
struct hl_gauss_decode {
  static constexpr info about{"hl_gauss_decode", "returns", "The mean of a histogram over equal cells (HL-Gauss)",
                              "arXiv:1806.04613; arXiv:2403.03950", skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const T> probs;  ///< [N,K]
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> value;  ///< [N]
  };
  struct options {
    double min = required;        ///< lower end of the first cell
    double max = required;        ///< upper end of the last
    index_t num_bins = required;  ///< >= 1, K cells
  };

  static constexpr char decided_symbol = 'K';
  template <real T>
  static index_t decided_size(const inputs<T>&, const options& o) { return o.num_bins; }
  template <class I>
  static constexpr auto arguments() { return std::tuple(array("probs", &I::probs, "N,K", drawn(0, 1))); }
  template <class O>
  static constexpr auto results() { return std::tuple(array("value", &O::value, "N")); }
  static constexpr auto parameters() {
    return std::tuple(option("min", &options::min, finite().drawn(-3, 0)),
                      option("max", &options::max, finite().drawn(0.1, 3)),
                      option("num_bins", &options::num_bins, within(1, most_bins).drawn(1, 4).together("K")));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

namespace detail {
struct cell_middles {
  double low, high;
  index_t count;
  GUERDON_HD double operator()(index_t k) const {
    return cell_edge(low, high, count, k) / 2 + cell_edge(low, high, count, k + 1) / 2;
  }
};
}  // namespace detail

/// Writes the means.
template <real T = float, backend Backend>
void hl_gauss_decode(const Backend& backend, const op::hl_gauss_decode::inputs<T>& in,
                     const op::hl_gauss_decode::outputs<T>& out, const op::hl_gauss_decode::options& o) {
  const auto rule = check<op::hl_gauss_decode>(backend, in, out, o);
  rule(o.min < o.max && math::is_finite(o.max - o.min), "bins", "need a min that is less than max");
  using program = detail::expectation_program<T, detail::cell_middles>;
  backend.for_segments(segments::uniform(out.value.size(), o.num_bins),
                       program{in.probs, o.num_bins, {o.min, o.max, o.num_bins}, out.value});
}

/// The means in an array of the backend's.
template <real T = float, backend Backend>
auto hl_gauss_decode(const Backend& backend, const op::hl_gauss_decode::inputs<T>& in,
                     const op::hl_gauss_decode::options& o) {
  return returned<op::hl_gauss_decode, T>(backend, in, o, [&](auto& out) { hl_gauss_decode(backend, in, out, o); });
}

}}  // namespace guerdon
