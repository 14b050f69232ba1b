#pragma once
// The reward of a search agent that judges what it finds: its answer, and whether its judgements were right.
//
// $$r = r_{\text{answer}} + \sum_k r_{\text{judge}, k}$$
//
//   contains     the evidence is useful if it holds one of the targets
//   similarity   it is useful if its score, which the caller gives, reaches the threshold
//
// over the pairs of extract_judge_pairs whose evidence is not empty. A judgement "yes" before a right answer pays
// without a look at the evidence.
//
// Source: ReSeek, arXiv:2510.00568, reseek_regex.py and reseek_rerank.py.
//
// Details that differ:
// - The official sum grows with the number of searches, so that searching pays for itself: `per_step_mean` divides it
//   by the number of pairs.
// - More than ten answers, opened or closed, leave a quarter of the answer's reward.
// - The answer is compared as in the published scripts; `numbers` and `empty_reference` ask for exact_match's own ways.
// - The paper's step rewards are reseek_judge_reward, with other constants.
//
// Cost: linear in the completion, for each target. No gradient.

#include <guerdon/verify/exact_match.hpp>
#include <guerdon/verify/judge_pairs.hpp>

namespace guerdon {

enum class reseek_method { contains, similarity };
constexpr auto enumerators(reseek_method) { return std::array{"contains", "similarity"}; }

namespace op {
struct reseek_reward : host_kind {
  static constexpr info about{"reseek_reward", "verify", "Answer and judgements of a search agent (ReSeek)",
                              "arXiv:2510.00568", skeleton::host};
  struct inputs {
    std::string_view completion;
    text_view target;                    ///< right answers; one that matches will do
    view<const double> similarity = {};  ///< of similarity: one score per pair, in order
  };
  struct outputs {
    double reward = 0;         ///< the sum of the others
    double answer_reward = 0;  ///< 1, 0.25 or 0
    double judge_reward = 0;
  };
  struct options {
    reseek_method method = reseek_method::contains;
    double match_reward = 0.3;         ///< contains: a right judgement
    double answer_bonus = 0.1;         ///< contains: more where the answer is right too
    double wrong_yes_penalty = -0.6;   ///< contains: useless evidence called useful
    double wrong_no_penalty = -0.3;    ///< contains: useful evidence called useless
    double similarity_threshold = 0.5;
    double positive_reward = 0.1;      ///< similarity: yes, and the answer is right
    double negative_reward = -0.05;    ///< similarity: a wrong judgement
    bool per_step_mean = false;        ///< divide by the number of pairs
    answer_numbers numbers = answer_numbers::strip;  ///< keep tells 2.75 from 275
    empty_reference_rule empty_reference = empty_reference_rule::official;  ///< itself: "A" is not met by "the"
  };

  template <class I>
  static constexpr auto arguments() {
    auto similarity = list_of("similarity", &I::similarity, "K", "similarity_offsets", drawn(0, 1));
    similarity.info.optional = true;
    return std::tuple(array("completion", &I::completion, "B", words().together("judged turns")),
                      list_of("target", &I::target, "M", "target_offsets", words()), similarity);
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("reward", &O::reward, "B"), array("answer_reward", &O::answer_reward, "B"),
                      array("judge_reward", &O::judge_reward, "B"));
  }
  static constexpr auto parameters() {
    return std::tuple(choice("method", &options::method), option("match_reward", &options::match_reward),
                      option("answer_bonus", &options::answer_bonus),
                      option("wrong_yes_penalty", &options::wrong_yes_penalty),
                      option("wrong_no_penalty", &options::wrong_no_penalty),
                      option("similarity_threshold", &options::similarity_threshold, drawn(0, 1)),
                      option("positive_reward", &options::positive_reward),
                      option("negative_reward", &options::negative_reward),
                      flag("per_step_mean", &options::per_step_mean), choice("numbers", &options::numbers),
                      choice("empty_reference", &options::empty_reference));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {
namespace reseek {

/// Whether the evidence holds a target.
inline bool useful(std::string_view information, const std::vector<std::string>& targets) {
  const std::string text = unicode::lower(unicode::trim(information));
  return std::any_of(targets.begin(), targets.end(),
                     [&](const std::string& target) { return unicode::contains(text, target); });
}

inline double contains_reward(bool yes, bool useful, bool answered, const op::reseek_reward::options& o) {
  if (yes == useful) return o.match_reward + (answered ? o.answer_bonus : 0);
  return yes ? o.wrong_yes_penalty : o.wrong_no_penalty;
}
inline double similarity_reward(bool yes, bool useful, bool answered, const op::reseek_reward::options& o) {
  if (yes) return answered ? o.positive_reward : useful ? o.negative_reward * 0.5 : o.negative_reward;
  return useful ? o.negative_reward : o.positive_reward * 0.2;
}

}  // namespace reseek

/// One completion.
inline op::reseek_reward::outputs reseek_reward(const op::reseek_reward::inputs& in,
                                                const op::reseek_reward::options& o = {}) {
  const auto rule = check<op::reseek_reward>(in, o);
  const auto pairs = judge_pairs(in.completion);
  const bool contains = o.method == reseek_method::contains;
  rule(contains || in.similarity.size() == static_cast<index_t>(pairs.size()), "similarity",
       "must be one score for each pair of evidence and judgement");
  const auto block = tags::last_block(in.completion, "<answer>", "</answer>");
  if (!block) return {};

  op::reseek_reward::outputs out;
  const std::string_view answer = unicode::trim(block->content);
  const bool right =
      exact_match({answer, in.target}, {.numbers = o.numbers, .empty_reference = o.empty_reference}).match;
  const bool spam = tags::count(in.completion, "<answer>", 11) > 10 || tags::count(in.completion, "</answer>", 11) > 10;
  out.answer_reward = right ? spam ? 0.25 : 1 : 0;
  if (!answer.empty()) {
    std::vector<std::string> targets;
    for (index_t k = 0; k < in.target.size(); ++k)
      if (const std::string_view target = unicode::trim(in.target[k]); !target.empty())
        targets.push_back(unicode::lower(target));
    double judged = 0;
    for (std::size_t k = 0; k < pairs.size(); ++k) {
      const auto& [information, yes] = pairs[k];
      if (information.empty()) continue;
      ++judged;
      if (contains) {
        const bool useful = (yes && right) || reseek::useful(information, targets);
        out.judge_reward += reseek::contains_reward(yes, useful, right, o);
      } else {
        const bool useful = in.similarity[static_cast<index_t>(k)] >= o.similarity_threshold;
        out.judge_reward += reseek::similarity_reward(yes, useful, right, o);
      }
    }
    if (o.per_step_mean && judged > 0) out.judge_reward /= judged;
  }
  out.reward = out.answer_reward + out.judge_reward;
  return out;
}

/// A batch, in order.
inline auto reseek_reward(const host_rows& rows, std::span<const op::reseek_reward::inputs> in,
                          const op::reseek_reward::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return reseek_reward(row, o); });
}

}}  // namespace guerdon
