#pragma once
// BLEU, exactly as sacrebleu prints it: n-grams that translations share with their references, per sentence or over a
// corpus.
//
// $$\mathrm{BLEU} = b \exp\Bigl(\frac{1}{N} \sum_{n=1}^{N} \log p_n\Bigr), \qquad
//   b = \min\bigl(1, e^{1 - r/h}\bigr)$$
//
// with $p_n$ the share of the n-grams that occur in a reference, each as often as in the reference that has it most, in
// percent, h the tokens of the translation and r those of the reference that is nearest to it in length.
//
// Source: Papineni et al. (2002); sacrebleu 2.6, metrics/bleu.py: Post, arXiv:1804.08771; smoothing: Chen and Cherry
// (2014).
//
// Details that differ:
// - None by intent, to the last bit: a perfect match is 100.00000000000004.
// - `effective_order` is off as in sacrebleu's corpus score; then a sentence of fewer than four tokens scores 0 even if
//   it is the reference. sacrebleu's own sentence_bleu turns it on.
//
// Cost: a step per token and order, up to the first order of which nothing is hit. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/verify/bleu_tokenizer.hpp>
#include <guerdon/verify/ngrams.hpp>

#include <cmath>
#include <optional>

namespace guerdon {

/// What stands for the share of an order of which nothing was hit: half of what the last such order had (exp), a
/// constant (floor), or everything is counted from a constant on (add-k).
enum class bleu_smoothing { exp, floor, add_k, none };
constexpr auto enumerators(bleu_smoothing) { return std::array{"exp", "floor", "add_k", "none"}; }
/// A score for each translation, or one for all, of the counts of all.
enum class bleu_mode { sentence, corpus };
constexpr auto enumerators(bleu_mode) { return std::array{"sentence", "corpus"}; }

namespace op {
struct bleu : host_kind {
  static constexpr info about{"bleu", "verify", "N-grams shared with references (BLEU, as sacrebleu)",
                              "arXiv:1804.08771", skeleton::host};
  struct inputs {
    text_view hypothesis;  ///< [N] translations
    text_view reference;   ///< [M] their references
    segments references;   ///< cuts the references into N lists, none of them empty
  };
  struct outputs {
    std::vector<double> score;                 ///< [R] 0 to 100; R is N, or 1 of a corpus
    std::vector<double> precision;             ///< [R,max_ngram_order] in percent
    std::vector<double> brevity_penalty;       ///< [R]
    std::vector<index_t> hypothesis_length;    ///< [R] tokens
    std::vector<index_t> reference_length;     ///< [R] of the nearest reference
  };
  struct options {
    bleu_tokenizer tokenizer = bleu_tokenizer::v13a;
    bool lowercase = false;
    bleu_smoothing smooth_method = bleu_smoothing::exp;
    std::optional<double> smooth_value = {};  ///< left out: 0.1 of floor, 1 of add-k
    index_t max_ngram_order = 4;              ///< 1 to 10000
    bool effective_order = false;             ///< only the orders that a sentence has
    bleu_mode mode = bleu_mode::sentence;
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("hypothesis", &I::hypothesis, "N", words()),
                      array("reference", &I::reference, "M", words()),
                      cuts("references", &I::references, "N", "M").in_files("reference_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("score", &O::score, "R"), array("precision", &O::precision, "K"),
                      array("brevity_penalty", &O::brevity_penalty, "R"),
                      array("hypothesis_length", &O::hypothesis_length, "R"),
                      array("reference_length", &O::reference_length, "R"));
  }
  static constexpr auto parameters() {
    constexpr range orders{.low = 1, .high = 10000, .draw_low = 1, .draw_high = 6, .draws = range::whole};
    return std::tuple(choice("tokenizer", &options::tokenizer), flag("lowercase", &options::lowercase),
                      choice("smooth_method", &options::smooth_method),
                      option("smooth_value", &options::smooth_value, drawn(0, 1)),
                      option("max_ngram_order", &options::max_ngram_order, orders),
                      flag("effective_order", &options::effective_order), choice("mode", &options::mode));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {
namespace bleu_text {

/// What BLEU is made of; those of several sentences add up.
struct counts {
  std::vector<index_t> correct, total;  // by order
  index_t hypothesis_length = 0, reference_length = 0;

  explicit counts(std::size_t orders) : correct(orders), total(orders) {}
  counts& operator+=(const counts& other) {
    for (std::size_t k = 0; k < total.size(); ++k) correct[k] += other.correct[k], total[k] += other.total[k];
    hypothesis_length += other.hypothesis_length;
    reference_length += other.reference_length;
    return *this;
  }
};

/// Of one translation; reference(k) is its k-th reference.
template <class Reference>
counts count_sentence(std::string_view hypothesis, index_t references, Reference reference,
                      const op::bleu::options& o) {
  counts c(static_cast<std::size_t>(o.max_ngram_order));
  const std::string text = spaced(hypothesis, o.tokenizer, o.lowercase);
  element_numbers<std::string_view> words;
  ngrams::sequence tokens;
  tokens.reserve(text.size() / 2 + 1);
  for_each_word(text, [&](std::string_view word) { tokens.push_back(words.of(word)); });
  c.hypothesis_length = static_cast<index_t>(tokens.size());
  // Of the references counts only what the translation has too.
  std::vector<ngrams::sequence> wanted(static_cast<std::size_t>(references));
  const auto apart = [&](index_t n) { return std::abs(n - c.hypothesis_length); };
  for (index_t k = 0; k < references; ++k) {
    auto& here = wanted[static_cast<std::size_t>(k)];
    const std::string from = spaced(reference(k), o.tokenizer, o.lowercase);
    here.reserve(from.size() / 2 + 1);
    for_each_word(from, [&](std::string_view word) { here.push_back(words.find(word)); });
    const index_t n = static_cast<index_t>(here.size()), nearest = c.reference_length;
    if (k == 0 || apart(n) < apart(nearest) || (apart(n) == apart(nearest) && n < nearest)) c.reference_length = n;
  }
  ngrams::sequence grams = tokens;
  std::vector<ngrams::sequence> wanted_grams = wanted;
  ngrams::pair_numbers of_order;
  struct tally {
    std::uint32_t found, most, here;  // in the translation, in the reference that has it most, in the one that is read
  };
  std::vector<tally> tallies;
  std::size_t distinct = words.size();
  for (std::size_t n = 1; n <= c.total.size() && tokens.size() >= n; ++n) {
    c.total[n - 1] = static_cast<index_t>(tokens.size() - n + 1);
    if (n > 1 && c.correct[n - 2] == 0) continue;  // nor is any longer one hit
    if (n > 1) {
      of_order.restart(distinct, words.size());
      ngrams::lengthen(grams, tokens, n, of_order);
      for (std::size_t k = 0; k < wanted.size(); ++k)
        ngrams::lengthen_known(wanted_grams[k], wanted[k], n, of_order);
      distinct = of_order.size();
    }
    tallies.assign(distinct, {});
    for (const std::uint32_t gram : grams) ++tallies[gram].found;
    for (const ngrams::sequence& all : wanted_grams) {
      for (const std::uint32_t gram : all) {
        if (gram == ngrams::pair_numbers::none) continue;
        tally& t = tallies[gram];
        t.most = std::max(t.most, ++t.here);
      }
      if (references > 1)
        for (tally& t : tallies) t.here = 0;
    }
    for (const tally& t : tallies) c.correct[n - 1] += std::min(t.found, t.most);
  }
  return c;
}

struct score {
  double value = 0, brevity_penalty = 1;
  std::vector<double> precision;
};

inline score score_of(const counts& c, const op::bleu::options& o) {
  score s;
  s.precision.assign(c.total.size(), 0);
  if (c.hypothesis_length < c.reference_length)
    s.brevity_penalty = c.hypothesis_length == 0 ? 0
                                                 : std::exp(1 - static_cast<double>(c.reference_length) /
                                                                    static_cast<double>(c.hypothesis_length));
  if (std::all_of(c.correct.begin(), c.correct.end(), [](index_t n) { return n == 0; })) return s;
  const bool add_k = o.smooth_method == bleu_smoothing::add_k;
  const double smooth = o.smooth_value.value_or(add_k ? 1 : 0.1);
  double halved = 1;
  std::size_t orders = c.total.size();
  for (std::size_t n = 0; n < c.total.size(); ++n) {
    const double added = add_k && n > 0 ? smooth : 0;
    const double correct = static_cast<double>(c.correct[n]) + added, total = static_cast<double>(c.total[n]) + added;
    if (total == 0) break;
    if (o.effective_order) orders = n + 1;
    if (correct != 0) s.precision[n] = 100 * correct / total;
    else if (o.smooth_method == bleu_smoothing::exp) s.precision[n] = 100 / ((halved *= 2) * total);
    else if (o.smooth_method == bleu_smoothing::floor) s.precision[n] = 100 * smooth / total;
  }
  double sum = 0;
  for (std::size_t n = 0; n < orders; ++n) sum += s.precision[n] == 0 ? -9999999999.0 : std::log(s.precision[n]);
  s.value = s.brevity_penalty * std::exp(sum / static_cast<double>(orders));
  return s;
}

/// The score of one translation with one reference.
inline double sentence_score(std::string_view hypothesis, std::string_view reference, bleu_tokenizer tokenizer) {
  const op::bleu::options o{.tokenizer = tokenizer};
  return score_of(count_sentence(hypothesis, 1, [&](index_t) { return reference; }, o), o).value;
}

}  // namespace bleu_text

/// All translations, on threads if wanted.
inline op::bleu::outputs bleu(const host_rows& rows, const op::bleu::inputs& in, const op::bleu::options& o = {}) {
  const auto rule = check<op::bleu>(in, o);
  const index_t sentences = in.hypothesis.size();
  for (index_t i = 0; i < sentences; ++i)
    rule(in.references.size(i) > 0, "references", "must give every translation a reference");
  std::vector<bleu_text::counts> all(static_cast<std::size_t>(sentences), bleu_text::counts(0));
  rows.each(sentences, [&](index_t i) {
    const auto reference = [&](index_t k) { return in.reference[in.references.begin(i) + k]; };
    all[static_cast<std::size_t>(i)] =
        bleu_text::count_sentence(in.hypothesis[i], in.references.size(i), reference, o);
  });
  if (o.mode == bleu_mode::corpus) {
    bleu_text::counts pooled(static_cast<std::size_t>(o.max_ngram_order));
    for (const auto& c : all) pooled += c;
    all.assign(1, pooled);
  }
  op::bleu::outputs out;
  for (const auto& c : all) {
    const bleu_text::score s = bleu_text::score_of(c, o);
    out.score.push_back(s.value);
    out.precision.insert(out.precision.end(), s.precision.begin(), s.precision.end());
    out.brevity_penalty.push_back(s.brevity_penalty);
    out.hypothesis_length.push_back(c.hypothesis_length);
    out.reference_length.push_back(c.reference_length);
  }
  return out;
}

/// All translations.
inline op::bleu::outputs bleu(const op::bleu::inputs& in, const op::bleu::options& o = {}) {
  return bleu(host_rows{1}, in, o);
}

}}  // namespace guerdon
