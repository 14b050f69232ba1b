#pragma once
// The result, raised where a judge finds that the reasoning leads to the answer, plus the format's reward. Consistency
// multiplies the result, so it never lifts a wrong answer.
//
// $$r_i = \text{result}_i\,(1 + c\,\text{consistency}_i) + f\,\text{format}_i$$
//
// Source: StableReinforce of R1-Reward, arXiv:2505.02835.
//
// Details that differ:
// - The released code has consistency 1, -1 where the judge finds a contradiction, and 0 where it gave no verdict after
//   three tries; the paper's text 1 and 0. Either works.
// - In that code an exception while an answer is checked counts as right.
// - NaN follows arithmetic. No gradient.
//
// Cost: 16 bytes per answer in float.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct consistency_reward {
  static constexpr info about{"consistency_reward", "shaping",
                              "A right answer earns more where its reasoning agrees with it (StableReinforce)",
                              "arXiv:2505.02835", skeleton::map};
  template <real T>
  struct inputs {
    view<const T> result;       ///< [N] 1 = right, 0 = wrong
    view<const T> consistency;  ///< [N] 1 = the reasoning agrees with the answer; 0 or -1 = not
    view<const T> format;       ///< [N] 1 = well formed
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> reward;  ///< [N] between 0 and 2 with the defaults
  };
  struct options {
    double consistency_coef = 0.5;  ///< c
    double format_coef = 0.5;       ///< f
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("result", &I::result, "N", drawn(0, 1)),
                      array("consistency", &I::consistency, "N", drawn(-1, 1)),
                      array("format", &I::format, "N", drawn(0, 1)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("reward", &O::reward, "N"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("consistency_coef", &options::consistency_coef, drawn(0, 1)),
                      option("format_coef", &options::format_coef, drawn(0, 1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the rewards.
template <real T = float, backend Backend>
void consistency_reward(const Backend& backend, const op::consistency_reward::inputs<T>& in,
                        const op::consistency_reward::outputs<T>& out, const op::consistency_reward::options& o) {
  check<op::consistency_reward>(backend, in, out, o);
  backend.each(in.result.size(), [=] GUERDON_HD(index_t i) {
    const double consistent = 1 + o.consistency_coef * double(in.consistency[i]);
    out.reward[i] = T(double(in.result[i]) * consistent + o.format_coef * double(in.format[i]));
  });
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto consistency_reward(const Backend& backend, const op::consistency_reward::inputs<T>& in,
                        const op::consistency_reward::options& o = {}) {
  return returned<op::consistency_reward, T>(backend, in, o,
                                             [&](auto& out) { consistency_reward(backend, in, out, o); });
}

}}  // namespace guerdon
