#pragma once
// Where the short answer of a response stands, and the options of rules on short answers.

#include <guerdon/verify/extract_boxed.hpp>
#include <guerdon/verify/extract_tag.hpp>

#include "rules_of.hpp"

namespace guerdon::examples {

/// Where the short answer of a response stands.
enum class answer_place { boxed, tag, marked, whole };
constexpr auto enumerators(answer_place) { return std::array{"boxed", "tag", "marked", "whole"}; }

/// The short answer: in the last \boxed{}, in the last <answer>, behind the last "####", or the whole text.
inline std::optional<std::string> short_answer(std::string_view text, answer_place place) {
  switch (place) {
    case answer_place::boxed: {
      auto box = extract_boxed({text}, {.mode = boxed_mode::brace});
      if (!box.found) return std::nullopt;
      return std::move(box.content);
    }
    case answer_place::tag: {
      auto tag = extract_tag({text});
      if (!tag.found) return std::nullopt;
      return std::move(tag.content);
    }
    case answer_place::marked: {
      const std::size_t mark = text.rfind("####");
      if (mark == text.npos) return std::nullopt;
      return std::string(unicode::trim(text.substr(mark + 4)));
    }
    case answer_place::whole:
      break;
  }
  return std::string(unicode::trim(text));
}

/// The options of a rule on short answers: where the answer stands, and those of the operation.
template <class Of, answer_place Standard>
struct short_answer_options {
  answer_place answer = Standard;
  Of compare = {};
};
template <class Op, answer_place Standard>
struct short_answer_list {
  using options = short_answer_options<typename Op::options, Standard>;
  static constexpr auto parameters() {
    // The operation's own list, one level down.
    const auto inside = std::apply(
        [](const auto&... f) { return op::list::inside<op::option_field>("compare", &options::compare, f...); },
        Op::parameters());
    return std::tuple_cat(std::tuple(op::choice("answer", &options::answer)), inside);
  }
};

/// A rule that pays R::reward(answer, prompt, options) for the short answer of a response; `tells`: and says it.
template <class R, class List, bool tells>
struct short_answer_rule {
  using list = List;
  using options = typename List::options;
  static verdict score(const options& o, const rollouts& prompt, const response& r) {
    auto answer = short_answer(r.text, o.answer);
    if (!answer) return {.found = false};
    verdict v{.reward = R::reward(*answer, prompt, o)};
    if constexpr (tells) v.extracted = std::move(answer);
    return v;
  }
};

/// A reference that is a written-out solution ends with its answer in the same place; else it is the answer.
inline std::string reference_of(const std::string& text, answer_place place) {
  if (place == answer_place::boxed || place == answer_place::marked)
    if (auto answer = short_answer(text, place)) return std::move(*answer);
  return std::string(unicode::trim(text));
}

}  // namespace guerdon::examples
