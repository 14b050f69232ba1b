#pragma once
// Scratch memory that a backend keeps between calls: after the first call of a kind nothing is allocated.

#include <guerdon/core/view.hpp>

#include <cstddef>
#include <vector>

namespace guerdon { inline namespace GUERDON_ABI {

/// Memory source of host backends.
struct host_memory {
  static void* allocate(std::size_t bytes) { return ::operator new(bytes, std::align_val_t(64)); }
  static void release(void* data) { ::operator delete(data, std::align_val_t(64)); }
};

/// A stack of scratch arrays. Grows while a call needs more than any call before it; when the outermost scope
/// closes, the pieces are merged into one block so that the next call of that size allocates nothing. Memory that
/// belongs to a stream is released in stream order: kernels that still use it run before.
template <class Memory = host_memory>
class workspace {
 public:
  workspace() = default;
  explicit workspace(Memory memory) : memory_(memory) {}
  workspace(const workspace&) = delete;
  workspace& operator=(const workspace&) = delete;
  ~workspace() { release_all(); }

  /// Makes `bytes` available ahead of the first call.
  void reserve(std::size_t bytes) {
    if (open_scopes_ == 0 && bytes > capacity()) replace_by_one(bytes);
  }
  /// Bytes held. Two calls between which it stays the same: the second one allocated nothing.
  std::size_t capacity() const {
    std::size_t bytes = 0;
    for (const block& b : blocks_) bytes += b.bytes;
    return bytes;
  }

  /// Everything taken while the scope lives is free again when it closes. Scopes nest.
  class scope {
   public:
    explicit scope(workspace& owner) : owner_(owner), block_(owner.current_), used_(owner.used_) {
      ++owner.open_scopes_;
    }
    scope(const scope&) = delete;
    scope& operator=(const scope&) = delete;
    [[gnu::noinline]] ~scope() {
      owner_.current_ = block_;
      owner_.used_ = used_;
      if (--owner_.open_scopes_ == 0 && owner_.blocks_.size() > 1) owner_.merge();
    }

    /// `count` uninitialised elements, 64-byte aligned.
    template <class T>
    view<T> take(index_t count) {
      return {static_cast<T*>(owner_.take(static_cast<std::size_t>(count) * sizeof(T))), count};
    }

   private:
    workspace& owner_;
    std::size_t block_, used_;
  };

 private:
  struct block {
    void* data;
    std::size_t bytes;
  };

  [[gnu::noinline]] void* take(std::size_t bytes) {
    bytes = (bytes + 63) / 64 * 64 + (bytes == 0 ? 64 : 0);
    while (current_ < blocks_.size() && used_ + bytes > blocks_[current_].bytes) ++current_, used_ = 0;
    if (current_ == blocks_.size()) add_block(bytes);
    void* data = static_cast<std::byte*>(blocks_[current_].data) + used_;
    used_ += bytes;
    return data;
  }

  [[gnu::cold, gnu::noinline]] void add_block(std::size_t bytes) {
    blocks_.push_back({memory_.allocate(bytes), bytes});
  }
  void release_all() {
    for (const block& b : blocks_) memory_.release(b.data);
    blocks_.clear();
    current_ = used_ = 0;
  }
  void replace_by_one(std::size_t bytes) {
    release_all();
    add_block(bytes);
  }
  [[gnu::cold, gnu::noinline]] void merge() noexcept {
    try {
      replace_by_one(capacity());
    } catch (...) {  // no room for one large block: the next call takes pieces again
    }
  }

  [[no_unique_address]] Memory memory_;
  std::vector<block> blocks_;
  std::size_t current_ = 0, used_ = 0, open_scopes_ = 0;
};

}}  // namespace guerdon
