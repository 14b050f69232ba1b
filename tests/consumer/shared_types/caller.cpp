#include "shared.hpp"

#include <guerdon/backend/scalar.hpp>

#include <cstdio>
#include <vector>

int main() {
  const std::vector<float> reward{1, 2, 3, 4, 5};
  const std::vector<guerdon::index_t> offsets{0, 2, 5};
  const double sum = shared::weighted_sum(offsets, reward, {.epsilon = 0.5});
  const auto advantage = guerdon::grpo_advantage(guerdon::scalar_backend(), {.reward = reward, .groups = offsets});
  std::printf("%g %zu\n", sum, advantage.size());
  return sum == 27.5 && advantage.size() == 5 ? 0 : 1;
}
