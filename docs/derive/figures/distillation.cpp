// The figures of the guide to distillation.

#include "figure.hpp"

#include <guerdon/distillation/skewed_kl_loss.hpp>
#include <guerdon/distillation/topk_distillation_loss.hpp>
#include <guerdon/distillation/topk_support.hpp>
#include <guerdon/distillation/total_variation_loss.hpp>
#include <guerdon/objective/jsd_from_logits.hpp>
#include <guerdon/objective/kl_from_logits.hpp>

namespace {

using namespace guerdon::docs;
using guerdon::index_t;
using guerdon::segments;
using numbers = std::vector<double>;

using divergence = double (*)(const numbers& student, const numbers& teacher);

segments one_row(const numbers& x) { return segments::uniform(1, static_cast<index_t>(x.size())); }

double forward(const numbers& s, const numbers& t) {
  return guerdon::kl_from_logits<double>(backend, {.rows = one_row(s), .logits = s, .ref_logits = t},
                                         {.direction = guerdon::kl_direction::forward})
      .kl[0];
}
double reverse(const numbers& s, const numbers& t) {
  return guerdon::kl_from_logits<double>(backend, {.rows = one_row(s), .logits = s, .ref_logits = t},
                                         {.direction = guerdon::kl_direction::reverse})
      .kl[0];
}
double jsd(const numbers& s, const numbers& t) {
  return guerdon::jsd_from_logits<double>(backend, {.rows = one_row(s), .logits = s, .ref_logits = t}).divergence[0];
}
double skewed(const numbers& s, const numbers& t) {
  return guerdon::skewed_kl_loss<double>(backend, {.rows = one_row(s), .logits = s, .ref_logits = t}).divergence[0];
}
double variation(const numbers& s, const numbers& t) {
  return guerdon::total_variation_loss<double>(backend, {.rows = one_row(s), .logits = s, .ref_logits = t})
      .divergence[0];
}

/// A teacher of two peaks, the left one higher, and a student of one peak at x, on 81 tokens in a row.
curve one_peak(const char* title, divergence d) {
  return {title, [=](const numbers& x) {
            numbers teacher, y;
            const auto bump = [](double at, double centre, double width) {
              return -(at - centre) * (at - centre) / (2 * width * width);
            };
            for (int k = -40; k <= 40; ++k) {
              const double at = k / 4.0;
              teacher.push_back(std::log(0.6 * std::exp(bump(at, -4, 1)) + 0.4 * std::exp(bump(at, 4, 1)) + 1e-6));
            }
            for (const double centre : x) {
              numbers student;
              for (int k = -40; k <= 40; ++k) student.push_back(bump(k / 4.0, centre, 1.6));
              y.push_back(d(student, teacher));
            }
            return y;
          }};
}

/// Two tokens: the teacher is sure of the one that the student puts x below the other.
curve apart(const char* title, divergence d) {
  return {title, [=](const numbers& x) {
            numbers y;
            for (const double gap : x) y.push_back(d({0, gap}, {8, 0}));
            return y;
          }};
}

/// 400 tokens by Zipf's law, and a student whose law is another: the divergence on the k tokens that the teacher gives.
curve of_k(const char* title, guerdon::topk_remainder remainder, bool whole = false) {
  return {title, [=](const numbers& x) {
            numbers teacher, student, y;
            for (int r = 1; r <= 400; ++r) {
              teacher.push_back(-1.2 * std::log(double(r)));
              student.push_back(-0.8 * std::log(double(r)) + 0.5 * std::sin(double(r)));
            }
            const segments row = one_row(teacher);
            for (const double k : x) {
              if (whole) {
                y.push_back(forward(student, teacher));
                continue;
              }
              const auto top = guerdon::topk_support<double>(
                  backend, {.rows = row, .logits = student, .ref_logits = teacher}, {.k = static_cast<index_t>(k)});
              y.push_back(guerdon::topk_distillation_loss<double>(backend,
                                                                  {.rows = row,
                                                                   .logits = student,
                                                                   .support = top.support,
                                                                   .teacher_logprob = top.teacher_logprob},
                                                                  {.remainder = remainder})
                              .divergence[0]);
            }
            return y;
          }};
}

}  // namespace

int main() {
  figure("distillation_peaks", "place of the peak of the student", "divergence", -10, 10,
         {one_peak("forward KL", forward), one_peak("reverse KL", reverse), one_peak("JSD", jsd),
          one_peak("skewed KL, 0.1", skewed), one_peak("total variation", variation)},
         "set yrange [0:8]");
  figure("distillation_bounds", "by how much the logits of the student favour the wrong token", "divergence", -8, 24,
         {apart("forward KL", forward), apart("reverse KL", reverse), apart("JSD", jsd),
          apart("skewed KL, 0.1", skewed), apart("total variation", variation)},
         "set yrange [0:8]");
  using enum guerdon::topk_remainder;
  figure("distillation_topk", "k", "divergence", 1, 121,
         {of_k("all tokens, exact", tail, true), of_k("tail", tail), of_k("ignore", ignore),
          of_k("renormalize", renormalize)});
}
