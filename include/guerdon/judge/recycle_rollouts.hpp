#pragma once
// What each prompt's verified rollouts become when they are used again: an answer to judge, a pair to compare, a wrong
// answer to repair.
//
// | rewards of the prompt | judging data | label |
// |---|---|---|
// | all 1 | its first valid answer | 1 |
// | all 0 | a valid answer | 0 |
// | mixed, $u_{\text{mode}} < p$ | a valid answer of class $[u_{\text{class}} \ge 1/2]$ | the class |
// | mixed, else | a valid right one, a valid wrong one; swapped where $u_{\text{swap}} \ge 1/2$ | which is right: 0, 1 |
//
// $$\text{pick}(u, L) = L_{\min(\lfloor u\,|L| \rfloor,\ |L| - 1)}$$
//
// chooses from a list in its order. To repair: prompt g below $G s$ takes any wrong answer and shows its reasoning
// (mode 0), the others take one with a valid answer and show only that (mode 1).
//
// Source: SPARK, arXiv:2509.22624, Lmm_XC/openrlhf/trainer/ppo_utils/new_data_gen.py.
//
// Details that differ:
// - The released code picks among all rollouts where all are right or where they are mixed, and drops the item when
//   the picked one has no answer; here only valid ones are picked. Which row of the table a prompt stands in, all its
//   rollouts decide, valid or not.
// - The random numbers are arguments, so a run can be repeated. What the released code does with the items, at most 32
//   of each kind in turn with ordinary batches, is the caller's.
// - A prompt without rollouts becomes nothing, but counts in G. A backend whose memory the host cannot read does not
//   refuse rewards between 0 and 1.
//
// Cost: the rewards read at most five times, a prompt by one thread. No gradient.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct recycle_rollouts {
  static constexpr info about{"recycle_rollouts", "judge", "Judging and repairing data from rollouts (SPARK)",
                              "arXiv:2509.22624", skeleton::map};
  template <real T>
  struct inputs {
    view<const T> reward;                  ///< [N] 1 = right, 0 = wrong
    segments groups;                       ///< cuts the N rollouts into G prompts
    view<const flag_t> answer_valid = {};  ///< [N] 1 = an answer could be read; left out: all
    view<const T> uniform_mode;            ///< [G] in [0, 1): judge one answer, or a pair
    view<const T> uniform_class;           ///< [G] a right answer, or a wrong one
    view<const T> uniform_first;           ///< [G] which answer, or which right one of a pair
    view<const T> uniform_second;          ///< [G] which wrong one of a pair
    view<const T> uniform_swap;            ///< [G] the order of a pair
    view<const T> uniform_reflect;         ///< [G] which answer is repaired
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<index_t> kind;           ///< [G] 0 = nothing to judge, 1 = one answer, 2 = a pair
    Of<index_t> index_a;        ///< [G] into the rollouts: what is judged, or comes first; -1: none
    Of<index_t> index_b;        ///< [G] what comes second; -1: none
    Of<index_t> label;          ///< [G] the right verdict; -1: none
    Of<index_t> reflect_index;  ///< [G] what is repaired; -1: none
    Of<index_t> reflect_mode;   ///< [G] 0 = with its reasoning, 1 = its answer only; -1: none
  };
  struct options {
    double pointwise_prob = 0.3;  ///< p, in [0, 1]: how often a mixed prompt gives one answer
    double reflect_split = 0.5;   ///< s, in [0, 1]: the share of prompts repaired with their reasoning
  };

  template <class I>
  static constexpr auto arguments() {
    constexpr range uniform = range{.low = 0, .high = 1, .open_high = true, .nan = false}.drawn(0, 0.999);
    return std::tuple(array("reward", &I::reward, "N", integers(0, 1)),
                      cuts("groups", &I::groups, "G", "N").in_files("group_offsets"),
                      optional_array("answer_valid", &I::answer_valid, "N", yes_or_no()).hiding_nothing(),
                      array("uniform_mode", &I::uniform_mode, "G", uniform).in_files("u_mode"),
                      array("uniform_class", &I::uniform_class, "G", uniform).in_files("u_class"),
                      array("uniform_first", &I::uniform_first, "G", uniform).in_files("u_first"),
                      array("uniform_second", &I::uniform_second, "G", uniform).in_files("u_second"),
                      array("uniform_swap", &I::uniform_swap, "G", uniform).in_files("u_swap"),
                      array("uniform_reflect", &I::uniform_reflect, "G", uniform).in_files("u_reflect"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("kind", &O::kind, "G"),
                      array("index_a", &O::index_a, "G", index_in_segment("group_offsets")),
                      array("index_b", &O::index_b, "G", index_in_segment("group_offsets")),
                      array("label", &O::label, "G"),
                      array("reflect_index", &O::reflect_index, "G", index_in_segment("group_offsets")),
                      array("reflect_mode", &O::reflect_mode, "G"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("pointwise_prob", &options::pointwise_prob, within(0, 1)),
                      option("reflect_split", &options::reflect_split, within(0, 1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The rollouts begin..end-1 of a prompt, and one of those that are like this.
template <class T>
struct rollout_list {
  const T* reward;
  const flag_t* valid;  // null: all are
  index_t begin, end;

  /// How many there are of a class, valid ones only or all.
  GUERDON_HD index_t count(bool right, bool only_valid) const {
    index_t n = 0;
    for (index_t i = begin; i < end; ++i) n += is(i, right, only_valid);
    return n;
  }
  /// pick(u, those); -1 where there are none.
  GUERDON_HD index_t pick(double u, bool right, bool only_valid) const {
    const index_t n = count(right, only_valid);
    index_t left = index_t(math::min(u * double(n), double(n - 1)));
    for (index_t i = begin; n > 0 && i < end; ++i)
      if (is(i, right, only_valid) && left-- == 0) return i;
    return -1;
  }

 private:
  GUERDON_HD bool is(index_t i, bool right, bool only_valid) const {
    return (reward[i] == T(1)) == right && (!only_valid || valid == nullptr || valid[i] != 0);
  }
};

/// Writes what becomes of each prompt.
template <real T = float, backend Backend>
void recycle_rollouts(const Backend& backend, const op::recycle_rollouts::inputs<T>& in,
                      const op::recycle_rollouts::outputs<T>& out, const op::recycle_rollouts::options& o) {
  const auto rule = check<op::recycle_rollouts>(backend, in, out, o);
  const index_t prompts = in.groups.count();
  if constexpr (Backend::on_host)
    for (index_t g = 0; g < prompts; ++g)
      for (index_t i = in.groups.begin(g); i < in.groups.begin(g) + in.groups.size(g); ++i)
        rule(in.reward[i] == T(0) || in.reward[i] == T(1), "reward", "must be 0 or 1");
  const double pointwise = double(T(o.pointwise_prob)), reasoned = double(prompts) * o.reflect_split;
  backend.each(prompts, [=] GUERDON_HD(index_t g) {
    const index_t begin = in.groups.begin(g), n = in.groups.size(g);
    const rollout_list<T> list{in.reward.data(), in.answer_valid.data(), begin, begin + n};
    const index_t right = list.count(true, false);
    const double first = double(in.uniform_first[g]);
    index_t a = -1, b = -1, label = -1;
    if (right == 0 || right == n || double(in.uniform_mode[g]) < pointwise) {
      const bool mixed = right > 0 && right < n;
      const bool wanted = mixed ? double(in.uniform_class[g]) >= 0.5 : right > 0;
      a = list.pick(!mixed && wanted ? 0 : first, wanted, true);
      if (a >= 0) label = wanted ? 1 : 0;
    } else {
      const index_t better = list.pick(first, true, true);
      const index_t worse = list.pick(double(in.uniform_second[g]), false, true);
      if (better >= 0 && worse >= 0) {
        const bool swapped = double(in.uniform_swap[g]) >= 0.5;
        a = swapped ? worse : better, b = swapped ? better : worse, label = swapped ? 1 : 0;
      }
    }
    const bool shows_reasoning = double(g) < reasoned;
    const index_t repaired = list.pick(double(in.uniform_reflect[g]), false, !shows_reasoning);
    out.kind[g] = a < 0 ? 0 : b < 0 ? 1 : 2;
    out.index_a[g] = a, out.index_b[g] = b, out.label[g] = label;
    out.reflect_index[g] = repaired;
    out.reflect_mode[g] = repaired < 0 ? -1 : shows_reasoning ? 0 : 1;
  });
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto recycle_rollouts(const Backend& backend, const op::recycle_rollouts::inputs<T>& in,
                      const op::recycle_rollouts::options& o = {}) {
  return returned<op::recycle_rollouts, T>(backend, in, o, [&](auto& out) { recycle_rollouts(backend, in, out, o); });
}

}}  // namespace guerdon
