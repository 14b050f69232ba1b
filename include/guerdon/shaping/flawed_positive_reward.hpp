#pragma once
// Reward for a right answer, less a penalty where its reasoning is flawed.
//
// $$r = \begin{cases} r_+ - c\,[\text{flawed}] & \text{right} \\ r_- & \text{wrong} \end{cases}$$
//
// Source: FAPO, arXiv:2510.22543. A judge that names the first wrong step says what is flawed (step_location_reward).
//
// Details that differ:
// - The reasoning of a wrong answer is not looked at. No gradient.
//
// Cost: 6 bytes per answer in float.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct flawed_positive_reward {
  static constexpr info about{"flawed_positive_reward", "shaping", "Right answers of flawed reasoning earn less (FAPO)",
                              "arXiv:2510.22543", skeleton::map};
  template <real T>
  struct inputs {
    view<const flag_t> correct;  ///< [N] 1 = the answer is right
    view<const flag_t> flawed;   ///< [N] 1 = a step of it is wrong
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> reward;  ///< [N]
  };
  struct options {
    double correct_reward = 1;  ///< of a right answer
    double wrong_reward = -1;   ///< of a wrong one
    double penalty = 1;         ///< >= 0, for a flaw in a right one
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("correct", &I::correct, "N", yes_or_no()), array("flawed", &I::flawed, "N", yes_or_no()));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("reward", &O::reward, "N")); }
  static constexpr auto parameters() {
    return std::tuple(option("correct_reward", &options::correct_reward),
                      option("wrong_reward", &options::wrong_reward),
                      option("penalty", &options::penalty, at_least(0, 2)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the rewards.
template <real T = float, backend Backend>
void flawed_positive_reward(const Backend& backend, const op::flawed_positive_reward::inputs<T>& in,
                            const op::flawed_positive_reward::outputs<T>& out,
                            const op::flawed_positive_reward::options& o) {
  check<op::flawed_positive_reward>(backend, in, out, o);
  backend.each(in.correct.size(), [=] GUERDON_HD(index_t i) {
    out.reward[i] = T(in.correct[i] ? o.correct_reward - (in.flawed[i] ? o.penalty : 0) : o.wrong_reward);
  });
}

/// The rewards in an array of the backend's.
template <real T = float, backend Backend>
auto flawed_positive_reward(const Backend& backend, const op::flawed_positive_reward::inputs<T>& in,
                            const op::flawed_positive_reward::options& o = {}) {
  return returned<op::flawed_positive_reward, T>(backend, in, o,
                                                 [&](auto& out) { flawed_positive_reward(backend, in, out, o); });
}

}}  // namespace guerdon
