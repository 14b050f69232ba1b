#pragma once
// How likely the policy finds the two answers of a pair, as a weight on the pair: off-policy pairs are made to count as
// if the policy had written them.
//
// $$w = \min\bigl(e^{m^+ + m^-},\ c\bigr), \qquad
//   m = \frac{1}{L} \sum_{t\,valid} \Bigl(\log\pi(y_t) - \log \sum_v \pi(v)^2\Bigr)$$
//
// where the second term, which is there if its array is, forgives a token that came from a flat distribution. The
// weight is a constant for the gradient; it is the `weight` of dpo_loss.
//
// Source: WPO, arXiv:2406.11827.
//
// Details that differ:
// - TRL has the second term and no cap. open-instruct has neither it nor an effect of its cap of 1, and its own
//   function multiplies summed log-probabilities by the token mask, so that its weights are no means.
// - An answer without a valid token has mean 0. NaN follows arithmetic; what stands under the mask is not read.
// - No gradient.
//
// Cost: 5 bytes per token in float, 9 with the second term.

#include <guerdon/core/operation.hpp>
#include <guerdon/preference/pair_side.hpp>

namespace guerdon {
namespace op {
struct wpo_weight {
  static constexpr info about{"wpo_weight", "preference", "Weight of a pair by the policy's own probabilities (WPO)",
                              "arXiv:2406.11827", skeleton::segmented_reduce};
  template <storage T>
  struct inputs {
    segments chosen_rows;                        ///< cuts the tokens of the preferred answers into n rows
    segments rejected_rows;                      ///< cuts the tokens of the other answers into n rows
    view<const T> chosen_logprob;                ///< [n,T1] of the preferred answers' tokens
    view<const flag_t> chosen_mask;              ///< [n,T1] 1 = token of the answer
    view<const T> rejected_logprob;              ///< [n,T2] of the other answers' tokens
    view<const flag_t> rejected_mask;            ///< [n,T2] 1 = token of the answer
    view<const T> chosen_sum_pi_squared = {};    ///< [n,T1] > 0, squared probabilities summed over the vocabulary
    view<const T> rejected_sum_pi_squared = {};  ///< [n,T2] > 0, likewise
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> weight;  ///< [n] > 0
  };
  struct options {
    double cap = op::range::infinity;  ///< > 0, the largest weight
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(cuts("chosen_rows", &I::chosen_rows, "N", "N,T"),
                      cuts("rejected_rows", &I::rejected_rows, "N", "N,U"),
                      array("chosen_logprob", &I::chosen_logprob, "N,T", drawn(-3, 0)),
                      array("chosen_mask", &I::chosen_mask, "N,T", yes_or_no()),
                      array("rejected_logprob", &I::rejected_logprob, "N,U", drawn(-3, 0)),
                      array("rejected_mask", &I::rejected_mask, "N,U", yes_or_no()),
                      optional_array("chosen_sum_pi_squared", &I::chosen_sum_pi_squared, "N,T", drawn(0.1, 1)),
                      optional_array("rejected_sum_pi_squared", &I::rejected_sum_pi_squared, "N,U", drawn(0.1, 1)));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("weight", &O::weight, "N")); }
  static constexpr auto parameters() { return std::tuple(option("cap", &options::cap, greater_than(0, 0.1, 2))); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// What one side's answers have in the exponent.
template <class T>
struct wpo_mean {
  static constexpr bool long_segments = true;
  pair_side<T> side;
  view<const T> sum_pi_squared;
  view<double> mean;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    using R = real_t<T>;
    const index_t n = side.rows.size(row), begin = side.rows.begin(row);
    const T* const logprob = side.logprob.data() + begin;
    const flag_t* const mask = side.mask.data() + begin;
    const auto average = [&](auto value) {
      const auto total = team.template reduce<add_narrow, add>(n, [=](index_t i) {
        return lanes{math::select(mask[i] != 0, R(1), R(0)), math::select(mask[i] != 0, value(i), R(0))};
      });
      team.once([&] { mean[row] = total[0] > 0 ? total[1] / total[0] : 0; });
    };
    if (!sum_pi_squared) return average([=](index_t i) { return R(logprob[i]); });
    const T* const square = sum_pi_squared.data() + begin;
    average([=](index_t i) { return R(logprob[i]) - math::log(R(square[i])); });
  }
};

/// Sums of squares are above 0 where they count. Looked at where the host can read them.
template <class Backend, class T>
bool are_positive(const Backend&, const pair_side<T>& side, view<const T> sum_pi_squared) {
  bool positive = true;
  if constexpr (Backend::on_host)
    for (index_t i = 0; i < sum_pi_squared.size(); ++i)
      positive &= side.mask[i] == 0 || !side.rows.holds(i) || real_t<T>(sum_pi_squared[i]) > 0;
  return positive;
}

/// Writes the weights.
template <storage T = float, backend Backend>
void wpo_weight(const Backend& backend, const op::wpo_weight::inputs<T>& in, const op::wpo_weight::outputs<T>& out,
                const op::wpo_weight::options& o) {
  const auto rule = check<op::wpo_weight>(backend, in, out, o);
  const index_t pairs = in.chosen_rows.count();
  const pair_side<T> chosen{in.chosen_rows, in.chosen_logprob, in.chosen_mask};
  const pair_side<T> rejected{in.rejected_rows, in.rejected_logprob, in.rejected_mask};
  rule(are_positive(backend, chosen, in.chosen_sum_pi_squared), "chosen_sum_pi_squared", "must be greater than 0");
  rule(are_positive(backend, rejected, in.rejected_sum_pi_squared), "rejected_sum_pi_squared",
       "must be greater than 0");
  auto scratch = backend.scratch();
  const auto chosen_mean = scratch.template take<double>(pairs), rejected_mean = scratch.template take<double>(pairs);
  backend.for_segments(chosen.rows, wpo_mean<T>{chosen, in.chosen_sum_pi_squared, chosen_mean});
  backend.for_segments(rejected.rows, wpo_mean<T>{rejected, in.rejected_sum_pi_squared, rejected_mean});
  backend.each(pairs, [=] GUERDON_HD(index_t i) {
    out.weight[i] = T(math::min(math::exp(chosen_mean[i] + rejected_mean[i]), o.cap));
  });
}

/// The weights in an array of the backend's.
template <storage T = float, backend Backend>
auto wpo_weight(const Backend& backend, const op::wpo_weight::inputs<T>& in, const op::wpo_weight::options& o = {}) {
  return returned<op::wpo_weight, T>(backend, in, o, [&](auto& out) { wpo_weight(backend, in, out, o); });
}

}}  // namespace guerdon
