#pragma once
// How much relevance stands at the top of a ranking, against the best ranking there is.
//
// $$\mathrm{ndcg}_g = \frac{\mathrm{DCG}(\text{by prediction})}{\mathrm{DCG}(\text{by relevance})}, \qquad
//   \mathrm{DCG} = \sum_{t=1}^{k} \frac{\mathrm{gain}_t}{\log_2(t + 1)}$$
//
// Source: Jarvelin and Kekalainen, Cumulated gain-based evaluation of IR techniques, 2002; a metric of RewardAnything's
// RABench, arXiv:2506.03637.
//
// Details that differ:
// - `gain = exp2` is $2^y - 1$. Which one RABench takes is not known.
// - Equal predictions share the mean gain of their block, before the cut at k, as any order of them is expected to
//   give; `ties = index` lets the lower index stand first.
// - A NaN prediction ranks last, with -inf. Nothing relevant, or no responses: `empty_value`.
//
// Cost: two sorts. No gradient.

#include <guerdon/core/host_operation.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace guerdon {

enum class relevance_gain { linear, exp2 };
constexpr auto enumerators(relevance_gain) { return std::array{"linear", "exp2"}; }
/// Which of equal predictions stands first.
enum class equal_predictions { average, index };
constexpr auto enumerators(equal_predictions) { return std::array{"average", "index"}; }

namespace op {
struct ndcg : host_kind {
  static constexpr info about{"ndcg", "judge",
                              "Relevance at the top of a ranking (normalised discounted cumulative gain)",
                              "arXiv:2506.03637", skeleton::host};
  struct inputs {
    view<const double> pred_score;  ///< [N] what the ranking is by, descending
    view<const double> relevance;   ///< [N] >= 0
    segments groups;                ///< cuts the N responses into G prompts
  };
  struct outputs {
    std::vector<double> ndcg;  ///< [G] 0 to 1
  };
  struct options {
    index_t k = 0;  ///< how many places count; 0: all
    relevance_gain gain = relevance_gain::linear;
    equal_predictions ties = equal_predictions::average;
    double empty_value = 0;  ///< where nothing is relevant
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("pred_score", &I::pred_score, "N"),
                      array("relevance", &I::relevance, "N", at_least(0, 3).without_nan()),
                      cuts("groups", &I::groups, "G", "N").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("ndcg", &O::ndcg, "G")); }
  static constexpr auto parameters() {
    return std::tuple(option("k", &options::k, counts(5)), choice("gain", &options::gain),
                      choice("ties", &options::ties), option("empty_value", &options::empty_value, drawn(0, 1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {
namespace ranking {

/// The discounted sum of the first k gains.
inline double discounted(const std::vector<double>& gains, std::size_t k) {
  double sum = 0;
  for (std::size_t t = 0; t < std::min(k, gains.size()); ++t) sum += gains[t] / std::log2(static_cast<double>(t) + 2);
  return sum;
}

}  // namespace ranking

/// The gain of every group.
inline op::ndcg::outputs ndcg(const op::ndcg::inputs& in, const op::ndcg::options& o = {}) {
  check<op::ndcg>(in, o);
  constexpr double inf = std::numeric_limits<double>::infinity();
  op::ndcg::outputs out;
  std::vector<std::pair<double, double>> scored;  // prediction and gain
  std::vector<double> gains;
  for (index_t g = 0; g < in.groups.count(); ++g) {
    scored.clear();
    for (index_t i = in.groups.begin(g), end = i + in.groups.size(g); i < end; ++i) {
      const double y = in.relevance[i], s = in.pred_score[i];
      scored.emplace_back(s == s ? s : -inf, o.gain == relevance_gain::linear ? y : math::expm1(y * math::log(2.0)));
    }
    std::stable_sort(scored.begin(), scored.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    gains.clear();
    for (std::size_t begin = 0, end = 0; begin < scored.size(); begin = end) {
      double sum = 0;
      for (end = begin; end < scored.size() && scored[end].first == scored[begin].first; ++end)
        sum += scored[end].second;
      const double mean = sum / static_cast<double>(end - begin);
      for (std::size_t t = begin; t < end; ++t)
        gains.push_back(o.ties == equal_predictions::average ? mean : scored[t].second);
    }
    const std::size_t k = o.k == 0 ? gains.size() : static_cast<std::size_t>(o.k);
    const double reached = ranking::discounted(gains, k);
    std::sort(scored.begin(), scored.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    std::transform(scored.begin(), scored.end(), gains.begin(), [](const auto& x) { return x.second; });
    const double ideal = ranking::discounted(gains, k);
    out.ndcg.push_back(ideal > 0 ? reached / ideal : o.empty_value);
  }
  return out;
}

}}  // namespace guerdon
