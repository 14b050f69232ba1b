// Tasks over time: formula, automaton, monitor, machine and product say the same; robustness has the sign of
// satisfaction, and what is smooth stays near what is exact.
#include <guerdon/mdp/ltlf_evaluate.hpp>
#include <guerdon/mdp/ltlf_monitor.hpp>
#include <guerdon/mdp/ltlf_reward.hpp>
#include <guerdon/mdp/rm_product_mdp.hpp>
#include <guerdon/mdp/rm_run.hpp>
#include <guerdon/mdp/stl_robustness.hpp>
#include <guerdon/mdp/stl_smooth_robustness.hpp>

#include <doctest/doctest.h>

#include <random>

namespace {

using namespace guerdon;
using numbers = std::vector<double>;

constexpr std::array<const char*, 4> letters{"", "a", "b", "a,b"};

std::string draw_formula(std::mt19937& random, int depth) {
  constexpr const char *leaves[] = {"a", "b", "true", "false", "last"}, *unary[] = {"!", "X ", "N ", "F ", "G "},
                       *binary[] = {" U ", " R ", " W ", " & ", " | ", " -> "};
  if (depth == 0 || random() % 5 == 0) return leaves[random() % 5];
  if (random() % 2) return unary[random() % 5] + draw_formula(random, depth - 1);
  return "(" + draw_formula(random, depth - 1) + binary[random() % 6] + draw_formula(random, depth - 1) + ")";
}

/// The automaton as a reward machine that ends, with 1, where the formula is satisfied for ever.
struct machine {
  std::vector<index_t> from, to;
  std::vector<std::string> formula;
  numbers reward;
  index_t states = 0;

  explicit machine(const ltlf_automaton& automaton) : states(static_cast<index_t>(automaton.states())) {
    std::vector<char> holds;
    for (std::uint32_t u = 0; u < automaton.states(); ++u)
      for (std::size_t k = 0; k < letters.size(); ++k) {
        const std::uint32_t next = automaton.next(u, letters[k], holds);
        const bool done = automaton.verdict(next) == ltlf_verdict::for_ever;
        from.push_back(u);
        to.push_back(done ? -1 : static_cast<index_t>(next));
        formula.push_back(std::string(k & 1 ? "a" : "!a") + (k & 2 ? " & b" : " & !b"));
        reward.push_back(done);
      }
  }
  machine_transitions transitions() const { return {from, to, formula, reward}; }
  machine_rules rules() const { return {.num_states = states, .unmatched = unmatched_rule::error}; }
};

TEST_CASE("formula, automaton, monitor, machine and product agree at every step of all traces of 6, for 200 formulas") {
  // A world whose state is what held last, and whose action chooses what holds next.
  constexpr std::size_t n = letters.size();
  numbers transition(n * n * n), start{1, 0, 0, 0};
  for (std::size_t s = 0; s < n; ++s)
    for (std::size_t a = 0; a < n; ++a) transition[(s * n + a) * n + a] = 1;
  const std::vector<std::string> state_labels(letters.begin(), letters.end());
  std::vector<std::vector<std::string>> traces(4096);
  for (std::size_t k = 0; k < traces.size(); ++k)
    for (std::size_t t = 6; t-- > 0;) traces[k].emplace_back(letters[k >> 2 * t & 3]);
  std::vector<op::ltlf_monitor::inputs> all_traces;
  for (const auto& t : traces) all_traces.push_back({t});

  std::mt19937 random(3);
  for (int round = 0; round < 200; ++round) {
    const std::string text = draw_formula(random, 3);
    CAPTURE(text);
    const ltlf_formula formula(text, "test");
    const ltlf_automaton automaton(formula, "test");
    const machine m(automaton);
    const call_rules rule("test");
    reward_machine stepped(rule, "test", m.transitions(), m.rules());
    const auto product =
        rm_product_mdp({{transition, n, n}, start, state_labels, m.transitions()}, {.rules = m.rules()});
    const auto size = static_cast<std::size_t>(product.num_states), states = static_cast<std::size_t>(m.states);
    const auto follow = [&](std::size_t from, std::size_t a) {
      const double* const row = product.transition.data() + (from * n + a) * size;
      const std::size_t to = static_cast<std::size_t>(std::find(row, row + size, 1.0) - row);
      return std::pair(to, product.reward[(from * n + a) * size + to]);
    };
    const auto seen = ltlf_monitor(host_rows{1}, all_traces, {.formula = text});
    std::vector<std::string> trace;
    std::vector<index_t> verdicts;  // after each step of the trace
    std::vector<char> read;
    const auto need = [](bool holds, const char* what) {  // millions of times: more than a REQUIRE should take
      if (!holds) FAIL(what);
    };
    const auto look = [&](const auto& self, std::uint32_t state, std::size_t in_product, index_t in_machine,
                          std::size_t number, ltlf_verdict before) -> void {
      const bool holds = formula.holds_on(trace), was_decided = before >= ltlf_verdict::never;
      const ltlf_verdict verdict = automaton.verdict(state);
      need(automaton.accepts(state) == holds, "automaton and formula differ");
      need(!was_decided || verdict == before, "a decided verdict changes");
      need(verdict == ltlf_verdict::never ? !holds : holds == (verdict != ltlf_verdict::false_now),
           "verdict and formula differ");
      const bool ended = in_product + 1 == size;  // a formula that holds of anything ends at the first step
      need(ended == (verdict == ltlf_verdict::for_ever && !trace.empty()) && (ended || in_product % states == state),
           "product and automaton differ");
      need(in_machine == (ended ? reward_machine::ended : static_cast<index_t>(state)),
           "machine and automaton differ");
      if (trace.size() == 6) {
        need(seen[number].verdict == verdicts && seen[number].satisfied == holds, "monitor and automaton differ");
        return;
      }
      for (std::size_t a = 0; a < n; ++a) {
        trace.emplace_back(letters[a]);
        const auto [to, paid] = follow(in_product, a);
        reward_machine::step step{reward_machine::ended, 0};
        if (!ended) stepped.read_label(letters[a]), step = stepped.from(rule, in_machine);
        need(step.reward == paid && paid == (to + 1 == size && !ended ? 1 : 0), "machine and product pay differently");
        const std::uint32_t next = automaton.next(state, letters[a], read);
        verdicts.push_back(static_cast<index_t>(automaton.verdict(next)));
        self(self, next, to, step.next, number * n + a, verdict);
        trace.pop_back(), verdicts.pop_back();
      }
    };
    look(look, ltlf_automaton::start, 0, 0, 0, ltlf_verdict::false_now);
  }
}

TEST_CASE("the machine of a formula is paid where its reward is, and the verdicts stand at every step") {
  std::mt19937 random(11);
  for (int round = 0; round < 200; ++round) {
    const std::string text = draw_formula(random, 3);
    CAPTURE(text);
    const ltlf_formula formula(text, "test");
    const machine m(ltlf_automaton(formula, "test"));
    std::vector<std::string> trace;
    for (int t = 0; t < 8; ++t) trace.emplace_back(letters[random() % 4]);
    const auto run = rm_run({m.transitions(), trace}, {.rules = m.rules()});
    const auto seen = ltlf_monitor({trace}, {.formula = text});
    const numbers paid = ltlf_reward({trace}, {.formula = text}).rewards;
    for (std::size_t t = 0; t < trace.size(); ++t) {
      const bool for_ever = seen.verdict[t] == static_cast<index_t>(ltlf_verdict::for_ever);
      REQUIRE(run.done[t] == for_ever);
      const std::vector<std::string> so_far(trace.begin(), trace.begin() + static_cast<std::ptrdiff_t>(t) + 1);
      REQUIRE(formula.holds_on(so_far) == (seen.verdict[t] == 1 || for_ever));
      if (t + 1 < trace.size() || run.done[t]) REQUIRE(run.rewards[t] == paid[t]);
    }
  }
}

// --- Signals ----------------------------------------------------------------------------------------------------------

/// A formula with its value at every step by definition: true or false, and how far a soft value may be from the exact
/// one, in units of log(most arguments of an operator) / sharpness.
struct signal_tree {
  std::string text;
  std::vector<char> holds;
  int softness = 0;
};

signal_tree draw_signal_tree(std::mt19937& random, const numbers& signal, std::size_t steps, int depth) {
  signal_tree f;
  const auto operand = [&] { return draw_signal_tree(random, signal, steps, depth - 1); };
  f.holds.resize(steps);
  const auto kind = depth == 0 ? 0 : random() % 7;
  if (kind == 0) {
    const bool x = random() % 2, greater = random() % 2;
    const double level = static_cast<double>(random() % 5) / 4 - 0.5;
    f.text = std::string(x ? "x" : "y") + (greater ? " > " : " < ") + std::to_string(level);
    for (std::size_t t = 0; t < steps; ++t) {
      const double value = signal[(x ? 0 : steps) + t];
      f.holds[t] = greater ? value > level : value < level;
    }
    return f;
  }
  if (kind == 1) {
    const signal_tree a = operand();
    f.text = "!(" + a.text + ")", f.softness = a.softness;
    for (std::size_t t = 0; t < steps; ++t) f.holds[t] = !a.holds[t];
    return f;
  }
  if (kind <= 3) {
    const signal_tree a = operand(), b = operand();
    f.text = "(" + a.text + (kind == 2 ? ") & (" : ") | (") + b.text + ")";
    f.softness = std::max(a.softness, b.softness) + 1;
    for (std::size_t t = 0; t < steps; ++t)
      f.holds[t] = kind == 2 ? a.holds[t] && b.holds[t] : a.holds[t] || b.holds[t];
    return f;
  }
  const std::size_t low = random() % 3, high = low + random() % 4;
  const std::string window = "[" + std::to_string(low) + "," + std::to_string(high) + "]";
  const signal_tree a = operand();
  if (kind <= 5) {
    f.text = (kind == 4 ? "F" : "G") + window + "(" + a.text + ")", f.softness = a.softness + 1;
    for (std::size_t t = 0; t < steps; ++t) {
      bool some = false, all = true;
      for (std::size_t k = t + low; k <= std::min(t + high, steps - 1); ++k) some |= a.holds[k], all &= a.holds[k] != 0;
      f.holds[t] = kind == 4 ? some : all;
    }
    return f;
  }
  const signal_tree b = operand();
  f.text = "(" + a.text + ") U" + window + " (" + b.text + ")";
  f.softness = std::max(a.softness, b.softness) + 2;
  for (std::size_t t = 0; t < steps; ++t)
    for (std::size_t k = t + low; k <= std::min(t + high, steps - 1) && !f.holds[t]; ++k) {
      bool held = b.holds[k] != 0;
      for (std::size_t u = t; u < k; ++u) held = held && a.holds[u];
      f.holds[t] = held;
    }
  return f;
}

TEST_CASE("the sign of robustness is satisfaction, and soft values lie within their bounds, for 500 random formulas") {
  std::mt19937 random(8);
  const std::vector<std::string> names{"x", "y"};
  constexpr std::size_t steps = 10;
  for (int round = 0; round < 500; ++round) {
    numbers signal(2 * steps);
    for (double& x : signal) x = std::uniform_real_distribution(-1.0, 1.0)(random);
    const signal_tree f = draw_signal_tree(random, signal, steps, 3);
    CAPTURE(f.text);
    const auto exact = stl_robustness({names, signal}, {.formula = f.text});
    for (std::size_t t = 0; t < steps; ++t) REQUIRE((exact.robustness[t] > 0) == (f.holds[t] != 0));
    REQUIRE(exact.satisfied == (f.holds[0] != 0));
    for (const double sharpness : {2.0, 50.0}) {
      const numbers soft =
          stl_smooth_robustness({names, signal}, {.formula = f.text, .sharpness = sharpness}).robustness;
      // Maxima and minima move by no more than their arguments do, and one soft one is off by log(n) / k at most.
      const double bound = f.softness * std::log(static_cast<double>(steps + 1)) / sharpness + 1e-9;
      for (std::size_t t = 0; t < steps; ++t) {
        if (std::isinf(exact.robustness[t])) REQUIRE(soft[t] == exact.robustness[t]);
        else REQUIRE(std::abs(soft[t] - exact.robustness[t]) <= bound);
      }
    }
  }
}

/// The slope against central differences, of every sample, from every step on.
void check_slopes(const std::string& formula, const numbers& signal, std::size_t steps) {
  const std::vector<std::string> names{"x", "y"};
  for (const soft_method method : {soft_method::lse, soft_method::weighted})
    for (const double sharpness : {0.5, 5.0}) {
      CAPTURE(formula);
      const op::stl_smooth_robustness::options o{.formula = formula, .sharpness = sharpness, .method = method};
      std::vector<numbers> slope;
      for (std::size_t t = 0; t < steps; ++t)
        slope.push_back(stl_smooth_robustness_gradient({names, signal}, o, static_cast<index_t>(t)));
      for (std::size_t k = 0; k < signal.size(); ++k) {
        const auto moved = [&](double by) {
          numbers x = signal;
          x[k] += by;
          return stl_smooth_robustness({names, x}, o).robustness;
        };
        const numbers above = moved(1e-5), below = moved(-1e-5);
        for (std::size_t t = 0; t < steps; ++t) {
          if (std::isinf(above[t])) REQUIRE(slope[t][k] == 0);
          else REQUIRE(std::abs(slope[t][k] - (above[t] - below[t]) / 2e-5) < 1e-7 * std::max(1.0, std::abs(above[t])));
        }
      }
    }
}

TEST_CASE("the slope of soft robustness is that of finite differences, for 200 random formulas and particular ones") {
  std::mt19937 random(21);
  constexpr std::size_t steps = 8;
  numbers signal(2 * steps);
  const auto draw = [&] {
    for (double& x : signal) x = std::uniform_real_distribution(-1.0, 1.0)(random);
  };
  for (int round = 0; round < 200; ++round) {
    draw();
    check_slopes(draw_signal_tree(random, signal, steps, 3).text, signal, steps);
  }
  for (const char* f : {"x > 0", "!y < 0.5", "true", "x > 0 & true", "x > 0 | true",
                        "x > 0 & y > 0 & x < 0.5 & y < 0.2", "x > 0 -> y > 0", "x > 0 -> y > 0 -> F x < 0",
                        "G F x > 0", "F G[2,inf] y < 0", "x > 0 U y > 0",
                        "x > 0 U[2,inf] (y > 0 U[0,3] x < 0.3)", "F[6,9] x > 0", "G[9,9] x > 0"}) {
    draw();
    check_slopes(f, signal, steps);
  }
}

TEST_CASE("the slope of soft robustness: all of it where all counts, none where nothing does, NaN where it is read") {
  const std::vector<std::string> names{"x", "y"};
  const auto slope = [&](const char* f, const numbers& signal, double sharpness, index_t step = 0) {
    return stl_smooth_robustness_gradient({names, signal}, {.formula = f, .sharpness = sharpness}, step);
  };
  const double inf = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(slope("F x > 0", {1, 3, 2, 9, 9, 9}, 1e4) == numbers{0, 1, 0, 0, 0, 0});
  CHECK(slope("F x > 0", {1, 3, 2, 9, 9, 9}, 1e4, 2) == numbers{0, 0, 1, 0, 0, 0});
  CHECK(slope("G x > 0", {-1e300, 3, 2, 9, 9, 9}, 10) == numbers{1, 0, 0, 0, 0, 0});
  CHECK(slope("F x > 0", {1, inf, 2, 9, 9, 9}, 1) == numbers(6));
  CHECK(slope("F x > 0", {-inf, 3, -inf, 9, 9, 9}, 1) == numbers{0, 1, 0, 0, 0, 0});
  const numbers read = slope("F[0,1] x > 0", {1, nan, 2, nan, 9, 9}, 1);
  CHECK(std::isnan(read[0]));
  CHECK(std::isnan(read[1]));
  CHECK(numbers(read.begin() + 2, read.end()) == numbers(4));
  CHECK_THROWS_WITH_AS(slope("F x > 0", {1, 2}, 1, 1), doctest::Contains("step"), std::invalid_argument);
}

TEST_CASE("duals, unrolled operators, and the side on which a soft form errs") {
  std::mt19937 random(5);
  const std::vector<std::string> names{"x", "y"};
  for (int round = 0; round < 200; ++round) {
    numbers signal(16);
    for (double& x : signal) x = std::uniform_real_distribution(-1.0, 1.0)(random);
    const auto exact = [&](const char* f) { return stl_robustness({names, signal}, {.formula = f}).robustness; };
    const numbers f = exact("F[1,3] x > 0"), g = exact("G[1,3] x > 0");
    CHECK(f == exact("!G[1,3] !x > 0"));
    CHECK(exact("x > 0 U y > 0") == exact("y > 0 | x > 0 & F[1,1] (x > 0 U y > 0)"));
    for (const double sharpness : {1.0, 30.0}) {
      const auto soft = [&](const char* formula, soft_method method) {
        return stl_smooth_robustness({names, signal}, {.formula = formula, .sharpness = sharpness, .method = method})
            .robustness;
      };
      const numbers above = soft("F[1,3] x > 0", soft_method::lse), below = soft("F[1,3] x > 0", soft_method::weighted),
                    low = soft("G[1,3] x > 0", soft_method::lse), high = soft("G[1,3] x > 0", soft_method::weighted);
      for (std::size_t t = 0; t < 7; ++t) {
        CHECK(above[t] >= f[t] - 1e-12);
        CHECK(above[t] <= f[t] + std::log(3.0) / sharpness + 1e-12);
        CHECK(below[t] <= f[t] + 1e-12);
        CHECK(low[t] <= g[t] + 1e-12);
        CHECK(low[t] >= g[t] - std::log(3.0) / sharpness - 1e-12);
        CHECK(high[t] >= g[t] - 1e-12);
      }
    }
  }
}

}  // namespace
