#pragma once
// The reference backend and the emulated one for generated sources. They live as long as the program, as they do for a
// user: scratch memory is used again and again.

#include "bind.hpp"

#include <guerdon/backend/emulated.hpp>
#include <guerdon/backend/scalar.hpp>

namespace guerdon::harness {

const scalar_backend& scalar_of(const target&);
const emulated_backend& emulated_of(const target&);

}  // namespace guerdon::harness
