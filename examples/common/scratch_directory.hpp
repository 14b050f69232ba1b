#pragma once
// For tests: a folder that is gone afterwards, and what is in a file.

#include <doctest/doctest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace guerdon::examples {

struct scratch_directory {
  std::filesystem::path path;
  scratch_directory() {
    std::string name = (std::filesystem::temp_directory_path() / ("guerdon-" + std::string(6, 'X'))).string();
    path = ::mkdtemp(name.data());
  }
  ~scratch_directory() { std::filesystem::remove_all(path); }
  std::string operator/(const std::string& name) const { return (path / name).string(); }
  auto files() const { return std::distance(std::filesystem::directory_iterator(path), {}); }
};

inline std::string read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  REQUIRE(in);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace guerdon::examples
