// What text.py calls: one operation over many pairs of texts, each kind of text end to end with its offsets; and what
// text_rules.py calls.

#include "../text_inputs.hpp"

#include <guerdon/backend/scalar.hpp>
#include <guerdon/length/ngram_repetition_dense_penalty.hpp>
#include <guerdon/length/ngram_repetition_penalty.hpp>
#include <guerdon/length/tail_ngram_repetition.hpp>
#include <guerdon/process/reasoning_step_split.hpp>
#include <guerdon/shaping/ngram_repeat_penalty.hpp>
#include <guerdon/statistics/answer_ids.hpp>
#include <guerdon/verify/bleu.hpp>
#include <guerdon/verify/bleu_tokenize.hpp>
#include <guerdon/verify/edit_similarity.hpp>
#include <guerdon/verify/exact_match.hpp>
#include <guerdon/verify/normalize_answer.hpp>
#include <guerdon/verify/numeric_equal.hpp>
#include <guerdon/verify/rouge_l.hpp>
#include <guerdon/verify/sequence_matcher_ratio.hpp>
#include <guerdon/verify/token_f1.hpp>
#include <guerdon/verify/unified_diff.hpp>
#include <guerdon/verify/vision_r1_parse_boxes.hpp>
#include <guerdon/verify/word_repetition_penalty.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <string_view>

namespace {

using namespace guerdon;
using text = std::string_view;

/// A text as a number that two programs can compare: FNV-1a of eight bytes at a time, which costs next to nothing.
double hashed(text s) {
  std::uint64_t h = 14695981039346656037u + s.size(), eight;
  for (; s.size() >= 8; s.remove_prefix(8)) {
    std::memcpy(&eight, s.data(), 8);
    h = (h ^ eight) * 1099511628211u;
  }
  if (!s.empty()) {
    eight = 0;
    std::memcpy(&eight, s.data(), s.size());
    h = (h ^ eight) * 1099511628211u;
  }
  return static_cast<double>(h >> 12);
}

/// Where the middle code point begins.
std::size_t unicode_half(text s) {
  std::size_t at = s.size() / 2;
  while (at > 0 && at < s.size() && (static_cast<unsigned char>(s[at]) & 0xC0) == 0x80) --at;
  return at;
}

struct named {
  text name;
  double (*run)(text a, text b);
};
constexpr named all[] = {
    {"ratio",
     [](text a, text b) {
       return sequence_matcher_ratio({a, b}).ratio;
     }},
    {"ratio_without_autojunk",
     [](text a, text b) {
       return sequence_matcher_ratio({a, b}, {.autojunk = false}).ratio;
     }},
    {"unified_diff",
     [](text a, text b) {
       return hashed(unified_diff({a, b}).diff);
     }},
    {"bleu", [](text a, text b) { return bleu_text::sentence_score(a, b, bleu_tokenizer::v13a); }},
    {"bleu_zh", [](text a, text b) { return bleu_text::sentence_score(a, b, bleu_tokenizer::zh); }},
    {"bleu_char", [](text a, text b) { return bleu_text::sentence_score(a, b, bleu_tokenizer::character); }},
    {"bleu_two_references",
     [](text a, text b) {  // the other text, and the first half of this one
       const std::array hypothesis{a};
       const std::array reference{b, a.substr(0, unicode_half(a))};
       const std::array<index_t, 2> all{0, 2};
       return bleu({hypothesis, reference, all}, {.lowercase = true, .effective_order = true}).score[0];
     }},
    {"bleu_tokenize", [](text a, text) { return hashed(bleu_tokenize({a}).tokens); }},
    {"word_repetition",
     [](text a, text) {
       return word_repetition_penalty({a}).reward;
     }},
    {"rouge_l",
     [](text a, text b) {
       return rouge_l({a, b}).f;
     }},
    {"normalize_answer", [](text a, text) { return hashed(normalize_answer({a}).normalized); }},
    {"exact_match",
     [](text a, text b) {
       const std::array reference{b};
       return double(exact_match({a, reference},
                                 {.numbers = answer_numbers::strip, .empty_reference = empty_reference_rule::official})
                         .match);
     }},
    {"token_f1",
     [](text a, text b) {
       const std::array reference{b};
       return token_f1({a, reference},
                       {.numbers = answer_numbers::strip, .empty_reference = empty_reference_rule::official})
           .f1;
     }},
    {"levenshtein",
     [](text a, text b) {
       return static_cast<double>(edit_similarity({a, b}).distance);
     }},
    {"numeric_equal",
     [](text a, text b) {
       return double(numeric_equal({a, b}).equal);
     }},
};

}  // namespace

/// 0, or 1 where there is no such operation.
extern "C" int guerdon_text(const char* name, std::int64_t pairs, const char* a, const std::int64_t* a_offsets,
                            const char* b, const std::int64_t* b_offsets, double* out) {
  const auto part = [](const char* bytes, const std::int64_t* offsets, std::int64_t i) {
    return text(bytes + offsets[i], static_cast<std::size_t>(offsets[i + 1] - offsets[i]));
  };
  for (const named& op : all) {
    if (op.name != name) continue;
    for (std::int64_t i = 0; i < pairs; ++i) out[i] = op.run(part(a, a_offsets, i), part(b, b_offsets, i));
    return 0;
  }
  return 1;
}

extern "C" {

// The inputs of text_rules.py, and what guerdon makes of them.
void guerdon_tokens(index_t n, index_t* out) {
  const auto t = bench::tokens(static_cast<std::size_t>(n));
  std::copy(t.begin(), t.end(), out);
}
/// kind 0: words, 1: a list of boxes. Returns the length; writes where out is given.
index_t guerdon_input_text(int kind, index_t bytes, char* out) {
  const std::string text = (kind == 0 ? bench::words : bench::box_list)(static_cast<std::size_t>(bytes));
  if (out) std::copy(text.begin(), text.end(), out);
  return static_cast<index_t>(text.size());
}
double guerdon_ngram_repetition(const index_t* tokens, index_t n, index_t ngram_size) {
  return ngram_repetition_penalty({{tokens, n}}, {.ngram_size = ngram_size}).penalty;
}
void guerdon_ngram_repetition_dense(const index_t* tokens, index_t n, double* penalty) {
  const auto out = ngram_repetition_dense_penalty({{tokens, n}});
  std::copy(out.token_penalty.begin(), out.token_penalty.end(), penalty);
}
index_t guerdon_tail_repetition(const index_t* tokens, index_t n) {
  return tail_ngram_repetition({{tokens, n}}).repeat_start;
}
/// Responses of one length, end to end.
void guerdon_step_split(const flag_t* marker, const flag_t* sentence, index_t n, index_t each, flag_t* split) {
  reasoning_step_split<float>(scalar_backend(), {{marker, n}, {sentence, n}, segments::uniform(n / each, each)},
                              {{split, n}}, {.skip_tokens = 1000, .min_gap = 400});
}
double guerdon_ngram_repeat(const char* text, index_t bytes) {
  return ngram_repeat_penalty({{text, static_cast<std::size_t>(bytes)}}).penalty;
}
/// The number of boxes, and the sum of all corners.
index_t guerdon_parse_boxes(const char* text, index_t bytes, double* sum) {
  const auto out = vision_r1_parse_boxes({{text, static_cast<std::size_t>(bytes)}});
  *sum = 0;
  for (const index_t x : out.box) *sum += static_cast<double>(x);
  return static_cast<index_t>(out.label.size());
}
/// Answers lie behind each other, each of them from offsets[i] to offsets[i + 1].
void guerdon_answer_ids(const char* text, const index_t* offsets, index_t n, index_t* ids) {
  std::vector<std::string_view> all;
  for (index_t i = 0; i < n; ++i)
    all.emplace_back(text + offsets[i], static_cast<std::size_t>(offsets[i + 1] - offsets[i]));
  const auto out = answer_ids({all}, {.strip = true});
  std::copy(out.answer_id.begin(), out.answer_id.end(), ids);
}

}  // extern "C"
