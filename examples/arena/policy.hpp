#pragma once
// The policy: a character-level GRU that looks at the prompt through a movable eye, with a hand-written
// backward pass.
//
// One step takes the last character x, the state h and what the eye has seen, and gives the next state:
//
//     a    = input[x] + sight seen
//     r    = sigmoid(a_r + recurrent_r h)                        what of the state to use
//     z    = sigmoid(a_z + recurrent_z h)                        what of the state to keep
//     c    = tanh   (a_c + r * (recurrent_c h + bias))           what to write
//     h    = c + z * (h - c)
//     eye  = softmax(gaze h)                                     where to look: one weight per prompt position
//     seen = sum over positions p of eye[p] onehot(prompt[p])    what is seen there
//
// and the next character is drawn from softmax(output h + copy seen + output_bias). At first h and x are 0.
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
using token = std::int64_t;  // as guerdon takes the ids of tokens
template <class T>
using matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;
template <class T>
using vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;

// std::vector under Eigen's signed index.
template <class T>
struct list : std::vector<T> {
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
      : shape(s),
        flat(vector<T>::Zero(size(s))),
        input(nullptr, 0, 0),
        sight(input),
        recurrent(input),
        bias(input),
        gaze(input),
        output(input),
        copy(input),
        output_bias(input) {
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
  map input, sight, recurrent, bias, gaze, output, copy, output_bias;

 private:
  static index_t size(policy_shape s) {
    return 3 * s.hidden * (2 * s.vocabulary + s.hidden) + s.hidden + s.prompt_width * s.hidden +
           s.vocabulary * (s.hidden + s.vocabulary + 1);
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
    take(copy, v, v);
    take(output_bias, v, 1);
  }
};

// Responses to prompts. All prompts have the same width; response i answers prompt `prompt_of[i]`, its
// characters are `response[offsets[i]]` up to `response[offsets[i + 1]]`.
struct conversation {
  index_t prompt_width = 0;
  list<token> prompt;             // [prompts * prompt_width]
  list<index_t> prompt_of;        // [responses]
  list<std::int64_t> offsets{0};  // [responses + 1]
  list<token> response;           // [characters]

  index_t prompts() const { return static_cast<index_t>(prompt.size()) / prompt_width; }
  index_t responses() const { return static_cast<index_t>(prompt_of.size()); }
  index_t characters() const { return offsets.back(); }
  index_t length(index_t i) const { return offsets[i + 1] - offsets[i]; }
  const token* prompt_at(index_t i) const { return &prompt[prompt_of[i] * prompt_width]; }
};

// What a time step leaves behind, one column per response: the state and what was seen, and what the
// backward pass needs of the way there.
template <class T>
struct activations {
  matrix<T> gates, candidate, hidden, eye,
      seen;                   // [3 hidden (r, z, c), hidden, hidden, prompt_width, vocabulary]
  list<const token*> prompt;  // the prompt looked at
  list<token> read;           // the character read

  void resize(policy_shape s, index_t columns) {
    gates.resize(3 * s.hidden, columns);
    candidate.resize(s.hidden, columns);
    hidden.resize(s.hidden, columns);
    eye.resize(s.prompt_width, columns);
    seen.resize(s.vocabulary, columns);
  }
};

// Moves the eye of columns [to, to + n).
template <class T>
void look(const weights<T>& w, activations<T>& record, index_t to, index_t n) {
  auto eye = record.eye.middleCols(to, n);
  auto seen = record.seen.middleCols(to, n);
  eye.noalias() = w.gaze * record.hidden.middleCols(to, n);
  eye.array() = (eye.rowwise() - eye.colwise().maxCoeff()).array().exp();
  seen.setZero();
  for (index_t j = 0; j < n; ++j) {
    eye.col(j) /= eye.col(j).sum();
    for (index_t p = 0; p < w.shape.prompt_width; ++p) seen(record.prompt[to + j][p], j) += eye(p, j);
  }
}

// One time step from columns [from, from + n) to [to, to + n), which may be the same ones.
template <class T>
void step_forward(const weights<T>& w, activations<T>& record, index_t from, index_t to, index_t n) {
  const index_t h = w.shape.hidden;
  const auto state = record.hidden.middleCols(from, n);
  auto gates = record.gates.middleCols(to, n);
  auto candidate = record.candidate.middleCols(to, n);
  gates.noalias() = w.recurrent * state;
  candidate = gates.bottomRows(h).colwise() + w.bias.col(0);
  gates.bottomRows(h).setZero();
  gates.noalias() += w.sight * record.seen.middleCols(from, n);
  for (index_t j = 0; j < n; ++j) {
    auto g = gates.col(j).array();
    g += w.input.col(record.read[to + j]).array();
    g.head(2 * h) = g.head(2 * h).logistic();
    g.tail(h) = (g.tail(h) + g.head(h) * candidate.col(j).array()).tanh();
    record.hidden.col(to + j).array() = g.tail(h) + g.segment(h, h) * (state.col(j).array() - g.tail(h));
  }
  look(w, record, to, n);
}

// d loss / d eye, then through its softmax, in place of `grad.eye`; what it asks of the state is added there.
template <class T>
void look_backward(const weights<T>& w, const activations<T>& record, index_t to, index_t n,
                   activations<T>& grad, weights<T>& grad_w) {
  const auto hidden = record.hidden.middleCols(to, n);
  auto grad_eye = grad.eye.leftCols(n);
  for (index_t j = 0; j < n; ++j) {
    const auto eye = record.eye.col(to + j);
    for (index_t p = 0; p < w.shape.prompt_width; ++p)
      grad_eye(p, j) = grad.seen(record.prompt[to + j][p], to + j);
    grad_eye.col(j).array() = eye.array() * (grad_eye.col(j).array() - grad_eye.col(j).dot(eye));
  }
  grad_w.gaze.noalias() += grad_eye * hidden.transpose();
  grad.hidden.middleCols(to, n).noalias() += w.gaze.transpose() * grad_eye;
}

// One time step backwards: from d loss / d (hidden, seen) of columns [to, to + n) to that of [from, from + n)
// (added) and d loss / d weights (added).
template <class T>
void step_backward(const weights<T>& w, const activations<T>& record, index_t from, index_t to, index_t n,
                   activations<T>& grad, weights<T>& grad_w) {
  look_backward(w, record, to, n, grad, grad_w);
  const index_t h = w.shape.hidden;
  const auto state = record.hidden.middleCols(from, n);
  auto grad_state = grad.hidden.middleCols(from, n);
  auto grad_gates = grad.gates.leftCols(n);  // with respect to what the sigmoids and the tanh are taken of
  for (index_t j = 0; j < n; ++j) {
    const auto gates = record.gates.col(to + j).array();
    const auto r = gates.head(h), z = gates.segment(h, h), c = gates.tail(h);
    const auto dh = grad.hidden.col(to + j).array();
    auto dg = grad_gates.col(j).array();
    dg.tail(h) = dh * (T(1) - z) * (T(1) - c * c);
    dg.head(h) = dg.tail(h) * record.candidate.col(to + j).array() * r * (T(1) - r);
    dg.segment(h, h) = dh * (state.col(j).array() - c) * z * (T(1) - z);
    grad_state.col(j).array() += dh * z;
    grad_w.input.col(record.read[to + j]).array() += dg;
  }
  grad_w.sight.noalias() += grad_gates * record.seen.middleCols(from, n).transpose();
  grad.seen.middleCols(from, n).noalias() += w.sight.transpose() * grad_gates;

  grad_gates.bottomRows(h).array() *=
      record.gates.middleCols(to, n).topRows(h).array();  // now of recurrent h
  grad_w.bias += grad_gates.bottomRows(h).rowwise().sum();
  grad_w.recurrent.noalias() += grad_gates * state.transpose();
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
    record_.hidden.leftCols(count(0)).setZero();
    look(w, record_, 0, count(0));
    for (index_t t = 0; t < steps(); ++t) step_forward(w, record_, state_at(t), state_at(t + 1), count(t));
    sorted_logits_.noalias() = w.output * record_.hidden.rightCols(columns());
    sorted_logits_.noalias() += w.copy * record_.seen.rightCols(columns());
    sorted_logits_.colwise() += w.output_bias.col(0);
    logits_.resize(sorted_logits_.rows(), columns());
    for (index_t k = 0; k < columns(); ++k) logits_.col(place_[k]) = sorted_logits_.col(k);
    return logits_;
  }

  // Adds d loss / d weights to `grad`, by the chain
  //   loss -> log-probabilities -> logits (onehot - softmax) -> states -> weights.
  void backward(const weights<T>& w, const conversation& text, std::span<const T> grad_logprob,
                weights<T>& grad) {
    matrix<T>& grad_logits = sorted_logits_;
    for (index_t k = 0; k < columns(); ++k) {
      const T g = grad_logprob[static_cast<std::size_t>(place_[k])];
      auto column = grad_logits.col(k).array();
      column = (column - column.maxCoeff()).exp();
      column *= -g / column.sum();
      column(text.response[place_[k]]) += g;
    }
    grad.output.noalias() += grad_logits * record_.hidden.rightCols(columns()).transpose();
    grad.copy.noalias() += grad_logits * record_.seen.rightCols(columns()).transpose();
    grad.output_bias += grad_logits.rowwise().sum();
    grad_record_.resize(w.shape, columns() + count(0));
    grad_record_.hidden.leftCols(count(0)).setZero();
    grad_record_.hidden.rightCols(columns()).noalias() = w.output.transpose() * grad_logits;
    grad_record_.seen.leftCols(count(0)).setZero();
    grad_record_.seen.rightCols(columns()).noalias() = w.copy.transpose() * grad_logits;
    for (index_t t = steps() - 1; t >= 0; --t) {
      step_backward(w, record_, state_at(t), state_at(t + 1), count(t), grad_record_, grad);
    }
  }

 private:
  // Sorted by length, the columns of time step t stand together, those of step t + 1 behind them; in front
  // of all stands the state before the first step.
  void lay_out(policy_shape shape, const conversation& text) {
    list<index_t> order(text.prompt_of.size());
    std::iota(order.begin(), order.end(), index_t(0));
    std::stable_sort(order.begin(), order.end(),
                     [&](auto a, auto b) { return text.length(a) > text.length(b); });
    index_t running = text.responses();
    while (running > 0 && text.length(order[running - 1]) == 0) --running;
    first_.assign({0, running});
    place_.clear();
    record_.prompt.clear();
    record_.read.assign(static_cast<std::size_t>(running), 0);
    for (index_t j = 0; j < running; ++j) record_.prompt.push_back(text.prompt_at(order[j]));
    for (index_t t = 0; running > 0; ++t) {
      for (index_t j = 0; j < running; ++j) {
        const index_t at = text.offsets[order[j]] + t;
        place_.push_back(at);
        record_.prompt.push_back(text.prompt_at(order[j]));
        record_.read.push_back(t == 0 ? 0 : text.response[at - 1]);
      }
      first_.push_back(static_cast<index_t>(record_.read.size()));
      while (running > 0 && text.length(order[running - 1]) <= t + 1) --running;
    }
    record_.resize(shape, first_.back());
  }

  index_t steps() const { return static_cast<index_t>(first_.size()) - 2; }
  index_t state_at(index_t t) const { return first_[t]; }                   // the state in front of step t
  index_t count(index_t t) const { return first_[t + 2] - first_[t + 1]; }  // how many responses take step t
  index_t columns() const { return static_cast<index_t>(place_.size()); }

  list<index_t> first_;  // [steps + 2] where the columns of each state start
  list<index_t> place_;  // [columns] which character of the conversation a column predicts
  activations<T> record_, grad_record_;
  matrix<T> sorted_logits_, logits_;
};

// Draws `samples` responses to every prompt at temperature 1, each up to and including `stop`, or
// `max_length` characters. Responses to one prompt lie next to each other. `logits`, if given, receives one
// column per drawn character.
template <class T>
conversation sample(const weights<T>& w, list<token> prompts, index_t samples, token stop, index_t max_length,
                    random_stream& random, matrix<T>* logits = nullptr, bool greedy = false) {
  const index_t v = w.shape.vocabulary;
  conversation text{.prompt_width = w.shape.prompt_width,
                    .prompt = std::move(prompts),
                    .prompt_of = {},
                    .offsets = {0},
                    .response = {}};
  const index_t count = text.prompts() * samples;
  for (index_t i = 0; i < count; ++i) text.prompt_of.push_back(i / samples);

  matrix<T> now(v, count), probability(v, count);
  matrix<T> drawn_logits(v, logits ? count * max_length : 0);
  list<token> drawn(static_cast<std::size_t>(count * max_length));
  list<index_t> length(static_cast<std::size_t>(count)), owner(static_cast<std::size_t>(count));
  activations<T> record;
  record.resize(w.shape, count);
  record.hidden.setZero();
  record.read.resize(static_cast<std::size_t>(count));
  for (index_t i = 0; i < count; ++i) {
    owner[i] = i;
    record.prompt.push_back(text.prompt_at(i));
  }
  look(w, record, 0, count);

  for (index_t running = count; running > 0;) {
    step_forward(w, record, 0, 0, running);
    now.leftCols(running).noalias() = w.output * record.hidden.leftCols(running);
    now.leftCols(running).noalias() += w.copy * record.seen.leftCols(running);
    now.leftCols(running).colwise() += w.output_bias.col(0);
    for (index_t j = 0; j < running; ++j) {
      auto weight = probability.col(j).array();
      weight = (now.col(j).array() - now.col(j).maxCoeff()).exp();
      T left = static_cast<T>(random.uniform()) * weight.sum();
      token next = 0;
      while (next + 1 < v && (left -= weight(next)) >= T(0)) ++next;
      if (greedy) weight.maxCoeff(&next);
      const index_t at = owner[j] * max_length + length[owner[j]]++;
      drawn[at] = record.read[j] = next;
      if (logits) drawn_logits.col(at) = now.col(j);
    }
    // A response that ends changes places with the last running one.
    for (index_t j = running - 1; j >= 0; --j) {
      if (record.read[j] != stop && length[owner[j]] < max_length) continue;
      --running;
      record.hidden.col(j).swap(record.hidden.col(running));
      record.seen.col(j).swap(record.seen.col(running));
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
