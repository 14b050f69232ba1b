#pragma once
// Reads formulas of operands, operators before and between them, and parentheses, by the operators' levels. Nothing
// recurses: they may nest as deep as memory allows.

#include <guerdon/core/error.hpp>
#include <guerdon/core/text.hpp>

#include <optional>
#include <string>
#include <vector>

namespace guerdon { inline namespace GUERDON_ABI {

/// An operator, and where its text ends.
template <class Operator>
struct read_operator {
  Operator is;
  std::size_t end;
};

/// `language` says what there is, at a place that is no blank: operand(text, at) reads one, and gives the end or `at`;
/// before(text, at) and between(text, at) read an operator, if one stands there; level(operator), higher binds tighter;
/// to_the_left(operator). It is told apply(operator), operands first, and closed() behind a parenthesis.
template <class Operator, class Language>
void read_formula(std::string_view text, std::string_view operation, Language& language) {
  std::vector<std::optional<Operator>> waiting;  // nothing: a parenthesis
  const auto wrong = [&](std::size_t at, const char* what) {
    refuse(operation, "formula", std::string(what) + " at character " + std::to_string(at + 1));
  };
  const auto apply_last = [&] { language.apply(*waiting.back()), waiting.pop_back(); };
  bool operand_due = true;
  std::size_t at = 0;
  while (at < text.size()) {
    if (const std::size_t blanks = text.size() - at - unicode::trim_left(text.substr(at)).size(); blanks > 0) {
      at += blanks;
      continue;
    }
    if (operand_due) {
      if (const std::size_t end = language.operand(text, at); end > at) {
        at = end;
        operand_due = false;
      } else if (text[at] == '(') {
        waiting.emplace_back();
        ++at;
      } else if (const auto one = language.before(text, at)) {
        waiting.push_back(one->is);
        at = one->end;
      } else {
        wrong(at, "has no operand");
      }
      continue;
    }
    if (text[at] == ')') {
      while (!waiting.empty() && waiting.back()) apply_last();
      if (waiting.empty()) wrong(at, "has a parenthesis that closes nothing");
      waiting.pop_back();
      language.closed();
      ++at;
      continue;
    }
    const auto one = language.between(text, at);
    if (!one) wrong(at, "has no operator");
    const int level = language.level(one->is);
    const bool to_the_left = language.to_the_left(one->is);
    while (!waiting.empty() && waiting.back() &&
           (language.level(*waiting.back()) > level || (to_the_left && language.level(*waiting.back()) == level)))
      apply_last();
    waiting.push_back(one->is);
    operand_due = true;
    at = one->end;
  }
  if (operand_due) wrong(at, "has no operand");
  while (!waiting.empty()) {
    if (!waiting.back()) wrong(at, "has a parenthesis that nothing closes");
    apply_last();
  }
}

}}  // namespace guerdon
