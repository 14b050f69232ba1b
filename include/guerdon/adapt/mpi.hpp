#pragma once
// Ranks that MPI knows, for the statistics of adapt/ranks.hpp.
//
//   MPI_Init(&argc, &argv);
//   const guerdon::mpi_ranks ranks;                       // MPI_COMM_WORLD
//   const auto spread = guerdon::global_moments<guerdon::mpi_ranks, float>(ranks, reward);
//
// What is exchanged are integers and bytes, so no reduction rounds: 1, 2, 3 and 4 ranks give the same bits. A rank that
// waits for the others longer than `limit` says so on stderr and ends the job by MPI_Abort: where one has died without
// its launcher seeing it, or left the program's common path, there is an end and a sentence instead of a hang.
//
// Needs MPI 3 (Debian: libopenmpi-dev), of which it is the C interface. No umbrella includes this header.

#include <guerdon/adapt/ranks.hpp>

#include <mpi.h>

#include <chrono>
#include <cstdio>
#include <thread>

namespace guerdon {

/// Called from one thread. Exchanges are collective over the communicator.
class mpi_ranks {
 public:
  explicit mpi_ranks(MPI_Comm communicator = MPI_COMM_WORLD, std::chrono::milliseconds limit = std::chrono::minutes(5))
      : communicator_(communicator), limit_(limit) {
    require(limit.count() > 0, "mpi_ranks", "limit", "must be longer than nothing");
    MPI_Comm_rank(communicator, &rank_);
    MPI_Comm_size(communicator, &size_);
  }

  int rank() const { return rank_; }
  int size() const { return size_; }

  void sum(std::int64_t* words, std::size_t n) const {
    MPI_Request request;
    MPI_Iallreduce(MPI_IN_PLACE, words, static_cast<int>(n), MPI_INT64_T, MPI_SUM, communicator_, &request);
    wait(request);
  }
  void gather(const void* mine, std::size_t bytes, void* all) const {
    MPI_Request request;
    MPI_Iallgather(mine, static_cast<int>(bytes), MPI_BYTE, all, static_cast<int>(bytes), MPI_BYTE, communicator_,
                   &request);
    wait(request);
  }

 private:
  void wait(MPI_Request& request) const {
    const auto begun = std::chrono::steady_clock::now();
    for (int done = 0, tries = 0;; ++tries) {
      MPI_Test(&request, &done, MPI_STATUS_IGNORE);
      if (done != 0) return;
      if (tries < 1000) continue;  // mostly they are there at once
      std::this_thread::sleep_for(std::chrono::microseconds(50));
      if (std::chrono::steady_clock::now() - begun < limit_) continue;
      std::fprintf(
          stderr,
          "guerdon: rank %d of %d has waited %.1f seconds for the others: one has died, or does not make this call\n",
          rank_, size_, std::chrono::duration<double>(limit_).count());
      MPI_Abort(communicator_, 1);
    }
  }

  MPI_Comm communicator_;
  std::chrono::milliseconds limit_;
  int rank_ = 0, size_ = 1;
};

}  // namespace guerdon
