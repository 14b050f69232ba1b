// Words, lines, numbers of elements and the counts of BLEU against the plain way to find them.
#include <guerdon/core/element_numbers.hpp>
#include <guerdon/verify/bleu.hpp>
#include <guerdon/verify/words.hpp>

#include <doctest/doctest.h>

#include <map>

#include "nasty_text.hpp"

namespace {

using namespace guerdon;
using strings = std::vector<std::string>;

std::string slice(const std::u32string& text, std::size_t begin, std::size_t end) {
  return nasty::encode(text.substr(begin, end - begin));
}

strings plain_words(const std::u32string& text) {
  strings words;
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = begin;
    while (end < text.size() && !unicode::is_space(text[end])) ++end;
    if (end > begin) words.push_back(slice(text, begin, end));
    begin = end + 1;
  }
  return words;
}

strings plain_lines(const std::u32string& text) {
  const std::u32string breaks = U"\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029";
  strings lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find_first_of(breaks, begin), text.size());
    lines.push_back(slice(text, begin, end));
    begin = end + (end + 1 < text.size() && text[end] == '\r' && text[end + 1] == '\n' ? 2 : 1);
  }
  return lines;
}

TEST_CASE("words and lines are those that code points tell apart") {
  std::mt19937 random(3);
  constexpr std::string_view breaks[] = {"\r\n",
                                         "\r",
                                         "\n",
                                         "\v",
                                         "\x1e",
                                         "\x1f",
                                         "\u0085",
                                         "\u2028",
                                         "\u2029",
                                         "\u00a0",
                                         "\u202a",
                                         "\xc2",
                                         "\xe2\x80",
                                         "\xe2\x80\xa8\xe2",
                                         "plainly longer than eight"};
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (auto n = random() % 6; n > 0; --n)
      text.append(nasty::text(random, 4)).append(breaks[random() % std::size(breaks)]);
    const std::u32string code_points = nasty::decode(text);
    strings words, lines;
    for_each_word(text, [&](std::string_view word) { words.emplace_back(word); });
    for_each_line(text, [&](std::string_view line) { lines.emplace_back(line); });
    REQUIRE(words == plain_words(code_points));
    REQUIRE(lines == plain_lines(code_points));
  }
}

TEST_CASE("equal elements have equal numbers, in the order of first appearance") {
  std::mt19937 random(4);
  const auto check = [](const auto& elements, auto& numbers) {
    std::map<std::remove_cvref_t<decltype(elements[0])>, std::uint32_t> known;
    for (const auto& x : elements) {
      const auto at = known.find(x);
      REQUIRE(numbers.find(x) == (at == known.end() ? numbers.none : at->second));
      const auto number = known.try_emplace(x, static_cast<std::uint32_t>(known.size())).first->second;
      REQUIRE(numbers.of(x) == number);
      REQUIRE(numbers.size() == known.size());
    }
  };
  element_numbers<std::string_view> texts;
  element_numbers<std::uint64_t> integers;
  for (int round = 0; round < 3; ++round) {  // the same tables, cleared
    strings drawn;
    std::vector<std::uint64_t> ids;
    for (int k = 0; k < 3000; ++k) {
      drawn.push_back(round == 0 ? std::string(random() % 40, 'a') : nasty::text(random, 3));
      ids.push_back(round == 0 ? random() % 100 : std::uint64_t(random() % 1000) << 32);
    }
    check(std::vector<std::string_view>(drawn.begin(), drawn.end()), texts);
    check(ids, integers);
    texts.clear(), integers.clear();
  }
}

/// BLEU's counts as they are defined: each n-gram of the translation as often as the reference has it that has it most.
bleu_text::counts plain_counts(const std::string& hypothesis, const strings& references, const op::bleu::options& o) {
  const auto words = [&](const std::string& text) {
    return plain_words(nasty::decode(bleu_text::tokenized(text, o.tokenizer, o.lowercase)));
  };
  const auto grams = [](const strings& of, std::size_t n) {
    std::map<strings, index_t> count;
    for (std::size_t i = 0; i + n <= of.size(); ++i) ++count[strings(of.begin() + static_cast<std::ptrdiff_t>(i),
                                                                     of.begin() + static_cast<std::ptrdiff_t>(i + n))];
    return count;
  };
  bleu_text::counts c(static_cast<std::size_t>(o.max_ngram_order));
  const strings given = words(hypothesis);
  c.hypothesis_length = static_cast<index_t>(given.size());
  for (std::size_t n = 1; n <= c.total.size(); ++n) {
    std::map<strings, index_t> most;
    for (const std::string& reference : references)
      for (const auto& [gram, count] : grams(words(reference), n)) most[gram] = std::max(most[gram], count);
    for (const auto& [gram, count] : grams(given, n)) {
      c.total[n - 1] += count;
      c.correct[n - 1] += std::min(count, most[gram]);
    }
  }
  return c;
}

TEST_CASE("n-grams are counted as they are defined") {
  std::mt19937 random(5);
  for (int round = 0; round < 300; ++round) {
    // Few words that come again and again; in the last rounds so many that a table of all pairs would be large.
    const unsigned vocabulary = round < 290 ? 12 : 400, length = round < 290 ? 30 : 900;
    const auto text = [&] {
      std::string s = nasty::text(random, 6);
      for (auto n = random() % length; n > 0; --n)
        s += " w" + std::to_string(random() % vocabulary) + (n % 9 ? "" : ".");
      return s;
    };
    const op::bleu::options o{.tokenizer = static_cast<bleu_tokenizer>(random() % 4), .lowercase = random() % 2 == 0,
                              .max_ngram_order = static_cast<index_t>(1 + random() % 5)};
    const std::string hypothesis = text();
    const strings references{text(), text(), hypothesis.substr(0, hypothesis.size() / 2)};
    const auto count = static_cast<index_t>(1 + random() % 3);
    const auto got = bleu_text::count_sentence(
        hypothesis, count, [&](index_t k) { return references[static_cast<std::size_t>(k)]; }, o);
    const auto want = plain_counts(hypothesis, strings(references.begin(), references.begin() + count), o);
    REQUIRE(got.correct == want.correct);
    REQUIRE(got.total == want.total);
    REQUIRE(got.hypothesis_length == want.hypothesis_length);
  }
}

}  // namespace
