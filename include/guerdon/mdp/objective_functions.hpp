#pragma once
// The functions of a return, and of several, that objectives are made of: the caller's own, or one that has a name.

#include <guerdon/mdp/finite_mdp.hpp>
#include <guerdon/mdp/own_function.hpp>

#include <span>

namespace guerdon {

enum class scalar_function {
  identity,
  square,
  exp,                      ///< e^(c x)
  threshold,                ///< 1 if x >= c
  negative_square_distance  ///< -(x - c)^2
};
constexpr auto enumerators(scalar_function) {
  return std::array{"identity", "square", "exp", "threshold", "negative_square_distance"};
}
enum class aggregator {
  min,
  product,
  sum,
  all_above  ///< 1 if every entry >= c
};
constexpr auto enumerators(aggregator) { return std::array{"min", "product", "sum", "all_above"}; }

/// Several rewards of one process, as [K,S,A,S] or as [K,S,A].
struct reward_stack {
  view<const double> transition;         ///< [S,A,S] each row a distribution
  view<const double> rewards = {};       ///< [K,S,A,S], or:
  view<const double> pair_rewards = {};  ///< [K,S,A] in its place
  index_t states = 0;                    ///< S
  index_t actions = 0;                   ///< A

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::extent("states", &I::states, "S"), op::extent("actions", &I::actions, "A"),
                      op::array("transition", &I::transition, "S,A,S", op::probabilities()),
                      op::optional_array("rewards", &I::rewards, "K,S,A,S"),
                      op::optional_array("pair_rewards", &I::pair_rewards, "K,S,A").in_files("rewards"));
  }
};

inline namespace GUERDON_ABI { namespace mdp {

inline double apply(scalar_function f, double x, double c) {
  switch (f) {
    case scalar_function::identity: return x;
    case scalar_function::square: return x * x;
    case scalar_function::exp: return std::exp(c * x);
    case scalar_function::threshold: return x >= c ? 1 : 0;
    case scalar_function::negative_square_distance: break;
  }
  return -(x - c) * (x - c);
}
inline double apply(aggregator f, std::span<const double> x, double c) {
  double result = f == aggregator::min ? std::numeric_limits<double>::infinity() : f == aggregator::sum ? 0 : 1;
  for (const double y : x) {
    if (f == aggregator::min) result = y < result || y != y ? y : result;
    if (f == aggregator::product) result *= y;
    if (f == aggregator::sum) result += y;
    if (f == aggregator::all_above && !(y >= c)) result = 0;
  }
  return result;
}

/// The caller's own function of x, or the one that the options name.
template <class F, class Options, class X>
double applied(const F& f, const Options& o, const X& x) {
  if constexpr (is_own<F>) return f(x);
  else return apply(o.function, x, o.parameter);
}

inline model checked(const call_rules& rule, const reward_stack& in, const view<const double>& initial,
                     const view<const double>& policy) {
  rule(bool(in.rewards) != bool(in.pair_rewards), "rewards", "must be given once, as [K,S,A,S] or as [K,S,A]");
  return checked(rule, finite_dynamics{in.transition, in.states, in.actions}, initial, policy);
}
/// Reward k of the stack, the one view or the other.
inline view<const double> part_of(const view<const double>& stack, std::size_t k, std::size_t size) {
  return stack ? view<const double>(stack.data() + k * size, static_cast<index_t>(size)) : view<const double>();
}
inline std::size_t count_of(const reward_stack& in, const model& m) {
  const std::size_t wide = static_cast<std::size_t>(in.rewards.size()) / (m.pairs() * m.states);
  return in.rewards ? wide : static_cast<std::size_t>(in.pair_rewards.size()) / m.pairs();
}

}}  // namespace GUERDON_ABI::mdp
}  // namespace guerdon
