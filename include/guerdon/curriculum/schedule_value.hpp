#pragma once
// The value of a coefficient at a training step: warm-up, then one of eight ways from `start` to `end`.
//
// From $t = T$ on `linear`, `polynomial`, `geometric` and `wsd` give exactly $b$ and `cosine` its last value, whatever
// the warm-up. Before, for t < w: $w_0 + (a - w_0)\,t / w$. After it, with
// $p = \mathrm{clip}\bigl((t - w) / \max(1, T - w),\ 0,\ 1\bigr)$:
//
// | kind | value |
// |---|---|
// | `constant` | $a$ |
// | `linear` | $a + (b - a)\,p$ |
// | `polynomial` | $b + (a - b)(1 - p)^{n}$ |
// | `cosine` | $b + (a - b)(1 + \cos 2\pi c p) / 2$ |
// | `exponential` | $b + (a - b)\,e^{-(t - w)/\tau}$ |
// | `geometric` | $a\,(b / a)^{p}$ |
// | `step` | $a f^{m}$, m the number of milestones at or before t |
// | `wsd` | $a$ during the stable part, then half a cosine wave to $b$ |
//
//   const guerdon::schedule beta{{.kind = guerdon::schedule_kind::linear, .start = 0.1, .total_steps = 1000}};
//   const double now = beta(250);  // 0.075
//
// Source: cosine, Loshchilov and Hutter 2017, arXiv:1608.03983; warm-up, stable, decay and the rest as
// trainers ship them; SophiaVL-R1's thinking weight, arXiv:2505.17018, is `exponential` with start 0.3.
//
// Details that differ:
// - verl's cosine keeps oscillating beyond `total_steps`; here it stays at its last value, which is b where `cycles`
//   is an odd multiple of 1/2.
// - A warm-up as long as the run or longer stops at `total_steps`. Trainers divide by 0 there, or give the start.
// - `constant`, `step` and `exponential` have no end: `total_steps` does not act on them, though it must be given.
// - wsd: the stable part is floor((T - w) * stable_ratio) steps, a product of doubles; `cycles` is not read.
// - The step is a number, not a counter inside: the same step gives the same value, in any order.
//
// Cost: 8 bytes read and one number written per step, and the milestones once per step.

#include <guerdon/core/operation.hpp>

namespace guerdon {

enum class schedule_kind { constant, linear, polynomial, cosine, exponential, geometric, step, wsd };
constexpr auto enumerators(schedule_kind) {
  return std::array{"constant", "linear", "polynomial", "cosine", "exponential", "geometric", "step", "wsd"};
}

namespace op {
struct schedule_value {
  static constexpr info about{"schedule_value", "curriculum",
                              "Annealed coefficient: warm-up, then one of eight ways from start to end",
                              "arXiv:1608.03983; arXiv:2505.17018", skeleton::map};
  template <real T>
  struct inputs {
    view<const index_t> step;             ///< [N] >= 0
    view<const index_t> milestones = {};  ///< [M] absolute step numbers, in any order, for kind `step`
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> value;  ///< [N]
  };
  struct options {
    schedule_kind kind = required;   ///< the way from start to end
    double start = required;         ///< a, the value after warm-up
    double end = 0;                  ///< b, the value at total_steps
    index_t total_steps = required;  ///< >= 0: T
    index_t warmup_steps = 0;        ///< >= 0: w
    double warmup_start = 0;         ///< the value at step 0 of a warm-up
    double time_constant = 500;      ///< > 0, in steps, for kind exponential
    double power = 1;                ///< for kind polynomial
    double cycles = 0.5;             ///< whole waves until total_steps, for kind cosine
    double stable_ratio = 0.9;  ///< in [0,1], share of the steps after warm-up before the decay, for kind wsd
    double factor = 0.1;        ///< per milestone, for kind step
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("step", &I::step, "N", counts(40)),
                      optional_array("milestones", &I::milestones, "M", integers(0, 40)));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("value", &O::value, "N")); }
  static constexpr auto parameters() {
    return std::tuple(choice("kind", &options::kind),
                      option("start", &options::start, drawn(0.1, 2)),  // geometric asks for one sign
                      option("end", &options::end, drawn(0.1, 2)),
                      option("total_steps", &options::total_steps, counts(30)),
                      option("warmup_steps", &options::warmup_steps, counts(30)),
                      option("warmup_start", &options::warmup_start),
                      option("time_constant", &options::time_constant, greater_than(0, 1, 50)),
                      option("power", &options::power, drawn(0, 3)), option("cycles", &options::cycles, drawn(0, 3)),
                      option("stable_ratio", &options::stable_ratio, within(0, 1)),
                      option("factor", &options::factor, drawn(0, 1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The schedule as a value: ask it for a step.
struct schedule {
  op::schedule_value::options o;
  view<const index_t> milestones = {};  ///< must outlive it

  GUERDON_HD double operator()(index_t step) const {
    const double t = static_cast<double>(step), w = static_cast<double>(o.warmup_steps);
    const double total = static_cast<double>(o.total_steps), fall = o.start - o.end;
    if (step >= o.total_steps && ends()) return o.kind == schedule_kind::cosine ? wave(2 * o.cycles) : o.end;
    if (step < o.warmup_steps) return o.warmup_start + (o.start - o.warmup_start) * (t / math::max(w, 1.0));

    const double length = math::max(total - w, 1.0);
    const double p = math::clamp((t - w) / length, 0.0, 1.0);
    switch (o.kind) {
      case schedule_kind::constant: return o.start;
      case schedule_kind::linear: return o.start - fall * p;
      case schedule_kind::polynomial: return o.end + fall * ::pow(1 - p, o.power);
      case schedule_kind::cosine: return wave(2 * o.cycles * p);
      case schedule_kind::exponential: return o.end + fall * math::exp((w - t) / o.time_constant);
      case schedule_kind::geometric: return o.start * ::pow(o.end / o.start, p);
      case schedule_kind::step: return o.start * ::pow(o.factor, passed(step));
      case schedule_kind::wsd: break;
    }
    const double stable = ::floor((total - w) * o.stable_ratio);
    if (t < w + stable) return o.start;
    const double q = (t - w - stable) / math::max(total - w - stable, 1.0);
    return wave(q);
  }

 private:
  GUERDON_HD bool ends() const {
    return o.kind != schedule_kind::constant && o.kind != schedule_kind::exponential && o.kind != schedule_kind::step;
  }
  /// From start to end and back in two half waves.
  GUERDON_HD double wave(double half_waves) const {
    constexpr double pi = 3.14159265358979323846;
    return o.end + (o.start - o.end) * (1 + ::cos(pi * half_waves)) / 2;
  }
  GUERDON_HD double passed(index_t step) const {
    double count = 0;
    for (index_t i = 0; i < milestones.size(); ++i) count += milestones[i] <= step ? 1 : 0;
    return count;
  }
};

/// Writes the values.
template <real T = float, backend Backend>
void schedule_value(const Backend& backend, const op::schedule_value::inputs<T>& in,
                    const op::schedule_value::outputs<T>& out, const op::schedule_value::options& o) {
  const auto rule = check<op::schedule_value>(backend, in, out, o);
  rule(o.kind != schedule_kind::geometric || (o.start > 0 && o.end > 0) || (o.start < 0 && o.end < 0), "start",
       "and end must be non-zero and of one sign for kind geometric");
  const schedule at{o, in.milestones};
  backend.each(in.step.size(), [=] GUERDON_HD(index_t i) { out.value[i] = T(at(in.step[i])); });
}

/// The values in an array of the backend's.
template <real T = float, backend Backend>
auto schedule_value(const Backend& backend, const op::schedule_value::inputs<T>& in,
                    const op::schedule_value::options& o = {}) {
  return returned<op::schedule_value, T>(backend, in, o, [&](auto& out) { schedule_value(backend, in, out, o); });
}

}}  // namespace guerdon
