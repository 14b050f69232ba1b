#pragma once
// Runs a program without a shell: text in through its standard input, text out through its standard output.

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

extern char** environ;

namespace guerdon::examples {

struct child_result {
  int exit_status = 0;  ///< 128 + signal when it was killed
  std::string output, errors;
};

namespace detail {

class descriptor {
 public:
  explicit descriptor(int fd = -1) : fd_(fd) {}
  descriptor(descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~descriptor() { reset(); }
  int get() const { return fd_; }
  void reset() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  int fd_;
};

inline std::pair<descriptor, descriptor> make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    throw std::runtime_error(std::string("cannot open a pipe: ") + std::strerror(errno));
  return {descriptor(ends[0]), descriptor(ends[1])};
}

// A socket instead of a pipe, because send() can be told not to raise SIGPIPE when the child ends early.
inline std::pair<descriptor, descriptor> make_input() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    throw std::runtime_error(std::string("cannot open a socket: ") + std::strerror(errno));
  return {descriptor(ends[0]), descriptor(ends[1])};
}

}  // namespace detail

/// Runs argv[0], searched on PATH, with `input` on its standard input. Nothing when there is no such program.
inline std::optional<child_result> run_child(const std::vector<std::string>& arguments,
                                             std::string_view input) {
  auto [child_in, our_in] = detail::make_input();
  auto [our_out, child_out] = detail::make_pipe();
  auto [our_err, child_err] = detail::make_pipe();

  std::vector<char*> argv;
  for (const std::string& a : arguments) argv.push_back(const_cast<char*>(a.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, child_in.get(), 0);
  posix_spawn_file_actions_adddup2(&actions, child_out.get(), 1);
  posix_spawn_file_actions_adddup2(&actions, child_err.get(), 2);
  pid_t pid = -1;
  const int error = ::posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error == ENOENT || error == EACCES) return std::nullopt;
  if (error != 0) throw std::runtime_error("cannot start '" + arguments[0] + "': " + std::strerror(error));
  child_in.reset();
  child_out.reset();
  child_err.reset();

  child_result result;
  if (input.empty()) our_in.reset();
  while (our_out.get() >= 0 || our_err.get() >= 0) {
    std::array<pollfd, 3> wait{
        {{our_in.get(), POLLOUT, 0}, {our_out.get(), POLLIN, 0}, {our_err.get(), POLLIN, 0}}};
    if (::poll(wait.data(), wait.size(), -1) < 0) {
      if (errno == EINTR) continue;
      break;
    }
    if (wait[0].revents != 0) {
      const ssize_t n = ::send(our_in.get(), input.data(), input.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (n > 0) input.remove_prefix(static_cast<std::size_t>(n));
      if (input.empty() || (n < 0 && errno != EAGAIN && errno != EINTR)) our_in.reset();
    }
    const auto drain = [](pollfd& from, detail::descriptor& end, std::string& into) {
      if (from.revents == 0) return;
      char bytes[1 << 14];
      const ssize_t n = ::read(end.get(), bytes, sizeof bytes);
      if (n > 0) into.append(bytes, static_cast<std::size_t>(n));
      if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN)) end.reset();
    };
    drain(wait[1], our_out, result.output);
    drain(wait[2], our_err, result.errors);
  }
  our_in.reset();
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  result.exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

}  // namespace guerdon::examples
