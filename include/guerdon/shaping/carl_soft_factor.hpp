#pragma once
// How much of its progress a driver keeps: a product of soft penalties for speed, nearness, comfort and lane.
//
// $$f = [\text{on the lanes}]\; \max\left(0,\ 1 - \frac{\max(v, 0)}{v_m}\right) \left(1 - c\,\frac{n}{n_m}\right)
//   t^{[\text{near}]}\; f_{\text{lane}}$$
//
// Source: CaRL, arXiv:2504.17838; autonomousvision/CaRL, simple_reward.py.
//
// Details that differ:
// - None. A factor of 0 makes the product 0, whatever the others, NaN among them.
//
// Cost: five numbers read, three written.

#include <guerdon/core/operation.hpp>

namespace guerdon {

namespace op {
struct carl_soft_factor {
  static constexpr info about{"carl_soft_factor", "shaping", "Product of soft penalties of a driver (CaRL)",
                              "arXiv:2504.17838", skeleton::map};
  template <real T>
  struct inputs {
    view<const T> overspeed;                 ///< any shape; speed minus limit, in m/s
    view<const flag_t> ttc_active;           ///< 1 = the penalty for a short time to collision runs, see penalty_timer
    view<const index_t> comfort_violations;  ///< 0..num_comfort_metrics, of the comfort penalties those that run
    view<const T> lane_factor;               ///< of lane_keeping_factor
    view<const flag_t> outside_lanes;        ///< 1 = off the lanes
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> speed_factor;    ///< the same shape
    Of<T> comfort_factor;  ///< the same shape
    Of<T> factor;          ///< the same shape; the product
  };
  struct options {
    double max_overspeed = 2.23;      ///< m/s at which the speed factor is 0
    double comfort_penalty = 0.5;     ///< of all comfort metrics violated
    index_t num_comfort_metrics = 6;  ///< >= 1
    double ttc_factor = 0.5;          ///< while its penalty runs
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("overspeed", &I::overspeed, "*", drawn(-1, 3)),
                      array("ttc_active", &I::ttc_active, "*", yes_or_no()).hiding_nothing(),
                      array("comfort_violations", &I::comfort_violations, "*", counts(2)),
                      array("lane_factor", &I::lane_factor, "*", drawn(0, 1)),
                      array("outside_lanes", &I::outside_lanes, "*", yes_or_no()).hiding_nothing());
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("speed_factor", &O::speed_factor, "*"), array("comfort_factor", &O::comfort_factor, "*"),
                      array("factor", &O::factor, "*"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("max_overspeed", &options::max_overspeed, greater_than(0, 1, 3)),
                      option("comfort_penalty", &options::comfort_penalty, drawn(0, 1)),
                      option("num_comfort_metrics", &options::num_comfort_metrics, counts_from(1, 8).drawn(2, 8)),
                      option("ttc_factor", &options::ttc_factor, drawn(0, 1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the factors.
template <real T = float, backend Backend>
void carl_soft_factor(const Backend& backend, const op::carl_soft_factor::inputs<T>& in,
                      const op::carl_soft_factor::outputs<T>& out, const op::carl_soft_factor::options& o) {
  const auto rule = check<op::carl_soft_factor>(backend, in, out, o);
  if constexpr (Backend::on_host) {
    bool legal = true;
    for (const index_t n : in.comfort_violations) legal &= n <= o.num_comfort_metrics;
    rule(legal, "comfort_violations", "must be at most num_comfort_metrics");
  }
  backend.each(in.overspeed.size(), [=] GUERDON_HD(index_t i) {
    const double over = math::max(double(in.overspeed[i]), 0.0);
    const double speed = math::max(1 - over / o.max_overspeed, 0.0);
    const double comfort =
        1 - o.comfort_penalty * double(in.comfort_violations[i]) / double(o.num_comfort_metrics);
    const double near = in.ttc_active[i] != 0 ? o.ttc_factor : 1, lane = double(in.lane_factor[i]);
    const double kept = speed * comfort * near * lane;
    const bool gone = in.outside_lanes[i] != 0 || speed == 0 || comfort == 0 || near == 0 || lane == 0;
    out.speed_factor[i] = T(speed);
    out.comfort_factor[i] = T(comfort);
    out.factor[i] = T(gone ? 0 : kept);
  });
}

/// The same in arrays of the backend's.
template <real T = float, backend Backend>
auto carl_soft_factor(const Backend& backend, const op::carl_soft_factor::inputs<T>& in,
                      const op::carl_soft_factor::options& o = {}) {
  return returned<op::carl_soft_factor, T>(backend, in, o, [&](auto& out) { carl_soft_factor(backend, in, out, o); });
}

}}  // namespace guerdon
