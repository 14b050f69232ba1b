#pragma once
// Right answers are worth 1 well within their length budget and 0 well beyond it, with a ramp between.
//
// $$r_i' = [\text{correct}_i]\ \mathrm{clip}\bigl(\alpha\,(T_i - L_i) + \delta,\ 0,\ 1\bigr)$$
//
// Source: L1-Max of L1, arXiv:2503.04697.
//
// Details that differ:
// - The authors' code writes (clip(a (T - L), -1, 1) + 1) / 2, which is this with delta 0.5 and alpha = a / 2: halve
//   the repository's slope.
// - alpha is that of L1-Exact; which one L1-Max was trained with is not stated. The released launch script of the "max"
//   model leaves every length switch off.
// - The reward is made of the verdict, no reward goes in: in a pipe it is what the first part gets.
//
// Cost: 4 numbers per response; its time does not matter.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct l1_max_reward {
  static constexpr info about{"l1_max_reward", "length", "Ramp around a length budget for right answers (L1-Max)",
                              "arXiv:2503.04697", skeleton::map};
  template <real T>
  struct inputs {
    view<const flag_t> correct;         ///< [B] 1 = the answer is right
    view<const index_t> length;         ///< [B] tokens of the response, >= 0
    view<const index_t> target_length;  ///< [B] its budget, in tokens
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> shaped_reward;  ///< [B] between 0 and 1
  };
  struct options {
    double alpha = 0.0003;  ///< >= 0, slope of the ramp, per token
    double delta = 0.5;     ///< in [0, 1], what a right answer exactly at its budget gets
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("correct", &I::correct, "B", yes_or_no()), array("length", &I::length, "B", counts(40)),
                      array("target_length", &I::target_length, "B", integers(0, 40)));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("shaped_reward", &O::shaped_reward, "B")); }
  static constexpr auto parameters() {
    return std::tuple(option("alpha", &options::alpha, at_least(0, 0.1)),
                      option("delta", &options::delta, within(0, 1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the shaped rewards.
template <real T = float, backend Backend>
void l1_max_reward(const Backend& backend, const op::l1_max_reward::inputs<T>& in,
                   const op::l1_max_reward::outputs<T>& out, const op::l1_max_reward::options& o) {
  check<op::l1_max_reward>(backend, in, out, o);
  const double alpha = o.alpha, delta = o.delta;
  backend.each(in.correct.size(), [=] GUERDON_HD(index_t i) {
    const double room = double(in.target_length[i]) - double(in.length[i]);
    out.shaped_reward[i] = T(in.correct[i] ? math::clamp(alpha * room + delta, 0.0, 1.0) : 0);
  });
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto l1_max_reward(const Backend& backend, const op::l1_max_reward::inputs<T>& in,
                   const op::l1_max_reward::options& o = {}) {
  return returned<op::l1_max_reward, T>(backend, in, o, [&](auto& out) { l1_max_reward(backend, in, out, o); });
}

}}  // namespace guerdon
