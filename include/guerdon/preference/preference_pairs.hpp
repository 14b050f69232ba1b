#pragma once
// Pairs of preferred and rejected answers from scored groups: the best against the worst, or all that differ enough.
//
// $$P = \{(i, j): r_i - r_j > \mathrm{gap}\}$$
//
// within each group (`all`), or the first highest against the first lowest of them (`best_worst`), in the order of groups,
// i and j.
//
//   const auto [chosen, rejected, group] = guerdon::preference_pairs<float>(backend, {reward, groups});
//
// Memory of the caller's: `op::preference_pairs::ragged_size<float>(backend, in, o)` says how many pairs there are.
//
// Source: this project's own definition of what trainers of online DPO and reward models do.
//
// Details that differ:
// - A NaN reward is left out. The gap is strict: equal rewards are no pair.
// - ragged_size, and with it the returning form, waits for the backend. A backend whose memory the host cannot read
//   does not refuse arrays of another size, and fills what there is of them.
// - No gradient.
//
// Cost: `all` looks at every pair of a group twice, in the returning form three times.

#include <guerdon/core/operation.hpp>

namespace guerdon {

enum class pair_mode { best_worst, all };
constexpr auto enumerators(pair_mode) { return std::array{"best_worst", "all"}; }

namespace op {
struct preference_pairs {
  static constexpr info about{"preference_pairs", "preference", "Preferred and rejected answers from scored groups", "",
                              skeleton::sort, 1e-5, true};
  template <real T>
  struct inputs {
    view<const T> reward;  ///< [N] of the answers
    segments groups;       ///< cuts the N answers into G prompts
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<index_t> chosen_index;    ///< [P] an index into the rewards
    Of<index_t> rejected_index;  ///< [P] another one of the same group
    Of<index_t> group_index;     ///< [P] which group
  };
  struct options {
    pair_mode mode = pair_mode::best_worst;
    double min_gap = 0;  ///< >= 0, by more than which the rewards of a pair differ
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("reward", &I::reward, "N"), cuts("groups", &I::groups, "G", "N").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("chosen_index", &O::chosen_index, "P", index_into("N")),
                      array("rejected_index", &O::rejected_index, "P", index_into("N")),
                      array("group_index", &O::group_index, "P", index_into("G")));
  }
  static constexpr auto parameters() {
    return std::tuple(choice("mode", &options::mode), option("min_gap", &options::min_gap, at_least(0, 1)));
  }

  static constexpr char ragged_symbol = 'P';
  /// How many pairs there are.
  template <real T = float, class Backend>
  static index_t ragged_size(const Backend& backend, const inputs<T>& in, const options& o);
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The pairs that answers are preferred in. `write`: list them from the places that counting has found; else count.
template <class T, bool write>
struct preference_pairs_program {
  static constexpr bool short_segments = true;
  op::preference_pairs::inputs<T> in;
  pair_mode mode;
  double min_gap;
  view<index_t> place;  // [N] how many pairs the answer is preferred in, or [N+1] where they begin
  op::preference_pairs::outputs<T> out;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = in.groups.begin(g), n = in.groups.size(g);
    const T* const reward = in.reward.data() + begin;
    index_t first = 0, last = n, best = -1;  // the answers that may be rejected; the one that may be preferred, or any
    if (mode == pair_mode::best_worst) {
      const auto known = [=](index_t i) { return reward[i] == reward[i]; };
      const auto limits = team.template reduce<highest, lowest>(n, [=](index_t i) {
        const double r = double(reward[i]);
        return lanes{known(i) ? r : highest::identity, known(i) ? r : lowest::identity};
      });
      const auto at = team.template reduce<lowest, lowest>(n, [=](index_t i) {
        const double r = double(reward[i]), none = double(n), here = double(i);
        return lanes{r == limits[0] ? here : none, r == limits[1] ? here : none};
      });
      const auto place_of = [=](double x) { return n > 0 ? index_t(x) : 0; };  // of nobody: infinity
      best = place_of(at[0]), first = place_of(at[1]), last = first < n ? first + 1 : first;
    }
    team.each(n, [&](index_t i) {
      index_t pairs = 0;
      for (index_t j = first; j < last && (best < 0 || best == i); ++j) {
        if (!(double(reward[i]) - double(reward[j]) > min_gap)) continue;
        if constexpr (write) {
          const index_t to = place[begin + i] + pairs;
          if (to < out.group_index.size())
            out.chosen_index[to] = begin + i, out.rejected_index[to] = begin + j, out.group_index[to] = g;
        }
        ++pairs;
      }
      if constexpr (!write) place[begin + i] = pairs;
    });
  }
};

/// Where the pairs begin that an answer is preferred in; behind the last, how many there are.
template <class T, class Backend>
void place_preference_pairs(const Backend& backend, const op::preference_pairs::inputs<T>& in,
                            const op::preference_pairs::options& o, view<index_t> place) {
  const index_t n = in.reward.size();
  auto scratch = backend.scratch();
  const auto count = scratch.template take<index_t>(n);
  backend.each(n, [=] GUERDON_HD(index_t i) { count[i] = 0; });  // what lies behind padded groups has no pairs
  backend.for_segments(in.groups, preference_pairs_program<T, false>{in, o.mode, double(T(o.min_gap)), count, {}});
  backend.template exclusive_sum<index_t>(count, place);
}

/// Writes the pairs into arrays of the size that op::preference_pairs::ragged_size says.
template <real T = float, backend Backend>
void preference_pairs(const Backend& backend, const op::preference_pairs::inputs<T>& in,
                      const op::preference_pairs::outputs<T>& out, const op::preference_pairs::options& o) {
  const auto rule = check<op::preference_pairs>(backend, in, out, o);
  const index_t n = in.reward.size();
  auto scratch = backend.scratch();
  const auto place = scratch.template take<index_t>(n + 1);
  place_preference_pairs<T>(backend, in, o, place);
  if constexpr (Backend::on_host)
    rule(place[n] == out.chosen_index.size(), "chosen_index",
         "must have as many elements as there are pairs (ragged_size)");
  backend.for_segments(in.groups, preference_pairs_program<T, true>{in, o.mode, double(T(o.min_gap)), place, out});
}

/// The pairs in arrays of the backend's.
template <real T = float, backend Backend>
auto preference_pairs(const Backend& backend, const op::preference_pairs::inputs<T>& in,
                      const op::preference_pairs::options& o = {}) {
  return returned<op::preference_pairs, T>(backend, in, o, [&](auto& out) { preference_pairs(backend, in, out, o); });
}

}  // namespace GUERDON_ABI

template <real T, class Backend>
index_t op::preference_pairs::ragged_size(const Backend& backend, const inputs<T>& in, const options& o) {
  check_arguments<preference_pairs>(backend, in);
  const index_t n = in.reward.size();
  auto scratch = backend.scratch();
  const auto place = scratch.template take<index_t>(n + 1);
  place_preference_pairs<T>(backend, in, o, place);
  return number_at<index_t>(backend, place.data() + n);
}

}  // namespace guerdon
