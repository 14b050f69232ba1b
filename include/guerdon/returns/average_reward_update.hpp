#pragma once
// One step of the estimate of the average reward, from temporal-difference errors or from the rewards themselves.
//
// $$\bar r' = \bar r + \eta\,\mathrm{mean}(\rho\,\delta) \quad (\text{td}), \qquad
//   \bar r' = (1 - \eta)\,\bar r + \eta\,\mathrm{mean}(r) \quad (\text{mean})$$
//
// Source: Sutton & Barto, Reinforcement Learning (2nd ed.), sections 10.3 and 13.6.
//
// Details that differ:
// - The weighted errors are divided by their number, not by the sum of the ratios. A ratio of exactly 0 selects 0.
// - Nothing given, nothing learnt: an empty batch leaves the average as it is. So does a step size of 0.
//
// Cost: 4 bytes per step in float, one pass.

#include <guerdon/core/operation.hpp>

namespace guerdon {

enum class average_reward_mode { td, mean };
constexpr auto enumerators(average_reward_mode) { return std::array{"td", "mean"}; }

namespace op {
struct average_reward_update {
  static constexpr info about{"average_reward_update", "returns", "Moves the estimate of the average reward", "",
                              skeleton::global_reduce};
  template <real T>
  struct inputs {
    view<const T> td_error = {};  ///< [N] read for mode td
    view<const T> rho = {};       ///< [N] ratio of each error, for mode td; left out: 1
    view<const T> reward = {};    ///< [N] read for mode mean
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> average_reward;  ///< [1] from here on
  };
  struct options {
    average_reward_mode mode = required;  ///< from errors, or from rewards
    double average_reward = required;     ///< so far
    double step_size = required;          ///< share of the batch
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(optional_array("td_error", &I::td_error, "N"), optional_array("rho", &I::rho, "N", drawn(0, 2)),
                      optional_array("reward", &I::reward, "N"));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("average_reward", &O::average_reward, "1")); }
  static constexpr auto parameters() {
    return std::tuple(choice("mode", &options::mode), option("average_reward", &options::average_reward),
                      option("step_size", &options::step_size, drawn(0, 1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the new average.
template <real T = float, backend Backend>
void average_reward_update(const Backend& backend, const op::average_reward_update::inputs<T>& in,
                           const op::average_reward_update::outputs<T>& out,
                           const op::average_reward_update::options& o) {
  const auto rule = check<op::average_reward_update>(backend, in, out, o);
  const bool td = o.mode == average_reward_mode::td;
  // A batch of nothing is given by no array at all, or by an empty one.
  rule(!td || in.td_error || !(in.reward || in.rho), "td_error", "is required for mode td and was not given");
  rule(td || in.reward || !(in.td_error || in.rho), "reward", "is required for mode mean and was not given");
  const view<const T> value = td ? in.td_error : in.reward, rho = td ? in.rho : view<const T>();
  const index_t n = value.size();
  const double before = o.average_reward, step = o.step_size;
  reduce_array<add>(
      backend, n,
      [=] GUERDON_HD(index_t i) {
        return lanes{rho ? math::zero_select_product(rho[i], value[i]) : value[i]};
      },
      [=] GUERDON_HD(const lanes<double, 1>& total) {
        const double mean = n > 0 ? total[0] / static_cast<double>(n) : 0;
        const double kept = td ? before : math::zero_select_product(1 - step, before);
        out.average_reward[0] = T(n > 0 ? kept + math::zero_select_product(step, mean) : before);
      });
}

/// The new average in an array of the backend's.
template <real T = float, backend Backend>
auto average_reward_update(const Backend& backend, const op::average_reward_update::inputs<T>& in,
                           const op::average_reward_update::options& o) {
  return returned<op::average_reward_update, T>(backend, in, o,
                                                [&](auto& out) { average_reward_update(backend, in, out, o); });
}

}}  // namespace guerdon
