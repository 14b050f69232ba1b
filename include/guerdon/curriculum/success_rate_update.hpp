#pragma once
// The running rate of success of each item, updated in the order in which it was tried.
//
// $$p' = (1 - \alpha)\,p + \alpha x$$
//
// for each observation x of the item; the first replaces the rate.
//
//   guerdon::success_rate_update seen{.success_rate = std::vector<double>(1000),
//                                     .observations = std::vector<guerdon::index_t>(1000)};
//   seen.update(index, observed);
//
// Source: this project's own definition.
//
// Details that differ:
// - What is not finite is not counted.
// - Merging is ordered: rates that started afresh and went on where these stopped. Of n later observations the first,
//   x_1, stood for all that was older: p' = p_later + (1 - alpha)^n (p - x_1). Counts are exact, rates to rounding those
//   of one run.
//
// Cost: one step per observation.

#include <guerdon/core/value.hpp>

#include <cmath>
#include <utility>
#include <vector>

namespace guerdon {

namespace op {
struct success_rate_update : value_kind {
  static constexpr info about{"success_rate_update", "curriculum", "Running rate of success of each item", "",
                              skeleton::host, 1e-5, true};
  struct inputs {
    view<const double> success_rate;   ///< [N] so far
    view<const index_t> observations;  ///< [N] >= 0, how many so far
    view<const index_t> index;         ///< [M] the item of each observation
    view<const double> observed;       ///< [M]
  };
  struct outputs {
    std::vector<double> success_rate;   ///< [N]
    std::vector<index_t> observations;  ///< [N]
  };
  struct options {
    double alpha = required;  ///< in [0, 1], weight of an observation
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("success_rate", &I::success_rate, "N", drawn(0, 1)),
                      array("observations", &I::observations, "N", counts(3)),
                      array("index", &I::index, "M", index_into("N")),
                      array("observed", &I::observed, "M", drawn(0, 1)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("success_rate", &O::success_rate, "N"), array("observations", &O::observations, "N"));
  }
  static constexpr auto parameters() { return std::tuple(option("alpha", &options::alpha, within(0, 1))); }
};
}  // namespace op

inline namespace GUERDON_ABI {

namespace detail {
/// Takes observations, in order.
inline void observe(view<const index_t> index, view<const double> observed, double alpha, std::vector<double>& rate,
                    std::vector<index_t>& observations) {
  for (index_t m = 0; m < index.size(); ++m) {
    if (!math::is_finite(observed[m])) continue;
    const auto i = static_cast<std::size_t>(index[m]);
    rate[i] = observations[i]++ == 0 ? observed[m] : (1 - alpha) * rate[i] + alpha * observed[m];
  }
}
}  // namespace detail

inline op::success_rate_update::outputs updated(op::success_rate_update, const op::success_rate_update::inputs& in,
                                                const op::success_rate_update::options& o = {}) {
  const auto rule = check<op::success_rate_update>(in, o);
  for (const index_t i : in.index) rule(i < in.success_rate.size(), "index", "is none of the items");
  op::success_rate_update::outputs out{{in.success_rate.begin(), in.success_rate.end()},
                                       {in.observations.begin(), in.observations.end()}};
  detail::observe(in.index, in.observed, o.alpha, out.success_rate, out.observations);
  return out;
}

}  // namespace GUERDON_ABI

/// The rates, and how many observations each is from.
struct success_rate_update {
  std::vector<double> success_rate;   ///< [N]
  std::vector<index_t> observations;  ///< [N]
  op::success_rate_update::options options = {.alpha = 0.1};
  std::vector<double> first = {};  ///< [N] the first observation that each item got here; empty before the first update

  static constexpr const char* name = "success_rate_update";
  static constexpr auto fields() {
    using self = success_rate_update;
    return std::tuple_cat(
        std::tuple(op::saved("success_rate", &self::success_rate), op::saved("observations", &self::observations),
                   op::saved("first", &self::first)),
        op::saved_options<op::success_rate_update>(&self::options));
  }

  /// Takes observations of items, in order.
  [[gnu::always_inline]] void update(view<const index_t> index, view<const double> observed) {
    auto out = updated(op::success_rate_update(), {success_rate, observations, index, observed}, options);
    first.resize(success_rate.size(), std::numeric_limits<double>::quiet_NaN());
    for (index_t m = index.size(); m-- > 0;) {
      const auto i = static_cast<std::size_t>(index[m]);
      if (observations[i] == 0 && math::is_finite(observed[m])) first[i] = observed[m];
    }
    success_rate = std::move(out.success_rate);
    observations = std::move(out.observations);
  }
  /// Takes what one has observed of the same items that started afresh where this one stopped.
  [[gnu::always_inline]] void merge(const success_rate_update& later) {
    require(success_rate.size() == later.success_rate.size(), name, "later", "must be of as many items");
    for (std::size_t i = 0; i < later.observations.size(); ++i)
      require(later.observations[i] == 0 || (i < later.first.size() && later.first[i] == later.first[i]), name, "later",
              "must have started without observations");
    first.resize(success_rate.size(), std::numeric_limits<double>::quiet_NaN());
    for (std::size_t i = 0; i < success_rate.size(); ++i) {
      const index_t n = later.observations[i];
      if (n == 0) continue;
      const double kept = std::pow(1 - options.alpha, static_cast<double>(n));
      if (observations[i] == 0) success_rate[i] = later.success_rate[i], first[i] = later.first[i];
      else success_rate[i] = later.success_rate[i] + kept * (success_rate[i] - later.first[i]);
      observations[i] += n;
    }
  }
};

}  // namespace guerdon
