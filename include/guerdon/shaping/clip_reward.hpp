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

#include <guerdon/core/shaping.hpp>

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

/// The reward of one answer.
struct clip_shaping {
  using is_shaping = void;
  using operation = op::clip_reward;
  operation::options o;

  template <class Backend>
  void rules(const Backend&, const call_rules& rule) const {
    const bool clips = o.mode == reward_clip::clip;
    rule(!clips || o.low == o.low, "low", "is required for mode clip and was not given");
    rule(!clips || o.high == o.high, "high", "is required for mode clip and was not given");
    rule(!(o.low > o.high), "low", "must not be greater than high");
  }
  template <std::floating_point R>
  GUERDON_HD R operator()(index_t, R reward) const {
    return o.mode == reward_clip::clip ? math::clamp(reward, R(o.low), R(o.high)) : math::sign(reward);
  }
};

/// Writes the rewards.
template <storage T = float, backend Backend>
void clip_reward(const Backend& backend, const op::clip_reward::inputs<T>& in, const op::clip_reward::outputs<T>& out,
                 const op::clip_reward::options& o) {
  const auto rule = check<op::clip_reward>(backend, in, out, o);
  const clip_shaping shaping{o};
  shaping.rules(backend, rule);
  backend.each(in.reward.size(),
               [=] GUERDON_HD(index_t i) { out.reward[i] = T(shaping(i, real_t<T>(in.reward[i]))); });
}

/// The same in an array of the backend's.
template <storage T = float, backend Backend>
auto clip_reward(const Backend& backend, const op::clip_reward::inputs<T>& in, const op::clip_reward::options& o = {}) {
  return returned<op::clip_reward, T>(backend, in, o, [&](auto& out) { clip_reward(backend, in, out, o); });
}

/// The operation as a part of a pipe.
inline clip_shaping clip_reward(const op::clip_reward::options& o) { return {o}; }

}}  // namespace guerdon
