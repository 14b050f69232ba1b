// Random calls of every operation over its described ranges, on every backend in every element type, against
// scalar/double. ctest runs them operation by operation. To see one failure again:
//   GUERDON_ONLY=operation (or family) GUERDON_SEED=seed guerdon_tests -tc="random calls agree*"

#include "compare.hpp"

#include <doctest/doctest.h>

#include <cstdlib>

namespace guerdon::harness {

TEST_CASE("random calls agree with the oracle on every backend") {
  const char* only = std::getenv("GUERDON_ONLY");
  const char* seed = std::getenv("GUERDON_SEED");
  const int repetitions = std::max(1, static_cast<int>(6 * effort()));
  int operations = 0;
  for (const operation& op : all_operations()) {
    if (only != nullptr && op.about.name != only && op.about.family != only) continue;
    ++operations;
    const auto result =
        random_calls(op, repetitions, seed ? std::optional(std::strtoull(seed, nullptr, 10)) : std::nullopt);
    for (std::size_t k = 0; k < result.failures.size() && k < 5; ++k) FAIL_CHECK(result.failures[k]);
    CHECK_MESSAGE(result.failures.size() == 0, op.about.name << ": " << result.failures.size() << " of "
                                                             << result.calls << " random calls disagree");
    constexpr int few = 20;  // of which chance may refuse most
    CHECK_MESSAGE((result.calls < few || 10 * result.answered >= 4 * result.calls),
                  op.about.name << " refuses most random calls: " << result.calls - result.answered << " of "
                                << result.calls << "; its description's ranges do not say what is legal");
  }
  REQUIRE_MESSAGE(operations > 0, "there is no operation or family " << (only ? only : "at all"));
}

}  // namespace guerdon::harness
