#pragma once
// Loss of a classifier of messages into helpful and not: cross-entropy of its logits.
//
// $$L = -\frac1N \sum_i \log \mathrm{softmax}(x_i)_{l_i}, \qquad
//   \frac{\partial L}{\partial x_{ij}} = \frac{p_{ij} - [j = l_i]}{N}$$
//
// Source: ONI, arXiv:2410.23022, as in its released code.
//
// Details that differ:
// - Any number of classes. Of equal logits the first is the guess that `accuracy` counts.
// - No row: loss 0, accuracy NaN. A label outside the row is an error (host backends).
//
// Cost: the logits read three times, from cache, and the gradient written.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct oni_classification_loss {
  static constexpr info about{"oni_classification_loss", "reward_model", "Cross-entropy of a message classifier (ONI)",
                              "arXiv:2410.23022", skeleton::global_reduce};
  template <real T>
  struct inputs {
    segments rows;              ///< cuts the logits into N rows: segments::uniform(N, C) for [N,C]
    view<const T> logits;       ///< [N,C]
    view<const index_t> label;  ///< [N] the right class of each row, 0 to C-1
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> loss;         ///< [1] mean over the rows
    Of<T> grad_logits;  ///< [N,C] d loss / d logits
    Of<T> accuracy;     ///< [1] share of rows whose highest logit is the label's
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::rows(&I::rows), array("logits", &I::logits, "B,T", drawn(-4, 4)),
                      array("label", &I::label, "B", position_in_row()));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("loss", &O::loss, "1"), array("grad_logits", &O::grad_logits, "B,T"),
                      array("accuracy", &O::accuracy, "1").or_nan());
  }
  static constexpr auto parameters() { return std::tuple(); }
  static constexpr std::array gradients{gradient{"grad_logits", "loss", "logits"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct classification_program {
  static constexpr bool short_segments = true;
  op::oni_classification_loss::inputs<T> in;
  view<T> gradient;
  view<double> loss, hit;  // [N]

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    const index_t begin = in.rows.begin(row), n = in.rows.size(row), label = in.label[row];
    const T* const x = in.logits.data() + begin;
    const double top = team.template reduce<highest>(n, [=](index_t j) { return lanes{double(x[j])}; })[0];
    const double guess = team.template reduce<lowest>(n, [=](index_t j) {
      return lanes{double(x[j]) == top ? double(j) : lowest::identity};
    })[0];
    const double total = team.sum(n, [=](index_t j) { return math::exp(double(x[j]) - top); });
    team.each(n, [&](index_t j) {
      const double p = math::exp(double(x[j]) - top) / total;
      gradient[begin + j] = T((p - (j == label ? 1 : 0)) / double(in.rows.count()));
    });
    team.once([&] {
      loss[row] = math::log(total) - (double(x[label]) - top);
      hit[row] = guess == double(label) ? 1 : 0;
    });
  }
};

/// Writes loss, gradient and accuracy.
template <real T = float, backend Backend>
void oni_classification_loss(const Backend& backend, const op::oni_classification_loss::inputs<T>& in,
                             const op::oni_classification_loss::outputs<T>& out,
                             const op::oni_classification_loss::options& o) {
  const auto rule = check<op::oni_classification_loss>(backend, in, out, o);
  const index_t rows = in.rows.count();
  if constexpr (Backend::on_host)
    for (index_t row = 0; row < rows; ++row)
      rule(in.label[row] >= 0 && in.label[row] < in.rows.size(row), "label", "must lie between 0 and C-1");
  auto scratch = backend.scratch();
  const auto loss = scratch.template take<double>(rows), hit = scratch.template take<double>(rows);
  backend.for_segments(in.rows, classification_program<T>{in, out.grad_logits, loss, hit});
  reduce_few<add, add>(
      backend, rows, [=] GUERDON_HD(index_t row) { return lanes{loss[row], hit[row]}; },
      [=] GUERDON_HD(const lanes<double, 2>& total) {
        out.loss[0] = T(rows > 0 ? total[0] / double(rows) : 0.0);
        out.accuracy[0] = T(total[1] / double(rows));
      });
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto oni_classification_loss(const Backend& backend, const op::oni_classification_loss::inputs<T>& in,
                             const op::oni_classification_loss::options& o = {}) {
  return returned<op::oni_classification_loss, T>(backend, in, o,
                                                  [&](auto& out) { oni_classification_loss(backend, in, out, o); });
}

}}  // namespace guerdon
