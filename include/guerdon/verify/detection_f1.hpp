#pragma once
// How many objects of a picture were found: predicted boxes matched one to one with the true ones.
//
// $$P = \frac{TP}{|\text{predicted}|}, \quad R = \frac{TP}{|\text{gold}|}, \quad
//   F_1 = \frac{2\,TP}{|\text{predicted}| + |\text{gold}|}$$
//
// TP are the pairs of the assignment of greatest total weight (Kuhn, Munkres), where a pair weighs its IoU if that
// reaches the threshold and the labels are equal, else nothing. Both sides empty: F1, precision and recall are 1.
//
// Source: this project's own definition of what detection rewards such as Vision-R1's and VLM-R1's compute.
//
// Details that differ:
// - Frameworks often match greedily, by confidence or in order. The best assignment pays a prediction at least as much.
// - Of assignments of equal weight the one with more pairs counts.
// - A box with a NaN matches nothing. A threshold of 0 asks for some overlap.
//
// Cost: s (p + g + s^2 l) weights per picture, s the smaller and l the larger of p and g, by one thread; memory of p +
// g numbers. Its time does not matter for tens of boxes. No gradient.

#include <guerdon/verify/boxes.hpp>

namespace guerdon {
namespace op {
struct detection_f1 {
  static constexpr info about{"detection_f1", "verify", "Predicted boxes matched with the true ones", "",
                              skeleton::segmented_reduce, 1e-5, true};
  template <real T>
  struct inputs {
    view<const T> predicted_box;          ///< [P,4] x1, y1, x2, y2
    view<const index_t> predicted_label;  ///< [P]
    segments predictions;                 ///< cuts the predicted boxes into B pictures
    view<const T> gold_box;               ///< [G,4]
    view<const index_t> gold_label;       ///< [G]
    segments golds;                       ///< cuts the true boxes into B pictures
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> f1;                   ///< [B]
    Of<T> precision;            ///< [B]
    Of<T> recall;               ///< [B]
    Of<index_t> true_positive;  ///< [B] matched pairs
    Of<T> mean_iou;             ///< [B] of the matched pairs; 0 where there are none
  };
  struct options {
    double iou_threshold = 0.5;  ///< between 0 and 1, least IoU of a pair
    bool label_aware = true;     ///< a pair has one label
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("predicted_box", &I::predicted_box, "P,4", drawn(0, 4)),
                      array("predicted_label", &I::predicted_label, "P", integers(0, 1)),
                      cuts("predictions", &I::predictions, "B", "P").in_files("predicted_offsets"),
                      array("gold_box", &I::gold_box, "G,4", drawn(0, 4)),
                      array("gold_label", &I::gold_label, "G", integers(0, 1)),
                      cuts("golds", &I::golds, "B", "G").in_files("gold_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("f1", &O::f1, "B"), array("precision", &O::precision, "B"),
                      array("recall", &O::recall, "B"),
                      array("true_positive", &O::true_positive, "B"), array("mean_iou", &O::mean_iou, "B"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("iou_threshold", &options::iou_threshold, within(0, 1)),
                      flag("label_aware", &options::label_aware));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

namespace detail {

/// The assignment of one picture, by shortest augmenting paths (Jonker and Volgenant) over weights that are computed as
/// they are looked at. The smaller side is assigned; a pair of no weight costs nothing.
template <class T>
struct detection_assignment {
  op::detection_f1::inputs<T> in;
  double threshold;
  bool label_aware;
  index_t predicted, gold, predictions, golds;  // where the picture's boxes begin, and how many they are
  // Scratch of the picture, one element more than each side has; 0 stands for none.
  double *row_price, *column_price, *slack;
  index_t *row_of, *came_from;
  flag_t* visited;

  GUERDON_HD bool rows_are_predictions() const { return predictions <= golds; }
  GUERDON_HD index_t rows() const { return rows_are_predictions() ? predictions : golds; }
  GUERDON_HD index_t columns() const { return rows_are_predictions() ? golds : predictions; }

  GUERDON_HD double weight(index_t row, index_t column) const {
    const index_t p = predicted + (rows_are_predictions() ? row : column) - 1;
    const index_t g = gold + (rows_are_predictions() ? column : row) - 1;
    if (label_aware && in.predicted_label[p] != in.gold_label[g]) return 0;
    const double iou = box_overlap(box_at(in.predicted_box, p), box_at(in.gold_box, g));
    return iou >= threshold && iou > 0 ? iou : 0;
  }
  /// More pairs count for more where weights are equal.
  GUERDON_HD double cost(index_t row, index_t column) const {
    const double w = weight(row, column);
    return w > 0 ? -(w + 1e-9) : 0;
  }

  GUERDON_HD void run() const {
    const index_t n = rows(), m = columns();
    for (index_t i = 0; i <= n; ++i) row_price[i] = 0;
    for (index_t j = 0; j <= m; ++j) column_price[j] = 0, row_of[j] = 0;
    for (index_t i = 1; i <= n; ++i) {
      bool matters = false;
      for (index_t j = 1; j <= m && !matters; ++j) matters = weight(i, j) > 0;
      if (matters) assign(i, m);
    }
  }

 private:
  GUERDON_HD void assign(index_t row, index_t m) const {
    for (index_t j = 0; j <= m; ++j) slack[j] = std::numeric_limits<double>::infinity(), visited[j] = 0;
    row_of[0] = row;
    index_t at = 0;
    do {
      visited[at] = 1;
      index_t next = 0;
      double least = std::numeric_limits<double>::infinity();
      for (index_t j = 1; j <= m; ++j) {
        if (visited[j]) continue;
        const double reduced = cost(row_of[at], j) - row_price[row_of[at]] - column_price[j];
        if (reduced < slack[j]) slack[j] = reduced, came_from[j] = at;
        if (slack[j] < least) least = slack[j], next = j;
      }
      for (index_t j = 0; j <= m; ++j) {
        if (visited[j]) row_price[row_of[j]] += least, column_price[j] -= least;
        else slack[j] -= least;
      }
      at = next;
    } while (row_of[at] != 0);
    for (; at != 0; at = came_from[at]) row_of[at] = row_of[came_from[at]];
  }
};

}  // namespace detail

/// Writes the scores of every picture.
template <real T = float, backend Backend>
void detection_f1(const Backend& backend, const op::detection_f1::inputs<T>& in,
                  const op::detection_f1::outputs<T>& out, const op::detection_f1::options& o) {
  check<op::detection_f1>(backend, in, out, o);
  const index_t pictures = out.f1.size(), room = in.predicted_label.size() + in.gold_label.size() + 2 * pictures;
  auto scratch = backend.scratch();
  const auto prices = scratch.template take<double>(room), slack = scratch.template take<double>(room);
  const auto row_of = scratch.template take<index_t>(room), came_from = scratch.template take<index_t>(room);
  const auto visited = scratch.template take<flag_t>(room);
  const double threshold = o.iou_threshold;
  const bool label_aware = o.label_aware;
  backend.each(pictures, [=] GUERDON_HD(index_t b) {
    const index_t p = in.predictions.begin(b), g = in.golds.begin(b), n = in.predictions.size(b), m = in.golds.size(b);
    const index_t place = p + g + 2 * b, smaller = n < m ? n : m;
    const detail::detection_assignment<T> assignment{
        in, threshold, label_aware, p, g, n, m,
        prices.data() + place, prices.data() + place + smaller + 1, slack.data() + place,
        row_of.data() + place, came_from.data() + place, visited.data() + place};
    assignment.run();
    index_t found = 0;
    double overlap = 0;
    for (index_t j = 1; j <= assignment.columns(); ++j) {
      const double w = assignment.row_of[j] == 0 ? 0 : assignment.weight(assignment.row_of[j], j);
      found += w > 0;
      overlap += w;
    }
    const double nothing = n + m == 0 ? 1 : 0;  // what is found of nothing
    out.f1[b] = T(n + m == 0 ? nothing : 2 * double(found) / double(n + m));
    out.precision[b] = T(n == 0 ? nothing : double(found) / double(n));
    out.recall[b] = T(m == 0 ? nothing : double(found) / double(m));
    out.true_positive[b] = found;
    out.mean_iou[b] = T(found == 0 ? 0.0 : overlap / double(found));
  });
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto detection_f1(const Backend& backend, const op::detection_f1::inputs<T>& in,
                  const op::detection_f1::options& o = {}) {
  return returned<op::detection_f1, T>(backend, in, o, [&](auto& out) { detection_f1(backend, in, out, o); });
}

}}  // namespace guerdon
