// Curves as a script for gnuplot on standard output. Each source in figures/ is a program that prints some; the target
// `figures` draws them as docs/figures/<name>.svg.
#pragma once

#include <guerdon/backend/scalar.hpp>

#include <cmath>
#include <cstdio>
#include <functional>
#include <limits>
#include <string>
#include <vector>

namespace guerdon::docs {

inline const scalar_backend backend;
inline constexpr double infinity = std::numeric_limits<double>::infinity();

struct curve {
  std::string title;
  std::function<std::vector<double>(const std::vector<double>&)> of;  // all points at once, as operations want them
};

/// y over x from `from` to `to`, a line for each curve; `more` is further gnuplot.
inline void figure(const char* name, const char* x_label, const char* y_label, double from, double to,
                   const std::vector<curve>& curves, const char* more = "") {
  constexpr int points = 241;
  std::vector<double> x(points);
  for (int i = 0; i < points; ++i) x[std::size_t(i)] = from + (to - from) * i / (points - 1);
  std::printf(
      "reset\nset terminal svg size 720,380 font 'sans-serif,13' background '#ffffff'\nset output '%s.svg'\n"
      "set border 3 lc '#6d675f'\nset tics nomirror textcolor '#6d675f'\nset grid lc '#e6e0d6' lt 1 lw 1\n"
      "set key tmargin left horizontal Left reverse noenhanced samplen 2 width -1 textcolor '#23211f' "
      "spacing 1.2\nset xlabel '%s' tc '#23211f'\n"
      "set ylabel '%s' tc '#23211f'\nset xrange [%g:%g]\nset offsets 0,0,graph 0.06,graph 0.06\n%s\n",
      name, x_label, y_label, from, to, more);
  for (std::size_t c = 0; c < curves.size(); ++c) {
    const auto y = curves[c].of(x);
    std::printf("$c%zu << END\n", c);
    for (std::size_t i = 0; i < x.size(); ++i) std::printf("%g %g\n", x[i], y[i]);
    std::printf("END\n");
  }
  static const char* colours[] = {"#96521a", "#1f5f72", "#47702b", "#7a4a9a",
                                  "#c2912e", "#b0413e", "#5b6b7a", "#2a9d8f"};
  std::printf("plot ");
  for (std::size_t c = 0; c < curves.size(); ++c)
    std::printf("%s$c%zu with lines lw 2.4 lc '%s' title '%s'", c ? ", " : "", c, colours[c % 8],
                curves[c].title.c_str());
  std::printf("\n");
}

/// f(x) for each point by itself.
inline curve each(const std::string& title, double (*f)(double)) {
  return {title, [f](const std::vector<double>& x) {
            std::vector<double> y;
            for (const double at : x) y.push_back(f(at));
            return y;
          }};
}

}  // namespace guerdon::docs
