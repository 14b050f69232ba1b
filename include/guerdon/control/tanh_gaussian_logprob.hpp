#pragma once
// The log-density of an action that is the tanh of a Gaussian sample, as SAC's policies act, and its partial
// derivatives.
//
// With $a = c \tanh(u)$ and $z = (u - \mu) / \sigma$, summed over the dimensions:
//
// $$\log\pi(a) = -\tfrac12 z^2 - \log\sigma - \tfrac12\log 2\pi - 2\big(\log 2 - u - \mathrm{softplus}(-2u)\big) -
//   \log c$$
// $$\frac{\partial}{\partial\mu} = \frac z\sigma, \qquad \frac{\partial}{\partial\sigma} = \frac{z^2 - 1}\sigma, \qquad
//   \frac{\partial}{\partial u} = -\frac z\sigma + 2\tanh u$$
//
// Source: soft actor-critic, arXiv:1801.01290, appendix C; the stable form of arXiv:1812.05905's code.
//
// Details that differ:
// - Never $\log(1 - \tanh^2 u + \epsilon)$, which saturates near |u| = 9 in single precision.
// - The derivatives hold the other arguments fixed. Of a sample $u = \mu + \sigma\,\text{noise}$ the whole derivatives
//   are grad_mean + grad_pre_tanh, which is $2\tanh u$, and grad_std + noise grad_pre_tanh.
// - u is given, not the action: it is not to be had back from an action that has saturated.
//
// Cost: 12 bytes read and 16 written per dimension in float.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct tanh_gaussian_logprob {
  static constexpr info about{"tanh_gaussian_logprob", "control", "Log-density of a squashed Gaussian's action (SAC)",
                              "arXiv:1801.01290; arXiv:1812.05905", skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    index_t count;             ///< N samples
    view<const T> pre_tanh;    ///< [N,D] u
    view<const T> mean;        ///< [N,D]
    view<const T> std;         ///< [N,D] > 0
    view<const T> scale = {};  ///< [D] > 0, half the width of the action's range; left out: 1
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> action;         ///< [N,D] scale * tanh(u)
    Of<T> logprob;        ///< [N]
    Of<T> grad_mean;      ///< [N,D]
    Of<T> grad_std;       ///< [N,D]
    Of<T> grad_pre_tanh;  ///< [N,D]
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    constexpr range positive = greater_than(0, 0.5, 2).without_nan();
    return std::tuple(extent("count", &I::count, "N"), array("pre_tanh", &I::pre_tanh, "N,D", drawn(-3, 3)),
                      array("mean", &I::mean, "N,D"), array("std", &I::std, "N,D", positive),
                      optional_array("scale", &I::scale, "D", positive));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("action", &O::action, "N,D"), array("logprob", &O::logprob, "N"),
                      array("grad_mean", &O::grad_mean, "N,D"), array("grad_std", &O::grad_std, "N,D"),
                      array("grad_pre_tanh", &O::grad_pre_tanh, "N,D"));
  }
  static constexpr auto parameters() { return std::tuple(); }
  static constexpr std::array gradients{gradient{"grad_mean", "logprob", "mean"},
                                        gradient{"grad_std", "logprob", "std"},
                                        gradient{"grad_pre_tanh", "logprob", "pre_tanh"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct tanh_gaussian_program {
  static constexpr bool short_segments = true;
  op::tanh_gaussian_logprob::inputs<T> in;
  op::tanh_gaussian_logprob::outputs<T> out;
  index_t dimensions;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    constexpr double log_2 = 0.693147180559945309417, half_log_2pi = 0.918938533204672741780;
    const double total = team.sum(dimensions, [&](index_t d) {
      const index_t at = row * dimensions + d;
      const double u = double(in.pre_tanh[at]), sigma = double(in.std[at]), c = in.scale ? double(in.scale[d]) : 1;
      const double z = (u - double(in.mean[at])) / sigma, squashed = ::tanh(u);
      out.action[at] = T(c * squashed);
      out.grad_mean[at] = T(z / sigma);
      out.grad_std[at] = T((z * z - 1) / sigma);
      out.grad_pre_tanh[at] = T(2 * squashed - z / sigma);
      // log(1 - tanh(u)^2), even in u: softplus(-2u) = -log_sigmoid(2u).
      const double narrowed = 2 * (log_2 - math::abs(u) + math::log_sigmoid(2 * math::abs(u)));
      return -z * z / 2 - math::log(sigma) - half_log_2pi - narrowed - math::log(c);
    });
    team.once([&] { out.logprob[row] = T(total); });
  }
};

/// Writes actions, log-densities and derivatives.
template <real T = float, backend Backend>
void tanh_gaussian_logprob(const Backend& backend, const op::tanh_gaussian_logprob::inputs<T>& in,
                           const op::tanh_gaussian_logprob::outputs<T>& out,
                           const op::tanh_gaussian_logprob::options& o) {
  check<op::tanh_gaussian_logprob>(backend, in, out, o);
  const index_t dimensions = in.count > 0 ? in.pre_tanh.size() / in.count : 0;
  backend.for_segments(segments::uniform(in.count, dimensions), tanh_gaussian_program<T>{in, out, dimensions});
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto tanh_gaussian_logprob(const Backend& backend, const op::tanh_gaussian_logprob::inputs<T>& in,
                           const op::tanh_gaussian_logprob::options& o = {}) {
  return returned<op::tanh_gaussian_logprob, T>(backend, in, o,
                                                [&](auto& out) { tanh_gaussian_logprob(backend, in, out, o); });
}

}}  // namespace guerdon
