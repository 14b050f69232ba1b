#pragma once
// Threads that wait between launches, and bring home what was thrown on them.

#include <guerdon/core/config.hpp>

#include <atomic>
#include <exception>
#include <thread>
#include <vector>

namespace guerdon { inline namespace GUERDON_ABI {

/// run(f) calls f(0) .. f(size-1), f(0) on the calling thread. When all are done, the exception of the lowest k that
/// threw is thrown again; the crew can be used on.
class thread_crew {
 public:
  explicit thread_crew(int size) : thrown_(static_cast<std::size_t>(size)) {
    for (int k = 1; k < size; ++k) threads_.emplace_back([this, k] { work(k); });
  }
  thread_crew(const thread_crew&) = delete;
  thread_crew& operator=(const thread_crew&) = delete;
  ~thread_crew() {
    task_ = nullptr;
    launch_.fetch_add(1);
    launch_.notify_all();
    for (auto& t : threads_) t.join();
  }

  int size() const { return static_cast<int>(threads_.size()) + 1; }

  template <class F>
  void run(const F& f) {
    argument_ = &f;
    task_ = [](const void* argument, int k) { (*static_cast<const F*>(argument))(k); };
    pending_.store(static_cast<int>(threads_.size()));
    launch_.fetch_add(1);
    launch_.notify_all();
    attempt(0);
    for (int left = pending_.load(); left != 0; left = pending_.load()) pending_.wait(left);
    std::exception_ptr first;
    for (std::exception_ptr& e : thrown_) {
      if (!first) first = e;
      e = nullptr;
    }
    if (first) std::rethrow_exception(first);
  }

 private:
  void work(int k) {
    for (unsigned seen = 0;;) {
      launch_.wait(seen);
      seen = launch_.load();
      if (task_ == nullptr) return;
      attempt(k);
      if (pending_.fetch_sub(1) == 1) pending_.notify_one();
    }
  }
  void attempt(int k) {
    try {
      task_(argument_, k);
    } catch (...) {
      thrown_[static_cast<std::size_t>(k)] = std::current_exception();
    }
  }

  std::vector<std::exception_ptr> thrown_;  // one per member: no two write to one place
  std::vector<std::thread> threads_;
  const void* argument_ = nullptr;
  void (*task_)(const void*, int) = nullptr;
  std::atomic<unsigned> launch_{0};
  std::atomic<int> pending_{0};
};

}}  // namespace guerdon
