#pragma once
// What samples run on beyond the first tier.

#include "host_runs.hpp"
#ifdef GUERDON_HAS_EIGEN
#include "eigen_runs.hpp"
#endif
#ifdef GUERDON_HAS_HOST_THRUST
#include "thrust_runs.hpp"
#endif
