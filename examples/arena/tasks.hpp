#pragma once
// Two tasks with written-out reasoning whose answers a rule can check.
//
//   addition      347+285=   7+5=12;4+8+1=13;3+2+1=6;#### 632
//   checksum   38254:       3+8=11;11+2=13;13+5=18;18+4=22;#### 22
//
// The demonstrations of the warm-up are long-winded on purpose: any step may be doubted and written again
// ("7+5=12?7+5=12;"), once or more. Short correct solutions are among them, but rare, so that a reward for
// brevity has something to find.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "policy.hpp"

namespace arena {

inline constexpr std::string_view alphabet = "0123456789+=:;?# \n";
inline constexpr index_t prompt_width = 6;
inline constexpr index_t max_response = 128;

inline token to_token(char c) { return static_cast<token>(alphabet.find(c)); }
inline const token stop_token = to_token('\n');

inline void append_tokens(std::string_view text, series<token>& out) {
  for (const char c : text) out.push_back(to_token(c));
}

inline std::string to_text(const token* first, const token* last) {
  std::string text;
  for (; first != last; ++first) text += alphabet[static_cast<std::size_t>(*first)];
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

// How often a step of a demonstration is doubted: again and again with this probability, at most three times.
inline constexpr float doubt = 0.6F;

namespace detail {

inline std::string number(int value) { return std::to_string(value); }

// FNV-1a. The prompt itself decides whether it is held out, so no list has to be kept and no seed can mix
// the two sets.
inline std::uint32_t hash(std::string_view text) {
  std::uint32_t h = 2166136261U;
  for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 16777619U;
  return h ^ (h >> 15);
}

inline void write_step(std::string& text, const std::string& step, random_stream& random) {
  text += step;
  for (int again = 0; again < 3 && random.uniform() < doubt; ++again) text += '?' + step;
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

inline std::string demonstrate(const problem& p, random_stream& random) {
  using detail::number;
  std::string text;
  const std::string& prompt = p.prompt;
  const auto digit = [&](std::size_t at) { return prompt[at] - '0'; };
  if (p.kind == task::addition) {
    int carry = 0;
    for (std::size_t place = 2; place-- > 0;) {
      const int a = digit(place), b = digit(place + 3), sum = a + b + carry;
      const std::string step = number(a) + '+' + number(b) + (carry ? "+1=" : "=") + number(sum);
      detail::write_step(text, step, random);
      carry = sum / 10;
    }
  } else {
    int sum = digit(0);
    for (std::size_t i = 1; prompt[i] != ':'; ++i) {
      const std::string step = number(sum) + '+' + number(digit(i)) + '=' + number(sum + digit(i));
      detail::write_step(text, step, random);
      sum = (sum + digit(i)) % 10;
    }
  }
  return text + "#### " + p.answer + '\n';
}

inline series<token> prompt_tokens(const std::vector<problem>& problems) {
  series<token> tokens;
  for (const problem& p : problems) append_tokens(p.prompt, tokens);
  return tokens;
}

}  // namespace arena
