#pragma once
// A reward for each reasoning step: by how much it changes the share of right answers that are given after it.
//
// $$d_i = A_i - A_{i-1}, \qquad
//   r_i = \begin{cases} d_i & |d_i| > \varepsilon \\ \gamma^q d_{i+q} & \text{else} \end{cases}$$
//
// with the least q up to Q for which $|d_{i+q}| > \varepsilon$,
//
// and `no_change_reward` where there is none in the trajectory: a step that changes nothing inherits what comes of it,
// a loss too.
//
//   const auto [gain, step_reward, step_offsets] = guerdon::vsrm_step_reward<float>(backend, {accuracy, prefixes});
//
// Memory of the caller's: `op::vsrm_step_reward::ragged_size<float>(backend, in, o)` says how many steps there are.
//
// Source: VSRM, arXiv:2508.10293; derived, this project's own definition: NaN, and a `no_change_reward`
// other than 0.
//
// Details that differ:
// - The released code tests $|d| \ge 10^{-5}$, which is the same on shares of a few answers. At the end of a
//   trajectory it pays gamma to the steps left times the sum of what is below its threshold, which is rounding; not
//   followed.
// - Gains are those of the accuracies as they are; what was inherited is not inherited on. A NaN accuracy makes the
//   gains on both sides NaN, which count as no change, where the released code returns NaN.
// - The first accuracy is that at the first cut: what comes before is not judged. A trajectory of one or none has no
//   step.
// - On tokens: process_reward_to_token, with the positions of the cuts as `step_end`.
//
// Cost: each step looks ahead up to Q gains.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct vsrm_step_reward {
  static constexpr info about{"vsrm_step_reward", "process",
                              "A reward for each step from the change of accuracy it causes (VSRM)", "arXiv:2508.10293",
                              skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const T> prefix_accuracy;  ///< [P] share of right answers after each prefix, not checked
    segments prefixes;              ///< cuts the P prefixes into N trajectories of one more than steps
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> gain;                ///< [S] d
    Of<T> step_reward;         ///< [S]
    Of<index_t> step_offsets;  ///< [N+1] where the steps of each trajectory begin
  };
  struct options {
    double epsilon = 1e-5;        ///< >= 0, a change counts only above it
    double gamma = 0.7;           ///< in [0, 1], what is left of a change one step earlier
    index_t lookahead = 4;        ///< Q >= 0, steps
    double no_change_reward = 0;  ///< of a step from which no change is in sight
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("prefix_accuracy", &I::prefix_accuracy, "P", drawn(0, 1)),
                      cuts("prefixes", &I::prefixes, "N", "P").in_files("prefix_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("gain", &O::gain, "S"), array("step_reward", &O::step_reward, "S"),
                      array("step_offsets", &O::step_offsets, "N+1"));
  }
  static constexpr auto parameters() {
    return std::tuple(
        option("epsilon", &options::epsilon, at_least(0, 0.2)), option("gamma", &options::gamma, within(0, 1)),
        option("lookahead", &options::lookahead, counts(6)), option("no_change_reward", &options::no_change_reward));
  }

  static constexpr char ragged_symbol = 'S';
  /// How many steps there are.
  template <real T = float, class Backend>
  static index_t ragged_size(const Backend& backend, const inputs<T>& in, const options& o);
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Where the steps of each trajectory begin: one less than its prefixes, if it has any.
template <class Backend>
void place_steps(const Backend& backend, const segments& prefixes, view<index_t> place) {
  auto scratch = backend.scratch();
  const auto count = scratch.template take<index_t>(prefixes.count());
  backend.each(prefixes.count(), [=] GUERDON_HD(index_t n) {
    const index_t size = prefixes.size(n);
    count[n] = size > 0 ? size - 1 : 0;
  });
  backend.template exclusive_sum<index_t>(count, place);
}

/// The steps of one trajectory.
template <class T>
struct vsrm_program {
  static constexpr bool short_segments = true;
  op::vsrm_step_reward::inputs<T> in;
  op::vsrm_step_reward::outputs<T> out;
  op::vsrm_step_reward::options o;
  view<const index_t> place;  // [N+1]

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t n) const {
    const index_t first = place[n], steps = place[n + 1] - first, begin = in.prefixes.begin(n);
    const auto gain = [&](index_t k) {
      return double(in.prefix_accuracy[begin + k + 1]) - double(in.prefix_accuracy[begin + k]);
    };
    const auto counts = [&](index_t k) { return math::abs(gain(k)) > o.epsilon; };
    if (first + steps > out.gain.size()) return;  // memory of another size, on a device
    team.each(steps, [&](index_t k) {
      const index_t end = o.lookahead < steps - k - 1 ? k + o.lookahead : steps - 1;
      index_t cause = k;
      double left = 1;
      while (cause <= end && !counts(cause)) left *= o.gamma, ++cause;
      out.gain[first + k] = T(gain(k));
      out.step_reward[first + k] = T(cause <= end ? left * gain(cause) : o.no_change_reward);
    });
  }
};

/// Writes gains, rewards and where they begin, into arrays of the size that op::vsrm_step_reward::ragged_size says.
template <real T = float, backend Backend>
void vsrm_step_reward(const Backend& backend, const op::vsrm_step_reward::inputs<T>& in,
                      const op::vsrm_step_reward::outputs<T>& out, const op::vsrm_step_reward::options& o) {
  const auto rule = check<op::vsrm_step_reward>(backend, in, out, o);
  const index_t trajectories = in.prefixes.count();
  auto scratch = backend.scratch();
  const auto place = scratch.template take<index_t>(trajectories + 1);
  place_steps(backend, in.prefixes, place);
  if constexpr (Backend::on_host)
    rule(place[trajectories] == out.gain.size(), "gain", "must have as many elements as there are steps (ragged_size)");
  backend.for_segments(in.prefixes, vsrm_program<T>{in, out, o, place});
  backend.each(trajectories + 1, [=] GUERDON_HD(index_t n) { out.step_offsets[n] = place[n]; });
}

/// The same in arrays of the backend's.
template <real T = float, backend Backend>
auto vsrm_step_reward(const Backend& backend, const op::vsrm_step_reward::inputs<T>& in,
                      const op::vsrm_step_reward::options& o = {}) {
  return returned<op::vsrm_step_reward, T>(backend, in, o, [&](auto& out) { vsrm_step_reward(backend, in, out, o); });
}

}  // namespace GUERDON_ABI

template <real T, class Backend>
index_t op::vsrm_step_reward::ragged_size(const Backend& backend, const inputs<T>& in, const options&) {
  check_arguments<vsrm_step_reward>(backend, in);
  auto scratch = backend.scratch();
  const auto place = scratch.template take<index_t>(in.prefixes.count() + 1);
  place_steps(backend, in.prefixes, place);
  return number_at<index_t>(backend, place.data() + in.prefixes.count());
}

}  // namespace guerdon
