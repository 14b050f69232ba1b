#pragma once
// How much of the right tool calls a completion makes: names, parameters and values count by parts.
//
// $$r = r_{\min} + (r_{\max} - r_{\min}) \frac{S(\text{names}) + \sum_g s_g}{1 + \sum_g (1 + |\text{parameters of } g|)}$$
//
// over the reference's calls g, each of which takes the best of the predicted calls of its name that are left: $s_g$ =
// S of the names of their parameters, plus the parameters with the right value. S is 1 for equal lists, else the share
// of what two lists have in common (as multisets) of all that either has.
//
// Calls stand in the first <tool_call>, a JSON object with "name" and "parameters" to a line. The same calls in the
// same order earn $r_{\max}$; calls that cannot be read $r_{\min}$; a reference without calls earns 0 whatever was
// written.
//
// Source: ToolRL, arXiv:2504.13958, rlla.py (customize_correctness_reward_tool, compute_tool_call_reward).
//
// Details that differ:
// - The paper describes the best assignment of calls; its code, and this, go by the reference's order and take the
//   earliest of the best.
// - A reference that cannot be read is refused; the original raises, or gives the least reward.
// - JSON is Python's: 1 is 1.0 and true, NaN is nothing (json_reader.hpp).
// - Calls beyond the right ones cost only through the names.
//
// Cost: linear, but for calls of one name: those of the reference times those predicted times parameters. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/verify/json_reader.hpp>
#include <guerdon/verify/tags.hpp>
#include <guerdon/verify/toolrl.hpp>

#include <span>
#include <unordered_map>

namespace guerdon {
namespace op {
struct toolrl_correctness_reward : host_kind {
  static constexpr info about{"toolrl_correctness_reward", "verify",
                              "Tool calls against the right ones, by parts (ToolRL)",
                              "arXiv:2504.13958", skeleton::host};
  struct inputs {
    std::string_view completion;
    std::string_view answer;  ///< the reference completion, in the same notation
  };
  struct outputs {
    double reward = 0;
  };
  struct options {
    index_t step = 0;  ///< >= 0, of the training
    toolrl_schedule schedule = toolrl_schedule::none;
    toolrl_match match = toolrl_match::full;
    double max_reward = 3;
    double min_reward = -3;
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("completion", &I::completion, "B", words().together("tool call")),
                      array("answer", &I::answer, "B", words().together("tool call")));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("reward", &O::reward, "B")); }
  static constexpr auto parameters() {
    return std::tuple(option("step", &options::step, counts(160)), choice("schedule", &options::schedule),
                      choice("match", &options::match), option("max_reward", &options::max_reward),
                      option("min_reward", &options::min_reward));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {
namespace toolrl {

using json_text::value;

/// What all right pays and nothing right, at this step.
inline bounds correctness_bounds(const op::toolrl_correctness_reward::options& o) {
  const double step = static_cast<double>(o.step);
  switch (o.schedule) {
    case toolrl_schedule::none: break;
    case toolrl_schedule::two_stage:
      if (o.step < 30) return {o.min_reward / 3, o.max_reward / 3};
      break;
    case toolrl_schedule::smooth:
      return {std::max(-3.0, -2 + (o.min_reward + 2) * step / 150), std::min(3.0, 2 + (o.max_reward - 2) * step / 150)};
  }
  return {o.min_reward, o.max_reward};
}

/// The calls of the first <tool_call>; nothing if a line is no JSON.
inline std::optional<std::vector<value>> calls_of(std::string_view text) {
  constexpr std::string_view opener = "<tool_call>";
  text = text.substr(text.find(opener) + opener.size());
  text = unicode::trim(text.substr(0, std::min(text.find(opener), text.find("</tool_call>"))));
  std::vector<value> calls;
  while (true) {
    const std::size_t end = text.find('\n');
    auto call = json_text::read(text.substr(0, end));
    if (!call) return std::nullopt;
    calls.push_back(std::move(*call));
    if (end == text.npos) return calls;
    text.remove_prefix(end + 1);
  }
}

/// The share of what two lists have in common; equal lists are counted by the caller.
inline double overlap(index_t common, std::size_t n, std::size_t m) {
  if (n == 0 || m == 0) return 0;
  return static_cast<double>(common) / static_cast<double>(static_cast<index_t>(n + m) - common);
}

/// Of a scalar: equal keys for equal values. A NaN is like nothing else.
inline std::string key_of(const value& v, std::size_t place) {
  if (v.kind != json_text::kind::number || !v.text.empty())
    return std::string(1, static_cast<char>('0' + static_cast<int>(v.kind))) + v.text;
  if (v.number != v.number) return "n" + std::to_string(place);
  return "x" + std::to_string(bits_as<std::uint64_t>(v.number));
}

/// S of the names of two lists of calls. Nothing where a name is no scalar and they must be counted.
inline std::optional<double> name_score(const std::vector<value>& gold, const std::vector<value>& predicted,
                                        bool strict) {
  const auto name = [](const value& call) -> const value& { return *call.find("name"); };
  if (std::equal(gold.begin(), gold.end(), predicted.begin(), predicted.end(),
                 [&](const value& a, const value& b) { return name(a) == name(b); }))
    return 1;
  if (strict) return 0;
  std::unordered_map<std::string, index_t> left;
  std::size_t place = 0;
  index_t common = 0;
  for (const bool is_gold : {true, false})
    for (const value& call : is_gold ? gold : predicted) {
      const value& n = name(call);
      if (n.kind == json_text::kind::list || n.is_object()) return std::nullopt;
      index_t& count = left[key_of(n, place++)];
      if (is_gold) ++count;
      else if (count > 0) --count, ++common;
    }
  return overlap(common, gold.size(), predicted.size());
}

/// S of the names of two calls' parameters, and how many of the first have their value in the second.
inline double parameter_score(const value& gold, const value& predicted, bool strict) {
  index_t common = 0, right = 0;
  for (std::size_t k = 0; k < gold.names.size(); ++k)
    if (const value* other = predicted.find(gold.names[k])) {
      ++common;
      right += *other == gold.items[k];
    }
  const double names = gold.names == predicted.names ? 1
                       : strict                      ? 0
                                                     : overlap(common, gold.names.size(), predicted.names.size());
  return names + static_cast<double>(right);
}

/// The share of all there is to get right; nothing where the prediction cannot be read.
inline std::optional<double> share(const std::vector<value>& gold, const std::vector<value>& predicted,
                                   toolrl_match match) {
  if (gold == predicted) return 1;
  if (match == toolrl_match::exact) return std::nullopt;
  const bool strict = match == toolrl_match::strict_names, whole = match == toolrl_match::whole_call;
  for (const value& call : predicted)
    if (!call.is_object() || !call.find("name")) return std::nullopt;
  const auto names = name_score(gold, predicted, strict);
  if (!names) return std::nullopt;
  double score = *names, total = 1;
  std::vector<bool> used(predicted.size());
  for (const value& call : gold) {
    const value &name = *call.find("name"), &parameters = *call.find("parameters");
    total += whole ? 1 : 1 + static_cast<double>(parameters.names.size());
    double best = 0;
    std::size_t best_at = predicted.size();
    for (std::size_t k = 0; k < predicted.size(); ++k) {
      if (used[k] || !(*predicted[k].find("name") == name)) continue;
      if (whole) {
        if (!(predicted[k] == call)) continue;
        best = 1, best_at = k;
        break;
      }
      const value* other = predicted[k].find("parameters");
      if (!other || !other->is_object()) return std::nullopt;
      const double points = parameter_score(parameters, *other, strict);
      if (points > best) best = points, best_at = k;
    }
    if (best_at < predicted.size()) used[best_at] = true;
    score += best;
  }
  return score / total;
}

}  // namespace toolrl

/// One completion.
inline op::toolrl_correctness_reward::outputs toolrl_correctness_reward(
    const op::toolrl_correctness_reward::inputs& in, const op::toolrl_correctness_reward::options& o = {}) {
  const auto rule = check<op::toolrl_correctness_reward>(in, o);
  constexpr std::string_view opener = "<tool_call>";
  if (in.answer.find(opener) == in.answer.npos) return {0};
  const auto gold = toolrl::calls_of(in.answer);
  const auto is_call = [](const json_text::value& call) {
    const json_text::value* parameters = call.is_object() ? call.find("parameters") : nullptr;
    return parameters && parameters->is_object() && call.find("name");
  };
  rule(gold && std::all_of(gold->begin(), gold->end(), is_call), "answer",
       "must have a JSON object with name and parameters on each line of its tool call");

  const auto [least, most] = toolrl::correctness_bounds(o);
  if (in.completion.find(opener) == in.completion.npos || in.completion.find("</tool_call>") == in.completion.npos)
    return {least};
  const auto predicted = toolrl::calls_of(in.completion);
  const auto share = predicted ? toolrl::share(*gold, *predicted, o.match) : std::nullopt;
  if (!share) return {least};
  return {*share == 1 ? most : (most - least) * *share + least};
}

/// A batch, in order.
inline auto toolrl_correctness_reward(const host_rows& rows, std::span<const op::toolrl_correctness_reward::inputs> in,
                                      const op::toolrl_correctness_reward::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return toolrl_correctness_reward(row, o); });
}

}}  // namespace guerdon
