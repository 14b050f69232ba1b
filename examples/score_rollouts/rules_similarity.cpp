// Rules that say how similar a response and a reference text are.

#include <guerdon/verify/bleu.hpp>
#include <guerdon/verify/edit_similarity.hpp>
#include <guerdon/verify/mt_r1_reward.hpp>
#include <guerdon/verify/rouge_l.hpp>
#include <guerdon/verify/sequence_matcher_ratio.hpp>

#include "short_answer.hpp"

namespace guerdon::examples {
namespace {

struct rouge_l_rule : short_answer_rule<rouge_l_rule, short_answer_list<op::rouge_l, answer_place::whole>, false> {
  static double reward(const std::string& answer, const rollouts& prompt, const options& o) {
    return rouge_l({answer, prompt.ground_truth}, o.compare).f;
  }
};

struct bleu_rule : short_answer_rule<bleu_rule, short_answer_list<op::bleu, answer_place::whole>, false> {
  static double reward(const std::string& answer, const rollouts& prompt, const options& o) {
    const std::array one{std::string_view(answer)};
    const std::array<index_t, 2> all{0, static_cast<index_t>(prompt.answers.size())};
    return bleu({one, prompt.answers, all}, o.compare).score[0] / 100;
  }
};

struct edit_similarity_rule
    : short_answer_rule<edit_similarity_rule, short_answer_list<op::edit_similarity, answer_place::whole>, false> {
  static double reward(const std::string& answer, const rollouts& prompt, const options& o) {
    return edit_similarity({answer, prompt.ground_truth}, o.compare).similarity;
  }
};

struct difflib_rule
    : short_answer_rule<difflib_rule, short_answer_list<op::sequence_matcher_ratio, answer_place::whole>, false> {
  static double reward(const std::string& answer, const rollouts& prompt, const options& o) {
    return sequence_matcher_ratio({answer, prompt.ground_truth}, o.compare).ratio;
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

}  // namespace

void add_similarity_rules(std::vector<rule_kind>& all) {
  const wanted_keys one, several{.ground_truth = wanted_keys::several};
  all.insert(all.end(), {
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
  });
}

}  // namespace guerdon::examples
