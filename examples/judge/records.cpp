#include "records.hpp"

#include <guerdon/judge/parse_binary_verdict.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

#include "rollout.hpp"
#include "rule.hpp"

namespace judging {

namespace {

const ex::rule rule;

using ex::bad_line;
using ex::keyed_value;
using ex::keyed_values;

const ex::wanted_keys wanted{.ground_truth = ex::wanted_keys::none,
                             .responses = false,
                             .text = false,
                             .of_line = {{"prompt", false},
                                         {"judge", false},
                                         {"a", false},
                                         {"b", false},
                                         {"winner", false},
                                         {"swapped", false},
                                         {"label", false},
                                         {"verdict", false},
                                         {"confidence", false},
                                         {"subset", false},
                                         {"attack", false}},
                             .of_response = {{"score", false}, {"scores", false}}};

[[noreturn]] void refuse(const keyed_value& v, const std::string& must) { throw bad_line(v.column, v.path, must); }

const keyed_value* at(const keyed_values& values, std::string_view key) {
  const auto found = values.find(key);
  return found == values.end() ? nullptr : &found->second;
}

std::string text_of(const keyed_values& values, std::string_view key, const std::string& otherwise) {
  const keyed_value* v = at(values, key);
  if (!v || v->value.is_null()) return otherwise;
  if (!v->value.is_string()) refuse(*v, "must be a string");
  return v->value.get<std::string>();
}

double number_of(const nlohmann::json& value, const keyed_value& v) {
  if (!value.is_number()) refuse(v, "must be a number, or name numbers");
  return value.get<double>();
}

/// Judges of the program's own keep their names.
std::string judge_name(const std::string& name, const keyed_value* v) {
  for (const char* own : {"rule", "votes", "calculations", "brevity"})
    if (v && name == own) refuse(*v, "names a judge '" + name + "', which is one of the program's own");
  return name;
}
std::string judge_of(const keyed_values& values, const std::string& otherwise) {
  return judge_name(text_of(values, "judge", otherwise), at(values, "judge"));
}

/// "a", "b", "tie"; null is what could not be read.
double side_of(const keyed_value& v) {
  if (v.value.is_null()) return ex::not_a_number;
  if (v.value == "a") return 1;
  if (v.value == "b") return -1;
  if (v.value == "tie") return 0;
  refuse(v, "must be \"a\", \"b\", \"tie\" or null");
}

bool yes_of(const keyed_value& v) {
  if (v.value.is_boolean()) return v.value.get<bool>();
  if (v.value == 0 || v.value == 1) return v.value == 1;
  refuse(v, "must be 0, 1, true or false");
}

}  // namespace

std::string final_answer(std::string_view text) { return guerdon::gsm8k_reward({rule.marked(text), ""}).extracted; }

double length_of(std::string_view text) { return static_cast<double>(ex::measure(text, ex::length_unit::words)); }

void records::take(const std::string& line) {
  ex::rollouts parsed = ex::parse_rollouts(line, wanted);
  if (parsed.has_responses) take_responses(parsed);
  else if (at(parsed.values, "winner")) take_pair(parsed);
  else if (at(parsed.values, "verdict")) take_verdict(parsed);
  else throw bad_line(1, "", "must have one of the keys responses, winner and verdict");
}

std::size_t records::candidate(const std::string& name, std::size_t column, const std::string& key) {
  const auto found = std::find(candidates.begin(), candidates.end(), name);
  if (found != candidates.end()) return static_cast<std::size_t>(found - candidates.begin());
  if (candidates.size() == most_candidates)
    throw bad_line(column, key,
                   "is one candidate more than the " + std::to_string(most_candidates) + " that are rated");
  candidates.push_back(name);
  return candidates.size() - 1;
}

void records::take_responses(ex::rollouts& line) {
  task t{text_of(line.values, "prompt", ""), !line.ground_truth.empty(), {}};
  std::optional<std::string> reference;
  if (t.by_rule) {
    reference = rule.reference_answer(line.ground_truth);
    if (!reference) throw bad_line(1, "ground_truth", "holds no final answer");
  }
  const std::vector<std::string> known = candidates;
  try {
    for (std::size_t i = 0; i < line.responses.size(); ++i) {
      ex::response& r = line.responses[i];
      const std::string path = "responses[" + std::to_string(i) + "]";
      answer a;
      a.extracted = final_answer(r.text);
      if (!t.by_rule && !r.is_correct)
        throw bad_line(1, path + ".is_correct", "is missing, and there is no ground_truth for a rule");
      a.right = t.by_rule ? guerdon::gsm8k_reward({rule.marked(r.text), *reference}).correct : *r.is_correct;
      a.label = r.is_correct;
      a.length = r.length ? static_cast<double>(*r.length) : length_of(r.text);
      a.candidate = candidate(r.source.empty() ? "(not named)" : r.source, 1, path + ".source");
      if (const keyed_value* v = at(r.values, "score")) a.score["score"] = number_of(v->value, *v);
      if (const keyed_value* v = at(r.values, "scores")) {
        if (!v->value.is_object()) refuse(*v, "must be an object of numbers by their judge");
        for (const auto& [name, score] : v->value.items()) a.score[judge_name(name, v)] = number_of(score, *v);
      }
      a.text = std::move(r.text);
      t.answers.push_back(std::move(a));
    }
  } catch (const bad_line&) {
    candidates = known;
    throw;
  }
  tasks.push_back(std::move(t));
}

void records::take_pair(const ex::rollouts& line) {
  const keyed_values& values = line.values;
  const keyed_value& winner = *at(values, "winner");
  const std::string a = text_of(values, "a", ""), b = text_of(values, "b", "");
  if (a.empty() || b.empty() || a == b) throw bad_line(1, a.empty() ? "a" : "b", "must name one of two candidates");
  pair_verdict p{judge_of(values, "pairs"), 0, 0, side_of(winner), {}, 0};
  if (const keyed_value* v = at(values, "swapped")) p.swapped = side_of(*v);
  if (const keyed_value* v = at(values, "label")) {
    p.label = static_cast<int>(std::isnan(side_of(*v)) ? 0 : side_of(*v));
    if (p.label == 0) refuse(*v, "must be \"a\" or \"b\"");
  }
  const std::size_t free = most_candidates - candidates.size();
  const auto is_new = [&](const std::string& name) {
    return std::find(candidates.begin(), candidates.end(), name) == candidates.end();
  };
  if (free < static_cast<std::size_t>(is_new(a)) + static_cast<std::size_t>(is_new(b)))
    throw bad_line(1, "a", "and b are more candidates than the " + std::to_string(most_candidates) + " that are rated");
  p.a = candidate(a, 1, "a");
  p.b = candidate(b, 1, "b");
  pairs.push_back(std::move(p));
}

void records::take_verdict(const ex::rollouts& line) {
  const keyed_values& values = line.values;
  const keyed_value& said = *at(values, "verdict");
  right_verdict v{judge_of(values, "verdicts"), text_of(values, "subset", ""), text_of(values, "attack", ""),
                  -1, 0};
  if (said.value.is_string())  // what a judge wrote: never guessed
    v.said = guerdon::parse_binary_verdict({said.value.get_ref<const std::string&>()}, {guerdon::verdict_pick::agreed})
                 .verdict;
  else if (!said.value.is_null())
    v.said = yes_of(said);
  if (const keyed_value* label = at(values, "label")) v.label = yes_of(*label);
  else if (!at(values, "attack")) throw bad_line(1, "label", "is missing: whether the judged answer is right");
  if (const keyed_value* c = at(values, "confidence"); c && !c->value.is_null()) {
    v.confidence = number_of(c->value, *c);
    if (!(v.confidence >= 0 && v.confidence <= 1)) refuse(*c, "must be between 0 and 1");
  }
  verdicts.push_back(std::move(v));
}

}  // namespace judging
