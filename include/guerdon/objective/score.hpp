#pragma once
// What losses share that weigh the score: minus a constant weight times the log-probability of the token.

#include <guerdon/objective/policy_objective.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

/// a * b, which is 0 where either is, though the other be infinite; a NaN stays.
template <class R>
GUERDON_HD R product_of_numbers(R a, R b) {
  return math::select(((a == R(0)) | (b == R(0))) & (a == a) & (b == b), R(0), a * b);
}

/// -weight * logprob of a weight that is constant for the gradient. A weight of 0 gives 0, at a log-probability of -inf
/// too; a NaN in either makes loss and slope NaN.
template <class R>
GUERDON_HD token_loss<R> score_loss(R weight, R logprob, R clipped = 0) {
  return {-product_of_numbers(weight, logprob), math::select(logprob == logprob, -weight, logprob), clipped};
}

}}  // namespace guerdon
