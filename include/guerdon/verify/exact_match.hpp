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
// - Containment is of characters, not of words: "par" is in "sparse", and a reference that normalises to
//   nothing ("The") is in every prediction. Give references that survive normalize_answer.
// - Without references nothing matches, not even the empty prediction.
// - verl's compute_score first cuts the text between the last <answer> tags out; here the prediction is that
//   text.
// - The comparison is by code point: ill-formed bytes that punctuation kept apart do not become a character.
//
// Cost: linear in the lengths, in both modes; `contains` reads the prediction once per reference. No gradient.

#include <guerdon/core/launch.hpp>
#include <guerdon/core/text_view.hpp>
#include <guerdon/verify/normalize_answer.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

enum class exact_match_mode { exact, contains };

struct exact_match_options {
  exact_match_mode mode = exact_match_mode::exact;
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

/// Whether one of references[begin, begin + count) matches.
inline bool exact_match(std::string_view prediction, const text_view& reference, index_t begin, index_t count,
                        exact_match_mode mode) {
  const std::string answer = normalize_answer<true>(prediction);
  for (index_t k = begin; k < begin + count; ++k) {
    const std::string wanted = normalize_answer<true>(reference[k]);
    if (mode == exact_match_mode::exact ? answer == wanted : unicode::contains(answer, wanted)) return true;
  }
  return false;
}

}  // namespace detail

/// One prediction against any number of references.
inline bool exact_match(std::string_view prediction, const text_view& references,
                        const exact_match_options& o = {}) {
  require_choice(o.mode, exact_match_mode::contains, "exact_match", "mode");
  return detail::exact_match(prediction, references, 0, references.size(), o.mode);
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
  require_choice(o.mode, exact_match_mode::contains, op, "mode");
  backend.each(n, [=](index_t i) {
    const auto& lists = in.reference_offsets;
    out.match[i] = detail::exact_match(in.prediction[i], in.reference, lists.begin(i), lists.size(i), o.mode);
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
