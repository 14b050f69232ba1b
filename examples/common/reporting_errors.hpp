#pragma once
// What a program says and returns when it cannot go on.

#include <cstdio>
#include <exception>
#include <filesystem>

namespace guerdon::examples {

/// The exit status of `run`, or 1 where it threw, after a sentence on standard error.
template <class Run>
int reporting_errors(const char* program, Run run) {
  try {
    return run();
  } catch (const std::filesystem::filesystem_error& error) {
    std::fprintf(stderr, "%s: cannot use '%s' (%s); give another --out.\n", program, error.path1().c_str(),
                 error.code().message().c_str());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s.\n", program, error.what());
  }
  return 1;
}

}  // namespace guerdon::examples
