#pragma once
// Reward programs composed of terms, with +, -, *, / and stages, and computed in one pass over a batch of states.
//
//   using namespace guerdon::terms;
//   const auto left = between(object, goal, 3);
//   const auto held = is_set(grasped);
//   const auto near = named("near", reaching(between(gripper, object, 3)));
//   const auto program = finished(left <= 0.025, 5, near + named("carried", when(held, 1 + reaching(left))));
//   guerdon::run_program(backend, program, reward);             // or
//   guerdon::run_program(backend, program, reward, components);  // [2,N], of the names
//
// A term (`is_reward_term`) is a value with of(i), the number of state i; a condition (`is_condition`) has holds(i).
// Their arrays lie in the backend's memory and are as long as the batch. All is computed in double. A closed gate leaves
// its term out, NaN or not, and so does a factor of 0.
//
// A function of one or two numbers becomes a term by applied(f, a) or applied(f, a, b).

#include <guerdon/program/primitives.hpp>
#include <guerdon/program/tolerance.hpp>

#include <concepts>
#include <vector>

namespace guerdon {

template <class A>
concept reward_term = requires { typename A::is_reward_term; };
template <class A>
concept reward_condition = requires { typename A::is_condition; };

inline namespace GUERDON_ABI { namespace terms {

// What walks through a program has: part(a) for a term within a term; either(c, a, b) for a, where c holds, and b;
// named(name, a); array(size, width) for an array with so many numbers of each state. Walks are constexpr, which nvcc
// compiles for host and device as they are needed.

/// The same number in every state.
struct constant {
  using is_reward_term = void;
  double value;
  GUERDON_HD double of(index_t) const { return value; }
};
template <class A>
concept term_or_number = reward_term<A> || std::is_arithmetic_v<A>;
template <class... A>
concept terms_and_numbers = (term_or_number<A> && ...) && (reward_term<A> || ...);
template <term_or_number A>
constexpr auto as_term(const A& a) {
  if constexpr (reward_term<A>) return a;
  else return constant{static_cast<double>(a)};
}
template <class A>
using as_term_t = decltype(as_term(std::declval<A>()));

// --- What the states hold -------------------------------------------------------------------------------------------
/// A number of each state, or one of a row of them.
template <real T>
struct array_term {
  using is_reward_term = void;
  view<const T> values;  ///< [N,width]
  index_t width = 1, column = 0;
  GUERDON_HD double of(index_t i) const { return double(values[i * width + column]); }
  template <class V>
  constexpr void walk(V& v) const { v.array(values.size(), width); }
};
template <real T = float>
array_term<T> value_of(view<const T> values) { return {values}; }
template <real T = float>
array_term<T> column_of(view<const T> values, index_t width, index_t column) { return {values, width, column}; }

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
  template <class V>
  constexpr void walk(V& v) const { v.array(a.size(), dimensions), v.array(b.size(), dimensions); }
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
  template <class V>
  constexpr void walk(V& v) const { v.array(vector.size(), dimensions); }
};
template <real T = float>
size_term<T> size_of(view<const T> vector, index_t dimensions, vector_norm norm = vector_norm::l2) {
  return {vector, dimensions, norm};
}

/// Which share of a row of numbers is greater than a term.
template <real T, reward_term A>
struct share_above_term {
  using is_reward_term = void;
  view<const T> values;  ///< [N,width], width >= 1
  index_t width;
  A a;
  GUERDON_HD double of(index_t i) const {
    const double bound = a.of(i);
    index_t above = 0;
    for (index_t k = 0; k < width; ++k) above += double(values[i * width + k]) > bound;
    return double(above) / double(width);
  }
  template <class V>
  constexpr void walk(V& v) const { v.array(values.size(), width), v.part(a); }
};
template <real T = float, reward_term A>
share_above_term<T, A> share_above(view<const T> values, index_t width, const A& a) { return {values, width, a}; }

/// The angle between two orientations, quaternions with w first, as quaternion_angle.
template <real T>
struct angle_term {
  using is_reward_term = void;
  view<const T> a, b;  ///< [N,4]
  quaternion_sense sense;
  GUERDON_HD double of(index_t i) const { return primitives::turn(a.data() + 4 * i, b.data() + 4 * i, sense); }
  template <class V>
  constexpr void walk(V& v) const { v.array(a.size(), 4), v.array(b.size(), 4); }
};
template <real T = float>
angle_term<T> angle_between(view<const T> a, view<const T> b, quaternion_sense sense = quaternion_sense::shortest) {
  return {a, b, sense};
}

/// max(-1, 1 - e^x) for the speed x away from a target, as directional_velocity_reward.
template <real T>
struct approach_term {
  using is_reward_term = void;
  view<const T> offset, velocity;  ///< [N,dimensions]
  index_t dimensions;
  GUERDON_HD double of(index_t i) const {
    return primitives::approach(offset.data() + i * dimensions, velocity.data() + i * dimensions, dimensions);
  }
  template <class V>
  constexpr void walk(V& v) const { v.array(offset.size(), dimensions), v.array(velocity.size(), dimensions); }
};
template <real T = float>
approach_term<T> approaching(view<const T> offset, view<const T> velocity, index_t dimensions) {
  return {offset, velocity, dimensions};
}

/// 1 outside a box whose corners are the same in all states, fading to 0 at one of them, as rect_prism_tolerance.
template <real T>
struct box_term {
  using is_reward_term = void;
  view<const T> point;                    ///< [N,3]
  view<const T> zero_corner, one_corner;  ///< [3], different in every coordinate
  GUERDON_HD double of(index_t i) const {
    return primitives::box_factor(point.data() + 3 * i, zero_corner.data(), one_corner.data());
  }
  template <class V>
  constexpr void walk(V& v) const { v.array(point.size(), 3); }
};
template <real T = float>
box_term<T> outside_box(view<const T> point, view<const T> zero_corner, view<const T> one_corner) {
  return {point, zero_corner, one_corner};
}

// --- Functions of terms ---------------------------------------------------------------------------------------------
template <class F, reward_term A>
struct function_term {
  using is_reward_term = void;
  F f;
  A a;
  GUERDON_HD double of(index_t i) const { return f(a.of(i)); }
  template <class V>
  constexpr void walk(V& v) const { v.part(a); }
};
template <class F, reward_term A, reward_term B>
struct function_of_two_term {
  using is_reward_term = void;
  F f;
  A a;
  B b;
  GUERDON_HD double of(index_t i) const { return f(a.of(i), b.of(i)); }
  template <class V>
  constexpr void walk(V& v) const { v.part(a), v.part(b); }
};
/// f of a term, or of two: any function of numbers that the backend can call.
template <class F, reward_term A>
constexpr function_term<F, A> applied(const F& f, const A& a) { return {f, a}; }
template <class F, class A, class B>
  requires terms_and_numbers<A, B>
constexpr function_of_two_term<F, as_term_t<A>, as_term_t<B>> applied(const F& f, const A& a, const B& b) {
  return {f, as_term(a), as_term(b)};
}

/// 1 - tanh(scale max(a - offset, 0)), as reach_reward.
template <reward_term A>
constexpr auto reaching(const A& a, double scale = 5, double offset = 0) {
  return applied(distances::reach{scale, offset}, a);
}
/// exp(-a / temperature), as temperature_reward.
template <reward_term A>
constexpr auto cooled(const A& a, double temperature) { return applied(primitives::decay{temperature}, a); }
/// -a - clip(log(a + epsilon), log_min, 0), as log_distance_reward.
template <reward_term A>
constexpr auto log_distance(const A& a, double epsilon = 1e-5, double log_min = -10) {
  return applied(primitives::log_distance{epsilon, log_min}, a);
}
/// Cut to [low, high] and mapped to [0, 1], as clip_and_normalize.
template <reward_term A>
constexpr auto in_unit_range(const A& a, double low = 0, double high = 1) {
  if (!(low < high)) refuse("in_unit_range", "low", "and high must be a range: low below high");
  return applied(primitives::unit_range{low, high}, a);
}
/// 1 inside an interval, falling outside, as tolerance.
template <reward_term A>
auto tolerated(const A& a, const op::tolerance::options& o) { return applied(checked_shape(o), a); }
/// -tanh(scale (now - before)), as progress_reward.
template <reward_term A, reward_term B>
constexpr auto progress(const A& now, const B& before, double scale = 1) {
  return applied(primitives::progress{scale}, now, before);
}
/// A soft and of two numbers in [0, 1], as hamacher_product.
template <reward_term A, reward_term B>
constexpr auto both_of(const A& a, const B& b) { return applied(primitives::hamacher(), a, b); }

struct lesser {
  GUERDON_HD double operator()(double a, double b) const { return math::nan_min(a, b); }
};
struct greater {
  GUERDON_HD double operator()(double a, double b) const { return math::nan_max(a, b); }
};
struct quotient {
  GUERDON_HD double operator()(double a, double b) const { return a / b; }
};
struct magnitude {
  GUERDON_HD double operator()(double a) const { return math::abs(a); }
};
template <class A, class B>
  requires terms_and_numbers<A, B>
constexpr auto at_most(const A& a, const B& b) { return applied(lesser(), a, b); }
template <class A, class B>
  requires terms_and_numbers<A, B>
constexpr auto at_least(const A& a, const B& b) { return applied(greater(), a, b); }
template <reward_term A>
constexpr auto magnitude_of(const A& a) { return applied(magnitude(), a); }
template <class A, class B>
  requires terms_and_numbers<A, B>
constexpr auto operator/(const A& a, const B& b) { return applied(quotient(), a, b); }

template <reward_term A, reward_term B>
struct sum_term {
  using is_reward_term = void;
  A a;
  B b;
  GUERDON_HD double of(index_t i) const { return a.of(i) + b.of(i); }
  template <class V>
  constexpr void walk(V& v) const { v.part(a), v.part(b); }
};
struct product {
  GUERDON_HD double operator()(double x, double y) const {
    return math::select((x == 0) | (y == 0), 0.0, x * y);
  }
};
template <class A, class B>
  requires terms_and_numbers<A, B>
constexpr sum_term<as_term_t<A>, as_term_t<B>> operator+(const A& a, const B& b) { return {as_term(a), as_term(b)}; }
template <class A, class B>
  requires terms_and_numbers<A, B>
constexpr auto operator*(const A& a, const B& b) { return applied(product(), a, b); }
template <reward_term A>
constexpr auto operator-(const A& a) { return -1 * a; }
template <class A, class B>
  requires terms_and_numbers<A, B>
constexpr auto operator-(const A& a, const B& b) { return a + -as_term(b); }

// --- Conditions -----------------------------------------------------------------------------------------------------
/// A flag of each state.
struct flag_condition {
  using is_condition = void;
  view<const flag_t> flags;  ///< [N]
  GUERDON_HD bool holds(index_t i) const { return flags[i] != 0; }
  template <class V>
  constexpr void walk(V& v) const { v.array(flags.size(), 1); }
};
inline flag_condition is_set(view<const flag_t> flags) { return {flags}; }

/// a < b, or a <= b. NaN is neither.
template <reward_term A, reward_term B, bool strict>
struct order_condition {
  using is_condition = void;
  A a;
  B b;
  GUERDON_HD bool holds(index_t i) const { return strict ? a.of(i) < b.of(i) : a.of(i) <= b.of(i); }
  template <class V>
  constexpr void walk(V& v) const { v.part(a), v.part(b); }
};
template <bool strict, class A, class B>
constexpr order_condition<as_term_t<A>, as_term_t<B>, strict> in_order(const A& a, const B& b) {
  return {as_term(a), as_term(b)};
}
template <class A, class B>
  requires terms_and_numbers<A, B>
constexpr auto operator<(const A& a, const B& b) { return in_order<true>(a, b); }
template <class A, class B>
  requires terms_and_numbers<A, B>
constexpr auto operator<=(const A& a, const B& b) { return in_order<false>(a, b); }
template <class A, class B>
  requires terms_and_numbers<A, B>
constexpr auto operator>(const A& a, const B& b) { return in_order<true>(b, a); }
template <class A, class B>
  requires terms_and_numbers<A, B>
constexpr auto operator>=(const A& a, const B& b) { return in_order<false>(b, a); }

template <reward_condition A, reward_condition B, bool all>
struct pair_condition {
  using is_condition = void;
  A a;
  B b;
  GUERDON_HD bool holds(index_t i) const { return all ? a.holds(i) && b.holds(i) : a.holds(i) || b.holds(i); }
  template <class V>
  constexpr void walk(V& v) const { v.part(a), v.part(b); }
};
template <reward_condition A>
struct no_condition {
  using is_condition = void;
  A a;
  GUERDON_HD bool holds(index_t i) const { return !a.holds(i); }
  template <class V>
  constexpr void walk(V& v) const { v.part(a); }
};
template <reward_condition A, reward_condition B>
constexpr pair_condition<A, B, true> operator&&(const A& a, const B& b) { return {a, b}; }
template <reward_condition A, reward_condition B>
constexpr pair_condition<A, B, false> operator||(const A& a, const B& b) { return {a, b}; }
template <reward_condition A>
constexpr no_condition<A> operator!(const A& a) { return {a}; }

// --- Stages ---------------------------------------------------------------------------------------------------------
/// The one term where the gate is open, the other where it is closed.
template <reward_condition C, reward_term A, reward_term B>
struct choice_term {
  using is_reward_term = void;
  C gate;
  A a;
  B b;
  GUERDON_HD double of(index_t i) const { return gate.holds(i) ? a.of(i) : b.of(i); }
  template <class V>
  constexpr void walk(V& v) const { v.either(gate, a, b); }
};
template <reward_condition C, term_or_number A, term_or_number B>
constexpr choice_term<C, as_term_t<A>, as_term_t<B>> choose(const C& gate, const A& a, const B& b) {
  return {gate, as_term(a), as_term(b)};
}
/// A stage: the term where its gate is open, else 0. Stages nest: when(near, 1 + when(held, ...)).
template <reward_condition C, term_or_number A>
constexpr auto when(const C& gate, const A& a) { return choose(gate, a, 0); }
/// A number of its own on success, else the term.
template <reward_condition C, reward_term A>
constexpr auto finished(const C& success, double reward, const A& a) { return choose(success, reward, a); }

/// A component: its number is reported beside the reward, as it stands here, without factors around it, and 0 where a
/// gate around it is closed.
template <reward_term A>
struct named_term {
  using is_reward_term = void;
  const char* name;
  A a;
  GUERDON_HD double of(index_t i) const { return a.of(i); }
  template <class V>
  constexpr void walk(V& v) const { v.named(name, a); }
};
template <reward_term A>
constexpr named_term<A> named(const char* name, const A& a) { return {name, a}; }

// --- Walks ----------------------------------------------------------------------------------------------------------
struct name_list {
  std::vector<const char*> names;
  template <class A>
  void part(const A& a) {
    if constexpr (requires { a.walk(*this); }) a.walk(*this);
  }
  template <class C, class A, class B>
  void either(const C&, const A& a, const B& b) { part(a), part(b); }
  template <class A>
  void named(const char* name, const A& a) { names.push_back(name), part(a); }
  void array(index_t, index_t) {}
};
/// Refuses arrays that are not as long as the batch.
struct length_check {
  index_t count;
  template <class A>
  void part(const A& a) {
    if constexpr (requires { a.walk(*this); }) a.walk(*this);
  }
  template <class C, class A, class B>
  void either(const C& gate, const A& a, const B& b) { part(gate), part(a), part(b); }
  template <class A>
  void named(const char*, const A& a) { part(a); }
  void array(index_t size, index_t width) {
    require(width > 0 && size == count * width, "run_program", "program",
            "holds an array whose length is not that of the rewards");
  }
};
template <real T>
struct component_writer {
  index_t state, count;
  T* at;
  bool open = true;
  template <class A>
  constexpr void part(const A& a) {
    if constexpr (requires { a.walk(*this); }) a.walk(*this);
  }
  template <class C, class A, class B>
  constexpr void either(const C& gate, const A& a, const B& b) {
    const bool was = open, holds = gate.holds(state);
    open = was && holds, part(a);
    open = was && !holds, part(b);
    open = was;
  }
  template <class A>
  constexpr void named(const char*, const A& a) {
    at[state] = T(open ? a.of(state) : 0), at += count;
    part(a);
  }
  constexpr void array(index_t, index_t) {}
};

}  // namespace terms

/// The names of a program's components, in their order.
template <reward_term A>
std::vector<const char*> component_names(const A& program) {
  terms::name_list list;
  list.part(program);
  return std::move(list.names);
}

/// Writes the reward of every state, and the components [C,N], if asked for, in the order of component_names().
template <real T, backend Backend, reward_term A>
void run_program(const Backend& backend, const A& program, view<T> reward, view<T> components = {}) {
  const index_t count = reward.size();
  require(count == 0 || reward.data() != nullptr, "run_program", "reward", "is required and was not given");
  require(!components || components.size() == count * index_t(component_names(program).size()), "run_program",
          "components", "must hold a row as long as the rewards for each named term");
  terms::length_check{count}.part(program);
  backend.each(count, [=] GUERDON_HD(index_t i) {
    reward[i] = T(program.of(i));
    if (components) terms::component_writer<T>{i, count, components.data()}.part(program);
  });
}

}}  // namespace guerdon
