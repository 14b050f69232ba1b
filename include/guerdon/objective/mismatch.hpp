#pragma once
// What the operations share that look at how far the policy has moved from the engine that sampled: their arguments,
// and the log-ratio of a token, of its run or of its row.

#include <guerdon/core/operation.hpp>
#include <guerdon/objective/runs.hpp>

namespace guerdon {
namespace op {

template <class I>
constexpr auto mismatch_arguments() {
  return std::tuple(op::rows(&I::rows), array("logprob", &I::logprob, "B,T", drawn(-3, 0)),
                    array("rollout_logprob", &I::rollout_logprob, "B,T", drawn(-3, 0)),
                    optional_array("mask", &I::mask, "B,T", yes_or_no()));
}

}  // namespace op

inline namespace GUERDON_ABI {

/// Beyond it a log-ratio says nothing more.
inline constexpr double most_log_ratio = 20;

/// The tokens of one row.
template <class T>
struct mismatch_row {
  using R = real_t<T>;
  const T *logprob, *rollout_logprob;
  const flag_t* mask;
  index_t begin, length;

  template <class In>
  GUERDON_HD mismatch_row(const In& in, index_t row)
      : logprob(in.logprob.data() + in.rows.begin(row)),
        rollout_logprob(in.rollout_logprob.data() + in.rows.begin(row)),
        mask(in.mask ? in.mask.data() + in.rows.begin(row) : nullptr),
        begin(in.rows.begin(row)),
        length(in.rows.size(row)) {}

  GUERDON_HD bool valid(index_t i) const { return mask == nullptr || mask[i] != 0; }
  GUERDON_HD R log_ratio(index_t i) const { return R(logprob[i]) - R(rollout_logprob[i]); }
};

/// Scratch for the means of runs, [tokens] each.
struct run_scratch {
  view<double> rest, length, mean;

  template <class Scratch>
  run_scratch(Scratch& scratch, bool needed, index_t tokens) {
    if (!needed) return;
    rest = scratch.template take<double>(tokens), length = scratch.template take<double>(tokens);
    mean = scratch.template take<double>(tokens);
  }
  /// By the team of a row: mean[i] of value over the run that holds i. Gives the row's part of `mean`.
  template <class Team, class T, class Value>
  GUERDON_HD const double* means(Team& team, const mismatch_row<T>& row, Value value) const {
    double* const of_run = mean.data() + row.begin;
    run_means(team, row.length, [row](index_t i) { return row.valid(i); }, value, rest.data() + row.begin,
              length.data() + row.begin, of_run);
    return of_run;
  }
};

}}  // namespace guerdon
