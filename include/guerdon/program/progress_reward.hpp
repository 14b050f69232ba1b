#pragma once
// A reward for a quantity that shrinks, such as a distance, by how much it did since the last step.
//
// $$r = -w \tanh\bigl(k\,(x_t - x_{t-1})\bigr)$$
//
// Source: Text2Reward, arXiv:2309.11489; xlang-ai/text2reward, turn_faucet.py.
//
// Details that differ:
// - The previous value is an argument. At the start of an episode pass the current one: 0.
//
// Cost: two numbers read, one written.

#include <guerdon/program/primitives.hpp>

namespace guerdon {

namespace op {
struct progress_reward {
  static constexpr info about{"progress_reward", "program", "Reward for a quantity that shrinks (Text2Reward)",
                              "arXiv:2309.11489", skeleton::map};
  template <real T>
  struct inputs {
    view<const T> current;   ///< [N] the quantity now
    view<const T> previous;  ///< [N] a step before
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> reward;  ///< [N] above 0 if it shrank
  };
  struct options {
    double scale = 1;   ///< how steep
    double weight = 1;  ///< the largest reward
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("current", &I::current, "N"), array("previous", &I::previous, "N"));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("reward", &O::reward, "N")); }
  static constexpr auto parameters() {
    return std::tuple(option("scale", &options::scale, drawn(0.2, 3)),
                      option("weight", &options::weight, drawn(0, 5)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the rewards.
template <real T = float, backend Backend>
void progress_reward(const Backend& backend, const op::progress_reward::inputs<T>& in,
                     const op::progress_reward::outputs<T>& out, const op::progress_reward::options& o) {
  check<op::progress_reward>(backend, in, out, o);
  const primitives::progress shrinking{o.scale};
  const double weight = o.weight;
  backend.each(in.current.size(), [=] GUERDON_HD(index_t i) {
    out.reward[i] = T(weight * shrinking(double(in.current[i]), double(in.previous[i])));
  });
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto progress_reward(const Backend& backend, const op::progress_reward::inputs<T>& in,
                     const op::progress_reward::options& o = {}) {
  return returned<op::progress_reward, T>(backend, in, o, [&](auto& out) { progress_reward(backend, in, out, o); });
}

}}  // namespace guerdon
