// Rules that compare the short answer of a response with the right one.

#include <guerdon/verify/exact_match.hpp>
#include <guerdon/verify/math_string_equal.hpp>
#include <guerdon/verify/multiple_choice_reward.hpp>
#include <guerdon/verify/numeric_equal.hpp>
#include <guerdon/verify/token_f1.hpp>

#include "short_answer.hpp"

namespace guerdon::examples {
namespace {

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

struct math_list {
  struct options {
    answer_place answer = answer_place::boxed;
  };
  static constexpr auto parameters() { return std::tuple(op::choice("answer", &options::answer)); }
};
struct math_rule : short_answer_rule<math_rule, math_list, true> {
  static double reward(const std::string& answer, const rollouts& prompt, const options& o) {
    return double(math_string_equal({answer, reference_of(prompt.ground_truth, o.answer)}).equal);
  }
};

struct numeric_rule : short_answer_rule<numeric_rule, short_answer_list<op::numeric_equal, answer_place::boxed>, true> {
  static double reward(const std::string& answer, const rollouts& prompt, const options& o) {
    const std::string reference = reference_of(prompt.ground_truth, o.answer);
    return double(numeric_equal({answer, reference}, o.compare).equal);
  }
};

struct exact_match_rule
    : short_answer_rule<exact_match_rule, short_answer_list<op::exact_match, answer_place::tag>, true> {
  static double reward(const std::string& answer, const rollouts& prompt, const options& o) {
    return double(exact_match({answer, prompt.answers}, o.compare).match);
  }
};

struct f1_rule : short_answer_rule<f1_rule, short_answer_list<op::token_f1, answer_place::tag>, true> {
  static double reward(const std::string& answer, const rollouts& prompt, const options& o) {
    return token_f1({answer, prompt.answers}, o.compare).f1;
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

}  // namespace

void add_answer_rules(std::vector<rule_kind>& all) {
  const wanted_keys one, several{.ground_truth = wanted_keys::several};
  all.insert(all.end(), {
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
  });
}

}  // namespace guerdon::examples
