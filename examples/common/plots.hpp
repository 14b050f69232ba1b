#pragma once
// Plots as plain data, and their drawing by gnuplot as SVG that can stand inside a page: no fixed colours but
// the page's own (so it follows light and dark), no ids that collide with another plot's.

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "child_process.hpp"
#include "statistics.hpp"
#include "table.hpp"

namespace guerdon::examples {

/// One line of a line plot; low and high, when given, are drawn as a band. NaN leaves a gap.
struct series {
  std::string name;
  std::vector<double> x, y;
  std::vector<double> low = {}, high = {};
  bool muted = false;  ///< drawn thin and grey, as a backdrop for the others
  int colour = -1;     ///< index into the palette; -1 is the series' own position
};

struct line_plot {
  std::string title, x_label, y_label;
  std::vector<series> lines;
  double y_low = not_a_number, y_high = not_a_number;  ///< NaN: from the data
};

struct forest_row {
  std::string name;
  interval value;
};

/// Point estimates with their intervals, one to a row, the first on top.
struct forest_plot {
  std::string title, x_label;
  std::vector<forest_row> rows;
  double reference = not_a_number;  ///< a vertical line, e.g. the value of the baseline or 0.5
  int digits = 3;                   ///< of the values printed beside the rows
  bool share = false;               ///< values between 0 and 1: the axis ends there
};

struct histogram_series {
  std::string name;
  std::vector<double> edge, count;  ///< count.size() + 1 edges
};

/// One or several histograms, drawn as step outlines with a light filling.
struct histogram_plot {
  std::string title, x_label, y_label = "count";
  std::vector<histogram_series> lines;
};

/// A matrix of numbers as coloured cells with their values: value[row][column]. NaN cells stay empty.
struct heat_map {
  std::string title;
  std::vector<std::string> rows, columns;
  std::vector<std::vector<double>> value;
  double low = -1, high = 1;  ///< ends of the colour scale; its middle is white
  int digits = 2;
};

/// What a page needs of a plot: the drawing (empty without gnuplot), the data as a table, the legend.
struct figure {
  std::string title, svg;
  table data;
  struct legend_entry {
    std::string name, colour, dash;
  };
  std::vector<legend_entry> legend = {};
  bool wide = false;  ///< takes the whole width of the page
};

namespace detail {

// Six hues that stay apart for colour-blind readers (after Okabe and Ito), each in a shade for light and for
// dark pages. gnuplot draws in the light shade; in the page every shade is a CSS variable. Beyond six, the
// dash pattern tells.
struct hue {
  const char *light, *dark;
};
inline constexpr std::array<hue, 6> palette{{{"#0072b2", "#5aaef0"},
                                             {"#d55e00", "#ff8f45"},
                                             {"#00866a", "#2fcb9f"},
                                             {"#a64d8c", "#e592cb"},
                                             {"#a87b00", "#e6c53a"},
                                             {"#404048", "#c8c8d0"}}};
inline constexpr std::array<const char*, 3> gnuplot_dash{"solid", "(8,4)", "(2,3)"};
inline constexpr std::array<const char*, 3> svg_dash{"none", "8 4", "2 3"};
// Colours that stand for the page's own: text and axes, grid, backdrop lines.
inline constexpr const char *ink = "#010203", *grid = "#040506", *muted = "#070809";

inline std::string variable_of_hue(std::size_t i) {
  return "var(--series-" + std::to_string(i % palette.size() + 1) + ")";
}

inline std::string number(double v) {
  if (!std::isfinite(v)) return "NaN";
  char text[40];
  std::snprintf(text, sizeof text, "%.9g", v);
  return text;
}

/// Text in gnuplot's single quotes: nothing is interpreted there but the doubled quote itself.
inline std::string gnuplot_text(std::string_view text) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'') result += '\'';
    result += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return result + "'";
}

inline std::string rgb(const std::string& hex) { return " rgb '" + hex + "' "; }

inline void replace_all(std::string& text, std::string_view from, std::string_view to) {
  std::string result;
  std::size_t at = 0;
  for (std::size_t hit; (hit = text.find(from, at)) != std::string::npos; at = hit + from.size())
    result.append(text, at, hit - at).append(to);
  text = result.append(text, at);
}

inline std::string escape_html(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

/// gnuplot writes rgb(  0, 114, 178) with or without padding; both become `to`.
inline void replace_colour(std::string& svg, std::string_view hex, std::string_view to) {
  const auto channel = [&](std::size_t at) { return std::stoi(std::string(hex.substr(at, 2)), nullptr, 16); };
  for (const char* format : {"rgb(%3d, %3d, %3d)", "rgb(%d,%d,%d)"}) {
    char text[40];
    std::snprintf(text, sizeof text, format, channel(1), channel(3), channel(5));
    replace_all(svg, text, to);
  }
}

/// Removes every stretch from `open` to the next `close`, both included.
inline void remove_between(std::string& text, std::string_view open, std::string_view close) {
  for (std::size_t a = 0; (a = text.find(open, a)) != std::string::npos;) {
    const std::size_t b = text.find(close, a);
    if (b == std::string::npos) return;
    text.erase(a, b + close.size() - a);
  }
}

/// Removes groups that draw nothing; gnuplot emits one at every change of pen.
inline void remove_empty_groups(std::string& svg) {
  std::string result;
  std::size_t at = 0;
  while (at < svg.size()) {
    const std::size_t open = svg.find("<g ", at);
    if (open == std::string::npos) break;
    const std::size_t end = svg.find('>', open);
    if (end != std::string::npos && svg.compare(end + 1, 5, "\n</g>") == 0) {
      result.append(svg, at, open - at);
      at = end + 6;
      if (at < svg.size() && svg[at] == '\n') ++at;
    } else {
      result.append(svg, at, open + 3 - at);
      at = open + 3;
    }
  }
  svg = result.append(svg, std::min(at, svg.size()));
}

inline std::string embeddable(std::string svg, const std::string& title) {
  const std::size_t start = svg.find("<svg");
  if (start == std::string::npos) throw std::runtime_error("gnuplot drew no picture for '" + title + "'");
  svg.erase(0, start);
  remove_between(svg, "<title>", "</title>");
  remove_between(svg, "<desc>", "</desc>");
  remove_between(svg, "<filter", "</filter>");
  remove_empty_groups(svg);
  static std::atomic<unsigned> pictures{0};
  const std::string prefix = "plot" + std::to_string(++pictures) + "-";
  for (const char* quote : {"'", "\""}) {
    replace_all(svg, std::string(" id=") + quote, std::string(" id=") + quote + prefix);
    replace_all(svg, std::string("href=") + quote + "#", std::string("href=") + quote + "#" + prefix);
  }
  replace_all(svg, "url(#", "url(#" + prefix);
  replace_colour(svg, ink, "var(--text)");  // not currentColor: gnuplot sets color on its groups
  replace_colour(svg, grid, "var(--grid)");
  replace_colour(svg, muted, "var(--muted)");
  for (std::size_t i = 0; i < palette.size(); ++i) replace_colour(svg, palette[i].light, variable_of_hue(i));
  replace_all(svg, " font-family=\"sans-serif\"", "");
  replace_all(svg, "fill=\"black\"", "fill=\"var(--text)\"");
  return svg.replace(0, 4, "<svg role=\"img\" aria-label=\"" + escape_html(title) + "\"");
}

/// The picture drawn by `script`; empty when gnuplot is not there.
inline std::string draw(const std::string& script, const std::string& title, int width, int height) {
  const std::string head =
      "set encoding utf8\nset terminal svg size " + std::to_string(width) + "," + std::to_string(height) +
      " dynamic font 'sans-serif,13' noenhanced\n"
      "set border 3 lc" +
      rgb(ink) + "lw 0.8\nset tics nomirror out scale 0.6 tc" + rgb(ink) + "\nset grid lt 1 lc" + rgb(grid) +
      "lw 0.7\nset xlabel tc" + rgb(ink) + "\nset ylabel tc" + rgb(ink) +
      "\nunset key\nset format y '%h'\nset format x '%h'\n";
  const auto result = run_child({"gnuplot", "-d"}, head + script);
  if (!result) return {};
  if (result->exit_status != 0)
    throw std::runtime_error("gnuplot could not draw '" + title + "': " + result->errors);
  return embeddable(result->output, title);
}

inline std::string labels(const std::string& x, const std::string& y) {
  return "set xlabel " + gnuplot_text(x) + "\nset ylabel " + gnuplot_text(y) + "\n";
}

}  // namespace detail

inline figure draw(const line_plot& plot) {
  using namespace detail;
  figure result{plot.title, {}, {{"series", plot.x_label, plot.y_label, "low", "high"}, {}}};
  std::string script = labels(plot.x_label, plot.y_label), bands, strokes;
  const auto bound = [](double v) { return std::isnan(v) ? std::string("*") : number(v); };
  script += "set yrange [" + bound(plot.y_low) + ":" + bound(plot.y_high) +
            "]\nset offsets 0,0,graph 0.03,graph 0.03\n";
  bool any = false;
  int backdrop = 0;
  std::string backdrop_name;
  for (std::size_t s = 0; s < plot.lines.size(); ++s) {
    const series& line = plot.lines[s];
    const bool banded = !line.low.empty();
    if (line.x.size() != line.y.size() ||
        (banded && (line.low.size() != line.x.size() || line.high.size() != line.x.size())))
      throw std::invalid_argument("line plot '" + plot.title + "': series '" + line.name +
                                  "' has x, y, low and high of different lengths");
    const std::size_t position = line.colour < 0 ? s : static_cast<std::size_t>(line.colour);
    const std::size_t hue_index = position % palette.size();
    const std::size_t dash = line.muted ? 0 : position / palette.size() % gnuplot_dash.size();
    const std::string colour = line.muted ? muted : palette[hue_index].light;
    const std::string name = "$line" + std::to_string(s);
    script += name + " << EOD\n";
    for (std::size_t i = 0; i < line.x.size(); ++i) {
      const bool finite = std::isfinite(line.x[i]) && std::isfinite(line.y[i]);
      any |= finite;
      const double low = banded ? line.low[i] : line.y[i], high = banded ? line.high[i] : line.y[i];
      script +=
          finite ? number(line.x[i]) + ' ' + number(line.y[i]) + ' ' + number(low) + ' ' + number(high) + '\n'
                 : std::string("\n");
      result.data.rows.push_back({line.name, number(line.x[i]), number(line.y[i]), banded ? number(low) : "-",
                                  banded ? number(high) : "-"});
    }
    script += "EOD\n";
    if (line.x.empty()) continue;
    if (banded)
      bands +=
          name + " using 1:3:4 with filledcurves fc" + rgb(colour) + "fs transparent solid 0.16 noborder, ";
    strokes += name + " using 1:2 with lines lc" + rgb(colour) + (line.muted ? "lw 1" : "lw 2") + " dt " +
               gnuplot_dash[dash] + ", ";
    // A single point draws no line.
    if (line.x.size() == 1) strokes += name + " using 1:2 with points pt 7 ps 0.6 lc" + rgb(colour) + ", ";
    if (!line.muted)
      result.legend.push_back({line.name, variable_of_hue(hue_index), svg_dash[dash]});
    else if (++backdrop == 1)
      backdrop_name = line.name;
  }
  if (!any) return result;
  if (backdrop > 0)
    result.legend.push_back({backdrop == 1 ? backdrop_name : "the others", "var(--muted)", svg_dash[0]});
  result.svg =
      draw(script + "plot " + bands + strokes.substr(0, strokes.size() - 2) + "\n", plot.title, 560, 340);
  return result;
}

inline figure draw(const forest_plot& plot) {
  using namespace detail;
  figure result{plot.title, {}, {{"", plot.x_label, "low", "high"}, {}}};
  std::string tics, data;
  const std::size_t n = plot.rows.size();
  bool any = false;
  for (std::size_t r = 0; r < n; ++r) {
    const auto& [name, value] = plot.rows[r];
    const std::string at = std::to_string(n - r);
    tics += (r ? ", " : "") + gnuplot_text(name) + " " + at;
    result.data.rows.push_back({name, format_number(value.point, plot.digits),
                                format_number(value.low, plot.digits),
                                format_number(value.high, plot.digits)});
    if (!std::isfinite(value.point)) continue;
    any = true;
    const double low = std::isnan(value.low) ? value.point : value.low;
    const double high = std::isnan(value.high) ? value.point : value.high;
    data += number(value.point) + ' ' + at + ' ' + number(low) + ' ' + number(high) + " \"" +
            format_number(value.point, plot.digits) + "\"\n";
  }
  if (!any) return result;
  std::string script = labels(plot.x_label, "");
  if (plot.share) script += "set xrange [-0.03:1.14]\nset xtics 0,0.2,1\n";  // room for the numbers on the right
  script += "set yrange [0.4:" + number(static_cast<double>(n) + 0.6) + "]\nset ytics (" + tics +
            ") scale 0\nunset grid\nset grid xtics lt 1 lc" + rgb(grid) +
            "lw 0.7\nset border 1\nset offsets graph 0.03,graph 0.14,0,0\n";
  if (!std::isnan(plot.reference))
    script += "set arrow from first " + number(plot.reference) + ", graph 0 to first " +
              number(plot.reference) + ", graph 1 nohead lc" + rgb(muted) + "lw 1.4 dt (4,3) back\n";
  script += "$rows << EOD\n" + data + "EOD\nplot $rows using 1:2:3:4 with xerrorbars pt 7 ps 0.7 lw 2 lc" +
            rgb(palette[0].light) + ", $rows using 4:2:5 with labels left offset 0.8,0 font ',12' tc" +
            rgb(ink) + "\n";
  result.svg = draw(script, plot.title, 560, static_cast<int>(80 + 26 * n));
  return result;
}

inline figure draw(const histogram_plot& plot) {
  using namespace detail;
  figure result{plot.title, {}, {{"series", "from", "to", plot.y_label}, {}}};
  std::string script =
      labels(plot.x_label, plot.y_label) + "set yrange [0:*]\nset offsets 0,0,graph 0.05,0\n";
  std::string fills, strokes;
  for (std::size_t s = 0; s < plot.lines.size(); ++s) {
    const histogram_series& line = plot.lines[s];
    if (line.edge.size() != line.count.size() + 1)
      throw std::invalid_argument("histogram '" + plot.title + "': series '" + line.name +
                                  "' needs one edge more than counts");
    if (line.count.empty()) continue;
    const std::string colour = palette[s % palette.size()].light;
    const std::size_t dash = s / palette.size() % gnuplot_dash.size();
    const std::string name = "$line" + std::to_string(s);
    script += name + " << EOD\n" + number(line.edge.front()) + " 0\n";
    for (std::size_t b = 0; b < line.count.size(); ++b) {
      script += number(line.edge[b]) + ' ' + number(line.count[b]) + '\n' + number(line.edge[b + 1]) + ' ' +
                number(line.count[b]) + '\n';
      if (line.count[b] != 0)
        result.data.rows.push_back(
            {line.name, number(line.edge[b]), number(line.edge[b + 1]), number(line.count[b])});
    }
    script += number(line.edge.back()) + " 0\nEOD\n";
    fills +=
        name + " using 1:2 with filledcurves y1=0 fc" + rgb(colour) + "fs transparent solid 0.22 noborder, ";
    strokes += name + " using 1:2 with lines lw 1.6 lc" + rgb(colour) + "dt " + gnuplot_dash[dash] + ", ";
    result.legend.push_back({line.name, variable_of_hue(s), svg_dash[dash]});
  }
  if (strokes.empty()) return result;
  result.svg =
      draw(script + "plot " + fills + strokes.substr(0, strokes.size() - 2) + "\n", plot.title, 560, 320);
  return result;
}

inline figure draw(const heat_map& plot) {
  using namespace detail;
  if (plot.value.size() != plot.rows.size())
    throw std::invalid_argument("heat map '" + plot.title + "' needs a row of values for every row name");
  figure result{plot.title, {}, {{""}, {}}};
  const std::size_t rows = plot.rows.size(), columns = plot.columns.size();
  result.data.header.insert(result.data.header.end(), plot.columns.begin(), plot.columns.end());
  result.wide = columns > 6;
  std::string cells, texts, x_tics, y_tics;
  for (std::size_t c = 0; c < columns; ++c)
    x_tics += (c ? ", " : "") + gnuplot_text(plot.columns[c]) + " " + std::to_string(c);
  for (std::size_t r = 0; r < rows; ++r) {
    if (plot.value[r].size() != columns)
      throw std::invalid_argument("heat map '" + plot.title + "' needs a value for every column name");
    result.data.rows.push_back({plot.rows[r]});
    const std::string y = std::to_string(rows - 1 - r);
    y_tics += (r ? ", " : "") + gnuplot_text(plot.rows[r]) + " " + y;
    for (std::size_t c = 0; c < columns; ++c) {
      const double v = plot.value[r][c];
      result.data.rows.back().push_back(format_number(v, plot.digits));
      if (!std::isfinite(v)) continue;
      // White in the middle, towards blue above and orange below: apart for every kind of colour vision.
      const double t = std::clamp(2 * (v - plot.low) / (plot.high - plot.low) - 1, -1.0, 1.0);
      const std::array<double, 3> white{250, 250, 250}, blue{0, 98, 160}, orange{190, 82, 0};
      const auto& end = t > 0 ? blue : orange;
      int packed = 0;
      double luminance = 0;
      constexpr std::array<double, 3> weight{0.299, 0.587, 0.114};
      for (std::size_t k = 0; k < 3; ++k) {
        const double channel = std::lerp(white[k], end[k], std::abs(t));
        luminance += weight[k] * channel;
        packed = packed * 256 + static_cast<int>(channel);
      }
      const std::string x = std::to_string(c);
      cells += x + ' ' + y + ' ' + std::to_string(packed) + '\n';
      texts += x + ' ' + y + " \"" + format_number(v, plot.digits) + "\" " +
               std::to_string(luminance > 135 ? 0x101014 : 0xfafafa) + '\n';
    }
  }
  if (cells.empty()) return result;
  std::string script = "unset border\nunset grid\nset xtics (" + x_tics +
                       ") scale 0 rotate by -35 left\nset ytics (" + y_tics +
                       ") scale 0\nset xrange [-0.5:" + number(static_cast<double>(columns) - 0.5) +
                       "]\nset yrange [-0.5:" + number(static_cast<double>(rows) - 0.5) + "]\n";
  script += "$cells << EOD\n" + cells + "EOD\n$texts << EOD\n" + texts +
            "EOD\nplot $cells using 1:2:(0.48):(0.46):3 with boxxyerror fs solid noborder lc rgb variable, "
            "$texts using 1:2:3:4 with labels font ',12' tc rgb variable\n";
  result.svg = draw(script, plot.title, static_cast<int>(std::max<std::size_t>(360, 190 + 62 * columns)),
                    static_cast<int>(110 + 34 * rows));
  return result;
}

}  // namespace guerdon::examples
