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

#include <guerdon/core/shaping.hpp>

namespace guerdon {
namespace op {
struct linear_length_penalty {
  static constexpr info about{"linear_length_penalty", "length", "Charge per token beyond a threshold",
                              "arXiv:2502.18770", skeleton::map};
  template <real T>
  struct inputs {
    view<const T> reward = {};   ///< [B] base reward
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

/// The reward of one answer.
template <class T>
struct linear_length_shaping {
  using is_shaping = void;
  using operation = op::linear_length_penalty;
  operation::inputs<T> in;
  operation::options o;

  GUERDON_HD double operator()(index_t i, double reward) const {
    const double excess = math::max(double(in.length[i]) - o.threshold, 0.0);
    return reward - math::zero_select_product(excess, o.rate);
  }
};

/// Writes the shaped rewards.
template <real T = float, backend Backend>
void linear_length_penalty(const Backend& backend, const op::linear_length_penalty::inputs<T>& in,
                           const op::linear_length_penalty::outputs<T>& out,
                           const op::linear_length_penalty::options& o) {
  check<op::linear_length_penalty>(backend, in, out, o);
  const linear_length_shaping<T> shaping{in, o};
  backend.each(in.reward.size(),
               [=] GUERDON_HD(index_t i) { out.shaped_reward[i] = T(shaping(i, double(in.reward[i]))); });
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto linear_length_penalty(const Backend& backend, const op::linear_length_penalty::inputs<T>& in,
                           const op::linear_length_penalty::options& o = {}) {
  return returned<op::linear_length_penalty, T>(backend, in, o,
                                                [&](auto& out) { linear_length_penalty(backend, in, out, o); });
}

/// The operation as a part of a pipe.
template <real T = float>
linear_length_shaping<T> linear_length_penalty(const op::linear_length_penalty::inputs<T>& in,
                                               const op::linear_length_penalty::options& o = {}) {
  return {in, o};
}

}}  // namespace guerdon
