#pragma once
// How many words a short answer and the reference share: precision and recall as one number, the best over the
// references.
//
// $$F = \frac{2PR}{P+R}, \qquad P = \frac{c}{|p|}, \quad R = \frac{c}{|r|}, \qquad
//   c = \sum_w \min(\#_p(w), \#_r(w))$$
//
// over the words of prediction $p$ and reference $r$ after normalize_answer; 0 where they share none.
//
// Source: SQuAD, Rajpurkar et al., arXiv:1606.05250; SQuAD 2 (`squad2`), arXiv:1806.03822; HotpotQA, arXiv:1809.09600
// (`special_answers`).
//
// Details that differ:
// - The published scripts are {.numbers = answer_numbers::strip, .empty_reference = empty_reference_rule::official}. To
//   them 2.75 and 275 are one word, and a reference "A" pays nobody (`zero`) or whoever says nothing (`squad2`).
// - By default a reference whose last word is an article, or that is punctuation alone, is compared with articles left
//   in on both sides: "Plan A" is met by "Plan A" more than by "Plan B".
// - Where one side has no words: 0, and under `squad2` 1 if both have none.
// - HotpotQA gives yes, no and noanswer no credit for parts: `special_answers`.
//
// Cost: linear in the lengths. No gradient.

#include <guerdon/core/element_numbers.hpp>
#include <guerdon/core/host_operation.hpp>
#include <guerdon/verify/normalize_answer.hpp>
#include <guerdon/verify/words.hpp>

#include <span>

namespace guerdon {

/// What an answer without words is worth.
enum class empty_answer_rule { zero, squad2 };
constexpr auto enumerators(empty_answer_rule) { return std::array{"zero", "squad2"}; }

namespace op {
struct token_f1 : host_kind {
  static constexpr info about{"token_f1", "verify", "Words that a short answer shares with the reference (SQuAD)",
                              "arXiv:1606.05250; arXiv:1806.03822; arXiv:1809.09600", skeleton::host};
  struct inputs {
    std::string_view prediction;
    text_view reference;  ///< any number of them; the best one counts
  };
  struct outputs {
    double f1 = 0;  ///< between 0 and 1; 0 without references
  };
  struct options {
    bool special_answers = false;  ///< yes, no and noanswer meet nothing but themselves
    empty_answer_rule empty_rule = empty_answer_rule::zero;  ///< squad2: no words meet no words
    answer_numbers numbers = answer_numbers::keep;  ///< strip is the published scripts' way: 2.75 is 275
    empty_reference_rule empty_reference = empty_reference_rule::itself;  ///< official: what is left without articles
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("prediction", &I::prediction, "B", words()),
                      list_of("reference", &I::reference, "M", "reference_offsets", words()));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("f1", &O::f1, "B")); }
  static constexpr auto parameters() {
    return std::tuple(flag("special_answers", &options::special_answers), choice("empty_rule", &options::empty_rule),
                      choice("numbers", &options::numbers), choice("empty_reference", &options::empty_reference));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {
namespace answers {

/// F1 of two normalised answers.
inline double word_f1(std::string_view prediction, std::string_view reference, const op::token_f1::options& o) {
  const auto special = [](std::string_view text) { return text == "yes" || text == "no" || text == "noanswer"; };
  if (o.special_answers && prediction != reference && (special(prediction) || special(reference))) return 0;
  element_numbers<std::string_view> words;
  std::vector<index_t> left;  // of each word of the reference, how often it may still be hit
  index_t given = 0, wanted = 0, common = 0;
  for_each_word(reference, [&](std::string_view word) {
    ++wanted;
    const std::uint32_t k = words.of(word);
    if (k == left.size()) left.push_back(0);
    ++left[k];
  });
  for_each_word(prediction, [&](std::string_view word) {
    ++given;
    const std::uint32_t k = words.find(word);
    if (k == words.none || left[k] == 0) return;
    --left[k], ++common;
  });
  if (given == 0 || wanted == 0)
    return o.empty_rule == empty_answer_rule::squad2 && given == wanted ? 1 : 0;
  if (common == 0) return 0;
  const double p = static_cast<double>(common) / static_cast<double>(given);
  const double r = static_cast<double>(common) / static_cast<double>(wanted);
  return 2 * p * r / (p + r);
}

}  // namespace answers

/// One prediction against any number of references.
inline op::token_f1::outputs token_f1(const op::token_f1::inputs& in, const op::token_f1::options& o = {}) {
  check<op::token_f1>(in, o);
  std::optional<std::string> prediction[2];  // without and with articles, made when a reference asks for it
  double best = 0;
  for (index_t k = 0; k < in.reference.size(); ++k) {
    std::string reference = answers::normalized<true>(in.reference[k], o.numbers, true);
    const bool articles = o.empty_reference == empty_reference_rule::itself &&
                          (reference.empty() || answers::ends_in_article(reference));
    if (!articles) reference = answers::normalized<true>(in.reference[k], o.numbers, false);
    auto& p = prediction[articles];
    if (!p) p = answers::normalized<true>(in.prediction, o.numbers, articles);
    best = std::max(best, answers::word_f1(*p, reference, o));
  }
  return {best};
}

/// A batch, in order.
inline auto token_f1(const host_rows& rows, std::span<const op::token_f1::inputs> in,
                     const op::token_f1::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return token_f1(row, o); });
}

}}  // namespace guerdon
