#pragma once
// The tokens whose advantage and log-probability vary together most: what Clip-Cov and KL-Cov look for.

#include <guerdon/objective/policy_objective.hpp>
#include <guerdon/statistics/moments.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

/// Every token's advantage, of rows that have one each.
template <class T>
struct spread_advantage {
  static constexpr bool long_segments = true;
  segments rows;
  view<const T> advantage;  // [rows]
  view<T> of_token;         // [tokens]

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    const T a = advantage[row];
    T* const result = of_token.data() + rows.begin(row);
    team.each(rows.size(row), [=](index_t i) { result[i] = a; });
  }
};

/// selected[i] = 1 for the max(1, floor(fraction * n)) of the n valid tokens with the largest covariance
/// (A - mean A)(log pi - mean log pi) among those that `is_candidate(covariance, advantage, log-probability, old one)`;
/// equal ones in their order. A covariance of NaN is none.
template <storage T, class Backend, class Candidate>
void select_covariant(const Backend& backend, const policy_inputs<T>& in, double fraction, Candidate is_candidate,
                      view<flag_t> selected) {
  const index_t n = in.logprob.size();
  auto scratch = backend.scratch();
  view<const T> advantage = in.token_advantage;
  if (!advantage) {
    const auto of_token = scratch.template take<T>(n);
    backend.for_segments(in.rows, spread_advantage<T>{in.rows, in.advantage, of_token});
    advantage = of_token;
  }
  const auto valid = scratch.template take<flag_t>(n);
  const auto rows = in.rows;
  const auto mask = in.mask;
  backend.each(n, [=] GUERDON_HD(index_t i) {
    valid[i] = flag_t(rows.holds(i) && (!mask || mask[i] != 0));
    selected[i] = 0;
  });
  const auto of_advantage = scratch.template take<moments>(1), of_logprob = scratch.template take<moments>(1);
  array_moments(backend, n, masked_values<T>{advantage.data(), valid.data()}, of_advantage);
  array_moments(backend, n, masked_values<T>{in.logprob.data(), valid.data()}, of_logprob);

  constexpr double last = std::numeric_limits<double>::infinity(), most = std::numeric_limits<double>::max();
  const auto keys = scratch.template take<double>(n), sorted_keys = scratch.template take<double>(n);
  const auto token = scratch.template take<index_t>(n), sorted_token = scratch.template take<index_t>(n);
  const auto logprob = in.logprob, old_logprob = in.old_logprob;
  backend.each(n, [=] GUERDON_HD(index_t i) {
    using R = real_t<T>;
    token[i] = i;
    keys[i] = last;
    if (!valid[i]) return;
    const double covariance = (double(advantage[i]) - of_advantage[0].mean) * (double(logprob[i]) - of_logprob[0].mean);
    if (covariance == covariance && is_candidate(covariance, R(advantage[i]), R(logprob[i]), R(old_logprob[i])))
      keys[i] = math::clamp(-covariance, -most, most);
  });
  backend.template sort_pairs<double, index_t>(keys, token, sorted_keys, sorted_token);
  backend.each(n, [=] GUERDON_HD(index_t k) {
    const double wanted = math::max(fraction * of_advantage[0].count, 1.0);  // k < floor(wanted) as k + 1 <= wanted
    if (double(k) + 1 <= wanted && sorted_keys[k] < last) selected[sorted_token[k]] = 1;
  });
}

}}  // namespace guerdon
