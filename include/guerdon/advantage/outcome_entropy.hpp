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

#include <guerdon/core/launch.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

template <storage T>
struct outcome_entropy_inputs {
  view<const index_t> outcome_id;  ///< [N] class of each answer; equal numbers are equal answers
  segments groups;                 ///< cuts the N answers into G prompts
};

template <storage T, template <class> class Of = view>
struct outcome_entropy_outputs {
  Of<T> entropy;  ///< [G] between 0 and log_base(answers of the group)
};

struct outcome_entropy_options {
  double log_base = 2;  ///< > 1
  double eps = 0;       ///< >= 0, added inside the logarithm
};

namespace detail {

/// One group of sorted classes: how often each class occurs stands at the end of its run, 0 elsewhere.
template <class T>
struct outcome_entropy_program {
  view<const index_t> sorted;
  segments groups;
  view<double> run;  // [N]
  view<T> entropy;
  outcome_entropy_options o;

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

}  // namespace detail

inline void require_log_base(double log_base, std::string_view operation) {
  require(log_base > 1, operation, "log_base", "must be greater than 1");
}

/// Writes the entropies. Throws std::invalid_argument naming the argument that is wrong.
template <storage T = float, backend Backend>
void outcome_entropy(const Backend& backend, const outcome_entropy_inputs<T>& in,
                     const outcome_entropy_outputs<T>& out, const outcome_entropy_options& o = {}) {
  constexpr auto op = "outcome_entropy";
  const index_t n = in.outcome_id.size();
  require_segments(backend, in.groups, n, op, "group_offsets");
  require_size(out.entropy.size(), in.groups.count(), op, "entropy", "one number per group");
  require_log_base(o.log_base, op);
  require(o.eps >= 0, op, "eps", "must be at least 0");

  auto scratch = backend.scratch();
  const auto sorted = scratch.template take<index_t>(n);
  const auto run = scratch.template take<double>(n);
  backend.template sort_segments<index_t>(in.groups, in.outcome_id, sorted);
  backend.for_segments(in.groups, detail::outcome_entropy_program<T>{sorted, in.groups, run, out.entropy, o});
}

/// The entropies in an array of the backend's.
template <storage T = float, backend Backend>
auto outcome_entropy(const Backend& backend, const outcome_entropy_inputs<T>& in,
                     const outcome_entropy_options& o = {}) {
  auto entropy = backend.template make<T>(in.groups.count());
  outcome_entropy<T>(backend, in, {.entropy = entropy}, o);
  return entropy;
}

}}  // namespace guerdon
