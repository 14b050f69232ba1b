#pragma once
// One reward from several reward models, such that a policy cannot exploit a single one of them.
//
// $$r = \frac{1}{M} \sum_m s_m, \qquad \text{wco: } \min_m s_m, \qquad
//   \text{uwo: } \bar s - c\,\frac{\sum_m (s_m - \bar s)^2}{M - \mathrm{ddof}}$$
//
// or their median, or a weighted mean.
//
// Source: Coste et al., Reward model ensembles help mitigate overoptimization, arXiv:2310.02743.
//
// Details that differ:
// - The authors' code divides the variance by M in best-of-n (with c = 0.5) and by M - 1 in PPO (c = 0.1): `ddof`.
// - `variance` is the population's, whatever ddof is; exactly 0 where all members agree. The median of an even number
//   is the mean of the middle two. NaN in a member is NaN in the reward.
// - Bringing members to a common scale is the caller's. A backend whose memory the host cannot read does not refuse
//   weights.
//
// Cost: the scores read three times, the median the square of M per sample.

#include <guerdon/core/operation.hpp>

namespace guerdon {

/// How several rewards become one; min is another name for wco.
enum class ensemble_mode { mean, wco, min, median, uwo, weighted };
constexpr auto enumerators(ensemble_mode) {
  return std::array{"mean", "wco", "min", "median", "uwo", "weighted"};
}

namespace op {
struct reward_ensemble {
  static constexpr info about{"reward_ensemble", "reward_model", "One reward from several reward models",
                              "arXiv:2310.02743", skeleton::map};
  template <real T>
  struct inputs {
    index_t members = 0;             ///< how many models there are, M
    view<const T> score;             ///< [M,B] of each sample
    view<const double> weight = {};  ///< [M] >= 0, read by weighted; left out: all 1
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> reward;    ///< [B]
    Of<T> variance;  ///< [B] between members
  };
  struct options {
    ensemble_mode mode = ensemble_mode::mean;
    double uwo_coef = 0.1;  ///< c, what disagreement costs
    index_t ddof = 0;       ///< less than M, of the variance that uwo takes away
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("members", &I::members, "M"), array("score", &I::score, "M,B"),
                      optional_array("weight", &I::weight, "M", drawn(0.1, 2)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("reward", &O::reward, "B"), array("variance", &O::variance, "B"));
  }
  static constexpr auto parameters() {
    return std::tuple(choice("mode", &options::mode), option("uwo_coef", &options::uwo_coef, drawn(0, 1)),
                      option("ddof", &options::ddof, counts(0)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The scores of all members for one sample.
template <class T>
struct ensemble_scores {
  const T* first;
  index_t members, stride;

  GUERDON_HD double operator()(index_t m) const { return double(first[m * stride]); }
  /// The k-th lowest, from 0; no NaN among them.
  GUERDON_HD double ordered(index_t k) const {
    double found = (*this)(0);
    for (index_t m = 0; m < members; ++m) {
      index_t below = 0, equal = 0;
      for (index_t other = 0; other < members; ++other) {
        below += (*this)(other) < (*this)(m);
        equal += (*this)(other) == (*this)(m);
      }
      if (below <= k && k < below + equal) found = (*this)(m);
    }
    return found;
  }
};

/// Writes rewards and variances.
template <real T = float, backend Backend>
void reward_ensemble(const Backend& backend, const op::reward_ensemble::inputs<T>& in,
                     const op::reward_ensemble::outputs<T>& out, const op::reward_ensemble::options& o) {
  const auto rule = check<op::reward_ensemble>(backend, in, out, o);
  const index_t members = in.members, samples = out.reward.size();
  rule(members > 0, "score", "must not be empty: one member at least");
  rule(o.ddof < members, "ddof", "must be less than there are members");
  if constexpr (Backend::on_host)
    if (o.mode == ensemble_mode::weighted && in.weight) {
      double sum = 0;
      for (const double w : in.weight) {
        rule(w >= 0, "weight", "must be at least 0");
        sum += w;
      }
      rule(sum > 0, "weight", "must have a sum greater than 0");
    }
  backend.each(samples, [=] GUERDON_HD(index_t b) {
    const ensemble_scores<T> score{in.score.data() + b, members, samples};
    double sum = 0, low = score(0), high = low;
    for (index_t m = 0; m < members; ++m) {
      sum += score(m);
      low = math::nan_min(low, score(m));
      high = math::nan_max(high, score(m));
    }
    const double mean = low == high ? low : sum / double(members);
    double squares = 0;
    for (index_t m = 0; m < members && low != high; ++m) squares += (score(m) - mean) * (score(m) - mean);

    double reward = mean;
    if (o.mode == ensemble_mode::wco || o.mode == ensemble_mode::min) reward = low;
    if (o.mode == ensemble_mode::uwo) reward = mean - o.uwo_coef * (squares / double(members - o.ddof));
    if (o.mode == ensemble_mode::median && low == low)
      reward = members % 2 == 1 ? score.ordered(members / 2)
                                : score.ordered(members / 2 - 1) / 2 + score.ordered(members / 2) / 2;
    if (o.mode == ensemble_mode::median && low != low) reward = low;
    if (o.mode == ensemble_mode::weighted && in.weight) {
      double weighted = 0, total = 0;
      for (index_t m = 0; m < members; ++m) weighted += in.weight[m] * score(m), total += in.weight[m];
      reward = weighted / total;
    }
    out.reward[b] = T(reward);
    out.variance[b] = T(squares / double(members));
  });
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto reward_ensemble(const Backend& backend, const op::reward_ensemble::inputs<T>& in,
                     const op::reward_ensemble::options& o = {}) {
  return returned<op::reward_ensemble, T>(backend, in, o, [&](auto& out) { reward_ensemble(backend, in, out, o); });
}

}}  // namespace guerdon
