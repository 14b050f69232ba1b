// One half of a program whose halves are built for different machines, or by different compilers: types that are handed
// around are the same type in both.
#include "shared.hpp"

namespace shared {

double weighted_sum(const guerdon::segments& groups, guerdon::view<const float> reward,
                    const guerdon::op::grpo_advantage::options& options) {
  double total = options.epsilon;
  for (guerdon::index_t g = 0; g < groups.count(); ++g)
    for (guerdon::index_t i = 0; i < groups.size(g); ++i) total += double(g + 1) * double(reward[groups.begin(g) + i]);
  return total;
}

}  // namespace shared
