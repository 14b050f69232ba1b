#pragma once
// What makes no sense does not compile, and says why: a sentence for each way in which the parts of an objective do not
// fit.

#include <guerdon/objective/policy_objective.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

template <class X>
concept objective_part = policy_term<X> || policy_ratio<X> || policy_rule<X> || policy_weight<X>;

template <objective_part A, objective_part B>
  requires(!(policy_ratio<A> && policy_rule<B>))
constexpr auto operator|(const A&, const B&) {
  static_assert(!policy_rule<A>, "the ratio comes before its rule: ratio | rule");
  static_assert(!policy_term<A>, "a term has its rule already; terms are added: term + term");
  static_assert(!policy_weight<A>, "a weight multiplies a term: weight * (ratio | rule)");
  static_assert(!policy_ratio<A>, "behind a ratio comes a rule, such as clipped{}: ratio | rule");
}

template <objective_part A, objective_part B>
  requires(!(policy_term<A> && policy_term<B>))
constexpr auto operator+(const A&, const B&) {
  static_assert(!policy_ratio<A> && !policy_ratio<B>, "a ratio is no loss yet: give it a rule, ratio | rule");
  static_assert(!policy_rule<A> && !policy_rule<B>, "a rule is no loss yet: give it a ratio, ratio | rule");
  static_assert(!policy_weight<A> && !policy_weight<B>, "a weight is no loss: it multiplies a term, weight * term");
}

template <objective_part A, objective_part B>
  requires(!(policy_weight<A> && policy_term<B>))
constexpr auto operator*(const A&, const B&) {
  static_assert(!(policy_term<A> && policy_term<B>), "a product of losses is no loss: add them, or give one a factor");
  static_assert(!(policy_term<A> && policy_weight<B>), "the weight comes before its term: weight * term");
  static_assert((policy_term<A> && policy_term<B>) || (policy_term<A> && policy_weight<B>),
                "a weight multiplies a term: weight * (ratio | rule)");
}

template <objective_part A, objective_part B>
constexpr auto operator-(const A&, const B&) {
  static_assert(!objective_part<A>, "losses are added; what counts against them has a factor below 0: -0.1 * term");
}

template <class Number, objective_part X>
  requires(std::is_arithmetic_v<Number> && !policy_term<X>)
constexpr auto operator*(Number, const X&) {
  static_assert(policy_term<X>, "a factor multiplies a term: factor * (ratio | rule)");
}
template <objective_part X, class Number>
  requires(std::is_arithmetic_v<Number>)
constexpr auto operator*(const X&, Number) {
  static_assert(!std::is_arithmetic_v<Number>, "the factor comes before its term: factor * term");
}

template <objective_part X>
  requires(!policy_term<X>)
void where(view<const flag_t>, const X&) {
  static_assert(policy_term<X>, "a mask keeps a term: where(keep, ratio | rule)");
}
template <objective_part X>
  requires(!policy_term<X>)
void except(view<const flag_t>, const X&) {
  static_assert(policy_term<X>, "a mask drops from a term: except(dropped, ratio | rule)");
}

template <storage T = float, backend Backend, class X>
  requires(!policy_term<X>)
void policy_objective(const Backend&, const op::policy_objective::inputs<T>&, const policy_outputs<T>&, const X&,
                      const op::policy_objective::options&) {
  static_assert(policy_term<X>, "an objective is made of terms, such as token_ratio{} | clipped{}");
}
template <storage T = float, backend Backend, class X>
  requires(!policy_term<X>)
void policy_objective(const Backend&, const op::policy_objective::inputs<T>&, const X&,
                      const op::policy_objective::options& = {}) {
  static_assert(policy_term<X>, "an objective is made of terms, such as token_ratio{} | clipped{}");
}

}}  // namespace guerdon
