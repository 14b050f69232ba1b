#pragma once
// The candidates of one round of a search over reward programs: which is best, and how many ran at all.

#include <guerdon/core/host_operation.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace candidates {

struct selection {
  index_t best_index = 0;   ///< the first of the greatest score
  double best_score = 0;    ///< after failures have got theirs
  double execute_rate = 0;  ///< in [0, 1]
  bool any_executed = false;
};

/// Of at least one candidate. One without a score has not run, whatever its flag. `negative_fails`: the rate counts
/// scores of at least 0, those of failures among them.
inline selection select(view<const double> score, view<const flag_t> executed, double failure_score,
                        bool negative_fails) {
  selection s;
  index_t counted = 0;
  for (index_t k = 0; k < score.size(); ++k) {
    const bool ran = executed[k] != 0 && score[k] == score[k];
    const double result = ran ? score[k] : failure_score;
    if (k == 0 || result > s.best_score) s.best_index = k, s.best_score = result;
    counted += negative_fails ? result >= 0 : ran;
    s.any_executed |= ran;
  }
  s.execute_rate = static_cast<double>(counted) / static_cast<double>(score.size());
  return s;
}

}}}  // namespace guerdon::candidates
