#pragma once
// The tokens that a distillation loss on few tokens looks at: the k most probable of teacher, student, or both.
//
// $$\mathrm{support}_m = \mathrm{top}_k(y_m), \qquad a_{mk} = \frac{y_{mk}}{\tau} - \log \sum_j e^{y_{mj}/\tau}$$
//
// of the teacher's logits y (`teacher`), or of the student's x (`student`), in descending order, ties to the lowest
// token; `union` has the teacher's k first and then the student's, -1 where the token is already among the teacher's. a
// is the teacher's log-probability at those tokens, from its whole softmax.
//
// Source: the supports of TRL's IW-OPD, SDPO and server distillation.
//
// Details that differ:
// - Excluded tokens (-inf) and NaN are never taken; slots that are missing are -1, and their log-probability 0.
// - Slots of rows under the mask are all -1. More than V counts as V; rows that differ in length have k slots, 2^20 at most.
//
// Cost: the row that chooses is read twice and a byte per logit written and read, the teacher's read once; then k^2.
// Where k exceeds 256, the row has fewer than 4096 logits, or many tie, a row is read once per bit of a number.

#include <guerdon/distillation/largest.hpp>
#include <guerdon/distillation/row_loss.hpp>

namespace guerdon {

enum class support_source { teacher, student, both };
constexpr auto enumerators(support_source) { return std::array{"teacher", "student", "union"}; }

namespace op {
struct topk_support {
  static constexpr info about{"topk_support", "distillation", "The k most probable tokens of teacher or student", "",
                              skeleton::logits_rows};
  template <storage T>
  struct inputs {
    segments rows;                 ///< cuts the logits into M rows: segments::uniform(M, V) for [M,V]
    view<const T> logits;          ///< [M,V] of the student; -inf: the token is excluded
    view<const T> ref_logits;      ///< [M,V] of the teacher
    view<const flag_t> mask = {};  ///< [M] 1 = the row counts; left out: all do
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<index_t> support;   ///< [M,K] tokens, -1: unused; K = min(k, V), twice that for both
    Of<T> teacher_logprob; ///< [M,K] 0 in unused slots
  };
  struct options {
    index_t k = required;  ///< >= 1
    support_source source = support_source::teacher;
    double temperature = 1;  ///< > 0, divides the logits
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::rows(&I::rows), array("logits", &I::logits, "B,T", drawn(-5, 5)),
                      array("ref_logits", &I::ref_logits, "B,T", drawn(-5, 5)),
                      optional_array("mask", &I::mask, "B", yes_or_no()));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("support", &O::support, "B,K"), array("teacher_logprob", &O::teacher_logprob, "B,K"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("k", &options::k, counts_from(1, 5)), choice("source", &options::source),
                      temperature_option("temperature", &options::temperature));
  }

  static constexpr char decided_symbol = 'K';
  static constexpr index_t most_ragged = index_t(1) << 20;
  /// Slots of each source.
  template <class I>
  static index_t slots(const I& in, const options& o) {
    const bool uniform = !in.rows.ragged() && !in.rows.padded();
    return uniform && in.rows.stride() < o.k ? in.rows.stride() : o.k;
  }
  template <class I>
  static index_t decided_size(const I& in, const options& o) {
    return slots(in, o) > most_ragged ? -1 : slots(in, o) * (o.source == support_source::both ? 2 : 1);
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

struct support_programs {
  /// k, or nothing of a row under the mask.
  struct wanted {
    view<const flag_t> mask;
    index_t k;

    GUERDON_HD index_t operator()(index_t row) const { return mask && !mask[row] ? 0 : k; }
  };

  /// Lists the chosen tokens in their order, with their logits.
  template <class T>
  struct collect {
    static constexpr bool long_segments = true, vocabulary_segments = true;
    segments rows;
    view<const T> logits;
    view<const flag_t> chosen;  // [M,V]
    index_t slots;
    view<index_t> candidates;   // [M,slots], -1 behind the last
    view<real_t<T>> values;     // [M,slots]

    template <class Team>
    GUERDON_HD void operator()(Team& team, index_t row) const {
      const index_t begin = rows.begin(row);
      const T* const x = logits.data() + begin;
      index_t* const list = candidates.data() + row * slots;
      real_t<T>* const value = values.data() + row * slots;
      const double found = list_where(
          team, rows.size(row), [flags = chosen.data() + begin](index_t j) { return flags[j] != 0; },
          [=](index_t place, index_t j) { list[place] = j, value[place] = real_t<T>(x[j]); });
      team.each(slots, [=](index_t s) {
        if (double(s) >= found) list[s] = -1, value[s] = -std::numeric_limits<real_t<T>>::infinity();
      });
    }
  };

  /// Brings a row's candidates into the order of their logits, with the teacher's log-probabilities.
  template <class T>
  struct order {
    static constexpr bool long_segments = true, vocabulary_segments = true;
    op::topk_support::inputs<T> in;
    op::topk_support::outputs<T> out;
    view<const index_t> candidates;   // [M,slots] in the order of their tokens
    view<const real_t<T>> values;     // [M,slots] the logits that chose them
    view<const flag_t> taken;        // [M,V] of the teacher, for the student's half of both; else nothing
    index_t slots, width, first;     // in out: slots of a row, and where this half begins
    double temperature;

    template <class Team>
    GUERDON_HD void operator()(Team& team, index_t row) const {
      using R = real_t<T>;
      const index_t begin = in.rows.begin(row), n = in.rows.size(row);
      const index_t* const list = candidates.data() + row * slots;
      const R* const value = values.data() + row * slots;
      const flag_t* const given = taken ? taken.data() + begin : nullptr;
      index_t* const support = out.support.data() + row * width + first;
      T* const logprob = out.teacher_logprob.data() + row * width + first;
      const bool counts = !in.mask || in.mask[row] != 0;
      if (!counts)
        return team.each(slots, [=](index_t s) { support[s] = -1, logprob[s] = T(0.0); });
      const softmax_row<T> teacher(team, in.ref_logits.data() + begin, n, temperature);
      team.each(slots, [=, k = slots](index_t s) {
        const index_t token = list[s];
        const R mine = value[s];
        int rank = 0;  // those that are there are above the others, which keep their places
        for (index_t other = 0; other < k; ++other)
          rank += int((value[other] > mine) | ((value[other] == mine) & (other < s)));
        const bool used = token >= 0 && !(given && given[token]);
        const index_t to = token >= 0 ? index_t(rank) : s;
        support[to] = used ? token : -1;
        logprob[to] = T(used ? teacher.logprob(token) : R(0));
      });
    }
  };
};

/// Writes tokens and log-probabilities.
template <storage T = float, backend Backend>
void topk_support(const Backend& backend, const op::topk_support::inputs<T>& in,
                  const op::topk_support::outputs<T>& out, const op::topk_support::options& o) {
  const auto rule = check<op::topk_support>(backend, in, out, o);
  rule(real_t<T>(o.temperature) > 0, "temperature", "is 0 in this type");
  const index_t slots = op::topk_support::slots(in, o), rows = in.rows.count();
  rule(slots <= op::topk_support::most_ragged, "k", "must be at most 2^20");
  const bool both = o.source == support_source::both;
  auto scratch = backend.scratch();
  const auto candidates = scratch.template take<index_t>(rows * slots);
  const auto values = scratch.template take<real_t<T>>(rows * slots);
  const auto half = [&](view<const T> logits, view<const flag_t> taken, index_t first) {
    const auto chosen = scratch.template take<flag_t>(logits.size());
    choose_largest(backend, in.rows, logits, support_programs::wanted{in.mask, slots}, slots, chosen);
    backend.for_segments(in.rows, support_programs::collect<T>{in.rows, logits, chosen, slots, candidates, values});
    backend.for_segments(in.rows, support_programs::order<T>{in, out, candidates, values, taken, slots,
                                                          both ? 2 * slots : slots, first, o.temperature});
    return chosen;
  };
  view<const flag_t> taken;
  if (o.source != support_source::student) taken = half(in.ref_logits, {}, 0);
  if (o.source != support_source::teacher) half(in.logits, taken, both ? slots : 0);
}

/// The same into arrays of the backend's.
template <storage T = float, backend Backend>
auto topk_support(const Backend& backend, const op::topk_support::inputs<T>& in, const op::topk_support::options& o) {
  return returned<op::topk_support, T>(backend, in, o, [&](auto& out) { topk_support(backend, in, out, o); });
}

}}  // namespace guerdon
