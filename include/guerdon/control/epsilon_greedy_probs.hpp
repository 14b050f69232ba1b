#pragma once
// The probabilities of an epsilon-greedy policy.
//
// $$p_a = \frac{\epsilon}{\#\text{legal}} + (1 - \epsilon) \frac{[q_a = \max q]}{\#\text{best}}$$
//
// over the legal actions; `ties = first` gives the greedy part to the first of the best alone.
//
// Source: textbook; distrax, which rlax uses, splits ties.
//
// Details that differ:
// - Illegal actions get 0 and are not read. A row without legal actions: 0. A NaN among the legal ones: NaN on them.
// - For td_target's expected_sarsa, and for ratios.
//
// Cost: the row read twice, one number written per action.

#include <guerdon/core/operation.hpp>

namespace guerdon {

enum class greedy_ties { split, first };
constexpr auto enumerators(greedy_ties) { return std::array{"split", "first"}; }

namespace op {
struct epsilon_greedy_probs {
  static constexpr info about{"epsilon_greedy_probs", "control", "Probabilities of an epsilon-greedy policy", "",
                              skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    segments rows;                  ///< cuts the actions into N states: segments::uniform(N, A) for [N,A]
    view<const T> q;                ///< [N,A]
    view<const flag_t> legal = {};  ///< [N,A] 1 = may be taken; left out: all may
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> probs;  ///< [N,A]
  };
  struct options {
    double epsilon = required;  ///< [0, 1]
    greedy_ties ties = greedy_ties::split;
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::rows(&I::rows), array("q", &I::q, "B,T"),
                      optional_array("legal", &I::legal, "B,T", yes_or_no()));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("probs", &O::probs, "B,T")); }
  static constexpr auto parameters() {
    return std::tuple(option("epsilon", &options::epsilon, within(0, 1)), choice("ties", &options::ties));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct epsilon_greedy_program {
  static constexpr bool short_segments = true;
  op::epsilon_greedy_probs::inputs<T> in;
  view<T> probs;
  double epsilon;
  greedy_ties ties;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    constexpr double inf = std::numeric_limits<double>::infinity();
    const index_t begin = in.rows.begin(row), n = in.rows.size(row);
    const auto legal = [&](index_t a) { return !in.legal || in.legal[begin + a] != 0; };
    const auto value = [&](index_t a) { return double(in.q[begin + a]); };
    const auto all = team.template reduce<highest, add>(n, [&](index_t a) {
      return legal(a) ? lanes{value(a), 1.0} : lanes{-inf, 0.0};
    });
    const double top = all[0], count = all[1];
    const auto best = team.template reduce<add, lowest>(n, [&](index_t a) {
      return legal(a) && value(a) == top ? lanes{1.0, static_cast<double>(a)} : lanes{0.0, inf};
    });
    const double broken = top != top ? top : 0, greedy = 1 - epsilon;
    team.each(n, [&](index_t a) {
      const bool chosen = value(a) == top && (ties == greedy_ties::split || static_cast<double>(a) == best[1]);
      const double share = chosen ? greedy / (ties == greedy_ties::split ? best[0] : 1) : 0;
      probs[begin + a] = T(legal(a) ? epsilon / count + share + broken : 0.0);
    });
  }
};

/// Writes the probabilities.
template <real T = float, backend Backend>
void epsilon_greedy_probs(const Backend& backend, const op::epsilon_greedy_probs::inputs<T>& in,
                          const op::epsilon_greedy_probs::outputs<T>& out, const op::epsilon_greedy_probs::options& o) {
  check<op::epsilon_greedy_probs>(backend, in, out, o);
  backend.for_segments(in.rows, epsilon_greedy_program<T>{in, out.probs, o.epsilon, o.ties});
}

/// The probabilities in an array of the backend's.
template <real T = float, backend Backend>
auto epsilon_greedy_probs(const Backend& backend, const op::epsilon_greedy_probs::inputs<T>& in,
                          const op::epsilon_greedy_probs::options& o) {
  return returned<op::epsilon_greedy_probs, T>(backend, in, o,
                                               [&](auto& out) { epsilon_greedy_probs(backend, in, out, o); });
}

}}  // namespace guerdon
