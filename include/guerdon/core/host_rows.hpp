#pragma once
// host_rows: many texts, graphs or programs, one call each, on one thread or several; results in order.
//
//   const guerdon::host_rows rows{4};
//   const auto verdicts = rows.map(completions, [&](std::string_view text) { return gsm8k_reward({text, "18"}); });
//
// A row that throws brings its exception to the caller: that of the lowest row, whatever the number of threads.

#include <guerdon/core/error.hpp>
#include <guerdon/core/thread_crew.hpp>

#include <algorithm>
#include <limits>
#include <vector>

namespace guerdon { inline namespace GUERDON_ABI {

/// Used by one caller at a time, like a backend.
class host_rows {
 public:
  explicit host_rows(int threads = 1) : crew_(std::max(threads, 1)), failed_(static_cast<std::size_t>(crew_.size())) {
    require(threads >= 1, "host_rows", "threads", "must be at least 1");
  }

  int threads() const { return crew_.size(); }

  /// f(i) for i in 0..n-1. Threads take rows as they come, since texts differ in length.
  template <class F>
  void each(index_t n, const F& f) const {
    if (threads() == 1 || n < 2) {
      for (index_t i = 0; i < n; ++i) f(i);
      return;
    }
    std::atomic<index_t> next{0}, lowest_failed{n};
    for (failure& x : failed_) x = {};
    crew_.run([&](int k) {
      for (index_t i = next.fetch_add(1); i < lowest_failed.load(); i = next.fetch_add(1)) {
        try {
          f(i);
        } catch (...) {
          failed_[static_cast<std::size_t>(k)] = {i, std::current_exception()};
          for (index_t low = lowest_failed.load(); i < low && !lowest_failed.compare_exchange_weak(low, i);) {}
          return;
        }
      }
    });
    const auto first = std::min_element(failed_.begin(), failed_.end(),
                                        [](const failure& a, const failure& b) { return a.row < b.row; });
    if (first->exception) std::rethrow_exception(first->exception);
  }

  /// The results f(row) of all rows, in order.
  template <class Rows, class F>
  auto map(const Rows& rows, const F& f) const {
    using result = std::remove_cvref_t<decltype(f(*rows.begin()))>;
    std::vector<slot<result>> results(static_cast<std::size_t>(rows.size()));
    each(static_cast<index_t>(rows.size()), [&](index_t i) {
      results[static_cast<std::size_t>(i)].value = f(rows.begin()[i]);
    });
    std::vector<result> values;
    values.reserve(results.size());
    for (auto& r : results) values.push_back(std::move(r.value));
    return values;
  }

 private:
  template <class T>
  struct slot {  // of a bool too: std::vector<bool> shares bytes between rows
    T value{};
  };
  struct failure {
    index_t row = std::numeric_limits<index_t>::max();
    std::exception_ptr exception;
  };

  mutable thread_crew crew_;
  mutable std::vector<failure> failed_;
};

}}  // namespace guerdon
