#pragma once
// An episode's novelty, raised where a state is new in the whole of training (Never Give Up).
//
// $$r = r^{\text{episodic}}\ \mathrm{clip}\left(1 + \frac{e - \mu}{\sigma},\ 1,\ L\right)$$
//
// for the error e of a random network's predictor, and its running mean and deviation.
//
// Source: Never Give Up, arXiv:2002.06038; used by Agent57, arXiv:2003.13350; google-deepmind/rlax, exploration.py.
//
// Details that differ:
// - A deviation of 0 leaves the novelty as it is. A NaN error gives NaN: the cut does not swallow it.
//
// Cost: two numbers read, one written.

#include <guerdon/core/operation.hpp>

namespace guerdon {

namespace op {
struct ngu_combine {
  static constexpr info about{"ngu_combine", "exploration", "Episodic novelty times lifelong novelty (NGU)",
                              "arXiv:2002.06038; arXiv:2003.13350", skeleton::map};
  template <real T>
  struct inputs {
    view<const T> episodic;   ///< [N] reward of episodic_novelty
    view<const T> rnd_error;  ///< [N] of the predictor
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> reward;  ///< [N]
  };
  struct options {
    double mean = required;  ///< of the errors so far
    double std = required;   ///< of the errors so far
    double max_scale = 5;    ///< L
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("episodic", &I::episodic, "N", drawn(0, 2)),
                      array("rnd_error", &I::rnd_error, "N", drawn(0, 3)));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("reward", &O::reward, "N")); }
  static constexpr auto parameters() {
    return std::tuple(option("mean", &options::mean, drawn(0, 2)), option("std", &options::std, drawn(0.2, 1)),
                      option("max_scale", &options::max_scale, at_least(1, 5)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the rewards.
template <real T = float, backend Backend>
void ngu_combine(const Backend& backend, const op::ngu_combine::inputs<T>& in, const op::ngu_combine::outputs<T>& out,
                 const op::ngu_combine::options& o) {
  check<op::ngu_combine>(backend, in, out, o);
  const double mean = o.mean, deviation = o.std, most = o.max_scale;
  backend.each(in.episodic.size(), [=] GUERDON_HD(index_t i) {
    const double apart = double(in.rnd_error[i]) - mean;
    const double scale = deviation == 0 ? (apart == apart ? 1 : apart) : 1 + apart / deviation;
    out.reward[i] = T(double(in.episodic[i]) * math::clamp(scale, 1.0, most));
  });
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto ngu_combine(const Backend& backend, const op::ngu_combine::inputs<T>& in,
                 const op::ngu_combine::options& o = {}) {
  return returned<op::ngu_combine, T>(backend, in, o, [&](auto& out) { ngu_combine(backend, in, out, o); });
}

}}  // namespace guerdon
