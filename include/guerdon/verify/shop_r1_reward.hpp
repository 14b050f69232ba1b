#pragma once
// The reward of a completion that predicts a shopper's action with its rationale, as one JSON object.
//
// $$r = [\text{form}]\,(w_f + r_{\text{action}} + w_c\, c)$$
//
// with the reward of shop_r1_action_reward and c the self_certainty of the rationale. The form is {"rationale": "...",
// "action": {"type": "...", "name": "...", "text": "..."}}, and nothing around it; name and text may be missing.
//
// Source: Shop-R1, arXiv:2507.17842, equation 4.
//
// Details that differ:
// - Bad form earns nothing at all, not even its certainty. A block of code around the object is bad form.
// - JSON is read as Python does (json_reader.hpp). `strict_keys` false allows further members.
// - The penalty for leaving the reference policy belongs to the trainer.
//
// Cost: linear, and that of rouge_l. No gradient.

#include <guerdon/verify/json_reader.hpp>
#include <guerdon/verify/shop_r1_action_reward.hpp>

namespace guerdon {
namespace op {
struct shop_r1_reward : host_kind {
  static constexpr info about{"shop_r1_reward", "verify", "Form, action and certainty of a simulated shopper (Shop-R1)",
                              "arXiv:2507.17842", skeleton::host};
  struct inputs {
    std::string_view completion;
    std::string_view gold_type;
    std::string_view gold_name;
    std::string_view gold_text;
    double self_certainty = 0;  ///< of the rationale
  };
  struct outputs {
    double format_reward = 0;
    double action_reward = 0;
    double reward = 0;
  };
  struct options {
    double format_weight = 0.5;
    double certainty_weight = 0.005;
    bool strict_keys = true;  ///< rationale and action, no other member
    shop_r1_weights weights = {};
  };

  template <class I>
  static constexpr auto arguments() {
    constexpr range type = words().together("shop action"), field = words().together("labels");
    return std::tuple(array("completion", &I::completion, "B", words().together("shop completion")),
                      array("gold_type", &I::gold_type, "B", type), array("gold_name", &I::gold_name, "B", field),
                      array("gold_text", &I::gold_text, "B", field),
                      array("self_certainty", &I::self_certainty, "B", drawn(0, 30)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("format_reward", &O::format_reward, "B"), array("action_reward", &O::action_reward, "B"),
                      array("reward", &O::reward, "B"));
  }
  static constexpr auto parameters() {
    return std::tuple_cat(std::tuple(option("format_weight", &options::format_weight),
                                     option("certainty_weight", &options::certainty_weight),
                                     flag("strict_keys", &options::strict_keys)),
                          nested("weights", &options::weights));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {
namespace shop {

/// The action of a completion in good form, nullptr otherwise.
inline const json_text::value* action_of(const std::optional<json_text::value>& completion, bool strict_keys) {
  if (!completion || !completion->is_object()) return nullptr;
  const json_text::value *rationale = completion->find("rationale"), *action = completion->find("action");
  if (!rationale || !rationale->is_string() || !action || !action->is_object()) return nullptr;
  const json_text::value* type = action->find("type");
  if (!type || !type->is_string() || (strict_keys && completion->names.size() != 2)) return nullptr;
  return action;
}

}  // namespace shop

/// One completion.
inline op::shop_r1_reward::outputs shop_r1_reward(const op::shop_r1_reward::inputs& in,
                                                  const op::shop_r1_reward::options& o = {}) {
  check<op::shop_r1_reward>(in, o);
  const auto completion = json_text::read(in.completion);
  const json_text::value* action = shop::action_of(completion, o.strict_keys);
  if (!action) return {};
  const auto field = [&](std::string_view name) {
    const json_text::value* v = action->find(name);
    return v && v->is_string() ? std::string_view(v->text) : std::string_view();
  };
  const std::string type = unicode::generalised(in.gold_type);  // as strings of JSON are
  const double reward = shop_r1_action_reward({field("type"), field("name"), field("text"), type, in.gold_name,
                                               in.gold_text}, {o.weights}).reward;
  return {o.format_weight, reward, o.format_weight + reward + o.certainty_weight * in.self_certainty};
}

/// A batch, in order.
inline auto shop_r1_reward(const host_rows& rows, std::span<const op::shop_r1_reward::inputs> in,
                           const op::shop_r1_reward::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return shop_r1_reward(row, o); });
}

}}  // namespace guerdon
