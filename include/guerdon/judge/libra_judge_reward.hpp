#pragma once
// Reward for a judge that thinks: right or wrong, less a penalty for thinking longer than expected.
//
// $$r = r_{\text{right or wrong}} + p, \qquad
//   p = -c\,\mathrm{clip}\Bigl(\frac{L - L_{\exp}}{L_{\max} - L_{\exp}},\ 0,\ 1\Bigr)$$
//
// Source: Libra, arXiv:2507.21645; the amounts and the exact form of p were not published: derived, the usual soft
// penalty.
//
// Details that differ:
// - A verdict that could not be read is wrong, and so is any number but 1 and 0.
// - L_max = L_exp is a step: nothing up to it, -c above.
// - With `penalty_scale` 0 lengths are not read, and their limits need not be given. A backend whose memory the host
//   cannot read does not refuse a length below 0.
//
// Cost: 5 numbers per sample.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct libra_judge_reward {
  static constexpr info about{"libra_judge_reward", "judge", "Right verdict, less a penalty for long thoughts (Libra)",
                              "arXiv:2507.21645", skeleton::map, 1e-5, true};
  template <real T>
  struct inputs {
    view<const index_t> verdict;  ///< [N] 1 = correct, 0 = incorrect, -1 = unparsed
    view<const index_t> label;    ///< [N] 1 or 0
    view<const T> length = {};    ///< [N] tokens that the judge wrote, >= 0; left out: 0
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> reward;   ///< [N]
    Of<T> penalty;  ///< [N] <= 0, part of the reward
  };
  struct options {
    double correct_reward = 1;
    double wrong_reward = 0;
    double penalty_scale = 0;     ///< c >= 0; 0: no penalty
    double expected_length = -1;  ///< L_exp >= 0 in tokens; must be given with a penalty
    double max_length = -1;       ///< L_max >= L_exp, likewise
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("verdict", &I::verdict, "N", integers(-1, 1)),
                      array("label", &I::label, "N", whole_within(0, 1)),
                      optional_array("length", &I::length, "N", integers(0, 40)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("reward", &O::reward, "N"), array("penalty", &O::penalty, "N"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("correct_reward", &options::correct_reward, any_value()),
                      option("wrong_reward", &options::wrong_reward, any_value()),
                      option("penalty_scale", &options::penalty_scale, at_least(0, 2).without_nan()),
                      option("expected_length", &options::expected_length, drawn(0, 20)),
                      option("max_length", &options::max_length, drawn(20, 40)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes rewards and penalties.
template <real T = float, backend Backend>
void libra_judge_reward(const Backend& backend, const op::libra_judge_reward::inputs<T>& in,
                        const op::libra_judge_reward::outputs<T>& out, const op::libra_judge_reward::options& o) {
  const auto rule = check<op::libra_judge_reward>(backend, in, out, o);
  const bool penalised = o.penalty_scale > 0;
  rule(!penalised || o.expected_length >= 0, "expected_length", "must be given, and at least 0, with a penalty");
  rule(!penalised || o.max_length >= o.expected_length, "max_length",
       "must be given, and at least expected_length, with a penalty");
  if constexpr (Backend::on_host)
    if (penalised)
      for (const T length : in.length) rule(length >= 0, "length", "must be at least 0");
  backend.each(in.verdict.size(), [=] GUERDON_HD(index_t i) {
    const double over = penalised && in.length ? double(in.length[i]) - o.expected_length : 0;
    const double span = o.max_length - o.expected_length;
    const double penalty = over > 0 ? -o.penalty_scale * (over < span ? over / span : 1) : 0;
    const bool right = in.verdict[i] >= 0 && in.verdict[i] == in.label[i];
    out.penalty[i] = T(penalty);
    out.reward[i] = T((right ? o.correct_reward : o.wrong_reward) + penalty);
  });
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto libra_judge_reward(const Backend& backend, const op::libra_judge_reward::inputs<T>& in,
                        const op::libra_judge_reward::options& o = {}) {
  return returned<op::libra_judge_reward, T>(backend, in, o,
                                             [&](auto& out) { libra_judge_reward(backend, in, out, o); });
}

}}  // namespace guerdon
