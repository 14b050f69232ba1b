#pragma once
// Universal logit distillation: probabilities compared by rank, so that the two vocabularies may differ.
//
// $$D = \sum_k |s_{(k)} - t_{(k)}|, \qquad u_j = s_j\,\mathrm{sign}(s_{(k)} - t_{(k)}) \text{ at the rank k of j}, \qquad
//   \frac{\partial D}{\partial x_j} = \frac{u_j - \mathrm{softmax}_j \sum_i u_i}{\tau}$$
//
// with the probabilities of both sides in descending order (ties: the lower token first), times $e^{\mathrm{log\_scale}}$.
// With `representation = logprob` rows are log-probabilities that need not add up to one: s is their exponential and the
// gradient u itself. The loss is the sum of $w_m D_m$ over the rows; by log_scale its derivative is $w_m \sum u$.
//
// Source: ULD, arXiv:2402.12030, section 4; as in TRL and NeMo-RL.
//
// Details that differ:
// - The kept tokens are cut to the first `top`; the shorter list is filled up with 0 (`pad`, TRL), or the longer one cut
//   (`truncate`, NeMo-RL, top 8192).
// - Tokens of two tokenizers are grouped first (align_byte_offsets). TRL takes one position's distribution times the
//   probabilities of the group's other tokens, which is log_scale, floored by the caller; NeMo-RL averages the
//   log-probabilities over the group. TRL averages over groups, then samples: `weight`.
// - At equality the slope is 0. NaN in a kept probability makes the row NaN. No row: loss 0.
//
// Cost: two stable sorts of all logits of each side.

#include <guerdon/backend/sorted_order.hpp>
#include <guerdon/distillation/row_loss.hpp>

namespace guerdon {

enum class uld_representation { logits, logprob };
constexpr auto enumerators(uld_representation) { return std::array{"logits", "logprob"}; }
enum class uld_width { pad, truncate };
constexpr auto enumerators(uld_width) { return std::array{"pad", "truncate"}; }

namespace op {
struct uld_loss {
  static constexpr info about{"uld_loss", "distillation", "Probabilities compared by rank, across vocabularies (ULD)",
                              "arXiv:2402.12030", skeleton::sort};
  template <storage T>
  struct inputs {
    view<const T> logits;               ///< [M,V] of the student
    view<const T> ref_logits;           ///< [M,U] of the teacher, a constant
    index_t vocabulary = 0;             ///< V
    index_t ref_vocabulary = 0;         ///< U
    view<const flag_t> keep = {};       ///< [V] 1 = the token takes part; left out: all do
    view<const flag_t> ref_keep = {};   ///< [U] the same of the teacher's
    view<const T> log_scale = {};       ///< [M] logarithm of a factor on the student's row; left out: 0
    view<const T> ref_log_scale = {};   ///< [M] on the teacher's
    view<const flag_t> mask = {};       ///< [M] 1 = the row counts; left out: all do
    view<const T> weight = {};          ///< [M] constant factor; left out: 1 / rows that count
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> loss;                 ///< [1] sum of weight times divergence
    Of<T> divergence;           ///< [M] 0 under the mask
    Of<T> grad_logits;          ///< [M,V] d loss / d logits
    Of<T> grad_log_scale = {};  ///< [M] d loss / d log_scale; left out: not written
  };
  struct options {
    uld_representation representation = uld_representation::logits;
    double temperature = 1;      ///< > 0, divides the student's logits; logits only
    double ref_temperature = 1;  ///< > 0, divides the teacher's
    index_t top = 0;             ///< >= 0, how many ranks count; 0: all
    uld_width width = uld_width::pad;
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("vocabulary", &I::vocabulary, "V"), extent("ref_vocabulary", &I::ref_vocabulary, "U"),
                      array("logits", &I::logits, "B,V", drawn(-5, 5)),
                      array("ref_logits", &I::ref_logits, "B,U", drawn(-5, 5)),
                      optional_array("keep", &I::keep, "V", yes_or_no()),
                      optional_array("ref_keep", &I::ref_keep, "U", yes_or_no()),
                      optional_array("log_scale", &I::log_scale, "B", drawn(-1, 0.5)),
                      optional_array("ref_log_scale", &I::ref_log_scale, "B", drawn(-1, 0.5)),
                      optional_array("mask", &I::mask, "B", yes_or_no()),
                      optional_array("weight", &I::weight, "B", drawn(-1, 2)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("loss", &O::loss, "1"), array("divergence", &O::divergence, "B"),
                      array("grad_logits", &O::grad_logits, "B,V"),
                      optional_array("grad_log_scale", &O::grad_log_scale, "B"));
  }
  static constexpr auto parameters() {
    return std::tuple(choice("representation", &options::representation),
                      temperature_option("temperature", &options::temperature),
                      temperature_option("ref_temperature", &options::ref_temperature),
                      option("top", &options::top, counts(4)), choice("width", &options::width));
  }
  static constexpr std::array gradients{gradient{"grad_logits", "loss", "logits"},
                                        gradient{"grad_log_scale", "loss", "log_scale"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

struct uld_programs {
  /// One side's probabilities in descending order.
  template <class T>
  struct side {
    using R = real_t<T>;
    view<const T> logits;
    view<const flag_t> keep;
    view<const T> log_scale;
    index_t width;
    double temperature;
    bool logprob;
    view<R> probability;  // [M,width] scaled, of kept tokens
    view<R> key;          // [M,width] what orders them
    view<index_t> order;  // [M,width]
    view<double> kept;    // [1] how many tokens take part

    /// The rank-th probability of a row.
    GUERDON_HD R at(index_t row, index_t rank) const { return probability[order[row * width + rank]]; }
  };

  template <class T>
  struct probabilities {
    static constexpr bool long_segments = true;
    side<T> s;

    template <class Team>
    GUERDON_HD void operator()(Team& team, index_t row) const {
      using R = real_t<T>;
      const index_t begin = row * s.width;
      const T* const x = s.logits.data() + begin;
      R *const probability = s.probability.data() + begin, *const key = s.key.data() + begin;
      const R scale = s.log_scale ? math::exp(R(s.log_scale[row])) : R(1);
      const flag_t* const keep = s.keep.data();
      const auto put = [=](index_t j, R p) {
        const bool takes_part = !keep || keep[j] != 0;
        probability[j] = math::select(takes_part, p * scale, R(0));
        key[j] = math::select(takes_part, R(0) - p * scale, std::numeric_limits<R>::infinity());
      };
      if (s.logprob) return team.each(s.width, [=](index_t j) { put(j, math::exp(R(x[j]))); });
      const softmax_row<T> p(team, x, s.width, s.temperature);
      team.each(s.width, [=](index_t j) { put(j, p.probability(j)); });
    }
  };

  /// Divergence of a row; u in place of the student's sort keys.
  template <class T>
  struct compare {
    static constexpr bool long_segments = true;
    side<T> student, teacher;
    op::uld_loss::outputs<T> out;
    index_t top;
    bool pad;
    row_weights<T> weights;
    view<double> slopes, partial;  // [M]

    template <class Team>
    GUERDON_HD void operator()(Team& team, index_t row) const {
      using R = real_t<T>;
      const auto list = [&](const side<T>& s) {
        const index_t kept = index_t(s.kept[0]);
        return top > 0 && top < kept ? top : kept;
      };
      const index_t mine = list(student), theirs = list(teacher);
      const index_t shorter = mine < theirs ? mine : theirs, ranks = pad ? mine + theirs - shorter : shorter;
      const index_t all = student.width > ranks ? student.width : ranks;
      const auto total = team.template reduce<add, add>(all, [&](index_t k) {
        const bool counts = k < ranks;
        const R s = counts && k < mine ? student.at(row, k) : R(0),
                t = counts && k < theirs ? teacher.at(row, k) : R(0);
        const R u = math::zero_select_product(s, math::sign(s - t));
        if (k < student.width) student.key[student.order[row * student.width + k]] = u;
        return lanes{math::abs(s - t), u};
      });
      const bool counts = weights.counts(row);
      team.once([&] {
        const double w = counts ? weights(row) : 0;
        out.divergence[row] = T(counts ? total[0] : 0);
        if (out.grad_log_scale) out.grad_log_scale[row] = T(math::zero_select_product(w, total[1]));
        partial[row] = math::zero_select_product(w, total[0]);
        slopes[row] = total[1];
      });
    }
  };

  template <class T>
  struct gradient {
    static constexpr bool long_segments = true;
    side<T> student;
    view<T> grad;
    row_weights<T> weights;
    view<const double> slopes;

    template <class Team>
    GUERDON_HD void operator()(Team& team, index_t row) const {
      using R = real_t<T>;
      const index_t begin = row * student.width;
      const R* const u = student.key.data() + begin;
      T* const to = grad.data() + begin;
      const R w = R(weights.counts(row) ? gradient_weight(weights(row)) : 0);
      if (student.logprob)
        return team.each(student.width, [=](index_t j) { to[j] = T(math::zero_select_product(w, u[j])); });
      const softmax_row<T> p(team, student.logits.data() + begin, student.width, student.temperature);
      const R sum = R(slopes[row]);
      team.each(student.width, [=](index_t j) {
        to[j] = T(math::zero_select_product(w, (u[j] - p.probability(j) * sum) * p.y.inverse));
      });
    }
  };
};

/// How many tokens take part.
template <class Backend>
void count_kept(const Backend& backend, view<const flag_t> keep, index_t width, view<double> kept) {
  reduce_array<add>(
      backend, width, [=] GUERDON_HD(index_t j) { return lanes{!keep || keep[j] ? 1.0 : 0.0}; },
      [=] GUERDON_HD(const lanes<double, 1>& total) { kept[0] = total[0]; });
}

/// Writes loss, divergences and gradients.
template <storage T = float, backend Backend>
void uld_loss(const Backend& backend, const op::uld_loss::inputs<T>& in, const op::uld_loss::outputs<T>& out,
              const op::uld_loss::options& o) {
  using R = real_t<T>;
  using programs = uld_programs;
  const auto rule = check<op::uld_loss>(backend, in, out, o);
  rule(R(o.temperature) > 0, "temperature", "is 0 in this type");
  rule(R(o.ref_temperature) > 0, "ref_temperature", "is 0 in this type");
  const index_t rows = out.divergence.size();
  auto scratch = backend.scratch();
  const auto ready = [&](view<const T> logits, view<const flag_t> keep, view<const T> log_scale, index_t width,
                         double temperature) {
    const index_t n = logits.size();
    const bool by_logprob = o.representation == uld_representation::logprob;
    const programs::side<T> s{logits, keep, log_scale, width, temperature, by_logprob,
                              scratch.template take<R>(n), scratch.template take<R>(n),
                              scratch.template take<index_t>(n), scratch.template take<double>(1)};
    const auto row = segments::uniform(rows, width);
    backend.for_segments(row, programs::probabilities<T>{s});
    sorted_order<R>(backend, row, s.key, s.order);
    count_kept(backend, keep, width, s.kept);
    return s;
  };
  const auto student = ready(in.logits, in.keep, in.log_scale, in.vocabulary, o.temperature);
  const auto teacher = ready(in.ref_logits, in.ref_keep, in.ref_log_scale, in.ref_vocabulary, o.ref_temperature);
  const auto slopes = scratch.template take<double>(rows), partial = scratch.template take<double>(rows);
  const auto weights = weigh_rows<T>(backend, rows, in.mask, in.weight, scratch.template take<double>(1));
  const auto row = segments::uniform(rows, in.vocabulary);
  backend.for_segments(
      row, programs::compare<T>{student, teacher, out, o.top, o.width == uld_width::pad, weights, slopes, partial});
  backend.for_segments(row, programs::gradient<T>{student, out.grad_logits, weights, slopes});
  sum_rows<T>(backend, partial, out.loss);
}

/// The same into arrays of the backend's.
template <storage T = float, backend Backend>
auto uld_loss(const Backend& backend, const op::uld_loss::inputs<T>& in, const op::uld_loss::options& o = {}) {
  return returned<op::uld_loss, T>(backend, in, o, [&](auto& out) { uld_loss(backend, in, out, o); });
}

}}  // namespace guerdon
