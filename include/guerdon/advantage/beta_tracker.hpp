#pragma once
// What SPO keeps per prompt: Beta counts alpha and beta, whose mean estimates the success rate.

#include <guerdon/core/operation.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

GUERDON_HD inline double beta_mean(double alpha, double beta) { return alpha / (alpha + beta); }

/// Counts are above 0, which a NaN is not. Looked at where the host can read them.
template <class Backend, class T>
void check_beta_tracker(const Backend&, const call_rules& rule, view<const T> alpha, view<const T> beta) {
  if constexpr (Backend::on_host) {
    bool positive = true;
    for (index_t k = 0; k < alpha.size(); ++k) positive &= alpha[k] > 0 && beta[k] > 0;
    rule(positive, "alpha", "and beta must be greater than 0");
  }
}

}}  // namespace guerdon
