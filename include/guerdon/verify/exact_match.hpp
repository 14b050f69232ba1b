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

#include <guerdon/core/launch.hpp>
#include <guerdon/core/text_view.hpp>
#include <guerdon/verify/normalize_answer.hpp>

#include <optional>

namespace guerdon { inline namespace GUERDON_ABI {

enum class exact_match_mode { exact, contains };

/// What meets a reference that normalises to nothing, or that ends in an article.
enum class empty_reference_rule { itself, official };

struct exact_match_options {
  exact_match_mode mode = exact_match_mode::exact;
  answer_numbers numbers = answer_numbers::keep;  ///< strip is the published scripts' way: 2.75 is 275
  empty_reference_rule empty_reference = empty_reference_rule::itself;  ///< official: what is left without articles
};

template <storage T>
struct exact_match_inputs {
  text_view prediction;        ///< [B]
  text_view reference;         ///< [M] the references of all predictions, one after the other
  segments reference_offsets;  ///< cuts the M references into B lists; a list may be empty
};

template <storage T, template <class> class Of = view>
struct exact_match_outputs {
  Of<flag_t> match;  ///< [B]
};

namespace detail {

/// Whether the reference occurs in the prediction, both normalised, without cutting a number where numbers are kept.
inline bool holds(std::string_view prediction, std::string_view reference, const exact_match_options& o,
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

/// Whether one of references[begin, begin + count) matches.
inline bool exact_match(std::string_view prediction, const text_view& reference, index_t begin, index_t count,
                        const exact_match_options& o) {
  const bool exact = o.mode == exact_match_mode::exact;
  const auto normalized = [&](std::string_view text, bool articles) {
    return normalize_answer<true>(text, o.numbers, articles);
  };
  const auto matches = [&](const std::string& p, const std::string& r, bool whole_end) {
    return exact ? p == r : holds(p, r, o, whole_end);
  };
  std::optional<std::string> answer, answer_with_articles;  // made when a reference asks for them
  for (index_t k = begin; k < begin + count; ++k) {
    if (o.empty_reference == empty_reference_rule::itself) {
      const std::string wanted = normalized(reference[k], true);
      if (wanted.empty()) {
        if (unicode::lower(unicode::trim(prediction)) == unicode::lower(unicode::trim(reference[k]))) return true;
        continue;
      }
      if (is_article(std::string_view(wanted).substr(wanted.rfind(' ') + 1))) {
        if (!answer_with_articles) answer_with_articles = normalized(prediction, true);
        const bool only_articles = normalized(reference[k], false).empty();
        if (only_articles ? *answer_with_articles == wanted : matches(*answer_with_articles, wanted, true)) return true;
        continue;
      }
    }
    if (!answer) answer = normalized(prediction, false);
    if (matches(*answer, normalized(reference[k], false), false)) return true;
  }
  return false;
}

inline void require_exact_match_options(const exact_match_options& o) {
  constexpr auto op = "exact_match";
  require_choice(o.mode, exact_match_mode::contains, op, "mode");
  require_choice(o.numbers, answer_numbers::keep, op, "numbers");
  require_choice(o.empty_reference, empty_reference_rule::official, op, "empty_reference");
}

}  // namespace detail

/// One prediction against any number of references.
inline bool exact_match(std::string_view prediction, const text_view& references,
                        const exact_match_options& o = {}) {
  detail::require_exact_match_options(o);
  return detail::exact_match(prediction, references, 0, references.size(), o);
}

/// A batch. Throws std::invalid_argument naming the argument that is wrong, before anything is written.
template <storage T = float, backend Backend>
void exact_match(const Backend& backend, const exact_match_inputs<T>& in, const exact_match_outputs<T>& out,
                 const exact_match_options& o = {}) {
  static_assert(Backend::on_host,
                "exact_match reads text: call it with a host backend and copy the matches over");
  constexpr auto op = "exact_match";
  const index_t n = in.prediction.size();
  require_segments(backend, in.reference_offsets, in.reference.size(), op, "reference_offsets");
  require_size(in.reference_offsets.count(), n, op, "reference_offsets", "prediction");
  require_size(out.match.size(), n, op, "match", "prediction");
  detail::require_exact_match_options(o);
  backend.each(n, [=](index_t i) {
    const auto& lists = in.reference_offsets;
    out.match[i] = detail::exact_match(in.prediction[i], in.reference, lists.begin(i), lists.size(i), o);
  });
}

/// A batch, in an array of the backend's.
template <storage T = float, backend Backend>
auto exact_match(const Backend& backend, const exact_match_inputs<T>& in, const exact_match_options& o = {}) {
  auto match = backend.template make<flag_t>(in.prediction.size());
  exact_match<T>(backend, in, {.match = match}, o);
  return match;
}

}}  // namespace guerdon
