#pragma once
// Texts and tokens as models write them, the same in C++ and, through guerdon_peer, in Python.

#include <guerdon/core/view.hpp>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace guerdon::bench {

/// Tokens of a vocabulary of 2000, few of them often, with a loop of 30 near the end.
inline std::vector<index_t> tokens(std::size_t n) {
  std::mt19937 random(1);
  std::vector<index_t> t;
  for (std::size_t i = 0; i < n; ++i) {
    const auto a = random() % 2000, b = random() % 2000;
    t.push_back(i + n / 10 < n ? static_cast<index_t>(std::min(a, b)) : t[i - 30]);
  }
  return t;
}
/// Words of one to eight letters, some with an underscore.
inline std::string words(std::size_t bytes) {
  std::mt19937 random(2);
  std::string text;
  while (text.size() < bytes) {
    for (unsigned letters = 1 + random() % 8; letters > 0; --letters) text += static_cast<char>('a' + random() % 26);
    text += random() % 20 == 0 ? '_' : ' ';
  }
  text.resize(bytes);
  return text;
}
/// A list of boxes in JSON, between fences.
inline std::string box_list(std::size_t bytes) {
  std::mt19937 random(3);
  std::string text = "```json\n[";
  while (text.size() + 100 < bytes) {
    const auto x = random() % 500, y = random() % 500;
    text += text.size() < 10 ? "" : ", ";
    text += "{\"bbox_2d\": [" + std::to_string(x) + ", " + std::to_string(y) + ", " + std::to_string(x + 9) + ", " +
            std::to_string(y + 9) + "], \"label\": \"thing " + std::to_string(random() % 50) + "\"}";
  }
  return text + "]\n```";
}
/// Final answers, many of them equal.
inline std::vector<std::string> answers(std::size_t bytes) {
  std::mt19937 random(4);
  std::vector<std::string> all;
  for (std::size_t n = 0; n < bytes; n += all.back().size())
    all.push_back(" x = " + std::to_string(random() % 1000) + "/" + std::to_string(random() % 10) + "\n");
  return all;
}

}  // namespace guerdon::bench
