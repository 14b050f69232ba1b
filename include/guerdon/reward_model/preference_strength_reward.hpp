#pragma once
// Rule reward for a judge that says which of two answers is better, and by how much.
//
// $$r = \begin{cases} 1 & p = g \\ c & p g > 0 \text{ and } |p| \le m \\ 0 & \text{else} \end{cases}
//   \;+\; w\,[\text{format ok}]$$
//
// with the judge's strength p and the annotated one g, on a scale of -m to m; c = sign_credit.
//
// Source: Think-RM, arXiv:2505.16265, as in its released code.
//
// Details that differ:
// - The released runs use accuracy only; the format term is that of an earlier version. It is added in every case, also
//   where the strength was unreadable.
// - NaN, unreadable, on either side: 0. A judge of two verdicts: sign_credit 0.
//
// Cost: two reads and a write per judgement.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct preference_strength_reward {
  static constexpr info about{"preference_strength_reward", "reward_model",
                              "Judged strength against the annotated one (Think-RM)", "arXiv:2505.16265",
                              skeleton::map};
  template <real T>
  struct inputs {
    view<const T> pred;                 ///< [N] the judge's strength; NaN: unreadable
    view<const T> gold;                 ///< [N] the annotated strength; NaN: none
    view<const flag_t> format_ok = {};  ///< [N] 1 = the judgement has the demanded form; left out: no format term
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> reward;  ///< [N]
  };
  struct options {
    double sign_credit = 0.5;  ///< for the right side
    double max_strength = 3;   ///< beyond which a strength is none
    double format_weight = 1;  ///< for the form
  };

  template <class I>
  static constexpr auto arguments() {
    constexpr range strengths{.draw_low = -4, .draw_high = 4, .draws = range::whole};
    return std::tuple(array("pred", &I::pred, "N", strengths), array("gold", &I::gold, "N", strengths),
                      optional_array("format_ok", &I::format_ok, "N", yes_or_no()));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("reward", &O::reward, "N")); }
  static constexpr auto parameters() {
    return std::tuple(option("sign_credit", &options::sign_credit, drawn(0, 1)),
                      option("max_strength", &options::max_strength, drawn(1, 4)),
                      option("format_weight", &options::format_weight, drawn(0, 1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the rewards.
template <real T = float, backend Backend>
void preference_strength_reward(const Backend& backend, const op::preference_strength_reward::inputs<T>& in,
                                const op::preference_strength_reward::outputs<T>& out,
                                const op::preference_strength_reward::options& o) {
  check<op::preference_strength_reward>(backend, in, out, o);
  const double most = double(T(o.max_strength));
  backend.each(in.pred.size(), [=] GUERDON_HD(index_t i) {
    const double pred = double(in.pred[i]), gold = double(in.gold[i]);
    const bool same_side = (pred > 0 && gold > 0) || (pred < 0 && gold < 0);  // all false with NaN
    const double reward = pred == gold ? 1 : same_side && math::abs(pred) <= most ? o.sign_credit : 0;
    const double form = in.format_ok && in.format_ok[i] ? o.format_weight : 0;
    out.reward[i] = T(reward + form);
  });
}

/// The rewards in an array of the backend's.
template <real T = float, backend Backend>
auto preference_strength_reward(const Backend& backend, const op::preference_strength_reward::inputs<T>& in,
                                const op::preference_strength_reward::options& o = {}) {
  return returned<op::preference_strength_reward, T>(
      backend, in, o, [&](auto& out) { preference_strength_reward(backend, in, out, o); });
}

}}  // namespace guerdon
