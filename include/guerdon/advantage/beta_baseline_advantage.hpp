#pragma once
// One answer per prompt against what the prompt is known to yield: the mean of Beta counts that are kept per prompt and
// fade as the policy moves.
//
// $$A_i = r_i - \frac{\alpha_k}{\alpha_k + \beta_k}, \qquad
//   \alpha_k \leftarrow \rho_i \alpha_k + r_i, \quad \beta_k \leftarrow \rho_i \beta_k + 1 - r_i, \qquad
//   \rho_i = \mathrm{clip}(2^{-d_i / h},\ \rho_{min},\ \rho_{max})$$
//
// for the prompt k of the answer and the policy's drift $d_i$ since the prompt's last one; without drift $\rho$ is
// constant. With `normalize` the batch is brought to mean 0 and deviation 1: (A - mean)/(std + epsilon).
//
// Source: SPO, arXiv:2509.13232.
//
// Details that differ:
// - Every baseline is read from the counts passed in, so that no reward enters its own. Updates follow one another in
//   the order of the answers; the published code keeps only the last where a prompt comes twice.
// - A constant batch, or one answer alone: 0 with `normalize`, where the published code has NaN.
// - A NaN reward gets 0, stays out of mean and deviation and leaves its counts alone; with `nan_policy = propagate` it
//   follows arithmetic, and the prompt's counts are lost for good.
// - A prompt without counts is an error. A backend whose memory the host cannot read does not check that, and passes
//   such an answer by. No gradient: advantages are constants for the loss.
//
// Cost: a stable sort by prompt, and about 30 bytes per answer in float.

#include <guerdon/advantage/beta_tracker.hpp>
#include <guerdon/core/operation.hpp>
#include <guerdon/statistics/by_key.hpp>
#include <guerdon/statistics/moments.hpp>

namespace guerdon {

enum class tracker_nan_policy { exclude, propagate };
constexpr auto enumerators(tracker_nan_policy) { return std::array{"exclude", "propagate"}; }

namespace op {
struct beta_baseline_advantage {
  static constexpr info about{"beta_baseline_advantage", "advantage",
                              "Reward less the prompt's tracked success rate (SPO)", "arXiv:2509.13232",
                              skeleton::scan};
  template <real T>
  struct inputs {
    view<const T> reward;        ///< [N] in [0, 1], or NaN
    view<const index_t> prompt;  ///< [N] between 0 and K - 1
    view<const T> alpha;         ///< [K] > 0, weight of the successes of each prompt
    view<const T> beta;          ///< [K] > 0, weight of the failures
    view<const T> drift = {};    ///< [N] >= 0, mean |logprob then - logprob now| of the prompt's previous answer
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> advantage;  ///< [N]
    Of<T> baseline;   ///< [N] the success rate before
    Of<T> alpha;      ///< [K] after these answers
    Of<T> beta;       ///< [K] after these answers
  };
  struct options {
    double rho = 0.875;  ///< in [0, 1], what counts keep where there is no drift
    double rho_min = 0.875;                                       ///< in [0, 1], what they keep at least
    double rho_max = 0.96;                                        ///< in [rho_min, 1], what they keep at most
    double half_life = 0.06;                                      ///< > 0, the drift that halves them
    bool normalize = true;                                        ///< bring the batch to mean 0 and deviation 1
    index_t ddof = 1;                                             ///< 0 or 1: the variance divides by n - ddof
    double epsilon = 1e-8;                                        ///< >= 0, added to the deviation
    tracker_nan_policy nan_policy = tracker_nan_policy::exclude;  ///< what a NaN reward does
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("reward", &I::reward, "N", within(0, 1)), array("prompt", &I::prompt, "N", index_into("K")),
                      array("alpha", &I::alpha, "K", drawn(0.5, 8)), array("beta", &I::beta, "K", drawn(0.5, 8)),
                      optional_array("drift", &I::drift, "N", at_least(0, 0.2).without_nan()));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("advantage", &O::advantage, "N"), array("baseline", &O::baseline, "N"),
                      array("alpha", &O::alpha, "K"), array("beta", &O::beta, "K"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("rho", &options::rho, within(0, 1)),
                      option("rho_min", &options::rho_min, within(0, 1).drawn(0, 0.5)),
                      option("rho_max", &options::rho_max, within(0, 1).drawn(0.5, 1)),
                      option("half_life", &options::half_life, greater_than(0, 0.02, 0.2)),
                      flag("normalize", &options::normalize), option("ddof", &options::ddof, within(0, 1)),
                      option("epsilon", &options::epsilon, at_least(0, 0.1)),
                      choice("nan_policy", &options::nan_policy));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The answers to one prompt, in order.
template <class T>
struct beta_update_program {
  static constexpr bool long_segments = true;
  op::beta_baseline_advantage::inputs<T> in;
  op::beta_baseline_advantage::outputs<T> out;
  keyed_elements prompts;
  op::beta_baseline_advantage::options o;

  GUERDON_HD double kept(index_t answer) const {
    if (!in.drift) return o.rho;
    return math::clamp(math::exp(-math::log(2.0) * double(in.drift[answer]) / o.half_life), o.rho_min, o.rho_max);
  }
  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t prompt) const {
    const index_t begin = prompts.offsets[prompt], n = prompts.offsets[prompt + 1] - begin;
    const auto count = [&](T before, view<T> after, auto gain) {
      if (n == 0) team.once([&] { after[prompt] = before; });
      team.recur_forward(
          n, double(before),
          [&](index_t i) {
            using step = affine<double, at_zero::multiply>;
            const index_t answer = prompts.place[begin + i];
            const double reward = double(in.reward[answer]);
            if (o.nan_policy == tracker_nan_policy::exclude && reward != reward) return step::identity();
            return step{gain(reward), kept(answer)};
          },
          [&](index_t i, double x, double) {
            if (i == n - 1) after[prompt] = T(x);
          });
    };
    count(in.alpha[prompt], out.alpha, [](double reward) { return reward; });
    count(in.beta[prompt], out.beta, [](double reward) { return 1 - reward; });
  }
};

/// Writes advantages, baselines and counts.
template <real T = float, backend Backend>
void beta_baseline_advantage(const Backend& backend, const op::beta_baseline_advantage::inputs<T>& in,
                             const op::beta_baseline_advantage::outputs<T>& out,
                             const op::beta_baseline_advantage::options& o) {
  const auto rule = check<op::beta_baseline_advantage>(backend, in, out, o);
  rule(o.rho_min <= o.rho_max, "rho_max", "must be at least rho_min");
  check_beta_tracker(backend, rule, in.alpha, in.beta);
  const index_t n = in.reward.size(), count = in.alpha.size();
  rule(all_below(backend, in.prompt, count), "prompt", "must be less than the number of prompts");
  auto scratch = backend.scratch();
  const auto centred = scratch.template take<double>(n);
  const auto spread = scratch.template take<moments>(1);
  const bool leave_out = o.nan_policy == tracker_nan_policy::exclude;
  const auto counts = [=] GUERDON_HD(index_t i) { return !(leave_out && in.reward[i] != in.reward[i]); };
  backend.each(n, [=] GUERDON_HD(index_t i) {
    const index_t k = in.prompt[i];
    const bool known = k >= 0 && k < count;
    const double baseline = known ? beta_mean(double(in.alpha[k]), double(in.beta[k])) : 0;
    out.baseline[i] = T(baseline);
    centred[i] = counts(i) ? double(in.reward[i]) - baseline : 0;
  });
  if (o.normalize)
    array_moments(
        backend, n, [=] GUERDON_HD(index_t i) { return counted_value<double>{centred[i], counts(i)}; }, spread);
  backend.each(n, [=] GUERDON_HD(index_t i) {
    double c = centred[i], scale = 1;
    if (o.normalize) {
      c -= spread[0].mean;
      scale = spread_scale(spread[0].variance(double(o.ddof)), o.epsilon, epsilon_mode::add_std);
    }
    out.advantage[i] = T(counts(i) ? math::zero_select_product(c, scale) : 0);
  });
  const auto order = order_by_key(backend, scratch, in.prompt, count);
  backend.for_segments(order.keys(), beta_update_program<T>{in, out, order, o});
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto beta_baseline_advantage(const Backend& backend, const op::beta_baseline_advantage::inputs<T>& in,
                             const op::beta_baseline_advantage::options& o = {}) {
  return returned<op::beta_baseline_advantage, T>(backend, in, o,
                                                  [&](auto& out) { beta_baseline_advantage(backend, in, out, o); });
}

}}  // namespace guerdon
