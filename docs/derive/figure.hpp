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

/// The colour of line c.
inline const char* colour(std::size_t c) {
  static const char* colours[] = {"#96521a", "#1f5f72", "#47702b", "#7a4a9a",
                                  "#c2912e", "#b0413e", "#5b6b7a", "#2a9d8f"};
  return colours[c % 8];
}

/// A picture `width` by `height`, with the look of all of them.
inline void picture(const char* name, int width, int height) {
  std::printf(
      "reset\nset terminal svg size %d,%d font 'sans-serif,13' background '#ffffff'\nset output '%s.svg'\n"
      "set border 3 lc '#6d675f'\nset tics nomirror textcolor '#6d675f'\nset grid lc '#e6e0d6' lt 1 lw 1\n"
      "set key tmargin left horizontal Left reverse noenhanced samplen 2 width -1 textcolor '#23211f' "
      "spacing 1.2\nset offsets 0,0,graph 0.06,graph 0.06\n",
      width, height, name);
}

/// Points as lines, one for each curve.
struct line {
  std::string title;
  std::vector<double> x, y;
  const char* style = "lines lw 2.4";
};
inline void plot(const std::vector<line>& lines) {
  for (std::size_t c = 0; c < lines.size(); ++c) {
    std::printf("$c%zu << END\n", c);
    for (std::size_t i = 0; i < lines[c].x.size(); ++i) std::printf("%g %g\n", lines[c].x[i], lines[c].y[i]);
    std::printf("END\n");
  }
  std::printf("plot ");
  for (std::size_t c = 0; c < lines.size(); ++c)
    std::printf("%s$c%zu with %s lc '%s' title '%s'", c ? ", " : "", c, lines[c].style, colour(c),
                lines[c].title.c_str());
  std::printf("\n");
}
inline void labels(const char* x_label, const char* y_label) {
  std::printf("set xlabel '%s' tc '#23211f'\nset ylabel '%s' tc '#23211f'\n", x_label, y_label);
}

inline std::vector<double> between(double from, double to, int points = 241) {
  std::vector<double> x(static_cast<std::size_t>(points));
  for (int i = 0; i < points; ++i) x[std::size_t(i)] = from + (to - from) * i / (points - 1);
  return x;
}
inline std::vector<line> lines_of(const std::vector<curve>& curves, const std::vector<double>& x) {
  std::vector<line> all;
  for (const curve& c : curves) all.push_back({c.title, x, c.of(x)});
  return all;
}

/// y over x from `from` to `to`, a line for each curve; `more` is further gnuplot.
inline void figure(const char* name, const char* x_label, const char* y_label, double from, double to,
                   const std::vector<curve>& curves, const char* more = "") {
  picture(name, 720, 380);
  labels(x_label, y_label);
  std::printf("set xrange [%g:%g]\n%s\n", from, to, more);
  plot(lines_of(curves, between(from, to)));
}

/// Several small plots in rows; what their lines are, once above all. `more` is further gnuplot.
struct panel {
  std::string title;
  std::vector<line> lines;
};
inline void small_multiples(const char* name, int columns, const std::vector<panel>& panels, const char* more = "",
                            int row_height = 150) {
  const int rows = (static_cast<int>(panels.size()) + columns - 1) / columns, height = 40 + rows * row_height;
  picture(name, 860, height);
  std::printf("set termoption font 'sans-serif,11'\nunset key\n%s\n", more);
  for (std::size_t c = 0; c < panels[0].lines.size(); ++c)
    std::printf("set label %zu '%s' at screen %g,%g tc '%s' noenhanced font ',13'\n", c + 1,
                panels[0].lines[c].title.c_str(), 0.04 + 0.24 * static_cast<double>(c), 1 - 14.0 / height, colour(c));
  std::printf("set multiplot layout %d,%d margins 0.07,0.985,%g,%g spacing 0.055,%g\n", rows, columns, 34.0 / height,
              1 - 52.0 / height, 50.0 / height);
  for (std::size_t p = 0; p < panels.size(); ++p) {
    if (p == 1) std::printf("unset label\n");
    std::printf("set title '%s' tc '#23211f' noenhanced offset 0,-0.6\n", panels[p].title.c_str());
    plot(panels[p].lines);
  }
  std::printf("unset multiplot\n");
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
