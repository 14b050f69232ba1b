#pragma once
// A reward in stages, each of which counts once its gate is open, and a number of its own for success.
//
// $$r = \begin{cases} s & \text{success} \\ b + \sum_{k} x_k \prod_{j \le k} g_j & \text{else} \end{cases}$$
//
// `nested = false` opens each gate by itself: $x_k\, g_k$.
//
// Source: Text2Reward, arXiv:2309.11489; xlang-ai/text2reward, the prompts' nested conditions.
//
// Details that differ:
// - A term behind a closed gate is left out, even if it is NaN or infinite. On success nothing else counts.
// - The rule of the prompts is the caller's: terms that grow, so that a later stage always beats an earlier one.
//
// Cost: two numbers read per stage.

#include <guerdon/core/operation.hpp>

namespace guerdon {

namespace op {
struct staged_reward {
  static constexpr info about{"staged_reward", "program", "Reward in stages with gates (Text2Reward)",
                              "arXiv:2309.11489", skeleton::map};
  template <real T>
  struct inputs {
    view<const flag_t> gates;    ///< [K,N] 1 = open
    view<const T> terms;         ///< [K,N] of each stage
    view<const flag_t> success;  ///< [N] 1 = done
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> reward;  ///< [N]
  };
  struct options {
    bool nested = true;                ///< a closed gate closes all later ones
    double success_reward = required;  ///< all there is on success
    double base = 0;                   ///< without success, whatever the gates
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("gates", &I::gates, "K,N", yes_or_no()).hiding_nothing(),
                      array("terms", &I::terms, "K,N"),
                      array("success", &I::success, "N", yes_or_no()).hiding_nothing());
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("reward", &O::reward, "N")); }
  static constexpr auto parameters() {
    return std::tuple(flag("nested", &options::nested),
                      option("success_reward", &options::success_reward, drawn(1, 5)),
                      option("base", &options::base, drawn(-1, 1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the rewards.
template <real T = float, backend Backend>
void staged_reward(const Backend& backend, const op::staged_reward::inputs<T>& in,
                   const op::staged_reward::outputs<T>& out, const op::staged_reward::options& o) {
  check<op::staged_reward>(backend, in, out, o);
  const index_t count = in.success.size(), stages = count == 0 ? 0 : in.terms.size() / count;
  backend.each(count, [=] GUERDON_HD(index_t i) {
    double sum = o.base;
    for (index_t k = 0; k < stages; ++k) {
      const bool open = in.gates[k * count + i] != 0;
      if (open) sum += double(in.terms[k * count + i]);
      else if (o.nested) break;
    }
    out.reward[i] = T(in.success[i] != 0 ? o.success_reward : sum);
  });
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto staged_reward(const Backend& backend, const op::staged_reward::inputs<T>& in,
                   const op::staged_reward::options& o = {}) {
  return returned<op::staged_reward, T>(backend, in, o, [&](auto& out) { staged_reward(backend, in, out, o); });
}

}}  // namespace guerdon
