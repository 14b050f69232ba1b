#pragma once
// Thrust with the host as its device, for generated sources.

#include "bind.hpp"

#include <guerdon/backend/thrust.hpp>

namespace guerdon::harness {

inline const host_thrust& thrust_of(const target&) {
  static const host_thrust backend;
  return backend;
}

}  // namespace guerdon::harness
