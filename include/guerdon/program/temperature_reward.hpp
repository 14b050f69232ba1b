#pragma once
// An error turned into a reward that is 1 at no error and falls at a rate of the component's own.
//
// $$r = e^{-x / \tau}, \qquad \frac{\partial r}{\partial x} = -\frac{r}{\tau}, \qquad
//   \frac{\partial r}{\partial \tau} = \frac{r\, x}{\tau^2}$$
//
// Source: Eureka, arXiv:2310.12931, the tip of its prompts: every transformed component has a temperature of its own.
//
// Details that differ:
// - A negative error gives more than 1. The temperature is one for all, or one for each error.
//
// Cost: two numbers read and one written, or three with the derivatives.

#include <guerdon/program/primitives.hpp>

namespace guerdon {

namespace op {
struct temperature_reward {
  static constexpr info about{"temperature_reward", "program", "Reward that decays with an error (Eureka)",
                              "arXiv:2310.12931", skeleton::map};
  template <real T>
  struct inputs {
    view<const T> error;                   ///< [N] usually >= 0
    view<const T> temperature = {};        ///< [1] > 0, for all; or
    view<const T> error_temperature = {};  ///< [N] > 0, for each
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> reward;            ///< [N] > 0
    Of<T> grad_error;        ///< [N] d reward / d error; optional
    Of<T> grad_temperature;  ///< [N] d reward / d temperature, of each error; optional
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    constexpr range positive = greater_than(0, 0.3, 2).without_nan();
    return std::tuple(array("error", &I::error, "N"), optional_array("temperature", &I::temperature, "1", positive),
                      optional_array("error_temperature", &I::error_temperature, "N", positive)
                          .in_files("temperature"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("reward", &O::reward, "N"), optional_array("grad_error", &O::grad_error, "N"),
                      optional_array("grad_temperature", &O::grad_temperature, "N"));
  }
  static constexpr auto parameters() { return std::tuple(); }
  static constexpr std::array gradients{gradient{"grad_error", "reward", "error"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the rewards and, if wanted, their derivatives.
template <real T = float, backend Backend>
void temperature_reward(const Backend& backend, const op::temperature_reward::inputs<T>& in,
                        const op::temperature_reward::outputs<T>& out, const op::temperature_reward::options& o) {
  const auto rule = check<op::temperature_reward>(backend, in, out, o);
  rule(bool(in.temperature) != bool(in.error_temperature) || in.error.size() == 0, "temperature",
       "must be given for all errors or for each, not both");
  backend.each(in.error.size(), [=] GUERDON_HD(index_t i) {
    const double x = double(in.error[i]);
    const double t = double(in.temperature ? in.temperature[0] : in.error_temperature[i]), r = primitives::decay{t}(x);
    out.reward[i] = T(r);
    if (out.grad_error) out.grad_error[i] = T(-r / t);
    if (out.grad_temperature) out.grad_temperature[i] = T(r == 0 ? 0 : r * (x / t) / t);
  });
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto temperature_reward(const Backend& backend, const op::temperature_reward::inputs<T>& in,
                        const op::temperature_reward::options& o = {}) {
  return returned<op::temperature_reward, T>(backend, in, o,
                                             [&](auto& out) { temperature_reward(backend, in, out, o); });
}

}}  // namespace guerdon
