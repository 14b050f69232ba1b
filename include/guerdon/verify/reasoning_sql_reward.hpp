#pragma once
// The reward of a query: whether its result is right, and partial rewards where it is not.
//
// $$r = w_e e + w_j J + w_s s + w_l l + w_n n + w_f f, \qquad
//   J = \begin{cases} 0 & e > 0 \text{ and judge only if wrong} \\ j & \text{otherwise} \end{cases}$$
//
// with e of sql_execution_match, j a judge's score, s whether the query runs, l of schema_linking_reward, n of
// sql_ngram_similarity and f of xml_count_reward.
//
// Source: Reasoning-SQL, arXiv:2503.23157; weights from its first author's trainer, that of the judge from a
// re-implementation.
//
// Details that differ:
// - The paper does not give the weights, nor whether its judge goes to 1 or to 2.
// - A NaN makes its row NaN, even with a weight of 0; a judge's score that does not count is not looked at.
//
// Cost: 28 bytes per row in float; its time does not matter.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct reasoning_sql_reward {
  static constexpr info about{"reasoning_sql_reward", "verify",
                              "Right result or partial rewards of a query (Reasoning-SQL)",
                              "arXiv:2503.23157", skeleton::map};
  template <real T>
  struct inputs {
    view<const T> execution;  ///< [B] 1 = the result is right, else 0
    view<const T> judge;      ///< [B] between 0 and 1
    view<const T> syntax;     ///< [B] 1 = the query runs, else 0
    view<const T> schema;     ///< [B]
    view<const T> ngram;      ///< [B]
    view<const T> format;     ///< [B]
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> reward;  ///< [B]
  };
  struct options {
    double weight_execution = 3;
    double weight_judge = 2;
    double weight_syntax = 1;
    double weight_schema = 1;
    double weight_ngram = 1;
    double weight_format = 1;
    bool judge_only_if_wrong = true;  ///< a right result is not judged
  };

  template <class I>
  static constexpr auto arguments() {
    constexpr range zero_or_one{.draw_low = 0, .draw_high = 1, .draws = range::whole};
    return std::tuple(array("execution", &I::execution, "B", zero_or_one), array("judge", &I::judge, "B", drawn(0, 1)),
                      array("syntax", &I::syntax, "B", zero_or_one), array("schema", &I::schema, "B", drawn(0, 1)),
                      array("ngram", &I::ngram, "B", drawn(0, 1)), array("format", &I::format, "B", drawn(0, 1)));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("reward", &O::reward, "B")); }
  static constexpr auto parameters() {
    return std::tuple(option("weight_execution", &options::weight_execution),
                      option("weight_judge", &options::weight_judge), option("weight_syntax", &options::weight_syntax),
                      option("weight_schema", &options::weight_schema), option("weight_ngram", &options::weight_ngram),
                      option("weight_format", &options::weight_format),
                      flag("judge_only_if_wrong", &options::judge_only_if_wrong));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the rewards.
template <real T = float, backend Backend>
void reasoning_sql_reward(const Backend& backend, const op::reasoning_sql_reward::inputs<T>& in,
                          const op::reasoning_sql_reward::outputs<T>& out, const op::reasoning_sql_reward::options& o) {
  check<op::reasoning_sql_reward>(backend, in, out, o);
  backend.each(out.reward.size(), [=] GUERDON_HD(index_t i) {
    const double right = double(in.execution[i]);
    double reward = o.weight_execution * right;
    if (!(right > 0 && o.judge_only_if_wrong)) reward += o.weight_judge * double(in.judge[i]);
    reward += o.weight_syntax * double(in.syntax[i]) + o.weight_schema * double(in.schema[i]);
    reward += o.weight_ngram * double(in.ngram[i]) + o.weight_format * double(in.format[i]);
    out.reward[i] = T(reward);
  });
}

/// The rewards in an array of the backend's.
template <real T = float, backend Backend>
auto reasoning_sql_reward(const Backend& backend, const op::reasoning_sql_reward::inputs<T>& in,
                          const op::reasoning_sql_reward::options& o = {}) {
  return returned<op::reasoning_sql_reward, T>(backend, in, o,
                                               [&](auto& out) { reasoning_sql_reward(backend, in, out, o); });
}

}}  // namespace guerdon
