#pragma once
// Formulas of signal temporal logic: read once, evaluated on a signal at every step, exactly or with soft maxima.
//
// Predicates `name > c`, `>=`, `<`, `<=`; true and false; ! F G (unary); U (to the right); &; |; -> (to the right);
// parentheses. F, G and U may have an interval [a,b] of steps, b a number or inf. Blanks only separate.

#include <guerdon/core/text_view.hpp>
#include <guerdon/mdp/formula_reader.hpp>
#include <guerdon/mdp/propositions.hpp>

#include <charconv>
#include <cmath>
#include <deque>
#include <limits>

namespace guerdon { inline namespace GUERDON_ABI {

class signal_formula {
 public:
  enum kind : char { above, below, constant_true, constant_false, negation, eventually, always, until, conjunction,
                     disjunction, implication };
  static constexpr std::size_t for_ever = std::numeric_limits<std::size_t>::max();
  struct node {
    signal_formula::kind kind;
    std::vector<std::size_t> operands = {};  ///< of a chain a & b & c without parentheses: all of them
    std::size_t signal = 0;
    double level = 0;
    std::size_t from = 0, to = for_ever;  ///< of an interval
    bool closed = false;                  ///< in parentheses: what follows does not join its chain
  };

  /// Reads the text. `operation` is who complains about it.
  signal_formula(std::string_view text, const text_view& names, std::string_view operation) {
    reader r{*this, names, operation, {}};
    read_formula<waiting_operator>(text, operation, r);
  }

  /// The value at every step, by maxima that an `Accumulator` takes: empty{}, add(x), result(); soft or exact.
  template <class Accumulator>
  std::vector<double> values(const double* signal, std::size_t steps, const Accumulator& empty) const {
    return std::move(all_values(signal, steps, empty).back());
  }

  /// The slope of the value at `step` by every sample, where the accumulator has one: slope(x) of its result by an x
  /// that was added.
  template <class Accumulator>
  std::vector<double> gradient(const double* signal, std::size_t signals, std::size_t steps, std::size_t step,
                               const Accumulator& empty) const {
    const auto value = all_values(signal, steps, empty);
    std::vector<std::vector<double>> weight(nodes_.size(), std::vector<double>(steps));  // of a node's value in the end
    std::vector<double> slope(signals * steps);
    weight.back()[step] = 1;
    for (std::size_t i = nodes_.size(); i-- > 0;) {  // what a node is made of stands before it
      const node& n = nodes_[i];
      for (std::size_t t = 0; t < steps; ++t) {
        const double w = weight[i][t];
        if (w == 0) continue;
        if (n.kind == above || n.kind == below) slope[n.signal * steps + t] += n.kind == above ? w : -w;
        else if (n.kind == negation) weight[n.operands[0]][t] -= w;
        else if (n.kind == until) add_until_slopes(value, n, t, w, empty, weight);
        else {
          Accumulator best = empty;
          for_arguments(n, t, steps, [&](std::size_t of, std::size_t at, double sign) {
            best.add(sign * value[of][at]);
          });
          for_arguments(n, t, steps, [&](std::size_t of, std::size_t at, double sign) {
            const double turned = n.kind == implication ? sign : 1;  // a minimum turns twice
            weight[of][at] += turned * w * best.slope(sign * value[of][at]);
          });
        }
      }
    }
    return slope;
  }

 private:
  static constexpr double infinity = std::numeric_limits<double>::infinity();

  /// Of every node, in their order.
  template <class Accumulator>
  std::vector<std::vector<double>> all_values(const double* signal, std::size_t steps, const Accumulator& empty) const {
    std::vector<std::vector<double>> all;
    for (const node& n : nodes_) {
      std::vector<double> v(steps);
      switch (n.kind) {
        case above: case below:
          for (std::size_t t = 0; t < steps; ++t) {
            const double x = signal[n.signal * steps + t];
            v[t] = n.kind == above ? x - n.level : n.level - x;
          }
          break;
        case constant_true: v.assign(steps, infinity); break;
        case constant_false: v.assign(steps, -infinity); break;
        case negation:
          for (std::size_t t = 0; t < steps; ++t) v[t] = -all[n.operands[0]][t];
          break;
        case conjunction: case disjunction: case implication:
          for (std::size_t t = 0; t < steps; ++t) {
            Accumulator best = empty;
            const double sign = n.kind == conjunction ? -1 : 1;
            for (std::size_t k = 0; k < n.operands.size(); ++k)
              best.add((n.kind == implication && k == 0 ? -1 : sign) * all[n.operands[k]][t]);
            v[t] = sign * best.result();
          }
          break;
        case eventually: case always: v = window(all[n.operands[0]], n, empty); break;
        case until: v = until_values(all[n.operands[0]], all[n.operands[1]], n, empty); break;
      }
      all.push_back(std::move(v));
    }
    return all;
  }

  /// each(node, step, sign) of what a maximum at step t is taken over; for a minimum all signs are turned.
  template <class Each>
  static void for_arguments(const node& n, std::size_t t, std::size_t steps, const Each& each) {
    if (n.kind == eventually || n.kind == always)
      for (std::size_t k = n.from; k <= n.to && k < steps - t; ++k)
        each(n.operands[0], t + k, n.kind == always ? -1 : 1);
    else for (std::size_t k = 0; k < n.operands.size(); ++k)
      each(n.operands[k], t, n.kind == conjunction || (n.kind == implication && k == 0) ? -1 : 1);
  }
  template <class Accumulator>
  static void add_until_slopes(const std::vector<std::vector<double>>& value, const node& n, std::size_t t, double w,
                               const Accumulator& empty, std::vector<std::vector<double>>& weight) {
    const std::vector<double>&f = value[n.operands[0]], &g = value[n.operands[1]];
    const std::size_t steps = f.size();
    const auto each_choice = [&](const auto& found) {  // the t' of the window, with the least of g(t') and f before it
      Accumulator held = empty;
      for (std::size_t k = 0; k <= n.to && k < steps - t; ++k) {
        if (k >= n.from) {
          Accumulator least = held;
          least.add(-g[t + k]);
          found(t + k, least);
        }
        held.add(-f[t + k]);
      }
    };
    Accumulator best = empty;
    each_choice([&](std::size_t, const Accumulator& least) { best.add(-least.result()); });
    each_choice([&](std::size_t end, const Accumulator& least) {
      const double v = w * best.slope(-least.result());
      if (v == 0) return;
      weight[n.operands[1]][end] += v * least.slope(-g[end]);
      for (std::size_t u = t; u < end; ++u) weight[n.operands[0]][u] += v * least.slope(-f[u]);
    });
  }

  /// max, or min, over t + from to t + to, as far as there are steps.
  template <class Accumulator>
  static std::vector<double> window(const std::vector<double>& x, const node& n, const Accumulator& empty) {
    const std::size_t steps = x.size();
    const double sign = n.kind == always ? -1 : 1;
    std::vector<double> v(steps);
    if (n.to == for_ever || n.to >= steps) {  // it grows towards the front
      Accumulator best = empty;
      for (std::size_t t = steps; t-- > 0;) {
        if (n.from < steps - t) best.add(sign * x[t + n.from]);
        v[t] = sign * best.result();
      }
    } else if constexpr (Accumulator::exact) {  // candidates, the best at the front, from right to left
      const auto no_better = [&](std::size_t i, std::size_t j) {
        return !(Accumulator::larger(sign * x[i], sign * x[j]));
      };
      std::deque<std::size_t> candidates;
      for (std::size_t t = steps; t-- > 0;) {
        if (n.from < steps - t) {
          while (!candidates.empty() && no_better(candidates.back(), t + n.from)) candidates.pop_back();
          candidates.push_back(t + n.from);
        }
        while (!candidates.empty() && candidates.front() > t + n.to) candidates.pop_front();
        v[t] = candidates.empty() ? sign * -infinity : x[candidates.front()];
      }
    } else {
      for (std::size_t t = 0; t < steps; ++t) {
        Accumulator best = empty;
        for (std::size_t k = n.from; k <= n.to && k < steps - t; ++k) best.add(sign * x[t + k]);
        v[t] = sign * best.result();
      }
    }
    return v;
  }

  /// max over t' in the window of min(g(t'), f(t), ..., f(t'-1)).
  template <class Accumulator>
  static std::vector<double> until_values(const std::vector<double>& f, const std::vector<double>& g, const node& n,
                                          const Accumulator& empty) {
    const std::size_t steps = f.size();
    std::vector<double> v(steps);
    const auto smaller = [&](double x, double y) {
      Accumulator least = empty;
      least.add(-x), least.add(-y);
      return -least.result();
    };
    if (Accumulator::exact && n.from == 0 && n.to == for_ever) {
      for (std::size_t t = steps; t-- > 0;) {
        Accumulator best = empty;
        best.add(g[t]);
        if (t + 1 < steps) best.add(smaller(f[t], v[t + 1]));
        v[t] = best.result();
      }
      return v;
    }
    for (std::size_t t = 0; t < steps; ++t) {
      Accumulator best = empty, held = empty;
      for (std::size_t k = 0; k <= n.to && k < steps - t; ++k) {
        if (k >= n.from) {
          Accumulator least = held;
          least.add(-g[t + k]);
          best.add(-least.result());
        }
        held.add(-f[t + k]);
      }
      v[t] = best.result();
    }
    return v;
  }

  struct waiting_operator {
    signal_formula::kind kind;
    std::size_t from = 0, to = for_ever;
  };

  /// What read_formula is told.
  struct reader {
    signal_formula& formula;
    const text_view& names;
    std::string_view operation;
    std::vector<std::size_t> operands;

    [[noreturn]] void wrong(const char* what, std::size_t at) const {
      refuse(operation, "formula", std::string(what) + " at character " + std::to_string(at + 1));
    }
    static std::size_t skip(std::string_view text, std::size_t at) {
      return text.size() - unicode::trim_left(text.substr(std::min(at, text.size()))).size();
    }
    void add(node n) {
      formula.nodes_.push_back(std::move(n));
      operands.push_back(formula.nodes_.size() - 1);
    }

    std::size_t operand(std::string_view text, std::size_t at) {
      const std::size_t end = end_of_name(text, at);
      const std::string_view name = text.substr(at, end - at);
      if (end == at) return at;
      if (name == "true" || name == "false") return add({name == "true" ? constant_true : constant_false}), end;
      std::size_t next = skip(text, end);
      if (next >= text.size() || (text[next] != '>' && text[next] != '<'))
        wrong("has a name without a comparison", next);
      node n{text[next] == '>' ? above : below};
      ++next;
      if (next < text.size() && text[next] == '=') ++next;
      next = read_number(text, skip(text, next), n.level);
      index_t k = 0;
      while (k < names.size() && names[k] != name) ++k;
      if (k == names.size()) refuse(operation, "names", "do not have the signal '" + std::string(name) + "'");
      n.signal = static_cast<std::size_t>(k);
      add(std::move(n));
      return next;
    }
    std::size_t read_number(std::string_view text, std::size_t at, double& x) const {
      const std::size_t digits = at < text.size() && (text[at] == '+' || text[at] == '-') ? at + 1 : at;
      const auto is_digit = [&](std::size_t i) { return i < text.size() && text[i] >= '0' && text[i] <= '9'; };
      if (!is_digit(digits) && !(digits < text.size() && text[digits] == '.' && is_digit(digits + 1)))
        wrong("has no number to compare with", at);
      const auto [end, error] = std::from_chars(text.data() + digits, text.data() + text.size(), x);
      if (error != std::errc()) wrong("has a number that no double holds", at);
      if (text[at] == '-') x = -x;
      return static_cast<std::size_t>(end - text.data());
    }

    std::optional<read_operator<waiting_operator>> before(std::string_view text, std::size_t at) const {
      if (text[at] == '!') return {{{negation}, at + 1}};
      if (text[at] != 'F' && text[at] != 'G') return std::nullopt;
      return with_interval(text, at + 1, {text[at] == 'F' ? eventually : always});
    }
    std::optional<read_operator<waiting_operator>> between(std::string_view text, std::size_t at) const {
      if (text.substr(at).starts_with("->")) return {{{implication}, at + 2}};
      if (text[at] == 'U') return with_interval(text, at + 1, {until});
      if (text[at] == '&') return {{{conjunction}, at + 1}};
      if (text[at] == '|') return {{{disjunction}, at + 1}};
      return std::nullopt;
    }
    read_operator<waiting_operator> with_interval(std::string_view text, std::size_t at, waiting_operator one) const {
      std::size_t next = skip(text, at);
      if (next >= text.size() || text[next] != '[') return {one, at};
      next = read_bound(text, next + 1, one.from, false);
      if (next >= text.size() || text[next] != ',') wrong("has an interval without a comma", next);
      next = read_bound(text, next + 1, one.to, true);
      if (next >= text.size() || text[next] != ']') wrong("has an interval that nothing closes", next);
      if (one.to < one.from) refuse(operation, "formula", "has an interval [a,b] with b less than a");
      return {one, next + 1};
    }
    std::size_t read_bound(std::string_view text, std::size_t at, std::size_t& bound, bool may_be_infinite) const {
      at = skip(text, at);
      if (may_be_infinite && text.substr(at).starts_with("inf")) {
        bound = for_ever;
        return skip(text, at + 3);
      }
      const bool negative = at < text.size() && text[at] == '-';
      std::uint64_t x = 0;
      const char* const first = text.data() + at + (negative ? 1 : 0);
      const auto [end, error] = std::from_chars(first, text.data() + text.size(), x);
      if (end == first) wrong("has an interval whose ends are no whole numbers", at);
      if (negative && x > 0) refuse(operation, "formula", "has an interval that begins before 0");
      constexpr std::uint64_t most = std::uint64_t(1) << 62;
      bound = static_cast<std::size_t>(error == std::errc() ? std::min(x, most) : most);
      return skip(text, static_cast<std::size_t>(end - text.data()));
    }

    static int level(const waiting_operator& o) {
      return o.kind <= always ? 5 : o.kind == until ? 4 : o.kind == conjunction ? 3 : o.kind == disjunction ? 2 : 1;
    }
    static bool to_the_left(const waiting_operator& o) { return o.kind == conjunction || o.kind == disjunction; }
    void apply(const waiting_operator& o) {
      const std::size_t last = operands.back();
      operands.pop_back();
      if (o.kind <= always) return add({o.kind, {last}, 0, 0, o.from, o.to});
      const std::size_t first = operands.back();
      operands.pop_back();
      const node& left = formula.nodes_[first];
      if (to_the_left(o) && left.kind == o.kind && !left.closed) {  // the chain goes on
        node longer = left;
        longer.operands.push_back(last);
        return add(std::move(longer));
      }
      add({o.kind, {first, last}, 0, 0, o.from, o.to});
    }
    void closed() { formula.nodes_[operands.back()].closed = true; }
  };

  std::vector<node> nodes_;  ///< operands stand before what they are operands of; the last is the formula
};

/// The maximum; a NaN is larger than all.
struct exact_maximum {
  static constexpr bool exact = true;
  double most = -std::numeric_limits<double>::infinity();

  static bool larger(double x, double y) { return x != x || x > y; }
  void add(double x) { most = larger(most, x) ? most : x; }
  double result() const { return most; }
};

/// (1/k) log sum exp(k x), or sum x exp(k x) / sum exp(k x). What is -inf counts as not there, one +inf decides.
struct soft_maximum_of {
  static constexpr bool exact = false;
  double sharpness = 1;
  bool weighted = false;
  double most = -std::numeric_limits<double>::infinity(), sum = 0, weighted_sum = 0;

  void add(double x) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    if (x == -infinity || most != most) return;
    if (x != x || x == infinity || most == infinity) {
      most = x != x ? x : infinity;
      return;
    }
    if (x > most) {  // what was summed counts from the new largest
      const double fade = std::exp(sharpness * (most - x));
      weighted_sum = sum > 0 ? fade * (weighted_sum + sum * (most - x)) : 0;
      sum *= fade;
      most = x;
    }
    const double weight = std::exp(sharpness * (x - most));
    sum += weight;
    if (weight > 0) weighted_sum += weight * (x - most);
  }
  double result() const {
    if (!std::isfinite(most)) return most;
    return most + (weighted ? weighted_sum / sum : std::log(sum) / sharpness);
  }
  /// Of result() by an x that was added; what an infinity decides has none.
  double slope(double x) const {
    if (std::isinf(most)) return 0;
    const double p = std::exp(sharpness * (x - most)) / sum;
    return weighted && p != 0 ? p * (1 + sharpness * (x - result())) : p;
  }
};

}}  // namespace guerdon
