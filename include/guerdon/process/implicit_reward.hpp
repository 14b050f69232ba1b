#pragma once
// What the operations on implicit process rewards share: log-ratios under a mask, and where a response ends.
//
// Source: PRIME, arXiv:2502.01456.

#include <guerdon/core/operation.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

/// Token t of a row: logprob - ref_logprob, 0 under the mask.
template <class T>
struct log_ratio {
  const T *logprob, *ref_logprob;
  const flag_t* mask;

  GUERDON_HD real_t<T> operator()(index_t t) const {
    using R = real_t<T>;
    return math::select(mask[t] != 0, R(logprob[t]) - R(ref_logprob[t]), R(0));
  }
};
template <template <class> class Inputs, class T>
GUERDON_HD log_ratio<T> log_ratio_of(const Inputs<T>& in, index_t begin) {
  return {in.logprob.data() + begin, in.ref_logprob.data() + begin, in.mask.data() + begin};
}

/// The last of n tokens that the mask counts; -inf where there is none.
template <class Team>
GUERDON_HD double last_of_response(Team& team, index_t n, const flag_t* mask) {
  return team.template reduce<highest>(
      n, [=](index_t t) { return lanes{mask[t] ? double(t) : highest::identity}; })[0];
}

}}  // namespace guerdon
