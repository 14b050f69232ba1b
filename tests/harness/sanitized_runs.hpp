#pragma once
// The reference backend, and the Eigen backend where it is, for what the sanitizers watch.

#include "host_runs.hpp"

#ifdef GUERDON_HAS_EIGEN
#include "eigen_runs.hpp"
#endif
