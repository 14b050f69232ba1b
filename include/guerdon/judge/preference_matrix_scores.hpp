#pragma once
// One score per response from a table of pairwise preferences, and the order that they give.
//
// $$s_i = \text{mean}_j\, P_{ij}, \qquad \text{copeland: } \sum_j \mathrm{sign}(P_{ij} - \tfrac12), \qquad
//   \text{logit: } \text{mean}_j \ln \frac{P_{ij}}{1 - P_{ij}}$$
//
// over the columns j that i was compared with; $P_{ij}$ is the probability that i beats j.
//
// Source: Copeland's method, 1951, and the standard definitions; this project's own in their edge cases.
//
// Details that differ:
// - NaN is not compared, the diagonal is ignored. Compared with nobody: 0.5 (mean), 0 (copeland, logit).
// - `clip` keeps the logit finite. Of equal scores the lower index ranks first.
//
// Cost: the table read once, and a sort. No gradient.

#include <guerdon/core/host_operation.hpp>

#include <algorithm>
#include <numeric>
#include <vector>

namespace guerdon {

enum class preference_score { mean, copeland, logit };
constexpr auto enumerators(preference_score) { return std::array{"mean", "copeland", "logit"}; }

namespace op {
struct preference_matrix_scores : host_kind {
  static constexpr info about{"preference_matrix_scores", "judge", "Scores and ranks from pairwise preferences", "",
                              skeleton::host, 1e-5, true};
  struct inputs {
    index_t responses = 0;          ///< how many there are, N
    view<const double> preference;  ///< [N,N] P(row beats column); NaN: not compared
  };
  struct outputs {
    std::vector<double> score;  ///< [N]
    std::vector<index_t> rank;  ///< [N] 0 = best
  };
  struct options {
    preference_score method = preference_score::mean;
    double clip = 1e-3;  ///< between 0 and 0.5: logits are of probabilities in [clip, 1 - clip]
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("responses", &I::responses, "N"), array("preference", &I::preference, "N,N", drawn(0, 1)));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("score", &O::score, "N"), array("rank", &O::rank, "N")); }
  static constexpr auto parameters() {
    return std::tuple(choice("method", &options::method),
                      option("clip", &options::clip, within(0, 0.5).without_nan().drawn(1e-3, 0.4)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The scores of all responses.
inline op::preference_matrix_scores::outputs preference_matrix_scores(
    const op::preference_matrix_scores::inputs& in, const op::preference_matrix_scores::options& o = {}) {
  check<op::preference_matrix_scores>(in, o);
  const auto n = static_cast<std::size_t>(in.responses);
  op::preference_matrix_scores::outputs out;
  for (index_t i = 0; i < in.responses; ++i) {
    double sum = 0, compared = 0;
    for (index_t j = 0; j < in.responses; ++j) {
      const double p = in.preference[i * in.responses + j];
      if (i == j || p != p) continue;
      ++compared;
      switch (o.method) {
        case preference_score::mean: sum += p; break;
        case preference_score::copeland: sum += (p > 0.5) - (p < 0.5); break;
        case preference_score::logit: {
          const double inside = math::clamp(p, o.clip, 1 - o.clip);
          sum += math::log(inside / (1 - inside));
        }
      }
    }
    const bool averaged = o.method != preference_score::copeland;
    const double none = o.method == preference_score::mean ? 0.5 : 0;
    out.score.push_back(compared == 0 ? none : averaged ? sum / compared : sum);
  }
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t(0));
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return out.score[a] > out.score[b]; });
  out.rank.resize(n);
  for (std::size_t k = 0; k < n; ++k) out.rank[order[k]] = static_cast<index_t>(k);
  return out;
}

}}  // namespace guerdon
