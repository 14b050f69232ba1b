#pragma once
// True rewards as a verifier with given error rates would report them, for simulations.
//
// $$R = \begin{cases} [u \ge \rho_1] & R^* = 1 \\ [u < \rho_0] & R^* = 0 \end{cases}$$
//
// with u uniform in [0, 1), drawn by the caller.
//
// Source: the noise model of arXiv:2510.00915; the simulator is this project's.
//
// Details that differ:
// - A true reward that is not 0 counts as 1, except NaN, which stays.
//
// Cost: two numbers read, one written per reward.

#include <guerdon/core/shaping.hpp>

namespace guerdon {
namespace op {
struct noise_channel {
  static constexpr info about{"noise_channel", "shaping",
                              "The rewards that a verifier with given error rates would see", "arXiv:2510.00915",
                              skeleton::map, 1e-5, true};
  template <real T>
  struct inputs {
    view<const T> reward = {};  ///< [N] true rewards, 0 or 1
    view<const T> uniform;      ///< [N] in [0, 1)
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> reward;  ///< [N] as seen
  };
  struct options {
    double rho0 = 0;  ///< in [0, 1], rate of false positives
    double rho1 = 0;  ///< in [0, 1], rate of false negatives
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("reward", &I::reward, "N", drawn(0, 1)), array("uniform", &I::uniform, "N", drawn(0, 1)));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("reward", &O::reward, "N")); }
  static constexpr auto parameters() {
    return std::tuple(option_or_nan("rho0", &options::rho0, drawn(0, 1)),
                      option_or_nan("rho1", &options::rho1, drawn(0, 1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The reward of one answer.
template <class T>
struct noise_shaping {
  using is_shaping = void;
  using operation = op::noise_channel;
  operation::inputs<T> in;
  operation::options o;

  template <class Backend>
  void rules(const Backend&, const call_rules& rule) const {
    rule(o.rho0 >= 0 && o.rho0 <= 1, "rho0", "is a rate: it must lie between 0 and 1");
    rule(o.rho1 >= 0 && o.rho1 <= 1, "rho1", "is a rate: it must lie between 0 and 1");
  }
  GUERDON_HD double operator()(index_t i, double truth) const {
    const bool accepted = truth == 0 ? in.uniform[i] < T(o.rho0) : in.uniform[i] >= T(o.rho1);
    return truth == truth ? double(accepted) : truth;
  }
};

/// Writes the rewards as seen.
template <real T = float, backend Backend>
void noise_channel(const Backend& backend, const op::noise_channel::inputs<T>& in,
                   const op::noise_channel::outputs<T>& out, const op::noise_channel::options& o) {
  const auto rule = check<op::noise_channel>(backend, in, out, o);
  const noise_shaping<T> shaping{in, o};
  shaping.rules(backend, rule);
  backend.each(in.reward.size(),
               [=] GUERDON_HD(index_t i) { out.reward[i] = T(shaping(i, double(in.reward[i]))); });
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto noise_channel(const Backend& backend, const op::noise_channel::inputs<T>& in,
                   const op::noise_channel::options& o = {}) {
  return returned<op::noise_channel, T>(backend, in, o, [&](auto& out) { noise_channel(backend, in, out, o); });
}

/// The operation as a part of a pipe.
template <real T = float>
noise_shaping<T> noise_channel(const op::noise_channel::inputs<T>& in, const op::noise_channel::options& o = {}) {
  return {in, o};
}

}}  // namespace guerdon
