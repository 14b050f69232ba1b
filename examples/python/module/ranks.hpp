#pragma once

#include <nanobind/nanobind.h>

namespace guerdon::python {

/// Enters the functions of ranks.cpp, which guerdon.distributed has under their names without the underscore.
void add_ranks(nanobind::module_&);

}  // namespace guerdon::python
