#pragma once
// Every operation on texts, by name, as one function of two texts: one stands wherever a model's text goes, the other
// wherever the caller's does. Which options it takes is drawn from a number, so that a fuzzer reaches them all.

#include <guerdon/judge/first_sentence.hpp>
#include <guerdon/judge/master_key_detect.hpp>
#include <guerdon/judge/parse_binary_verdict.hpp>
#include <guerdon/judge/parse_preference_strength.hpp>
#include <guerdon/judge/reasoning_tag_score.hpp>
#include <guerdon/judge/split_thinking.hpp>
#include <guerdon/verify/apply_search_replace.hpp>
#include <guerdon/verify/bleu.hpp>
#include <guerdon/verify/bleu_tokenize.hpp>
#include <guerdon/verify/code_io_accuracy.hpp>
#include <guerdon/verify/edit_similarity.hpp>
#include <guerdon/verify/exact_match.hpp>
#include <guerdon/verify/extract_boxed.hpp>
#include <guerdon/verify/extract_judge_pairs.hpp>
#include <guerdon/verify/extract_sql.hpp>
#include <guerdon/verify/extract_tag.hpp>
#include <guerdon/verify/gsm8k_reward.hpp>
#include <guerdon/verify/math_normalize.hpp>
#include <guerdon/verify/math_string_equal.hpp>
#include <guerdon/verify/mt_r1_reward.hpp>
#include <guerdon/verify/multiple_choice_reward.hpp>
#include <guerdon/verify/normalize_answer.hpp>
#include <guerdon/verify/numeric_equal.hpp>
#include <guerdon/verify/parse_search_replace.hpp>
#include <guerdon/verify/reseek_reward.hpp>
#include <guerdon/verify/rouge_l.hpp>
#include <guerdon/verify/router_r1_reward.hpp>
#include <guerdon/verify/schema_linking_reward.hpp>
#include <guerdon/verify/sequence_matcher_blocks.hpp>
#include <guerdon/verify/sequence_matcher_ratio.hpp>
#include <guerdon/verify/shop_r1_reward.hpp>
#include <guerdon/verify/sql_execution_match.hpp>
#include <guerdon/verify/sql_ngram_similarity.hpp>
#include <guerdon/verify/swe_rl_reward.hpp>
#include <guerdon/verify/tag_count_reward.hpp>
#include <guerdon/verify/think_answer_format.hpp>
#include <guerdon/verify/token_f1.hpp>
#include <guerdon/verify/toolrl_reward.hpp>
#include <guerdon/verify/ui_genie_action_match.hpp>
#include <guerdon/verify/ui_r1_reward.hpp>
#include <guerdon/verify/unified_diff.hpp>
#include <guerdon/verify/vision_r1_format_reward.hpp>
#include <guerdon/verify/vision_r1_parse_boxes.hpp>
#include <guerdon/verify/word_repetition_penalty.hpp>
#include <guerdon/verify/xml_count_reward.hpp>

#include <array>
#include <cmath>
#include <string_view>

namespace text_operations {

using namespace guerdon;
using text = std::string_view;

struct operation {
  const char* name;
  double (*run)(text model, text other, unsigned options);
  bool quadratic = false;  ///< in both texts: it has max_work, and its time is not compared with their length
};

template <class E>
constexpr E one_of(unsigned options, unsigned alternatives) {
  return static_cast<E>(options % alternatives);
}
inline double size(std::size_t n) { return static_cast<double>(n); }
inline double size(bool b) { return b; }

/// A reference that cannot be read is refused: that is no fault.
template <class Call>
double or_refused(Call call) {
  try {
    return call();
  } catch (const std::invalid_argument&) {
    return -1;
  }
}

inline constexpr operation all[] = {
    {"extract_boxed",
     [](text a, text, unsigned k) {
       return size(extract_boxed({a}, {one_of<boxed_mode>(k, 2), k % 4 > 1}).content.size());
     }},
    {"extract_tag",
     [](text a, text, unsigned k) {
       return size(extract_tag({a}, {.which = one_of<which_block>(k, 2), .strip = k % 4 > 1}).content.size());
     }},
    {"extract_sql", [](text a, text, unsigned) { return size(extract_sql({a}).sql.size()); }},
    {"extract_judge_pairs", [](text a, text, unsigned) { return size(extract_judge_pairs({a}).judge.size()); }},
    {"math_normalize", [](text a, text, unsigned) { return size(math_normalize({a}).ok); }},
    {"math_string_equal",
     [](text a, text b, unsigned k) {
       return size(math_string_equal({a, b}, {one_of<answer_units>(k, 2)}).equal);
     }},
    {"numeric_equal",
     [](text a, text b, unsigned k) {
       return size(numeric_equal({a, b}, {.percent_tolerant = k % 4 > 1, .units = one_of<answer_units>(k, 2)}).equal);
     }},
    {"gsm8k_reward",
     [](text a, text b, unsigned k) {
       return gsm8k_reward(
                  {a, b}, {.method = one_of<gsm8k_method>(k, 2), .clip_chars = k % 8 > 3 ? 300 : 0, .clean = k % 4 > 1})
           .reward;
     }},
    {"normalize_answer",
     [](text a, text, unsigned k) {
       return size(normalize_answer({a}, {one_of<answer_numbers>(k, 2)}).normalized.size());
     }},
    {"exact_match",
     [](text a, text b, unsigned k) {
       const std::array refs{b, text("answer")};
       return size(
           exact_match({a, refs}, {.mode = one_of<exact_match_mode>(k, 2), .numbers = one_of<answer_numbers>(k / 2, 2)})
               .match);
     }},
    {"token_f1",
     [](text a, text b, unsigned k) {
       const std::array refs{b, text("answer")};
       return token_f1({a, refs}, {.special_answers = k % 2 == 1, .empty_rule = one_of<empty_answer_rule>(k / 2, 2)})
           .f1;
     }},
    {"multiple_choice_reward",
     [](text a, text, unsigned k) {
       return multiple_choice_reward({a, "A"}, {.mode = one_of<choice_mode>(k, 2)}).reward;
     }},
    {"code_io_accuracy",
     [](text a, text b, unsigned k) {
       const std::array printed{a};
       const std::array expected{b};
       const std::array<index_t, 1> ran{};
       return code_io_accuracy({printed, expected, ran}, {.compare = one_of<output_compare>(k, 4)}).reward;
     }},
    {"think_answer_format",
     [](text a, text, unsigned k) {
       return think_answer_format({a}, {one_of<think_answer_template>(k, 3), k % 2 == 1}).reward;
     }},
    {"tag_count_reward", [](text a, text, unsigned) { return tag_count_reward({a}).reward; }},
    {"xml_count_reward", [](text a, text, unsigned) { return xml_count_reward({a}).reward; }},
    {"word_repetition_penalty",
     [](text a, text, unsigned k) { return word_repetition_penalty({a}, {.ngram_size = 1 + k % 4}).reward; }},
    {"bleu_tokenize",
     [](text a, text, unsigned k) {
       return size(bleu_tokenize({a}, {one_of<bleu_tokenizer>(k, 4), k % 8 > 3}).tokens.size());
     }},
    {"bleu",
     [](text a, text b, unsigned k) {
       const std::array one{a};
       const std::array refs{b, text("the cat sat on it")};
       const std::array<index_t, 2> cut{0, 2};
       return bleu({one, refs, cut},
                   {.tokenizer = one_of<bleu_tokenizer>(k, 4), .smooth_method = one_of<bleu_smoothing>(k / 4, 4)})
           .score[0];
     }},
    {"mt_r1_reward",
     [](text a, text b, unsigned k) {
       return mt_r1_reward({a, b}, {.tokenizer = one_of<bleu_tokenizer>(k, 4),
                                    .check_think = k % 8 > 3,
                                    .header = one_of<chat_header>(k / 8, 2)})
           .reward;
     }},
    {"rouge_l",
     [](text a, text b, unsigned k) {
       return rouge_l({a, b}, {.tokenizer = one_of<rouge_tokenizer>(k, 3)}).f;
     },
     true},
    {"edit_similarity",
     [](text a, text b, unsigned) {
       return edit_similarity({a, b}).similarity;
     },
     true},
    {"sequence_matcher_ratio",
     [](text a, text b, unsigned k) {
       return sequence_matcher_ratio({a, b}, {.autojunk = k % 2 == 1}).ratio;
     },
     true},
    {"sequence_matcher_blocks",
     [](text a, text b, unsigned k) {
       return size(sequence_matcher_blocks({a, b}, {.autojunk = k % 2 == 1}).block_size.size());
     },
     true},
    {"unified_diff",
     [](text a, text b, unsigned k) {
       return size(unified_diff({b, a}, {.context = k % 5}).diff.size());
     },
     true},
    {"swe_rl_patch_reward",
     [](text a, text b, unsigned) {
       const std::array path{text("x")};
       const std::array p{a};
       const std::array q{b};
       return swe_rl_patch_reward({path, p, path, q}).reward;
     },
     true},
    {"parse_search_replace", [](text a, text, unsigned) { return size(parse_search_replace({a}).path.size()); }},
    {"apply_search_replace",
     [](text a, text b, unsigned) {
       return or_refused([&] {
         const std::array path{text("x")};
         const std::array context{b};
         const std::array find{a.substr(0, 3)};
         const std::array put{a};
         return size(apply_search_replace({path, context, path, find, put}).new_text.size());
       });
     }},
    {"swe_rl_reward",
     [](text a, text b, unsigned) {
       const std::array path{text("x")};
       const std::array before{b};
       const std::array after{text("y")};
       return swe_rl_reward({a, path, before, path, after}).reward;
     }},
    {"toolrl_correctness_reward",
     [](text a, text b, unsigned k) {
       return or_refused([&] {
         return toolrl_correctness_reward(
                    {a, k % 2 ? b : text("<tool_call>\n{\"name\": \"f\", \"parameters\": {}}\n</tool_call>")},
                    {.match = one_of<toolrl_match>(k / 2, 4)})
             .reward;
       });
     }},
    {"toolrl_format_reward",
     [](text a, text b, unsigned k) {
       return toolrl_format_reward({a, b}, {.schedule = one_of<toolrl_schedule>(k, 3)}).reward;
     }},
    {"toolrl_length_reward", [](text a, text, unsigned) { return toolrl_length_reward({a}).reward; }},
    {"toolrl_reward",
     [](text a, text b, unsigned k) {
       return or_refused([&] {
         return toolrl_reward({a, k % 2 ? b : text("<response>")}, {.with_length = true}).reward;
       });
     }},
    {"sql_ngram_similarity",
     [](text a, text b, unsigned k) {
       return sql_ngram_similarity({a, {}, b, {}}, {.ngram_size = 1 + k % 3}).similarity;
     }},
    {"sql_execution_match",
     [](text a, text b, unsigned k) {
       const std::array p{a, b};
       const std::array q{b, a};
       return size(sql_execution_match({p, q, 0}, {.mode = one_of<result_match>(k, 3)}).match);
     }},
    {"schema_linking_reward",
     [](text a, text b, unsigned k) {
       const std::array p{a, b};
       const std::array q{b};
       return schema_linking_reward({p, q}, {one_of<schema_mode>(k, 2), k % 4 > 1}).reward;
     }},
    {"ui_r1_reward",
     [](text a, text b, unsigned k) {
       return ui_r1_reward({a, k % 4 > 1 ? b : text("<answer>'action': click [1, 1, 2, 2]</answer>"), {1, 1}},
                           {one_of<ui_r1_template>(k, 2)})
           .reward;
     }},
    {"ui_genie_action_match",
     [](text a, text b, unsigned k) {
       constexpr text kinds[] = {"type", "open", "swipe", "terminate"};
       return size(ui_genie_action_match({kinds[k % 4], kinds[k % 4], {0, 0}, {0, 0, 1, 1}, a, b}).match);
     }},
    {"shop_r1_action_reward",
     [](text a, text, unsigned) {
       return shop_r1_action_reward({"click", a, a, "click", "add to cart", "a"}).reward;
     }},
    {"shop_r1_reward",
     [](text a, text, unsigned k) {
       return shop_r1_reward({a, "click", "add to cart", ""}, {.strict_keys = k % 2 == 1}).reward;
     }},
    {"reseek_reward",
     [](text a, text, unsigned k) {
       const std::array targets{text("the answer"), text("a")};
       return reseek_reward({a, targets}, {.per_step_mean = k % 2 == 1}).reward;
     }},
    {"router_r1_format_reward", [](text a, text, unsigned) { return router_r1_format_reward({a}).reward; }},
    {"router_r1_reward",
     [](text a, text b, unsigned k) {
       const std::array targets{b, text("a")};
       return router_r1_reward({a, targets}, {.metric = one_of<answer_metric>(k, 2)}).reward;
     }},
    {"vision_r1_parse_boxes", [](text a, text, unsigned) { return size(vision_r1_parse_boxes({a}).label.size()); }},
    {"vision_r1_format_reward",
     [](text a, text, unsigned k) { return vision_r1_format_reward({a, k % 2}).format_reward; }},
    {"parse_binary_verdict",
     [](text a, text, unsigned k) {
       // 0: `agreed`, which does most.
       return static_cast<double>(parse_binary_verdict({a}, {one_of<verdict_pick>(k + 2, 3)}).verdict);
     }},
    {"parse_preference_strength",
     [](text a, text, unsigned k) {
       const double strength =
           parse_preference_strength({a}, {one_of<strength_scale>(k, 2), k % 4 > 1, k % 8 > 3}).strength;
       return std::isnan(strength) ? 0 : strength;
     }},
    {"master_key_detect",
     [](text a, text b, unsigned k) {
       const std::array keys{b, text("Solution")};
       return static_cast<double>(master_key_detect({a, k % 2 ? text_view(keys) : text_view()}).kind);
     }},
    {"first_sentence", [](text a, text, unsigned) { return size(first_sentence({a}).opener.size()); }},
    {"split_thinking", [](text a, text, unsigned) { return size(split_thinking({a}).answer.size()); }},
    {"reasoning_tag_score", [](text a, text, unsigned) { return reasoning_tag_score({a}).score; }},
};

}  // namespace text_operations
