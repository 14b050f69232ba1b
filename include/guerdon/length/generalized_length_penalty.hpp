#pragma once
// A bounded penalty for answers that are much shorter than the right answers to their prompt, or, turned round, much
// longer.
//
// $$p_i = -w f_i^n, \qquad f_i = \mathrm{clip}\Bigl(\frac{\ell_g - L_i}{\ell_g - L_{min}},\ 0,\ 1\Bigr)
//   \quad\text{or}\quad \mathrm{clip}\Bigl(\frac{L_i - \ell_g}{L_{max} - \ell_g},\ 0,\ 1\Bigr)$$
//
// with a reference length $\ell$ per group: the mean or the minimum of the right answers' lengths, the mean of all, or
// fixed.
//
// Source: HARMO, arXiv:2510.05283, for a term inside the group that punishes brevity; the straight line is this
// project's, and so is the direction `long`.
//
// Details that differ:
// - No room between the reference and the bound: a step, f = 1 on the far side of the reference and 0 at it.
// - A group without a right answer has, under the first two rules, reference and penalty 0, or the mean of all
//   (`no_correct = group_mean`).
// - `long` with a fixed reference and n = 1 is soft_overlong_punishment.
//
// Cost: one pass over flags and lengths, read from cache twice.

#include <guerdon/core/shaping.hpp>

namespace guerdon {

/// Answers that are too short, or too long.
enum class length_direction { short_answers, long_answers };
constexpr auto enumerators(length_direction) { return std::array{"short", "long"}; }
enum class length_reference { correct_mean, correct_min, group_mean, fixed };
constexpr auto enumerators(length_reference) {
  return std::array{"correct_mean", "correct_min", "group_mean", "fixed"};
}
enum class no_correct_rule { zero, group_mean };
constexpr auto enumerators(no_correct_rule) { return std::array{"zero", "group_mean"}; }
enum class length_penalty_target { all, correct, incorrect };
constexpr auto enumerators(length_penalty_target) { return std::array{"all", "correct", "incorrect"}; }

namespace op {
struct generalized_length_penalty {
  static constexpr info about{"generalized_length_penalty", "length",
                              "Penalty for answers shorter, or longer, than the right ones (HARMO)", "arXiv:2510.05283",
                              skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const index_t> length;  ///< [B] tokens of the response, >= 0
    view<const flag_t> correct;  ///< [B] 1 = the answer is right
    segments groups = {};        ///< cuts the B responses into G prompts
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> penalty;           ///< [B] between -weight and 0; add it to the reward
    Of<T> reference_length;  ///< [G] 0 for an empty group
  };
  struct options {
    length_direction direction = length_direction::short_answers;  ///< what is charged
    double weight = 1;                                             ///< w >= 0, the full penalty
    double power = 1;                                              ///< n > 0
    length_reference reference = length_reference::correct_mean;   ///< what lengths are held against
    /// >= 0, in tokens; required for reference fixed
    double fixed_reference = std::numeric_limits<double>::quiet_NaN();
    /// a group without a right answer: no penalty, or the mean of all
    no_correct_rule no_correct = no_correct_rule::zero;
    length_penalty_target apply_to = length_penalty_target::all;  ///< who pays
    double min_length = 0;  ///< >= 0, in tokens: the full penalty from here down, for direction short
    /// > 0, in tokens: the full penalty from here up; required for direction long
    double max_length = std::numeric_limits<double>::quiet_NaN();
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("length", &I::length, "B", counts(40)), array("correct", &I::correct, "B", yes_or_no()),
                      cuts("groups", &I::groups, "G", "B").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("penalty", &O::penalty, "B"), array("reference_length", &O::reference_length, "G"));
  }
  static constexpr auto parameters() {
    return std::tuple(choice("direction", &options::direction), option("weight", &options::weight, at_least(0, 2)),
                      option("power", &options::power, greater_than(0, 0.2, 3)),
                      choice("reference", &options::reference),
                      option_or_nan("fixed_reference", &options::fixed_reference, at_least(0, 40)),
                      choice("no_correct", &options::no_correct), choice("apply_to", &options::apply_to),
                      option("min_length", &options::min_length, at_least(0, 10)),
                      option_or_nan("max_length", &options::max_length, greater_than(0, 10, 60)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The penalties of one group, and what a pipe adds them to.
template <class T>
struct length_penalty_shaping {
  using is_shaping = void;
  using operation = op::generalized_length_penalty;
  operation::inputs<T> in;
  operation::options o;

  template <class Backend>
  void rules(const Backend&, const call_rules& rule) const {
    rule(o.reference != length_reference::fixed || o.fixed_reference == o.fixed_reference, "fixed_reference",
         "is required for reference fixed and was not given");
    rule(o.direction != length_direction::long_answers || o.max_length == o.max_length, "max_length",
         "is required for direction long and was not given");
  }

  /// What share of the full penalty a length has.
  GUERDON_HD double share(double length, double reference) const {
    const bool brief = o.direction == length_direction::short_answers;
    const double beyond = brief ? reference - length : length - reference;
    const double room = brief ? reference - o.min_length : o.max_length - reference;
    return beyond <= 0 ? 0 : room <= 0 ? 1 : math::min(beyond / room, 1.0);
  }

  struct standard {
    double reference;
    bool none;  ///< there is no right answer to go by
  };
  template <class Team>
  GUERDON_HD standard reference_of(Team& team, index_t begin, index_t n) const {
    const auto total = team.template reduce<add, add, add, lowest>(n, [&](index_t k) {
      const double length = double(in.length[begin + k]);
      const bool right = in.correct[begin + k] != 0;
      return lanes{length, right ? 1.0 : 0.0, right ? length : 0.0, right ? length : lowest::identity};
    });
    const double mean = n > 0 ? total[0] / double(n) : 0, right = total[1];
    const bool by_right = o.reference == length_reference::correct_mean || o.reference == length_reference::correct_min;
    const bool none = by_right && right == 0 && o.no_correct == no_correct_rule::zero;
    double reference = mean;
    if (o.reference == length_reference::fixed) reference = o.fixed_reference;
    if (o.reference == length_reference::correct_mean && right > 0) reference = total[2] / right;
    if (o.reference == length_reference::correct_min && right > 0) reference = total[3];
    if (none || n == 0) reference = 0;
    return {reference, none};
  }
  GUERDON_HD T penalty(index_t i, const standard& s) const {
    const bool correct = in.correct[i] != 0;
    const bool pays =
        o.apply_to == length_penalty_target::all || (o.apply_to == length_penalty_target::correct) == correct;
    const double f = share(double(in.length[i]), s.reference);
    return T(pays && !s.none && f > 0 ? -o.weight * ::pow(f, o.power) : 0);
  }
  template <class Team, class E, class Reward>
  GUERDON_HD auto at_group(Team& team, const answer_group<E>& group, Reward reward) const {
    return [this, reward, begin = group.begin, s = reference_of(team, group.begin, group.size)](index_t k) {
      return reward(k) + detail::stored<T>(double(penalty(begin + k, s)));
    };
  }
};

template <class T>
struct length_penalty_program {
  static constexpr bool short_segments = true;
  length_penalty_shaping<T> shaping;
  op::generalized_length_penalty::outputs<T> out;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = shaping.in.groups.begin(g), n = shaping.in.groups.size(g);
    const auto standard = shaping.reference_of(team, begin, n);
    team.each(n, [&](index_t k) { out.penalty[begin + k] = shaping.penalty(begin + k, standard); });
    team.once([&] { out.reference_length[g] = T(standard.reference); });
  }
};

/// Writes penalties and references.
template <real T = float, backend Backend>
void generalized_length_penalty(const Backend& backend, const op::generalized_length_penalty::inputs<T>& in,
                                const op::generalized_length_penalty::outputs<T>& out,
                                const op::generalized_length_penalty::options& o) {
  const auto rule = check<op::generalized_length_penalty>(backend, in, out, o);
  const length_penalty_shaping<T> shaping{in, o};
  shaping.rules(backend, rule);
  backend.for_segments(in.groups, length_penalty_program<T>{shaping, out});
}

/// The same in arrays of the backend's.
template <real T = float, backend Backend>
auto generalized_length_penalty(const Backend& backend, const op::generalized_length_penalty::inputs<T>& in,
                                const op::generalized_length_penalty::options& o = {}) {
  return returned<op::generalized_length_penalty, T>(
      backend, in, o, [&](auto& out) { generalized_length_penalty(backend, in, out, o); });
}

/// The operation as a part of a pipe.
template <real T = float>
length_penalty_shaping<T> generalized_length_penalty(const op::generalized_length_penalty::inputs<T>& in,
                                                     const op::generalized_length_penalty::options& o = {}) {
  return {in, o};
}

}}  // namespace guerdon
