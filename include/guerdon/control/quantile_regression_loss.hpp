#pragma once
// The loss by which a row of numbers becomes the quantiles of its targets, and its gradient.
//
// With $d_{kj} = t_j - \theta_k$ and $s_{kj} = |\tau_k - [d_{kj} < 0]|$:
//
// $$\ell = \sum_k \sum_j w_j\, s_{kj}\, \rho(d_{kj}), \qquad
//   \frac{\partial \ell}{\partial \theta_k} = -\sum_j w_j\, s_{kj}\, \rho'(d_{kj})$$
//
// with $\rho(d) = |d|$ (kappa 0), or $d^2/2$ up to kappa and $\kappa(|d| - \kappa/2)$ beyond.
//
// Source: QR-DQN, arXiv:1710.10044, eq. 10; IQN, arXiv:1806.06923.
//
// Details that differ:
// - rlax sums over the own quantiles, with kappa 0 by default, and never divides. TQC takes the mean over both
//   (`reduction = mean`), kappa 1. IQN divides by kappa, which is the same at 1.
// - `tau` left out: the middles $(k + 1/2)/K$. Weights left out: 1/M. A weight of exactly 0 hides its target.
// - At an error of exactly 0 the slope of $|d|$ is 0.
//
// Cost: K M steps for a row.

#include <guerdon/core/operation.hpp>
#include <guerdon/objective/huber.hpp>

namespace guerdon {

/// Over the own quantiles.
enum class quantile_reduction { sum, mean };
constexpr auto enumerators(quantile_reduction) { return std::array{"sum", "mean"}; }

namespace op {
struct quantile_regression_loss {
  static constexpr info about{"quantile_regression_loss", "control",
                              "Quantile regression, with or without Huber's bend",
                              "arXiv:1710.10044; arXiv:1806.06923", skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    index_t count;                     ///< N rows
    view<const T> quantiles;           ///< [N,K]
    view<const T> target;              ///< [N,M] constants
    view<const T> tau = {};            ///< [K] in [0, 1], the level of each quantile, or
    view<const T> row_tau = {};        ///< [N,K] for each row by itself
    view<const T> target_weight = {};  ///< [N,M] left out: 1/M
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> loss;            ///< [N]
    Of<T> grad_quantiles;  ///< [N,K] d loss / d quantiles
  };
  struct options {
    double huber_kappa = 1;                                  ///< >= 0; 0: absolute errors
    quantile_reduction reduction = quantile_reduction::sum;  ///< over the own quantiles
    bool divide_by_kappa = false;                            ///< needs kappa > 0
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("count", &I::count, "N"), array("quantiles", &I::quantiles, "N,K"),
                      array("target", &I::target, "N,M"),
                      optional_array("tau", &I::tau, "K", within(0, 1).without_nan()),
                      optional_array("row_tau", &I::row_tau, "N,K", within(0, 1).without_nan()).in_files("tau"),
                      optional_array("target_weight", &I::target_weight, "N,M", drawn(0, 1)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("loss", &O::loss, "N"), array("grad_quantiles", &O::grad_quantiles, "N,K"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("huber_kappa", &options::huber_kappa, at_least(0, 1.5)),
                      choice("reduction", &options::reduction), flag("divide_by_kappa", &options::divide_by_kappa));
  }
  static constexpr std::array gradients{gradient{"grad_quantiles", "loss", "quantiles"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct quantile_loss_program {
  static constexpr bool short_segments = true;
  op::quantile_regression_loss::inputs<T> in;
  op::quantile_regression_loss::outputs<T> out;
  index_t own, targets;
  double kappa, factor;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    const huber<double> bent{kappa};
    const double total = team.sum(own, [&](index_t k) {
      const index_t at = row * own + k;
      const double theta = double(in.quantiles[at]), middle = (static_cast<double>(k) + 0.5) / static_cast<double>(own);
      const double tau = in.row_tau ? double(in.row_tau[at]) : in.tau ? double(in.tau[k]) : middle;
      double loss = 0, slope = 0;
      for (index_t j = 0; j < targets; ++j) {
        const index_t to = row * targets + j;
        const double d = double(in.target[to]) - theta, side = math::abs(tau - (d < 0 ? 1.0 : 0.0));
        const double w = (in.target_weight ? double(in.target_weight[to]) : 1 / static_cast<double>(targets)) * side;
        loss += math::zero_select_product(w, kappa == 0 ? math::abs(d) : bent(d));
        slope += math::zero_select_product(w, kappa == 0 ? math::sign(d) : bent.slope(d));
      }
      out.grad_quantiles[at] = T(0 - factor * slope);
      return loss;
    });
    team.once([&] { out.loss[row] = T(factor * total); });
  }
};

/// Writes losses and gradients.
template <real T = float, backend Backend>
void quantile_regression_loss(const Backend& backend, const op::quantile_regression_loss::inputs<T>& in,
                              const op::quantile_regression_loss::outputs<T>& out,
                              const op::quantile_regression_loss::options& o) {
  const auto rule = check<op::quantile_regression_loss>(backend, in, out, o);
  rule(!o.divide_by_kappa || o.huber_kappa > 0, "huber_kappa", "must be greater than 0 with divide_by_kappa");
  const index_t own = in.count > 0 ? in.quantiles.size() / in.count : 0;
  const index_t targets = in.count > 0 ? in.target.size() / in.count : 0;
  const double mean = o.reduction == quantile_reduction::mean && own > 0 ? 1 / static_cast<double>(own) : 1;
  const double factor = o.divide_by_kappa ? mean / o.huber_kappa : mean;
  backend.for_segments(segments::uniform(in.count, own),
                       quantile_loss_program<T>{in, out, own, targets, o.huber_kappa, factor});
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto quantile_regression_loss(const Backend& backend, const op::quantile_regression_loss::inputs<T>& in,
                              const op::quantile_regression_loss::options& o = {}) {
  return returned<op::quantile_regression_loss, T>(backend, in, o,
                                                   [&](auto& out) { quantile_regression_loss(backend, in, out, o); });
}

}}  // namespace guerdon
