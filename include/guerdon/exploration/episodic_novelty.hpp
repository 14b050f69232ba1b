#pragma once
// How new a state is within its episode: by its distance from the nearest of those the episode has seen.
//
// $$r = \frac{\rho}{s},\quad s = \sqrt{\sum_{j \in \mathrm{kNN}} \frac{\varepsilon}{x_j + \varepsilon}} + c,\quad
//   x_j = \max\left(\frac{d_j^2}{m} - \xi,\ 0\right)$$
//
// and 0 where s exceeds the maximum; m is the running mean of the squared distances that are kept.
//
//   guerdon::episodic_novelty novelty{.options = {.k = 10}};
//   const std::vector<double> reward = novelty.update(embedding, memory, dimensions);
//
// or, with the memories of the episodes that are going on, one in each environment:
//
//   guerdon::episodic_memory episodes{.novelty = {.options = {.k = 10}}};
//   const std::vector<double> reward = episodes.update(embedding, start, dimensions);  // of a step
//
// Source: Never Give Up, arXiv:2002.06038, equation 2; google-deepmind/rlax, episodic_memory.py.
//
// Details that differ:
// - The running mean takes the call's distances before it is used. All queries see the memory as it was.
// - rlax carries negative distances, whose signs cancel but in its normaliser: {.norm_constant = -1e-3}. It also starts
//   with k memories of zeros. The paper's $\varepsilon$ is 1e-3.
// - An empty memory: reward 0, statistics unchanged. A NaN among the kept distances makes the mean NaN, and so every
//   reward that uses a distance other than 0. NaN is kept last.
//
// Cost: every query with every memory, and a selection.

#include <guerdon/core/value.hpp>

#include <algorithm>
#include <vector>

namespace guerdon {

namespace op {
struct episodic_novelty : value_kind {
  static constexpr info about{"episodic_novelty", "exploration", "Novelty within an episode by nearest memories (NGU)",
                              "arXiv:2002.06038; arXiv:2003.13350", skeleton::host};
  struct inputs {
    index_t dimensions = 0;        ///< D, of an embedding
    view<const double> embedding;  ///< [M,D] states to judge
    view<const double> memory;     ///< [N,D] states of the episode so far
  };
  struct outputs {
    std::vector<double> reward;  ///< [M]
    double distance_sum = 0;     ///< [1] of all squared distances kept so far
    double distance_count = 0;   ///< [1]
  };
  struct options {
    index_t k = required;            ///< >= 1, nearest memories that count
    double distance_sum = 0;         ///< of all squared distances kept so far
    double distance_count = 0;       ///< kept so far
    double reward_scale = 1;         ///< rho
    double epsilon = 1e-4;           ///< of the kernel
    double cluster_distance = 8e-3;  ///< xi, in units of m: what is closer is the same place
    double max_similarity = 8;       ///< s beyond which nothing is new
    double constant = 1e-3;          ///< c
    double norm_constant = 0;        ///< added to m
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("dimensions", &I::dimensions, "D"), array("embedding", &I::embedding, "M,D"),
                      array("memory", &I::memory, "N,D"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("reward", &O::reward, "M"), array("distance_sum", &O::distance_sum, "1"),
                      array("distance_count", &O::distance_count, "1"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("k", &options::k, counts_from(1, 4)),
                      option("distance_sum", &options::distance_sum, drawn(0, 9)),
                      option("distance_count", &options::distance_count, drawn(0, 9)),
                      option("reward_scale", &options::reward_scale, drawn(0.5, 2)),
                      option("epsilon", &options::epsilon, drawn(1e-4, 1e-2)),
                      option("cluster_distance", &options::cluster_distance, drawn(0, 0.1)),
                      option("max_similarity", &options::max_similarity, drawn(0.5, 8)),
                      option("constant", &options::constant, drawn(1e-3, 0.1)),
                      option("norm_constant", &options::norm_constant, drawn(0, 0.1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

namespace detail {

/// Eight sums side by side, which vectorise, and one of what is left over: the order depends on nothing but the width.
inline double squared_distance(const double* a, const double* b, index_t width) {
  const auto square = [=](index_t d) { return (a[d] - b[d]) * (a[d] - b[d]); };
  const index_t left = width % 8, whole = width - left;
  double sums[8] = {}, rest = 0;
  for (index_t d = 0; d < whole; d += 8)
    for (index_t lane = 0; lane < 8; ++lane) sums[lane] += square(d + lane);
  for (index_t d = 0; d < left; ++d) rest += square(whole + d);
  return ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7])) + rest;
}

}  // namespace detail

inline op::episodic_novelty::outputs updated(op::episodic_novelty, const op::episodic_novelty::inputs& in,
                                             const op::episodic_novelty::options& o = {}) {
  check<op::episodic_novelty>(in, o);
  op::episodic_novelty::outputs out{{}, o.distance_sum, o.distance_count};
  const index_t width = in.dimensions, queries = width == 0 ? 0 : in.embedding.size() / width;
  const index_t memories = width == 0 ? 0 : in.memory.size() / width, kept = std::min(o.k, memories);
  std::vector<double> nearest;  // [M,kept] squared distances
  std::vector<double> square(static_cast<std::size_t>(memories));
  for (index_t q = 0; q < queries; ++q) {
    for (index_t n = 0; n < memories; ++n)
      square[static_cast<std::size_t>(n)] =
          detail::squared_distance(in.embedding.data() + q * width, in.memory.data() + n * width, width);
    std::partial_sort(square.begin(), square.begin() + kept, square.end(), ascending());
    nearest.insert(nearest.end(), square.begin(), square.begin() + kept);
  }
  for (const double square : nearest) out.distance_sum += square;
  out.distance_count += static_cast<double>(nearest.size());
  const double mean = out.distance_sum / out.distance_count + o.norm_constant;
  for (index_t q = 0; q < queries; ++q) {
    double kernels = 0;
    for (index_t j = 0; j < kept; ++j) {
      const double square = nearest[static_cast<std::size_t>(q * kept + j)];
      const double rate = square == 0 ? 0 : math::max(square / mean - o.cluster_distance, 0.0);
      kernels += o.epsilon / (rate + o.epsilon);
    }
    const double similarity = math::sqrt(kernels) + o.constant;
    out.reward.push_back(kept == 0 || similarity > o.max_similarity ? 0 : o.reward_scale / similarity);
  }
  return out;
}

}  // namespace GUERDON_ABI

/// The running mean of distances, which stands in the options.
struct episodic_novelty {
  op::episodic_novelty::options options = {};

  static constexpr const char* name = "episodic_novelty";
  static constexpr auto fields() { return op::saved_options<op::episodic_novelty>(&episodic_novelty::options); }

  /// Rewards of states by the episode's memory, in which they are not yet.
  [[gnu::always_inline]] std::vector<double> update(view<const double> embedding, view<const double> memory,
                                                    index_t dimensions) {
    auto out = updated(op::episodic_novelty(), {dimensions, embedding, memory}, options);
    options.distance_sum = out.distance_sum, options.distance_count = out.distance_count;
    return std::move(out.reward);
  }
  /// Takes all distances that another one has kept.
  [[gnu::always_inline]] void merge(const episodic_novelty& other) {
    const double sum = other.options.distance_sum, kept = other.options.distance_count;
    options.distance_sum += sum, options.distance_count += kept;
  }
};

/// The episodes that are going on, one in each environment: what each has seen, and the running mean of all.
struct episodic_memory {
  episodic_novelty novelty = {};
  std::vector<std::vector<double>> seen = {};  ///< [n,D] of each environment's episode; empty before the first update

  static constexpr const char* name = "episodic_memory";
  static constexpr auto fields() {
    using path = op::list::path<episodic_novelty episodic_memory::*, op::episodic_novelty::options episodic_novelty::*>;
    constexpr path options{&episodic_memory::novelty, &episodic_novelty::options};
    return std::tuple_cat(std::tuple(op::saved("seen", &episodic_memory::seen)),
                          op::saved_options<op::episodic_novelty>(options));
  }

  /// Judges the state of each environment by its episode so far, one environment after another, and then keeps it.
  /// `start`: 1 = the first state of an episode.
  [[gnu::always_inline]] std::vector<double> update(view<const double> embedding, view<const flag_t> start,
                                                    index_t dimensions) {
    const index_t environments = start.size();
    require(dimensions > 0 && embedding.size() == environments * dimensions, name, "embedding",
            "has the wrong shape: it must hold the dimensions of each environment's state");
    require(seen.empty() || index_t(seen.size()) == environments, name, "start",
            "must hold a flag for each environment, which are as many as before");
    check<op::episodic_novelty>(op::episodic_novelty::inputs{dimensions, embedding, {}}, novelty.options);
    seen.resize(static_cast<std::size_t>(environments));
    std::vector<double> reward;
    for (index_t e = 0; e < environments; ++e) {
      std::vector<double>& episode = seen[static_cast<std::size_t>(e)];
      if (start[e] != 0) episode.clear();
      const view<const double> state(embedding.data() + e * dimensions, dimensions);
      reward.push_back(novelty.update(state, episode, dimensions)[0]);
      episode.insert(episode.end(), state.begin(), state.end());
    }
    return reward;
  }
  /// Takes all that another one has kept; its environments then follow one's own.
  [[gnu::always_inline]] void merge(const episodic_memory& other) {
    const std::vector<std::vector<double>> theirs = other.seen;
    novelty.merge(other.novelty);
    seen.insert(seen.end(), theirs.begin(), theirs.end());
  }
};

}  // namespace guerdon
