#pragma once
// The derived checks as functions of one operation that say what is wrong with it, so that planted faults can show that
// they see something.

#include "compare.hpp"

namespace guerdon::harness {

/// Every derivative that the operation declares, against central finite differences of scalar/double.
std::vector<std::string> gradient_failures(const operation& op);

/// The same bits from 1, 2, 3 and 7 threads, and every time.
std::vector<std::string> thread_failures(const operation& op);

/// What is out of range, left out or of the wrong size is refused with a sentence that names it.
std::vector<std::string> refusal_failures(const operation& op);

}  // namespace guerdon::harness
