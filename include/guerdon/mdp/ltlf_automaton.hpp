#pragma once
// The automaton of a temporal formula on finite traces: complete, over all subsets of the formula's propositions, and
// minimal.
//
// A state is what is left to satisfy, by progression: a disjunction of conjunctions of obligations, with every
// conjunction dropped that contains another one. Obligations are temporal subformulas, "f from here", "the rest is not
// empty" and "the rest is empty", of which there are finitely many, so that the construction ends. States that accept
// the same continuations are merged.

#include <guerdon/mdp/ltlf.hpp>

#include <map>
#include <numeric>

namespace guerdon { inline namespace GUERDON_ABI {

namespace ltlf {

/// Sets of sets of obligations, each kept once and known by a number.
class residuals {
 public:
  using number = std::uint32_t;
  using conjunction = std::vector<std::uint32_t>;  ///< sorted
  static constexpr number nothing = 0;             ///< false: no conjunction
  static constexpr number everything = 1;          ///< true: the empty conjunction

  residuals() {
    of({});
    of({{}});
  }

  number obligation(std::uint32_t x) { return of({{x}}); }
  const std::vector<conjunction>& operator[](number x) const { return *sets_[x]; }

  number either(number x, number y) {
    if (x == y || y == nothing) return x;
    if (x == nothing) return y;
    return once(either_, x, y, [&] {
      std::vector<conjunction> all = *sets_[x];
      all.insert(all.end(), sets_[y]->begin(), sets_[y]->end());
      return of(without_larger(std::move(all)));
    });
  }
  number both(number x, number y) {
    if (x == y || y == everything) return x;
    if (x == everything) return y;
    if (x == nothing || y == nothing) return nothing;
    return once(both_, x, y, [&] {
      std::vector<conjunction> all;
      for (const conjunction& a : *sets_[x])
        for (const conjunction& b : *sets_[y]) {
          all.emplace_back();
          std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(all.back()));
        }
      return of(without_larger(std::move(all)));
    });
  }

 private:
  template <class F>
  number once(std::map<std::pair<number, number>, number>& known, number x, number y, const F& make) {
    const std::pair<number, number> key = std::minmax(x, y);
    if (const auto at = known.find(key); at != known.end()) return at->second;
    const number made = make();
    known.emplace(key, made);
    return made;
  }
  number of(std::vector<conjunction> set) {
    const auto [at, fresh] = numbers_.try_emplace(std::move(set), static_cast<number>(sets_.size()));
    if (fresh) sets_.push_back(&at->first);
    return at->second;
  }
  static std::vector<conjunction> without_larger(std::vector<conjunction> all) {
    std::sort(all.begin(), all.end(), [](const conjunction& a, const conjunction& b) {
      return a.size() != b.size() ? a.size() < b.size() : a < b;
    });
    std::vector<conjunction> kept;
    for (conjunction& a : all)
      if (std::none_of(kept.begin(), kept.end(), [&](const conjunction& b) {
            return std::includes(a.begin(), a.end(), b.begin(), b.end());
          }))
        kept.push_back(std::move(a));
    return kept;
  }

  std::map<std::vector<conjunction>, number> numbers_;
  std::vector<const std::vector<conjunction>*> sets_;
  std::map<std::pair<number, number>, number> either_, both_;
};

/// A formula with negations at propositions only, each subformula once; and how it progresses through a letter.
class progression {
 public:
  explicit progression(const ltlf_formula& formula) {
    // Every node of the formula, and its negation, so pushed inwards.
    using f = ltlf_formula;
    using both_ways = std::pair<std::uint32_t, std::uint32_t>;
    std::vector<both_ways> made;
    made.reserve(formula.nodes().size());
    for (const f::node& n : formula.nodes()) {
      const bool leaf = n.kind <= f::constant_false;
      const auto [l, not_l] = leaf ? both_ways() : made[n.left];
      const auto [r, not_r] = leaf ? both_ways() : made[n.right];
      switch (n.kind) {
        case f::proposition: made.emplace_back(node(literal, n.left), node(negated_literal, n.left)); break;
        case f::constant_true: made.emplace_back(node(yes), node(no)); break;
        case f::constant_false: made.emplace_back(node(no), node(yes)); break;
        case f::negation: made.emplace_back(not_l, l); break;
        case f::next: made.emplace_back(node(next, l), node(weak_next, not_l)); break;
        case f::weak_next: made.emplace_back(node(weak_next, l), node(next, not_l)); break;
        case f::eventually: made.emplace_back(node(until, node(yes), l), node(release, node(no), not_l)); break;
        case f::always: made.emplace_back(node(release, node(no), l), node(until, node(yes), not_l)); break;
        case f::until: made.emplace_back(node(until, l, r), node(release, not_l, not_r)); break;
        case f::release: made.emplace_back(node(release, l, r), node(until, not_l, not_r)); break;
        case f::weak_until: {
          const std::uint32_t some = node(either, l, r), none = node(both, not_l, not_r);
          made.emplace_back(node(release, r, some), node(until, not_r, none));
          break;
        }
        case f::conjunction: made.emplace_back(node(both, l, r), node(either, not_l, not_r)); break;
        case f::disjunction: made.emplace_back(node(either, l, r), node(both, not_l, not_r)); break;
        case f::implication: made.emplace_back(node(either, not_l, r), node(both, l, not_r)); break;
      }
    }
    root_ = made.back().first;
    not_empty_ = node(until, node(yes), node(yes));   // F true
    empty_ = node(release, node(no), node(no));       // G false
    for (const one& n : nodes_) holds_on_nothing_.push_back(on_nothing(n));
  }

  /// The whole formula, to be satisfied from here.
  residuals::number start() { return from_here(root_); }
  bool accepts_nothing_more(residuals::number x) const {
    const auto& all = residuals_[x];
    return std::any_of(all.begin(), all.end(), [&](const residuals::conjunction& c) {
      return std::all_of(c.begin(), c.end(), [&](std::uint32_t n) { return holds_on_nothing_[n] != 0; });
    });
  }
  /// What every subformula leaves behind after this letter: bit k says whether proposition k holds.
  std::vector<residuals::number> after_letter(std::uint32_t letter) {
    std::vector<residuals::number> p(nodes_.size());
    for (std::uint32_t k = 0; k < nodes_.size(); ++k) {
      const one n = nodes_[k];
      const auto truth = [](bool x) { return x ? residuals::everything : residuals::nothing; };
      switch (n.kind) {
        case yes: p[k] = residuals::everything; break;
        case no: p[k] = residuals::nothing; break;
        case literal: p[k] = truth((letter >> n.left & 1) != 0); break;
        case negated_literal: p[k] = truth((letter >> n.left & 1) == 0); break;
        case next: p[k] = residuals_.both(from_here(n.left), residuals_.obligation(not_empty_)); break;
        case weak_next: p[k] = residuals_.either(from_here(n.left), residuals_.obligation(empty_)); break;
        case both: p[k] = residuals_.both(p[n.left], p[n.right]); break;
        case either: p[k] = residuals_.either(p[n.left], p[n.right]); break;
        case until:
          p[k] = k == not_empty_ ? residuals::everything
                                 : residuals_.either(p[n.right], residuals_.both(p[n.left], residuals_.obligation(k)));
          break;
        case release:
          p[k] = k == empty_ ? residuals::nothing
                             : residuals_.both(p[n.right], residuals_.either(p[n.left], residuals_.obligation(k)));
          break;
      }
    }
    return p;
  }
  residuals::number after(residuals::number x, const std::vector<residuals::number>& letter) {
    const std::vector<residuals::conjunction> all = residuals_[x];
    residuals::number result = residuals::nothing;
    for (const residuals::conjunction& c : all) {
      residuals::number whole = residuals::everything;
      for (const std::uint32_t n : c) whole = residuals_.both(whole, letter[n]);
      result = residuals_.either(result, whole);
    }
    return result;
  }

 private:
  enum kind_t : char { yes, no, literal, negated_literal, next, weak_next, until, release, both, either };
  struct one {
    kind_t kind;
    std::uint32_t left, right;
    auto operator<=>(const one&) const = default;
  };

  std::uint32_t node(kind_t kind, std::uint32_t left = 0, std::uint32_t right = 0) {
    const auto [at, fresh] = numbers_.try_emplace(one{kind, left, right}, static_cast<std::uint32_t>(nodes_.size()));
    if (fresh) nodes_.push_back(at->first);
    return at->second;
  }
  residuals::number from_here(std::uint32_t n) {
    if (nodes_[n].kind == yes) return residuals::everything;
    return nodes_[n].kind == no ? residuals::nothing : residuals_.obligation(n);
  }
  bool on_nothing(const one& n) const {
    switch (n.kind) {
      case yes: case weak_next: case release: return true;
      case both: return holds_on_nothing_[n.left] && holds_on_nothing_[n.right];
      case either: return holds_on_nothing_[n.left] || holds_on_nothing_[n.right];
      default: return false;
    }
  }

  std::map<one, std::uint32_t> numbers_;
  std::vector<one> nodes_;
  std::vector<char> holds_on_nothing_;
  std::uint32_t root_ = 0, not_empty_ = 0, empty_ = 0;
  residuals residuals_;
};

}  // namespace ltlf

/// Verdicts on a trace so far, as case files number them.
enum class ltlf_verdict : char {
  false_now,      ///< it would be violated if the trace ended now
  true_now,       ///< it would be satisfied if the trace ended now
  never,          ///< no continuation satisfies it, the empty one included
  for_ever        ///< every continuation satisfies it
};

class ltlf_automaton {
 public:
  static constexpr std::size_t most_propositions = 12, most_entries = std::size_t(1) << 24;

  /// `operation` is who complains: of more than 12 propositions, and of more states than memory is for.
  ltlf_automaton(const ltlf_formula& formula, std::string_view operation) : names_(formula.names()) {
    if (names_.names().size() > most_propositions)
      refuse(operation, "formula", "has more than 12 propositions: the automaton reads all of their subsets");
    letters_ = std::size_t(1) << names_.names().size();
    ltlf::progression p(formula);
    std::vector<std::vector<ltlf::residuals::number>> after;
    for (std::uint32_t letter = 0; letter < letters_; ++letter) after.push_back(p.after_letter(letter));
    std::map<ltlf::residuals::number, std::uint32_t> state_of;
    std::vector<ltlf::residuals::number> states;
    const auto reach = [&](ltlf::residuals::number x) {
      const auto [at, fresh] = state_of.try_emplace(x, static_cast<std::uint32_t>(states.size()));
      if (fresh) states.push_back(x), accepts_.push_back(p.accepts_nothing_more(x));
      return at->second;
    };
    reach(p.start());
    for (std::size_t s = 0; s < states.size(); ++s) {
      if (states.size() * letters_ > most_entries)
        refuse(operation, "formula", "has an automaton of more than 2^24 transitions");
      for (std::size_t letter = 0; letter < letters_; ++letter)
        next_.push_back(reach(p.after(states[s], after[letter])));
    }
    merge();
    find_verdicts();
  }

  std::size_t states() const { return accepts_.size(); }
  std::size_t letters() const { return letters_; }
  static constexpr std::uint32_t start = 0;
  std::uint32_t next(std::uint32_t state, std::size_t letter) const { return next_[state * letters_ + letter]; }
  bool accepts(std::uint32_t state) const { return accepts_[state] != 0; }
  ltlf_verdict verdict(std::uint32_t state) const { return verdicts_[state]; }
  const propositions& names() const { return names_; }

  /// After a step at which `label` holds.
  std::uint32_t next(std::uint32_t state, std::string_view label, std::vector<char>& holds) const {
    names_.read_label(label, holds);
    std::size_t letter = 0;
    for (std::size_t k = 0; k < holds.size(); ++k) letter |= holds[k] != 0 ? std::size_t(1) << k : 0;
    return next(state, letter);
  }

 private:
  /// States that no continuation tells apart become one (Moore); the first stays the first.
  void merge() {
    std::vector<std::uint32_t> group(accepts_.begin(), accepts_.end()), finer(group.size());
    std::size_t groups = 0;
    while (true) {
      std::map<std::vector<std::uint32_t>, std::uint32_t> known;
      for (std::size_t s = 0; s < group.size(); ++s) {
        std::vector<std::uint32_t> key{group[s]};
        for (std::size_t letter = 0; letter < letters_; ++letter) key.push_back(group[next_[s * letters_ + letter]]);
        finer[s] = known.try_emplace(std::move(key), static_cast<std::uint32_t>(known.size())).first->second;
      }
      group = finer;
      if (known.size() == groups) break;
      groups = known.size();
    }
    std::vector<std::uint32_t> next(groups * letters_);
    std::vector<char> accepts(groups);
    for (std::size_t s = 0; s < group.size(); ++s) {
      accepts[group[s]] = accepts_[s];
      for (std::size_t letter = 0; letter < letters_; ++letter)
        next[group[s] * letters_ + letter] = group[next_[s * letters_ + letter]];
    }
    next_ = std::move(next), accepts_ = std::move(accepts);
  }

  /// By what can be reached: in a minimal automaton one state accepts everything at most, and one nothing.
  void find_verdicts() {
    for (std::uint32_t s = 0; s < accepts_.size(); ++s) {
      bool stays = true;
      for (std::size_t letter = 0; letter < letters_; ++letter) stays = stays && next(s, letter) == s;
      verdicts_.push_back(stays ? (accepts(s) ? ltlf_verdict::for_ever : ltlf_verdict::never)
                                : (accepts(s) ? ltlf_verdict::true_now : ltlf_verdict::false_now));
    }
  }

  propositions names_;
  std::size_t letters_ = 1;
  std::vector<std::uint32_t> next_;
  std::vector<char> accepts_;
  std::vector<ltlf_verdict> verdicts_;
};

}}  // namespace guerdon
