#pragma once
// The programs that stand in the documentation, as functions of one test.

#include <vector>

struct documented_program {
  const char* page;
  void (*run)();
  const char* output;  // empty: it need only run
  double tolerance;
};
