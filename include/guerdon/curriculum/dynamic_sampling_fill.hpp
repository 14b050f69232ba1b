#pragma once
// Kept groups, collected over successive generation batches until a training batch is full.
//
// $$\text{batches} = \min\Bigl\{b : \sum_{g \in B_1 \cup \dots \cup B_b} \mathrm{keep}_g \ge n\Bigr\}, \qquad
//   \text{selected} = \text{the first } n \text{ kept}$$
//
// Source: the loop of dynamic sampling, DAPO, arXiv:2503.14476, as verl has it.
//
// Details that differ:
// - What the last batch had beyond the target is thrown away, and counted.
// - `max_batches` batches that do not fill it are an error, as in verl; 0 or less: no limit. Where the batches end
//   before that, the result is what there is, and not complete.
//
// Cost: one step per group. No gradient.

#include <guerdon/core/host_operation.hpp>

#include <vector>

namespace guerdon {

namespace op {
struct dynamic_sampling_fill : host_kind {
  static constexpr info about{"dynamic_sampling_fill", "curriculum",
                              "Groups collected over generation batches until there are enough (DAPO)",
                              "arXiv:2503.14476", skeleton::host};
  struct inputs {
    view<const flag_t> keep;  ///< [G] 1 = the group is worth a gradient, for instance from zero_variance_group_filter
    segments batches;         ///< cuts the G groups into generation batches
  };
  struct outputs {
    bool complete = false;          ///< target_groups were found
    index_t batches_used = 0;       ///< [1]
    std::vector<index_t> selected;  ///< [K] numbers of the groups, in order; all that were found if not complete
    index_t surplus = 0;            ///< [1] found in the last batch beyond the target
  };
  struct options {
    index_t target_groups = required;  ///< n >= 1
    index_t max_batches = 0;           ///< most batches that may be used; 0 or less: any number
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("keep", &I::keep, "G", yes_or_no()),
                      cuts("batches", &I::batches, "N", "G").in_files("batch_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("complete", &O::complete, "1"), array("batches_used", &O::batches_used, "1"),
                      array("selected", &O::selected, "K"), array("surplus", &O::surplus, "1"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("target_groups", &options::target_groups, counts_from(1, 4)),
                      option("max_batches", &options::max_batches, integers(-2, 6)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One training batch.
inline op::dynamic_sampling_fill::outputs dynamic_sampling_fill(const op::dynamic_sampling_fill::inputs& in,
                                                                const op::dynamic_sampling_fill::options& o = {}) {
  const auto rule = check<op::dynamic_sampling_fill>(in, o);
  op::dynamic_sampling_fill::outputs out;
  const auto found = [&] { return static_cast<index_t>(out.selected.size()); };
  for (index_t b = 0; b < in.batches.count() && !out.complete; ++b) {
    const index_t begin = in.batches.begin(b);
    for (index_t g = begin; g < begin + in.batches.size(b); ++g)
      if (in.keep[g]) out.selected.push_back(g);
    out.batches_used = b + 1;
    out.complete = found() >= o.target_groups;
    rule(out.complete || o.max_batches <= 0 || out.batches_used < o.max_batches, "max_batches",
         "were used without filling the batch");
  }
  if (out.complete) {
    out.surplus = found() - o.target_groups;
    out.selected.resize(static_cast<std::size_t>(o.target_groups));
  }
  return out;
}

}}  // namespace guerdon
