// expect: include <guerdon/backend/eigen.hpp> from a .cpp file only
// flags: -D__CUDACC__
#include <guerdon/backend/eigen.hpp>
