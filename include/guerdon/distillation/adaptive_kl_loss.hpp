#pragma once
// Forward and reverse KL to a teacher, weighed by where the student is off: at what the teacher finds likely, or in its tail.
//
// $$D = h \sum_j t_j \log\frac{t_j}{s_j} + (1-h) \sum_j s_j \log\frac{s_j}{t_j}, \qquad
//   h = \frac{g_h}{g_h + g_t}, \quad g = \sum |s_j - t_j|$$
//
// over head and tail: in ascending order of the teacher's probabilities (of equal ones the lower token first) the tail are
// those whose running sum is at most `tail_mass`. h is a constant. With the reverse part R the gradient is
// $\big(h (s_j - t_j) + (1-h)\,s_j (\log(s_j/t_j) - R)\big)/\tau$. The loss is the sum of $w_m D_m$ over the rows.
//
// Source: adaptive KL, arXiv:2404.02657, section 4; as in ROLL.
//
// Details that differ:
// - Equal rows have no gap at all: h = 0.5 and D = 0, where ROLL divides 0 by 0.
// - The running sum is in double, and within rounding of tail_mass counts as at most that.
// - A part of weight 0 is left out, infinite or not. NaN or +inf in a row makes it NaN. No row: loss 0.
//
// Cost: two stable sorts of all logits; both rows read four times, and the gradient written.

#include <guerdon/backend/sorted_order.hpp>
#include <guerdon/distillation/row_loss.hpp>

namespace guerdon {
namespace op {
struct adaptive_kl_loss {
  static constexpr info about{"adaptive_kl_loss", "distillation", "Forward and reverse KL by head and tail gaps (AKL)",
                              "arXiv:2404.02657", skeleton::sort};
  template <storage T>
  using inputs = row_loss_inputs<T>;
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> loss;              ///< [1] sum of weight times divergence
    Of<T> divergence;        ///< [M] 0 under the mask
    Of<T> grad_logits = {};  ///< [M,V] d loss / d logits; left out: not computed
    Of<T> head_weight = {};  ///< [M] h, 0 under the mask; left out: not written
  };
  struct options {
    double tail_mass = 0.5;  ///< (0, 1), how much of the teacher's mass is tail at most
    double temperature = 1;  ///< > 0, divides the logits of both sides
  };

  template <class I>
  static constexpr auto arguments() { return row_loss_arguments<I>(); }
  template <class O>
  static constexpr auto results() {
    return std::tuple_cat(row_loss_results<O>(), std::tuple(optional_array("head_weight", &O::head_weight, "B")));
  }
  static constexpr auto parameters() {
    constexpr range share = range{.low = 0, .high = 1, .open_low = true, .open_high = true}.drawn(0.1, 0.9);
    return std::tuple(option("tail_mass", &options::tail_mass, share),
                      temperature_option("temperature", &options::temperature));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

struct adaptive_kl_programs {
  /// The teacher's probabilities, which are sorted.
  template <class T>
  struct probabilities {
    static constexpr bool long_segments = true, vocabulary_segments = true;
    segments rows;
    view<const T> logits;
    view<real_t<T>> probability;
    double temperature;

    template <class Team>
    GUERDON_HD void operator()(Team& team, index_t row) const {
      using R = real_t<T>;
      const index_t begin = rows.begin(row), n = rows.size(row);
      const softmax_row<T> p(team, logits.data() + begin, n, temperature);
      R* const to = probability.data() + begin;
      team.each(n, [=](index_t j) { to[j] = p.probability(j) + R(0); });
    }
  };

  /// Which tokens are tail.
  template <class R>
  struct mark_tail {
    static constexpr bool long_segments = true, vocabulary_segments = true;
    segments rows;
    view<const R> probability;
    view<const index_t> order;
    view<flag_t> tail;
    double mass;

    template <class Team>
    GUERDON_HD void operator()(Team& team, index_t row) const {
      const index_t* const token = order.data() + rows.begin(row);
      // Equal probabilities often add up to the mass itself: what rounding has put above it is still at it.
      const double at_most = mass * (1 + 64 * double(std::numeric_limits<R>::epsilon()));
      team.recur_forward(
          rows.size(row), 0.0, [=, p = probability](index_t k) { return affine<double>{double(p[token[k]]), 1}; },
          [=, to = tail](index_t k, double sum, double) { to[token[k]] = flag_t(sum <= at_most); });
    }
  };

  template <class T>
  struct divergence {
    view<const flag_t> tail;
    view<T> head_weight;
    double temperature;

    template <class Team>
    GUERDON_HD auto at_row(Team& team, const logits_row<T>& row) const {
      using R = real_t<T>;
      const auto pair = softmax_pair<T>::of(team, row.student, row.teacher, row.n, temperature);
      const R inverse = pair.p.inverse;
      const flag_t* const in_tail = tail.data() + row.begin;
      const auto total = team.template reduce<add, add, add, add>(row.n, [=](index_t j) {
        const auto at = pair(j);
        const R gap = at.gap();
        const bool last = in_tail[j] != 0;
        return lanes{math::select(at.q == R(0), R(0), -at.q * at.log_ratio),
                     math::select(at.p == R(0), R(0), at.p * at.log_ratio),
                     math::select(last, R(0), gap), math::select(last, gap, R(0))};
      });
      const double gaps = total[2] + total[3], h = gaps == 0 ? 0.5 : total[2] / gaps;
      const double value =
          gaps == 0 ? 0 : math::zero_select_product(h, total[0]) + math::zero_select_product(1 - h, total[1]);
      team.once([&] {
        if (head_weight) head_weight[row.index] = T(h);
      });
      const R by_forward = R(h), by_reverse = R(1 - h), reverse = R(total[1]);
      return row_divergence{value, [=](index_t j, const T*) {
                              const auto at = pair(j);
                              const R drift = math::select(at.p == R(0), R(0), at.p * (at.log_ratio - reverse));
                              const R part = math::zero_select_product(by_reverse, drift);
                              return (by_forward * (at.p - at.q) + part) * inverse;
                            }};
    }
  };
};

/// Writes loss, divergences, gradients and head weights.
template <storage T = float, backend Backend>
void adaptive_kl_loss(const Backend& backend, const op::adaptive_kl_loss::inputs<T>& in,
                      const op::adaptive_kl_loss::outputs<T>& out, const op::adaptive_kl_loss::options& o) {
  using R = real_t<T>;
  using programs = adaptive_kl_programs;
  const auto rule = check<op::adaptive_kl_loss>(backend, in, out, o);
  rule(R(o.temperature) > 0, "temperature", "is 0 in this type");
  const index_t n = in.logits.size();
  auto scratch = backend.scratch();
  const auto probability = scratch.template take<R>(n);
  const auto order = scratch.template take<index_t>(n);
  const auto tail = scratch.template take<flag_t>(n);
  const auto head_weight = out.head_weight;
  if (in.rows.padded()) backend.each(n, [=] GUERDON_HD(index_t i) { probability[i] = R(0); });
  backend.for_segments(in.rows, programs::probabilities<T>{in.rows, in.ref_logits, probability, o.temperature});
  sorted_order<R>(backend, in.rows, probability, order);
  backend.for_segments(in.rows, programs::mark_tail<R>{in.rows, probability, order, tail, o.tail_mass});
  if (head_weight) backend.each(in.rows.count(), [=] GUERDON_HD(index_t row) { head_weight[row] = T(0.0); });
  launch_row_loss<T>(backend, in, {out.loss, out.divergence, out.grad_logits},
                     programs::divergence<T>{tail, head_weight, o.temperature});
}

/// The same into arrays of the backend's.
template <storage T = float, backend Backend>
auto adaptive_kl_loss(const Backend& backend, const op::adaptive_kl_loss::inputs<T>& in,
                      const op::adaptive_kl_loss::options& o = {}) {
  return returned<op::adaptive_kl_loss, T>(backend, in, o, [&](auto& out) { adaptive_kl_loss(backend, in, out, o); });
}

}}  // namespace guerdon
