#pragma once
// Reward for a judge that has to name the first wrong step: right pays 1, close pays less, missing the mistake or
// seeing one where there is none costs 1.
//
// $$r = \begin{cases} 1 - \lvert p - t\rvert / n & p \ge 0,\ t \ge 0 \\ 1 & p = t = -1 \\ -1 & \text{otherwise}
//   \end{cases}$$
//
// for the step p that was named, of n, and the step t that is wrong; -1 stands for none.
//
// Source: FAPO, arXiv:2510.22543.
//
// Details that differ:
// - A prediction that is neither -1 nor a step is unreadable: reward -1, not correct.
// - `correct` says whether both or neither report an error, wherever they see it.
// - No gradient.
//
// Cost: 29 bytes per verdict in float.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct step_location_reward {
  static constexpr info about{"step_location_reward", "process", "Reward for naming the first wrong step (FAPO)",
                              "arXiv:2510.22543", skeleton::map};
  template <real T>
  struct inputs {
    view<const index_t> predicted;    ///< [N] step that the judge named, from 0; -1: no error
    view<const index_t> truth;        ///< [N] step that is wrong; -1: none
    view<const index_t> total_steps;  ///< [N] >= 1
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> reward;        ///< [N]
    Of<flag_t> correct;  ///< [N] 1 = error seen where there is one, none where there is none
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("predicted", &I::predicted, "N", integers(-2, 8)),
                      array("truth", &I::truth, "N", integers(-1, 0)),
                      array("total_steps", &I::total_steps, "N", counts_from(1, 9)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("reward", &O::reward, "N"), array("correct", &O::correct, "N"));
  }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes rewards and verdicts.
template <real T = float, backend Backend>
void step_location_reward(const Backend& backend, const op::step_location_reward::inputs<T>& in,
                          const op::step_location_reward::outputs<T>& out, const op::step_location_reward::options& o) {
  const auto rule = check<op::step_location_reward>(backend, in, out, o);
  if constexpr (Backend::on_host) {
    bool legal = true;
    for (index_t i = 0; i < in.truth.size(); ++i) legal &= in.truth[i] >= -1 && in.truth[i] < in.total_steps[i];
    rule(legal, "truth", "must be -1 or a step, below total_steps");
  }
  backend.each(in.truth.size(), [=] GUERDON_HD(index_t i) {
    const index_t p = in.predicted[i], t = in.truth[i], n = in.total_steps[i];
    const bool readable = p >= -1 && p < n, both = readable && p >= 0 && t >= 0, neither = p == -1 && t == -1;
    const double missed = double(p < t ? t - p : p - t) / double(n);
    out.reward[i] = T(both ? 1 - missed : neither ? 1 : -1);
    out.correct[i] = both || neither;
  });
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto step_location_reward(const Backend& backend, const op::step_location_reward::inputs<T>& in,
                          const op::step_location_reward::options& o = {}) {
  return returned<op::step_location_reward, T>(backend, in, o,
                                               [&](auto& out) { step_location_reward(backend, in, out, o); });
}

}}  // namespace guerdon
