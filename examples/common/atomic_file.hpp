#pragma once
// A file that appears whole or not at all: written under a temporary name in the same directory, flushed to
// disk, then renamed over its final name by commit(). Without commit() (an exception, an early return)
// nothing is left behind.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <ostream>
#include <stdexcept>
#include <streambuf>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace guerdon::examples {

class atomic_file {
 public:
  explicit atomic_file(const std::filesystem::path& path) : path_(path), buffer_(*this), stream_(&buffer_) {
    namespace fs = std::filesystem;
    std::error_code ignored;
    if (fs::is_directory(path_, ignored)) fail("is a directory; name a file in it");
    // A device or pipe (/dev/stdout, /dev/null) cannot be replaced by renaming: write straight into it.
    if (fs::exists(path_, ignored) && !fs::is_regular_file(path_, ignored)) {
      fd_ = ::open(path_.c_str(), O_WRONLY | O_CLOEXEC);
      if (fd_ < 0) fail(std::strerror(errno));
    } else {
      // Through a symbolic link the file it points to is replaced, not the link.
      if (const fs::path target = fs::weakly_canonical(path_, ignored); !ignored) path_ = target;
      std::string name = path_.string() + "." + std::string(6, 'X');
      fd_ = ::mkostemp(name.data(), O_CLOEXEC);
      if (fd_ < 0)
        fail(errno == ENOENT ? "its directory does not exist"
                             : std::string("no file can be made in its directory: ") + std::strerror(errno));
      temporary_ = name;
      struct stat old {};
      const mode_t mask = ::umask(0);
      ::umask(mask);
      const mode_t mode = ::stat(path_.c_str(), &old) == 0 ? old.st_mode & 07777 : mode_t{0666} & ~mask;
      if (::fchmod(fd_, mode) != 0) {
        const std::string why = std::strerror(errno);
        discard();
        fail(why);
      }
    }
    stream_.exceptions(std::ios::badbit);
  }

  atomic_file(const atomic_file&) = delete;
  atomic_file& operator=(const atomic_file&) = delete;
  ~atomic_file() { discard(); }

  std::ostream& stream() { return stream_; }

  /// Flushes to disk and puts the file in its place. The object takes no more output afterwards.
  void commit() {
    if (fd_ < 0) throw std::logic_error("atomic_file: committed twice");
    stream_.flush();
    if (temporary_.empty()) return discard();
    const bool written = ::fsync(fd_) == 0 && ::rename(temporary_.c_str(), path_.c_str()) == 0;
    const std::string why = written ? "" : std::strerror(errno);
    if (written) temporary_.clear();
    discard();
    if (!written) fail(why);
    // The rename itself lives in the directory; not every file system lets one sync it, and that is no
    // failure.
    const std::filesystem::path parent = path_.parent_path();
    const int directory = ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory >= 0) {
      (void)::fsync(directory);
      ::close(directory);
    }
  }

 private:
  class buffer : public std::streambuf {
   public:
    explicit buffer(atomic_file& file) : file_(file) { setp(bytes_.data(), bytes_.data() + bytes_.size()); }

   protected:
    int_type overflow(int_type c) override {
      sync();
      if (!traits_type::eq_int_type(c, traits_type::eof())) sputc(traits_type::to_char_type(c));
      return traits_type::not_eof(c);
    }
    int sync() override {
      const char* from = pbase();
      while (from < pptr()) {
        const ssize_t n = ::write(file_.fd_, from, static_cast<std::size_t>(pptr() - from));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) file_.fail(std::strerror(errno));
        from += n;
      }
      setp(bytes_.data(), bytes_.data() + bytes_.size());
      return 0;
    }

   private:
    atomic_file& file_;
    std::array<char, 1 << 16> bytes_;
  };

  void discard() noexcept {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
    if (!temporary_.empty()) ::unlink(std::exchange(temporary_, {}).c_str());
  }

  [[noreturn]] void fail(const std::string& why) const {
    throw std::runtime_error("cannot write '" + path_.string() + "': " + why);
  }

  std::filesystem::path path_;
  std::string temporary_;
  int fd_ = -1;
  buffer buffer_;
  std::ostream stream_;
};

/// Writes `text` to `path`, whole or not at all.
inline void write_atomically(const std::filesystem::path& path, std::string_view text) {
  atomic_file file(path);
  file.stream() << text;
  file.commit();
}

// What follows is for before the work, whose results would be lost if they could not be written.

/// Makes a folder for --out.
inline void prepare_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error)
    throw std::runtime_error("cannot make the folder '" + folder.string() + "' (" + error.message() +
                             "); mend that, or give another --out");
}
/// Whether a file in it can be written; nothing is left of the trial.
inline void try_file(const std::filesystem::path& file) {
  if (std::filesystem::is_directory(file))
    throw std::runtime_error("'" + file.string() +
                             "' is a directory, and a file is to be written there; remove it, or give "
                             "another --out");
  try {
    atomic_file trial(file);
  } catch (const std::runtime_error& failure) {
    throw std::runtime_error(std::string(failure.what()) + "; make it writable, or give another --out");
  }
}

}  // namespace guerdon::examples
