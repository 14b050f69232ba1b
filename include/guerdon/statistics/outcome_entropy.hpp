#pragma once
// How much the answers to one prompt disagree: the entropy of their classes.
//
// $$H_g = -\sum_c p_c \log_b(p_c + \varepsilon), \qquad p_c = \frac{n_c}{n}$$
//
// where $n_c$ of the group's n answers are of class c: 0 where all agree, $\log_b n$ where all differ.
//
// Source: COPO, arXiv:2508.04138; the formula is that of its published code.
//
// Details that differ:
// - The published code compares answer strings and adds 1e-8 inside the logarithm; agreement then gives about
//   -1.4e-8, which is kept. Here epsilon is 0 and agreement is exactly 0.
// - Classes are any integers; -1, "no answer", is a class like the others. Turning text into classes is
//   answer_ids'.
// - A group of one has entropy 0 (with epsilon 0), an empty group 0. No gradient.
//
// Cost: a sort inside the groups, then two passes over the sorted classes.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct outcome_entropy {
  static constexpr info about{"outcome_entropy", "statistics", "Entropy of the answers to one prompt (COPO)",
                              "arXiv:2508.04138", skeleton::sort};
  template <real T>
  struct inputs {
    view<const index_t> outcome_id;  ///< [N] class of each answer; equal numbers are equal answers
    segments groups;                 ///< cuts the N answers into G prompts
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> entropy;  ///< [G] between 0 and log_base(answers of the group)
  };
  struct options {
    double log_base = 2;  ///< > 1
    double eps = 0;       ///< >= 0, added inside the logarithm
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("outcome_id", &I::outcome_id, "N", integers(-1, 4)),
                      cuts("groups", &I::groups, "G", "N").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("entropy", &O::entropy, "G"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("log_base", &options::log_base, greater_than(1, 1.5, 10)),
                      option("eps", &options::eps, at_least(0, 1e-3)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One group of sorted classes: how often each class occurs stands at the end of its run, 0 elsewhere.
template <class T>
struct outcome_entropy_program {
  static constexpr bool short_segments = true;
  view<const index_t> sorted;
  segments groups;
  view<double> run;  // [N]
  view<T> entropy;
  op::outcome_entropy::options o;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = groups.begin(g), n = groups.size(g);
    const index_t* const id = sorted.data() + begin;
    double* const run_here = run.data() + begin;
    team.recur_forward(
        n, 0.0, [=](index_t i) { return affine<double>{1, i > 0 && id[i] == id[i - 1] ? 1.0 : 0.0}; },
        [=](index_t i, double length, double) {
          run_here[i] = i + 1 == n || id[i] != id[i + 1] ? length : 0;
        });
    const double plogp = team.sum(n, [&](index_t i) {
      const double p = run_here[i] / double(n);
      return p > 0 ? p * math::log(p + o.eps) : 0;
    });
    team.once([&] { entropy[g] = T(0 - plogp / math::log(o.log_base)); });
  }
};

/// Writes the entropies.
template <real T = float, backend Backend>
void outcome_entropy(const Backend& backend, const op::outcome_entropy::inputs<T>& in,
                     const op::outcome_entropy::outputs<T>& out, const op::outcome_entropy::options& o) {
  check<op::outcome_entropy>(backend, in, out, o);
  auto scratch = backend.scratch();
  const auto sorted = scratch.template take<index_t>(in.outcome_id.size());
  const auto run = scratch.template take<double>(in.outcome_id.size());
  backend.template sort_segments<index_t>(in.groups, in.outcome_id, sorted);
  backend.for_segments(in.groups, outcome_entropy_program<T>{sorted, in.groups, run, out.entropy, o});
}

/// The entropies in an array of the backend's.
template <real T = float, backend Backend>
auto outcome_entropy(const Backend& backend, const op::outcome_entropy::inputs<T>& in,
                     const op::outcome_entropy::options& o = {}) {
  return returned<op::outcome_entropy, T>(backend, in, o, [&](auto& out) { outcome_entropy(backend, in, out, o); });
}

}}  // namespace guerdon
