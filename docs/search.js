// The search of the site: over guerdon_index of index.js, a list of [page, name, what it is, further words]. It runs
// from files as from a server. All words of a query must be found; where decides the order.
"use strict";

function guerdon_find(index, query, most) {
  const words = query.toLowerCase().split(/[\s,]+/).filter(Boolean);
  if (words.length === 0) return [];
  const found = [];
  for (const entry of index) {
    const [, name, title, more] = entry, fields = [name.toLowerCase(), title.toLowerCase(), more.toLowerCase()];
    let score = 0;
    for (const word of words) {
      const flat = word.replace(/-/g, "_");
      let best = 0;
      if (fields[0] === flat) best = 100;
      else if (fields[0].startsWith(flat)) best = 60;
      else if (fields[0].includes(flat)) best = 40;
      else if (fields[0].replace(/_/g, "").includes(flat.replace(/_/g, ""))) best = 35;
      else if (fields[1].includes(word)) best = 20;
      else if (fields[2].includes(word) || fields[2].includes(flat)) best = 10;
      if (best === 0) { score = 0; break; }
      score += best;
    }
    if (score > 0) found.push([score - name.length / 100, entry]);
  }
  return found.sort((a, b) => b[0] - a[0]).slice(0, most).map(([, entry]) => entry);
}

if (typeof document === "undefined") {
  module.exports = guerdon_find;
} else {
  document.addEventListener("DOMContentLoaded", () => {
    const input = document.getElementById("search"), list = document.getElementById("found");
    const root = document.body.dataset.root || "";
    let at = 0;
    const show = () => {
      const found = guerdon_find(guerdon_index, input.value, 12);
      list.replaceChildren(...found.map(([page, name, title], i) => {
        const item = document.createElement("li"), link = document.createElement("a");
        const small = document.createElement("small");
        link.href = root + page;
        link.textContent = name;
        small.textContent = title;
        link.append(small);
        if (i === at) link.className = "chosen";
        item.append(link);
        return item;
      }));
      list.hidden = input.value.trim() === "";
      if (!list.hidden && found.length === 0) {
        const item = document.createElement("li");
        item.textContent = "Nothing found";
        list.append(item);
      }
    };
    input.addEventListener("input", () => { at = 0; show(); });
    input.addEventListener("keydown", (event) => {
      const links = list.querySelectorAll("a");
      if (event.key === "ArrowDown") at = Math.min(at + 1, links.length - 1);
      else if (event.key === "ArrowUp") at = Math.max(at - 1, 0);
      else if (event.key === "Escape") input.value = "";
      else if (event.key === "Enter" && links[at]) { window.location.href = links[at].href; return; }
      else return;
      event.preventDefault();
      show();
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "/" && document.activeElement !== input) { event.preventDefault(); input.focus(); }
    });
  });
}
