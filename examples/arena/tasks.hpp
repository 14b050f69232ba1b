#pragma once
// Two tasks with written-out reasoning whose answers a rule can check.
//
//   addition   47+85=    47+5=52;52+80=132;#### 132
//   checksum   38254:    3+8=11;1+2=3;3+5=8;8+4=12;#### 2        (the sum of the digits, modulo 10)
//
// The demonstrations of the warm-up are what a model meets before its reinforcement learning: always right, but
// of mixed worth to learn from. Half of them name the answer at once, which the policy cannot do; the others
// work it out and are long-winded: a step may be doubted and written again ("7+5=12?7+5=12"), and the writer
// hesitates ("7+5=12 hm hm;"). So there is something to find for a reward for being right, and something else
// for a reward for brevity.

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "policy.hpp"

namespace arena {

inline constexpr std::string_view alphabet = "0123456789+=:;?# hm\n";
inline constexpr index_t prompt_width = 6;
inline constexpr index_t max_response = 128;

inline token to_token(char c) { return static_cast<token>(alphabet.find(c)); }
inline const token stop_token = to_token('\n');

inline void append_tokens(std::string_view text, list<token>& out) {
  for (const char c : text) out.push_back(to_token(c));
}

inline std::string to_text(const list<token>& tokens, index_t first, index_t last) {
  std::string text;
  for (index_t i = first; i < last; ++i) text += alphabet[static_cast<std::size_t>(tokens[i])];
  return text;
}

enum class task { addition, checksum };
inline constexpr std::array tasks{task::addition, task::checksum};
inline std::string_view name(task t) { return t == task::addition ? "addition" : "checksum"; }

struct problem {
  task kind;
  std::string prompt;  // padded with blanks to `prompt_width`
  std::string answer;
};

// How often a demonstration names the answer at once, writes a step again, and goes on hesitating.
inline constexpr float guess = 0.5F, doubt = 0.15F, hesitation = 0.7F;
inline constexpr int most_hesitation = 6;

namespace detail {

inline std::string number(int value) { return std::to_string(value); }

// FNV-1a. The prompt itself decides whether it is held out, so no list has to be kept and no seed can mix
// the two sets.
inline std::uint32_t hash(std::string_view text) {
  std::uint32_t h = 2166136261U;
  for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 16777619U;
  return h ^ (h >> 15);
}

// "7+5=12;", perhaps doubted ("7+5=12?7+5=12;"), perhaps with hesitation ("7+5=12 hm hm;").
inline void write_step(std::string& text, int a, int b, random_stream& random) {
  const std::string step = number(a) + '+' + number(b) + '=' + number(a + b);
  text += step;
  if (random.uniform() < doubt) text += '?' + step;
  for (int again = 0; again < most_hesitation && random.uniform() < hesitation; ++again) text += " hm";
  text += ';';
}

}  // namespace detail

inline bool is_held_out(std::string_view prompt) { return detail::hash(prompt) % 8 == 0; }

inline problem make_problem(task kind, bool held_out, random_stream& random) {
  for (;;) {
    problem p{.kind = kind, .prompt = {}, .answer = {}};
    if (kind == task::addition) {
      const int a = 10 + random.below(90), b = 10 + random.below(90);
      p.prompt = detail::number(a) + '+' + detail::number(b) + '=';
      p.answer = detail::number(a + b);
    } else {
      int sum = 0;
      for (int digits = 3 + random.below(3); digits > 0; --digits) {
        const int digit = random.below(10);
        sum = (sum + digit) % 10;
        p.prompt += detail::number(digit);
      }
      p.prompt += ':';
      p.answer = detail::number(sum);
    }
    p.prompt.resize(static_cast<std::size_t>(prompt_width), ' ');
    if (is_held_out(p.prompt) == held_out) return p;
  }
}

// `count` problems, the tasks in turn.
inline std::vector<problem> make_problems(index_t count, bool held_out, random_stream& random) {
  std::vector<problem> problems;
  for (index_t i = 0; i < count; ++i) {
    problems.push_back(make_problem(tasks[static_cast<std::size_t>(i) % tasks.size()], held_out, random));
  }
  return problems;
}

// The same question in other words: 47+85 is 85+47, and a sum of digits is that of the digits backwards.
inline problem rephrase(const problem& p) {
  problem other = p;
  const std::size_t end = p.prompt.find(p.kind == task::addition ? '=' : ':');
  if (p.kind == task::addition)
    other.prompt.replace(0, end, p.prompt.substr(3, 2) + '+' + p.prompt.substr(0, 2));
  else
    std::reverse(other.prompt.begin(), other.prompt.begin() + static_cast<std::ptrdiff_t>(end));
  return other;
}

inline std::string demonstrate(const problem& p, random_stream& random) {
  const std::string answer = "#### " + p.answer + '\n';
  if (random.uniform() < guess) return answer;
  std::string text;
  const auto digit = [&](std::size_t at) { return p.prompt[at] - '0'; };
  if (p.kind == task::addition) {
    const int a = 10 * digit(0) + digit(1), ones = digit(4), tens = 10 * digit(3);
    if (ones > 0) detail::write_step(text, a, ones, random);
    detail::write_step(text, a + ones, tens, random);
  } else {
    int sum = digit(0);
    for (std::size_t i = 1; p.prompt[i] != ':'; ++i) {
      detail::write_step(text, sum, digit(i), random);
      sum = (sum + digit(i)) % 10;
    }
  }
  return text + answer;
}

inline list<token> prompt_tokens(const std::vector<problem>& problems) {
  list<token> tokens;
  for (const problem& p : problems) append_tokens(p.prompt, tokens);
  return tokens;
}

}  // namespace arena
