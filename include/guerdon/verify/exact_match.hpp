#pragma once
// Whether a short answer is one of the references, case, punctuation, articles and blanks aside.
//
// $$m_b = \max_{k \in \mathrm{refs}(b)} \bigl[ N(p_b) = N(\mathrm{ref}_k) \bigr]$$
//
// with N of normalize_answer; in mode `contains` the normalised reference occurs somewhere in the normalised
// prediction.
//
// Source: SQuAD, Rajpurkar et al., arXiv:1606.05250; verl, search_r1_like_qa_em.py (em_check, subem_check).
//
// Details that differ:
// - The published scripts (SQuAD, verl, HotpotQA) are {.numbers = answer_numbers::strip,
//   .empty_reference = empty_reference_rule::official}. To them 2.75 is 275, and what normalises to nothing ("A",
//   "The", "...") equals all of its kind and is contained in every answer.
// - By default numbers keep what makes them different, and an occurrence that begins or ends inside a number does not
//   count: 31.4 holds neither 314 nor 4.
// - By default a reference whose last word is an article ("Plan A") is compared with its articles, on both sides, and
//   contained only where no word goes on behind it; one that is nothing but articles ("A") must be equal in both modes,
//   and so must punctuation alone. Thus option A is answered as option B is, by "a", "A." and "(A)".
// - Containment is of characters, not of words: "par" is in "sparse", and "b" in "about".
// - Without references nothing matches, not even the empty prediction.
// - verl's compute_score first cuts the text between the last <answer> tags out; here the prediction is that
//   text.
// - The comparison is by code point: ill-formed bytes that punctuation kept apart do not become a character.
//
// Cost: linear in the lengths, in both modes; `contains` reads the prediction once per reference. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/verify/normalize_answer.hpp>

#include <optional>
#include <span>

namespace guerdon {

enum class exact_match_mode { exact, contains };
constexpr auto enumerators(exact_match_mode) { return std::array{"exact", "contains"}; }

namespace op {
struct exact_match : host_kind {
  static constexpr info about{"exact_match", "verify",
                              "Whether a short answer equals or contains one of the references (SQuAD)",
                              "arXiv:1606.05250", skeleton::host};
  struct inputs {
    std::string_view prediction;
    text_view reference;  ///< any number of them; one that matches will do
  };
  struct outputs {
    bool match = false;
  };
  struct options {
    exact_match_mode mode = exact_match_mode::exact;
    answer_numbers numbers = answer_numbers::keep;  ///< strip is the published scripts' way: 2.75 is 275
    empty_reference_rule empty_reference = empty_reference_rule::itself;  ///< official: what is left without articles
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("prediction", &I::prediction, "B", words()),
                      list_of("reference", &I::reference, "M", "reference_offsets", words()));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("match", &O::match, "B")); }
  static constexpr auto parameters() {
    return std::tuple(choice("mode", &options::mode), choice("numbers", &options::numbers),
                      choice("empty_reference", &options::empty_reference));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {
namespace answers {

/// Whether the reference occurs in the prediction, both normalised, without cutting a number where numbers are kept.
inline bool holds(std::string_view prediction, std::string_view reference, const op::exact_match::options& o,
                  bool whole_end) {
  const auto in_number = [&](std::size_t i) {
    return i < prediction.size() && std::string_view("0123456789.,:-").find(prediction[i]) != std::string_view::npos;
  };
  const auto cuts = [&](std::size_t i) { return i > 0 && in_number(i - 1) && in_number(i); };
  return unicode::contains(prediction, reference, [&](std::size_t begin, std::size_t end) {
    if (o.numbers == answer_numbers::keep && (cuts(begin) || cuts(end))) return false;
    return !whole_end || !unicode::is_word(numerals::peek(prediction, end).code_point);
  });
}

}  // namespace answers

/// One prediction against any number of references.
inline op::exact_match::outputs exact_match(const op::exact_match::inputs& in, const op::exact_match::options& o = {}) {
  check<op::exact_match>(in, o);
  const auto normalized = [&](std::string_view text, bool articles) {
    return answers::normalized<true>(text, o.numbers, articles);
  };
  const auto matches = [&](const std::string& p, const std::string& r, bool whole_end) {
    return o.mode == exact_match_mode::exact ? p == r : answers::holds(p, r, o, whole_end);
  };
  std::optional<std::string> prediction, with_articles;  // made when a reference asks for them
  for (index_t k = 0; k < in.reference.size(); ++k) {
    const std::string_view reference = in.reference[k];
    if (o.empty_reference == empty_reference_rule::itself) {
      const std::string wanted = normalized(reference, true);
      if (wanted.empty()) {
        if (unicode::lower(unicode::trim(in.prediction)) == unicode::lower(unicode::trim(reference))) return {true};
        continue;
      }
      if (answers::ends_in_article(wanted)) {
        if (!with_articles) with_articles = normalized(in.prediction, true);
        const bool only_articles = normalized(reference, false).empty();
        if (only_articles ? *with_articles == wanted : matches(*with_articles, wanted, true)) return {true};
        continue;
      }
    }
    if (!prediction) prediction = normalized(in.prediction, false);
    if (matches(*prediction, normalized(reference, false), false)) return {true};
  }
  return {};
}

/// A batch, in order.
inline auto exact_match(const host_rows& rows, std::span<const op::exact_match::inputs> in,
                        const op::exact_match::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return exact_match(row, o); });
}

}}  // namespace guerdon
