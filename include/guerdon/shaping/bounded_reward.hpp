#pragma once
// A reward squeezed into a bounded range by one of four curves, so that a reward model's growing scores stop
// paying.
//
// $$r' = f(r), \qquad f \in \{\mathrm{sigmoid}(k r),\ \tanh r,\ \arctan r,\ p(r)\}$$
//
// p is the polynomial of degree 5 closest to the sigmoid on [-5, 5], 0 below that and 1 above:
//
// $$p(x) = 0.5 + 0.228789\,x - 0.0101309\,x^3 + 0.000202669\,x^5$$
//
// Source: arXiv:2502.18770, the study's comparison of bounded shapings.
//
// Details that differ:
// - `k` steepens the sigmoid only. The sigmoid does not overflow, however far the reward is from 0.
// - The study fits its polynomial anew in every run, which gives the same curve to 1e-6; the coefficients
//   here are the least-squares solution on 100 equally spaced points. It leaves [0, 1] by 0.011 just inside
//   both ends and is not continuous there. The even coefficients are 0 by symmetry.
// - Not centred: compare par_reward, which subtracts reference rewards first. A NaN reward stays NaN.
//
// Cost: one reward read, one written.

#include <guerdon/core/launch.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

enum class bounded_function { sigmoid, tanh, arctan, fitted_poly };

/// The curve of one reward.
struct bounded_shape {
  bounded_function function = bounded_function::sigmoid;
  double k = 1;

  GUERDON_HD double operator()(double x) const {
    switch (function) {
      case bounded_function::sigmoid: return math::sigmoid(k * x);
      case bounded_function::tanh: return ::tanh(x);
      case bounded_function::arctan: return ::atan(x);
      case bounded_function::fitted_poly: break;
    }
    if (x <= -5) return 0;
    if (x >= 5) return 1;
    const double q = x * x;
    return 0.5 + x * (0.22878851177826104 + q * (-0.010130912056492032 + q * 0.00020266916983218382));
  }
};

template <storage T>
struct bounded_reward_inputs {
  view<const T> reward;  ///< [B]
};

template <storage T, template <class> class Of = view>
struct bounded_reward_outputs {
  Of<T> shaped_reward;  ///< [B]
};

struct bounded_reward_options {
  bounded_function function = bounded_function::sigmoid;  ///< the curve
  double k = 1;                                           ///< > 0, steepness of the sigmoid
};

/// Writes the shaped rewards. Throws std::invalid_argument naming the argument that is wrong.
template <storage T = float, backend Backend>
void bounded_reward(const Backend& backend, const bounded_reward_inputs<T>& in,
                    const bounded_reward_outputs<T>& out, const bounded_reward_options& o = {}) {
  constexpr auto op = "bounded_reward";
  const index_t n = in.reward.size();
  require_size(out.shaped_reward.size(), n, op, "shaped_reward", "reward");
  require_choice(o.function, bounded_function::fitted_poly, op, "function");
  require(o.k > 0, op, "k", "must be greater than 0");
  const bounded_shape shape{o.function, o.k};
  backend.each(n, [=] GUERDON_HD(index_t i) { out.shaped_reward[i] = T(shape(double(in.reward[i]))); });
}

/// The shaped rewards in an array of the backend's.
template <storage T = float, backend Backend>
auto bounded_reward(const Backend& backend, const bounded_reward_inputs<T>& in,
                    const bounded_reward_options& o = {}) {
  auto shaped_reward = backend.template make<T>(in.reward.size());
  bounded_reward<T>(backend, in, {.shaped_reward = shaped_reward}, o);
  return shaped_reward;
}

}}  // namespace guerdon
