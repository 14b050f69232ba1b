// A backend is used by one caller at a time: each thread of Python's has its own.
#include "bind_host.hpp"
#include "runs.hpp"

#include <memory>

namespace guerdon::harness {
namespace {
template <class Threads>
const Threads& with_threads(int threads) {
  thread_local std::unique_ptr<Threads> mine;
  if (!mine || mine->threads() != threads) mine = std::make_unique<Threads>(threads);
  return *mine;
}
}  // namespace

const eigen_backend& python_eigen_of(const target& where) { return with_threads<eigen_backend>(where.width); }
const host_rows& host_rows_of(const target& where) { return with_threads<host_rows>(where.width); }

}  // namespace guerdon::harness
