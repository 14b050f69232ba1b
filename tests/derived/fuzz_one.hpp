#pragma once
// One fuzz input: bytes that choose an operation, build arguments for it and break some of them.

#include <cstddef>
#include <cstdint>

namespace guerdon::harness {

/// Runs the call on scalar and eigen in double. Throws where anything but std::invalid_argument comes out of
/// one, where one refuses after it has written, or where they disagree. Returns whether the call was
/// answered.
bool fuzz_one(const std::uint8_t* data, std::size_t size);

}  // namespace guerdon::harness
