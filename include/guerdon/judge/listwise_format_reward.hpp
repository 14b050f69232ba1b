#pragma once
// How well a listwise judge keeps to its form: thoughts between tags, and a JSON object with scores and a ranking.
//
// $$f = \min(1,\ f_{\text{tags}} + [q > 0]\,(f_q + 0.1\,[s] + 0.1\,[k] + 0.2\,[s]\,\text{coverage} +
//   0.2\,[s][k]\,\text{consistency}))$$
//
// with s: scores are there, k: a ranking is; $f_{\text{tags}}$ is 0.15 for both tags and 0.05 more where the thoughts
// are longer than `min_think_chars`, 0.05 for one tag; $f_q$ is 0.2 for clean JSON, 0.15 for an object that was cut
// out.
//
// Source: RewardAnything, arXiv:2506.03637, rewardanything/processing.py.
//
// Details that differ:
// - Reading the text is the caller's. In practice a lone tag stays in the text and forces quality 1.
//
// Cost: 8 numbers per answer.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct listwise_format_reward {
  static constexpr info about{"listwise_format_reward", "judge", "Form of a listwise judge's answer (RewardAnything)",
                              "arXiv:2506.03637", skeleton::map};
  template <real T>
  struct inputs {
    view<const index_t> think_tags;    ///< [N] 0 = none, 1 = one of opener and closer, 2 = both
    view<const index_t> think_chars;   ///< [N] characters between them, without blanks at the ends
    view<const index_t> json_quality;  ///< [N] 0 = nothing usable, 1 = cut out of the text, 2 = parsed or repaired
    view<const flag_t> has_scores;     ///< [N]
    view<const flag_t> has_ranking;    ///< [N]
    view<const T> coverage;            ///< [N] share of the responses that got a score
    view<const T> consistency;         ///< [N] of scores and ranking: ranking_consistency
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> format_reward;  ///< [N] between 0 and 1
  };
  struct options {
    index_t min_think_chars = 50;  ///< thoughts must be longer
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("think_tags", &I::think_tags, "N", whole_within(0, 2)),
                      array("think_chars", &I::think_chars, "N", counts(100)),
                      array("json_quality", &I::json_quality, "N", whole_within(0, 2)),
                      array("has_scores", &I::has_scores, "N", yes_or_no()),
                      array("has_ranking", &I::has_ranking, "N", yes_or_no()),
                      array("coverage", &I::coverage, "N", within(0, 1).without_nan()),
                      array("consistency", &I::consistency, "N", drawn(0, 1)));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("format_reward", &O::format_reward, "N")); }
  static constexpr auto parameters() {
    return std::tuple(option("min_think_chars", &options::min_think_chars, integers(0, 100)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the rewards.
template <real T = float, backend Backend>
void listwise_format_reward(const Backend& backend, const op::listwise_format_reward::inputs<T>& in,
                            const op::listwise_format_reward::outputs<T>& out,
                            const op::listwise_format_reward::options& o) {
  const auto rule = check<op::listwise_format_reward>(backend, in, out, o);
  if constexpr (Backend::on_host)
    for (const T c : in.consistency)
      rule(c >= 0 && c <= 1, "consistency", "must lie between 0 and 1, as coverage must");
  const index_t shortest = o.min_think_chars;
  backend.each(in.coverage.size(), [=] GUERDON_HD(index_t i) {
    const index_t tags = in.think_tags[i], quality = in.json_quality[i];
    double form = tags == 2 ? (in.think_chars[i] > shortest ? 0.2 : 0.15) : tags == 1 ? 0.05 : 0;
    if (quality > 0) {
      const bool scores = in.has_scores[i] != 0, ranking = in.has_ranking[i] != 0;
      form += quality == 2 ? 0.2 : 0.15;
      if (scores) form += 0.1 + 0.2 * double(in.coverage[i]);
      if (ranking) form += 0.1;
      if (scores && ranking) form += 0.2 * double(in.consistency[i]);
    }
    out.format_reward[i] = T(math::min(form, 1.0));
  });
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto listwise_format_reward(const Backend& backend, const op::listwise_format_reward::inputs<T>& in,
                            const op::listwise_format_reward::options& o = {}) {
  return returned<op::listwise_format_reward, T>(backend, in, o,
                                                 [&](auto& out) { listwise_format_reward(backend, in, out, o); });
}

}}  // namespace guerdon
