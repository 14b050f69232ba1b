// xtensor's containers, adaptors and views of whole rows as arguments and results.

#include <guerdon/advantage/grpo_advantage.hpp>
#include <guerdon/backend/scalar.hpp>
#include <guerdon/statistics/masked_whiten.hpp>

#include <doctest/doctest.h>
#include <xtensor/xadapt.hpp>
#include <xtensor/xarray.hpp>
#include <xtensor/xtensor.hpp>
#include <xtensor/xview.hpp>

#include <vector>

using namespace guerdon;

TEST_CASE("xarray, xtensor and adapt are views") {
  const scalar_backend cpu;
  const std::vector<float> rewards{1, 0, 0, 1, 3, 2, 1, 1, 1, 5, 6, 7};
  const auto want = grpo_advantage(cpu, {rewards, segments::uniform(3, 4)});

  const xt::xarray<float> dynamic = xt::adapt(rewards, {3, 4});
  const xt::xtensor<index_t, 1> offsets{0, 4, 8, 12};
  xt::xtensor<float, 2> advantage({3, 4});
  grpo_advantage<float>(cpu, {dynamic, offsets}, {advantage}, {});
  CHECK(std::vector<float>(advantage.begin(), advantage.end()) == want);

  std::vector<float> memory(12);
  auto adapted = xt::adapt(memory, {3, 4});
  const auto given = xt::adapt(rewards, {3, 4});
  grpo_advantage<float>(cpu, {given, segments::uniform(3, 4)}, {adapted}, {});
  CHECK(memory == want);

  const xt::xarray<flag_t> mask{{1, 1, 0, 1}, {1, 0, 1, 1}, {0, 0, 1, 1}};
  CHECK(masked_whiten(cpu, {.value = dynamic, .mask = mask}) ==
        masked_whiten(cpu, {.value = rewards, .mask = std::vector<flag_t>(mask.begin(), mask.end())}));
}

TEST_CASE("a view of whole rows begins where the row begins") {
  xt::xarray<float> table{{1, 2, 3}, {4, 5, 6}, {7, 8, 9}};
  auto second = xt::view(table, 1, xt::all());
  const view<float> row = second;
  CHECK(row.size() == 3);
  CHECK(&row[0] == &table(1, 0));
}
