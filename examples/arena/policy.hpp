#pragma once
// The policy: a character-level GRU that looks at the prompt through a movable eye, with a hand-written
// backward pass.
//
// One step reads the last character x and the state h, looks at the prompt, and gives the next state h':
//
//     eye  = softmax(gaze h)                                    where to look: one weight per prompt position
//     seen = sum over positions p of eye[p] * onehot(prompt[p])  what is seen there
//     a    = input[x] + sight seen
//     r    = sigmoid(a_r + recurrent_r h)                       what of the state to look at
//     z    = sigmoid(a_z + recurrent_z h)                       what of the state to keep
//     c    = tanh   (a_c + r * (recurrent_c h + bias))          what to write
//     h'   = c + z * (h - c)
//
// The next character is drawn from softmax(output h' + output_bias). The first h is 0, the first x is 0.
//
// Everything works on whole batches: a column is a response, a row a feature, and one time step of all
// responses is a few matrix products. Responses are sorted by length, longest first, so that the ones still
// running are always the leading columns and no time is spent on padding.

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include "random.hpp"

namespace arena {

using index_t = Eigen::Index;
using token = std::int32_t;
template <class T>
using matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;
template <class T>
using vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;

// std::vector under the signed index of Eigen.
template <class T>
struct series : std::vector<T> {
  using std::vector<T>::vector;
  T& operator[](index_t i) { return this->data()[i]; }
  const T& operator[](index_t i) const { return this->data()[i]; }
};

struct policy_shape {
  index_t vocabulary = 0, prompt_width = 0, hidden = 0;
};

// All parameters lie in one vector, so that the optimiser, the gradient norm and the finite-difference test
// need not know the layers. The maps give the layers their names and shapes.
template <class T>
struct weights {
  using map = Eigen::Map<matrix<T>>;

  explicit weights(policy_shape s)
      : shape(s), flat(vector<T>::Zero(size(s))), input(nullptr, 0, 0), sight(input), recurrent(input), bias(input),
        gaze(input), output(input), output_bias(input) {
    bind();
  }
  weights(const weights& other) : weights(other.shape) { flat = other.flat; }
  weights& operator=(const weights& other) {
    shape = other.shape;
    flat = other.flat;
    bind();
    return *this;
  }

  // Uniform in +-1/sqrt(hidden), the usual start of a recurrent layer.
  void initialise(random_stream random) {
    const float width = 1.0F / std::sqrt(static_cast<float>(shape.hidden));
    for (T& value : flat) value = static_cast<T>((2.0F * random.uniform() - 1.0F) * width);
  }

  policy_shape shape;
  vector<T> flat;
  map input, sight, recurrent, bias, gaze, output, output_bias;

 private:
  static index_t size(policy_shape s) {
    return 3 * s.hidden * (2 * s.vocabulary + s.hidden) + s.hidden + s.prompt_width * s.hidden +
           s.vocabulary * (s.hidden + 1);
  }
  void bind() {
    T* next = flat.data();
    const auto take = [&](map& m, index_t rows, index_t columns) {
      new (&m) map(next, rows, columns);  // the documented way to re-seat an Eigen::Map
      next += rows * columns;
    };
    const auto [v, p, h] = shape;
    take(input, 3 * h, v);
    take(sight, 3 * h, v);
    take(recurrent, 3 * h, h);
    take(bias, h, 1);
    take(gaze, p, h);
    take(output, v, h);
    take(output_bias, v, 1);
  }
};

// Responses to prompts. All prompts have the same width; response i answers prompt `prompt_of[i]`, its
// characters are `response[offsets[i]]` up to `response[offsets[i + 1]]`.
struct conversation {
  index_t prompt_width = 0;
  series<token> prompt;              // [prompts * prompt_width]
  series<index_t> prompt_of;         // [responses]
  series<std::int64_t> offsets{0};   // [responses + 1]
  series<token> response;            // [characters]

  index_t prompts() const { return static_cast<index_t>(prompt.size()) / prompt_width; }
  index_t responses() const { return static_cast<index_t>(prompt_of.size()); }
  index_t characters() const { return offsets.back(); }
  index_t length(index_t i) const { return offsets[i + 1] - offsets[i]; }
  const token* prompt_at(index_t i) const { return &prompt[prompt_of[i] * prompt_width]; }
};

// What a time step computes on its way, one column per response; the backward pass needs all of it.
template <class T>
struct step_record {
  matrix<T> eye, seen, gates, candidate;  // [prompt_width, vocabulary, 3 hidden (r z c), hidden] x columns
  series<const token*> prompt;            // [columns]
  series<token> read;                     // [columns] the character read

  void resize(policy_shape s, index_t columns) {
    eye.resize(s.prompt_width, columns);
    seen.resize(s.vocabulary, columns);
    gates.resize(3 * s.hidden, columns);
    candidate.resize(s.hidden, columns);
  }
};

// One time step of columns [first, first + n) of the record, from `state` to `next` (which may be the same).
template <class T, class State, class Next>
void step_forward(const weights<T>& w, step_record<T>& record, index_t first, index_t n, const State& state, Next next) {
  const index_t h = w.shape.hidden;
  auto eye = record.eye.middleCols(first, n);
  auto seen = record.seen.middleCols(first, n);
  auto gates = record.gates.middleCols(first, n);
  auto candidate = record.candidate.middleCols(first, n);

  eye.noalias() = w.gaze * state;
  eye.array() = (eye.rowwise() - eye.colwise().maxCoeff()).array().exp();
  seen.setZero();
  for (index_t j = 0; j < n; ++j) {
    eye.col(j) /= eye.col(j).sum();
    for (index_t p = 0; p < w.shape.prompt_width; ++p) seen(record.prompt[first + j][p], j) += eye(p, j);
  }

  gates.noalias() = w.recurrent * state;
  candidate = gates.bottomRows(h).colwise() + w.bias.col(0);
  gates.bottomRows(h).setZero();
  gates.noalias() += w.sight * seen;
  for (index_t j = 0; j < n; ++j) {
    auto g = gates.col(j).array();
    g += w.input.col(record.read[first + j]).array();
    g.head(2 * h) = g.head(2 * h).logistic();
    g.tail(h) = (g.tail(h) + g.head(h) * candidate.col(j).array()).tanh();
    next.col(j).array() = g.tail(h) + g.segment(h, h) * (state.col(j).array() - g.tail(h));
  }
}

// The same step backwards: takes d loss / d next and adds to d loss / d state and d loss / d weights.
template <class T, class State, class GradNext, class GradState>
void step_backward(const weights<T>& w, const step_record<T>& record, index_t first, index_t n, const State& state,
                   const GradNext& grad_next, GradState grad_state, weights<T>& grad, step_record<T>& scratch) {
  const index_t h = w.shape.hidden;
  const auto eye = record.eye.middleCols(first, n);
  auto grad_eye = scratch.eye.leftCols(n);
  auto grad_seen = scratch.seen.leftCols(n);
  auto grad_gates = scratch.gates.leftCols(n);  // with respect to what the sigmoids and the tanh are taken of

  for (index_t j = 0; j < n; ++j) {
    const auto gates = record.gates.col(first + j).array();
    const auto r = gates.head(h), z = gates.segment(h, h), c = gates.tail(h);
    const auto dh = grad_next.col(j).array();
    auto dg = grad_gates.col(j).array();
    dg.tail(h) = dh * (T(1) - z) * (T(1) - c * c);
    dg.head(h) = dg.tail(h) * record.candidate.col(first + j).array() * r * (T(1) - r);
    dg.segment(h, h) = dh * (state.col(j).array() - c) * z * (T(1) - z);
    grad_state.col(j).array() += dh * z;
    grad.input.col(record.read[first + j]).array() += dg;
  }
  grad.sight.noalias() += grad_gates * record.seen.middleCols(first, n).transpose();
  grad_seen.noalias() = w.sight.transpose() * grad_gates;
  for (index_t j = 0; j < n; ++j) {
    for (index_t p = 0; p < w.shape.prompt_width; ++p) grad_eye(p, j) = grad_seen(record.prompt[first + j][p], j);
    grad_eye.col(j).array() = eye.col(j).array() * (grad_eye.col(j).array() - grad_eye.col(j).dot(eye.col(j)));
  }
  grad.gaze.noalias() += grad_eye * state.transpose();
  grad_state.noalias() += w.gaze.transpose() * grad_eye;

  grad_gates.bottomRows(h).array() *= record.gates.middleCols(first, n).topRows(h).array();  // now of recurrent h
  grad.bias += grad_gates.bottomRows(h).rowwise().sum();
  grad.recurrent.noalias() += grad_gates * state.transpose();
  grad_state.noalias() += w.recurrent.transpose() * grad_gates;
}

// The policy on given text: `forward` gives the logits in front of every response character, `backward`
// takes d loss / d log-probability of every response character, and nothing else. Both in the order of
// `conversation.response`.
template <class T>
class policy_pass {
 public:
  const matrix<T>& forward(const weights<T>& w, const conversation& text) {
    lay_out(w.shape, text);
    hidden_.leftCols(count(0)).setZero();
    for (index_t t = 0; t < steps(); ++t) {
      step_forward(w, record_, first_[t], count(t), state(t), hidden_.middleCols(first_[t] + count(0), count(t)));
    }
    sorted_logits_.noalias() = w.output * hidden_.rightCols(columns());
    sorted_logits_.colwise() += w.output_bias.col(0);
    logits_.resize(sorted_logits_.rows(), columns());
    for (index_t k = 0; k < columns(); ++k) logits_.col(place_[k]) = sorted_logits_.col(k);
    return logits_;
  }

  // Adds d loss / d weights to `grad`, by the chain
  //   loss -> log-probabilities -> logits (onehot - softmax) -> states -> weights.
  void backward(const weights<T>& w, const conversation& text, std::span<const T> grad_logprob, weights<T>& grad) {
    for (index_t k = 0; k < columns(); ++k) {
      const T g = grad_logprob[static_cast<std::size_t>(place_[k])];
      auto column = sorted_logits_.col(k).array();
      column = (column - column.maxCoeff()).exp();
      column *= -g / column.sum();
      column(text.response[place_[k]]) += g;
    }
    const matrix<T>& grad_logits = sorted_logits_;
    grad.output.noalias() += grad_logits * hidden_.rightCols(columns()).transpose();
    grad.output_bias += grad_logits.rowwise().sum();
    grad_hidden_.resize(hidden_.rows(), hidden_.cols());
    grad_hidden_.leftCols(count(0)).setZero();
    grad_hidden_.rightCols(columns()).noalias() = w.output.transpose() * grad_logits;
    scratch_.resize(w.shape, count(0));
    for (index_t t = steps() - 1; t >= 0; --t) {
      step_backward(w, record_, first_[t], count(t), state(t),
                    grad_hidden_.middleCols(first_[t] + count(0), count(t)),
                    grad_hidden_.middleCols(state_at(t), count(t)), grad, scratch_);
    }
  }

 private:
  // Sorted by length, the columns of time step t stand together, those of step t + 1 behind them.
  void lay_out(policy_shape shape, const conversation& text) {
    series<index_t> order(text.prompt_of.size());
    std::iota(order.begin(), order.end(), index_t(0));
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return text.length(a) > text.length(b); });
    first_.assign(1, 0);
    place_.clear();
    record_.prompt.clear();
    record_.read.clear();
    index_t running = text.responses();
    for (index_t t = 0;; ++t) {
      while (running > 0 && text.length(order[running - 1]) <= t) --running;
      if (running == 0) break;
      for (index_t j = 0; j < running; ++j) {
        const index_t at = text.offsets[order[j]] + t;
        place_.push_back(at);
        record_.prompt.push_back(text.prompt_at(order[j]));
        record_.read.push_back(t == 0 ? 0 : text.response[at - 1]);
      }
      first_.push_back(static_cast<index_t>(place_.size()));
    }
    record_.resize(shape, columns());
    hidden_.resize(shape.hidden, columns() + count(0));
  }

  index_t steps() const { return static_cast<index_t>(first_.size()) - 1; }
  index_t count(index_t t) const { return t < steps() ? first_[t + 1] - first_[t] : 0; }
  index_t columns() const { return first_.back(); }
  index_t state_at(index_t t) const { return t == 0 ? 0 : first_[t - 1] + count(0); }
  auto state(index_t t) const { return hidden_.middleCols(state_at(t), count(t)); }

  series<index_t> first_{0};  // [steps + 1] where the columns of a time step start
  series<index_t> place_;     // [columns] which character of the conversation a column predicts
  step_record<T> record_, scratch_;
  matrix<T> hidden_;          // the states: first those in front of the first step, then those after each step
  matrix<T> sorted_logits_, logits_, grad_hidden_;
};

// Draws `samples` responses to every prompt at temperature 1, each up to and including `stop`, or
// `max_length` characters. Responses to one prompt lie next to each other. `logits`, if given, receives one
// column per drawn character.
template <class T>
conversation sample(const weights<T>& w, series<token> prompts, index_t samples, token stop, index_t max_length,
                    random_stream& random, matrix<T>* logits = nullptr) {
  const auto [v, p, h] = w.shape;
  conversation text{.prompt_width = p, .prompt = std::move(prompts), .prompt_of = {}, .offsets = {0}, .response = {}};
  const index_t count = text.prompts() * samples;
  for (index_t i = 0; i < count; ++i) text.prompt_of.push_back(i / samples);

  matrix<T> state = matrix<T>::Zero(h, count), now(v, count), probability(v, count);
  matrix<T> drawn_logits(v, logits ? count * max_length : 0);
  series<token> drawn(static_cast<std::size_t>(count * max_length));
  series<index_t> length(static_cast<std::size_t>(count)), owner(static_cast<std::size_t>(count));
  step_record<T> record;
  record.resize(w.shape, count);
  record.read.resize(static_cast<std::size_t>(count));
  for (index_t i = 0; i < count; ++i) {
    owner[i] = i;
    record.prompt.push_back(text.prompt_at(i));
  }

  for (index_t running = count; running > 0;) {
    step_forward(w, record, 0, running, state.leftCols(running), state.leftCols(running));
    now.leftCols(running).noalias() = w.output * state.leftCols(running);
    now.leftCols(running).colwise() += w.output_bias.col(0);
    for (index_t j = 0; j < running; ++j) {
      auto weight = probability.col(j).array();
      weight = (now.col(j).array() - now.col(j).maxCoeff()).exp();
      T left = static_cast<T>(random.uniform()) * weight.sum();
      token next = 0;
      while (next + 1 < v && (left -= weight(next)) >= T(0)) ++next;
      const index_t at = owner[j] * max_length + length[owner[j]]++;
      drawn[at] = record.read[j] = next;
      if (logits) drawn_logits.col(at) = now.col(j);
    }
    // A response that ends changes places with the last running one.
    for (index_t j = running - 1; j >= 0; --j) {
      if (record.read[j] != stop && length[owner[j]] < max_length) continue;
      --running;
      state.col(j).swap(state.col(running));
      std::swap(owner[j], owner[running]);
      std::swap(record.read[j], record.read[running]);
      std::swap(record.prompt[j], record.prompt[running]);
    }
  }

  for (index_t i = 0; i < count; ++i) {
    text.offsets.push_back(text.offsets.back() + length[i]);
    text.response.insert(text.response.end(), &drawn[i * max_length], &drawn[i * max_length] + length[i]);
  }
  if (logits) {
    logits->resize(v, text.characters());
    for (index_t i = 0; i < count; ++i) {
      logits->middleCols(text.offsets[i], length[i]) = drawn_logits.middleCols(i * max_length, length[i]);
    }
  }
  return text;
}

}  // namespace arena
