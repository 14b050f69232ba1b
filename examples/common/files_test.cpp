#include <doctest/doctest.h>
#include <sys/stat.h>

#include "atomic_file.hpp"
#include "child_process.hpp"
#include "scratch_directory.hpp"

namespace ex = guerdon::examples;
namespace fs = std::filesystem;
using ex::read;
using ex::scratch_directory;

TEST_CASE("an atomic file appears whole on commit, with the usual permissions") {
  const scratch_directory scratch;
  const fs::path path = scratch.path / "result.txt";
  const std::string text(200'000, 'x');
  ex::atomic_file file(path);
  file.stream() << text;
  CHECK_FALSE(fs::exists(path));
  file.commit();
  CHECK(read(path) == text);
  CHECK(scratch.files() == 1);
  const mode_t mask = ::umask(0);
  ::umask(mask);
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == (mode_t{0666} & ~mask));
}

TEST_CASE("without commit the old file stays and nothing else is left") {
  const scratch_directory scratch;
  const fs::path path = scratch.path / "result.txt";
  ex::write_atomically(path, "old");
  try {
    ex::atomic_file file(path);
    file.stream() << "half";
    file.stream().flush();
    CHECK(scratch.files() == 2);
    throw std::runtime_error("on the way");
  } catch (const std::runtime_error&) {
  }
  CHECK(read(path) == "old");
  CHECK(scratch.files() == 1);
}

TEST_CASE("a symbolic link stays a link; its target is replaced") {
  const scratch_directory scratch;
  ex::write_atomically(scratch.path / "target", "old");
  fs::create_symlink("target", scratch.path / "link");
  ex::write_atomically(scratch.path / "link", "new");
  CHECK(fs::is_symlink(scratch.path / "link"));
  CHECK(read(scratch.path / "target") == "new");
}

TEST_CASE("a device is written in place, and what cannot be written is named") {
  ex::write_atomically("/dev/null", "gone");
  CHECK(fs::is_character_file("/dev/null"));
  const scratch_directory scratch;
  CHECK_THROWS_WITH_AS(ex::atomic_file(scratch.path), doctest::Contains("is a directory"),
                       std::runtime_error);
  CHECK_THROWS_WITH_AS(ex::atomic_file(scratch.path / "none" / "file"),
                       doctest::Contains("none/file': its directory does not exist"), std::runtime_error);
}

TEST_CASE("a full device is an error, not a short file") {
  if (!fs::exists("/dev/full")) return;
  ex::atomic_file file("/dev/full");
  file.stream() << "text";
  CHECK_THROWS_WITH_AS(file.commit(), doctest::Contains("/dev/full"), std::runtime_error);
}

TEST_CASE("a child gets its input and gives its output, however large, without a shell") {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += std::to_string(i) + '\n';
  const auto echoed = ex::run_child({"cat"}, text);
  REQUIRE(echoed);
  CHECK(echoed->exit_status == 0);
  CHECK(echoed->output == text);
  CHECK(ex::run_child({"echo", "$HOME; `id`"}, "")->output == "$HOME; `id`\n");
}

TEST_CASE("a child that ends early, fails or does not exist") {
  const std::string text(10'000'000, 'y');
  CHECK(ex::run_child({"true"}, text)->exit_status == 0);
  CHECK(ex::run_child({"false"}, "")->exit_status == 1);
  CHECK_FALSE(ex::run_child({"no-such-program-anywhere"}, text));
}
