// Rules on boxes.

#include <guerdon/verify/box_iou.hpp>
#include <guerdon/verify/detection_f1.hpp>
#include <guerdon/verify/vision_r1_format_reward.hpp>
#include <guerdon/verify/vision_r1_localization_reward.hpp>
#include <guerdon/verify/vision_r1_parse_boxes.hpp>

#include "rules_of.hpp"

namespace guerdon::examples {
namespace {

/// Boxes and their labels, numbered as they come.
struct box_set {
  std::vector<double> corner;
  std::vector<std::string> name;
  index_t size() const { return static_cast<index_t>(name.size()); }
};
box_set true_boxes(const rollouts& prompt) {
  const keyed_value& v = at(prompt.values, "boxes");
  box_set boxes;
  items_in(v, v.value, [&](const keyed_value&, const json& j, const std::string& where) {
    if (!j.is_object() || !j.contains("bbox_2d"))
      refuse_value(v, where, "must be an object with bbox_2d, and a label if there are any");
    for (const double x : numbers_in<4>(v, j["bbox_2d"], where + ".bbox_2d")) boxes.corner.push_back(x);
    boxes.name.push_back(j.contains("label") ? text_in(v, j["label"], where + ".label") : "");
    return 0;
  });
  return boxes;
}
box_set written_boxes(std::string_view text) {
  const auto parsed = vision_r1_parse_boxes({text});
  return {{parsed.box.begin(), parsed.box.end()}, parsed.label};
}
/// Numbers for names: equal ones for equal names of both.
std::pair<std::vector<index_t>, std::vector<index_t>> labels(const box_set& a, const box_set& b) {
  std::map<std::string, index_t> numbers;
  const auto number = [&](const box_set& boxes) {
    std::vector<index_t> result;
    for (const std::string& name : boxes.name)
      result.push_back(numbers.emplace(name, static_cast<index_t>(numbers.size())).first->second);
    return result;
  };
  auto first = number(a);
  return {std::move(first), number(b)};
}

struct boxes_rule {
  using list = op::detection_f1;
  using options = list::options;
  static verdict score(const options& o, const rollouts& prompt, const response& r) {
    const box_set gold = true_boxes(prompt), predicted = written_boxes(r.text);
    const auto [predicted_label, gold_label] = labels(predicted, gold);
    const std::array<index_t, 2> predictions{0, predicted.size()}, golds{0, gold.size()};
    const auto f1 =
        detection_f1<double>(one_at_a_time,
                             {predicted.corner, predicted_label, predictions, gold.corner, gold_label, golds}, o)
            .f1;
    return {.reward = f1[0], .found = predicted.size() > 0};
  }
};

/// How well the only box that was written covers the only true one.
struct box_iou_options {
  bool generalized = false;  ///< giou, between -1 and 1
};
struct box_iou_rule {
  using options = box_iou_options;
  struct list {
    static constexpr auto parameters() { return std::tuple(op::flag("generalized", &options::generalized)); }
  };
  static void read(const options&, const rollouts& prompt) {
    if (true_boxes(prompt).size() != 1) refuse_value(at(prompt.values, "boxes"), "", "must hold exactly one box");
  }
  static verdict score(const options& o, const rollouts& prompt, const response& r) {
    const box_set gold = true_boxes(prompt), predicted = written_boxes(r.text);
    // Of several none is the answer: all would otherwise be tried at once.
    if (predicted.size() != 1) return {.reward = o.generalized ? -1.0 : 0.0, .found = false};
    const auto both = box_iou<double>(one_at_a_time, {predicted.corner, gold.corner}, {});
    return {.reward = o.generalized ? both.giou[0] : both.iou[0]};
  }
};

/// Vision-R1: form, recall and precision.
struct vision_rule {
  struct options : op::vision_r1_localization_reward::options {
    options() { stage = refinement_stage::off; }
  };
  struct list {
    static constexpr auto parameters() {
      auto stage = op::choice("stage", &op::vision_r1_localization_reward::options::stage);
      stage.info.required = false;
      return std::tuple(stage, op::flag("charge_extra", &op::vision_r1_localization_reward::options::charge_extra));
    }
  };
  static verdict score(const options& o, const rollouts& prompt, const response& r) {
    const box_set gold = true_boxes(prompt), predicted = written_boxes(r.text);
    const auto [predicted_label, gold_label] = labels(predicted, gold);
    const auto place = vision_r1_localization_reward({predicted.corner, predicted_label, gold.corner, gold_label}, o);
    const double form = vision_r1_format_reward({r.text, gold.size()}).format_reward;
    return {.reward = form + place.recall_reward + place.precision_reward, .found = predicted.size() > 0};
  }
};

}  // namespace

void add_box_rules(std::vector<rule_kind>& all) {
  all.insert(all.end(), {
      {"boxes", "F1 of boxes matched with the true ones", "vision_r1_parse_boxes, detection_f1",
       reads({{"boxes", true}}, {}), "boxes: an array of {\"bbox_2d\": [x1, y1, x2, y2], \"label\": \"...\"}", 1,
       make_rule<boxes_rule>},
      {"box_iou", "overlap of one box with the true one", "vision_r1_parse_boxes, box_iou",
       reads({{"boxes", true}}, {}), "boxes: likewise, one", 0.5, make_rule<box_iou_rule>},
      {"vision_r1", "form, recall and precision of boxes", "vision_r1_format_reward, vision_r1_localization_reward",
       reads({{"boxes", true}}, {}), "boxes: likewise", 2, make_rule<vision_rule>},
  });
}

}  // namespace guerdon::examples
