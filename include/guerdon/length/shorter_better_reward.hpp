#pragma once
// Answers are charged for how far they are from the shortest right answer to the same prompt.
//
// $$r_i' = \alpha\,[\text{correct}_i] - \beta\,|L_i - L^*_g|$$
//
// with the length $L^*$ of the group's shortest right answer, or the mean length of all its answers where none is
// right.
//
// Source: ShorterBetter, arXiv:2504.21370.
//
// Details that differ:
// - The reward is made of the verdict, no reward goes in: in a pipe it is what the first part gets.
// - The charge has two sides: a wrong answer that is shorter than the target pays as well.
//
// Cost: one pass over flags and lengths, read from cache twice.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct shorter_better_reward {
  static constexpr info about{"shorter_better_reward", "length",
                              "Distance from the shortest right answer of the prompt (ShorterBetter)",
                              "arXiv:2504.21370", skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const flag_t> correct;  ///< [B] 1 = the answer is right
    view<const index_t> length;  ///< [B] tokens of the response, >= 0
    segments groups;             ///< cuts the B responses into G prompts
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> shaped_reward;   ///< [B]
    Of<T> optimal_length;  ///< [G] the target, 0 for an empty group
  };
  struct options {
    double alpha = 2;     ///< worth of a right answer
    double beta = 0.001;  ///< charge of a token
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("correct", &I::correct, "B", yes_or_no()), array("length", &I::length, "B", counts(40)),
                      cuts("groups", &I::groups, "G", "B").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("shaped_reward", &O::shaped_reward, "B"), array("optimal_length", &O::optimal_length, "G"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("alpha", &options::alpha), option("beta", &options::beta, drawn(0, 0.1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The rewards of one group.
template <class T>
struct shorter_better_program {
  static constexpr bool short_segments = true;
  op::shorter_better_reward::inputs<T> in;
  op::shorter_better_reward::outputs<T> out;
  op::shorter_better_reward::options o;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = in.groups.begin(g), n = in.groups.size(g);
    const auto total = team.template reduce<lowest, add>(n, [&](index_t k) {
      const double length = double(in.length[begin + k]);
      return lanes{in.correct[begin + k] ? length : lowest::identity, length};
    });
    const double mean = n > 0 ? total[1] / double(n) : 0;
    const double target = total[0] < lowest::identity ? total[0] : mean;
    team.each(n, [&](index_t k) {
      const double worth = in.correct[begin + k] ? o.alpha : 0;
      out.shaped_reward[begin + k] = T(worth - o.beta * math::abs(double(in.length[begin + k]) - target));
    });
    team.once([&] { out.optimal_length[g] = T(target); });
  }
};

/// Writes rewards and targets.
template <real T = float, backend Backend>
void shorter_better_reward(const Backend& backend, const op::shorter_better_reward::inputs<T>& in,
                           const op::shorter_better_reward::outputs<T>& out,
                           const op::shorter_better_reward::options& o) {
  check<op::shorter_better_reward>(backend, in, out, o);
  backend.for_segments(in.groups, shorter_better_program<T>{in, out, o});
}

/// The same in arrays of the backend's.
template <real T = float, backend Backend>
auto shorter_better_reward(const Backend& backend, const op::shorter_better_reward::inputs<T>& in,
                           const op::shorter_better_reward::options& o = {}) {
  return returned<op::shorter_better_reward, T>(backend, in, o,
                                                [&](auto& out) { shorter_better_reward(backend, in, out, o); });
}

}}  // namespace guerdon
