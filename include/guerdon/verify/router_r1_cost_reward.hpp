#pragma once
// How cheap each call was among the latest ones: 1 for the cheapest, 0 for the dearest.
//
// $$r_i = 1 - \mathrm{clip}\Bigl(\frac{x_i - q_{low}}{q_{high} - q_{low}}, 0, 1\Bigr), \qquad x_i = f(c_i)$$
//
// with q two quantiles of the latest `window` transformed costs, this one among them, and f the square root, log(1 + s
// c) or nothing; 0.5 where the quantiles agree, as they do at the first call.
//
// Source: Router-R1, arXiv:2506.09033, qa_em.py (CostRewardNormalizer).
//
// Details that differ:
// - Calls are taken in order, so the reward depends on the order of a batch. The history goes in and comes out.
//
// Cost: a step for every entry of the window, per call. No gradient.

#include <guerdon/core/host_operation.hpp>

#include <cmath>

namespace guerdon {

enum class cost_transform { sqrt, log, none };
constexpr auto enumerators(cost_transform) { return std::array{"sqrt", "log", "none"}; }

namespace op {
struct router_r1_cost_reward : host_kind {
  static constexpr info about{"router_r1_cost_reward", "verify", "Cheapness of calls among the latest ones (Router-R1)",
                              "arXiv:2506.09033", skeleton::host};
  struct inputs {
    view<const double> cost;          ///< [N] >= 0, in order: tokens of a completion times the price of a million
    view<const double> history = {};  ///< [H] transformed costs of earlier calls, oldest first
  };
  struct outputs {
    std::vector<double> reward;   ///< [N] between 0 and 1
    std::vector<double> history;  ///< at most `window` transformed costs, oldest first
  };
  struct options {
    index_t window = 1000;  ///< >= 1
    cost_transform transform = cost_transform::sqrt;
    double log_scale = 0.01;      ///< > 0, of log
    double quantile_low = 0.05;   ///< between 0 and 1
    double quantile_high = 0.95;  ///< between 0 and 1
    double epsilon = 1e-8;        ///< >= 0, below which quantiles agree
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("cost", &I::cost, "N", at_least(0, 100).without_nan()),
                      optional_array("history", &I::history, "H", drawn(0, 10)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("reward", &O::reward, "N"), array("history", &O::history, "K"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("window", &options::window, counts_from(1, 50)), choice("transform", &options::transform),
                      option("log_scale", &options::log_scale, greater_than(0, 0.001, 1)),
                      option("quantile_low", &options::quantile_low, within(0, 1)),
                      option("quantile_high", &options::quantile_high, within(0, 1)),
                      option("epsilon", &options::epsilon, at_least(0, 1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {
namespace cost_window {

inline double transformed(double cost, const op::router_r1_cost_reward::options& o) {
  switch (o.transform) {
    case cost_transform::sqrt: return std::sqrt(cost);
    case cost_transform::log: return std::log(1 + o.log_scale * cost);
    case cost_transform::none: break;
  }
  return cost;
}

/// Of ascending numbers, between neighbours on the straight line.
inline double quantile(const std::vector<double>& sorted, double q) {
  const double place = q * static_cast<double>(sorted.size() - 1), below = std::floor(place);
  const auto k = static_cast<std::size_t>(below);
  const double next = sorted[std::min(k + 1, sorted.size() - 1)];
  return place == below ? sorted[k] : sorted[k] + (next - sorted[k]) * (place - below);
}

}  // namespace cost_window

/// A batch of calls, in order.
inline op::router_r1_cost_reward::outputs router_r1_cost_reward(const op::router_r1_cost_reward::inputs& in,
                                                                const op::router_r1_cost_reward::options& o = {}) {
  const auto rule = check<op::router_r1_cost_reward>(in, o);
  for (const double x : in.history) rule(x == x, "history", "must be numbers");
  op::router_r1_cost_reward::outputs out;
  const index_t kept = std::min(o.window, in.history.size());
  out.history.assign(in.history.end() - kept, in.history.end());
  std::vector<double> sorted = out.history;
  std::sort(sorted.begin(), sorted.end());
  std::size_t oldest = 0;  // the window is the history from here on
  for (const double cost : in.cost) {
    const double x = cost_window::transformed(cost, o);
    out.history.push_back(x);
    sorted.insert(std::upper_bound(sorted.begin(), sorted.end(), x), x);
    if (static_cast<index_t>(sorted.size()) > o.window)
      sorted.erase(std::lower_bound(sorted.begin(), sorted.end(), out.history[oldest++]));
    const double low = cost_window::quantile(sorted, o.quantile_low);
    const double range = cost_window::quantile(sorted, o.quantile_high) - low;
    out.reward.push_back(range < o.epsilon || range == 0 ? 0.5 : 1 - std::clamp((x - low) / range, 0.0, 1.0));
  }
  out.history.erase(out.history.begin(), out.history.begin() + static_cast<std::ptrdiff_t>(oldest));
  return out;
}

}}  // namespace guerdon
