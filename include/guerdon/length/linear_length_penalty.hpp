#pragma once
// A charge for every token beyond a threshold.
//
// $$r' = r - \rho \max(L - \tau,\ 0)$$
//
// Source: arXiv:2502.18770, whose pipeline has it on for every method except ODIN, before any shaping.
//
// Details that differ:
// - NaN in the reward stays where it is.
//
// Cost: 3 numbers per response; its time does not matter.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct linear_length_penalty {
  static constexpr info about{"linear_length_penalty", "length", "Charge per token beyond a threshold",
                              "arXiv:2502.18770", skeleton::map};
  template <real T>
  struct inputs {
    view<const T> reward;        ///< [B] base reward
    view<const index_t> length;  ///< [B] tokens of the response, >= 0
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> shaped_reward;  ///< [B]
  };
  struct options {
    double threshold = 300;  ///< >= 0, in tokens
    double rate = 0.01;      ///< >= 0, charge of a token
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("reward", &I::reward, "B"), array("length", &I::length, "B", counts(40)));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("shaped_reward", &O::shaped_reward, "B")); }
  static constexpr auto parameters() {
    return std::tuple(option("threshold", &options::threshold, at_least(0, 40)),
                      option("rate", &options::rate, at_least(0, 0.1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the shaped rewards.
template <real T = float, backend Backend>
void linear_length_penalty(const Backend& backend, const op::linear_length_penalty::inputs<T>& in,
                           const op::linear_length_penalty::outputs<T>& out,
                           const op::linear_length_penalty::options& o) {
  check<op::linear_length_penalty>(backend, in, out, o);
  const double threshold = o.threshold, rate = o.rate;
  backend.each(in.reward.size(), [=] GUERDON_HD(index_t i) {
    const double excess = math::max(double(in.length[i]) - threshold, 0.0);
    out.shaped_reward[i] = T(double(in.reward[i]) - math::zero_select_product(excess, rate));
  });
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto linear_length_penalty(const Backend& backend, const op::linear_length_penalty::inputs<T>& in,
                           const op::linear_length_penalty::options& o = {}) {
  return returned<op::linear_length_penalty, T>(backend, in, o,
                                                [&](auto& out) { linear_length_penalty(backend, in, out, o); });
}

}}  // namespace guerdon
