#pragma once
// Advantages straight from a judge's strengths of preference for every pair of a prompt's answers, without rewards.
//
// $$\Delta_{ij} = -s_{(i,j)}, \quad \Delta_{ji} = s_{(i,j)} \quad (i < j), \qquad
//   A_i = \frac{\frac1G \sum_j \Delta_{ij}}{\sqrt{\frac{\sum_{ij} \Delta_{ij}^2}{2 G (G-1)} + \varepsilon}}$$
//
// where a negative strength prefers the answer listed first, so that $\Delta_{ij}$ estimates $r_i - r_j$. Where it is that
// exactly, the root is the sample deviation of the rewards and A their z-score, grpo_advantage's.
//
// Source: Think-RM, arXiv:2505.16265, section 3.3, as in its released code.
//
// Details that differ:
// - Epsilon is inside the root. A judge that never prefers: exactly 0, with an epsilon of 0 too.
// - A group of one: 0; the released code divides 0 by 0.
// - A NaN strength, unread, counts as 0. A cycle cancels.
// - The released code never swaps the order of the answers: position bias is not averaged out.
//
// Cost: G^2 numbers written per prompt.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct pairwise_preference_advantage {
  static constexpr info about{"pairwise_preference_advantage", "reward_model",
                              "Advantages from a judge's pairwise strengths (Think-RM)", "arXiv:2505.16265",
                              skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const T> strength;  ///< [P,M] pairs (0,1), (0,2), ..., (1,2), ... of each prompt; M = G (G-1) / 2
    index_t prompts = 0;     ///< P
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> advantage;   ///< [P,G]
    Of<T> difference;  ///< [P,G,G] antisymmetric, row i: by how much answer i leads
  };
  struct options {
    index_t group_size = required;  ///< >= 1, G
    double epsilon = 1e-6;          ///< >= 0, added inside the root
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("strength", &I::strength, "P,M", drawn(-3, 3)), extent("prompts", &I::prompts, "P"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("advantage", &O::advantage, "P,G"), array("difference", &O::difference, "P,G,G"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("group_size", &options::group_size, counts_from(1, 4).together("pairs of M")),
                      option("epsilon", &options::epsilon, at_least(0, 0.1)));
  }

  static constexpr char decided_symbol = 'G';
  static constexpr index_t most = index_t(1) << 20;
  static constexpr index_t pairs_of(index_t size) { return size * (size - 1) / 2; }
  template <class I>
  static index_t decided_size(const I&, const options& o) { return o.group_size <= most ? o.group_size : -1; }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The place of the pair (i, j), i < j, among those of G answers.
GUERDON_HD inline index_t pair_place(index_t i, index_t j, index_t size) {
  return i * size - i * (i + 1) / 2 + j - i - 1;
}

template <class T>
struct preference_advantage_program {
  static constexpr bool short_segments = true;
  view<const T> strength;
  op::pairwise_preference_advantage::outputs<T> out;
  index_t size;
  double epsilon;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t p) const {
    const index_t pairs = op::pairwise_preference_advantage::pairs_of(size);
    const T* const s = strength.data() + p * pairs;
    const auto lead = [=, n = size](index_t i, index_t j) {
      if (i == j) return 0.0;
      const double x = double(i < j ? s[pair_place(i, j, n)] : s[pair_place(j, i, n)]);
      return x != x || x == 0 ? 0.0 : i < j ? -x : x;
    };
    const double squares = team.sum(pairs, [=](index_t k) {
      const double x = double(s[k]);
      return x != x ? 0 : x * x;
    });
    // Each pair stands in the matrix twice.
    const double mean_square = size > 1 ? squares / (double(size) * double(size - 1)) : 0;
    const double scale = squares == 0 ? 0 : 1 / (double(size) * math::sqrt(mean_square + epsilon));
    team.each(size, [&](index_t i) {
      double sum = 0;
      for (index_t j = 0; j < size; ++j) {
        const double d = lead(i, j);
        out.difference[(p * size + i) * size + j] = T(d);
        sum += d;
      }
      out.advantage[p * size + i] = T(math::zero_select_product(scale, sum));
    });
  }
};

/// Writes advantages and differences.
template <real T = float, backend Backend>
void pairwise_preference_advantage(const Backend& backend, const op::pairwise_preference_advantage::inputs<T>& in,
                                   const op::pairwise_preference_advantage::outputs<T>& out,
                                   const op::pairwise_preference_advantage::options& o) {
  const auto rule = check<op::pairwise_preference_advantage>(backend, in, out, o);
  rule(o.group_size <= op::pairwise_preference_advantage::most, "group_size", "must be at most 2^20");
  const index_t size = o.group_size, groups = in.prompts;
  rule(in.strength.size() == groups * op::pairwise_preference_advantage::pairs_of(size), "strength",
       "has the wrong shape: a prompt has G (G-1) / 2 pairs");
  backend.for_segments(segments::uniform(groups, size),
                       preference_advantage_program<T>{in.strength, out, size, o.epsilon});
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto pairwise_preference_advantage(const Backend& backend, const op::pairwise_preference_advantage::inputs<T>& in,
                                   const op::pairwise_preference_advantage::options& o) {
  return returned<op::pairwise_preference_advantage, T>(
      backend, in, o, [&](auto& out) { pairwise_preference_advantage(backend, in, out, o); });
}

}}  // namespace guerdon
