// The statistics of a batch on the ranks of MPI: those of one process, bit for bit. "shape", "absent" and "dies" are what
// goes wrong: a rank of another size, one that stays away, one that ends.
#include "ranks.hpp"

#include <guerdon/adapt/mpi.hpp>

#include <cstdlib>
#include <cstring>

namespace {

using namespace guerdon;

int run(const mpi_ranks& ranks) {
  using namespace ranks_test;
  for (const unsigned seed : {1u, 2u}) {
    const batch b(seed);
    const std::string wrong = difference(ask(ranks, b), ask(one_rank(), b), b, ranks.rank(), ranks.size());
    if (wrong.empty()) continue;
    std::fprintf(stderr, "rank %d of %d differs from one process: %s\n", ranks.rank(), ranks.size(), wrong.c_str());
    return 1;
  }
  return 0;
}

int fail(const mpi_ranks& ranks, const char* how) {
  const std::vector<double> reward{1, 2, 3, 4};
  const std::vector<index_t> offsets{0, 2, 4};
  if (ranks.rank() == 1 && std::strcmp(how, "dies") == 0) std::_Exit(3);
  if (ranks.rank() == 1 && std::strcmp(how, "absent") == 0) {
    std::this_thread::sleep_for(std::chrono::seconds(10));  // the others end the job before
    return 0;
  }
  try {
    global_group_moments<mpi_ranks, double>(ranks, reward, segments(offsets), 0, ranks.rank() == 1 ? 7 : 6);
  } catch (const std::invalid_argument& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  int status = 0;
  if (argc > 1) status = fail(mpi_ranks(MPI_COMM_WORLD, std::chrono::seconds(1)), argv[1]);
  else status = run(mpi_ranks());
  MPI_Finalize();
  return status;
}
