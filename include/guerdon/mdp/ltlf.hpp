#pragma once
// Formulas of linear temporal logic on finite traces: read once, evaluated on any number of traces.
//
// Operators from the tightest: ! X N F G (unary); U R W (to the right); &; |; -> (to the right); parentheses. true,
// false and last (= N false) are constants; a proposition is a lower-case letter, then letters, digits, underscores.
// Operators are single capitals: GFa is G F a, and aUb is one name.
//
// Nothing here recurses: formulas may nest as deep as memory allows.

#include <guerdon/core/error.hpp>
#include <guerdon/core/text.hpp>
#include <guerdon/core/text_view.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace guerdon { inline namespace GUERDON_ABI {

class ltlf_formula {
 public:
  enum kind : char {
    proposition, constant_true, constant_false,
    negation, next, weak_next, eventually, always,  // one operand
    until, release, weak_until, conjunction, disjunction, implication  // two
  };
  struct node {
    ltlf_formula::kind kind;
    std::uint32_t left = 0, right = 0;  ///< operands, or the number of a proposition in `left`
  };

  /// Reads the text. `operation` is who complains about it.
  ltlf_formula(std::string_view text, std::string_view operation) {
    struct waiting {
      ltlf_formula::kind kind;
      bool parenthesis;
    };
    std::vector<waiting> operators;
    std::vector<std::uint32_t> operands;
    const auto wrong = [&](std::size_t at, const char* what) {
      refuse(operation, "formula", std::string(what) + " at character " + std::to_string(at + 1));
    };
    const auto add = [&](node n) {
      nodes_.push_back(n);
      operands.push_back(static_cast<std::uint32_t>(nodes_.size() - 1));
    };
    const auto apply = [&](ltlf_formula::kind k) {
      node n{k, operands.back()};
      operands.pop_back();
      if (k >= until) {
        n.right = n.left;
        n.left = operands.back();
        operands.pop_back();
      }
      add(n);
    };
    bool operand_due = true;
    std::size_t at = 0;
    while (at < text.size()) {
      const std::size_t blanks = text.size() - at - unicode::trim_left(text.substr(at)).size();
      if (blanks > 0) {
        at += blanks;
        continue;
      }
      const char c = text[at];
      const auto is_name = [&](std::size_t i) {
        const char x = i < text.size() ? text[i] : ' ';
        return (x >= 'a' && x <= 'z') || (x >= 'A' && x <= 'Z') || (x >= '0' && x <= '9') || x == '_';
      };
      if (operand_due) {
        if (c >= 'a' && c <= 'z') {
          std::size_t end = at;
          while (is_name(end)) ++end;
          const std::string_view name = text.substr(at, end - at);
          if (name == "true") add({constant_true});
          else if (name == "false") add({constant_false});
          else if (name == "last") add({constant_false}), apply(weak_next);
          else add({proposition, number_of(name)});
          at = end;
          operand_due = false;
          continue;
        }
        const std::size_t unary = std::string_view("!XNFG").find(c);
        if (c == '(') operators.push_back({negation, true});
        else if (unary != std::string_view::npos) operators.push_back({static_cast<ltlf_formula::kind>(negation + unary), false});
        else wrong(at, "has no operand");
        ++at;
        continue;
      }
      if (c == ')') {
        while (!operators.empty() && !operators.back().parenthesis) apply(operators.back().kind), operators.pop_back();
        if (operators.empty()) wrong(at, "has a parenthesis that closes nothing");
        operators.pop_back();
        ++at;
        continue;
      }
      const bool arrow = text.substr(at).starts_with("->");
      const std::size_t binary = arrow ? 5 : std::string_view("URW&|").find(c);
      if (binary == std::string_view::npos) wrong(at, "has no operator");
      const auto k = static_cast<ltlf_formula::kind>(until + binary);
      const int level = level_of(k);
      const bool to_the_left = k == conjunction || k == disjunction;
      while (!operators.empty() && !operators.back().parenthesis &&
             (level_of(operators.back().kind) > level || (to_the_left && level_of(operators.back().kind) == level)))
        apply(operators.back().kind), operators.pop_back();
      operators.push_back({k, false});
      operand_due = true;
      at += arrow ? 2 : 1;
    }
    if (operand_due) wrong(at, "has no operand");
    for (; !operators.empty(); operators.pop_back()) {
      if (operators.back().parenthesis) wrong(at, "has a parenthesis that nothing closes");
      apply(operators.back().kind);
    }
  }

  /// Operands stand before what they are operands of; the last is the formula.
  const std::vector<node>& nodes() const { return nodes_; }
  /// Of the propositions, by their numbers.
  const std::vector<std::string>& names() const { return names_; }

  /// Which propositions hold at a step: `label` is their names with commas between, blanks around names aside.
  void read_label(std::string_view label, std::vector<char>& holds) const {
    holds.assign(names_.size(), 0);
    while (!label.empty()) {
      const std::size_t comma = std::min(label.find(','), label.size());
      const std::string_view name = unicode::trim(label.substr(0, comma));
      for (std::size_t k = 0; k < names_.size(); ++k)
        if (names_[k] == name) holds[k] = 1;
      label.remove_prefix(std::min(comma + 1, label.size()));
    }
  }

  /// Whether the formula holds on the trace.
  bool holds_on(const text_view& labels) const {
    if (labels.size() == 0) return holds_on_nothing();
    std::vector<char> here(nodes_.size()), later(nodes_.size()), holds;
    for (std::size_t k = 0; k < nodes_.size(); ++k)  // behind the end: nothing is left to happen
      later[k] = nodes_[k].kind == weak_next || nodes_[k].kind == always || nodes_[k].kind == release ||
                 nodes_[k].kind == weak_until;
    for (index_t i = labels.size(); i-- > 0;) {
      read_label(labels[i], holds);
      const bool end = i + 1 == labels.size();
      for (std::size_t k = 0; k < nodes_.size(); ++k) {
        const node& n = nodes_[k];
        const auto value = [&]() -> bool {
          switch (n.kind) {
            case proposition: return holds[n.left] != 0;
            case constant_true: return true;
            case constant_false: return false;
            case negation: return !here[n.left];
            case next: return !end && later[n.left];
            case weak_next: return end || later[n.left];
            case eventually: return here[n.left] || later[k];
            case always: return here[n.left] && later[k];
            case until: return here[n.right] || (here[n.left] && later[k]);
            case release: return here[n.right] && (here[n.left] || later[k]);
            case weak_until: return here[n.right] || (here[n.left] && later[k]);
            case conjunction: return here[n.left] && here[n.right];
            case disjunction: return here[n.left] || here[n.right];
            case implication: return !here[n.left] || here[n.right];
          }
          return false;
        };
        here[k] = value();
      }
      std::swap(here, later);
    }
    return later.back() != 0;
  }

 private:
  static int level_of(ltlf_formula::kind k) {
    return k <= always ? 5 : k <= weak_until ? 4 : k == conjunction ? 3 : k == disjunction ? 2 : 1;
  }

  /// On the empty trace a literal does not hold, negated or not: negations are pushed to the propositions first. So each
  /// node has two values there, of itself and of its negation so pushed.
  bool holds_on_nothing() const {
    std::vector<std::pair<bool, bool>> values(nodes_.size());
    for (std::size_t k = 0; k < nodes_.size(); ++k) {
      const node& n = nodes_[k];
      const auto value = [&]() -> std::pair<bool, bool> {
        if (n.kind == proposition) return {false, false};  // its `left` is no node
        const std::pair<bool, bool> l = values[n.left], r = values[n.right];
        switch (n.kind) {
          case proposition: break;
          case constant_true: return {true, false};
          case constant_false: return {false, true};
          case negation: return {l.second, l.first};
          case next: case eventually: case until: return {false, true};
          case weak_next: case always: case release: case weak_until: return {true, false};
          case conjunction: return {l.first && r.first, l.second || r.second};
          case disjunction: return {l.first || r.first, l.second && r.second};
          case implication: return {l.second || r.first, l.first && r.second};
        }
        return {false, false};
      };
      values[k] = value();
    }
    return values.back().first;
  }

  std::uint32_t number_of(std::string_view name) {
    const auto [at, fresh] = numbers_.try_emplace(std::string(name), static_cast<std::uint32_t>(names_.size()));
    if (fresh) names_.emplace_back(name);
    return at->second;
  }

  std::vector<node> nodes_;
  std::vector<std::string> names_;
  std::unordered_map<std::string, std::uint32_t> numbers_;
};

}}  // namespace guerdon
