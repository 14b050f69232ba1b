#pragma once
// How many answers of a prompt gfpo_advantage keeps: more of a hard one.
//
// $$k_g = K_{q}, \qquad q = \#\{j : \theta_j \le \bar r_g\}$$
//
// from the table K of Q numbers, for very hard prompts first, and Q - 1 thresholds of the mean reward.
//
// Source: adaptive difficulty of GFPO, arXiv:2508.09726.
//
// Details that differ:
// - The paper keeps 8, 8, 6 and 4 of 16, by the quartiles of the means seen so far, in a streaming digest; here the
//   caller supplies them. A prompt whose mean is a threshold belongs to the easier bucket, one whose mean is NaN to the
//   hardest.
//
// Cost: the thresholds are read once per prompt.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct gfpo_adaptive_retain {
  static constexpr info about{"gfpo_adaptive_retain", "advantage",
                              "How many answers to keep, by the difficulty of the prompt (GFPO)", "arXiv:2508.09726",
                              skeleton::map};
  template <real T>
  struct inputs {
    view<const T> mean_reward;             ///< [G] of each prompt
    view<const T> thresholds;              ///< [Q-1] none less than the one before it
    view<const index_t> retain_by_bucket;  ///< [Q] each >= 1
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<index_t> retain;  ///< [G] how many answers to keep
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("mean_reward", &I::mean_reward, "G"),
                      array("thresholds", &I::thresholds, "Q", any_real().together("ascending")),
                      array("retain_by_bucket", &I::retain_by_bucket, "Q+1", counts_from(1, 16)));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("retain", &O::retain, "G")); }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the numbers.
template <real T = float, backend Backend>
void gfpo_adaptive_retain(const Backend& backend, const op::gfpo_adaptive_retain::inputs<T>& in,
                          const op::gfpo_adaptive_retain::outputs<T>& out, const op::gfpo_adaptive_retain::options& o) {
  const auto rule = check<op::gfpo_adaptive_retain>(backend, in, out, o);
  if constexpr (Backend::on_host)
    for (index_t j = 0; j < in.thresholds.size(); ++j)
      rule(in.thresholds[j > 0 ? j - 1 : 0] <= in.thresholds[j], "thresholds", "must be numbers that do not decrease");
  backend.each(in.mean_reward.size(), [=] GUERDON_HD(index_t g) {
    index_t passed = 0;
    for (index_t j = 0; j < in.thresholds.size(); ++j) passed += in.thresholds[j] <= in.mean_reward[g] ? 1 : 0;
    out.retain[g] = in.retain_by_bucket[passed];
  });
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto gfpo_adaptive_retain(const Backend& backend, const op::gfpo_adaptive_retain::inputs<T>& in,
                          const op::gfpo_adaptive_retain::options& o = {}) {
  return returned<op::gfpo_adaptive_retain, T>(backend, in, o,
                                               [&](auto& out) { gfpo_adaptive_retain(backend, in, out, o); });
}

}}  // namespace guerdon
