#pragma once
// A probability from a raw score: the logistic curve that fits labels best.
//
// $$P(y = 1 \mid s) = \sigma(A s + B), \qquad
//   \min_{A,B} \sum_i \mathrm{softplus}(f_i) - t_i f_i, \quad f_i = A s_i + B$$
//
// with targets t of $(n_1 + 1)/(n_1 + 2)$ for label 1 and $1/(n_0 + 2)$ for label 0, or the labels themselves.
//
// Source: Platt, Probabilistic outputs for support vector machines, 1999; Lin, Lin and Weng, 2007, for the damped
// Newton.
//
// Details that differ:
// - A > 0 means that a higher score is more probable; many texts have the opposite sign.
// - All scores equal: A = 0, and B is the logit of the mean target. Raw labels of one class are an error; raw labels
//   that the score separates have no finite optimum, and the result is where `max_iterations` stopped.
// - Newton's steps, each halved until the loss falls by at least 1e-4 of what its slope promises, until no part of a
//   step above 1e-12 does: the loss is then at its minimum up to rounding. `converged` tells whether it came to that.
//
// Cost: the scores once per iteration, about ten of them. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/preference/logistic.hpp>

#include <algorithm>
#include <vector>

namespace guerdon {
namespace op {
struct platt_scaling : host_kind {
  static constexpr info about{"platt_scaling", "judge", "Probabilities from scores: a logistic curve (Platt)", "",
                              skeleton::host};
  struct inputs {
    view<const double> score;   ///< [N] finite
    view<const index_t> label;  ///< [N] 1 or 0
  };
  struct outputs {
    double slope = 0;                 ///< [1] A
    double intercept = 0;             ///< [1] B
    std::vector<double> probability;  ///< [N] of each score
    index_t iterations = 0;           ///< [1] Newton steps taken
    bool converged = false;           ///< [1] no step lowers the loss; false: max_iterations ended the fit
  };
  struct options {
    bool smooth_targets = true;    ///< targets short of 0 and 1
    index_t max_iterations = 100;  ///< >= 0
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("score", &I::score, "N", finite()), array("label", &I::label, "N", whole_within(0, 1)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("slope", &O::slope, "1"), array("intercept", &O::intercept, "1"),
                      array("probability", &O::probability, "N"), array("iterations", &O::iterations, "1"),
                      array("converged", &O::converged, "1"));
  }
  static constexpr auto parameters() {
    return std::tuple(flag("smooth_targets", &options::smooth_targets),
                      option("max_iterations", &options::max_iterations, counts_from(0, 100).drawn(80, 100)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {
namespace calibration {

/// Log odds as a line in the score, measured from `middle` in units of `unit`: so the fit is well conditioned.
struct line {
  double slope = 0, intercept = 0;
};

struct line_fit {
  view<const double> score;
  view<const index_t> label;
  double middle, unit, target_right, target_wrong;

  double at(index_t i) const { return (score[i] - middle) / unit; }
  /// The target's distance from 1, as the share of a label that is wrong.
  double wrong(index_t i) const { return 1 - (label[i] == 1 ? target_right : target_wrong); }
  double loss(const line& l) const {
    double sum = 0;
    for (index_t i = 0; i < score.size(); ++i) sum += smoothed_logistic(l.slope * at(i) + l.intercept, wrong(i)).loss;
    return sum;
  }
  /// Newton's step, halved until the loss falls; false where none does.
  bool improve(line& l) const {
    double g[2] = {}, h[3] = {};
    for (index_t i = 0; i < score.size(); ++i) {
      const double x = at(i), f = l.slope * x + l.intercept, d = smoothed_logistic(f, wrong(i)).slope;
      const double w = math::sigmoid(f) * math::sigmoid(-f);
      g[0] += d * x, g[1] += d;
      h[0] += w * x * x, h[1] += w * x, h[2] += w;
    }
    const double ridge = 1e-12 * (h[0] + h[2]) + 1e-300;
    h[0] += ridge, h[2] += ridge;
    const double det = h[0] * h[2] - h[1] * h[1];
    const line step{(h[2] * g[0] - h[1] * g[1]) / det, (h[0] * g[1] - h[1] * g[0]) / det};
    const double before = loss(l), slope = g[0] * step.slope + g[1] * step.intercept;
    for (double size = 1; size > 1e-12; size /= 2) {
      const line next{l.slope - size * step.slope, l.intercept - size * step.intercept};
      if (!(loss(next) < before - 1e-4 * size * slope)) continue;
      l = next;
      return true;
    }
    return false;
  }
};

}  // namespace calibration

/// The curve, and the probabilities of all scores.
inline op::platt_scaling::outputs platt_scaling(const op::platt_scaling::inputs& in,
                                                const op::platt_scaling::options& o = {}) {
  const auto rule = check<op::platt_scaling>(in, o);
  const index_t n = in.score.size();
  rule(n > 0, "score", "must not be empty");
  const double right = static_cast<double>(std::count(in.label.begin(), in.label.end(), index_t(1)));
  const double wrong = static_cast<double>(n) - right;
  rule(o.smooth_targets || (right > 0 && wrong > 0), "label", "must be of both classes without smooth_targets");
  const auto [low, high] = std::minmax_element(in.score.begin(), in.score.end());
  const double middle = *low / 2 + *high / 2, half = *high / 2 - *low / 2;
  const calibration::line_fit fit{in.score, in.label, middle, half > 0 ? half : 1,
                                  o.smooth_targets ? (right + 1) / (right + 2) : 1,
                                  o.smooth_targets ? 1 / (wrong + 2) : 0};
  op::platt_scaling::outputs out;
  calibration::line l{0, math::log((right + 1) / (wrong + 1))};
  if (*low == *high) {
    const double mean = (right * fit.target_right + wrong * fit.target_wrong) / static_cast<double>(n);
    l.intercept = math::log(mean / (1 - mean));
    out.converged = true;
  } else {
    while (out.iterations < o.max_iterations && !out.converged) {
      out.converged = !fit.improve(l);
      out.iterations += !out.converged;
    }
  }
  out.slope = l.slope / fit.unit;
  out.intercept = l.intercept - out.slope * middle;
  for (index_t i = 0; i < n; ++i) out.probability.push_back(math::sigmoid(l.slope * fit.at(i) + l.intercept));
  return out;
}

}}  // namespace guerdon
