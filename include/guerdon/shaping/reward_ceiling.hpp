#pragma once
// Reward cut off at a ceiling, above which a reward model's scores are not believed.
//
// $$r' = \min(r,\ c)$$
//
// Source: arXiv:2502.18770, the first step of the study's pipeline.
//
// Details that differ:
// - A NaN reward stays NaN.
//
// Cost: one reward read, one written.

#include <guerdon/core/shaping.hpp>

namespace guerdon {
namespace op {
struct reward_ceiling {
  static constexpr info about{"reward_ceiling", "shaping", "Reward cut off at a ceiling", "arXiv:2502.18770",
                              skeleton::map};
  template <real T>
  struct inputs {
    view<const T> reward;  ///< [B]
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> shaped_reward;  ///< [B] at most the ceiling
  };
  struct options {
    double ceiling = required;  ///< c
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("reward", &I::reward, "B")); }
  template <class O>
  static constexpr auto results() { return std::tuple(array("shaped_reward", &O::shaped_reward, "B")); }
  static constexpr auto parameters() { return std::tuple(option("ceiling", &options::ceiling)); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The reward of one answer.
struct ceiling_shaping {
  using is_shaping = void;
  using operation = op::reward_ceiling;
  operation::options o;

  GUERDON_HD double operator()(index_t, double reward) const { return math::min(reward, o.ceiling); }
};

/// Writes the shaped rewards.
template <real T = float, backend Backend>
void reward_ceiling(const Backend& backend, const op::reward_ceiling::inputs<T>& in,
                    const op::reward_ceiling::outputs<T>& out, const op::reward_ceiling::options& o) {
  check<op::reward_ceiling>(backend, in, out, o);
  const ceiling_shaping shaping{o};
  backend.each(in.reward.size(),
               [=] GUERDON_HD(index_t i) { out.shaped_reward[i] = T(shaping(i, double(in.reward[i]))); });
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto reward_ceiling(const Backend& backend, const op::reward_ceiling::inputs<T>& in,
                    const op::reward_ceiling::options& o = {}) {
  return returned<op::reward_ceiling, T>(backend, in, o, [&](auto& out) { reward_ceiling(backend, in, out, o); });
}

/// The operation as a part of a pipe.
inline ceiling_shaping reward_ceiling(const op::reward_ceiling::options& o) { return {o}; }

}}  // namespace guerdon
