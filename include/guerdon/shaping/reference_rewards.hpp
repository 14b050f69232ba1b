#pragma once
// A learned reward against the rewards of reference answers to the same prompt.

#include <guerdon/core/operation.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

/// Every answer needs a reference. Checked where memory can be looked at.
template <class Backend>
void require_references(const Backend&, const call_rules& rule, const segments& references) {
  if constexpr (Backend::on_host)
    for (index_t i = 0; i < references.count(); ++i)
      rule(references.size(i) > 0, "references", "leave an answer without any reference");
}

/// The mean of f(reward - reference) over the first `most` references of one answer.
template <class In, class T, class F>
struct reference_mean_program {
  static constexpr bool short_segments = true;
  In in;
  view<T> shaped;
  index_t most;
  F f;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t i) const {
    const index_t begin = in.references.begin(i), all = in.references.size(i), n = all < most ? all : most;
    const double r = double(in.reward[i]);
    const double total = team.sum(n, [&](index_t j) { return f(r - double(in.ref_reward[begin + j])); });
    team.once([&] { shaped[i] = T(total / double(n)); });
  }
};
template <class In, class T, class F>
reference_mean_program<In, T, F> mean_over_references(const In& in, view<T> shaped, index_t most, F f) {
  return {in, shaped, most, f};
}

}}  // namespace guerdon
