#pragma once
// The critic's regression loss over tokens, with PPO's clip around its old values, and its gradient.
//
// With $v_c = \mathrm{clip}(v, v_{old} - \epsilon, v_{old} + \epsilon)$:
//
// $$\ell = \max\big(f(v), f(v_c)\big), \qquad f(x) = \tfrac12 (x - R)^2$$
//
// or `huber`: $f(x) = \delta(|x - R| - \delta/2)$ where $|x - R| \ge \delta$. The gradient of a token is $f'(v)$, and 0
// where $f(v_c) > f(v)$. The loss is the weighted sum of the valid tokens' $\ell$ (see loss_aggregate).
//
// Source: the value clipping of PPO's released code, arXiv:1707.06347; as in verl, TRL and OpenRLHF.
//
// Details that differ:
// - A value that moved beyond the range *towards* its target gets no gradient; one that moved away keeps it.
// - Inside the range the clipped value is exactly v, so that rounding never counts as clipping. `value_clip = inf` does
//   not look at the old values.
// - verl, OpenRLHF, TRL, AReaL and ROLL have the factor 1/2; slime has not: its loss and gradient are twice these.
// - A NaN on a valid token shows in the loss, also where it is the old value's; under the mask it is never read.
//
// Cost: 17 bytes per token in float, plus one byte per token to count the valid ones; 2 launches, 1 where the divisor is
// known, as of ppo_clip_loss.

#include <guerdon/objective/aggregation.hpp>
#include <guerdon/objective/huber.hpp>

namespace guerdon {

enum class value_loss_kind { mse, huber };
constexpr auto enumerators(value_loss_kind) { return std::array{"mse", "huber"}; }

namespace op {
struct value_loss {
  static constexpr info about{"value_loss", "objective", "Clipped regression loss of the critic", "arXiv:1707.06347",
                              skeleton::global_reduce};
  template <storage T>
  struct inputs {
    segments rows;                 ///< cuts the tokens into B responses
    view<const T> values;          ///< [tokens] the critic's value now
    view<const T> old_values;      ///< [tokens] the same when the data were collected
    view<const T> returns;         ///< [tokens] what the value should be
    view<const flag_t> mask = {};  ///< [tokens] 1 = the policy's; left out: all are
    segments groups = {};          ///< cuts the B responses into prompts, for prompt_mean
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> loss;           ///< [1]
    Of<T> grad_values;    ///< [tokens] d loss / d values, 0 under the mask
    Of<T> clip_fraction;  ///< [1] share of valid tokens where the clip holds
  };
  struct options {
    double value_clip = 0.2;                           ///< >= 0; infinity: off
    value_loss_kind loss_kind = value_loss_kind::mse;  ///< squared, or linear beyond huber_delta
    double huber_delta = 10;                           ///< > 0
    aggregation_options aggregation = {};
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::rows(&I::rows), array("values", &I::values, "B,T"),
                      array("old_values", &I::old_values, "B,T"), array("returns", &I::returns, "B,T"),
                      optional_array("mask", &I::mask, "B,T", yes_or_no()),
                      optional_cuts("groups", &I::groups, "G", "B").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("loss", &O::loss, "1"), array("grad_values", &O::grad_values, "B,T"),
                      array("clip_fraction", &O::clip_fraction, "1"));
  }
  static constexpr auto parameters() {
    return std::tuple_cat(std::tuple(option("value_clip", &options::value_clip, at_least(0, 1)),
                                     choice("loss_kind", &options::loss_kind),
                                     option("huber_delta", &options::huber_delta, greater_than(0, 0.2, 12))),
                          nested("aggregation", &options::aggregation));
  }
  static constexpr std::array gradients{gradient{"grad_values", "loss", "values"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct value_loss_program {
  static constexpr bool long_segments = true;
  using R = real_t<T>;
  op::value_loss::inputs<T> in;
  view<T> gradient;
  R clip, delta;  // infinity: off
  loss_weights weights;
  view<double> partial;  // [rows, 2]

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    in.mask ? run<true>(team, row) : run<false>(team, row);
  }

 private:
  template <bool masked, class Team>
  GUERDON_HD void run(Team& team, index_t row) const {
    const index_t begin = in.rows.begin(row), n = in.rows.size(row);
    const T* const value = in.values.data() + begin;
    const T* const old_value = in.old_values.data() + begin;
    const T* const target = in.returns.data() + begin;
    const flag_t* const mask = masked ? in.mask.data() + begin : nullptr;
    T* const grad = gradient.data() + begin;
    const double weight = weights.at_row(team, in.rows, in.mask, row);
    const R range = clip, w = R(weight);
    const bool off = clip == std::numeric_limits<R>::infinity();
    const huber<R> f{delta};
    const auto total = team.template reduce<add, add_narrow>(n, [=](index_t i) {
      const bool valid = masked ? mask[i] != 0 : true;
      const R v = R(value[i]), old = R(old_value[i]), r = R(target[i]);
      const R inside = math::select(old == old, math::clamp(v, old - range, old + range), old);
      const R free = f(v - r), bounded = f(math::select(off, v, inside) - r);
      const bool clipped = bounded > free;
      const R slope = math::select(clipped, R(0), f.slope(v - r));
      const R loss = math::nan_max(free, bounded);
      grad[i] = T(math::select(valid, w * math::select(loss == loss, slope, loss), R(0)));
      return lanes{math::select(valid, loss, R(0)), math::select(valid & clipped, R(1), R(0))};
    });
    team.once([&] {
      partial[row * 2] = math::zero_select_product(weight, total[0]);
      partial[row * 2 + 1] = total[1];
    });
  }
};

/// Writes loss, gradient and clip fraction.
template <storage T = float, backend Backend>
void value_loss(const Backend& backend, const op::value_loss::inputs<T>& in, const op::value_loss::outputs<T>& out,
                const op::value_loss::options& o) {
  const auto rule = check<op::value_loss>(backend, in, out, o);
  check_aggregation(rule, o.aggregation, in.rows, in.groups, "aggregation.loss_scale_factor");
  using R = real_t<T>;
  const index_t rows = in.rows.count();
  auto scratch = backend.scratch();
  const auto weight = scratch.template take<double>(rows), tokens = scratch.template take<double>(rows);
  const auto partial = scratch.template take<double>(2 * rows);
  const loss_weights weights(backend, in.rows, in.values.size(), in.mask, in.groups, o.aggregation, weight, tokens);
  const R delta = o.loss_kind == value_loss_kind::mse ? std::numeric_limits<R>::infinity() : R(o.huber_delta);
  for_segments_then(backend, in.rows,
                    value_loss_program<T>{in, out.grad_values, R(o.value_clip), delta, weights, partial}, rows,
                    sum_of_rows<T>{out.loss, out.clip_fraction, partial, tokens});
}

/// The same into arrays of the backend's.
template <storage T = float, backend Backend>
auto value_loss(const Backend& backend, const op::value_loss::inputs<T>& in, const op::value_loss::options& o = {}) {
  return returned<op::value_loss, T>(backend, in, o, [&](auto& out) { value_loss(backend, in, out, o); });
}

}}  // namespace guerdon
