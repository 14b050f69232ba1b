#pragma once
// Log-probabilities of the two answers of a pair in which what one answer is longer than the other counts less, so that
// a preference loss learns less about length.
//
// $$\ell^\pm = \sum_{k < m} \log\pi(y^\pm_k) + \alpha \sum_{k \ge m} \log\pi(y^\pm_k), \qquad m = \min(L^+, L^-)$$
//
// over the valid tokens of each answer. The weights 1 and alpha are the derivatives: the sums go into dpo_loss, and its
// gradients times the weights are those by the tokens.
//
// Source: LD-DPO, arXiv:2409.06411.
//
// Details that differ:
// - alpha 1 gives the plain sums. A weight of 0 is not read.
// - TRL applies it to policy and reference, ms-swift to the policy alone: call it once or twice.
// - Positions count valid tokens. NaN follows arithmetic; what stands under the mask is not read.
//
// Cost: 9 bytes per token in float, read twice.

#include <guerdon/core/operation.hpp>
#include <guerdon/preference/pair_side.hpp>

namespace guerdon {
namespace op {
struct length_desensitized_logprob {
  static constexpr info about{"length_desensitized_logprob", "preference",
                              "Log-probabilities of a pair, extra length counted less (LD-DPO)", "arXiv:2409.06411",
                              skeleton::segmented_reduce};
  template <storage T>
  struct inputs {
    segments chosen_rows;              ///< cuts the tokens of the preferred answers into n rows
    segments rejected_rows;            ///< cuts the tokens of the other answers into n rows
    view<const T> chosen_logprob;      ///< [n,T1] of the preferred answers' tokens
    view<const flag_t> chosen_mask;    ///< [n,T1] 1 = token of the answer
    view<const T> rejected_logprob;    ///< [n,T2] of the other answers' tokens
    view<const flag_t> rejected_mask;  ///< [n,T2] 1 = token of the answer
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> chosen_logprob_sum;    ///< [n]
    Of<T> rejected_logprob_sum;  ///< [n]
    Of<index_t> shared_length;   ///< [n] valid tokens that both have
    Of<T> chosen_weight;         ///< [n,T1] d chosen_logprob_sum / d chosen_logprob
    Of<T> rejected_weight;       ///< [n,T2] d rejected_logprob_sum / d rejected_logprob
  };
  struct options {
    double alpha = required;  ///< in [0, 1], what tokens count that only one answer has
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(cuts("chosen_rows", &I::chosen_rows, "N", "N,T"),
                      cuts("rejected_rows", &I::rejected_rows, "N", "N,U"),
                      array("chosen_logprob", &I::chosen_logprob, "N,T", drawn(-3, 0)),
                      array("chosen_mask", &I::chosen_mask, "N,T", yes_or_no()),
                      array("rejected_logprob", &I::rejected_logprob, "N,U", drawn(-3, 0)),
                      array("rejected_mask", &I::rejected_mask, "N,U", yes_or_no()));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("chosen_logprob_sum", &O::chosen_logprob_sum, "N"),
                      array("rejected_logprob_sum", &O::rejected_logprob_sum, "N"),
                      array("shared_length", &O::shared_length, "N"), array("chosen_weight", &O::chosen_weight, "N,T"),
                      array("rejected_weight", &O::rejected_weight, "N,U"));
  }
  static constexpr auto parameters() { return std::tuple(option("alpha", &options::alpha, within(0, 1))); }
  static constexpr std::array gradients{gradient{"chosen_weight", "chosen_logprob_sum", "chosen_logprob"},
                                        gradient{"rejected_weight", "rejected_logprob_sum", "rejected_logprob"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One side's answers.
template <class T>
struct desensitized_sum {
  static constexpr bool long_segments = true;
  pair_side<T> side;
  view<T> sum, weight;
  view<const index_t> shared;
  real_t<T> alpha;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    using R = real_t<T>;
    const index_t n = side.rows.size(row), begin = side.rows.begin(row);
    const T* const logprob = side.logprob.data() + begin;
    const flag_t* const mask = side.mask.data() + begin;
    T* const counts = weight.data() + begin;
    const double within = double(shared[row]);
    team.recur_forward(
        n, 0.0, [=](index_t i) { return affine<double>{mask[i] ? 1.0 : 0.0, 1.0}; },
        [=, a = alpha](index_t i, double upto, double) {
          counts[i] = T(mask[i] == 0 ? R(0) : upto <= within ? R(1) : a);
        });
    const double total = team.sum(n, [=](index_t i) { return math::zero_select_product(R(counts[i]), R(logprob[i])); });
    team.once([&] { sum[row] = T(total); });
  }
};

/// Writes sums, lengths and weights.
template <storage T = float, backend Backend>
void length_desensitized_logprob(const Backend& backend, const op::length_desensitized_logprob::inputs<T>& in,
                                 const op::length_desensitized_logprob::outputs<T>& out,
                                 const op::length_desensitized_logprob::options& o) {
  check<op::length_desensitized_logprob>(backend, in, out, o);
  const index_t pairs = in.chosen_rows.count();
  const pair_side<T> chosen{in.chosen_rows, in.chosen_logprob, in.chosen_mask};
  const pair_side<T> rejected{in.rejected_rows, in.rejected_logprob, in.rejected_mask};
  auto scratch = backend.scratch();
  const auto lengths = scratch.template take<double>(2 * pairs);
  const view<double> chosen_length{lengths.data(), pairs}, rejected_length{lengths.data() + pairs, pairs};
  backend.for_segments(chosen.rows, pair_side_length<T>{chosen, chosen_length});
  backend.for_segments(rejected.rows, pair_side_length<T>{rejected, rejected_length});
  backend.each(pairs, [=] GUERDON_HD(index_t i) {
    out.shared_length[i] = index_t(math::min(chosen_length[i], rejected_length[i]));
  });
  const view<const index_t> shared = out.shared_length;
  const auto alpha = real_t<T>(o.alpha);
  backend.for_segments(chosen.rows,
                       desensitized_sum<T>{chosen, out.chosen_logprob_sum, out.chosen_weight, shared, alpha});
  backend.for_segments(rejected.rows,
                       desensitized_sum<T>{rejected, out.rejected_logprob_sum, out.rejected_weight, shared, alpha});
}

/// The same into arrays of the backend's.
template <storage T = float, backend Backend>
auto length_desensitized_logprob(const Backend& backend, const op::length_desensitized_logprob::inputs<T>& in,
                                 const op::length_desensitized_logprob::options& o = {}) {
  return returned<op::length_desensitized_logprob, T>(
      backend, in, o, [&](auto& out) { length_desensitized_logprob(backend, in, out, o); });
}

}}  // namespace guerdon
