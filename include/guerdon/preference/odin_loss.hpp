#pragma once
// Loss of a reward model with two heads, of which one takes all that is length, so that the other is left with quality.
//
// $$L = L_{rank} + w_l\,\bigl(|\rho(q, \ell)| - \rho(h, \ell)\bigr) +
//   w_o\,\frac{\lVert W_q W_l^T \rVert}{\lVert W_q \rVert\,\lVert W_l \rVert + 10^{-6}}$$
//
// $$L_{rank} = -\log\sigma\bigl((q^+ + h^+) - (q^- + h^-)\bigr)$$
//
// with the quality head q, the length head h, the lengths of the answers, Pearson's correlation over both answers of
// all pairs, Frobenius norms, and the mean of the ranking loss over the pairs.
//
// Source: ODIN, arXiv:2402.07319; as a baseline of arXiv:2502.18770.
//
// Details that differ:
// - Only the quality head is used for reinforcement learning.
// - A correlation with a constant (max == min) is 0, and so is its gradient; the released code gives NaN.
// - The released run has one row in each weight matrix; they may have several, and different numbers of them.
// - No pair: the ranking loss is 0. The lengths get no gradient.
//
// Cost: each number of a pair read about six times; for the matrices H G D products, thrice.

#include <guerdon/preference/logistic.hpp>
#include <guerdon/statistics/moments.hpp>

namespace guerdon {
namespace op {
struct odin_loss {
  static constexpr info about{"odin_loss", "preference",
                              "Two-headed reward model that keeps length out of quality (ODIN)",
                              "arXiv:2402.07319; arXiv:2502.18770", skeleton::global_reduce};
  template <real T>
  struct inputs {
    index_t features = 0;                 ///< D, columns of both weight matrices
    view<const T> chosen_quality;         ///< [N] quality head of the preferred answer
    view<const T> rejected_quality;       ///< [N] of the other one
    view<const T> chosen_length_head;     ///< [N] length head of the preferred answer
    view<const T> rejected_length_head;   ///< [N] of the other one
    view<const T> chosen_length;          ///< [N] of the preferred answer
    view<const T> rejected_length;        ///< [N] of the other one
    view<const T> quality_weight_matrix;  ///< [H,D] last layer of the quality head
    view<const T> length_weight_matrix;   ///< [G,D] last layer of the length head
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> ranking_loss;                ///< [1] mean over the pairs
    Of<T> length_loss;                 ///< [1]
    Of<T> orthogonal_loss;             ///< [1]
    Of<T> loss;                        ///< [1]
    Of<T> grad_chosen_quality;         ///< [N] d loss / d chosen_quality
    Of<T> grad_rejected_quality;       ///< [N] d loss / d rejected_quality
    Of<T> grad_chosen_length_head;     ///< [N] d loss / d chosen_length_head
    Of<T> grad_rejected_length_head;   ///< [N] d loss / d rejected_length_head
    Of<T> grad_quality_weight_matrix;  ///< [H,D] d loss / d quality_weight_matrix
    Of<T> grad_length_weight_matrix;   ///< [G,D] d loss / d length_weight_matrix
  };
  struct options {
    double length_weight = 1;      ///< w_l
    double orthogonal_weight = 1;  ///< w_o
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("features", &I::features, "D"), array("chosen_quality", &I::chosen_quality, "N"),
                      array("rejected_quality", &I::rejected_quality, "N"),
                      array("chosen_length_head", &I::chosen_length_head, "N"),
                      array("rejected_length_head", &I::rejected_length_head, "N"),
                      array("chosen_length", &I::chosen_length, "N", drawn(1, 50)),
                      array("rejected_length", &I::rejected_length, "N", drawn(1, 50)),
                      array("quality_weight_matrix", &I::quality_weight_matrix, "H,D"),
                      array("length_weight_matrix", &I::length_weight_matrix, "G,D"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("ranking_loss", &O::ranking_loss, "1"), array("length_loss", &O::length_loss, "1"),
                      array("orthogonal_loss", &O::orthogonal_loss, "1"), array("loss", &O::loss, "1"),
                      array("grad_chosen_quality", &O::grad_chosen_quality, "N"),
                      array("grad_rejected_quality", &O::grad_rejected_quality, "N"),
                      array("grad_chosen_length_head", &O::grad_chosen_length_head, "N"),
                      array("grad_rejected_length_head", &O::grad_rejected_length_head, "N"),
                      array("grad_quality_weight_matrix", &O::grad_quality_weight_matrix, "H,D"),
                      array("grad_length_weight_matrix", &O::grad_length_weight_matrix, "G,D"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("length_weight", &options::length_weight),
                      option("orthogonal_weight", &options::orthogonal_weight));
  }
  static constexpr std::array gradients{gradient{"grad_chosen_quality", "loss", "chosen_quality"},
                                        gradient{"grad_rejected_quality", "loss", "rejected_quality"},
                                        gradient{"grad_chosen_length_head", "loss", "chosen_length_head"},
                                        gradient{"grad_rejected_length_head", "loss", "rejected_length_head"},
                                        gradient{"grad_quality_weight_matrix", "loss", "quality_weight_matrix"},
                                        gradient{"grad_length_weight_matrix", "loss", "length_weight_matrix"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One array of numbers behind another.
template <class T>
struct both_answers {
  view<const T> chosen, rejected;
  GUERDON_HD double operator()(index_t i) const {
    const index_t n = chosen.size();
    return double(i < n ? chosen[i] : rejected[i - n]);
  }
};

/// Pearson's correlation of x and y, and its derivative by an element of x.
struct correlation {
  double rho = 0, mean_x = 0, mean_y = 0, norm_x = 0, norm_y = 0;

  /// By the whole team; 0, with derivative 0, if either is constant.
  template <class Team, class X, class Y>
  GUERDON_HD static correlation of(Team& team, index_t n, X x, Y y) {
    const moments a = segment_moments(team, n, x), b = segment_moments(team, n, y);
    const double common = team.sum(n, [&](index_t i) { return (x(i) - a.mean) * (y(i) - b.mean); });
    if (a.constant() || b.constant() || n == 0) return {};
    const double norm_a = math::sqrt(a.m2), norm_b = math::sqrt(b.m2);
    return {common / (norm_a * norm_b), a.mean, b.mean, norm_a, norm_b};
  }
  GUERDON_HD double slope(double x, double y) const {
    if (norm_x == 0) return 0;
    return ((y - mean_y) / norm_y - rho * ((x - mean_x) / norm_x)) / norm_x;
  }
};

/// The losses of the pairs and their gradients.
template <class T>
struct odin_pairs {
  static constexpr bool long_segments = true;
  op::odin_loss::inputs<T> in;
  op::odin_loss::outputs<T> out;
  op::odin_loss::options o;
  view<const double> orthogonal;  // [1]

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t) const {
    const index_t n = in.chosen_quality.size();
    const both_answers<T> quality{in.chosen_quality, in.rejected_quality};
    const both_answers<T> head{in.chosen_length_head, in.rejected_length_head};
    const both_answers<T> length{in.chosen_length, in.rejected_length};
    const correlation of_quality = correlation::of(team, 2 * n, quality, length);
    const correlation of_head = correlation::of(team, 2 * n, head, length);
    const double away = o.length_weight * math::sign(of_quality.rho);
    const double ranking = team.sum(n, [&](index_t i) {
      const double pairs = double(n);
      const logistic_value pair = logistic((quality(i) + head(i)) - (quality(n + i) + head(n + i)));
      const double rank = pair.slope / pairs;
      const auto by_quality = [&](index_t k) {
        return math::zero_select_product(away, of_quality.slope(quality(k), length(k)));
      };
      const auto by_head = [&](index_t k) {
        return math::zero_select_product(o.length_weight, of_head.slope(head(k), length(k)));
      };
      out.grad_chosen_quality[i] = T(rank + by_quality(i));
      out.grad_rejected_quality[i] = T(by_quality(n + i) - rank);
      out.grad_chosen_length_head[i] = T(rank - by_head(i));
      out.grad_rejected_length_head[i] = T(-rank - by_head(n + i));
      return pair.loss / pairs;
    });
    team.once([&] {
      const double by_length = math::abs(of_quality.rho) - of_head.rho;
      out.ranking_loss[0] = T(ranking);
      out.length_loss[0] = T(by_length);
      out.orthogonal_loss[0] = T(orthogonal[0]);
      out.loss[0] = T(ranking + math::zero_select_product(o.length_weight, by_length) +
                      math::zero_select_product(o.orthogonal_weight, orthogonal[0]));
    });
  }
};

/// One element of the product of two matrices of rows of `columns` numbers, the second transposed.
template <class T>
struct row_products {
  static constexpr bool long_segments = true;
  view<const T> left, right;
  index_t right_rows, columns;
  view<double> product;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t cell) const {
    const T* const a = left.data() + cell / right_rows * columns;
    const T* const b = right.data() + cell % right_rows * columns;
    const double total = team.sum(columns, [=](index_t d) { return double(a[d]) * double(b[d]); });
    team.once([&] { product[cell] = total; });
  }
};

/// norm[0] = the square root of the sum of all squares.
template <class Backend, class E>
void frobenius_norm(const Backend& backend, view<const E> matrix, view<double> norm) {
  reduce_array<add>(
      backend, matrix.size(), [=] GUERDON_HD(index_t i) { return lanes{double(matrix[i]) * double(matrix[i])}; },
      [=] GUERDON_HD(const lanes<double, 1>& sum) { norm[0] = math::sqrt(sum[0]); });
}

/// Writes losses and gradients.
template <real T = float, backend Backend>
void odin_loss(const Backend& backend, const op::odin_loss::inputs<T>& in, const op::odin_loss::outputs<T>& out,
               const op::odin_loss::options& o) {
  check<op::odin_loss>(backend, in, out, o);
  const index_t columns = in.features, h = columns > 0 ? in.quality_weight_matrix.size() / columns : 0;
  const index_t g = columns > 0 ? in.length_weight_matrix.size() / columns : 0;
  auto scratch = backend.scratch();
  const auto product = scratch.template take<double>(h * g);  // W_q W_l^T
  const auto both = scratch.template take<double>(1), quality = scratch.template take<double>(1);
  const auto length = scratch.template take<double>(1), orthogonal = scratch.template take<double>(1);
  const auto wq = in.quality_weight_matrix, wl = in.length_weight_matrix;
  backend.for_segments(segments::uniform(h * g, columns), row_products<T>{wq, wl, g, columns, product});
  frobenius_norm<Backend, double>(backend, product, both);
  frobenius_norm(backend, wq, quality);
  frobenius_norm(backend, wl, length);
  backend.each(1, [=] GUERDON_HD(index_t) { orthogonal[0] = both[0] / (quality[0] * length[0] + 1e-6); });
  backend.for_segments(segments::uniform(1, in.chosen_quality.size()), odin_pairs<T>{in, out, o, orthogonal});

  const double weight = o.orthogonal_weight;
  // Of both / (own * other + 1e-6) by a weight of one matrix; `pull` is its part of the product times the other.
  const auto slope = [=] GUERDON_HD(double pull, double own_weight, double own, double other) {
    if (both[0] == 0) return 0.0;
    const double divisor = own * other + 1e-6;
    return weight * (pull / (both[0] * divisor) - both[0] * other * own_weight / (own * divisor * divisor));
  };
  backend.each(wq.size(), [=] GUERDON_HD(index_t i) {
    double pull = 0;
    for (index_t b = 0; b < g; ++b) pull += product[i / columns * g + b] * double(wl[b * columns + i % columns]);
    out.grad_quality_weight_matrix[i] = T(slope(pull, double(wq[i]), quality[0], length[0]));
  });
  backend.each(wl.size(), [=] GUERDON_HD(index_t i) {
    double pull = 0;
    for (index_t a = 0; a < h; ++a) pull += product[a * g + i / columns] * double(wq[a * columns + i % columns]);
    out.grad_length_weight_matrix[i] = T(slope(pull, double(wl[i]), length[0], quality[0]));
  });
}

/// The same in arrays of the backend's.
template <real T = float, backend Backend>
auto odin_loss(const Backend& backend, const op::odin_loss::inputs<T>& in, const op::odin_loss::options& o = {}) {
  return returned<op::odin_loss, T>(backend, in, o, [&](auto& out) { odin_loss(backend, in, out, o); });
}

}}  // namespace guerdon
