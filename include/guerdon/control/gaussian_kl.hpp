#pragma once
// Divergence between Gaussians whose dimensions are independent, mean and deviation apart, and its gradient.
//
// $$\mathrm{KL}_\sigma = \log\frac{\sigma_q}{\sigma_p} + \frac{\sigma_p^2}{2\sigma_q^2} - \frac12, \qquad
//   \mathrm{KL}_\mu = \frac{(\mu_q - \mu_p)^2}{2 v^2}$$
//
// with $v = \sigma_q$, where the sum is KL(p || q), or $v = \sigma_p$ (`decoupled`).
//
// Source: textbook; decoupled, MPO, arXiv:1812.02256, section 4.2.1, where mean and deviation get bounds of their own:
// a mean that moves is not excused by a wider deviation.
//
// Details that differ:
// - The part of the deviations is evaluated without cancellation: it keeps its digits where they are nearly equal.
// - Gradients are with respect to q, the policy that moves. Categorical policies: kl_from_logits.
//
// Cost: 16 bytes read and 16 written per dimension in float.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct gaussian_kl {
  static constexpr info about{"gaussian_kl", "control", "Divergence of Gaussians, mean and deviation apart",
                              "arXiv:1812.02256", skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    segments rows;         ///< cuts the dimensions into N Gaussians: segments::uniform(N, D) for [N,D]
    view<const T> mean_p;  ///< [N,D]
    view<const T> std_p;   ///< [N,D] > 0
    view<const T> mean_q;  ///< [N,D]
    view<const T> std_q;   ///< [N,D] > 0
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> kl_mean;      ///< [N,D]
    Of<T> kl_std;       ///< [N,D]
    Of<T> kl;           ///< [N] the sum of both over the dimensions
    Of<T> grad_mean_q;  ///< [N,D] d kl / d mean_q
    Of<T> grad_std_q;   ///< [N,D] d kl / d std_q
  };
  struct options {
    bool decoupled = false;  ///< the mean's distance is measured by std_p
  };

  template <class I>
  static constexpr auto arguments() {
    constexpr range deviation = greater_than(0, 0.5, 2).without_nan();
    return std::tuple(op::rows(&I::rows), array("mean_p", &I::mean_p, "B,T"),
                      array("std_p", &I::std_p, "B,T", deviation), array("mean_q", &I::mean_q, "B,T"),
                      array("std_q", &I::std_q, "B,T", deviation));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("kl_mean", &O::kl_mean, "B,T"), array("kl_std", &O::kl_std, "B,T"),
                      array("kl", &O::kl, "B"), array("grad_mean_q", &O::grad_mean_q, "B,T"),
                      array("grad_std_q", &O::grad_std_q, "B,T"));
  }
  static constexpr auto parameters() { return std::tuple(flag("decoupled", &options::decoupled)); }
  static constexpr std::array gradients{gradient{"grad_mean_q", "kl", "mean_q"}, gradient{"grad_std_q", "kl", "std_q"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct gaussian_kl_program {
  static constexpr bool short_segments = true;
  op::gaussian_kl::inputs<T> in;
  op::gaussian_kl::outputs<T> out;
  bool decoupled;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    const index_t begin = in.rows.begin(row);
    const double total = team.sum(in.rows.size(row), [&](index_t d) {
      const index_t at = begin + d;
      const double p = double(in.std_p[at]), q = double(in.std_q[at]), v = decoupled ? p : q;
      const double away = double(in.mean_q[at]) - double(in.mean_p[at]), steps = away / v, ratio = p / q;
      // With x = log(p / q): (e^2x - 1 - 2x) / 2.
      const double of_std = math::exp_excess(2 * math::log1p((p - q) / q)) / 2, of_mean = steps * steps / 2;
      out.kl_std[at] = T(of_std);
      out.kl_mean[at] = T(of_mean);
      out.grad_mean_q[at] = T(steps / v);
      out.grad_std_q[at] = T((1 - ratio * ratio - (decoupled ? 0 : steps * steps)) / q);
      return of_std + of_mean;
    });
    team.once([&] { out.kl[row] = T(total); });
  }
};

/// Writes divergences and gradients.
template <real T = float, backend Backend>
void gaussian_kl(const Backend& backend, const op::gaussian_kl::inputs<T>& in, const op::gaussian_kl::outputs<T>& out,
                 const op::gaussian_kl::options& o) {
  check<op::gaussian_kl>(backend, in, out, o);
  backend.for_segments(in.rows, gaussian_kl_program<T>{in, out, o.decoupled});
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto gaussian_kl(const Backend& backend, const op::gaussian_kl::inputs<T>& in, const op::gaussian_kl::options& o = {}) {
  return returned<op::gaussian_kl, T>(backend, in, o, [&](auto& out) { gaussian_kl(backend, in, out, o); });
}

}}  // namespace guerdon
