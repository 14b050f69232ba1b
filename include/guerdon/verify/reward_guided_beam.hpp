#pragma once
// The best paths of a search that a reward model guides: for each task the candidates of highest cumulative reward.
//
// $$R_m = R_{\text{parent}(m)} + r_m, \qquad \text{keep the } k \text{ largest of each task}$$
//
//   const auto [selected, score, selected_offsets] = guerdon::reward_guided_beam<float>(backend, {...});
//
// Memory of the caller's: `op::reward_guided_beam::ragged_size<float>(backend, in, o)` says how many there are.
//
// Source: UI-Genie, arXiv:2505.21496, section 3.3: ten candidates a path, five paths kept.
//
// Details that differ:
// - Equal rewards: the earlier candidate first. NaN counts as -inf, and is reported as that.
// - A task of fewer candidates than the width keeps all.
// - ragged_size, and with it the returning form, waits for the backend. A backend whose memory the host cannot read
//   does not refuse a parent that is none; its candidates count as -inf.
//
// Cost: two sorts of the candidates. No gradient.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct reward_guided_beam {
  static constexpr info about{"reward_guided_beam", "verify", "Best paths of a reward-guided beam search (UI-Genie)",
                              "arXiv:2505.21496", skeleton::sort};
  template <real T>
  struct inputs {
    view<const T> parent_score;    ///< [P] cumulative reward of each live path
    view<const index_t> parent;    ///< [M] the path that each candidate goes on
    view<const T> step_reward;     ///< [M] its own reward
    segments groups;               ///< cuts the candidates into G tasks
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<index_t> selected;          ///< [S] candidates, best first within each task
    Of<T> score;                   ///< [S] their cumulative rewards
    Of<index_t> selected_offsets;  ///< [G+1] where those of each task begin
  };
  struct options {
    index_t beam_width = 5;  ///< >= 1
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("parent_score", &I::parent_score, "P"), array("parent", &I::parent, "M", index_into("P")),
                      array("step_reward", &I::step_reward, "M"),
                      cuts("groups", &I::groups, "G", "M").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("selected", &O::selected, "S", index_in_segment("group_offsets")),
                      array("score", &O::score, "S"),
                      array("selected_offsets", &O::selected_offsets, "G+1"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("beam_width", &options::beam_width, counts_from(1, 6)));
  }

  static constexpr char ragged_symbol = 'S';
  /// How many candidates are kept.
  template <real T = float, class Backend>
  static index_t ragged_size(const Backend& backend, const inputs<T>& in, const options& o);
};
}  // namespace op

inline namespace GUERDON_ABI {

namespace detail {

/// Where the candidates of each task begin once they stand in order, and where those that are kept.
template <class Backend>
void place_beam(const Backend& backend, const segments& groups, index_t width, view<index_t> first,
                view<index_t> kept) {
  const index_t tasks = groups.count();
  auto scratch = backend.scratch();
  const auto all = scratch.template take<index_t>(tasks), few = scratch.template take<index_t>(tasks);
  backend.each(tasks, [=] GUERDON_HD(index_t g) {
    const index_t n = groups.size(g);
    all[g] = n;
    few[g] = n < width ? n : width;
  });
  backend.template exclusive_sum<index_t>(all, first);
  backend.template exclusive_sum<index_t>(few, kept);
}

/// Marks the candidates of a task.
struct beam_task_program {
  static constexpr bool short_segments = true;
  segments groups;
  view<index_t> task;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = groups.begin(g);
    team.each(groups.size(g), [&](index_t k) { task[begin + k] = g; });
  }
};

}  // namespace detail

/// Writes the best candidates into arrays of the size that op::reward_guided_beam::ragged_size says.
template <real T = float, backend Backend>
void reward_guided_beam(const Backend& backend, const op::reward_guided_beam::inputs<T>& in,
                        const op::reward_guided_beam::outputs<T>& out, const op::reward_guided_beam::options& o) {
  const auto rule = check<op::reward_guided_beam>(backend, in, out, o);
  const index_t paths = in.parent_score.size(), candidates = in.parent.size(), tasks = in.groups.count();
  if constexpr (Backend::on_host)
    for (index_t m = 0; m < candidates; ++m)
      rule(!in.groups.holds(m) || in.parent[m] < paths, "parent", "must be an index into parent_score");
  auto scratch = backend.scratch();
  const auto first = scratch.template take<index_t>(tasks + 1), kept = scratch.template take<index_t>(tasks + 1);
  detail::place_beam(backend, in.groups, o.beam_width, first, kept);
  if constexpr (Backend::on_host)
    rule(kept[tasks] == out.selected.size(), "selected", "must have as many elements as are kept (ragged_size)");

  // By score, and then by task: a sort leaves equals in their order.
  const auto loss = scratch.template take<double>(candidates), sorted_loss = scratch.template take<double>(candidates);
  const auto index = scratch.template take<index_t>(candidates), by_loss = scratch.template take<index_t>(candidates);
  const auto by_task = scratch.template take<index_t>(candidates), task = scratch.template take<index_t>(candidates);
  const auto task_of = scratch.template take<index_t>(candidates), sorted = scratch.template take<index_t>(candidates);
  backend.each(candidates, [=] GUERDON_HD(index_t m) {
    const bool known = in.groups.holds(m) && in.parent[m] >= 0 && in.parent[m] < paths;
    const double score = known ? double(in.parent_score[in.parent[m]]) + double(in.step_reward[m]) : 0;
    loss[m] = known && score == score ? 0 - score : std::numeric_limits<double>::infinity();
    index[m] = m;
    task[m] = tasks;  // what lies behind padded tasks comes last
  });
  backend.for_segments(in.groups, detail::beam_task_program{in.groups, task});
  backend.sort_pairs(view<const double>(loss), view<const index_t>(index), sorted_loss, by_loss);
  backend.each(candidates, [=] GUERDON_HD(index_t k) { task_of[k] = task[by_loss[k]]; });
  backend.sort_pairs(view<const index_t>(task_of), view<const index_t>(by_loss), sorted, by_task, tasks + 1);
  backend.each(candidates, [=] GUERDON_HD(index_t k) {
    const index_t g = sorted[k];
    if (g == tasks || k - first[g] >= kept[g + 1] - kept[g]) return;
    const index_t at = kept[g] + k - first[g];
    if (at >= out.selected.size()) return;
    out.selected[at] = by_task[k];
    out.score[at] = T(0 - loss[by_task[k]]);
  });
  backend.each(tasks + 1, [=] GUERDON_HD(index_t g) { out.selected_offsets[g] = kept[g]; });
}

/// The best candidates in arrays of the backend's.
template <real T = float, backend Backend>
auto reward_guided_beam(const Backend& backend, const op::reward_guided_beam::inputs<T>& in,
                        const op::reward_guided_beam::options& o = {}) {
  return returned<op::reward_guided_beam, T>(backend, in, o,
                                             [&](auto& out) { reward_guided_beam(backend, in, out, o); });
}

}  // namespace GUERDON_ABI

template <real T, class Backend>
index_t op::reward_guided_beam::ragged_size(const Backend& backend, const inputs<T>& in, const options& o) {
  check_arguments<reward_guided_beam>(backend, in);
  require(o.beam_width >= 1, about.name, "beam_width", "must be at least 1");
  const index_t tasks = in.groups.count();
  auto scratch = backend.scratch();
  const auto kept = scratch.template take<index_t>(tasks + 1);
  detail::place_beam(backend, in.groups, o.beam_width, scratch.template take<index_t>(tasks + 1), kept);
  return number_at<index_t>(backend, kept.data() + tasks);
}

}  // namespace guerdon
