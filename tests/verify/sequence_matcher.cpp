// The matcher against difflib's own steps, written down plainly.
#include <guerdon/verify/sequence_matcher_blocks.hpp>

#include <doctest/doctest.h>

#include <array>
#include <map>

#include "nasty_text.hpp"

using guerdon::index_t;
using guerdon::matching_block;

namespace {

using sequence = guerdon::sequence_matcher::sequence;

/// CPython's find_longest_match and get_matching_blocks.
std::vector<matching_block> difflib(const sequence& a, const sequence& b, bool autojunk) {
  std::map<std::uint32_t, std::vector<index_t>> places;
  for (std::size_t j = 0; j < b.size(); ++j) places[b[j]].push_back(static_cast<index_t>(j));
  if (autojunk && b.size() >= 200)
    std::erase_if(places, [&](const auto& x) { return x.second.size() > b.size() / 100 + 1; });
  const auto at = [](const sequence& s, index_t i) { return s[static_cast<std::size_t>(i)]; };
  std::vector<matching_block> found;
  std::vector<std::array<index_t, 4>> todo{{0, static_cast<index_t>(a.size()), 0, static_cast<index_t>(b.size())}};
  while (!todo.empty()) {
    const auto [a_low, a_high, b_low, b_high] = todo.back();
    todo.pop_back();
    index_t i = a_low, j = b_low, size = 0;
    std::map<index_t, index_t> lengths;
    for (index_t row = a_low; row < a_high; ++row) {
      std::map<index_t, index_t> next;
      for (const index_t column : places[at(a, row)]) {
        if (column < b_low) continue;
        if (column >= b_high) break;
        const auto before = lengths.find(column - 1);
        const index_t k = next[column] = (before == lengths.end() ? 0 : before->second) + 1;
        if (k > size) i = row - k + 1, j = column - k + 1, size = k;
      }
      lengths = std::move(next);
    }
    while (i > a_low && j > b_low && at(a, i - 1) == at(b, j - 1)) --i, --j, ++size;
    while (i + size < a_high && j + size < b_high && at(a, i + size) == at(b, j + size)) ++size;
    if (size == 0) continue;
    found.push_back({i, j, size});
    if (a_low < i && b_low < j) todo.push_back({a_low, i, b_low, j});
    if (i + size < a_high && j + size < b_high) todo.push_back({i + size, a_high, j + size, b_high});
  }
  std::sort(found.begin(), found.end(), [](const auto& x, const auto& y) { return x.a < y.a; });
  std::vector<matching_block> joined;
  for (const matching_block& x : found) {
    if (!joined.empty() && joined.back().a + joined.back().size == x.a && joined.back().b + joined.back().size == x.b)
      joined.back().size += x.size;
    else
      joined.push_back(x);
  }
  return joined;
}

TEST_CASE("the matcher finds difflib's blocks") {
  std::mt19937 random(8);
  for (int round = 0; round < 3000; ++round) {
    const auto below = [&](std::size_t n) { return static_cast<std::uint32_t>(random() % n); };
    const std::uint32_t alphabet = 1 + below(round % 4 == 0 ? 60 : 4);
    sequence a, b;
    for (auto n = random() % (round % 10 == 0 ? 300 : 30); n > 0; --n) a.push_back(below(alphabet));
    if (random() % 2) {  // b is a, edited
      for (const std::uint32_t x : a)
        if (random() % 8) b.push_back(random() % 8 ? x : below(alphabet));
    } else {
      for (auto n = random() % (round % 10 == 0 ? 300 : 30); n > 0; --n) b.push_back(below(alphabet));
    }
    for (const bool autojunk : {false, true})
      REQUIRE(guerdon::sequence_matcher(a, b, autojunk).blocks() == difflib(a, b, autojunk));
  }
}

TEST_CASE("texts are compared by code point, and a broken byte is one") {
  const auto blocks = guerdon::sequence_matcher_blocks({"xé\xC3", "é\xC3\xA9"});  // é, lone byte; é, é
  CHECK(blocks.block_a == std::vector<index_t>{1, 3});
  CHECK(blocks.block_b == std::vector<index_t>{0, 2});
  CHECK(blocks.block_size == std::vector<index_t>{1, 0});
}

TEST_CASE("work is limited before it begins, equal texts too") {
  CHECK_NOTHROW(guerdon::sequence_matcher_blocks({"abc", "abc"}, {.max_work = 9}));
  CHECK_THROWS_WITH_AS(guerdon::sequence_matcher_blocks({"abc", "abc"}, {.max_work = 8}), doctest::Contains("length"),
                       std::invalid_argument);
  CHECK_NOTHROW(guerdon::sequence_matcher_blocks({"abc", ""}, {.max_work = 1}));
}

}  // namespace
