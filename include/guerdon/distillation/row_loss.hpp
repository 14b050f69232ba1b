#pragma once
// What the losses on rows of a student's and a teacher's logits share: masks and weights of rows, and the launch around a
// divergence.

#include <guerdon/objective/softmax.hpp>

namespace guerdon {

template <storage T>
struct row_loss_inputs {
  segments rows;                 ///< cuts the logits into M rows: segments::uniform(M, V) for [M,V]
  view<const T> logits;          ///< [M,V] of the student; -inf: the token is excluded
  view<const T> ref_logits;      ///< [M,V] of the teacher, a constant
  view<const flag_t> mask = {};  ///< [M] 1 = the row counts; left out: all do
  view<const T> weight = {};     ///< [M] constant factor of the row's divergence; left out: 1 / rows that count
};

template <storage T, template <class> class Of = view>
struct row_loss_outputs {
  Of<T> loss;              ///< [1] sum of weight times divergence
  Of<T> divergence;        ///< [M] 0 under the mask
  Of<T> grad_logits = {};  ///< [M,V] d loss / d logits; left out: not computed
};

namespace op {

template <class I>
constexpr auto row_weight_arguments() {
  return std::tuple(optional_array("mask", &I::mask, "B", yes_or_no()),
                    optional_array("weight", &I::weight, "B", drawn(-1, 2)));
}
template <class I>
constexpr auto row_loss_arguments() {
  return std::tuple_cat(std::tuple(op::rows(&I::rows), array("logits", &I::logits, "B,T", drawn(-5, 5)),
                                   array("ref_logits", &I::ref_logits, "B,T", drawn(-5, 5))),
                        row_weight_arguments<I>());
}
template <class O>
constexpr auto row_loss_results() {
  return std::tuple(array("loss", &O::loss, "1"), array("divergence", &O::divergence, "B"),
                    optional_array("grad_logits", &O::grad_logits, "B,T"));
}
/// The temperature of the logits, > 0.
template <class Member>
constexpr auto temperature_option(const char* name, Member member) {
  return option(name, member, greater_than(0, 0.3, 3));
}

}  // namespace op

inline namespace GUERDON_ABI {

/// One row of logits as a distribution. Keeps its exponentials if there is a place, see row_powers.
template <class T>
struct softmax_row {
  using R = real_t<T>;
  softened_row<T> y;
  double log_sum;
  R scale;  ///< 1 / sum

  template <class Team>
  GUERDON_HD softmax_row(Team& team, const T* x, index_t n, double temperature, T* kept = nullptr) {
    softened_rows<softened_row<T>, 1> rows{{{x, R(0), finite_inverse(R(temperature))}}};
    const double sum = rows.template reduce<add_narrow>(
        team, n, kept,
        [](index_t j, const softened_rows<softened_row<T>, 1>& at) { return lanes{math::falling_exp(at[0](j))}; },
        [](lanes<double, 1>& s, int, double fall) { s[0] *= math::exp(fall); })[0];
    log_sum = math::log(sum);
    scale = R(1 / sum);
    y = rows[0];
  }
  GUERDON_HD R logprob(index_t j) const { return y(j) - R(log_sum); }
  GUERDON_HD R probability(index_t j) const { return math::falling_exp(y(j)) * scale; }
};

/// Which rows count, and how much.
template <class T>
struct row_weights {
  view<const flag_t> mask;
  view<const T> weight;
  view<const double> count;  // [1] rows that count, read where there are no weights

  GUERDON_HD bool counts(index_t row) const { return !mask || mask[row] != 0; }
  GUERDON_HD double operator()(index_t row) const { return weight ? double(weight[row]) : 1 / count[0]; }
};

/// What a row's weight is to its gradient: NaN where it is infinite, whether or not rounding has left a slope 0.
GUERDON_HD inline double gradient_weight(double weight) {
  return math::select(math::is_finite(weight), weight, std::numeric_limits<double>::quiet_NaN());
}

/// Finds out how many rows count, where that is their weight.
template <class T, class Backend>
row_weights<T> weigh_rows(const Backend& backend, index_t rows, view<const flag_t> mask, view<const T> weight,
                          view<double> count) {
  if (!weight)
    reduce_few<add>(
        backend, rows, [=] GUERDON_HD(index_t row) { return lanes{!mask || mask[row] ? 1.0 : 0.0}; },
        [=] GUERDON_HD(const lanes<double, 1>& total) { count[0] = total[0]; });
  return {mask, weight, count};
}

/// loss[0] = the sum of the rows' parts.
template <class T, class Backend>
void sum_rows(const Backend& backend, view<const double> partial, view<T> loss) {
  reduce_few<add>(
      backend, partial.size(), [=] GUERDON_HD(index_t row) { return lanes{partial[row]}; },
      [=] GUERDON_HD(const lanes<double, 1>& total) { loss[0] = T(total[0]); });
}

/// One row of both sides.
template <class T>
struct logits_row {
  index_t index, begin, n;
  const T *student, *teacher;
  T* gradient;  ///< nothing, or [n] for what a divergence keeps until its slopes are asked for, see row_powers
};

/// What a divergence is of a row, and slope(j, kept), its derivative by the student's logit j. The array of what was
/// kept comes as an argument, so that a compiler sees it is the one that is written.
template <class Slope>
struct row_divergence {
  double divergence;
  Slope slope;
};
template <class Slope>
row_divergence(double, Slope) -> row_divergence<Slope>;

/// A divergence is a value with at_row(team, row), which every member of the team calls, and which returns a
/// row_divergence.
template <class T, class Divergence>
struct row_loss_program {
  static constexpr bool long_segments = true, vocabulary_segments = true;
  row_loss_inputs<T> in;
  row_loss_outputs<T> out;
  Divergence divergence;
  row_weights<T> weights;
  view<double> partial;  // [M]

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    using R = real_t<T>;
    const index_t begin = in.rows.begin(row), n = in.rows.size(row);
    T* const gradient = out.grad_logits ? out.grad_logits.data() + begin : nullptr;
    if (!weights.counts(row)) {
      team.once([&] { out.divergence[row] = T(0.0), partial[row] = 0; });
      if (gradient) team.each(n, [=](index_t j) { gradient[j] = T(0.0); });
      return;
    }
    const auto d = divergence.at_row(team, logits_row<T>{row, begin, n, in.logits.data() + begin,
                                                         in.ref_logits.data() + begin, gradient});
    const double w = weights(row);
    team.once([&] {
      out.divergence[row] = T(d.divergence);
      partial[row] = math::zero_select_product(w, d.divergence);
    });
    if (!gradient) return;
    const R factor = R(gradient_weight(w));
    team.each(n, [=](index_t j) { gradient[j] = T(math::zero_select_product(factor, R(d.slope(j, gradient)))); });
  }
};

/// The launches around a divergence, of arguments that were checked.
template <storage T, backend Backend, class Divergence>
void launch_row_loss(const Backend& backend, const row_loss_inputs<T>& in, const row_loss_outputs<T>& out,
                     const Divergence& divergence) {
  const index_t rows = in.rows.count();
  auto scratch = backend.scratch();
  const auto partial = scratch.template take<double>(rows), count = scratch.template take<double>(1);
  const auto weights = weigh_rows<T>(backend, rows, in.mask, in.weight, count);
  backend.for_segments(in.rows, row_loss_program<T, Divergence>{in, out, divergence, weights, partial});
  sum_rows<T>(backend, partial, out.loss);
}

}}  // namespace guerdon
