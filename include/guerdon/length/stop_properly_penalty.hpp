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

#include <guerdon/core/shaping.hpp>

namespace guerdon {

enum class stop_penalty_mode { by_sign, scale, set, subtract };
constexpr auto enumerators(stop_penalty_mode) { return std::array{"by_sign", "scale", "set", "subtract"}; }

namespace op {
struct stop_properly_penalty {
  static constexpr info about{"stop_properly_penalty", "length", "Rewards of answers that the length limit cut off",
                              "arXiv:2505.24864", skeleton::map};
  template <real T>
  struct inputs {
    view<const T> reward = {};     ///< [B] base reward
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

/// The reward of one answer.
template <class T>
struct stop_properly_shaping {
  using is_shaping = void;
  using operation = op::stop_properly_penalty;
  operation::inputs<T> in;
  operation::options o;

  template <class Backend>
  void rules(const Backend&, const call_rules& rule) const {
    const bool scales = o.mode == stop_penalty_mode::scale, by_sign = o.mode == stop_penalty_mode::by_sign;
    rule(o.coef <= 1 || !(scales || by_sign), "coef", "must be at most 1 for modes by_sign and scale");
    rule(o.coef >= 0 || !(scales || o.mode == stop_penalty_mode::subtract), "coef",
         "must be at least 0 for modes scale and subtract");
  }
  GUERDON_HD double operator()(index_t i, double reward) const {
    const bool by_sign = o.mode == stop_penalty_mode::by_sign;
    const stop_penalty_mode mode = !by_sign ? o.mode : o.coef >= 0 ? stop_penalty_mode::scale : stop_penalty_mode::set;
    const double cut = mode == stop_penalty_mode::scale ? reward * o.coef
                       : mode == stop_penalty_mode::set ? o.coef
                                                        : reward - o.coef;
    return in.truncated[i] ? cut : reward;
  }
};

/// Writes the shaped rewards.
template <real T = float, backend Backend>
void stop_properly_penalty(const Backend& backend, const op::stop_properly_penalty::inputs<T>& in,
                           const op::stop_properly_penalty::outputs<T>& out,
                           const op::stop_properly_penalty::options& o) {
  const auto rule = check<op::stop_properly_penalty>(backend, in, out, o);
  const stop_properly_shaping<T> shaping{in, o};
  shaping.rules(backend, rule);
  backend.each(in.reward.size(),
               [=] GUERDON_HD(index_t i) { out.shaped_reward[i] = T(shaping(i, double(in.reward[i]))); });
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto stop_properly_penalty(const Backend& backend, const op::stop_properly_penalty::inputs<T>& in,
                           const op::stop_properly_penalty::options& o = {}) {
  return returned<op::stop_properly_penalty, T>(backend, in, o,
                                                [&](auto& out) { stop_properly_penalty(backend, in, out, o); });
}

/// The operation as a part of a pipe.
template <real T = float>
stop_properly_shaping<T> stop_properly_penalty(const op::stop_properly_penalty::inputs<T>& in,
                                               const op::stop_properly_penalty::options& o) {
  return {in, o};
}

}}  // namespace guerdon
