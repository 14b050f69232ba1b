#pragma once
// Formulas of what holds at one step: conjunctions of literals with | between, literals with & between.

#include <guerdon/mdp/propositions.hpp>

#include <guerdon/core/error.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

class literal_formula {
 public:
  /// Reads the text; names get their numbers in `names`. `operation` is who complains about it.
  literal_formula(std::string_view text, std::string_view operation, propositions& names) {
    if (text.find_first_of("()") != std::string_view::npos)
      refuse(operation, "formula", "has a parenthesis: it must be conjunctions of literals with | between");
    for (bool more = true; more;) {
      const std::size_t bar = std::min(text.find('|'), text.size());
      conjunctions_.emplace_back();
      std::string_view part = text.substr(0, bar);
      for (bool more_literals = true; more_literals;) {
        const std::size_t end = std::min(part.find('&'), part.size());
        add(unicode::trim(part.substr(0, end)), operation, names);
        more_literals = end < part.size();
        part.remove_prefix(std::min(end + 1, part.size()));
      }
      more = bar < text.size();
      text.remove_prefix(std::min(bar + 1, text.size()));
    }
  }

  bool holds(const std::vector<char>& propositions_that_hold) const {
    return std::any_of(conjunctions_.begin(), conjunctions_.end(), [&](const std::vector<literal>& all) {
      return std::all_of(all.begin(), all.end(), [&](const literal& l) {
        return (l.constant || propositions_that_hold[l.number] != 0) != l.negated;
      });
    });
  }

 private:
  struct literal {
    bool negated, constant;  ///< a constant is True
    std::uint32_t number;
  };

  void add(std::string_view text, std::string_view operation, propositions& names) {
    literal l{false, false, 0};
    while (text.starts_with('!')) {
      l.negated = !l.negated;
      text = unicode::trim_left(text.substr(1));
    }
    if (text.empty()) refuse(operation, "formula", "has an empty literal");
    if (text == "True" || text == "False") {
      l.constant = true;
      l.negated = l.negated != (text == "False");
    } else {
      if (end_of_name(text, 0) != text.size())
        refuse(operation, "formula", "has the name '" + std::string(text) +
                                         "': names are a lower-case letter, then letters, digits and underscores");
      l.number = names.number_of(text);
    }
    conjunctions_.back().push_back(l);
  }

  std::vector<std::vector<literal>> conjunctions_;
};

}}  // namespace guerdon
