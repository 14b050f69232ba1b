#pragma once
// The reward of generated chart code: text, picture and whether it runs, the picture from the second stage on.
//
// $$r = w_t r_{\text{text}} + [\text{stage} = 2]\, w_v r_{\text{visual}} + w_e\, e$$
//
// Source: MSRL, arXiv:2508.13587; the weights are this project's.
//
// Details that differ:
// - In stage 1 the visual reward is not looked at: NaN is fine there.
//
// Cost: 13 bytes per row in float; its time does not matter.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct msrl_reward {
  static constexpr info about{"msrl_reward", "verify",
                              "Text, picture and execution of chart code, in two stages (MSRL)",
                              "arXiv:2508.13587", skeleton::map};
  template <real T>
  struct inputs {
    view<const T> text_reward;      ///< [B]
    view<const T> visual_reward;    ///< [B]
    view<const flag_t> executable;  ///< [B] 1 = the code runs
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> reward;  ///< [B]
  };
  struct options {
    index_t stage = 2;  ///< 1: without pictures, or 2
    double text_weight = 1;
    double visual_weight = 1;
    double execution_weight = 1;
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("text_reward", &I::text_reward, "B", drawn(0, 1)),
                      array("visual_reward", &I::visual_reward, "B", drawn(0, 1)),
                      array("executable", &I::executable, "B", yes_or_no()));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("reward", &O::reward, "B")); }
  static constexpr auto parameters() {
    constexpr range one_or_two{.low = 1, .high = 2, .draw_low = 1, .draw_high = 2, .draws = range::whole};
    return std::tuple(option("stage", &options::stage, one_or_two),
                      option("text_weight", &options::text_weight), option("visual_weight", &options::visual_weight),
                      option("execution_weight", &options::execution_weight));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the rewards.
template <real T = float, backend Backend>
void msrl_reward(const Backend& backend, const op::msrl_reward::inputs<T>& in, const op::msrl_reward::outputs<T>& out,
                 const op::msrl_reward::options& o) {
  check<op::msrl_reward>(backend, in, out, o);
  backend.each(out.reward.size(), [=] GUERDON_HD(index_t i) {
    double reward = o.text_weight * double(in.text_reward[i]) + (in.executable[i] ? o.execution_weight : 0);
    if (o.stage == 2) reward += o.visual_weight * double(in.visual_reward[i]);
    out.reward[i] = T(reward);
  });
}

/// The rewards in an array of the backend's.
template <real T = float, backend Backend>
auto msrl_reward(const Backend& backend, const op::msrl_reward::inputs<T>& in, const op::msrl_reward::options& o = {}) {
  return returned<op::msrl_reward, T>(backend, in, o, [&](auto& out) { msrl_reward(backend, in, out, o); });
}

}}  // namespace guerdon
