#pragma once
// A success rate per prompt as a Beta distribution, started from what offline attempts tell.
//
// $$\alpha = N_0\,\frac{s + c}{n + 2c}, \qquad \beta = N_0\,\frac{n - s + c}{n + 2c}, \qquad
//   N_0 = \frac{1}{1 - \rho_{min}}$$
//
// for s successes in n attempts and a prior of c on either side; $N_0$ is what evidence amounts to in the long run
// under beta_baseline_advantage. Where there were no attempts both are c.
//
// Source: SPO, arXiv:2509.13232.
//
// Details that differ:
// - The state is two arrays that are passed in and returned: beta_baseline_advantage uses and updates it,
//   beta_tracker_weight says which prompts to draw.
// - The published code has one number of attempts for all prompts.
// - More successes than attempts are an error, where the host can read them.
//
// Cost: 16 bytes per prompt in float.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {

constexpr range share_below_one() {
  range r = within(0, 1).drawn(0, 0.95);
  r.open_high = true;
  return r;
}

struct beta_tracker_init {
  static constexpr info about{"beta_tracker_init", "advantage", "Beta counts per prompt from offline attempts (SPO)",
                              "arXiv:2509.13232", skeleton::map};
  template <real T>
  struct inputs {
    view<const T> successes;  ///< [K] of the attempts, between 0 and attempts
    view<const T> attempts;   ///< [K] offline answers per prompt
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> alpha;  ///< [K] > 0, weight of the successes
    Of<T> beta;   ///< [K] > 0, weight of the failures
  };
  struct options {
    double rho_min = 0.875;  ///< in [0, 1): the fastest that evidence fades
    double prior = 0.5;      ///< > 0, successes and failures seen before any
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("successes", &I::successes, "K", drawn(0, 4)),
                      array("attempts", &I::attempts, "K", drawn(4, 8)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("alpha", &O::alpha, "K"), array("beta", &O::beta, "K"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("rho_min", &options::rho_min, share_below_one()),
                      option("prior", &options::prior, greater_than(0, 0.2, 2)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the counts.
template <real T = float, backend Backend>
void beta_tracker_init(const Backend& backend, const op::beta_tracker_init::inputs<T>& in,
                       const op::beta_tracker_init::outputs<T>& out, const op::beta_tracker_init::options& o) {
  const auto rule = check<op::beta_tracker_init>(backend, in, out, o);
  if constexpr (Backend::on_host) {
    bool possible = true;
    for (index_t k = 0; k < in.successes.size(); ++k)
      possible &= in.successes[k] >= 0 && in.successes[k] <= in.attempts[k];
    rule(possible, "successes", "must be at least 0 and at most attempts");
  }
  backend.each(in.attempts.size(), [=] GUERDON_HD(index_t k) {
    const double s = double(in.successes[k]), n = double(in.attempts[k]), prior = o.prior;
    const double weight = n > 0 ? 1 / ((1 - o.rho_min) * (n + 2 * prior)) : 1;
    out.alpha[k] = T(weight * (s + prior));
    out.beta[k] = T(weight * (n - s + prior));
  });
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto beta_tracker_init(const Backend& backend, const op::beta_tracker_init::inputs<T>& in,
                       const op::beta_tracker_init::options& o = {}) {
  return returned<op::beta_tracker_init, T>(backend, in, o, [&](auto& out) { beta_tracker_init(backend, in, out, o); });
}

}}  // namespace guerdon
