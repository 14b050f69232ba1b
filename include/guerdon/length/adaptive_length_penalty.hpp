#pragma once
// Every token is charged, and more so on prompts that are often solved: an easy prompt should not take long.
//
// $$r_i' = [\text{correct}_i] - \beta\,L_i \max(p_g,\ 1/K)$$
//
// with the solve rate p of the group's K answers.
//
// Source: ALP, arXiv:2506.05256.
//
// Details that differ:
// - Unsolved prompts keep the weight 1/K. Right and wrong answers are both charged.
// - The reward is made of the verdict, no reward goes in: in a pipe it is what the first part gets.
// - The default beta is tiny: where all answers are right, normalisation over the group scales it up.
//
// Cost: one pass over flags and lengths, read from cache twice.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct adaptive_length_penalty {
  static constexpr info about{"adaptive_length_penalty", "length",
                              "A charge per token that grows with the solve rate (ALP)", "arXiv:2506.05256",
                              skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const flag_t> correct;  ///< [B] 1 = the answer is right
    view<const index_t> length;  ///< [B] tokens of the response, >= 0
    segments groups;             ///< cuts the B responses into G prompts
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> shaped_reward;  ///< [B]
    Of<T> solve_rate;     ///< [G] share of right answers, 0 for an empty group
  };
  struct options {
    double beta = 1e-7;  ///< >= 0, charge of a token
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("correct", &I::correct, "B", yes_or_no()), array("length", &I::length, "B", counts(40)),
                      cuts("groups", &I::groups, "G", "B").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("shaped_reward", &O::shaped_reward, "B"), array("solve_rate", &O::solve_rate, "G"));
  }
  static constexpr auto parameters() { return std::tuple(option("beta", &options::beta, at_least(0, 0.1))); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The rewards of one group.
template <class T>
struct adaptive_length_program {
  static constexpr bool short_segments = true;
  op::adaptive_length_penalty::inputs<T> in;
  op::adaptive_length_penalty::outputs<T> out;
  double beta;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = in.groups.begin(g), n = in.groups.size(g);
    const double right = team.sum(n, [&](index_t k) { return in.correct[begin + k] ? 1.0 : 0.0; });
    const double rate = n > 0 ? right / double(n) : 0, charge = beta * math::max(right, 1.0) / double(n);
    team.each(n, [&](index_t k) {
      const double correct = in.correct[begin + k] ? 1 : 0;
      out.shaped_reward[begin + k] = T(correct - charge * double(in.length[begin + k]));
    });
    team.once([&] { out.solve_rate[g] = T(rate); });
  }
};

/// Writes rewards and solve rates.
template <real T = float, backend Backend>
void adaptive_length_penalty(const Backend& backend, const op::adaptive_length_penalty::inputs<T>& in,
                             const op::adaptive_length_penalty::outputs<T>& out,
                             const op::adaptive_length_penalty::options& o) {
  check<op::adaptive_length_penalty>(backend, in, out, o);
  backend.for_segments(in.groups, adaptive_length_program<T>{in, out, o.beta});
}

/// The same in arrays of the backend's.
template <real T = float, backend Backend>
auto adaptive_length_penalty(const Backend& backend, const op::adaptive_length_penalty::inputs<T>& in,
                             const op::adaptive_length_penalty::options& o = {}) {
  return returned<op::adaptive_length_penalty, T>(backend, in, o,
                                                  [&](auto& out) { adaptive_length_penalty(backend, in, out, o); });
}

}}  // namespace guerdon
