#pragma once
// Rewards cut to an interval, or to their sign.
//
// $$r' = \mathrm{clip}(r,\ l,\ h) \qquad \text{or} \qquad r' = \mathrm{sign}(r) \in \{-1, 0, 1\}$$
//
// Source: Mnih et al. 2015 (rewards to [-1, 1]); the sign, OpenAI Baselines' Atari wrapper.
//
// Details that differ:
// - NaN stays NaN. Mode `sign` does not use the bounds, but checks them if they are given.
//
// Cost: one reward read, one written.

#include <guerdon/core/operation.hpp>

namespace guerdon {

enum class reward_clip { clip, sign };
constexpr auto enumerators(reward_clip) { return std::array{"clip", "sign"}; }

namespace op {
struct clip_reward {
  static constexpr info about{"clip_reward", "shaping", "Reward cut to an interval, or to its sign", "", skeleton::map};
  template <storage T>
  struct inputs {
    view<const T> reward;  ///< any shape
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> reward;  ///< the same shape
  };
  struct options {
    reward_clip mode = reward_clip::clip;                    ///< cut to [low, high], or to the sign
    double low = std::numeric_limits<double>::quiet_NaN();   ///< required for mode clip
    double high = std::numeric_limits<double>::quiet_NaN();  ///< required for mode clip; at least low
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("reward", &I::reward, "*")); }
  template <class O>
  static constexpr auto results() { return std::tuple(array("reward", &O::reward, "*")); }
  static constexpr auto parameters() {
    return std::tuple(choice("mode", &options::mode), option_or_nan("low", &options::low, drawn(-2, 0)),
                      option_or_nan("high", &options::high, drawn(0, 2)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the rewards.
template <storage T = float, backend Backend>
void clip_reward(const Backend& backend, const op::clip_reward::inputs<T>& in, const op::clip_reward::outputs<T>& out,
                 const op::clip_reward::options& o) {
  const auto rule = check<op::clip_reward>(backend, in, out, o);
  const bool clips = o.mode == reward_clip::clip;
  rule(!clips || o.low == o.low, "low", "is required for mode clip and was not given");
  rule(!clips || o.high == o.high, "high", "is required for mode clip and was not given");
  rule(!(o.low > o.high), "low", "must not be greater than high");
  using R = real_t<T>;
  const R low = R(o.low), high = R(o.high);
  backend.each(in.reward.size(), [=] GUERDON_HD(index_t i) {
    const R r = R(in.reward[i]);
    out.reward[i] = T(clips ? math::clamp(r, low, high) : math::sign(r));
  });
}

/// The same in an array of the backend's.
template <storage T = float, backend Backend>
auto clip_reward(const Backend& backend, const op::clip_reward::inputs<T>& in, const op::clip_reward::options& o = {}) {
  return returned<op::clip_reward, T>(backend, in, o, [&](auto& out) { clip_reward(backend, in, out, o); });
}

}}  // namespace guerdon
