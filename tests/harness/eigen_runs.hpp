#pragma once
// The Eigen backend for generated sources.

#include "bind.hpp"

#include <guerdon/backend/eigen.hpp>

namespace guerdon::harness {

const eigen_backend& eigen_of(const target&);

}  // namespace guerdon::harness
