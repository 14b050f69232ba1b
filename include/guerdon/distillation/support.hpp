#pragma once
// Few tokens per row, and the teacher's log-probabilities there: what the operations on a support share.

#include <guerdon/distillation/row_loss.hpp>

namespace guerdon {
namespace op {

template <class I>
constexpr auto support_arguments() {
  return std::tuple(op::rows(&I::rows), array("logits", &I::logits, "B,T", drawn(-5, 5)),
                    optional_array("support", &I::support, "B,K", slots_in_row()),
                    optional_array("shared_support", &I::shared_support, "K", slots_in_row()).in_files("support"),
                    array("teacher_logprob", &I::teacher_logprob, "B,K", drawn(-5, -0.5)));
}

}  // namespace op

inline namespace GUERDON_ABI {

/// The slots of the rows.
template <class T>
struct row_support {
  view<const index_t> own, shared;  // [M,K] or [K]
  view<const T> teacher_logprob;    // [M,K]
  index_t slots;                    // K

  /// The token of a row's slot, below 0 where it is unused.
  GUERDON_HD index_t token(index_t row, index_t k) const { return shared ? shared[k] : own[row * slots + k]; }
  GUERDON_HD double logprob(index_t row, index_t k) const { return double(teacher_logprob[row * slots + k]); }
};

/// Of arguments whose sizes and tokens are looked at here.
template <class T, class Backend, class In>
row_support<T> support_of(const Backend&, const call_rules& rule, const In& in) {
  const index_t rows = in.rows.count();
  rule(in.support || in.shared_support || rows == 0, "support", "is required and was not given");
  rule(!in.support || !in.shared_support, "shared_support", "goes in place of support, not beside it");
  const index_t slots = in.shared_support ? in.shared_support.size() : rows > 0 ? in.support.size() / rows : 0;
  rule(in.shared_support || in.support.size() == rows * slots, "support",
       "has the wrong shape: there must be K per row");
  rule(in.teacher_logprob.size() == rows * slots, "teacher_logprob", "has the wrong shape: there must be K per row");
  const row_support<T> support{in.support, in.shared_support, in.teacher_logprob, slots};
  if constexpr (Backend::on_host)
    for (index_t row = 0; row < rows; ++row)
      for (index_t k = 0; k < slots; ++k)
        rule(support.token(row, k) >= -1 && support.token(row, k) < in.rows.size(row), "support",
             "must be tokens, 0 to V-1, or -1");
  return support;
}

}}  // namespace guerdon
