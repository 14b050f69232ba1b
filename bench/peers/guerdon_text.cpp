// What text.py calls: one operation over many pairs of texts, each kind of text end to end with its offsets.

#include <guerdon/verify/bleu.hpp>
#include <guerdon/verify/edit_similarity.hpp>
#include <guerdon/verify/exact_match.hpp>
#include <guerdon/verify/normalize_answer.hpp>
#include <guerdon/verify/numeric_equal.hpp>
#include <guerdon/verify/rouge_l.hpp>
#include <guerdon/verify/sequence_matcher_ratio.hpp>
#include <guerdon/verify/token_f1.hpp>
#include <guerdon/verify/unified_diff.hpp>

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
  std::uint64_t h = 14695981039346656037u + s.size();
  for (; !s.empty(); s.remove_prefix(std::min<std::size_t>(s.size(), 8))) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, s.data(), std::min<std::size_t>(s.size(), 8));
    h = (h ^ eight) * 1099511628211u;
  }
  return static_cast<double>(h >> 12);
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
