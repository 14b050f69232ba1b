// libFuzzer's entry. A fault leaves as an exception, which stops the fuzzer with the input that led to it.

#include "fuzz_one.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  guerdon::harness::fuzz_one(data, size);
  return 0;
}
