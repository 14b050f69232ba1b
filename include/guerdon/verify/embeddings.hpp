#pragma once
// Embeddings of length 1, whatever length they come in: 1e25 and 1e-25 in float as well as 1.

#include <guerdon/core/operation.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

/// Rows of an array [N,D] with what makes them unit vectors.
template <class T>
struct unit_rows {
  view<const T> rows;
  index_t dimension;
  view<double> largest, norm;  // [N] of the components, and of the row after division by it

  GUERDON_HD double operator()(index_t row, index_t k) const {
    return double(rows[row * dimension + k]) / largest[row] / norm[row];
  }
};

/// Finds the largest component and the norm of each row. Of a row of zeros both divisions give NaN.
template <class T>
struct unit_rows_program {
  static constexpr bool long_segments = true;
  unit_rows<T> units;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    const T* const x = units.rows.data() + row * units.dimension;
    const double most = team.template reduce<highest>(units.dimension, [=](index_t k) {
      return lanes{math::abs(double(x[k]))};
    })[0];
    const double square = team.sum(units.dimension, [=](index_t k) {
      const double y = double(x[k]) / most;
      return y * y;
    });
    team.once([&] {
      units.largest[row] = most;
      units.norm[row] = math::sqrt(square);
    });
  }
};

/// The rows of an array [N,D]; `scratch` is a scope of the backend's.
template <class T, class Backend, class Scratch>
unit_rows<T> find_units(const Backend& backend, Scratch& scratch, view<const T> rows, index_t count,
                        index_t dimension) {
  const unit_rows<T> units{rows, dimension, scratch.template take<double>(count), scratch.template take<double>(count)};
  backend.for_segments(segments::uniform(count, dimension), unit_rows_program<T>{units});
  return units;
}

}}  // namespace guerdon
