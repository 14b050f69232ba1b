#pragma once
// The CUDA backend once more, its teams built from CUB's warp and block collectives.
//
//   guerdon::cub_cuda_backend gpu{stream};  // wherever a cuda_backend goes
//
// The same kernels, cuts and programs; what the members of a team combine goes through cub::WarpReduce, WarpScan,
// BlockReduce, BlockScan and BlockExchange. An oracle for guerdon's own collectives, and somebody else's tuning to
// measure them against. Results differ from cuda_backend's in the order of summation only; each gives the same bits
// every run. It takes nvcc longer: a collective becomes machine code for 8 lanes, for 32 and for a block.

#include <cub/block/block_exchange.cuh>
#include <cub/block/block_reduce.cuh>
#include <cub/block/block_scan.cuh>
#include <cub/warp/warp_reduce.cuh>
#include <cub/warp/warp_scan.cuh>

#include <guerdon/backend/cub_collectives.hpp>
#include <guerdon/backend/cuda.cuh>

namespace guerdon { inline namespace GUERDON_ABI {

namespace device {
using cub_team = team<cub_collectives<hardware>>;
}

using cub_cuda_backend = basic_cuda_backend<device::cub_team>;

}}  // namespace guerdon
