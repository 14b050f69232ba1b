#pragma once
// Summary statistics for comparing runs, in the manner of rliable (Agarwal et al., "Deep Reinforcement
// Learning at the Edge of the Statistical Precipice", arXiv:2108.13264): interquartile mean, stratified
// percentile bootstrap, probability of improvement. Everything is deterministic: the same data and seed give
// the same bits.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace guerdon::examples {

inline constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// A point estimate with the ends of its interval.
struct interval {
  double point = not_a_number, low = not_a_number, high = not_a_number;
};

/// Scores of one algorithm by stratum (task): scores[task][run]. Strata may hold different numbers of runs.
using strata = std::vector<std::vector<double>>;

/// splitmix64 (Steele, Lea, Flood 2014): small, fast, and the same on every platform, unlike std::
/// distributions.
class random_source {
 public:
  explicit random_source(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }

  /// Uniform in [0, n), n < 2^32; the bias, below n / 2^32, is far under the bootstrap's own noise.
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(((next() >> 32) * n) >> 32); }

  /// Uniform in [0, 1).
  double uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }

 private:
  std::uint64_t state_;
};

/// Generators of one seed for different uses, so that methods that are compared meet the same world.
inline random_source stream(std::uint64_t seed, std::uint64_t purpose) {
  random_source mixed(seed * 0x9e3779b97f4a7c15u + purpose);
  return random_source(mixed.next());
}

/// Arithmetic mean; NaN for no values.
inline double mean(std::span<const double> x) {
  if (x.empty()) return not_a_number;
  double sum = 0;
  for (const double v : x) sum += v;
  return sum / static_cast<double>(x.size());
}

/// Sample standard deviation (n - 1), in two passes; 0 for one value, NaN for none.
inline double standard_deviation(std::span<const double> x) {
  if (x.empty()) return not_a_number;
  if (x.size() == 1) return 0;
  const double centre = mean(x);
  double sum = 0;
  for (const double v : x) sum += (v - centre) * (v - centre);
  return std::sqrt(sum / static_cast<double>(x.size() - 1));
}

/// Quantile with linear interpolation between order statistics (type 7, numpy's default). `sorted` is
/// ascending.
inline double sorted_quantile(std::span<const double> sorted, double q) {
  if (sorted.empty()) return not_a_number;
  const double position = std::clamp(q, 0.0, 1.0) * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], position - static_cast<double>(below));
}

inline double quantile(std::span<const double> x, double q) {
  std::vector<double> sorted(x.begin(), x.end());
  std::sort(sorted.begin(), sorted.end());
  return sorted_quantile(sorted, q);
}

inline double median(std::span<const double> x) { return quantile(x, 0.5); }

/// Mean of the middle half: floor(n / 4) values are dropped at each end (scipy's trim_mean with 0.25, as in
/// rliable).
inline double interquartile_mean(std::span<const double> x) {
  std::vector<double> sorted(x.begin(), x.end());
  std::sort(sorted.begin(), sorted.end());
  const std::size_t cut = sorted.size() / 4;
  return mean(std::span<const double>(sorted).subspan(cut, sorted.size() - 2 * cut));
}

struct bootstrap_options {
  double level = 0.95;
  int resamples = 2000;
  std::uint64_t seed = 1;
};

namespace detail {

inline std::vector<double> flatten(const strata& scores) {
  std::vector<double> all;
  for (const auto& stratum : scores) all.insert(all.end(), stratum.begin(), stratum.end());
  return all;
}

inline void require_same_strata(const strata& x, const strata& y, bool paired) {
  if (x.size() != y.size())
    throw std::invalid_argument("both algorithms need scores on the same strata (tasks)");
  for (std::size_t s = 0; s < x.size(); ++s) {
    if (x[s].empty() || y[s].empty())
      throw std::invalid_argument("stratum " + std::to_string(s) + " holds no scores");
    if (paired && x[s].size() != y[s].size())
      throw std::invalid_argument("a paired comparison needs equally many runs of both in stratum " +
                                  std::to_string(s));
  }
}

/// Ends of the percentile interval of `resamples` values drawn by `draw(random)`.
template <class Draw>
interval percentile_interval(double point, const bootstrap_options& options, Draw draw) {
  if (options.resamples < 1) throw std::invalid_argument("bootstrap: resamples must be at least 1");
  if (!(options.level > 0 && options.level < 1))
    throw std::invalid_argument("bootstrap: level must lie between 0 and 1");
  random_source random(options.seed);
  std::vector<double> values(static_cast<std::size_t>(options.resamples));
  for (double& v : values) v = draw(random);
  std::sort(values.begin(), values.end());
  const double tail = (1 - options.level) / 2;
  return {point, sorted_quantile(values, tail), sorted_quantile(values, 1 - tail)};
}

inline strata resample(const strata& scores, random_source& random) {
  strata drawn = scores;
  for (std::size_t s = 0; s < scores.size(); ++s)
    for (double& v : drawn[s]) v = scores[s][random.below(scores[s].size())];
  return drawn;
}

}  // namespace detail

/// Percentile bootstrap of `statistic(values)`, e.g. interquartile_mean. Runs are redrawn within each
/// stratum, so that every resample holds each task equally often; the statistic sees all strata together.
template <class Statistic>
interval bootstrap(const strata& scores, Statistic statistic, const bootstrap_options& options = {}) {
  detail::require_same_strata(scores, scores, false);
  return detail::percentile_interval(statistic(detail::flatten(scores)), options, [&](random_source& random) {
    return statistic(detail::flatten(detail::resample(scores, random)));
  });
}

template <class Statistic>
interval bootstrap(const std::vector<double>& scores, Statistic statistic,
                   const bootstrap_options& options = {}) {
  return bootstrap(strata{scores}, statistic, options);
}

/// Bootstrap of statistic(x - y) where run r of x and run r of y share their seed: the pairs are redrawn.
template <class Statistic>
interval bootstrap_paired(const strata& x, const strata& y, Statistic statistic,
                          const bootstrap_options& options = {}) {
  detail::require_same_strata(x, y, true);
  strata difference = x;
  for (std::size_t s = 0; s < x.size(); ++s)
    for (std::size_t r = 0; r < x[s].size(); ++r) difference[s][r] -= y[s][r];
  return bootstrap(difference, statistic, options);
}

/// P(X > Y) + P(X = Y) / 2 for one run of each drawn at random: the Mann-Whitney U statistic over its range.
inline double probability_greater(std::span<const double> x, std::span<const double> y) {
  double wins = 0;
  for (const double a : x)
    for (const double b : y) wins += a > b ? 1.0 : a == b ? 0.5 : 0.0;
  return wins / (static_cast<double>(x.size()) * static_cast<double>(y.size()));
}

/// Probability that x improves on y, averaged over the strata.
inline double probability_of_improvement(const strata& x, const strata& y) {
  detail::require_same_strata(x, y, false);
  double sum = 0;
  for (std::size_t s = 0; s < x.size(); ++s) sum += probability_greater(x[s], y[s]);
  return sum / static_cast<double>(x.size());
}

/// The same with a stratified bootstrap interval; x and y are redrawn independently.
inline interval probability_of_improvement(const strata& x, const strata& y,
                                           const bootstrap_options& options) {
  return detail::percentile_interval(probability_of_improvement(x, y), options, [&](random_source& random) {
    const strata drawn_x = detail::resample(x, random);
    const strata drawn_y = detail::resample(y, random);
    return probability_of_improvement(drawn_x, drawn_y);
  });
}

/// Wilson's score interval of a share, which stays inside [0, 1] and holds for few observations too.
inline interval wilson_interval(std::int64_t successes, std::int64_t n, double z = 1.959963984540054) {
  if (n <= 0) return {};
  const auto count = static_cast<double>(n);
  const double share = static_cast<double>(successes) / count, squared = z * z / count;
  const double centre = (share + squared / 2) / (1 + squared);
  const double half = z / (1 + squared) * std::sqrt(share * (1 - share) / count + squared / (4 * count));
  return {share, std::max(0.0, centre - half), std::min(1.0, centre + half)};
}

/// Count, mean and spread of a stream of values (Welford), and of pairs of values.
class running_moments {
 public:
  void add(double x) {
    ++count_;
    const double delta = x - mean_;
    mean_ += delta / static_cast<double>(count_);
    squares_ += delta * (x - mean_);
    low_ = std::min(low_, x);
    high_ = std::max(high_, x);
  }
  std::int64_t count() const { return count_; }
  double mean() const { return count_ ? mean_ : not_a_number; }
  double standard_deviation() const {
    if (count_ == 0) return not_a_number;
    return low_ == high_ ? 0 : std::sqrt(squares_ / static_cast<double>(count_ - 1));
  }
  double low() const { return count_ ? low_ : not_a_number; }
  double high() const { return count_ ? high_ : not_a_number; }

 private:
  std::int64_t count_ = 0;
  double mean_ = 0, squares_ = 0;
  double low_ = std::numeric_limits<double>::infinity(), high_ = -low_;
};

class running_correlation {
 public:
  void add(double x, double y) {
    ++count_;
    const double n = static_cast<double>(count_);
    const double dx = x - mean_x_, dy = y - mean_y_;
    mean_x_ += dx / n;
    mean_y_ += dy / n;
    xx_ += dx * (x - mean_x_);
    yy_ += dy * (y - mean_y_);
    xy_ += dx * (y - mean_y_);
    if (count_ == 1) first_x_ = x, first_y_ = y;
    varies_x_ |= x != first_x_;
    varies_y_ |= y != first_y_;
  }
  /// Pearson's r; NaN when either side is constant.
  double value() const {
    if (!varies_x_ || !varies_y_) return not_a_number;
    return std::clamp(xy_ / (std::sqrt(xx_) * std::sqrt(yy_)), -1.0, 1.0);
  }

 private:
  std::int64_t count_ = 0;
  double mean_x_ = 0, mean_y_ = 0, xx_ = 0, yy_ = 0, xy_ = 0, first_x_ = 0, first_y_ = 0;
  bool varies_x_ = false, varies_y_ = false;
};

/// Pearson's correlation; NaN when either side is constant or empty.
inline double pearson(std::span<const double> x, std::span<const double> y) {
  if (x.size() != y.size()) throw std::invalid_argument("pearson: both sides need equally many values");
  running_correlation correlation;
  for (std::size_t i = 0; i < x.size(); ++i) correlation.add(x[i], y[i]);
  return correlation.value();
}

/// Histogram of a stream in bounded memory: the bins keep their number and double their width, merging in
/// pairs, whenever a value falls outside. Bin edges are multiples of the bin width, so zero is always an
/// edge.
class histogram {
 public:
  /// `bins` even; `width` the width of a bin at the start.
  explicit histogram(std::size_t bins = 64, double width = 0x1p-10) : count_(bins), width_(width) {
    if (bins < 2 || bins % 2 != 0) throw std::invalid_argument("histogram: bins must be even and at least 2");
    if (!(width > 0)) throw std::invalid_argument("histogram: width must be positive");
  }

  /// Values that are not finite are counted apart.
  void add(double x) {
    if (!std::isfinite(x)) {
      ++not_finite_;
      return;
    }
    while (std::floor(x / width_) < first() || std::floor(x / width_) >= first() + bins()) widen();
    ++count_[static_cast<std::size_t>(std::floor(x / width_) - first())];
    ++total_;
  }

  std::size_t size() const { return count_.size(); }
  double width() const { return width_; }
  double edge(std::size_t bin) const { return (first() + static_cast<double>(bin)) * width_; }
  std::int64_t count(std::size_t bin) const { return count_[bin]; }
  std::int64_t total() const { return total_; }
  std::int64_t not_finite() const { return not_finite_; }

  /// Quantile between order statistics as sorted_quantile() takes it; exact to one bin width.
  double quantile(double q) const {
    if (total_ == 0) return not_a_number;
    const double position = std::clamp(q, 0.0, 1.0) * static_cast<double>(total_ - 1);
    const auto below = static_cast<std::int64_t>(position);
    return std::lerp(ordered(below), ordered(std::min(below + 1, total_ - 1)),
                     position - static_cast<double>(below));
  }

 private:
  double bins() const { return static_cast<double>(count_.size()); }
  double first() const { return -bins() / 2; }  // the range is centred on zero

  /// The value of rank k, from 0: the values of a bin are taken as spread evenly over it.
  double ordered(std::int64_t k) const {
    std::size_t b = 0;
    for (; k >= count_[b]; ++b) k -= count_[b];
    return edge(b) + width_ * (static_cast<double>(k) + 0.5) / static_cast<double>(count_[b]);
  }

  void widen() {
    const std::size_t half = count_.size() / 2;
    std::vector<std::int64_t> merged(count_.size());
    // Bin number k (counted from zero at value 0, negative below) becomes floor(k / 2).
    for (std::size_t b = 0; b < count_.size(); ++b) {
      const auto k = static_cast<std::int64_t>(b) - static_cast<std::int64_t>(half);
      merged[static_cast<std::size_t>((k >> 1) + static_cast<std::int64_t>(half))] += count_[b];
    }
    count_ = std::move(merged);
    width_ *= 2;
  }

  std::vector<std::int64_t> count_;
  double width_;
  std::int64_t total_ = 0, not_finite_ = 0;
};

/// Histogram of values at hand, with `bins` equal bins between their smallest and largest.
struct binned {
  std::vector<double> edge;  ///< bins + 1 edges
  std::vector<std::int64_t> count;
};

inline binned bin_values(std::span<const double> x, std::size_t bins) {
  if (bins == 0) throw std::invalid_argument("bin_values: bins must be at least 1");
  binned result{std::vector<double>(bins + 1), std::vector<std::int64_t>(bins)};
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const double v : x)
    if (std::isfinite(v)) low = std::min(low, v), high = std::max(high, v);
  if (!(low <= high)) low = 0, high = 1;
  if (low == high) low -= 0.5, high += 0.5;
  const auto n = static_cast<double>(bins);
  for (std::size_t e = 0; e <= bins; ++e) result.edge[e] = std::lerp(low, high, static_cast<double>(e) / n);
  for (const double v : x)
    if (std::isfinite(v))
      ++result.count[std::min(bins - 1, static_cast<std::size_t>((v - low) / (high - low) * n))];
  return result;
}

}  // namespace guerdon::examples
