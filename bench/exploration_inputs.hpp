#pragma once
// What an agent that explores asks, the same in C++ and, through guerdon_exploration_peer, in Python.

#include <guerdon/core/view.hpp>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace guerdon::bench {

inline constexpr index_t batch = 8192, columns = 64, dimensions = 32, planes = 24;

/// Keys of visited states, 64 bits each: few of them often.
inline std::vector<index_t> visited(index_t n, index_t states) {
  std::mt19937_64 random(1);
  std::vector<index_t> keys(static_cast<std::size_t>(n));
  for (index_t& k : keys) {
    const std::uint64_t one = random() % static_cast<std::uint64_t>(states),
                        other = random() % static_cast<std::uint64_t>(states);
    k = static_cast<index_t>((std::min(one, other) + 1) * 0x9e3779b97f4a7c15u);
  }
  return keys;
}
/// Episodes of 300 steps on average, as [T,columns].
inline std::vector<flag_t> episode_starts(index_t n) {
  std::mt19937_64 random(2);
  std::vector<flag_t> start(static_cast<std::size_t>(n));
  for (flag_t& s : start) s = random() % 300 == 0;
  return start;
}
inline std::vector<double> normal_numbers(index_t n, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal;
  std::vector<double> x(static_cast<std::size_t>(n));
  for (double& y : x) y = normal(random);
  return x;
}
/// Prose, a fence with a reward function, prose.
inline std::string answer_with_program(std::size_t bytes) {
  const std::string prose = "The agent should first reach the handle, then turn it; the weights are balanced.\n";
  std::string text;
  while (text.size() < bytes / 4) text += prose;
  text += "```python\nimport torch\n\ndef compute_reward(distance, angle):\n";
  while (text.size() < 3 * bytes / 4) text += "    reach = torch.exp(-distance / 0.1)  # bounded\n";
  text += "    return reach\n```\n";
  while (text.size() < bytes) text += prose;
  return text;
}

}  // namespace guerdon::bench
