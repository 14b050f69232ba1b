#pragma once
// Group-relative advantage, scaled per response by how hard it is and per group by how the reward model responds.
//
// $$A_i = \alpha_i^D\,\alpha_g^M\,\frac{r_i - \mathrm{mean}(r_g)}{\mathrm{std}(r_g) + \varepsilon}$$
//
// with the factors of data_hardness and model_responsiveness; `combine = mean` takes their mean instead of the product.
//
// Source: GRPO-S of DR-IRL, arXiv:2503.18991.
//
// Details that differ:
// - The epsilon is not the paper's. The mean is its weaker ablation, with equal weights.
// - The scale differs inside a group, so that a group's advantages no longer add up to 0.
// - Constant group, and group of one: exactly 0, also where the scale is infinite. A NaN scale makes its response NaN
//   in every group. A NaN or infinite reward makes its group NaN, of one too. No gradient: advantages are constants for
//   the loss.
//
// Cost: 16 bytes per response in float, read from cache three times.

#include <guerdon/advantage/group_rules.hpp>
#include <guerdon/core/operation.hpp>

namespace guerdon {

enum class scale_combination { product, mean };
constexpr auto enumerators(scale_combination) { return std::array{"product", "mean"}; }

namespace op {
struct grpo_s_advantage {
  static constexpr info about{"grpo_s_advantage", "advantage",
                              "Group-relative advantage times hardness and responsiveness (DR-IRL)", "arXiv:2503.18991",
                              skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const T> reward = {};     ///< [B] one reward per response
    view<const T> data_hardness;   ///< [B] its factor
    view<const T> responsiveness;  ///< [G] the group's factor
    segments groups = {};          ///< cuts the B responses into G prompts
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> scale;      ///< [B] product or mean of the factors
    Of<T> advantage;  ///< [B]
  };
  struct options {
    double epsilon = 1e-6;                                   ///< >= 0, added to the deviation
    index_t ddof = 1;                                        ///< 0 or 1: the variance divides by n - ddof
    scale_combination combine = scale_combination::product;  ///< how the two factors become one
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("reward", &I::reward, "B"), array("data_hardness", &I::data_hardness, "B"),
                      array("responsiveness", &I::responsiveness, "G"),
                      cuts("groups", &I::groups, "G", "B").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("scale", &O::scale, "B"), array("advantage", &O::advantage, "B"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("epsilon", &options::epsilon, at_least(0, 0.1)),
                      option("ddof", &options::ddof, within(0, 1)), choice("combine", &options::combine));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T, reward_shaping Shaping>
struct grpo_s_program {
  static constexpr bool short_segments = true;
  shaped_rewards<T, Shaping> rewards;
  op::grpo_s_advantage::inputs<T> in;
  op::grpo_s_advantage::outputs<T> out;
  scaling_rule scaling;
  scale_combination combine;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = in.groups.begin(g), n = in.groups.size(g);
    const double of_group = double(in.responsiveness[g]);
    const auto reward = rewards.at_group(team, g, begin, n);
    normalise_group(team, n, reward, {}, scaling, [&](index_t i, double a) {
      const double own = double(in.data_hardness[begin + i]);
      const double scale = combine == scale_combination::product ? own * of_group : (own + of_group) / 2;
      out.scale[begin + i] = T(scale);
      out.advantage[begin + i] = T(scale != scale ? scale : math::zero_select_product(a, scale));
    });
  }
};

/// Writes scales and advantages of what a shaping makes of the rewards (core/shaping.hpp).
template <real T = float, backend Backend, reward_shaping Shaping>
void grpo_s_advantage(const Backend& backend, const op::grpo_s_advantage::inputs<T>& in,
                      const op::grpo_s_advantage::outputs<T>& out, const op::grpo_s_advantage::options& o,
                      const Shaping& shaping) {
  check<op::grpo_s_advantage>(backend, in, out, o, shaping);
  const scaling_rule scaling{.ddof = double(o.ddof), .epsilon = double(T(o.epsilon))};
  backend.for_segments(in.groups, grpo_s_program<T, Shaping>{{in.reward, shaping}, in, out, scaling, o.combine});
}

/// Writes scales and advantages.
template <real T = float, backend Backend>
void grpo_s_advantage(const Backend& backend, const op::grpo_s_advantage::inputs<T>& in,
                      const op::grpo_s_advantage::outputs<T>& out, const op::grpo_s_advantage::options& o) {
  grpo_s_advantage(backend, in, out, o, unshaped());
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto grpo_s_advantage(const Backend& backend, const op::grpo_s_advantage::inputs<T>& in,
                      const op::grpo_s_advantage::options& o = {}) {
  return returned<op::grpo_s_advantage, T>(backend, in, o, [&](auto& out) { grpo_s_advantage(backend, in, out, o); });
}

/// The end of a pipe.
template <real T = float>
auto grpo_s_advantage(const op::grpo_s_advantage::inputs<T>& in, const op::grpo_s_advantage::options& o = {}) {
  return advantage_of<op::grpo_s_advantage>(in, o, [](const auto&... call) { grpo_s_advantage(call...); });
}

}}  // namespace guerdon
