#pragma once
// A reward that falls with the length of a right answer and rises with that of a wrong one, along half a cosine wave:
// brevity where it works, thinking where it does not.
//
// $$r(p) = a + \frac{b - a}{2}\,(1 + \cos \pi p), \qquad p = \min(L / L_{max},\ 1)$$
//
// from b at length 0 to a at the maximum: for right answers from `max_value_correct` to `min_value_correct`, for wrong
// ones from `min_value_wrong` to `max_value_wrong`.
//
// Source: Demystifying Long Chain-of-Thought Reasoning, arXiv:2502.03373, appendix C; the defaults are TRL's.
//
// Details that differ:
// - The authors do not clamp p: beyond the maximum, and in their code from `margin` = 16 tokens before it, any answer
//   gets `exceed_reward` (-10; their other values are -10, 0, 1 and 2, in the order of the options). They add the
//   n-gram penalty to wrong answers.
// - open-r1 neither clamps nor has an exceed value, so that overlong text is paid like short text again, and counts
//   characters.
// - The result replaces the reward for correctness: it is made of the verdict alone, so in a pipe it is what goes in.
//
// Cost: one cosine per response; its time does not matter.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct cosine_length_reward {
  static constexpr info about{"cosine_length_reward", "length",
                              "Right answers worth more short, wrong ones more long (cosine reward)",
                              "arXiv:2502.03373", skeleton::map};
  template <real T>
  struct inputs {
    view<const flag_t> correct;  ///< [B] 1 = the answer is right
    view<const index_t> length;  ///< [B] tokens of the response, >= 0
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> shaped_reward;  ///< [B]
  };
  struct options {
    index_t max_length = required;   ///< > 0, in tokens
    double min_value_wrong = -1;     ///< of a wrong answer of length 0
    double max_value_wrong = -0.5;   ///< of a wrong answer of full length
    double min_value_correct = 0.5;  ///< of a right answer of full length
    double max_value_correct = 1;    ///< of a right answer of length 0
    bool clamp = true;               ///< lengths beyond the maximum count as the maximum
    index_t margin = 0;              ///< >= 0, tokens before the maximum from which exceed_reward counts
    /// of any answer from max_length - margin on; NaN: there is none
    double exceed_reward = std::numeric_limits<double>::quiet_NaN();
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("correct", &I::correct, "B", yes_or_no()), array("length", &I::length, "B", counts(40)));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("shaped_reward", &O::shaped_reward, "B")); }
  static constexpr auto parameters() {
    return std::tuple(
        option("max_length", &options::max_length, counts_from(1, 60)),
        option("min_value_wrong", &options::min_value_wrong), option("max_value_wrong", &options::max_value_wrong),
        option("min_value_correct", &options::min_value_correct),
        option("max_value_correct", &options::max_value_correct), flag("clamp", &options::clamp),
        option("margin", &options::margin, counts(10)), option_or_nan("exceed_reward", &options::exceed_reward));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the rewards.
template <real T = float, backend Backend>
void cosine_length_reward(const Backend& backend, const op::cosine_length_reward::inputs<T>& in,
                          const op::cosine_length_reward::outputs<T>& out, const op::cosine_length_reward::options& o) {
  check<op::cosine_length_reward>(backend, in, out, o);
  constexpr double pi = 3.14159265358979323846;
  backend.each(in.length.size(), [=] GUERDON_HD(index_t i) {
    const index_t length = in.length[i];
    if (o.exceed_reward == o.exceed_reward && length >= o.max_length - o.margin) {
      out.shaped_reward[i] = T(o.exceed_reward);
      return;
    }
    const double share = double(length) / double(o.max_length), p = o.clamp ? math::min(share, 1.0) : share;
    const double full = in.correct[i] ? o.min_value_correct : o.max_value_wrong;
    const double none = in.correct[i] ? o.max_value_correct : o.min_value_wrong;
    out.shaped_reward[i] = T(full + 0.5 * (none - full) * (1 + ::cos(pi * p)));
  });
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto cosine_length_reward(const Backend& backend, const op::cosine_length_reward::inputs<T>& in,
                          const op::cosine_length_reward::options& o = {}) {
  return returned<op::cosine_length_reward, T>(backend, in, o,
                                               [&](auto& out) { cosine_length_reward(backend, in, out, o); });
}

}}  // namespace guerdon
