// LTLf against its definition, position by position, and formulas that are particular.
#include <guerdon/mdp/ltlf_evaluate.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <random>

namespace {

using labels = std::vector<std::string>;

bool holds(std::string_view formula, const labels& trace) {
  return guerdon::ltlf_evaluate({trace}, {.formula = formula}).satisfied;
}

struct tree {
  char kind;  // a b for names, t f l for constants, ! X N F G, U R W & | >
  std::unique_ptr<tree> left, right;

  std::string text() const {
    switch (kind) {
      case 'a': case 'b': return std::string(1, kind);
      case 't': return "true";
      case 'f': return "false";
      case 'l': return "last";
      case '!': case 'X': case 'N': case 'F': case 'G': return std::string(1, kind) + " " + left->text();
      default: return "(" + left->text() + (kind == '>' ? "->" : std::string{' ', kind, ' '}) + right->text() + ")";
    }
  }
  bool at(const labels& trace, std::size_t i) const {
    const std::size_t n = trace.size();
    const auto some = [&](auto test) {
      for (std::size_t j = i; j < n; ++j)
        if (test(j)) return true;
      return false;
    };
    const auto until = [&](auto f, auto g) {
      return some([&](std::size_t j) {
        for (std::size_t k = i; k < j; ++k)
          if (!f(k)) return false;
        return g(j);
      });
    };
    const auto l = [&](std::size_t j) { return left->at(trace, j); };
    const auto r = [&](std::size_t j) { return right->at(trace, j); };
    switch (kind) {
      case 'a': case 'b': return trace[i].find(kind) != std::string::npos;
      case 't': return true;
      case 'f': return false;
      case 'l': return i + 1 == n;
      case '!': return !l(i);
      case 'X': return i + 1 < n && l(i + 1);
      case 'N': return i + 1 >= n || l(i + 1);
      case 'F': return some(l);
      case 'G': return !some([&](std::size_t j) { return !l(j); });
      case 'U': return until(l, r);
      case 'R': return !until([&](std::size_t j) { return !l(j); }, [&](std::size_t j) { return !r(j); });
      case 'W': return until(l, r) || !some([&](std::size_t j) { return !l(j); });
      case '&': return l(i) && r(i);
      case '|': return l(i) || r(i);
      default: return !l(i) || r(i);
    }
  }
  /// On the empty trace, with negations pushed inwards.
  bool on_nothing(bool negated = false) const {
    switch (kind) {
      case 'a': case 'b': return false;
      case 't': return !negated;
      case 'f': return negated;
      case 'X': case 'F': case 'U': return negated;
      case 'l': case 'N': case 'G': case 'R': case 'W': return !negated;
      case '!': return left->on_nothing(!negated);
      default: {
        const bool l = left->on_nothing(negated != (kind == '>')), r = right->on_nothing(negated);
        return (kind == '&') != negated ? l && r : l || r;
      }
    }
  }
};

std::unique_ptr<tree> draw(std::mt19937& random, int depth) {
  constexpr std::string_view leaves = "aabbtfl", unary = "!XNFG", binary = "URW&|>";
  auto t = std::make_unique<tree>();
  if (depth == 0 || random() % 5 == 0) {
    t->kind = leaves[random() % leaves.size()];
  } else if (random() % 2) {
    t->kind = unary[random() % unary.size()];
    t->left = draw(random, depth - 1);
  } else {
    t->kind = binary[random() % binary.size()];
    t->left = draw(random, depth - 1);
    t->right = draw(random, depth - 1);
  }
  return t;
}

TEST_CASE("ltlf_evaluate equals its definition") {
  std::mt19937 random(9);
  constexpr const char* steps[] = {"", "a", "b", " b ,a", "ab, c"};
  for (int round = 0; round < 20000; ++round) {
    const auto t = draw(random, 4);
    labels trace;
    for (auto n = random() % 6; n > 0; --n) trace.emplace_back(steps[random() % 4]);
    CAPTURE(t->text());
    REQUIRE(holds(t->text(), trace) == (trace.empty() ? t->on_nothing() : t->at(trace, 0)));
  }
}

TEST_CASE("precedence, names and constants") {
  CHECK(holds("F a & b", {"b", "a"}));               // (F a) & b
  CHECK_FALSE(holds("F a & b", {"a"}));
  CHECK(holds("a & b | c", {"c"}));
  CHECK(holds("a -> b -> c", {"a"}));                 // a -> (b -> c)
  CHECK(holds("a U b U c", {"a", "c"}));              // a U (b U c)
  CHECK(holds("GFa", {"b", "a"}));
  CHECK(holds("aUb", {"aUb"}));                       // one name
  CHECK_FALSE(holds("aUb", {"a", "b"}));
  CHECK(holds("X X last", {"", "", ""}));
  CHECK(holds("\u3000G(\ta)\n", {"a"}));
  CHECK(holds("a", {" a ,b"}));
  CHECK_FALSE(holds("a", {"ab"}));
}

TEST_CASE("what is no formula is refused") {
  for (const char* bad : {"", "(", ")", "a)", "(a", "a b", "& a", "a &", "!", "a - b", "A", "Q a", "a () b", "F", "_a", "1",
                          "a <-> b", "\xFF", "a\xC3", "true false", "X"})
    CHECK_THROWS_WITH_AS(holds(bad, {"a"}), doctest::Contains("ltlf_evaluate: formula"), std::invalid_argument);
}

TEST_CASE("depth is no danger") {
  const std::size_t depth = 200'000;
  CHECK(holds(std::string(2 * depth, '!') + "a", {"a"}));
  CHECK(holds(std::string(depth, '(') + "a" + std::string(depth, ')'), {"a"}));
  std::string chain = "a";
  for (std::size_t k = 0; k < depth; ++k) chain += "->a";
  CHECK(holds(chain, {"a"}));
}

TEST_CASE("a batch reads the formula once") {
  const labels one{"a"}, two{"", "a"};
  const std::vector<guerdon::op::ltlf_evaluate::inputs> traces{{one}, {two}, {}};
  const auto verdicts = guerdon::ltlf_evaluate(guerdon::host_rows{2}, traces, {.formula = "N a"});
  CHECK(verdicts[0].satisfied);
  CHECK(verdicts[1].satisfied);
  CHECK(verdicts[2].satisfied);
}

}  // namespace
