#pragma once
// Bonus for answers whose embedding points where the group's others do not: representation-based exploration.
//
// $$b_i = h_i^\top \Bigl(\lambda I + \sum_{j \ne i} h_j h_j^\top\Bigr)^{-1} h_i$$
//
// with embeddings h, less the group's mean with `center`. `mode = leverage` has the own term in the sum as well, $l_i$
// in [0, 1); what stands above is $l_i / (1 - l_i)$.
//
// Source: arXiv:2510.11686 (representation-based exploration).
//
// Details that differ:
// - The ridge is absolute: it means something beside features of known size only. Beside raw hidden states of norm 100
//   a ridge of 0.01 vanishes, and with as many dimensions as answers all are equal. Scale or project before.
// - Computed from the matrix of products of answers, $1/(\lambda d) - 1$ with the diagonal d of its inverse, which does
//   not cancel; in many answers of few dimensions from that of dimensions. In double throughout.
// - `normalize = std` divides by the group's deviation if it is above 0, `z_score` centres as well. Bonuses that agree
//   to 1e-9 of the largest are constant: in a centred pair they differ by rounding alone.
// - The flags set `bonus` to 0 last; `raw_bonus` is before normalisation and flags. The published use has none where no
//   answer is right, and adds 0.01 of it to the reward.
// - Group of one: 0. An embedding that is not finite makes its group NaN, but for flags. The variant with one
//   covariance per prompt for the whole run is not offered. No gradient.
//
// Cost: for n answers of D numbers $n^2 D$ or $n D^2$, and the cube of n, or of D below n, by one member per group.
// Waits for the backend once.

#include <guerdon/core/operation.hpp>
#include <guerdon/statistics/cosine.hpp>
#include <guerdon/statistics/moments.hpp>

namespace guerdon {

enum class elliptical_mode { leave_one_out, leverage };
constexpr auto enumerators(elliptical_mode) { return std::array{"leave_one_out", "leverage"}; }
enum class elliptical_normalize { none, std, z_score };
constexpr auto enumerators(elliptical_normalize) { return std::array{"none", "std", "z_score"}; }

namespace op {
struct elliptical_bonus {
  static constexpr info about{"elliptical_bonus", "exploration", "Bonus for embeddings unlike those of the group",
                              "arXiv:2510.11686", skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    index_t dimensions = 0;           ///< D, numbers per embedding
    view<const T> embedding;          ///< [N,D] of the answers
    segments groups;                  ///< cuts the N answers into G prompts
    view<const flag_t> correct = {};  ///< [N] 1 = the answer is right; for the flags
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> bonus;      ///< [N] normalised, 0 where a flag says so
    Of<T> raw_bonus;  ///< [N] >= 0
  };
  struct options {
    double ridge = 0.01;                                          ///< > 0
    elliptical_mode mode = elliptical_mode::leave_one_out;        ///< without the own term in the sum, or with it
    bool center = true;                                           ///< take the group's mean off
    elliptical_normalize normalize = elliptical_normalize::none;  ///< by the group
    index_t ddof = 1;                                             ///< 0 or 1: the variance divides by n - ddof
    bool off_if_none_correct = false;                             ///< no bonus in a group without a right answer
    bool off_if_some_correct = false;                             ///< none in a group of right and wrong ones
    bool off_if_all_correct = false;                              ///< none in a group of right ones only
    bool off_if_incorrect = false;                                ///< none for a wrong answer
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("dimensions", &I::dimensions, "D"),
                      array("embedding", &I::embedding, "N,D", drawn(-0.1, 0.1)),
                      cuts("groups", &I::groups, "G", "N").in_files("group_offsets"),
                      optional_array("correct", &I::correct, "N", yes_or_no()));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("bonus", &O::bonus, "N"), array("raw_bonus", &O::raw_bonus, "N"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("ridge", &options::ridge, greater_than(0, 0.05, 2)), choice("mode", &options::mode),
                      flag("center", &options::center), choice("normalize", &options::normalize),
                      option("ddof", &options::ddof, within(0, 1)),
                      flag("off_if_none_correct", &options::off_if_none_correct),
                      flag("off_if_some_correct", &options::off_if_some_correct),
                      flag("off_if_all_correct", &options::off_if_all_correct),
                      flag("off_if_incorrect", &options::off_if_incorrect));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The matrix of a group: products of its answers, or of the dimensions where many answers have few.
struct elliptical_shape {
  index_t answers, dimensions;

  GUERDON_HD bool of_answers() const { return answers <= 64 || answers <= dimensions; }
  GUERDON_HD index_t order() const { return of_answers() ? answers : dimensions; }
};

/// One group: what its embeddings are without the mean. NaN all through where one is not finite.
template <class T>
struct elliptical_features {
  static constexpr bool short_segments = true;
  op::elliptical_bonus::inputs<T> in;
  view<double> feature;  // [N,D]
  bool center;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = in.groups.begin(g), n = in.groups.size(g), width = in.dimensions;
    team.each(width, [&](index_t d) {
      serial_team alone;
      const auto value = [&](index_t i) { return double(in.embedding[(begin + i) * width + d]); };
      const moments m = segment_moments(alone, n, value);
      const double middle = !m.finite() ? std::numeric_limits<double>::quiet_NaN() : center ? m.mean : 0;
      for (index_t i = 0; i < n; ++i) feature[(begin + i) * width + d] = value(i) - middle;
    });
  }
};

/// The inverse of Cholesky's factor of a symmetric positive matrix, in place of its lower half.
GUERDON_HD inline void invert_factor(double* a, index_t n) {
  for (index_t j = 0; j < n; ++j) {
    for (index_t k = 0; k < j; ++k)
      for (index_t i = j; i < n; ++i) a[i * n + j] -= a[i * n + k] * a[j * n + k];
    const double root = math::sqrt(a[j * n + j]);
    for (index_t i = j; i < n; ++i) a[i * n + j] /= root;
  }
  for (index_t j = n - 1; j >= 0; --j) {
    const double inverse = 1 / a[j * n + j];
    a[j * n + j] = inverse;
    for (index_t i = n - 1; i > j; --i) {
      double sum = 0;
      for (index_t k = j + 1; k <= i; ++k) sum += a[i * n + k] * a[k * n + j];
      a[i * n + j] = -inverse * sum;
    }
  }
}

/// One group, by one member: the leverage of each answer, and what is left of 1.
struct elliptical_leverages {
  segments groups;
  index_t width;
  double ridge;
  view<const double> feature;   // [N,D]
  view<const index_t> place;    // [G+1] of each group's matrix
  view<double> matrix;
  view<double> leverage, rest;  // [N]

  GUERDON_HD void operator()(index_t g) const {
    const index_t begin = groups.begin(g), n = groups.size(g);
    const elliptical_shape shape{n, width};
    const index_t order = shape.order();
    double* const a = matrix.data() + place[g];
    const double* const h = feature.data() + begin * width;
    for (index_t i = 0; i < order; ++i)
      for (index_t j = 0; j <= i; ++j) {
        double sum = shape.of_answers() ? dot_product(h + i * width, h + j * width, width) : 0;
        if (!shape.of_answers())
          for (index_t k = 0; k < n; ++k) sum += h[k * width + i] * h[k * width + j];
        a[i * order + j] = i == j ? sum + ridge : sum;
      }
    invert_factor(a, order);
    for (index_t i = 0; i < n; ++i) {
      double sum = 0;  // of squares: an element of the inverse, or h' (inverse) h
      if (shape.of_answers()) {
        for (index_t k = i; k < n; ++k) sum += a[k * n + i] * a[k * n + i];
        rest[begin + i] = ridge * sum;
        leverage[begin + i] = math::max(1 - ridge * sum, 0.0);
      } else {
        for (index_t k = 0; k < order; ++k) {
          const double part = dot_product(a + k * order, h + i * width, k + 1);
          sum += part * part;
        }
        leverage[begin + i] = sum;
        rest[begin + i] = math::max(1 - sum, std::numeric_limits<double>::epsilon());
      }
    }
  }
};

/// One group: its bonuses.
template <class T>
struct elliptical_program {
  static constexpr bool short_segments = true;
  op::elliptical_bonus::inputs<T> in;
  op::elliptical_bonus::outputs<T> out;
  op::elliptical_bonus::options o;
  view<const double> leverage, rest;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = in.groups.begin(g), n = in.groups.size(g);
    const auto raw = [&](index_t i) {
      const double l = leverage[begin + i], r = rest[begin + i];
      if (n == 1) return r - r;  // 0, or NaN
      return o.mode == elliptical_mode::leverage ? l + (r - r) : l / r;
    };
    const moments m = segment_moments(team, n, raw);
    const bool constant = m.high - m.low <= 1e-9 * m.high;
    const double spread = constant ? 0 : math::sqrt(m.variance(double(o.ddof))), divisor = spread == 0 ? 1 : spread;
    const double right = in.correct ? team.sum(n, [&](index_t i) { return in.correct[begin + i] ? 1 : 0; }) : 0;
    const bool off = right == 0           ? o.off_if_none_correct
                     : right < double(n) ? o.off_if_some_correct
                                         : o.off_if_all_correct;
    team.each(n, [&](index_t i) {
      const double centred = constant ? 0 : raw(i) - m.mean;
      const double bonus = o.normalize == elliptical_normalize::none      ? raw(i)
                           : o.normalize == elliptical_normalize::z_score ? centred / divisor
                                                                          : raw(i) / divisor;
      out.raw_bonus[begin + i] = T(raw(i));
      out.bonus[begin + i] = T(off || (o.off_if_incorrect && !in.correct[begin + i]) ? 0 : bonus);
    });
  }
};

/// Writes the bonuses.
template <real T = float, backend Backend>
void elliptical_bonus(const Backend& backend, const op::elliptical_bonus::inputs<T>& in,
                      const op::elliptical_bonus::outputs<T>& out, const op::elliptical_bonus::options& o) {
  const auto rule = check<op::elliptical_bonus>(backend, in, out, o);
  const bool flags = o.off_if_none_correct || o.off_if_some_correct || o.off_if_all_correct || o.off_if_incorrect;
  const index_t answers = out.bonus.size();
  rule(in.correct || !flags || answers == 0, "correct", "is required for the flags and was not given");
  const segments groups = in.groups;
  const index_t width = in.dimensions;
  auto scratch = backend.scratch();
  const auto feature = scratch.template take<double>(answers * width);
  const auto leverage = scratch.template take<double>(answers), rest = scratch.template take<double>(answers);
  const auto size = scratch.template take<index_t>(groups.count());
  const auto place = scratch.template take<index_t>(groups.count() + 1);
  backend.for_segments(groups, elliptical_features<T>{in, feature, o.center});
  backend.each(groups.count(), [=] GUERDON_HD(index_t g) {
    const index_t order = elliptical_shape{groups.size(g), width}.order();
    size[g] = order * order;
  });
  backend.template exclusive_sum<index_t>(size, place);
  const auto matrix = scratch.template take<double>(number_at<index_t>(backend, place.data() + groups.count()));
  backend.each(groups.count(),
               elliptical_leverages{groups, width, o.ridge, feature, place, matrix, leverage, rest});
  backend.for_segments(groups, elliptical_program<T>{in, out, o, leverage, rest});
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto elliptical_bonus(const Backend& backend, const op::elliptical_bonus::inputs<T>& in,
                      const op::elliptical_bonus::options& o = {}) {
  return returned<op::elliptical_bonus, T>(backend, in, o, [&](auto& out) { elliptical_bonus(backend, in, out, o); });
}

}}  // namespace guerdon
