#pragma once
// Which tokens of two tokenizers stand for the same stretch of a text.
//
// Both lists of ends are walked, always advancing the side whose token ends earlier; where both end at the same byte a group
// closes:
//
// $$g \leftarrow g + 1 \quad \text{where} \quad \mathrm{end}^S_i = \mathrm{end}^T_j$$
//
// Source: the cross-tokenizer distillation of TRL's GOLD trainer, after ULD, arXiv:2402.12030.
//
// Details that differ:
// - What is left at the end is one more group if both sides have some, else it belongs to none (-1); TRL drops such
//   half-empty groups.
// - A token of no width goes to the group that opened behind the boundary.
//
// Cost: one step per token. No gradient.

#include <guerdon/core/host_operation.hpp>

#include <algorithm>
#include <span>
#include <vector>

namespace guerdon {
namespace op {
struct align_byte_offsets : host_kind {
  static constexpr info about{"align_byte_offsets", "distillation",
                              "Tokens of two tokenizers, grouped by shared boundaries", "arXiv:2402.12030",
                              skeleton::host};
  struct inputs {
    view<const index_t> student_end;  ///< [S] byte at which each token of the student's ends, never falling, >= 0
    view<const index_t> teacher_end;  ///< [T] the same of the teacher's, in the same text
  };
  struct outputs {
    std::vector<index_t> student_group;  ///< [S] from 0; -1: no counterpart
    std::vector<index_t> teacher_group;  ///< [T]
    index_t n_groups = 0;
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("student_end", &I::student_end, "S", counts(20).together("ascending")),
                      array("teacher_end", &I::teacher_end, "T", counts(20).together("ascending")));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("student_group", &O::student_group, "S"), array("teacher_group", &O::teacher_group, "T"),
                      array("n_groups", &O::n_groups, "1"));
  }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One text.
inline op::align_byte_offsets::outputs align_byte_offsets(const op::align_byte_offsets::inputs& in,
                                                          const op::align_byte_offsets::options& o = {}) {
  const auto rule = check<op::align_byte_offsets>(in, o);
  rule(std::is_sorted(in.student_end.begin(), in.student_end.end()), "student_end", "must not decrease");
  rule(std::is_sorted(in.teacher_end.begin(), in.teacher_end.end()), "teacher_end", "must not decrease");
  op::align_byte_offsets::outputs out;
  const index_t students = in.student_end.size(), teachers = in.teacher_end.size();
  out.student_group.reserve(static_cast<std::size_t>(students));
  out.teacher_group.reserve(static_cast<std::size_t>(teachers));
  index_t i = 0, j = 0;
  while (i < students && j < teachers) {
    const index_t s = in.student_end[i], t = in.teacher_end[j];
    if (s <= t) out.student_group.push_back(out.n_groups), ++i;
    if (t <= s) out.teacher_group.push_back(out.n_groups), ++j;
    if (s == t) ++out.n_groups;
  }
  // What is left: one more group with what the other side has opened it with, or nobody's.
  const auto opened = [&](const std::vector<index_t>& group) { return !group.empty() && group.back() == out.n_groups; };
  const bool by_student = i < students || opened(out.student_group),
             by_teacher = j < teachers || opened(out.teacher_group);
  const bool both = by_student && by_teacher;
  for (auto* group : {&out.student_group, &out.teacher_group}) {
    if (!both) std::replace(group->begin(), group->end(), out.n_groups, index_t(-1));
    group->resize(static_cast<std::size_t>(group == &out.student_group ? students : teachers),
                  both ? out.n_groups : -1);
  }
  if (both) ++out.n_groups;
  return out;
}

/// A batch of texts, in order.
inline auto align_byte_offsets(const host_rows& rows, std::span<const op::align_byte_offsets::inputs> in,
                               const op::align_byte_offsets::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return align_byte_offsets(row, o); });
}

}}  // namespace guerdon
