#pragma once
// Reward programs composed of terms, with +, -, * and stages, and computed in one pass over a batch of states.
//
//   using namespace guerdon::terms;
//   const auto left = between(object, goal, 3);
//   const auto held = is_set(grasped);
//   const auto near = reaching(between(gripper, object, 3));
//   const auto program = finished(left <= 0.025, 5, near + when(held, 1 + reaching(left)));
//   guerdon::run_program(backend, program, reward);
//
// A term (`is_reward_term`) is a value with of(i), the number of state i; a condition (`is_condition`) has holds(i).
// Their arrays lie in the backend's memory and must be as long as the batch, which no term knows. A closed gate leaves
// its term out, NaN or not, and so does a factor of 0.

#include <guerdon/program/distances.hpp>

#include <concepts>

namespace guerdon {

template <class A>
concept reward_term = requires { typename A::is_reward_term; };
template <class A>
concept reward_condition = requires { typename A::is_condition; };

inline namespace GUERDON_ABI { namespace terms {

/// The same number in every state.
struct constant {
  using is_reward_term = void;
  double value;
  GUERDON_HD double of(index_t) const { return value; }
};
/// A number of each state.
template <real T>
struct array_term {
  using is_reward_term = void;
  view<const T> values;  ///< [N]
  GUERDON_HD double of(index_t i) const { return double(values[i]); }
};
template <real T = float>
array_term<T> value_of(view<const T> values) { return {values}; }

/// The distance of two points of each state.
template <real T>
struct distance_term {
  using is_reward_term = void;
  view<const T> a, b;  ///< [N,dimensions]
  index_t dimensions;
  vector_norm norm;
  GUERDON_HD double of(index_t i) const {
    return distances::between(a.data() + i * dimensions, b.data() + i * dimensions, dimensions, norm);
  }
};
template <real T = float>
distance_term<T> between(view<const T> a, view<const T> b, index_t dimensions, vector_norm norm = vector_norm::l2) {
  return {a, b, dimensions, norm};
}
/// The size of a vector of each state, such as an action or the speeds of joints.
template <real T>
struct size_term {
  using is_reward_term = void;
  view<const T> vector;  ///< [N,dimensions]
  index_t dimensions;
  vector_norm norm;
  GUERDON_HD double of(index_t i) const {
    const T* const x = vector.data() + i * dimensions;
    return distances::norm_of(norm, dimensions, [=](index_t d) { return x[d]; });
  }
};
template <real T = float>
size_term<T> size_of(view<const T> vector, index_t dimensions, vector_norm norm = vector_norm::l2) {
  return {vector, dimensions, norm};
}

/// 1 - tanh(scale max(a - offset, 0)), as reach_reward.
template <reward_term A>
struct reach_term {
  using is_reward_term = void;
  A a;
  distances::reach bonus;
  GUERDON_HD double of(index_t i) const { return bonus(a.of(i)); }
};
template <reward_term A>
constexpr reach_term<A> reaching(const A& a, double scale = 5, double offset = 0) { return {a, {scale, offset}}; }

/// exp(-a / temperature), as temperature_reward.
template <reward_term A>
struct temperature_term {
  using is_reward_term = void;
  A a;
  double temperature;
  GUERDON_HD double of(index_t i) const { return math::exp(-a.of(i) / temperature); }
};
template <reward_term A>
constexpr temperature_term<A> cooled(const A& a, double temperature) { return {a, temperature}; }

/// -tanh(scale (now - before)), as progress_reward.
template <reward_term A, reward_term B>
struct progress_term {
  using is_reward_term = void;
  A now;
  B before;
  double scale;
  GUERDON_HD double of(index_t i) const { return -::tanh(scale * (now.of(i) - before.of(i))); }
};
template <reward_term A, reward_term B>
constexpr progress_term<A, B> progress(const A& now, const B& before, double scale = 1) { return {now, before, scale}; }

/// No more than a bound.
template <reward_term A>
struct bounded_term {
  using is_reward_term = void;
  A a;
  double most;
  GUERDON_HD double of(index_t i) const { return math::nan_min(a.of(i), most); }
};
template <reward_term A>
constexpr bounded_term<A> at_most(const A& a, double most) { return {a, most}; }

template <reward_term A, reward_term B>
struct sum_term {
  using is_reward_term = void;
  A a;
  B b;
  GUERDON_HD double of(index_t i) const { return a.of(i) + b.of(i); }
};
template <reward_term A, reward_term B>
struct product_term {
  using is_reward_term = void;
  A a;
  B b;
  GUERDON_HD double of(index_t i) const {
    const double x = a.of(i), y = b.of(i);
    return math::select((x == 0) | (y == 0), 0.0, x * y);
  }
};
template <reward_term A, reward_term B>
constexpr sum_term<A, B> operator+(const A& a, const B& b) { return {a, b}; }
template <reward_term A>
constexpr sum_term<A, constant> operator+(const A& a, double b) { return {a, {b}}; }
template <reward_term A>
constexpr sum_term<constant, A> operator+(double a, const A& b) { return {{a}, b}; }
template <reward_term A, reward_term B>
constexpr product_term<A, B> operator*(const A& a, const B& b) { return {a, b}; }
template <reward_term A>
constexpr product_term<constant, A> operator*(double a, const A& b) { return {{a}, b}; }
template <reward_term A>
constexpr product_term<constant, A> operator*(const A& a, double b) { return {{b}, a}; }
template <reward_term A>
constexpr product_term<constant, A> operator-(const A& a) { return {{-1}, a}; }
template <reward_term A, reward_term B>
constexpr auto operator-(const A& a, const B& b) { return a + -b; }
template <reward_term A>
constexpr sum_term<A, constant> operator-(const A& a, double b) { return {a, {-b}}; }
template <reward_term A>
constexpr auto operator-(double a, const A& b) { return a + -b; }

/// A flag of each state.
struct flag_condition {
  using is_condition = void;
  view<const flag_t> flags;  ///< [N]
  GUERDON_HD bool holds(index_t i) const { return flags[i] != 0; }
};
inline flag_condition is_set(view<const flag_t> flags) { return {flags}; }

/// a <= bound, or a >= bound. NaN is neither.
template <reward_term A>
struct bound_condition {
  using is_condition = void;
  A a;
  double bound;
  bool above;
  GUERDON_HD bool holds(index_t i) const { return above ? a.of(i) >= bound : a.of(i) <= bound; }
};
template <reward_term A>
constexpr bound_condition<A> operator<=(const A& a, double bound) { return {a, bound, false}; }
template <reward_term A>
constexpr bound_condition<A> operator>=(const A& a, double bound) { return {a, bound, true}; }

template <reward_condition A, reward_condition B>
struct both_condition {
  using is_condition = void;
  A a;
  B b;
  GUERDON_HD bool holds(index_t i) const { return a.holds(i) && b.holds(i); }
};
template <reward_condition A>
struct no_condition {
  using is_condition = void;
  A a;
  GUERDON_HD bool holds(index_t i) const { return !a.holds(i); }
};
template <reward_condition A, reward_condition B>
constexpr both_condition<A, B> operator&&(const A& a, const B& b) { return {a, b}; }
template <reward_condition A>
constexpr no_condition<A> operator!(const A& a) { return {a}; }

/// A stage: the term where its gate is open, else 0. Stages nest: when(near, 1 + when(held, ...)).
template <reward_condition C, reward_term A>
struct gated_term {
  using is_reward_term = void;
  C gate;
  A a;
  GUERDON_HD double of(index_t i) const { return gate.holds(i) ? a.of(i) : 0; }
};
template <reward_condition C, reward_term A>
constexpr gated_term<C, A> when(const C& gate, const A& a) { return {gate, a}; }
template <reward_condition C>
constexpr gated_term<C, constant> when(const C& gate, double a) { return {gate, {a}}; }

/// A number of its own on success, else the term.
template <reward_condition C, reward_term A>
struct finished_term {
  using is_reward_term = void;
  C success;
  double reward;
  A a;
  GUERDON_HD double of(index_t i) const { return success.holds(i) ? reward : a.of(i); }
};
template <reward_condition C, reward_term A>
constexpr finished_term<C, A> finished(const C& success, double reward, const A& a) { return {success, reward, a}; }

}  // namespace terms

/// Writes the reward of every state.
template <real T, backend Backend, reward_term A>
void run_program(const Backend& backend, const A& program, view<T> reward) {
  require(reward.size() == 0 || reward.data() != nullptr, "run_program", "reward", "is required and was not given");
  backend.each(reward.size(), [=] GUERDON_HD(index_t i) { reward[i] = T(program.of(i)); });
}

}}  // namespace guerdon
