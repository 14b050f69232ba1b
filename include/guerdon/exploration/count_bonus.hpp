#pragma once
// A bonus that falls with the number of visits.
//
// $$b = \frac{\beta}{\sqrt m}, \qquad \frac{\beta}{m}, \qquad \beta\, m^{-p}, \qquad m = \max(n, 1)$$
//
// by `form`: inverse_sqrt, inverse, power.
//
// Source: Tang et al. 2017, arXiv:1611.04717.
//
// Details that differ:
// - A count of 0 counts as 1. hash_count_bonus keeps the counts as well.
//
// Cost: one number read, one written.

#include <guerdon/exploration/count_falloff.hpp>

namespace guerdon {

enum class count_form { inverse_sqrt, inverse, power };
constexpr auto enumerators(count_form) { return std::array{"inverse_sqrt", "inverse", "power"}; }

namespace op {
struct count_bonus {
  static constexpr info about{"count_bonus", "exploration", "Bonus that falls with a count",
                              "arXiv:1611.04717", skeleton::map};
  template <real T>
  struct inputs {
    view<const index_t> count;  ///< [N] >= 0, visits
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> bonus;  ///< [N]
  };
  struct options {
    count_form form = count_form::inverse_sqrt;                  ///< how it falls
    double beta = 1;                                             ///< the bonus of a first visit
    double exponent = std::numeric_limits<double>::quiet_NaN();  ///< p; required for form power, read by it alone
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("count", &I::count, "N", counts(20))); }
  template <class O>
  static constexpr auto results() { return std::tuple(array("bonus", &O::bonus, "N")); }
  static constexpr auto parameters() {
    return std::tuple(choice("form", &options::form), option("beta", &options::beta),
                      option_or_nan("exponent", &options::exponent, drawn(0.1, 2)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the bonuses.
template <real T = float, backend Backend>
void count_bonus(const Backend& backend, const op::count_bonus::inputs<T>& in, const op::count_bonus::outputs<T>& out,
                 const op::count_bonus::options& o) {
  const auto rule = check<op::count_bonus>(backend, in, out, o);
  rule(o.form != count_form::power || o.exponent == o.exponent, "exponent",
       "is required for form power and was not given");
  const double power = o.form == count_form::inverse_sqrt ? 0.5 : o.form == count_form::inverse ? 1 : o.exponent;
  const count_falloff falloff{o.beta, power};
  backend.each(in.count.size(), [=] GUERDON_HD(index_t i) { out.bonus[i] = T(falloff(in.count[i])); });
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto count_bonus(const Backend& backend, const op::count_bonus::inputs<T>& in,
                 const op::count_bonus::options& o = {}) {
  return returned<op::count_bonus, T>(backend, in, o, [&](auto& out) { count_bonus(backend, in, out, o); });
}

}}  // namespace guerdon
