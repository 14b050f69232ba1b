#pragma once
// A penalty on the size of actions.
//
// $$r = -w\,\|a\|$$
//
// by the Euclidean norm, its square or the sum of magnitudes.
//
// Source: Text2Reward, arXiv:2309.11489; xlang-ai/text2reward, the reward programs.
//
// Details that differ:
// - The programs have weights from 0.001 to 0.2, and from 0.01 to 0.1 for the square.
//
// Cost: one number read per dimension of the action.

#include <guerdon/program/distances.hpp>

namespace guerdon {

namespace op {
struct action_penalty {
  static constexpr info about{"action_penalty", "program", "Penalty on the size of actions (Text2Reward)",
                              "arXiv:2309.11489", skeleton::map};
  template <real T>
  struct inputs {
    index_t dimensions = 0;  ///< D, numbers of an action
    view<const T> action;    ///< [N,D]
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> reward;  ///< [N]
  };
  struct options {
    double weight = 0.1;                 ///< what a size of 1 costs
    vector_norm norm = vector_norm::l2;  ///< l2, l2_squared or l1
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("dimensions", &I::dimensions, "D"), array("action", &I::action, "N,D"));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("reward", &O::reward, "N")); }
  static constexpr auto parameters() {
    return std::tuple(option("weight", &options::weight, drawn(0, 1)), choice("norm", &options::norm).first(3));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the penalties.
template <real T = float, backend Backend>
void action_penalty(const Backend& backend, const op::action_penalty::inputs<T>& in,
                    const op::action_penalty::outputs<T>& out, const op::action_penalty::options& o) {
  check<op::action_penalty>(backend, in, out, o);
  backend.each(out.reward.size(), [=] GUERDON_HD(index_t i) {
    const T* const action = in.action.data() + i * in.dimensions;
    out.reward[i] = T(-o.weight * distances::norm_of(o.norm, in.dimensions, [=](index_t d) { return action[d]; }));
  });
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto action_penalty(const Backend& backend, const op::action_penalty::inputs<T>& in,
                    const op::action_penalty::options& o = {}) {
  return returned<op::action_penalty, T>(backend, in, o, [&](auto& out) { action_penalty(backend, in, out, o); });
}

}}  // namespace guerdon
