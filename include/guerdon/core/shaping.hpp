#pragma once
// shaping | shaping | advantage: one launch, with the bits of the calls that it replaces.
//
//   shaped_advantage(cpu, {.reward = reward, .groups = groups},
//                    laser_reward({.correct = right, .length = length}, {.target_length = 4000}) |
//                        soft_overlong_punishment({.length = length}, {.max_length = 8000, .cache_length = 1000}) |
//                        grpo_advantage({.std_scope = std_scope::none}));
//
// An operation's name without a backend is the operation as a part: its arrays and options, but for the rewards and
// groups, which come through the pipe. Groups are read anew for every statistic that an advantage takes, and what a
// shaping makes of a reward is computed as often: cheap for what is a formula, n times the group for what compares
// answers with each other.
//
// A shaping is a value with `is_shaping`, and either a function of an answer alone,
//   shaping(i, reward)                     the reward of answer i
// or one that its whole group decides,
//   at_group(team, group, reward)          by the whole team; returns a function of k, 0..group.size-1, as reward is
// with `operation`, `in` and `o`, by which the call is checked, and rules(backend, rule) for what no list can say.
// Between the parts a reward is rounded to the element type, as an array would. Whether it lies in the range that the next
// operation states is not looked at.

#include <guerdon/core/operation.hpp>

namespace guerdon {

/// What goes into a pipe.
template <real T>
struct answer_rewards {
  view<const T> reward;  ///< [N] one reward per answer
  segments groups;       ///< cuts the N answers into G prompts
};

inline namespace GUERDON_ABI {

template <class X>
concept reward_shaping = requires { typename X::is_shaping; };
template <class X>
concept group_advantage_part = requires { typename X::is_group_advantage; };

/// The answers to one prompt.
template <class T>
struct answer_group {
  index_t index, begin, size;
};

namespace detail {

/// x as an array of T would give it back: rounded, and no product that a compiler fuses with the sum behind it.
template <class T>
GUERDON_HD double stored(double x) {
  if constexpr (std::is_same_v<T, double>) return math::unfused(x);
  else return double(T(x));
}

/// What one shaping makes of the rewards reward(k) of a group.
template <class Shaping, class Team, class T, class Reward>
GUERDON_HD auto shape_group(const Shaping& shaping, Team& team, const answer_group<T>& group, Reward reward) {
  if constexpr (requires { shaping(index_t(0), 0.0); })
    return [&shaping, reward, begin = group.begin](index_t k) { return stored<T>(shaping(begin + k, reward(k))); };
  else
    return [shaped = shaping.at_group(team, group, reward)](index_t k) { return stored<T>(shaped(k)); };
}

}  // namespace detail

/// The rewards as they were given.
struct unshaped {
  using is_shaping = void;
};

/// first | second
template <reward_shaping First, reward_shaping Second>
struct shaping_sequence {
  using is_shaping = void;
  First first;
  Second second;

  template <class Team, class T, class Reward>
  GUERDON_HD auto at_group(Team& team, const answer_group<T>& group, Reward reward) const {
    return detail::shape_group(second, team, group, detail::shape_group(first, team, group, reward));
  }
};
template <reward_shaping First, reward_shaping Second>
constexpr shaping_sequence<First, Second> operator|(const First& first, const Second& second) {
  return {first, second};
}

/// What a program reads rewards through: those of a group, after shaping.
template <class T, reward_shaping Shaping>
struct shaped_rewards {
  view<const T> reward;
  Shaping shaping;

  template <class Team>
  GUERDON_HD auto at_group(Team& team, index_t g, index_t begin, index_t n) const {
    const auto given = [of_group = reward.data() + begin](index_t k) { return double(of_group[k]); };
    if constexpr (std::is_same_v<Shaping, unshaped>) return given;
    else return detail::shape_group(shaping, team, answer_group<T>{g, begin, n}, given);
  }
};

namespace detail {

/// The arguments of an operation whose rewards another part makes: they have a size, and are not looked at.
template <class Op, class In>
auto given_through_pipe(const In& in) {
  auto arguments = all_given<Op>(in);
  for (std::size_t k = 0; k < arguments.size(); ++k)
    if (argument_infos<Op, In>[k].name == std::string_view("reward")) arguments[k].outside = nullptr;
  return arguments;
}

/// An operation's arrays with the rewards and groups that come through the pipe.
template <class Op, class In, class T>
In completed_inputs(In whole, const answer_rewards<T>& in) {
  const call_rules rule(Op::about.name);
  if constexpr (requires { whole.reward; }) {
    rule(!whole.reward, "reward", "comes through the pipe: leave it out");
    whole.reward = in.reward;
  }
  if constexpr (requires { whole.groups; }) {
    rule(!whole.groups, "groups", "come through the pipe: leave them out");
    whole.groups = in.groups;
  }
  return whole;
}
/// The same in every part of a shaping.
template <class Shaping, class T>
Shaping completed(Shaping shaping, const answer_rewards<T>& in) {
  if constexpr (requires { shaping.second; }) {
    return {completed(shaping.first, in), completed(shaping.second, in)};
  } else {
    if constexpr (requires { shaping.in; }) {
      using op = typename Shaping::operation;
      static_assert(
          std::is_same_v<decltype(shaping.in), typename op::template inputs<T>>,
          "the arrays of a shaping have the element type of the rewards: name it, laser_reward<double>({..}, {..})");
      shaping.in = completed_inputs<op>(shaping.in, in);
    }
    return shaping;
  }
}

/// Holds the parts of a completed shaping against the call. `first`: of the rewards as they were given.
template <class T, class Backend, class Shaping>
void check_shaping(const Backend& backend, const answer_rewards<T>& in, const Shaping& shaping, bool first = true) {
  if constexpr (requires { shaping.second; }) {
    check_shaping(backend, in, shaping.first, first);
    check_shaping(backend, in, shaping.second, false);
  } else if constexpr (requires { typename Shaping::operation; }) {
    using op = typename Shaping::operation;
    const auto check_inputs = [&](const auto& whole) {
      check_part<op>(backend, whole, shaping.o, first ? all_given<op>(whole) : given_through_pipe<op>(whole));
    };
    if constexpr (requires { shaping.in; }) check_inputs(shaping.in);
    else check_inputs(typename op::template inputs<T>{in.reward});
    if constexpr (requires(const call_rules& rule) { shaping.rules(backend, rule); })
      shaping.rules(backend, call_rules(op::about.name));
  }
}

}  // namespace detail

/// check() of an operation whose rewards a shaping makes.
template <class Op, class Backend, class In, class Out, class Options, reward_shaping Shaping>
call_rules check(const Backend& backend, const In& in, const Out& out, const Options& o, const Shaping& shaping) {
  if constexpr (std::is_same_v<Shaping, unshaped>) {
    return check<Op>(backend, in, out, o);
  } else {
    using T = std::remove_const_t<std::remove_reference_t<decltype(in.reward[0])>>;
    const call_rules rule = detail::check_call<Op>(backend, in, out, o, detail::given_through_pipe<Op>(in));
    detail::check_shaping(backend, answer_rewards<T>{in.reward, in.groups}, shaping);
    return rule;
  }
}

/// An advantage that has no arrays but rewards and groups.
struct no_arrays {};

/// An advantage as the end of a pipe: its arrays and options, and what goes before it.
template <class Op, class Arrays, class Call, reward_shaping Shaping = unshaped>
struct advantage_part {
  using is_group_advantage = void;
  using operation = Op;
  Arrays arrays;
  typename Op::options o;
  Call call;  ///< the operation's writing function
  Shaping shaping = {};

  template <class T>
  auto inputs(const answer_rewards<T>& in) const {
    using whole = typename Op::template inputs<T>;
    if constexpr (std::is_same_v<Arrays, no_arrays>) {
      return detail::completed_inputs<Op>(whole{}, in);
    } else {
      static_assert(
          std::is_same_v<Arrays, whole>,
          "the arrays of an advantage have the element type of the rewards: name it, opo_advantage<double>({..})");
      return detail::completed_inputs<Op>(arrays, in);
    }
  }
};
template <class Op, class Call>
constexpr advantage_part<Op, no_arrays, Call> advantage_of(const typename Op::options& o, Call call) {
  return {{}, o, call};
}
template <class Op, class Arrays, class Call>
constexpr advantage_part<Op, Arrays, Call> advantage_of(const Arrays& arrays, const typename Op::options& o,
                                                        Call call) {
  return {arrays, o, call};
}

/// shaping | advantage
template <reward_shaping First, class Op, class Arrays, class Call>
constexpr auto operator|(const First& first, const advantage_part<Op, Arrays, Call>& last) {
  return advantage_part<Op, Arrays, Call, First>{last.arrays, last.o, last.call, first};
}
template <reward_shaping First, class Op, class Arrays, class Call, reward_shaping Second>
constexpr auto operator|(const First& first, const advantage_part<Op, Arrays, Call, Second>& last) {
  return advantage_part<Op, Arrays, Call, shaping_sequence<First, Second>>{
      last.arrays, last.o, last.call, {first, last.shaping}};
}

/// Writes the outputs of the advantage that the pipe ends with.
template <real T = float, backend Backend, group_advantage_part Advantage>
void shaped_advantage(const Backend& backend, const answer_rewards<T>& in,
                      const typename Advantage::operation::template outputs<T>& out, const Advantage& advantage) {
  advantage.call(backend, advantage.inputs(in), out, advantage.o, detail::completed(advantage.shaping, in));
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend, group_advantage_part Advantage>
auto shaped_advantage(const Backend& backend, const answer_rewards<T>& in, const Advantage& advantage) {
  return returned<typename Advantage::operation, T>(backend, advantage.inputs(in), advantage.o, [&](auto& out) {
    shaped_advantage<T>(backend, in, out, advantage);
  });
}

template <class T, reward_shaping Shaping>
struct shaped_reward_program {
  static constexpr bool short_segments = true;
  shaped_rewards<T, Shaping> rewards;
  segments groups;
  view<T> shaped;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = groups.begin(g), n = groups.size(g);
    const auto reward = rewards.at_group(team, g, begin, n);
    team.each(n, [&](index_t k) { shaped[begin + k] = T(reward(k)); });
  }
};

/// The one launch of a shaping, of arguments that were checked.
template <class T, class Backend, class In, class Shaping>
void launch_shaping(const Backend& backend, const In& in, view<T> shaped, const Shaping& shaping) {
  backend.for_segments(in.groups, shaped_reward_program<T, Shaping>{{in.reward, shaping}, in.groups, shaped});
}

/// Writes what a pipe of shapings makes of the rewards.
template <real T = float, backend Backend, reward_shaping Shaping>
void shaped_reward(const Backend& backend, const answer_rewards<T>& in, const std::type_identity_t<view<T>>& shaped,
                   const Shaping& shaping) {
  detail::require_segments(backend, in.groups, in.reward.size(), "shaped_reward", "groups");
  require(shaped.size() == in.reward.size(), "shaped_reward", "shaped", "has another size than the rewards");
  const Shaping whole = detail::completed(shaping, in);
  detail::check_shaping(backend, in, whole);
  launch_shaping(backend, in, shaped, whole);
}

/// The same into an array of the backend's.
template <real T = float, backend Backend, reward_shaping Shaping>
auto shaped_reward(const Backend& backend, const answer_rewards<T>& in, const Shaping& shaping) {
  auto shaped = backend.template make<T>(in.reward.size());
  shaped_reward<T>(backend, in, shaped, shaping);
  return shaped;
}

// What makes no sense does not compile, and says why.
template <class X>
concept pipe_part = reward_shaping<X> || group_advantage_part<X>;

template <group_advantage_part A, pipe_part B>
constexpr auto operator|(const A&, const B&) {
  static_assert(!reward_shaping<B>, "a shaping comes before the advantage: shaping | advantage");
  static_assert(!group_advantage_part<B>, "a pipe ends with one advantage: shaping | shaping | advantage");
}
template <pipe_part A, pipe_part B>
constexpr auto operator+(const A&, const B&) {
  static_assert(!pipe_part<A>, "shapings follow one another: shaping | shaping, not shaping + shaping");
}
template <class Number, pipe_part B>
  requires(std::is_arithmetic_v<Number>)
constexpr auto operator*(Number, const B&) {
  static_assert(!pipe_part<B>,
                "a factor multiplies a term of an objective; a shaping has its factor among its options");
}
template <real T = float, backend Backend, reward_shaping Shaping>
auto shaped_advantage(const Backend&, const answer_rewards<T>&, const Shaping&) {
  static_assert(!reward_shaping<Shaping>, "a pipe ends with an advantage: shaping | grpo_advantage()");
}
template <real T = float, backend Backend, group_advantage_part Advantage>
auto shaped_reward(const Backend&, const answer_rewards<T>&, const Advantage&) {
  static_assert(!group_advantage_part<Advantage>, "this pipe ends with an advantage: call shaped_advantage");
}

}}  // namespace guerdon
