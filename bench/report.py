"""What a run of the bench is written as: a table in Markdown, and every measurement as
JSON and CSV. All of it is made from one plain dictionary (see bench.py), so that the
page in docs/ can be made again from results.json without measuring anything.
"""

import csv
import os

import measure
from picture import picture_of

OURS = ("meterlint-bypass", "meterlint-all")
PEERS = ("rg", "oxlint", "biome", "ast-grep")

# What we set out to reach: the most that (ours, theirs) may cost, as a ratio of CPU.
GOALS = {
    ("meterlint-bypass", "rg"): 1.5,
    ("meterlint-bypass", "oxlint"): 0.30,
    ("meterlint-bypass", "ast-grep"): 0.05,
    ("meterlint-all", "oxlint"): 0.45,
}


def runs_of(part):
    return {name: [measure.Run(*values) for values in rows] for name, rows in part["runs"].items()}


def counted(count, noun):
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def significant(value):
    """Three digits are as much as a machine that does other things can give."""
    return f"{value:.3f}" if value < 1 else f"{value:.2f}" if value < 10 else f"{value:.1f}"


def spread(figures):
    return f"{significant(figures[0])} ({significant(figures[1])}–{significant(figures[2])})"


def mib(kib):
    return f"{kib / 1024:.0f}"


def table(heads, rows):
    line = "| " + " | ".join(heads) + " |\n|" + "---|" * len(heads) + "\n"
    return line + "".join("| " + " | ".join(row) + " |\n" for row in rows)


def cost_table(corpus, titles):
    runs = runs_of(corpus)
    rows = []
    for name in runs:
        files, findings = corpus["saw"][name]
        rows.append([
            titles[name], "" if files is None else str(files), str(findings),
            significant(measure.median_of(runs[name], "cpu")), significant(measure.median_of(runs[name], "wall")),
            mib(measure.peak_of(runs[name]))])
    return table(["", "files read", "findings", "CPU s", "wall s", "peak MiB"], rows)


def ratio_table(corpus, titles):
    runs = runs_of(corpus)
    rows = []
    for peer in PEERS:
        row = [titles[peer]]
        for ours in OURS:
            goal = GOALS.get((ours, peer))
            row.append(spread(measure.paired(runs[ours], runs[peer])))
            row.append("" if goal is None else f"≤ {goal:g}")
        rows.append(row)
    return table(["CPU of meterlint / CPU of", "bypass family", "goal", "all rules", "goal"], rows)


def growth_table(growth, titles):
    heads = ["files", "MB", *(titles[name] for name in growth[0]["runs"])]
    rows = []
    for part in growth:
        runs = runs_of(part)
        cells = [f"{significant(measure.median_of(runs[name], 'cpu'))} s, {mib(measure.peak_of(runs[name]))} MiB"
                 for name in runs]
        rows.append([str(part["files"]), f"{part['bytes'] / 1e6:.1f}", *cells])
    return table(heads, rows) + "\n" + memory_line(growth, titles)


def memory_line(growth, titles):
    """Between the second and the last size: the smallest is all set-up."""
    low, high = (growth[1], growth[-1]) if len(growth) > 2 else (growth[0], growth[-1])
    if low is high:
        return ""
    step = (high["files"] - low["files"]) / 10000
    said = [f"{titles[name]} {(measure.peak_of(runs_of(high)[name]) - measure.peak_of(runs_of(low)[name])) / 1024 / step:.1f}"
            for name in low["runs"]]
    return f"Peak memory for each 10,000 files more ({low['files']} to {high['files']}), MiB: {'; '.join(said)}.\n"


def staged_table(staged, titles):
    runs = runs_of(staged)
    rows = [[titles[name], f"{measure.median_of(runs[name], 'wall') * 1e3:.1f}",
             f"{measure.median_of(runs[name], 'cpu') * 1e3:.1f}", mib(measure.peak_of(runs[name]))] for name in runs]
    over = measure.differences(runs["staged"], runs["diff-index"])
    share = measure.paired(runs["staged"], runs["oxlint-staged"], "wall")
    return table(["", "wall ms", "CPU ms", "peak MiB"], rows) + (
        f"\nOver `git diff-index`: {over[0] * 1e3:.1f} ms of wall time ({over[1] * 1e3:.1f}–{over[2] * 1e3:.1f}; "
        f"goal ≤ 25). Of oxlint's wall time: {spread(share)} (goal < 0.1).\n")


def same_table(same):
    rows = [[entry["corpus"], f"`{entry['variant']}`", "same bytes" if entry["same"] else "**differ**"]
            for entry in same]
    return table(["corpus", "compared with `--jobs 1`", "SARIF"], rows)


def markdown_of(results):
    titles = results["titles"]
    machine = results["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items() if name not in OURS)
    text = [f"Machine: {machine['cpu']}, {machine['memory']}, {machine['system']}. meterlint: {machine['build']}. "
            f"{versions}.\nMedian of {counted(results['rounds'], 'round')}, in turn; ratios are of pairs, (least–greatest).\n"]
    for corpus in results["corpora"]:
        text.append(f"**{corpus['name']}**: {corpus['files']} files, {corpus['bytes'] / 1e6:.1f} MB\n")
        text.append(cost_table(corpus, titles))
        text.append(ratio_table(corpus, titles))
        text.append(f"Node alone, as oxlint starts it: {significant(corpus['node'])} s CPU.\n")
    if results.get("growth"):
        rounds = len(next(iter(results["growth"][0]["runs"].values())))
        text += [f"**Growth** (CPU and peak memory; {counted(rounds, 'round')})\n", growth_table(results["growth"], titles)]
    if results.get("staged"):
        staged = results["staged"]
        rounds = len(next(iter(staged["runs"].values())))
        text += [f"**Before a commit**: {staged['changed']} changed files in a repository of {staged['files']} "
                 f"({counted(rounds, 'round')})\n", staged_table(staged, titles)]
    if results.get("same"):
        text += ["**The same report**, whatever the threads and with every file parsed (all rules on)\n",
                 same_table(results["same"])]
    return "\n".join(text)


def write_csv(results, path):
    parts = [(corpus["name"], corpus) for corpus in results["corpora"]]
    parts += [(f"growth-{part['files']}", part) for part in results.get("growth", [])]
    if results.get("staged"):
        parts.append(("staged", results["staged"]))
    with open(path, "w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["corpus", "files", "bytes", "tool", "round", "user_s", "system_s", "wall_s", "peak_kib"])
        for name, part in parts:
            for tool, runs in part["runs"].items():
                for turn, run in enumerate(runs):
                    rows.writerow([name, part["files"], part.get("bytes", ""), tool, turn + 1, *run])


def write_picture(results, path):
    with open(path, "w", encoding="utf-8") as file:
        file.write(picture_of(results))


BEGIN, END = "<!-- bench: made by `make bench-docs` -->\n", "<!-- /bench -->\n"


def write_page(results, page):
    """Puts the tables between the two marks of the page, and the picture beside it."""
    with open(page, encoding="utf-8") as file:
        text = file.read()
    head, mark, rest = text.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not mark or not end:
        raise ValueError(f"{page} has no place for the tables")
    with open(page, "w", encoding="utf-8") as file:
        file.write(head + BEGIN + "\n" + markdown_of(results) + "\n" + END + tail)
    write_picture(results, os.path.splitext(page)[0] + ".svg")
