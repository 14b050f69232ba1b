#pragma once
// Right answers are worth less the longer they are, measured against the other right answers to the same prompt.
//
// $$r_i' = [\text{correct}_i]\,\Bigl(1 - \alpha\,\sigma\bigl(\tfrac{L_i - m_g}{s_g + \varepsilon}\bigr)\Bigr)$$
//
// with mean and deviation of the lengths of the right answers of group g.
//
// Source: Training Language Models to Reason Efficiently, arXiv:2502.04463.
//
// Details that differ:
// - `zanette`, the authors' code: population deviation, epsilon 1e-7. A lone right answer gets 1 - alpha / 2.
// - `laser`, the copy in arXiv:2505.15612's code: sample deviation, epsilon 1e-6, and for a lone right answer mean 0
//   and deviation 1, which charges it almost all of alpha. For reproduction only. That copy leaves wrong answers at
//   their base reward; here they get 0 under both.
// - Equal lengths: z is exactly 0.
// - The reward is made of the verdict, no reward goes in: in a pipe it is what the first part gets.
// - The authors count an answer that was cut off as wrong: pass `correct` = 0.
//
// Cost: one pass over the lengths, read from cache three times.

#include <guerdon/core/operation.hpp>
#include <guerdon/statistics/moments.hpp>

namespace guerdon {

/// Whose code: the authors' own, or LASER's copy of it.
enum class efficient_reasoner_variant { zanette, laser };
constexpr auto enumerators(efficient_reasoner_variant) { return std::array{"zanette", "laser"}; }

namespace op {
struct efficient_reasoner_reward {
  static constexpr info about{"efficient_reasoner_reward", "length",
                              "Right answers charged by their length among the right ones of the prompt",
                              "arXiv:2502.04463; arXiv:2505.15612", skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const flag_t> correct;  ///< [B] 1 = the answer is right
    view<const index_t> length;  ///< [B] tokens of the response, >= 0
    segments groups;             ///< cuts the B responses into G prompts
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> shaped_reward;  ///< [B] between 1 - alpha and 1, 0 for wrong answers
  };
  struct options {
    double alpha = 0.2;                                                        ///< in [0, 1), most that length can cost
    efficient_reasoner_variant variant = efficient_reasoner_variant::zanette;  ///< whose deviation and epsilon
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("correct", &I::correct, "B", yes_or_no()), array("length", &I::length, "B", counts(40)),
                      cuts("groups", &I::groups, "G", "B").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("shaped_reward", &O::shaped_reward, "B")); }
  static constexpr auto parameters() {
    return std::tuple(option("alpha", &options::alpha, range{.low = 0, .high = 1, .open_high = true}.drawn(0, 0.95)),
                      choice("variant", &options::variant));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The rewards of one group.
template <class T>
struct efficient_reasoner_program {
  static constexpr bool short_segments = true;
  op::efficient_reasoner_reward::inputs<T> in;
  view<T> shaped;
  op::efficient_reasoner_reward::options o;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = in.groups.begin(g), n = in.groups.size(g);
    const moments right = segment_moments(team, n, [&](index_t k) {
      return counted_value<double>{double(in.length[begin + k]), in.correct[begin + k] != 0};
    });
    const bool copy = o.variant == efficient_reasoner_variant::laser, lone_in_copy = copy && right.count == 1;
    const double mean = lone_in_copy ? 0 : right.mean;
    const double deviation = lone_in_copy ? 1 : math::sqrt(right.variance(copy ? 1 : 0));
    const double scale = 1 / (deviation + (copy ? 1e-6 : 1e-7));
    team.each(n, [&](index_t k) {
      const index_t i = begin + k;
      const double z = (double(in.length[i]) - mean) * scale;
      shaped[i] = T(in.correct[i] ? 1 - o.alpha * math::sigmoid(z) : 0);
    });
  }
};

/// Writes the shaped rewards.
template <real T = float, backend Backend>
void efficient_reasoner_reward(const Backend& backend, const op::efficient_reasoner_reward::inputs<T>& in,
                               const op::efficient_reasoner_reward::outputs<T>& out,
                               const op::efficient_reasoner_reward::options& o) {
  check<op::efficient_reasoner_reward>(backend, in, out, o);
  backend.for_segments(in.groups, efficient_reasoner_program<T>{in, out.shaped_reward, o});
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto efficient_reasoner_reward(const Backend& backend, const op::efficient_reasoner_reward::inputs<T>& in,
                               const op::efficient_reasoner_reward::options& o = {}) {
  return returned<op::efficient_reasoner_reward, T>(backend, in, o,
                                                    [&](auto& out) { efficient_reasoner_reward(backend, in, out, o); });
}

}}  // namespace guerdon
