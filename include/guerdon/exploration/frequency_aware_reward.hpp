#pragma once
// Reward for prompts with a list of equally good answers: the more evenly a group spreads over the list, the more each
// answer earns.
//
// $$r_i = 1 - \left\lvert f_i - \frac{1}{m_g}\right\rvert$$
//
// for an answer on the list of $m_g$, of which a share $f_i$ of the group's valid answers is; an invalid answer gets a
// reward of its own.
//
// Source: GAPO, arXiv:2511.12596, as grpo-composer restates it.
//
// Details that differ:
// - Without `num_valid` the list counts as long as the group's distinct valid answers. A list shorter than these is an
//   error, where the host can read it.
// - A group may be empty, or without valid answers. No gradient.
//
// Cost: a sort inside the groups and two searches in it per answer.

#include <guerdon/core/operation.hpp>
#include <guerdon/statistics/sorted_rank.hpp>

namespace guerdon {
namespace op {
struct frequency_aware_reward {
  static constexpr info about{"frequency_aware_reward", "exploration",
                              "Reward for spreading evenly over the valid answers (GAPO)", "arXiv:2511.12596",
                              skeleton::sort};
  template <real T>
  struct inputs {
    view<const index_t> answer;          ///< [N] equal numbers are equal answers
    view<const flag_t> valid;            ///< [N] 1 = it is on the list of good answers
    segments groups;                     ///< cuts the N answers into G prompts
    view<const index_t> num_valid = {};  ///< [G] length of the list; left out: the distinct valid answers
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> reward;  ///< [N]
  };
  struct options {
    double invalid_reward = -1;  ///< what an answer gets that is not on the list
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("answer", &I::answer, "N", integers(-2, 4)), array("valid", &I::valid, "N", yes_or_no()),
                      cuts("groups", &I::groups, "G", "N").in_files("group_offsets"),
                      optional_array("num_valid", &I::num_valid, "G", integers(5, 9)));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("reward", &O::reward, "N")); }
  static constexpr auto parameters() { return std::tuple(option("invalid_reward", &options::invalid_reward)); }
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct answer_shares {
  static constexpr bool short_segments = true;
  op::frequency_aware_reward::inputs<T> in;
  view<T> reward;
  view<const index_t> sorted;  // the valid answers of a group, and what is greater than any behind them
  view<index_t> distinct;      // [G] different ones
  double invalid_reward;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = in.groups.begin(g), n = in.groups.size(g);
    const index_t* const ascending = sorted.data() + begin;
    const index_t valid = index_t(team.sum(n, [&](index_t i) { return in.valid[begin + i] ? 1 : 0; }));
    const double different = team.sum(valid, [&](index_t i) { return i == 0 || ascending[i] != ascending[i - 1]; });
    team.once([&] { distinct[g] = index_t(different); });
    if (!reward) return;
    const double even = 1 / (in.num_valid ? double(in.num_valid[g]) : different);
    team.each(n, [&](index_t i) {
      const index_t answer = in.answer[begin + i];
      const index_t equal = rank_in(ascending, valid, answer, true) - rank_in(ascending, valid, answer, false);
      const double share = double(equal) / double(valid);
      reward[begin + i] = T(in.valid[begin + i] ? 1 - math::abs(share - even) : invalid_reward);
    });
  }
};

/// Writes the rewards.
template <real T = float, backend Backend>
void frequency_aware_reward(const Backend& backend, const op::frequency_aware_reward::inputs<T>& in,
                            const op::frequency_aware_reward::outputs<T>& out,
                            const op::frequency_aware_reward::options& o) {
  const auto rule = check<op::frequency_aware_reward>(backend, in, out, o);
  const index_t n = in.answer.size(), groups = in.groups.count();
  auto scratch = backend.scratch();
  const auto keys = scratch.template take<index_t>(n), sorted = scratch.template take<index_t>(n);
  const auto distinct = scratch.template take<index_t>(groups);
  backend.each(n, [=] GUERDON_HD(index_t i) {
    keys[i] = in.valid[i] ? in.answer[i] : std::numeric_limits<index_t>::max();
  });
  backend.template sort_segments<index_t>(in.groups, keys, sorted);
  if constexpr (Backend::on_host)
    if (in.num_valid) {
      backend.for_segments(in.groups, answer_shares<T>{in, {}, sorted, distinct, 0});
      bool fits = true;
      for (index_t g = 0; g < groups; ++g) fits &= in.num_valid[g] >= distinct[g];
      rule(fits, "num_valid", "must be at least the number of different valid answers of the group");
    }
  backend.for_segments(in.groups, answer_shares<T>{in, out.reward, sorted, distinct, o.invalid_reward});
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto frequency_aware_reward(const Backend& backend, const op::frequency_aware_reward::inputs<T>& in,
                            const op::frequency_aware_reward::options& o = {}) {
  return returned<op::frequency_aware_reward, T>(backend, in, o,
                                                 [&](auto& out) { frequency_aware_reward(backend, in, out, o); });
}

}}  // namespace guerdon
