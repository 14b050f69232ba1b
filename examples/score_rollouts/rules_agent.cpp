// Rules on agents that search or ask, on patches and on charts.

#include <guerdon/verify/reseek_reward.hpp>
#include <guerdon/verify/router_r1_reward.hpp>
#include <guerdon/verify/soft_numeric_match.hpp>
#include <guerdon/verify/swe_rl_reward.hpp>

#include "rules_of.hpp"

namespace guerdon::examples {
namespace {

struct search_rule {
  using list = op::reseek_reward;
  using options = list::options;
  static verdict score(const options& o, const rollouts& prompt, const response& r) {
    op::reseek_reward::inputs in{r.text, prompt.answers};
    std::vector<double> similarity;
    if (const keyed_value* v = find(r.values, "similarity")) {
      similarity = items_in(*v, v->value, number_in);
      in.similarity = similarity;
    }
    const auto reward = reseek_reward(in, o);
    return {.reward = reward.reward, .correct = reward.answer_reward == 1};
  }
};

struct router_rule {
  using list = op::router_r1_reward;
  using options = list::options;
  static verdict score(const options& o, const rollouts& prompt, const response& r) {
    op::router_r1_reward::inputs in{r.text, prompt.answers};
    if (const keyed_value* v = find(r.values, "cost_reward")) in.cost_reward = number_in(*v, v->value);
    std::vector<std::string> rules;
    if (const keyed_value* v = find(prompt.values, "name_rules")) {
      rules = items_in(*v, v->value, text_in);
      in.name_rules = rules;
    }
    const auto reward = router_r1_reward(in, o);
    return {.reward = reward.reward, .correct = reward.metric == 1};
  }
};

struct patch_rule {
  using list = op::swe_rl_reward;
  using options = list::options;
  static verdict score(const options& o, const rollouts& prompt, const response& r) {
    const named_texts before = named_texts_in(at(prompt.values, "files")),
                      after = named_texts_in(at(prompt.values, "oracle"));
    return {.reward = swe_rl_reward({r.text, before.name, before.text, after.name, after.text}, o).reward};
  }
};

struct patch_similarity_rule {
  using list = op::swe_rl_patch_reward;
  using options = list::options;
  static verdict score(const options& o, const rollouts& prompt, const response& r) {
    const named_texts predicted = named_texts_in(at(r.values, "patches")),
                      oracle = named_texts_in(at(prompt.values, "patches"));
    return {.reward = swe_rl_patch_reward({predicted.name, predicted.text, oracle.name, oracle.text}, o).reward};
  }
};

struct chart_values_rule {
  using list = op::soft_numeric_match;
  using options = list::options;
  static verdict score(const options& o, const rollouts& prompt, const response& r) {
    const keyed_value &g = at(prompt.values, "values"), &p = at(r.values, "values");
    const auto predicted = items_in(p, p.value, number_in), gold = items_in(g, g.value, number_in);
    const std::array<index_t, 2> predictions{0, static_cast<index_t>(predicted.size())},
        golds{0, static_cast<index_t>(gold.size())};
    return {.reward = soft_numeric_match<double>(one_at_a_time, {predicted, predictions, gold, golds}, o)[0]};
  }
};

}  // namespace

void add_agent_rules(std::vector<rule_kind>& all) {
  constexpr auto several = wanted_keys::several;
  all.insert(all.end(), {
      {"search", "answer and judgements of a search agent (ReSeek)", "reseek_reward",
       reads({}, {{"similarity", false}}, several),
       "the answer or an array of them; responses[i].similarity: a score for each judgement", 1,
       make_rule<search_rule>},
      {"router", "form, answer and cost of a router (Router-R1)", "router_r1_reward",
       reads({{"name_rules", false}}, {{"cost_reward", false}}, several),
       "the answer or an array of them; name_rules: model names; responses[i].cost_reward: a number", 1,
       make_rule<router_rule>},
      {"patch", "similarity of search/replace edits to the true change (SWE-RL)", "swe_rl_reward",
       reads({{"files", true}, {"oracle", true}}, {}),
       "files, oracle: {\"path\": \"text\"} before and after the change", 1, make_rule<patch_rule>},
      {"patch_similarity", "similarity of patches that are given", "swe_rl_patch_reward",
       reads({{"patches", true}}, {{"patches", true}}), "patches, responses[i].patches: {\"path\": \"patch\"}", 1,
       make_rule<patch_similarity_rule>},
      {"chart_values", "share of data values within a tolerance", "soft_numeric_match",
       reads({{"values", true}}, {{"values", true}}), "values, responses[i].values: arrays of numbers", 1,
       make_rule<chart_values_rule>},
  });
}

}  // namespace guerdon::examples
