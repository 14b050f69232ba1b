#pragma once
// One reward for a whole prompt: its mean, discounted by how much its answers disagree.
//
// $$R_g = \mathrm{mean}(r_g)\,(1 - \lambda_n H_g), \qquad \lambda_n = \frac{1 - 1/n}{\log_b n}$$
//
// so that full agreement keeps the mean and n different answers divide it by n. $H_g$ is outcome_entropy's,
// $b$ the base it was computed in.
//
// Source: COPO, arXiv:2508.04138; the formula is that of its published code.
//
// Details that differ:
// - The published launch script has the discount switched off (`use_consistency = false`); here it is on.
// - Group of one: its reward, whatever the entropy; the published code divides 0 by 0. Empty group: 0.
// - NaN and infinity follow arithmetic inside their group. No gradient.
//
// Cost: one pass over the rewards.

#include <guerdon/advantage/prompt_reward.hpp>
#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct copo_global_reward {
  static constexpr info about{"copo_global_reward", "advantage",
                              "A prompt's mean reward, discounted by the disagreement of its answers (COPO)",
                              "arXiv:2508.04138", skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const T> reward;   ///< [N] one reward per answer
    view<const T> entropy;  ///< [G] of the answers' classes
    segments groups;        ///< cuts the N answers into G prompts
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> global_reward;  ///< [G]
  };
  struct options {
    bool use_consistency = true;  ///< false: the plain mean
    double log_base = 2;          ///< > 1, the base of the entropy
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("reward", &I::reward, "N"), cuts("groups", &I::groups, "G", "N").in_files("group_offsets"),
                      array("entropy", &I::entropy, "G", drawn(0, 3)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("global_reward", &O::global_reward, "G"));
  }
  static constexpr auto parameters() {
    return std::tuple(flag("use_consistency", &options::use_consistency),
                      option("log_base", &options::log_base, greater_than(1, 1.5, 10)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the group rewards.
template <real T = float, backend Backend>
void copo_global_reward(const Backend& backend, const op::copo_global_reward::inputs<T>& in,
                        const op::copo_global_reward::outputs<T>& out, const op::copo_global_reward::options& o) {
  check<op::copo_global_reward>(backend, in, out, o);
  backend.for_segments(in.groups, prompt_reward<T, T>{{in.reward, {}}, in.entropy, in.groups, out.global_reward,
                                                      o.use_consistency, o.log_base});
}

/// The group rewards in an array of the backend's.
template <real T = float, backend Backend>
auto copo_global_reward(const Backend& backend, const op::copo_global_reward::inputs<T>& in,
                        const op::copo_global_reward::options& o = {}) {
  return returned<op::copo_global_reward, T>(backend, in, o,
                                             [&](auto& out) { copo_global_reward(backend, in, out, o); });
}

}}  // namespace guerdon
