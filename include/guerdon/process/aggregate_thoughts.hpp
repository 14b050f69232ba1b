#pragma once
// Joins neighbouring steps that a judge labels alike into thoughts, so that it no longer matters how a solution was cut
// into steps, and splitting steps earns nothing.
//
// $$\text{thought}(i) = \#\{j \le i : j \text{ begins a response, or } \ell_j \ne \ell_{j-1}\} - 1$$
//
//   const auto [of_step, label, length, offsets] = guerdon::aggregate_thoughts<float>(backend, {labels, steps});
//
// Memory of the caller's: `op::aggregate_thoughts::ragged_size<float>(backend, in, o)` says how many thoughts there
// are.
//
// Source: TP-GRPO, arXiv:2507.23317.
//
// Details that differ:
// - Labels are any integers, 1 right and 0 wrong; equal ones are joined. A response without steps has no thoughts.
// - ragged_size, and with it the returning form, waits for the backend. A backend whose memory the host cannot read
//   does not refuse arrays of another size, and fills what there is of them.
//
// Cost: the labels read three times; 16 bytes of scratch per step. No gradient.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct aggregate_thoughts {
  static constexpr info about{"aggregate_thoughts", "process",
                              "Neighbouring steps of one label as one thought (TP-GRPO)", "arXiv:2507.23317",
                              skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const index_t> step_label;  ///< [M] 1 = right, 0 = wrong, others as they are
    segments steps;                  ///< cuts the M steps into R responses
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<index_t> thought_of_step;  ///< [M] from 0, over all responses
    Of<index_t> thought_label;    ///< [K]
    Of<index_t> thought_length;   ///< [K] steps of the thought
    Of<index_t> thought_offsets;  ///< [R+1] where the thoughts of each response begin
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("step_label", &I::step_label, "M", integers(0, 2)),
                      cuts("steps", &I::steps, "R", "M").in_files("step_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("thought_of_step", &O::thought_of_step, "M"),
                      array("thought_label", &O::thought_label, "K"), array("thought_length", &O::thought_length, "K"),
                      array("thought_offsets", &O::thought_offsets, "R+1"));
  }
  static constexpr auto parameters() { return std::tuple(); }
  static constexpr char ragged_symbol = 'K';
  /// How many thoughts there are.
  template <real T = float, class Backend>
  static index_t ragged_size(const Backend& backend, const inputs<T>& in, const options& o);
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Does step i of a response begin a thought?
GUERDON_HD inline bool begins_thought(const index_t* label, index_t i) { return i == 0 || label[i] != label[i - 1]; }

struct thought_programs {
  struct mark {
    static constexpr bool short_segments = true;
    view<const index_t> step_label;
    segments steps;
    view<index_t> begins;  // [M]

    template <class Team>
    GUERDON_HD void operator()(Team& team, index_t response) const {
      const index_t first = steps.begin(response);
      const index_t* const label = step_label.data() + first;
      team.each(steps.size(response), [&](index_t i) { begins[first + i] = begins_thought(label, i); });
    }
  };

  /// Every thought by the step that begins it.
  template <class T>
  struct list {
    static constexpr bool short_segments = true;
    op::aggregate_thoughts::inputs<T> in;
    op::aggregate_thoughts::outputs<T> out;
    view<const index_t> place;  // [M+1] thoughts that begin before a step

    template <class Team>
    GUERDON_HD void operator()(Team& team, index_t response) const {
      const index_t first = in.steps.begin(response), n = in.steps.size(response), room = out.thought_label.size();
      const index_t* const label = in.step_label.data() + first;
      team.each(n, [&](index_t i) {
        const index_t thought = place[first + i + 1] - 1;
        out.thought_of_step[first + i] = thought;
        if (!begins_thought(label, i) || thought >= room) return;
        index_t end = i + 1;
        while (end < n && label[end] == label[i]) ++end;
        out.thought_label[thought] = label[i];
        out.thought_length[thought] = end - i;
      });
    }
  };
};

/// place[i] = thoughts that begin before step i; the last one: all of them.
template <class T, class Backend>
void place_thoughts(const Backend& backend, const op::aggregate_thoughts::inputs<T>& in, view<index_t> place) {
  const index_t steps = in.step_label.size();
  auto scratch = backend.scratch();
  const auto begins = scratch.template take<index_t>(steps);
  backend.each(steps, [=] GUERDON_HD(index_t i) { begins[i] = 0; });  // what lies behind padded responses begins none
  backend.for_segments(in.steps, thought_programs::mark{in.step_label, in.steps, begins});
  backend.template exclusive_sum<index_t>(begins, place);
}

/// Writes the thoughts into arrays of the size that op::aggregate_thoughts::ragged_size says.
template <real T = float, backend Backend>
void aggregate_thoughts(const Backend& backend, const op::aggregate_thoughts::inputs<T>& in,
                        const op::aggregate_thoughts::outputs<T>& out, const op::aggregate_thoughts::options& o) {
  const auto rule = check<op::aggregate_thoughts>(backend, in, out, o);
  const index_t steps = in.step_label.size();
  auto scratch = backend.scratch();
  const auto place = scratch.template take<index_t>(steps + 1);
  place_thoughts<T>(backend, in, place);
  if constexpr (Backend::on_host)
    rule(place[steps] == out.thought_label.size(), "thought_label",
         "must have as many elements as there are thoughts (ragged_size)");
  backend.for_segments(in.steps, thought_programs::list<T>{in, out, place});
  backend.each(out.thought_offsets.size(),
               [=] GUERDON_HD(index_t r) { out.thought_offsets[r] = place[in.steps.begin(r)]; });
}

/// The same in arrays of the backend's.
template <real T = float, backend Backend>
auto aggregate_thoughts(const Backend& backend, const op::aggregate_thoughts::inputs<T>& in,
                        const op::aggregate_thoughts::options& o = {}) {
  return returned<op::aggregate_thoughts, T>(backend, in, o,
                                             [&](auto& out) { aggregate_thoughts(backend, in, out, o); });
}

}  // namespace GUERDON_ABI

template <real T, class Backend>
index_t op::aggregate_thoughts::ragged_size(const Backend& backend, const inputs<T>& in, const options&) {
  check_arguments<aggregate_thoughts>(backend, in);
  auto scratch = backend.scratch();
  const auto place = scratch.template take<index_t>(in.step_label.size() + 1);
  place_thoughts<T>(backend, in, place);
  return number_at<index_t>(backend, place.data() + in.step_label.size());
}

}  // namespace guerdon
