// Rules that compare a response with a reference text, or look at its form.

#include <guerdon/verify/bleu.hpp>
#include <guerdon/verify/edit_similarity.hpp>
#include <guerdon/verify/exact_match.hpp>
#include <guerdon/verify/extract_boxed.hpp>
#include <guerdon/verify/extract_tag.hpp>
#include <guerdon/verify/math_string_equal.hpp>
#include <guerdon/verify/mt_r1_reward.hpp>
#include <guerdon/verify/multiple_choice_reward.hpp>
#include <guerdon/verify/numeric_equal.hpp>
#include <guerdon/verify/rouge_l.hpp>
#include <guerdon/verify/sequence_matcher_ratio.hpp>
#include <guerdon/verify/tag_count_reward.hpp>
#include <guerdon/verify/think_answer_format.hpp>
#include <guerdon/verify/token_f1.hpp>
#include <guerdon/verify/toolrl_length_reward.hpp>
#include <guerdon/verify/word_repetition_penalty.hpp>
#include <guerdon/verify/xml_count_reward.hpp>

#include "rules_of.hpp"

namespace guerdon::examples {

/// Where the short answer of a response stands.
enum class answer_place { boxed, tag, marked, whole };
constexpr auto enumerators(answer_place) { return std::array{"boxed", "tag", "marked", "whole"}; }

namespace {

/// The short answer: in the last \boxed{}, in the last <answer>, behind the last "####", or the whole text.
std::optional<std::string> short_answer(std::string_view text, answer_place place) {
  switch (place) {
    case answer_place::boxed: {
      auto box = extract_boxed({text}, {.mode = boxed_mode::brace});
      if (!box.found) return std::nullopt;
      return std::move(box.content);
    }
    case answer_place::tag: {
      auto tag = extract_tag({text});
      if (!tag.found) return std::nullopt;
      return std::move(tag.content);
    }
    case answer_place::marked: {
      const std::size_t mark = text.rfind("####");
      if (mark == text.npos) return std::nullopt;
      return std::string(unicode::trim(text.substr(mark + 4)));
    }
    case answer_place::whole:
      break;
  }
  return std::string(unicode::trim(text));
}

/// The options of a rule on short answers: where the answer stands, and those of the operation.
template <class Of, answer_place Standard>
struct short_answer_options {
  answer_place answer = Standard;
  Of compare = {};
};
template <class Op, answer_place Standard>
struct short_answer_list {
  using options = short_answer_options<typename Op::options, Standard>;
  static constexpr auto parameters() {
    // The operation's own list, one level down.
    const auto inside = std::apply(
        [](const auto&... f) { return op::list::inside<op::option_field>("compare", &options::compare, f...); },
        Op::parameters());
    return std::tuple_cat(std::tuple(op::choice("answer", &options::answer)), inside);
  }
};

/// A reference that is a written-out solution ends with its answer in the same place; else it is the answer.
std::string reference_of(const std::string& text, answer_place place) {
  if (place == answer_place::boxed || place == answer_place::marked)
    if (auto answer = short_answer(text, place)) return std::move(*answer);
  return std::string(unicode::trim(text));
}

class gsm8k_rule : public line_rule {
 public:
  explicit gsm8k_rule(const rule& with) : rule_(with) { slots = slots_of<op::gsm8k_reward>(rule_.options); }
  void read(const rollouts& prompt) override {
    const auto answer = rule_.reference_answer(prompt.ground_truth);
    if (!answer)
      throw bad_line(1, "ground_truth",
                     "holds no final answer: end it with \"#### 18\" or \"A: 18\", or give the number alone");
    answer_ = *answer;
  }
  std::string answer(const rollouts&) const override { return answer_; }
  verdict score(const rollouts&, const response& r) override {
    op::gsm8k_reward::outputs o = gsm8k_reward({rule_.marked(r.text), answer_}, rule_.options);
    verdict v{o.reward, o.found, std::nullopt, o.correct, std::nullopt};
    if (o.found) v.outcome = numerals::canonical(o.extracted), v.extracted = std::move(o.extracted);
    return v;
  }

 private:
  rule rule_;
  std::string answer_;
};

struct math_rule {
  struct options {
    answer_place answer = answer_place::boxed;
  };
  struct list {
    static constexpr auto parameters() { return std::tuple(op::choice("answer", &options::answer)); }
  };
  static verdict score(const options& o, const rollouts& prompt, const response& r) {
    auto answer = short_answer(r.text, o.answer);
    if (!answer) return {.found = false};
    const bool right = math_string_equal({*answer, reference_of(prompt.ground_truth, o.answer)}).equal;
    return {.reward = double(right), .extracted = std::move(answer)};
  }
};

struct numeric_rule {
  using list = short_answer_list<op::numeric_equal, answer_place::boxed>;
  using options = list::options;
  static verdict score(const options& o, const rollouts& prompt, const response& r) {
    auto answer = short_answer(r.text, o.answer);
    if (!answer) return {.found = false};
    const bool right = numeric_equal({*answer, reference_of(prompt.ground_truth, o.answer)}, o.compare).equal;
    return {.reward = double(right), .extracted = std::move(answer)};
  }
};

struct exact_match_rule {
  using list = short_answer_list<op::exact_match, answer_place::tag>;
  using options = list::options;
  static verdict score(const options& o, const rollouts& prompt, const response& r) {
    auto answer = short_answer(r.text, o.answer);
    if (!answer) return {.found = false};
    const bool right = exact_match({*answer, prompt.answers}, o.compare).match;
    return {.reward = double(right), .extracted = std::move(answer)};
  }
};

struct f1_rule {
  using list = short_answer_list<op::token_f1, answer_place::tag>;
  using options = list::options;
  static verdict score(const options& o, const rollouts& prompt, const response& r) {
    auto answer = short_answer(r.text, o.answer);
    if (!answer) return {.found = false};
    const double f1 = token_f1({*answer, prompt.answers}, o.compare).f1;
    return {.reward = f1, .extracted = std::move(answer)};
  }
};

struct multiple_choice_rule {
  using list = op::multiple_choice_reward;
  using options = list::options;
  static void read(const options& o, const rollouts& prompt) {
    if (prompt.ground_truth.size() != 1 || o.letters.find(prompt.ground_truth) == o.letters.npos)
      throw bad_line(1, "ground_truth", "must be one of the letters " + std::string(o.letters));
  }
  static verdict score(const options& o, const rollouts& prompt, const response& r) {
    auto chosen = multiple_choice_reward({r.text, prompt.ground_truth}, o);
    if (chosen.extracted.empty()) return {.reward = chosen.reward, .found = false};
    return {.reward = chosen.reward, .extracted = std::move(chosen.extracted)};
  }
};

struct rouge_l_rule {
  using list = short_answer_list<op::rouge_l, answer_place::whole>;
  using options = list::options;
  static verdict score(const options& o, const rollouts& prompt, const response& r) {
    const auto answer = short_answer(r.text, o.answer);
    if (!answer) return {.found = false};
    return {.reward = rouge_l({*answer, prompt.ground_truth}, o.compare).f};
  }
};

struct bleu_rule {
  using list = short_answer_list<op::bleu, answer_place::whole>;
  using options = list::options;
  static verdict score(const options& o, const rollouts& prompt, const response& r) {
    const auto answer = short_answer(r.text, o.answer);
    if (!answer) return {.found = false};
    const std::array one{std::string_view(*answer)};
    const std::array<index_t, 2> all{0, static_cast<index_t>(prompt.answers.size())};
    return {.reward = bleu({one, prompt.answers, all}, o.compare).score[0] / 100};
  }
};

struct edit_similarity_rule {
  using list = short_answer_list<op::edit_similarity, answer_place::whole>;
  using options = list::options;
  static verdict score(const options& o, const rollouts& prompt, const response& r) {
    const auto answer = short_answer(r.text, o.answer);
    if (!answer) return {.found = false};
    return {.reward = edit_similarity({*answer, prompt.ground_truth}, o.compare).similarity};
  }
};

struct difflib_rule {
  using list = short_answer_list<op::sequence_matcher_ratio, answer_place::whole>;
  using options = list::options;
  static verdict score(const options& o, const rollouts& prompt, const response& r) {
    const auto answer = short_answer(r.text, o.answer);
    if (!answer) return {.found = false};
    return {.reward = sequence_matcher_ratio({*answer, prompt.ground_truth}, o.compare).ratio};
  }
};

struct translation_rule {
  using list = op::mt_r1_reward;
  struct options : op::mt_r1_reward::options {
    options() { header = chat_header::none; }  // a rollout is the completion alone
  };
  static verdict score(const options& o, const rollouts& prompt, const response& r) {
    const keyed_value* given = find(r.values, "model_score");
    op::mt_r1_reward::inputs in{r.text, prompt.ground_truth};
    if (given)
      in.model_score = number_in(*given, given->value);
    else if (o.metric != mt_metric::bleu)
      throw bad_line(1, "responses", "must have model_score for this metric");
    return {.reward = mt_r1_reward(in, o).reward};
  }
};

/// A rule on the response alone whose operation has one result, `reward`.
template <class Op, auto Call>
struct form_rule {
  using list = Op;
  using options = typename Op::options;
  static verdict score(const options& o, const rollouts&, const response& r) {
    return {.reward = Call(typename Op::inputs{r.text}, o).reward};
  }
};

template <class Op, auto Call>
rule_kind form(std::string_view name, std::string_view what, double right_from = 1) {
  return {
      name, what, Op::about.name, {.ground_truth = wanted_keys::none}, "", right_from, make_rule<form_rule<Op, Call>>};
}

}  // namespace

void add_text_rules(std::vector<rule_kind>& all) {
  const wanted_keys one, several{.ground_truth = wanted_keys::several};
  all.insert(
      all.end(),
      {
          {"gsm8k", "the marked final number is the reference's", "gsm8k_reward", one,
           "a solution that ends with its answer, or the number", 1,
           [](const rule& with) -> std::unique_ptr<line_rule> { return std::make_unique<gsm8k_rule>(with); }},
          {"math", "the boxed answer is written like the reference's", "extract_boxed, math_string_equal", one,
           "a solution with its answer in a box, or the answer", 1, make_rule<math_rule>},
          {"numeric", "the boxed answer is the reference's number", "extract_boxed, numeric_equal", one,
           "a solution with its answer in a box, or the answer", 1, make_rule<numeric_rule>},
          {"exact_match", "the tagged answer is one of the references", "extract_tag, exact_match", several,
           "the answer or an array of them", 1, make_rule<exact_match_rule>},
          {"f1", "words that the tagged answer shares with a reference", "extract_tag, token_f1", several,
           "the answer or an array of them", 1, make_rule<f1_rule>},
          {"multiple_choice", "the letter chosen is the right one", "multiple_choice_reward", one, "the letter", 1,
           make_rule<multiple_choice_rule>},
          {"rouge_l", "longest common subsequence with the reference", "rouge_l", one, "the reference text", 0.5,
           make_rule<rouge_l_rule>},
          {"bleu", "BLEU / 100 against the references", "bleu", several, "the reference text or an array of them", 0.4,
           make_rule<bleu_rule>},
          {"edit_similarity", "few edits from the reference", "edit_similarity", one, "the reference text", 1,
           make_rule<edit_similarity_rule>},
          {"difflib", "difflib's ratio with the reference", "sequence_matcher_ratio", one, "the reference text", 1,
           make_rule<difflib_rule>},
          {"translation",
           "form and quality of a translation (MT-R1-Zero)",
           "mt_r1_reward",
           {.of_line = {}, .of_response = {{"model_score", false}}},
           "the reference translation; model_score: a learned metric times 100",
           1.4,
           make_rule<translation_rule>},
          form<op::think_answer_format, [](const auto& in, const auto& o) { return think_answer_format(in, o); }>(
              "think_answer_format", "thoughts and answer stand between their tags"),
          form<op::tag_count_reward, [](const auto& in, const auto& o) { return tag_count_reward(in, o); }>(
              "tag_count", "a part for each of four tags that occurs once"),
          form<op::xml_count_reward, [](const auto& in, const auto& o) { return xml_count_reward(in, o); }>(
              "xml_count", "the same, less a little for what stands behind the end", 0.5),
          form<op::word_repetition_penalty,
               [](const auto& in, const auto& o) { return word_repetition_penalty(in, o); }>(
              "word_repetition", "a penalty for repeated n-grams of words", 0),
          form<op::toolrl_length_reward, [](const auto& in, const auto& o) { return toolrl_length_reward(in, o); }>(
              "thought_length", "the words of the thought, up to a number of them (ToolRL)"),
      });
}

}  // namespace guerdon::examples
