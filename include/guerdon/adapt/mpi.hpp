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
    const bool came = detail::came_in_time(limit_, [&] {
      int done = 0;
      MPI_Test(&request, &done, MPI_STATUS_IGNORE);
      return done != 0;
    });
    if (came) return;
    std::fprintf(stderr, "%s\n", detail::never_came(*this, limit_).c_str());
    MPI_Abort(communicator_, 1);
  }

  MPI_Comm communicator_;
  std::chrono::milliseconds limit_;
  int rank_ = 0, size_ = 1;
};

}  // namespace guerdon
