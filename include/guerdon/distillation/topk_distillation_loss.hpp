#pragma once
// Distillation on the few tokens whose log-probabilities a teacher gives, and what becomes of the mass outside them.
//
// On the used slots of a row: the teacher's log-probability a, the student's b, $p = e^a$, $q = e^b$, $P = \sum p$,
// $Q = \sum q$.
//
// | direction | divergence |
// |---|---|
// | forward | $F = \sum p (a - b)$ |
// | reverse | $R = \sum q (b - a)$ |
// | mixed | $\mu F + (1 - \mu) R$ |
// | jsd | $(1-\alpha) \sum q (b - \log m) + \alpha \sum p (a - \log m)$, $m = (1-\alpha) q + \alpha p$ |
//
// | remainder | all other tokens |
// |---|---|
// | tail | one more entry, $p_0 = 1 - P$ against the student's mass outside, neither below `tail_floor` |
// | ignore | do not exist |
// | renormalize | do not exist, and both sides are divided by what is left |
// | outside | one by one, with the teacher's log-probability `outside_logprob` (reverse), nothing (forward) or 0 (jsd) |
//
// In this order: `logprob_floor` under both logs, `normalize_teacher`, remainder, direction, and the row's divergence is
// held between `loss_min` and `loss_max`. With $c_k = \partial D/\partial b_k$ the gradient by logit j is
// $(c_j - s_j \sum c)/\tau$, s the student's softmax. The loss is the sum of $w_m D_m$ over the rows.
//
// Source: GKD, arXiv:2306.13649; top-k forms of verl, TRL, NeMo-RL, ROLL, ms-swift and Tinker.
//
// Details that differ:
// - `tail` is a divergence, of the distributions with all other tokens merged: never negative, 0 only where the support
//   agrees, at most the whole divergence. Hence the default. `ignore` forward is cross entropy and a constant: it is lowest
//   with all of the student's mass on the support; `ignore` reverse can be lowered by leaving the support. `renormalize`
//   does not see how much mass lies on the support, `outside` punishes every bit of it.
// - verl: forward, ignore, loss_min 0 and clamps of its configuration. ROLL: forward, ignore. TRL: jsd, renormalize or tail.
//   ms-swift: jsd, renormalize. NeMo-RL: mixed 0.5, renormalize, or outside with normalize_teacher. Tinker: forward, ignore
//   with normalize_teacher, or reverse, renormalize. verl-recipe's hand-written backward of forward, ignore is s - p, which
//   is the gradient only where P = 1; here it is s P - p.
// - alpha 0 is forward and alpha 1 reverse, as in jsd_from_logits. A part of weight 0 is left out, infinite or not.
// - The student's tail is summed over the other tokens: 1 - Q cancels. Below the floor it has no gradient, nor has a
//   student's log that was floored, nor a row beyond loss_min or loss_max, which are within.
// - A row without a used slot counts nowhere. The tokens of a row are different ones, which is not checked. No row: loss 0.
//
// Cost: the student's row read twice and an exponential a token, which is kept where the gradient will be and read
// twice, from cache where it fits it; a byte per logit for the tokens outside (tail and outside); k exponentials besides.

#include <guerdon/distillation/support.hpp>

namespace guerdon {

enum class topk_direction { forward, reverse, mixed, jsd };
constexpr auto enumerators(topk_direction) { return std::array{"forward", "reverse", "mixed", "jsd"}; }
enum class topk_remainder { tail, ignore, renormalize, outside };
constexpr auto enumerators(topk_remainder) { return std::array{"tail", "ignore", "renormalize", "outside"}; }

namespace op {
struct topk_distillation_loss {
  static constexpr info about{"topk_distillation_loss", "distillation",
                              "Divergence on the k tokens that a teacher gives", "arXiv:2306.13649",
                              skeleton::logits_rows};
  template <storage T>
  struct inputs {
    segments rows;                            ///< cuts the logits into M rows: segments::uniform(M, V) for [M,V]
    view<const T> logits;                     ///< [M,V] of the student; -inf: the token is excluded
    view<const index_t> support = {};         ///< [M,K] different tokens of each row, -1: unused slot, or
    view<const index_t> shared_support = {};  ///< [K] the same for all rows
    view<const T> teacher_logprob;            ///< [M,K] from the teacher's whole softmax; not read in unused slots
    view<const flag_t> mask = {};             ///< [M] 1 = the row counts; left out: all do
    view<const T> weight = {};                ///< [M] constant factor; left out: 1 / rows that count
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> loss;               ///< [1] sum of weight times divergence
    Of<T> divergence;         ///< [M] 0 where the row does not count
    Of<T> grad_logits = {};   ///< [M,V] d loss / d logits; left out: not computed
    Of<T> student_mass = {};  ///< [M] Q, before any option; left out: not written
    Of<T> teacher_mass = {};  ///< [M] P, before any option; left out: not written
  };
  struct options {
    topk_direction direction = topk_direction::forward;
    topk_remainder remainder = topk_remainder::tail;
    bool normalize_teacher = false;  ///< divide the teacher's p by P
    double mix_weight = 0.5;         ///< [0, 1], mu: the forward share of mixed
    double alpha = 0.5;              ///< [0, 1], the teacher's share in the mixture of jsd
    double temperature = 1;          ///< > 0, divides the student's logits
    double tail_floor = 1e-7;        ///< (0, 1), the least mass of a tail
    double outside_logprob = -100;   ///< of the teacher at other tokens, for outside
    double logprob_floor = -range::infinity;  ///< the least log of either side; ignore only
    double loss_min = -range::infinity;       ///< <= loss_max
    double loss_max = range::infinity;
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple_cat(support_arguments<I>(), row_weight_arguments<I>()); }
  template <class O>
  static constexpr auto results() {
    return std::tuple_cat(row_loss_results<O>(), std::tuple(optional_array("student_mass", &O::student_mass, "B"),
                                                            optional_array("teacher_mass", &O::teacher_mass, "B")));
  }
  static constexpr auto parameters() {
    constexpr range share = range{.low = 0, .high = 1, .open_low = true, .open_high = true}.drawn(1e-3, 0.2);
    return std::tuple(choice("direction", &options::direction), choice("remainder", &options::remainder),
                      flag("normalize_teacher", &options::normalize_teacher),
                      option("mix_weight", &options::mix_weight, within(0, 1)),
                      option("alpha", &options::alpha, within(0, 1)),
                      temperature_option("temperature", &options::temperature),
                      option("tail_floor", &options::tail_floor, share),
                      option("outside_logprob", &options::outside_logprob, drawn(-100, -3)),
                      option("logprob_floor", &options::logprob_floor, drawn(-6, -2)),
                      option("loss_min", &options::loss_min, drawn(-1, 0)),
                      option("loss_max", &options::loss_max, drawn(0.5, 5)));
  }
  static constexpr std::array gradients{
      gradient{"grad_logits", "loss", "logits", "remainder=tail, logprob_floor=-inf"},
      gradient{"grad_logits", "loss", "logits", "remainder=ignore"},
      gradient{"grad_logits", "loss", "logits", "remainder=renormalize, logprob_floor=-inf"},
      gradient{"grad_logits", "loss", "logits", "remainder=outside, logprob_floor=-inf"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

/// A token's part of a divergence, and its derivative by the student's log.
struct divergence_term {
  double value, slope;

  GUERDON_HD friend divergence_term operator*(double weight, const divergence_term& t) {
    return {math::zero_select_product(weight, t.value), math::zero_select_product(weight, t.slope)};
  }
  GUERDON_HD friend divergence_term operator+(const divergence_term& s, const divergence_term& t) {
    return {s.value + t.value, s.slope + t.slope};
  }
};

/// The direction, of a teacher's log a and a student's log b. Without a teacher at that token: `outside`.
struct topk_divergence {
  topk_direction direction;
  double forward_share, alpha, outside_logprob;

  GUERDON_HD explicit topk_divergence(const op::topk_distillation_loss::options& o)
      : direction(o.direction), forward_share(o.mix_weight), alpha(o.alpha), outside_logprob(o.outside_logprob) {
    if (direction == topk_direction::forward || (direction == topk_direction::jsd && alpha == 0))
      direction = topk_direction::mixed, forward_share = 1;
    if (direction == topk_direction::reverse || (direction == topk_direction::jsd && alpha == 1))
      direction = topk_direction::mixed, forward_share = 0;
  }

  /// x log x and its like: 0 where x is.
  GUERDON_HD static double led(double by, double x) { return math::zero_select_product(by, x); }

  GUERDON_HD divergence_term operator()(double a, double b) const {
    const double p = math::exp(a), q = math::exp(b);
    if (direction == topk_direction::mixed)
      return forward_share * divergence_term{led(p, a - b), -p} +
             (1 - forward_share) * divergence_term{led(q, b - a), led(q, b - a + 1)};
    const double of_q = math::log(1 - alpha) + b, of_p = math::log(alpha) + a;
    const double high = math::nan_max(of_q, of_p), low = math::nan_min(of_q, of_p);
    const double log_m =
        low == -std::numeric_limits<double>::infinity() ? high : high + math::log1p(math::exp(low - high));
    const double student = led((1 - alpha) * q, b - log_m);
    return {student + led(alpha * p, a - log_m), student};
  }
  GUERDON_HD divergence_term outside(double b) const {
    const double q = math::exp(b);
    if (direction == topk_direction::mixed)
      return (1 - forward_share) * divergence_term{led(q, b - outside_logprob), led(q, b - outside_logprob + 1)};
    const double part = -(1 - alpha) * math::log(1 - alpha) * q;
    return {part, part};
  }
};

/// What the gradient of a row is made of.
struct topk_row {
  double top = 0, log_sum = 0;        ///< of the student's softmax
  double log_p = 0, log_q = 0;        ///< what normalising takes off the logs
  double slopes = 0;                  ///< the sum of c
  double weight = 0;                  ///< 0: the row has no gradient
};

struct topk_programs {
  template <class T>
  struct call {
    op::topk_distillation_loss::inputs<T> in;
    op::topk_distillation_loss::outputs<T> out;
    op::topk_distillation_loss::options o;
    row_support<T> support;
    view<const flag_t> outside;  // [M,V], or nothing

    GUERDON_HD bool normalizes() const { return o.normalize_teacher || o.remainder == topk_remainder::renormalize; }
  };

  /// Which rows count: those that have a slot.
  template <class T>
  struct used {
    static constexpr bool short_segments = true;
    row_support<T> support;
    view<const flag_t> mask;
    view<flag_t> counts;  // [M]

    template <class Team>
    GUERDON_HD void operator()(Team& team, index_t row) const {
      const double slots = team.sum(support.slots, [&](index_t k) { return support.token(row, k) >= 0 ? 1 : 0; });
      team.once([&] { counts[row] = flag_t(slots > 0 && (!mask || mask[row])); });
    }
  };

  /// Divergence of a row, and its gradient where no slot is.
  template <class T>
  struct divergence {
    static constexpr bool long_segments = true, vocabulary_segments = true;
    call<T> c;
    row_weights<T> weights;
    view<topk_row> state;  // [M]
    view<double> partial;  // [M]

    template <class Team>
    GUERDON_HD void operator()(Team& team, index_t row) const {
      using R = real_t<T>;
      const auto& in = c.in;
      const auto& out = c.out;
      const auto& o = c.o;
      const auto& support = c.support;
      const index_t begin = in.rows.begin(row), n = in.rows.size(row);
      T* const gradient = out.grad_logits ? out.grad_logits.data() + begin : nullptr;
      if (!weights.counts(row)) {
        team.once([&] { write(row, 0, 0, 0, topk_row{}); });
        if (gradient) team.each(n, [=](index_t j) { gradient[j] = T(0.0); });
        return;
      }
      const softmax_row<T> student(team, in.logits.data() + begin, n, o.temperature, gradient);
      const topk_divergence of(o);
      topk_row s{double(student.y.top), student.log_sum};
      const double floor = o.logprob_floor;
      const auto mass = team.template reduce<add, add, add, add>(support.slots, [&](index_t k) {
        const index_t token = support.token(row, k);
        if (token < 0) return lanes{0.0, 0.0, 0.0, 0.0};
        const double a = support.logprob(row, k), b = double(student.logprob(token));
        return lanes{math::exp(b), math::exp(a), math::exp(math::max(b, floor)), math::exp(math::max(a, floor))};
      });
      const double renormalized = o.remainder == topk_remainder::renormalize ? math::log(mass[2]) : 0;
      s.log_p = c.normalizes() ? math::log(mass[3]) : 0;
      s.log_q = renormalized;
      const auto inside = team.template reduce<add, add>(support.slots, [&](index_t k) {
        const index_t token = support.token(row, k);
        if (token < 0) return lanes{0.0, 0.0};
        const double b = double(student.logprob(token));
        const divergence_term t =
            of(math::max(support.logprob(row, k), floor) - s.log_p, math::max(b, floor) - s.log_q);
        return lanes{t.value, b < floor ? 0.0 : t.slope};
      });
      double value = inside[0], tail_slope = 0;
      s.slopes = inside[1];
      const flag_t* const is_outside = c.outside ? c.outside.data() + begin : nullptr;
      if (o.remainder == topk_remainder::tail) {
        const auto outside = [=, scale = student.scale](index_t j, R power) {
          return lanes{math::select(is_outside[j] != 0, power * scale, R(0))};
        };
        const double rest = reduce_powers<add_narrow>(team, n, student.y, gradient, outside)[0];
        const double p = math::max(1 - (c.normalizes() ? 1 : mass[3]), o.tail_floor), q = math::max(rest, o.tail_floor);
        const divergence_term t = of(math::log(p), math::log(q));
        value += t.value;
        if (!(rest < o.tail_floor)) s.slopes += t.slope, tail_slope = t.slope / q;
      } else if (o.remainder == topk_remainder::outside) {
        const auto other = team.template reduce<add, add>(n, [&](index_t j) {
          const divergence_term t = is_outside[j] ? of.outside(double(student.logprob(j))) : divergence_term{0, 0};
          return lanes{t.value, t.slope};
        });
        value += other[0];
        s.slopes += other[1];
      }
      const bool held = value < o.loss_min || value > o.loss_max;
      s.weight = held ? 0 : gradient_weight(weights(row));
      value = math::clamp(value, o.loss_min, o.loss_max);
      team.once([&] { write(row, value, mass[0], mass[1], s); });
      if (!gradient) return;
      const double w = s.weight, slopes = s.slopes, inverse = double(student.y.inverse);
      if (o.remainder == topk_remainder::outside)
        return team.each(n, [&](index_t j) {
          const double b = double(student.logprob(j));
          gradient[j] = T(math::zero_select_product(w, (of.outside(b).slope - math::exp(b) * slopes) * inverse));
        });
      if (o.remainder == topk_remainder::renormalize || w == 0)
        return team.each(n, [=](index_t j) { gradient[j] = T(0.0); });
      const R scale = student.scale, factor = R(w * (tail_slope - slopes) * inverse);
      const row_powers<T> power{student.y, gradient};
      team.each(n, [=](index_t j) { gradient[j] = T(power(j) * scale * factor); });
    }

   private:
    GUERDON_HD void write(index_t row, double value, double student_mass, double teacher_mass,
                          const topk_row& s) const {
      c.out.divergence[row] = T(value);
      if (c.out.student_mass) c.out.student_mass[row] = T(student_mass);
      if (c.out.teacher_mass) c.out.teacher_mass[row] = T(teacher_mass);
      partial[row] = weights.counts(row) ? math::zero_select_product(weights(row), value) : 0;
      state[row] = s;
    }
  };

  /// The gradient of a slot's token, over what the row's program has left there.
  template <class T>
  struct slot_gradient {
    call<T> c;
    view<const topk_row> state;

    GUERDON_HD void operator()(index_t i) const {
      const auto& in = c.in;
      const auto& o = c.o;
      const auto& support = c.support;
      const index_t row = i / support.slots, k = i % support.slots, token = support.token(row, k);
      if (token < 0) return;
      using R = real_t<T>;
      const topk_row& s = state[row];
      const index_t at = in.rows.begin(row) + token;
      const double inverse = double(finite_inverse(R(o.temperature)));
      const double log_s = double((R(in.logits[at]) - R(s.top)) * R(inverse) - R(s.log_sum));
      const double a = math::max(support.logprob(row, k), o.logprob_floor) - s.log_p;
      const double b = math::max(log_s, o.logprob_floor) - s.log_q;
      const double slope = log_s < o.logprob_floor ? 0 : topk_divergence(o)(a, b).slope;
      const double share = o.remainder == topk_remainder::renormalize ? math::exp(b) : math::exp(log_s);
      c.out.grad_logits[at] = T(math::zero_select_product(s.weight, (slope - share * s.slopes) * inverse));
    }
  };

  /// 1, and 0 at the slots' tokens.
  struct all_outside {
    view<flag_t> outside;
    GUERDON_HD void operator()(index_t i) const { outside[i] = 1; }
  };
  template <class T>
  struct slots_inside {
    segments rows;
    row_support<T> support;
    view<flag_t> outside;

    GUERDON_HD void operator()(index_t i) const {
      const index_t row = i / support.slots, token = support.token(row, i % support.slots);
      if (token >= 0) outside[rows.begin(row) + token] = 0;
    }
  };
};

/// Writes loss, divergences, gradients and masses.
template <storage T = float, backend Backend>
void topk_distillation_loss(const Backend& backend, const op::topk_distillation_loss::inputs<T>& in,
                            const op::topk_distillation_loss::outputs<T>& out,
                            const op::topk_distillation_loss::options& o) {
  const auto rule = check<op::topk_distillation_loss>(backend, in, out, o);
  rule(real_t<T>(o.temperature) > 0, "temperature", "is 0 in this type");
  rule(o.logprob_floor == -op::range::infinity || o.remainder == topk_remainder::ignore, "logprob_floor",
       "goes with remainder ignore only");
  rule(o.loss_min <= o.loss_max, "loss_min", "must be at most loss_max");
  const auto support = support_of<T>(backend, rule, in);
  using programs = topk_programs;
  const index_t rows = in.rows.count(), slots = rows * support.slots;
  auto scratch = backend.scratch();
  const auto counts = scratch.template take<flag_t>(rows);
  const auto partial = scratch.template take<double>(rows), count = scratch.template take<double>(1);
  const auto state = scratch.template take<topk_row>(rows);
  backend.for_segments(segments::uniform(rows, support.slots), programs::used<T>{support, in.mask, counts});
  const auto weights = weigh_rows<T>(backend, rows, counts, in.weight, count);
  view<flag_t> outside;
  if (o.remainder == topk_remainder::tail || o.remainder == topk_remainder::outside) {
    outside = scratch.template take<flag_t>(in.logits.size());
    backend.each(outside.size(), programs::all_outside{outside});
    backend.each(slots, programs::slots_inside<T>{in.rows, support, outside});
  }
  const programs::call<T> call{in, out, o, support, outside};
  backend.for_segments(in.rows, programs::divergence<T>{call, weights, state, partial});
  if (out.grad_logits) backend.each(slots, programs::slot_gradient<T>{call, state});
  sum_rows<T>(backend, partial, out.loss);
}

/// The same into arrays of the backend's.
template <storage T = float, backend Backend>
auto topk_distillation_loss(const Backend& backend, const op::topk_distillation_loss::inputs<T>& in,
                            const op::topk_distillation_loss::options& o = {}) {
  return returned<op::topk_distillation_loss, T>(backend, in, o,
                                                 [&](auto& out) { topk_distillation_loss(backend, in, out, o); });
}

}}  // namespace guerdon
