// What exploration.py calls: its inputs, as bench/exploration.cpp has them, and what guerdon makes of them.

#include "../exploration_inputs.hpp"

#include <guerdon/backend/eigen.hpp>
#include <guerdon/exploration/episodic_novelty.hpp>
#include <guerdon/exploration/episodic_visit_count.hpp>
#include <guerdon/exploration/hash_count_bonus.hpp>
#include <guerdon/exploration/oni_retrieval_reward.hpp>
#include <guerdon/exploration/simhash.hpp>
#include <guerdon/program/extract_program.hpp>

#include <algorithm>

namespace {

using namespace guerdon;

template <class T>
void put(const std::vector<T>& from, T* to) {
  std::copy(from.begin(), from.end(), to);
}

hash_count_bonus counter;
const eigen_backend cpu;
std::vector<flag_t> bits;
hash_count_bonus::readings counted;  // what a call returned, until the next
std::vector<index_t> count;
op::oni_retrieval_reward::outputs found;

}  // namespace

extern "C" {

void guerdon_visited(index_t n, index_t states, index_t* keys) { put(bench::visited(n, states), keys); }
void guerdon_episode_starts(index_t n, flag_t* start) { put(bench::episode_starts(n), start); }
void guerdon_normal_numbers(index_t n, unsigned seed, double* x) { put(bench::normal_numbers(n, seed), x); }
index_t guerdon_answer_with_program(index_t bytes, char* text) {
  const std::string answer = bench::answer_with_program(static_cast<std::size_t>(bytes));
  if (text != nullptr) std::copy(answer.begin(), answer.end(), text);
  return static_cast<index_t>(answer.size());
}

void guerdon_forget(double beta, int online) {
  counter = {.options = {.beta = beta, .order = online ? count_order::online : count_order::batch}};
}
const double* guerdon_count(const index_t* key, index_t n) {
  counted = counter.update({key, n});
  return counted.bonus.data();
}
const index_t* guerdon_episodic_visit_count(const index_t* key, const flag_t* start, index_t n, index_t columns) {
  count = episodic_visit_count({columns, {key, n}, {start, n}}).count;
  return count.data();
}
void guerdon_retrieval(const index_t* key, index_t n, const index_t* judged, const double* label, index_t table,
                       const double** reward, const flag_t** known) {
  found = oni_retrieval_reward({{key, n}, {judged, table}, {label, table}});
  *reward = found.reward.data(), *known = found.known.data();
}
void guerdon_simhash(const double* state, index_t n, const double* projection, index_t dimensions, index_t planes,
                     index_t* key) {
  bits.resize(static_cast<std::size_t>(n * planes));
  simhash<double>(cpu, {dimensions, planes, {state, n * dimensions}, {projection, dimensions * planes}},
                  {bits, {key, n}}, {});
}
void guerdon_novelty(const double* query, index_t n, const double* memory, index_t memories, index_t dimensions,
                     index_t k, double* reward) {
  episodic_novelty novelty{.options = {.k = k}};
  put(novelty.update({query, n * dimensions}, {memory, memories * dimensions}, dimensions), reward);
}
index_t guerdon_extract_program(const char* text, index_t bytes, char* program) {
  const std::string found = extract_program({std::string_view(text, static_cast<std::size_t>(bytes))}).program;
  std::copy(found.begin(), found.end(), program);
  return static_cast<index_t>(found.size());
}

}  // extern "C"
