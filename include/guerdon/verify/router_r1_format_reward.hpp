#pragma once
// Whether a completion that asks other models keeps to the form: thoughts, searches with a model's name and a question,
// one answer at the end.
//
// $$r = \begin{cases} 0 & \text{the form holds} \\ r_- & \text{otherwise} \end{cases}$$
//
// The form: blocks <think>, <search>, <information> and <answer>, each closed, none inside another. It begins with
// <think> and ends with </answer>; exactly one answer, at least one thought, as many searches as pieces of information;
// no thought is empty or "..."; a search is "name: question" with one colon, a question that does not hold the name,
// and a name that one of `name_rules` accepts.
//
// A rule is a list of parts joined by "+" that must all occur in the name, in lower case; a part "!x" says that x must
// not.
//
// Source: Router-R1, arXiv:2506.09033, qa_em.py and route_service.py.
//
// Details that differ:
// - The default rules say what the official cascade of model names accepts; give those of your own models.
// - Free text may stand between blocks.
//
// Cost: linear; the names' rules and the questions linear in each search. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/verify/tags.hpp>

#include <span>

namespace guerdon {
namespace op {
struct router_r1_format_reward : host_kind {
  static constexpr info about{"router_r1_format_reward", "verify", "Form of thoughts, searches and answer (Router-R1)",
                              "arXiv:2506.09033", skeleton::host};
  struct inputs {
    std::string_view completion;  ///< the model's text of all turns, with the information that was put in
    text_view name_rules = {};    ///< which model names are valid; left out: those of the paper's models; empty: none
  };
  struct outputs {
    double reward = 0;  ///< 0 or penalty
  };
  struct options {
    double penalty = -1;
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("completion", &I::completion, "B", words().together("routed turns")),
                      optional_array("name_rules", &I::name_rules, "R", words()));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("reward", &O::reward, "B")); }
  static constexpr auto parameters() { return std::tuple(option("penalty", &options::penalty)); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The form that Router-R1 asks for.
namespace routing {

inline constexpr std::string_view openers[] = {"<search>", "<answer>", "<think>", "<information>"};
inline constexpr std::string_view closers[] = {"</search>", "</answer>", "</think>", "</information>"};
inline constexpr std::string_view standard_rules[] = {
    "qwen",      "palmyra",         "creative",       "llama+70b",      "llama+51b",     "llama+49b",
    "llama+8b",  "mistral+!llama",  "mixtral+!llama", "granite+!llama", "gemma+!llama"};

/// A name in lower case.
inline bool accepts(std::string_view rule, std::string_view name) {
  while (true) {
    const std::size_t end = rule.find('+');
    std::string_view part = rule.substr(0, end);
    const bool absent = part.starts_with('!');
    if (absent) part.remove_prefix(1);
    if (unicode::contains(name, part) == absent) return false;
    if (end == rule.npos) return true;
    rule.remove_prefix(end + 1);
  }
}
inline bool is_model(std::string_view name, text_view rules) {
  for (index_t k = 0; k < rules.size(); ++k)
    if (accepts(rules[k], name)) return true;
  return false;
}

/// "name: question".
inline bool is_search(std::string_view content, text_view rules) {
  if (!tags::occurs_once(content, ":")) return false;
  const std::string lower = unicode::lower(content);
  for (const std::string_view placeholder : {"llm-name", "your-query"})
    if (lower.find(placeholder) != lower.npos) return false;
  const std::size_t colon = content.find(':');
  const std::string name = unicode::lower(unicode::trim(content.substr(0, colon)));
  const std::string question = unicode::lower(unicode::trim(content.substr(colon + 1)));
  return !question.empty() && !unicode::contains(question, name) && is_model(name, rules);
}

/// The whole form.
inline bool in_form(std::string_view text, text_view rules) {
  index_t blocks[4] = {};
  for (int t = 0; t < 4; ++t)
    if (tags::count(text, openers[t]) != tags::count(text, closers[t])) return false;
  const std::string_view trimmed = unicode::trim(text);
  if (!trimmed.starts_with("<think>") || !trimmed.ends_with("</answer>")) return false;

  tags::finder next[] = {{text, openers[0]}, {text, openers[1]}, {text, openers[2]}, {text, openers[3]}};
  tags::finder ends[] = {{text, closers[0]}, {text, closers[1]}, {text, closers[2]}, {text, closers[3]}};
  for (std::size_t at = 0;;) {
    int first = 0;
    for (int t = 1; t < 4; ++t)
      if (next[t].from(at) < next[first].from(at)) first = t;
    const std::size_t begin = next[first].from(at);
    if (begin == text.npos) break;
    const std::size_t inside = begin + openers[first].size(), end = ends[first].from(inside);
    at = inside;
    if (end == text.npos) continue;  // an opener without its closer is passed over
    const std::string_view content = unicode::trim(text.substr(inside, end - inside));
    for (int t = 0; t < 4; ++t)
      if (content.find(openers[t]) != content.npos || content.find(closers[t]) != content.npos) return false;
    if (first == 2 && (content.empty() || content == "...")) return false;
    if (first == 0 && !is_search(content, rules)) return false;
    ++blocks[first];
    at = end + closers[first].size();
  }
  return blocks[1] == 1 && blocks[2] > 0 && blocks[0] == blocks[3];
}

}  // namespace routing

/// One completion.
inline op::router_r1_format_reward::outputs router_r1_format_reward(
    const op::router_r1_format_reward::inputs& in, const op::router_r1_format_reward::options& o = {}) {
  check<op::router_r1_format_reward>(in, o);
  const text_view rules = in.name_rules ? in.name_rules : text_view(std::span(routing::standard_rules));
  return {routing::in_form(in.completion, rules) ? 0 : o.penalty};
}

/// A batch, in order.
inline auto router_r1_format_reward(const host_rows& rows, std::span<const op::router_r1_format_reward::inputs> in,
                                    const op::router_r1_format_reward::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return router_r1_format_reward(row, o); });
}

}}  // namespace guerdon
