"""docs/guides/from-a-notebook.md: its cells, run one after the other, print what stands behind them."""
import contextlib
import importlib.util
import io
import os
import pathlib
import sys
import tempfile

import known_answers

NEEDS = {"exact_match", "grpo_advantage", "ppo_clip_loss"}
if not NEEDS <= set(known_answers.names()):
    print("The module was built without the operations of the page")
    sys.exit(known_answers.SKIPPED)

page = pathlib.Path(__file__).parents[3] / "docs/guides/from-a-notebook.md"
blocks, kind = [], None
for line in page.read_text().splitlines():
    if line.startswith("```"):
        kind = None if kind is not None else line[3:]
        if kind is not None:
            blocks.append((kind, []))
    elif kind is not None:
        blocks[-1][1].append(line)
blocks = [(kind, "\n".join(lines)) for kind, lines in blocks]

write = "--write" in sys.argv  # prints what the cells print, for whoever edits the page
names, failed, passed = {}, 0, 0
os.chdir(tempfile.mkdtemp())
for (kind, text), (next_kind, expected) in zip(blocks, blocks[1:] + [("", "")]):
    if kind == "python plot" and importlib.util.find_spec("matplotlib") is None:
        print("matplotlib is not installed: the picture is not drawn")
        continue
    if not kind.startswith("python"):
        continue
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(text, page.name, "exec"), names)
    if write:
        print(printed.getvalue())
    if next_kind == "text" and printed.getvalue().rstrip() != expected.rstrip():
        failed += 1
        print(f"This cell:\n{text}\nprints:\n{printed.getvalue()}where the page has:\n{expected}", file=sys.stderr)
    else:
        passed += 1
if "python plot" in dict(blocks) and importlib.util.find_spec("matplotlib") and not pathlib.Path("advantages.svg").stat().st_size:
    failed += 1
print(f"{passed} passed, {failed} failed")
sys.exit(failed > 0 or passed < 5)
