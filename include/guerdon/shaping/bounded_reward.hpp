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

#include <guerdon/core/shaping.hpp>

namespace guerdon {

enum class bounded_function { sigmoid, tanh, arctan, fitted_poly };
constexpr auto enumerators(bounded_function) { return std::array{"sigmoid", "tanh", "arctan", "fitted_poly"}; }

namespace op {
struct bounded_reward {
  static constexpr info about{"bounded_reward", "shaping",
                              "Reward squeezed by a sigmoid, tanh, arctan or its polynomial fit", "arXiv:2502.18770",
                              skeleton::map};
  template <real T>
  struct inputs {
    view<const T> reward;  ///< [B]
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> shaped_reward;  ///< [B]
  };
  struct options {
    bounded_function function = bounded_function::sigmoid;  ///< the curve
    double k = 1;                                           ///< > 0, steepness of the sigmoid
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("reward", &I::reward, "B")); }
  template <class O>
  static constexpr auto results() { return std::tuple(array("shaped_reward", &O::shaped_reward, "B")); }
  static constexpr auto parameters() {
    return std::tuple(choice("function", &options::function), option("k", &options::k, greater_than(0, 0.1, 4)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

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

/// The reward of one answer.
struct bounded_shaping {
  using is_shaping = void;
  using operation = op::bounded_reward;
  operation::options o;

  GUERDON_HD double operator()(index_t, double reward) const { return bounded_shape{o.function, o.k}(reward); }
};

/// Writes the shaped rewards.
template <real T = float, backend Backend>
void bounded_reward(const Backend& backend, const op::bounded_reward::inputs<T>& in,
                    const op::bounded_reward::outputs<T>& out, const op::bounded_reward::options& o) {
  check<op::bounded_reward>(backend, in, out, o);
  const bounded_shaping shaping{o};
  backend.each(in.reward.size(),
               [=] GUERDON_HD(index_t i) { out.shaped_reward[i] = T(shaping(i, double(in.reward[i]))); });
}

/// The shaped rewards in an array of the backend's.
template <real T = float, backend Backend>
auto bounded_reward(const Backend& backend, const op::bounded_reward::inputs<T>& in,
                    const op::bounded_reward::options& o = {}) {
  return returned<op::bounded_reward, T>(backend, in, o, [&](auto& out) { bounded_reward(backend, in, out, o); });
}

/// The operation as a part of a pipe.
inline bounded_shaping bounded_reward(const op::bounded_reward::options& o = {}) { return {o}; }

}}  // namespace guerdon
