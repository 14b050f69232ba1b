#pragma once
// The reward of a predicted action in a shop: its type first, then what it acts on and what it types.
//
// $$r = [\text{types equal}]\,(w_t + r_{\text{attribute}} + r_{\text{value}})$$
//
//   click             attribute $w_c$ if there is a name; value D s(name)
//   type_and_submit   attribute $w_n$ if there is a name, $w_x$ if there is a text; value $w_s$ s(name) + D s(text)
//   any other         nothing more
//
// with s the F of rouge_l against the right one where it exceeds a threshold, else 0, and D the factor that makes the
// hard fields outweigh the easy "terminate".
//
// Source: Shop-R1, arXiv:2507.17842, table 1.
//
// Details that differ:
// - A similarity of exactly the threshold counts for nothing ("exceeds"). A re-implementation lets it count, compares
//   characters and scales by difficulty.
// - A field counts as present by the prediction alone.
//
// Cost: that of rouge_l. No gradient.

#include <guerdon/verify/rouge_l.hpp>

namespace guerdon {

/// What the parts of an action are worth.
struct shop_r1_weights {
  double type_weight = 0.3;
  double click_name_weight = 0.2;
  double submit_name_weight = 0.1;
  double submit_text_weight = 0.1;
  double submit_name_similarity_weight = 0.1;
  double dars_factor = 1000;           ///< what a name to click or a text to type is worth
  double similarity_threshold = 0.75;  ///< a similarity must exceed it

  static constexpr auto parameters() {
    using w = shop_r1_weights;
    return std::tuple(op::option("type_weight", &w::type_weight),
                      op::option("click_name_weight", &w::click_name_weight),
                      op::option("submit_name_weight", &w::submit_name_weight),
                      op::option("submit_text_weight", &w::submit_text_weight),
                      op::option("submit_name_similarity_weight", &w::submit_name_similarity_weight),
                      op::option("dars_factor", &w::dars_factor, op::drawn(0, 1000)),
                      op::option("similarity_threshold", &w::similarity_threshold, op::drawn(0, 1)));
  }
};

namespace op {
struct shop_r1_action_reward : host_kind {
  static constexpr info about{"shop_r1_action_reward", "verify",
                              "Type, target and text of a shopper's action (Shop-R1)",
                              "arXiv:2507.17842", skeleton::host};
  struct inputs {
    std::string_view predicted_type;  ///< terminate, click, type_and_submit; empty: absent, as in all of these
    std::string_view predicted_name;
    std::string_view predicted_text;
    std::string_view gold_type;
    std::string_view gold_name;
    std::string_view gold_text;
  };
  struct outputs {
    double type_reward = 0;
    double attribute_reward = 0;
    double value_reward = 0;
    double reward = 0;  ///< the sum of the others
  };
  struct options {
    shop_r1_weights weights = {};
  };

  template <class I>
  static constexpr auto arguments() {
    constexpr range type = words().together("shop action"), field = words().together("labels");
    return std::tuple(array("predicted_type", &I::predicted_type, "B", type),
                      array("predicted_name", &I::predicted_name, "B", field),
                      array("predicted_text", &I::predicted_text, "B", field),
                      array("gold_type", &I::gold_type, "B", type), array("gold_name", &I::gold_name, "B", field),
                      array("gold_text", &I::gold_text, "B", field));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("type_reward", &O::type_reward, "B"), array("attribute_reward", &O::attribute_reward, "B"),
                      array("value_reward", &O::value_reward, "B"), array("reward", &O::reward, "B"));
  }
  static constexpr auto parameters() { return nested("weights", &options::weights); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One action.
inline op::shop_r1_action_reward::outputs shop_r1_action_reward(const op::shop_r1_action_reward::inputs& in,
                                                                const op::shop_r1_action_reward::options& o = {}) {
  check<op::shop_r1_action_reward>(in, o);
  const shop_r1_weights& w = o.weights;
  if (in.predicted_type != in.gold_type) return {};
  const auto similarity = [&](std::string_view predicted, std::string_view gold) {
    const double f = rouge_l({predicted, gold}).f;
    return f > w.similarity_threshold ? f : 0;
  };
  op::shop_r1_action_reward::outputs out;
  out.type_reward = w.type_weight;
  const bool has_name = !in.predicted_name.empty(), has_text = !in.predicted_text.empty();
  if (in.gold_type == "click") {
    out.attribute_reward = has_name ? w.click_name_weight : 0;
    out.value_reward = w.dars_factor * similarity(in.predicted_name, in.gold_name);
  } else if (in.gold_type == "type_and_submit") {
    out.attribute_reward = (has_name ? w.submit_name_weight : 0) + (has_text ? w.submit_text_weight : 0);
    out.value_reward = w.submit_name_similarity_weight * similarity(in.predicted_name, in.gold_name) +
                       w.dars_factor * similarity(in.predicted_text, in.gold_text);
  }
  out.reward = out.type_reward + out.attribute_reward + out.value_reward;
  return out;
}

/// A batch, in order.
inline auto shop_r1_action_reward(const host_rows& rows, std::span<const op::shop_r1_action_reward::inputs> in,
                                  const op::shop_r1_action_reward::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return shop_r1_action_reward(row, o); });
}

}}  // namespace guerdon
