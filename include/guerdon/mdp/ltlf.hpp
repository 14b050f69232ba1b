#pragma once
// Formulas of linear temporal logic on finite traces: read once, evaluated on any number of traces.
//
// Operators from the tightest: ! X N F G (unary); U R W (to the right); &; |; -> (to the right); parentheses. true,
// false and last (= N false) are constants; a proposition is a lower-case letter, then letters, digits, underscores.
// Operators are single capitals: GFa is G F a, and aUb is one name.
//
// Nothing here recurses: formulas may nest as deep as memory allows.

#include <guerdon/core/text_view.hpp>
#include <guerdon/mdp/formula_reader.hpp>
#include <guerdon/mdp/propositions.hpp>

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
    reader r{*this, {}};
    read_formula<ltlf_formula::kind>(text, operation, r);
  }

  /// Operands stand before what they are operands of; the last is the formula.
  const std::vector<node>& nodes() const { return nodes_; }
  /// Names by the numbers of the propositions.
  const propositions& names() const { return names_; }

  /// Whether the formula holds on the trace.
  bool holds_on(const text_view& labels) const {
    if (labels.size() == 0) return holds_on_nothing();
    std::vector<char> here(nodes_.size()), later(nodes_.size()), holds;
    for (std::size_t k = 0; k < nodes_.size(); ++k)  // behind the end: nothing is left to happen
      later[k] = nodes_[k].kind == weak_next || nodes_[k].kind == always || nodes_[k].kind == release ||
                 nodes_[k].kind == weak_until;
    for (index_t i = labels.size(); i-- > 0;) {
      names_.read_label(labels[i], holds);
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
  /// What read_formula is told.
  struct reader {
    ltlf_formula& formula;
    std::vector<std::uint32_t> operands;

    void add(node n) {
      formula.nodes_.push_back(n);
      operands.push_back(static_cast<std::uint32_t>(formula.nodes_.size() - 1));
    }
    std::size_t operand(std::string_view text, std::size_t at) {
      const std::size_t end = end_of_name(text, at);
      const std::string_view name = text.substr(at, end - at);
      if (name == "true") add({constant_true});
      else if (name == "false") add({constant_false});
      else if (name == "last") add({constant_false}), apply(weak_next);
      else if (end > at) add({proposition, formula.names_.number_of(name)});
      return end;
    }
    static std::optional<read_operator<ltlf_formula::kind>> before(std::string_view text, std::size_t at) {
      const std::size_t k = std::string_view("!XNFG").find(text[at]);
      if (k == std::string_view::npos) return std::nullopt;
      return {{static_cast<ltlf_formula::kind>(negation + k), at + 1}};
    }
    static std::optional<read_operator<ltlf_formula::kind>> between(std::string_view text, std::size_t at) {
      if (text.substr(at).starts_with("->")) return {{implication, at + 2}};
      const std::size_t k = std::string_view("URW&|").find(text[at]);
      if (k == std::string_view::npos) return std::nullopt;
      return {{static_cast<ltlf_formula::kind>(until + k), at + 1}};
    }
    static int level(ltlf_formula::kind k) {
      return k <= always ? 5 : k <= weak_until ? 4 : k == conjunction ? 3 : k == disjunction ? 2 : 1;
    }
    static bool to_the_left(ltlf_formula::kind k) { return k == conjunction || k == disjunction; }
    void apply(ltlf_formula::kind k) {
      node n{k, operands.back()};
      operands.pop_back();
      if (k >= until) {
        n.right = n.left;
        n.left = operands.back();
        operands.pop_back();
      }
      add(n);
    }
    void closed() {}
  };

  /// On the empty trace a literal does not hold, negated or not: negations are pushed to the propositions first. So
  /// each node has two values there, of itself and of its negation so pushed.
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

  std::vector<node> nodes_;
  propositions names_;
};

}}  // namespace guerdon
