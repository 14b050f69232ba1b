#pragma once
// The Eigen backend for the module's generated sources: one for each thread of Python's, with as many threads as
// set_num_threads says.

#include "bind.hpp"

#include <guerdon/backend/eigen.hpp>

namespace guerdon::harness {

const eigen_backend& python_eigen_of(const target&);

}  // namespace guerdon::harness
