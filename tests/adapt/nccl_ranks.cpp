// The statistics of a batch on the ranks of NCCL, a thread and a GPU each: those of one process, bit for bit. Where
// there is no GPU it says so, and has at least been compiled.
#include "ranks.hpp"

#include <guerdon/adapt/nccl.hpp>

#include <cstdio>

namespace {

using namespace guerdon;

/// What is wrong on rank `rank` of `size`; empty where nothing is.
std::string run(const nccl_ranks& ranks) {
  using namespace ranks_test;
  for (const unsigned seed : {1u, 2u}) {
    const batch b(seed);
    const std::string wrong = difference(ask(ranks, b), ask(one_rank(), b), b, ranks.rank(), ranks.size());
    if (!wrong.empty()) return "differs from one process: " + wrong;
  }
  return "";
}

}  // namespace

int main() {
  int devices = 0;
  if (cudaGetDeviceCount(&devices) != cudaSuccess || devices == 0) {
    std::puts("skipped: no GPU is here, so that nothing was exchanged over NCCL");
    return 0;
  }
  int failed = 0;
  for (int size = 1; size <= std::min(devices, 4); ++size) {
    std::vector<ncclComm_t> communicators(static_cast<std::size_t>(size));
    if (ncclCommInitAll(communicators.data(), size, nullptr) != ncclSuccess) {
      std::fprintf(stderr, "NCCL could not begin on %d GPUs\n", size);
      return 1;
    }
    std::vector<std::string> wrong(communicators.size());
    std::vector<std::thread> threads;
    for (int r = 0; r < size; ++r)
      threads.emplace_back([&, r] {
        const auto at = static_cast<std::size_t>(r);
        cudaSetDevice(r);
        try {
          wrong[at] = run(nccl_ranks(communicators[at], nullptr, std::chrono::minutes(1)));
        } catch (const std::exception& e) {
          wrong[at] = e.what();
        }
      });
    for (std::thread& t : threads) t.join();
    for (int r = 0; r < size; ++r)
      if (const std::string& problem = wrong[static_cast<std::size_t>(r)]; !problem.empty()) {
        std::fprintf(stderr, "rank %d of %d: %s\n", r, size, problem.c_str());
        ++failed;
      }
    if (failed == 0)
      for (const ncclComm_t c : communicators) ncclCommDestroy(c);
  }
  return failed > 0;
}
