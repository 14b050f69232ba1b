// What reads tokens, texts and graphs of steps takes about twice as long for half a megabyte as for a quarter, whatever
// stands there; quadratic would be four times.
#include <guerdon/advantage/gigpo_advantage.hpp>
#include <guerdon/advantage/salt_advantage.hpp>
#include <guerdon/backend/scalar.hpp>
#include <guerdon/length/ngram_repetition_dense_penalty.hpp>
#include <guerdon/length/ngram_repetition_penalty.hpp>
#include <guerdon/length/tail_ngram_repetition.hpp>
#include <guerdon/process/reasoning_step_split.hpp>
#include <guerdon/shaping/ngram_repeat_penalty.hpp>
#include <guerdon/statistics/answer_ids.hpp>
#include <guerdon/verify/vision_r1_parse_boxes.hpp>

#include <doctest/doctest.h>

#include <ctime>
#include <functional>
#include <random>

#include "nasty_text.hpp"

namespace {

using namespace guerdon;
using namespace std::string_view_literals;

constexpr std::size_t quarter = 250'000;  // bytes

/// Seconds of the processor, of the faster of two.
double seconds(const std::function<void()>& work) {
  double least = 1e9;
  for (int run = 0; run < 2; ++run) {
    const std::clock_t start = std::clock();
    work();
    least = std::min(least, static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
  }
  return least;
}

/// work_on(bytes) is the work on so many.
void grows_linearly(const std::string& what, const std::function<std::function<void()>(std::size_t)>& work_on) {
  const double small = seconds(work_on(quarter)), large = seconds(work_on(2 * quarter));
  // What is done in half a second is not quadratic: that would be 10^10 steps and more.
  if (large < 3 * small || large < 0.5) return;
  // Tables that just outgrow a cache look worse than they are: four times as much tells, which would take 16 times.
  const double huge = seconds(work_on(8 * quarter));
  CHECK_MESSAGE(huge < 9 * large, what, ": ", small, " s, ", large, " s, ", huge, " s");
}

using tokens = std::vector<index_t>;

tokens repeated(std::size_t n, index_t period) {
  tokens t;
  for (std::size_t i = 0; i < n; ++i) t.push_back(static_cast<index_t>(i) % period);
  return t;
}
tokens drawn(std::size_t n, unsigned vocabulary) {
  std::mt19937 random(1);
  tokens t;
  for (std::size_t i = 0; i < n; ++i) t.push_back(random() % vocabulary);
  return t;
}

TEST_CASE("rules on tokens") {
  const auto kinds = {+[](std::size_t n) { return repeated(n, 1); }, +[](std::size_t n) { return repeated(n, 39); },
                      +[](std::size_t n) { return drawn(n, 50'000); }};
  for (const auto make : kinds) {
    const auto rule = [&](const std::string& what, auto call) {
      grows_linearly(what, [=](std::size_t bytes) {
        return [=, t = make(bytes / sizeof(index_t))] { call(t); };
      });
    };
    rule("ngram_repetition_penalty", [](const tokens& t) { ngram_repetition_penalty({t}); });
    rule("ngram_repetition_dense_penalty", [](const tokens& t) { ngram_repetition_dense_penalty({t}); });
    rule("ngram_repetition_dense_penalty, long", [](const tokens& t) {
      ngram_repetition_dense_penalty({t}, {.ngram_size = static_cast<index_t>(t.size()) / 2});
    });
    rule("tail_ngram_repetition", [](const tokens& t) { tail_ngram_repetition({t}); });
    rule("reasoning_step_split", [](const tokens& t) {
      const std::vector<flag_t> marker(t.size(), 1), sentence(t.begin(), t.end());
      reasoning_step_split<float>(scalar_backend(), {marker, marker, segments::uniform(1, index_t(t.size()))}, {});
    });
    constexpr index_t half_of_it = 1'000'000;
    for (const index_t history : {index_t(-1), index_t(3), half_of_it}) {
      rule("salt_advantage, history " + std::to_string(history), [=](const tokens& t) {
        const index_t half = static_cast<index_t>(t.size()) / 2;
        const view<const index_t> steps(t.data(), 2 * half);
        const std::vector<double> advantage{1, -1};
        salt_advantage({steps, steps, steps, segments::uniform(2, half), advantage, segments::uniform(1, 2)},
                       {.history = history == half_of_it ? half / 2 : history});
      });
    }
    rule("gigpo_advantage", [](const tokens& t) {
      const index_t half = static_cast<index_t>(t.size()) / 2;
      const std::vector<double> reward(t.size() / 2 * 2, 0.5), episode{1, 0};
      gigpo_advantage<double>(scalar_backend(), {episode, reward, {t.data(), 2 * half}, segments::uniform(2, half),
                                                 segments::uniform(1, 2)}, {});
    });
  }
}

TEST_CASE("rules on texts") {
  for (const auto piece : {"a"sv, "a "sv, "_"sv, "a_"sv, "{"sv, "["sv,
                           "{\"bbox_2d\": [1, 2, 3, 4], \"label\": \""sv, "{\"bbox_2d\": ["sv,
                           "{\"bbox_2d\": [1, 2, 3, 4], \"label\": \"a\"}, "sv,
                           "```json\n["sv}) {
    const auto rule = [&](const std::string& what, auto call) {
      grows_linearly(what + " on " + std::string(piece), [=](std::size_t bytes) {
        return [=, text = nasty::repeat(piece, bytes)] { call(text); };
      });
    };
    rule("ngram_repeat_penalty",
         [](const std::string& text) { ngram_repeat_penalty({text}, {.limit = 1'000'000'000}); });
    rule("vision_r1_parse_boxes", [](const std::string& text) { vision_r1_parse_boxes({text}); });
    rule("vision_r1_parse_boxes, a list", [](const std::string& text) {
      vision_r1_parse_boxes({"```json\n[" + text + "]\n```"});
    });
    rule("answer_ids, one long one", [](const std::string& text) {
      const std::vector<std::string> two{text, " " + text + " "};
      CHECK(answer_ids({two}, {.strip = true}).answer_id.size() == 2);
    });
    rule("answer_ids, many", [](const std::string& text) {
      std::vector<std::string_view> all;
      for (std::size_t i = 0; i + 8 <= text.size(); i += 4) all.push_back(std::string_view(text).substr(i, 8));
      CHECK(answer_ids({all}).answer_id.size() == all.size());
    });
  }
}

TEST_CASE("what follows another past is another step, however long the past") {
  // Two trajectories that differ in their first step alone: a history that reaches it tells their later steps apart.
  constexpr index_t length = 50;
  tokens state;
  for (index_t r = 0; r < 2; ++r)
    for (index_t i = 0; i < length; ++i) state.push_back(i == 0 ? -r : i);
  const std::vector<double> advantage{1, -1};
  for (const index_t history : {1, 2, 7, 31, 32, 48}) {
    const auto out = salt_advantage({state, state, state, segments::uniform(2, length), advantage,
                                     segments::uniform(1, 2)}, {.history = history});
    for (index_t i = 1; i < length; ++i) {
      const bool apart = i <= history;
      CHECK(out.merge_count[static_cast<std::size_t>(i)] == (apart ? 1 : 2));
      CHECK(out.step_advantage[static_cast<std::size_t>(i)] == (apart ? 1 : 0));
    }
  }
}

}  // namespace
