#pragma once
// What an answer is worth that the length limit cut off: a share of its reward, a fixed value, or its reward less a
// fine.
//
// | mode | reward of a truncated answer |
// |---|---|
// | scale | $c\,r$ |
// | set | $c$ |
// | subtract | $r - c$ |
// | by_sign | $c\,r$ where $c \ge 0$, else $c$ |
//
// Source: ProRL, arXiv:2505.24864; `by_sign` is OpenRLHF's, `subtract` TRL's missing_eos_penalty.
//
// Details that differ:
// - Scaling a negative reward down makes truncation pay.
// - NaN stays NaN under scale and subtract, at c = 0 too; `set` does not look at the reward.
//
// Cost: one reward and one flag read per response.

#include <guerdon/core/operation.hpp>

namespace guerdon {

enum class stop_penalty_mode { by_sign, scale, set, subtract };
constexpr auto enumerators(stop_penalty_mode) { return std::array{"by_sign", "scale", "set", "subtract"}; }

namespace op {
struct stop_properly_penalty {
  static constexpr info about{"stop_properly_penalty", "length", "Rewards of answers that the length limit cut off",
                              "arXiv:2505.24864", skeleton::map};
  template <real T>
  struct inputs {
    view<const T> reward;          ///< [B] base reward
    view<const flag_t> truncated;  ///< [B] 1 = the length limit stopped it
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> shaped_reward;  ///< [B]
  };
  struct options {
    double coef = required;  ///< c; at most 1 for by_sign and scale, at least 0 for scale and subtract
    stop_penalty_mode mode = stop_penalty_mode::by_sign;  ///< what becomes of a truncated answer
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("reward", &I::reward, "B"), array("truncated", &I::truncated, "B", yes_or_no()));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("shaped_reward", &O::shaped_reward, "B")); }
  static constexpr auto parameters() {
    return std::tuple(option("coef", &options::coef, drawn(0, 1)), choice("mode", &options::mode));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the shaped rewards.
template <real T = float, backend Backend>
void stop_properly_penalty(const Backend& backend, const op::stop_properly_penalty::inputs<T>& in,
                           const op::stop_properly_penalty::outputs<T>& out,
                           const op::stop_properly_penalty::options& o) {
  const auto rule = check<op::stop_properly_penalty>(backend, in, out, o);
  const bool scales = o.mode == stop_penalty_mode::scale, by_sign = o.mode == stop_penalty_mode::by_sign;
  rule(o.coef <= 1 || !(scales || by_sign), "coef", "must be at most 1 for modes by_sign and scale");
  rule(o.coef >= 0 || !(scales || o.mode == stop_penalty_mode::subtract), "coef",
       "must be at least 0 for modes scale and subtract");
  const stop_penalty_mode mode = !by_sign ? o.mode : o.coef >= 0 ? stop_penalty_mode::scale : stop_penalty_mode::set;
  const double coef = o.coef;
  backend.each(in.reward.size(), [=] GUERDON_HD(index_t i) {
    const double reward = double(in.reward[i]);
    const double cut = mode == stop_penalty_mode::scale ? reward * coef
                       : mode == stop_penalty_mode::set ? coef
                                                        : reward - coef;
    out.shaped_reward[i] = T(in.truncated[i] ? cut : reward);
  });
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto stop_properly_penalty(const Backend& backend, const op::stop_properly_penalty::inputs<T>& in,
                           const op::stop_properly_penalty::options& o = {}) {
  return returned<op::stop_properly_penalty, T>(backend, in, o,
                                                [&](auto& out) { stop_properly_penalty(backend, in, out, o); });
}

}}  // namespace guerdon
