#pragma once
// Whether on-policy distillation still has something to say: how many of a teacher's tokens the student has among its own.
//
// $$\mathrm{ratio} = \frac{|S \cap \mathrm{support}|}{n}, \qquad
//   \mathrm{advantage} = \mathrm{mean}_{k \in S} \big( -p_k (a_k - b_k) \big)$$
//
// for the n used slots of a row, with the student's n largest tokens S, the teacher's log-probability a there and its
// exponential p, and the student's log-probability b.
//
// Source: top-k overlap diagnostics, arXiv:2604.13016, as in verl.
//
// Details that differ:
// - The divisor is the number of used slots; verl divides by the nominal k, and averages over tokens afterwards.
// - Of equal logits the lower token is the larger one; excluded tokens and NaN are never among the largest.
// - No used slot, or none of them in S: 0. Rows under the mask: 0. No gradient.
//
// Cost: a row is read once per bit of a number that it takes to tell its n-th largest logit, and twice more.

#include <guerdon/distillation/largest.hpp>
#include <guerdon/distillation/support.hpp>

namespace guerdon {
namespace op {
struct topk_overlap {
  static constexpr info about{"topk_overlap", "distillation", "Share of a teacher's tokens among the student's largest",
                              "arXiv:2604.13016", skeleton::logits_rows};
  template <storage T>
  struct inputs {
    segments rows;                            ///< cuts the logits into M rows: segments::uniform(M, V) for [M,V]
    view<const T> logits;                     ///< [M,V] of the student; -inf: the token is excluded
    view<const index_t> support = {};         ///< [M,K] different tokens of each row, -1: unused slot, or
    view<const index_t> shared_support = {};  ///< [K] the same for all rows
    view<const T> teacher_logprob;            ///< [M,K] of the teacher at those tokens; not read in unused slots
    view<const flag_t> mask = {};             ///< [M] 1 = the row counts; left out: all do
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> overlap_ratio;      ///< [M]
    Of<T> overlap_advantage;  ///< [M]
  };
  struct options {
    double temperature = 1;  ///< > 0, divides the student's logits
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple_cat(support_arguments<I>(), std::tuple(optional_array("mask", &I::mask, "B", yes_or_no())));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("overlap_ratio", &O::overlap_ratio, "B"),
                      array("overlap_advantage", &O::overlap_advantage, "B"));
  }
  static constexpr auto parameters() { return std::tuple(temperature_option("temperature", &options::temperature)); }
};
}  // namespace op

inline namespace GUERDON_ABI {

struct overlap_programs {
  /// As many of the student's largest tokens as there are used slots.
  template <class T>
  struct used_slots {
    row_support<T> support;

    GUERDON_HD index_t operator()(index_t row) const {
      index_t used = 0;
      for (index_t k = 0; k < support.slots; ++k) used += support.token(row, k) >= 0;
      return used;
    }
  };

  template <class T>
  struct compare {
    static constexpr bool long_segments = true, vocabulary_segments = true;
    op::topk_overlap::inputs<T> in;
    op::topk_overlap::outputs<T> out;
    row_support<T> support;
    view<const flag_t> chosen;
    double temperature;

    template <class Team>
    GUERDON_HD void operator()(Team& team, index_t row) const {
      const index_t begin = in.rows.begin(row);
      const flag_t* const flags = chosen.data() + begin;
      const softmax_row<T> student(team, in.logits.data() + begin, in.rows.size(row), temperature);
      const auto total = team.template reduce<add, add, add>(support.slots, [&](index_t k) {
        const index_t token = support.token(row, k);
        if (token < 0) return lanes{0.0, 0.0, 0.0};
        if (!flags[token]) return lanes{1.0, 0.0, 0.0};
        const double a = support.logprob(row, k), p = math::exp(a);
        return lanes{1.0, 1.0, p == 0 ? 0.0 : -p * (a - double(student.logprob(token)))};
      });
      const bool counts = !in.mask || in.mask[row] != 0;
      team.once([&] {
        out.overlap_ratio[row] = T(counts && total[0] > 0 ? total[1] / total[0] : 0.0);
        out.overlap_advantage[row] = T(counts && total[1] > 0 ? total[2] / total[1] : 0.0);
      });
    }
  };
};

/// Writes both.
template <storage T = float, backend Backend>
void topk_overlap(const Backend& backend, const op::topk_overlap::inputs<T>& in,
                  const op::topk_overlap::outputs<T>& out, const op::topk_overlap::options& o) {
  const auto rule = check<op::topk_overlap>(backend, in, out, o);
  rule(real_t<T>(o.temperature) > 0, "temperature", "is 0 in this type");
  const auto support = support_of<T>(backend, rule, in);
  auto scratch = backend.scratch();
  const auto chosen = scratch.template take<flag_t>(in.logits.size());
  choose_largest(backend, in.rows, in.logits, overlap_programs::used_slots<T>{support}, support.slots, chosen);
  backend.for_segments(in.rows, overlap_programs::compare<T>{in, out, support, chosen, o.temperature});
}

/// The same into arrays of the backend's.
template <storage T = float, backend Backend>
auto topk_overlap(const Backend& backend, const op::topk_overlap::inputs<T>& in,
                  const op::topk_overlap::options& o = {}) {
  return returned<op::topk_overlap, T>(backend, in, o, [&](auto& out) { topk_overlap(backend, in, out, o); });
}
}}  // namespace guerdon
