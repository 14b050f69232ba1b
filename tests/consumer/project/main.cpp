// The smallest use of guerdon, as another project has it.
#include <guerdon/advantage/grpo_advantage.hpp>
#include <guerdon/default_backend.hpp>

#include <cstdio>
#include <vector>

int main() {
  const std::vector<float> reward = {1, 0, 0, 1, 1, 1};  // of two prompts, three answers each
  const guerdon::default_backend backend;
  const auto advantage = guerdon::grpo_advantage<float>(
      backend, {.reward = reward, .groups = guerdon::segments::uniform(2, 3)}, {.epsilon = 0});
  for (const float a : advantage) std::printf("%.4f ", double(a));
  const float half_spread = 0.57735f;  // (1 - 1/3) / sqrt(1/3) is twice this
  const bool right =
      advantage[0] > 1.999f * half_spread && advantage[0] < 2.001f * half_spread && advantage[3] == 0;
  std::puts(right ? "as it should be" : "WRONG");
  return right ? 0 : 1;
}
