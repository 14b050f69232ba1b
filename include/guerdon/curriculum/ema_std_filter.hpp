#pragma once
// Which groups of a step to keep: those whose deviation reaches a share of its moving average over the steps before.
//
// $$\mathrm{keep}_g = [s_g \ge \beta e], \qquad e' = (1 - r)\,\bar s + r\,e$$
//
// with the mean of the finite deviations of the last step that had any; the first e is the mean of all such means so
// far.
//
//   guerdon::ema_std_filter filter{.options = {.beta = 0.5}};
//   const auto now = filter.update(group_std);  // of a step; now.keep, now.threshold
//
// Source: RLPR, arXiv:2506.18254.
//
// Details that differ:
// - Means are recorded from step `record_from` on, of all groups of a step, kept or not, after it was filtered; steps
//   count from 1. Before `filter_from` everything is kept. Without any record the threshold is 0.
// - Two filters do not merge: one that started afresh has recorded none of its first steps, and kept groups that the
//   average of the other would have dropped. Gather the deviations of a step and update once.
// - The threshold itself is reached, so that 0 keeps groups without a deviation. What is not finite is not kept.
// - beta is 0.5 for Qwen, 0.9 for Llama and 1.0 for Gemma.
//
// Cost: one step per group.

#include <guerdon/core/value.hpp>

#include <vector>

namespace guerdon {

/// What the filter carries from step to step.
struct std_filter_state {
  index_t step = 0;      ///< steps so far
  double recorded = 0;   ///< how many means were recorded
  double sum = 0;        ///< of them
  double last = 0;       ///< the latest of them
  double average = 0;    ///< e
  bool started = false;  ///< has e a value?
};

namespace op {
struct ema_std_filter : value_kind {
  static constexpr info about{"ema_std_filter", "curriculum",
                              "Groups whose deviation is not below a moving threshold (RLPR)", "arXiv:2506.18254",
                              skeleton::host};
  struct inputs {
    view<const double> group_std;  ///< [G] of the groups of all steps
    segments steps;                ///< cuts the G groups into steps
  };
  struct outputs {
    std::vector<flag_t> keep;       ///< [G] 1 = keep
    std::vector<double> threshold;  ///< [N] of each step
  };
  struct options {
    index_t record_from = 6;   ///< first step whose mean is recorded
    index_t filter_from = 11;  ///< first step that is filtered
    double ema_ratio = 0.99;   ///< r in [0, 1]
    double beta = 0.5;         ///< >= 0
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("group_std", &I::group_std, "G", drawn(0, 1)),
                      cuts("steps", &I::steps, "N", "G").in_files("step_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("keep", &O::keep, "G"), array("threshold", &O::threshold, "N"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("record_from", &options::record_from, integers(0, 8)),
                      option("filter_from", &options::filter_from, integers(0, 12)),
                      option("ema_ratio", &options::ema_ratio, within(0, 1)),
                      option("beta", &options::beta, at_least(0, 2)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One step: which of its groups are kept, into `keep`; returns the threshold.
inline double filter_step(std_filter_state& state, view<const double> group_std, const op::ema_std_filter::options& o,
                          std::vector<flag_t>& keep) {
  ++state.step;
  const bool filters = state.step >= o.filter_from;
  if (filters && state.recorded > 0) {
    state.average =
        state.started ? (1 - o.ema_ratio) * state.last + o.ema_ratio * state.average : state.sum / state.recorded;
    state.started = true;
  }
  const double threshold = filters && state.started ? o.beta * state.average : 0;
  double sum = 0, finite = 0;
  for (const double s : group_std) {
    keep.push_back(flag_t(!filters || (math::is_finite(s) && s >= threshold)));
    if (math::is_finite(s)) sum += s, ++finite;
  }
  if (state.step >= o.record_from && finite > 0) {
    state.last = sum / finite;
    state.sum += state.last;
    ++state.recorded;
  }
  return threshold;
}

inline op::ema_std_filter::outputs updated(op::ema_std_filter, const op::ema_std_filter::inputs& in,
                                           const op::ema_std_filter::options& o = {}) {
  check<op::ema_std_filter>(in, o);
  op::ema_std_filter::outputs out;
  std_filter_state state;
  for (index_t s = 0; s < in.steps.count(); ++s)
    out.threshold.push_back(
        filter_step(state, {in.group_std.data() + in.steps.begin(s), in.steps.size(s)}, o, out.keep));
  return out;
}

}  // namespace GUERDON_ABI

/// The filter: what it carries, and its options.
struct ema_std_filter {
  op::ema_std_filter::options options = {};
  std_filter_state state = {};

  struct readings {
    std::vector<flag_t> keep;  ///< of each group of the step
    double threshold;
  };

  static constexpr const char* name = "ema_std_filter";
  static constexpr auto fields() {
    using self = ema_std_filter;
    const auto of_state = []<class M>(const char* field, M member) {
      return op::saved_field<op::list::path<std_filter_state self::*, M>>{field, {&self::state, member}};
    };
    using carried = std_filter_state;
    return std::tuple_cat(std::tuple(of_state("step", &carried::step), of_state("recorded", &carried::recorded),
                                     of_state("sum", &carried::sum), of_state("last", &carried::last),
                                     of_state("average", &carried::average), of_state("started", &carried::started)),
                          op::saved_options<op::ema_std_filter>(&self::options));
  }

  /// Takes the deviations of the groups of one step.
  [[gnu::always_inline]] readings update(view<const double> group_std) {
    check<op::ema_std_filter>(op::ema_std_filter::inputs{group_std, segments::uniform(1, group_std.size())}, options);
    readings r;
    r.threshold = filter_step(state, group_std, options, r.keep);
    return r;
  }
};

}  // namespace guerdon
