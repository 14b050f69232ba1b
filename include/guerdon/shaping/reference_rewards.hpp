#pragma once
// A learned reward against the rewards of reference answers to the same prompt.

#include <guerdon/core/shaping.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

/// Every answer needs a reference. Checked where memory can be looked at.
template <class Backend>
void require_references(const Backend&, const call_rules& rule, const segments& references) {
  if constexpr (Backend::on_host)
    for (index_t i = 0; i < references.count(); ++i)
      rule(references.size(i) > 0, "references", "leave an answer without any reference");
}

/// The mean of f(reward - reference) over the first `most` references of answer i: few, and one after the other, so that
/// an answer in a pipe adds them up as one by itself does.
template <class In, class F>
GUERDON_HD double mean_over_references(const In& in, index_t i, double reward, index_t most, F f) {
  const index_t begin = in.references.begin(i), all = in.references.size(i), n = all < most ? all : most;
  serial_team alone;
  return alone.sum(n, [&](index_t j) { return f(reward - double(in.ref_reward[begin + j])); }) / double(n);
}

}}  // namespace guerdon
