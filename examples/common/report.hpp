#pragma once
// A report as one HTML page that needs nothing beside it: text, tables, quoted code and plots. It follows the
// reader's light or dark setting and prints. Plots are drawn by gnuplot; without it the page holds their data
// as tables.

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "atomic_file.hpp"
#include "plots.hpp"
#include "table.hpp"

namespace guerdon::examples {

class page {
 public:
  explicit page(std::string title, std::string subtitle = {})
      : title_(std::move(title)), subtitle_(std::move(subtitle)) {}

  /// A heading; it also gets a line in the contents at the top.
  void section(const std::string& heading) {
    end_figures();
    const std::string id = "section-" + std::to_string(++sections_);
    contents_ += "<a href=\"#" + id + "\">" + detail::escape_html(heading) + "</a>\n";
    body_ += "<h2 id=\"" + id + "\">" + detail::escape_html(heading) + "</h2>\n";
  }
  void subsection(const std::string& heading) { block("<h3>" + detail::escape_html(heading) + "</h3>\n"); }
  void paragraph(const std::string& text) { block("<p>" + detail::escape_html(text) + "</p>\n"); }

  /// Code quoted as it stands.
  void code(const std::string& text, const std::string& caption = {}) {
    std::string html = "<figure class=\"code\">";
    if (!caption.empty()) html += "<figcaption>" + detail::escape_html(caption) + "</figcaption>";
    block(html + "<pre><code>" + detail::escape_html(text) + "</code></pre></figure>\n");
  }

  void add(const table& t) { block("<div class=\"table\">" + html_of(t) + "</div>\n"); }

  /// Plots that follow one another stand side by side where the window is wide enough.
  template <class Plot>
  requires requires(const Plot& p) { draw(p); }
  void add(const Plot& plot) { add_figure(draw(plot)); }

  /// The page without drawing: whether every plot so far is drawn.
  bool all_drawn() const { return undrawn_ == 0; }

  std::string html() const {
    std::string result =
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n<title>" +
        detail::escape_html(title_) + "</title>\n<style>\n" + style() +
        "</style>\n</head>\n<body>\n<main>\n<h1>" + detail::escape_html(title_) + "</h1>\n";
    if (!subtitle_.empty()) result += "<p class=\"subtitle\">" + detail::escape_html(subtitle_) + "</p>\n";
    if (sections_ > 2) result += "<nav>\n" + contents_ + "</nav>\n";
    if (undrawn_ > 0)
      result +=
          "<p class=\"notice\">The plots are missing because gnuplot was not found: install it (on Debian "
          "<code>apt-get install gnuplot-nox</code>) and run again; their data stand in the tables.</p>\n";
    return result + body_ + (in_figures_ ? "</div>\n" : "") + "</main>\n</body>\n</html>\n";
  }

  /// Writes the page, whole or not at all.
  void write(const std::filesystem::path& path) const { write_atomically(path, html()); }

 private:
  void block(const std::string& html) {
    end_figures();
    body_ += html;
  }

  void end_figures() {
    if (std::exchange(in_figures_, false)) body_ += "</div>\n";
  }

  void add_figure(const figure& f) {
    if (!std::exchange(in_figures_, true)) body_ += "<div class=\"figures\">\n";
    body_ += std::string(f.wide ? "<figure class=\"wide\">" : "<figure>") + "<figcaption>" +
             detail::escape_html(f.title) + "</figcaption>\n";
    if (f.svg.empty() && f.data.rows.empty()) {
      body_ += "<p class=\"empty\">No data.</p>";
    } else if (f.svg.empty()) {
      ++undrawn_;
      body_ += "<div class=\"table data\">" + html_of(f.data) + "</div>";
    } else {
      if (f.legend.size() > 1) {
        body_ += "<div class=\"legend\">";
        for (const auto& [name, colour, dash] : f.legend)
          body_ += "<span><svg viewBox=\"0 0 26 8\" aria-hidden=\"true\"><path d=\"M0,4 h26\" stroke=\"" +
                   colour + "\" stroke-width=\"2.5\" stroke-dasharray=\"" + dash + "\"/></svg>" +
                   detail::escape_html(name) + "</span>\n";
        body_ += "</div>\n";
      }
      body_ += f.svg;
    }
    body_ += "</figure>\n";
  }

  static std::string html_of(const table& t) {
    const std::vector<bool> numeric = detail::numeric_columns(t);
    std::string html = "<table>";
    if (!t.caption.empty()) html += "<caption>" + detail::escape_html(t.caption) + "</caption>";
    const auto cells = [&](const std::vector<std::string>& row, const std::string& tag) {
      std::string line = "<tr>";
      for (std::size_t c = 0; c < row.size(); ++c)
        line += "<" + tag + (c < numeric.size() && numeric[c] ? " class=\"number\">" : ">") +
                detail::escape_html(row[c]) + "</" + tag + ">";
      return line + "</tr>\n";
    };
    html += "<thead>" + cells(t.header, "th") + "</thead>\n<tbody>\n";
    for (const auto& row : t.rows) html += cells(row, "td");
    return html + "</tbody></table>";
  }

  static std::string style() {
    std::string light, dark;
    for (std::size_t i = 0; i < detail::palette.size(); ++i) {
      const std::string name = "--series-" + std::to_string(i + 1) + ":";
      light += name + detail::palette[i].light + ";";
      dark += name + detail::palette[i].dark + ";";
    }
    return ":root{--page:#fcfcfa;--text:#1d1f24;--soft:#5c6370;--panel:#f2f2ee;--rule:#d9d9d2;--grid:#dcdcd6;"
           "--muted:#a9adb5;--link:#00589b;" +
           light +
           "}\n@media(prefers-color-scheme:dark){:root{--page:#16181c;--text:#e4e6ea;--soft:#9aa1ad;--panel:#"
           "1f2228;"
           "--rule:#343944;--grid:#30343d;--muted:#6d7480;--link:#7dbcf5;" +
           dark + "}}\n" + R"css(*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:16px/1.55 system-ui,-apple-system,"Segoe UI",sans-serif}
main{max-width:76rem;margin:0 auto;padding:2rem 1.25rem 4rem}
h1{font-size:1.9rem;line-height:1.2;margin:0 0 .4rem}
h2{font-size:1.3rem;margin:2.6rem 0 .7rem;padding-top:.9rem;border-top:1px solid var(--rule)}
h3{font-size:1.05rem;margin:1.6rem 0 .5rem}
p{max-width:46rem;margin:.6rem 0}
.subtitle{color:var(--soft);margin:0 0 1.2rem}
.notice{padding:.6rem .9rem;border-left:4px solid var(--series-2);background:var(--panel)}
.empty{color:var(--soft)}
a{color:var(--link)}
nav{display:flex;flex-wrap:wrap;gap:.3rem 1.1rem;font-size:.92rem}
.table{overflow-x:auto;margin:1rem 0}
.data{max-height:20rem;overflow-y:auto}
table{border-collapse:collapse;font-size:.92rem}
caption{text-align:left;color:var(--soft);padding-bottom:.4rem}
th,td{padding:.32rem .8rem;text-align:left;white-space:pre;border-bottom:1px solid var(--rule)}
thead th{font-weight:600;border-bottom:2px solid var(--rule)}
tbody tr:hover{background:var(--panel)}
.number{text-align:right;font-variant-numeric:tabular-nums}
figure{margin:0;min-width:0}
figcaption{font-weight:600;margin-bottom:.25rem}
.figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(30rem,100%),1fr));gap:1.6rem 2rem;margin:1.2rem 0}
.figures>figure>svg{display:block;width:100%;max-width:46rem;height:auto}
.figures>.wide{grid-column:1/-1}
.figures>.wide>svg{max-width:64rem}
.figures svg text{font-family:system-ui,-apple-system,"Segoe UI",sans-serif}
.legend{display:flex;flex-wrap:wrap;gap:.05rem 1rem;font-size:.86rem}
.legend span{display:inline-flex;align-items:center;gap:.4rem}
.legend svg{width:26px;height:8px}
.code{margin:1rem 0}
.code figcaption{font-size:.92rem}
pre{margin:0;padding:.8rem 1rem;white-space:pre-wrap;overflow-wrap:anywhere;background:var(--panel);border-radius:6px;font-size:.86rem;line-height:1.45}
code{font-family:ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace}
@media print{nav{display:none}figure,tr{break-inside:avoid}main{max-width:none;padding:0}}
)css";
  }

  std::string title_, subtitle_, body_, contents_;
  std::size_t sections_ = 0, undrawn_ = 0;
  bool in_figures_ = false;
};

}  // namespace guerdon::examples
