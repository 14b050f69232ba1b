#pragma once
// Which groups to keep: those whose mean is neither too low nor too high.
//
// $$\mathrm{keep}_g = [l \le \bar m_g \le h]$$
//
// Source: online difficulty filters as trainers ship them.
//
// Details that differ:
// - The bounds are inside. What is not finite is not kept, whatever the bounds.
//
// Cost: one number read, one flag written per group.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct accuracy_band_filter {
  static constexpr info about{"accuracy_band_filter", "curriculum", "Groups whose mean lies in a band", "",
                              skeleton::map};
  template <real T>
  struct inputs {
    view<const T> group_mean;  ///< [G]
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<flag_t> keep;  ///< [G] 1 = keep
  };
  struct options {
    double lower = required;  ///< l
    double upper = required;  ///< h
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("group_mean", &I::group_mean, "G", drawn(0, 1))); }
  template <class O>
  static constexpr auto results() { return std::tuple(array("keep", &O::keep, "G")); }
  static constexpr auto parameters() {
    return std::tuple(option("lower", &options::lower, drawn(0, 0.5)), option("upper", &options::upper, drawn(0.3, 1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the flags.
template <real T = float, backend Backend>
void accuracy_band_filter(const Backend& backend, const op::accuracy_band_filter::inputs<T>& in,
                          const op::accuracy_band_filter::outputs<T>& out, const op::accuracy_band_filter::options& o) {
  check<op::accuracy_band_filter>(backend, in, out, o);
  const T lower = T(o.lower), upper = T(o.upper);
  backend.each(in.group_mean.size(), [=] GUERDON_HD(index_t g) {
    const T m = in.group_mean[g];
    out.keep[g] = flag_t(math::is_finite(m) & (lower <= m) & (m <= upper));
  });
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto accuracy_band_filter(const Backend& backend, const op::accuracy_band_filter::inputs<T>& in,
                          const op::accuracy_band_filter::options& o = {}) {
  return returned<op::accuracy_band_filter, T>(backend, in, o,
                                               [&](auto& out) { accuracy_band_filter(backend, in, out, o); });
}

}}  // namespace guerdon
