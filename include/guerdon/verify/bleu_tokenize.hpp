#pragma once
// A text in the tokens that BLEU counts, exactly as sacrebleu makes them.
//
//   13a    punctuation set apart, entities of HTML resolved: for languages with blanks between words
//   zh     Chinese characters set apart as well
//   char   every character
//   none   the text as it is
//
// Source: sacrebleu 2.6, tokenizers: Post, "A Call for Clarity in Reporting BLEU Scores", arXiv:1804.08771.
//
// Details that differ:
// - None by intent. zh keeps a slip of sacrebleu's: much punctuation and many symbols are set apart, ideographs beyond
//   U+FFFF are not.
// - char keeps blanks, which then are three in a row.
//
// Cost: a few passes over the text, each linear. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/verify/bleu_tokenizer.hpp>

#include <span>

namespace guerdon {
namespace op {
struct bleu_tokenize : host_kind {
  static constexpr info about{"bleu_tokenize", "verify", "Tokens of a text for BLEU (sacrebleu)", "arXiv:1804.08771",
                              skeleton::host};
  struct inputs {
    std::string_view text;
  };
  struct outputs {
    std::string tokens;  ///< with a blank between them
  };
  struct options {
    bleu_tokenizer tokenizer = bleu_tokenizer::v13a;
    bool lowercase = false;  ///< in lower case first
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("text", &I::text, "B", words())); }
  template <class O>
  static constexpr auto results() { return std::tuple(array("tokens", &O::tokens, "B")); }
  static constexpr auto parameters() {
    return std::tuple(choice("tokenizer", &options::tokenizer), flag("lowercase", &options::lowercase));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One text.
inline op::bleu_tokenize::outputs bleu_tokenize(const op::bleu_tokenize::inputs& in,
                                                const op::bleu_tokenize::options& o = {}) {
  check<op::bleu_tokenize>(in, o);
  return {bleu_text::tokenized(in.text, o.tokenizer, o.lowercase)};
}

/// A batch, in order.
inline auto bleu_tokenize(const host_rows& rows, std::span<const op::bleu_tokenize::inputs> in,
                          const op::bleu_tokenize::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return bleu_tokenize(row, o); });
}

}}  // namespace guerdon
