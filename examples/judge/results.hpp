#pragma once
// The measures as tables on the terminal, as a page with plots, as CSV.

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "report.hpp"
#include "study.hpp"
#include "training.hpp"

namespace judging {

struct findings {
  std::vector<measure> all;
  std::vector<loss_curve> curves = {};
  std::int64_t bad_lines = 0;
};

void print(std::ostream& out, const findings& found);

/// section,judge,subject,name,value,low,high; nothing where there is no number.
void write_csv(std::ostream& out, const findings& found);

ex::page report(const findings& found, const std::string& command);

}  // namespace judging
