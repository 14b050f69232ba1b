#pragma once
// A value as a histogram: the mass that a Gaussian around it has in each of K equal cells, normalised over them.
//
// With the cells' edges $e_0, \dots, e_K$ from min to max:
//
// $$p_i = \frac{\Phi_{i+1} - \Phi_i}{\Phi_K - \Phi_0}, \qquad \Phi_i = \mathrm{erf}\frac{e_i - v}{\sqrt 2\,\sigma}$$
//
// Source: HL-Gauss, Imani and White 2018, arXiv:1806.04613; for value functions, Farebrother et al. 2024,
// arXiv:2403.03950, whose sigma is 0.75 cells.
//
// Details that differ:
// - Values beyond the ends, infinity too, count as the end; the published snippet gives 0/0 far out. NaN makes its row
//   NaN.
// - Differences of the error function are taken where it is small, so that distant cells keep their digits.
// - Published code is written over the edges, of which there are K+1; `num_bins` counts the cells.
//
// Cost: one number written per cell, two error functions each.

#include <guerdon/returns/value_bins.hpp>

namespace guerdon {
namespace op {
struct hl_gauss_encode {
  static constexpr info about{"hl_gauss_encode", "returns", "A value as a histogram of a Gaussian around it (HL-Gauss)",
                              "arXiv:1806.04613; arXiv:2403.03950", skeleton::map};
  template <real T>
  struct inputs {
    view<const T> value;  ///< [N]
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> probs;  ///< [N,K]
  };
  struct options {
    double min = required;        ///< lower end of the first cell
    double max = required;        ///< upper end of the last
    index_t num_bins = required;  ///< >= 1, K cells
    double sigma = required;      ///< > 0; left out: 0.75 cells
  };

  static constexpr char decided_symbol = 'K';
  template <real T>
  static index_t decided_size(const inputs<T>&, const options& o) { return o.num_bins; }
  template <class I>
  static constexpr auto arguments() { return std::tuple(array("value", &I::value, "N")); }
  template <class O>
  static constexpr auto results() { return std::tuple(array("probs", &O::probs, "N,K")); }
  static constexpr auto parameters() {
    return std::tuple(option("min", &options::min, finite().drawn(-3, 0)),
                      option("max", &options::max, finite().drawn(0.1, 3)),
                      option("num_bins", &options::num_bins, within(1, most_bins).drawn(1, 12)),
                      option_or_nan("sigma", &options::sigma, greater_than(0, 0.1, 1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

namespace detail {

/// erf(b) - erf(a), by the complement on whichever side both lie.
GUERDON_HD inline double erf_between(double a, double b) {
  if (a > 0) return ::erfc(a) - ::erfc(b);
  if (b < 0) return ::erfc(-b) - ::erfc(-a);
  return ::erf(b) - ::erf(a);
}

template <class T>
struct hl_gauss_program {
  static constexpr bool short_segments = true;
  op::hl_gauss_encode::inputs<T> in;
  view<T> probs;
  double low, high, scale;  // scale: 1 / (sqrt(2) sigma)
  index_t count;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    const double v = math::clamp(double(in.value[row]), low, high);
    const double whole = erf_between((low - v) * scale, (high - v) * scale);
    team.each(count, [&](index_t k) {
      const double a = (cell_edge(low, high, count, k) - v) * scale;
      const double b = (cell_edge(low, high, count, k + 1) - v) * scale;
      probs[row * count + k] = T(erf_between(a, b) / whole);
    });
  }
};

}  // namespace detail

/// Writes the histograms.
template <real T = float, backend Backend>
void hl_gauss_encode(const Backend& backend, const op::hl_gauss_encode::inputs<T>& in,
                     const op::hl_gauss_encode::outputs<T>& out, const op::hl_gauss_encode::options& o) {
  const auto rule = check<op::hl_gauss_encode>(backend, in, out, o);
  rule(o.min < o.max && math::is_finite(o.max - o.min), "bins", "need a min that is less than max");
  const double sigma = is_missing(o.sigma) ? 0.75 * (o.max - o.min) / static_cast<double>(o.num_bins) : o.sigma;
  rule(math::is_finite(sigma), "sigma", "must be finite");
  const double scale = 1 / (math::sqrt(2.0) * sigma);
  backend.for_segments(segments::uniform(in.value.size(), o.num_bins),
                       detail::hl_gauss_program<T>{in, out.probs, o.min, o.max, scale, o.num_bins});
}

/// The histograms in an array of the backend's.
template <real T = float, backend Backend>
auto hl_gauss_encode(const Backend& backend, const op::hl_gauss_encode::inputs<T>& in,
                     const op::hl_gauss_encode::options& o) {
  return returned<op::hl_gauss_encode, T>(backend, in, o, [&](auto& out) { hl_gauss_encode(backend, in, out, o); });
}

}}  // namespace guerdon
