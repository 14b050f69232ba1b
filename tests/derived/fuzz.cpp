// Arguments built from bytes, right and wrong ones: a fixed set of a few thousand in every run of the tests,
// any number in the libFuzzer target (cmake -DGUERDON_FUZZ=ON with clang; target guerdon_fuzz).

#include "fuzz_one.hpp"

#include "compare.hpp"

#include <doctest/doctest.h>

namespace guerdon::harness {

TEST_CASE("careless callers get a sentence, never a crash, a half-written answer or two answers") {
  const auto calls =
      static_cast<std::uint64_t>(300 * static_cast<double>(all_operations().size()) * effort());
  std::uint64_t answered = 0;
  int failures = 0;
  for (std::uint64_t seed = 0; seed < calls && failures < 10; ++seed) {
    dice random(seed);
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(random.whole(8, 400)));
    for (std::uint8_t& b : bytes) b = static_cast<std::uint8_t>(random.whole(0, 255));
    try {
      answered += fuzz_one(bytes.data(), bytes.size());
    } catch (const std::exception& fault) {
      ++failures;
      FAIL_CHECK("fuzz input " << seed << ": " << std::string(fault.what()));
    }
  }
  // Both kinds must occur, or the inputs test nothing.
  CHECK(answered * 10 > calls);
  CHECK((calls - answered) * 10 > calls);
}

}  // namespace guerdon::harness
