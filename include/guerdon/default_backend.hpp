#pragma once
// guerdon::default_backend: the backend chosen when the build was configured (CMake: GUERDON_BACKEND).

#if defined(GUERDON_DEFAULT_BACKEND_CUDA)
#include <guerdon/backend/cuda.cuh>
#elif defined(GUERDON_DEFAULT_BACKEND_EIGEN)
#include <guerdon/backend/eigen.hpp>
#else
#include <guerdon/backend/scalar.hpp>
#endif

namespace guerdon { inline namespace GUERDON_ABI {

#if defined(GUERDON_DEFAULT_BACKEND_CUDA)
using default_backend = cuda_backend;
#elif defined(GUERDON_DEFAULT_BACKEND_EIGEN)
using default_backend = eigen_backend;
#else
using default_backend = scalar_backend;
#endif

}}  // namespace guerdon
