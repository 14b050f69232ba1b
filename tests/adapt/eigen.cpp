// Eigen's arrays, maps and matrices as arguments, results and masks.

#include <guerdon/advantage/grpo_advantage.hpp>
#include <guerdon/backend/scalar.hpp>
#include <guerdon/statistics/masked_whiten.hpp>

#include <Eigen/Core>
#include <doctest/doctest.h>

#include <span>
#include <vector>

using namespace guerdon;

namespace {

using row_major = Eigen::Array<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

const std::vector<float> rewards{1, 0, 0, 1, 3, 2, 1, 1, 1, 5, 6, 7};

std::vector<float> expected() { return grpo_advantage(scalar_backend(), {rewards, segments::uniform(3, 4)}); }

template <class Array>
void check_advantages(Array&& advantage) {
  const auto want = expected();
  REQUIRE(static_cast<std::size_t>(advantage.size()) == want.size());
  for (std::size_t i = 0; i < want.size(); ++i) CHECK(advantage.data()[i] == want[i]);
}

}  // namespace

TEST_CASE("Eigen arrays, maps, and row-major matrices are views") {
  const scalar_backend cpu;
  Eigen::ArrayXf reward = Eigen::Map<const Eigen::ArrayXf>(rewards.data(), 12), advantage(12);
  const Eigen::Array<index_t, Eigen::Dynamic, 1> offsets = Eigen::Array<index_t, 4, 1>{0, 4, 8, 12};

  grpo_advantage<float>(cpu, {reward, offsets}, {advantage}, {});
  check_advantages(advantage);

  row_major table = Eigen::Map<const row_major>(rewards.data(), 3, 4), result(3, 4);
  grpo_advantage<float>(cpu, {table, segments::uniform(table.rows(), table.cols())}, {result}, {});
  check_advantages(result);

  std::vector<float> memory(12);
  Eigen::Map<Eigen::ArrayXf> map(memory.data(), 12);
  grpo_advantage<float>(cpu, {Eigen::Map<const row_major>(rewards.data(), 3, 4), offsets}, {map}, {});
  check_advantages(memory);

  const Eigen::Matrix<float, 1, Eigen::Dynamic> row = reward.matrix().transpose();
  check_advantages(grpo_advantage(cpu, {row, offsets}));
}

TEST_CASE("rows of a row-major array are views, columns are refused") {
  row_major table = Eigen::Map<const row_major>(rewards.data(), 3, 4);
  const view<float> second = table.row(1);
  CHECK(second.size() == 4);
  CHECK(&second[0] == &table(1, 0));
  const view<float> rows = table.middleRows(1, 2);
  CHECK(&rows[7] == &table(2, 3));
  CHECK_THROWS_WITH_AS(view<float>(table.leftCols(2)), doctest::Contains("has gaps between its rows"),
                       std::invalid_argument);
}

TEST_CASE("masks are bytes of any container") {
  const scalar_backend cpu;
  using bytes = Eigen::Array<flag_t, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  bytes mask = bytes::Ones(3, 4);
  mask(0, 0) = mask(2, 3) = 0;
  const std::vector<flag_t> same(mask.data(), mask.data() + mask.size());
  row_major values = Eigen::Map<const row_major>(rewards.data(), 3, 4);
  const auto a = masked_whiten(cpu, {.value = values, .mask = mask});
  const auto b = masked_whiten(cpu, {.value = rewards, .mask = same});
  CHECK(a == b);
}

TEST_CASE("spans, arrays and raw pointers are views") {
  const scalar_backend cpu;
  const index_t offsets[] = {0, 4, 8, 12};
  check_advantages(grpo_advantage(cpu, {std::span<const float>(rewards), view<const index_t>(offsets, 4)}));
  check_advantages(grpo_advantage(cpu, {view<const float>(rewards.data(), 12), std::array<index_t, 4>{0, 4, 8, 12}}));
}
