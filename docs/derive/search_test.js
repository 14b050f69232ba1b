// search_test.js SEARCH INDEX: does the site's search find what a reader would type?
"use strict";
const fs = require("fs"), find = require(process.argv[2]);
const index = new Function(fs.readFileSync(process.argv[3], "utf8") + "; return guerdon_index;")();
const first = (query) => (find(index, query, 12)[0] || [])[1];
const names = (query) => find(index, query, 12).map((entry) => entry[1]);
let failed = 0;
const expect = (holds, what) => { if (!holds) { ++failed; console.error("not so: " + what); } };

expect(first("laser_reward") === "laser_reward", "a name finds itself");
expect(first("laser reward") === "laser_reward", "its words do");
expect(names("2505.15612").includes("laser_reward"), "a paper's number does");
expect(names("target_length").includes("laser_reward"), "an option does");
expect(names("bonus right answer").includes("laser_reward"), "the title's words do");
expect(names("Numerics").includes("Numerics"), "a guide is found");
expect(names("nothing of that kind at all").length === 0, "what is not there is not found");
expect(names("").length === 0, "no query, no answer");
for (const [page, name] of index) expect(/\.html$/.test(page) && name.length > 0, page + " is a page with a name");
process.exit(failed === 0 ? 0 : 1);
