// expect: guerdon needs C++20
// flags: -std=c++17
#include <guerdon/core/view.hpp>
