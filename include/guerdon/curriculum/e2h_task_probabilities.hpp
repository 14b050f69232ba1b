#pragma once
// How likely each level of difficulty is to be trained on at a step, from easy to hard.
//
// | schedule | probability of level k of K, 0 the easiest |
// |---|---|
// | classic | 1 for $k = \min(\lfloor t K / T \rfloor, K - 1)$ |
// | balanced | $1 / K$ |
// | cosine | $\propto a (K - k) + (1 - a)(k + 1)$ |
// | cosine_zero | $\propto a (K - 1 - k) + (1 - a) k$ |
// | gaussian | $f + (1 - K f)\,q_k$, $q_k \propto e^{-(k - m)^2 / 2\sigma^2}$, $m = (t/T)^\beta (K - 1)$ |
//
// $$a = (1 + \cos \pi t / T) / 2$$
//
// Source: E2H, arXiv:2506.06632; `cosine` is that of its code, `cosine_zero` that of its description, where the
// hardest level begins at 0.
//
// Details that differ:
// - The floor f of `gaussian` is 2 / (K (K + 1)) unless `min_probability` is given; 0 is none. The released code also
//   cuts `cosine` off there, which never acts.
// - Sampling from the levels and walking through each level's list is the caller's.
//
// Cost: K numbers. No gradient.

#include <guerdon/core/host_operation.hpp>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace guerdon {

enum class e2h_schedule { classic, balanced, cosine, cosine_zero, gaussian };
constexpr auto enumerators(e2h_schedule) {
  return std::array{"classic", "balanced", "cosine", "cosine_zero", "gaussian"};
}

namespace op {
struct e2h_task_probabilities : host_kind {
  static constexpr info about{"e2h_task_probabilities", "curriculum",
                              "How likely each level of difficulty is to be trained on (E2H)", "arXiv:2506.06632",
                              skeleton::host};
  struct inputs {};
  struct outputs {
    std::vector<double> probability;  ///< [K]
  };
  struct options {
    e2h_schedule schedule = required;  ///< how training moves from easy to hard
    index_t step = required;           ///< t, cut to 0 .. total_steps
    index_t total_steps = required;    ///< T > 0
    index_t num_levels = required;     ///< K >= 1, at most 2^24
    double exponent = 0.5;             ///< beta >= 0, of gaussian
    double sigma = 0.5;                ///< > 0, of gaussian
    double min_probability = -1;       ///< f of gaussian, at most 1 / K; -1: 2 / (K (K + 1))
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(); }
  template <class O>
  static constexpr auto results() { return std::tuple(array("probability", &O::probability, "K")); }
  static constexpr auto parameters() {
    return std::tuple(choice("schedule", &options::schedule), option("step", &options::step, integers(-2, 12)),
                      option("total_steps", &options::total_steps, counts_from(1, 10)),
                      option("num_levels", &options::num_levels, whole_within(1, 1 << 24).drawn(1, 6)),
                      option("exponent", &options::exponent, at_least(0, 2)),
                      option("sigma", &options::sigma, greater_than(0, 0.1, 2)),
                      option("min_probability", &options::min_probability, drawn(0, 0.15)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Numbers as shares of their sum.
inline std::vector<double> shares(std::vector<double> x) {
  double sum = 0;
  for (const double y : x) sum += y;
  for (double& y : x) y /= sum;
  return x;
}

/// One step.
inline op::e2h_task_probabilities::outputs e2h_task_probabilities(const op::e2h_task_probabilities::options& o) {
  const auto rule = check<op::e2h_task_probabilities>(op::e2h_task_probabilities::inputs{}, o);
  const double levels = static_cast<double>(o.num_levels);
  const double floor = o.min_probability == -1 ? 2 / (levels * (levels + 1)) : o.min_probability;
  rule(floor >= 0 && levels * floor <= 1, "min_probability", "must be -1, or at least 0 and at most 1 / num_levels");
  const index_t step = std::clamp<index_t>(o.step, 0, o.total_steps);
  const double progress = static_cast<double>(step) / static_cast<double>(o.total_steps);
  const double easy = (1 + std::cos(3.14159265358979323846 * progress)) / 2;
  std::vector<double> p(static_cast<std::size_t>(o.num_levels));
  const auto each = [&](auto weight) {
    for (std::size_t k = 0; k < p.size(); ++k) p[k] = weight(static_cast<double>(k));
  };
  switch (o.schedule) {
    case e2h_schedule::classic: {
      const index_t width = o.total_steps / o.num_levels, rest = o.total_steps % o.num_levels;
      index_t level = 0;  // the last that begins, at ceil(k T / K), by now
      while (level + 1 < o.num_levels) {
        const index_t next = level + 1, begins = next * width + (next * rest + o.num_levels - 1) / o.num_levels;
        if (step < begins) break;
        level = next;
      }
      p[static_cast<std::size_t>(level)] = 1;
      return {p};
    }
    case e2h_schedule::balanced:
      each([&](double) { return 1.0; });
      break;
    case e2h_schedule::cosine:
      each([&](double k) { return easy * (levels - k) + (1 - easy) * (k + 1); });
      break;
    case e2h_schedule::cosine_zero:
      if (o.num_levels == 1) return {{1}};
      each([&](double k) { return easy * (levels - 1 - k) + (1 - easy) * k; });
      break;
    case e2h_schedule::gaussian: {
      const double middle = std::pow(progress, o.exponent) * (levels - 1), nearest = std::nearbyint(middle) - middle;
      each([&](double k) {
        return std::exp((nearest * nearest - (k - middle) * (k - middle)) / (2 * o.sigma * o.sigma));
      });
      p = shares(std::move(p));
      for (double& q : p) q = floor + (1 - levels * floor) * q;
      return {p};
    }
  }
  return {shares(std::move(p))};
}
/// The form of every host operation; there is nothing to put in.
inline op::e2h_task_probabilities::outputs e2h_task_probabilities(const op::e2h_task_probabilities::inputs&,
                                                                  const op::e2h_task_probabilities::options& o) {
  return e2h_task_probabilities(o);
}

}}  // namespace guerdon
