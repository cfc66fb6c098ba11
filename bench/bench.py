"""Compares meterlint with ripgrep, oxlint, biome and ast-grep on many TypeScript files.

    python3 bench/bench.py run --meterlint PROGRAM --helper BENCH_MEASURE [option...]
    python3 bench/bench.py docs         puts the results of the last run into docs/

Options of run:
    --corpus DIR...   folders of yours, each measured like the npm packages
    --rounds N        5 or more for figures that are to be told (default 5)
    --growth-rounds N rounds of the part growth, which takes longest (default 3)
    --parts LIST      of speed, growth, staged, same (default: all, comma between)
    --no-npm          only the folders of --corpus: nothing is fetched
    --files N         a selection of N files of the npm packages, for a quick look

Writes results.json, results.csv, report.md and bench.svg into build/bench. Python's
standard library is all it needs.
"""

import argparse
import json
import os
import platform
import subprocess
import sys

import corpus
import measure
import report
import tools

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
WORK = os.path.join(ROOT, "build", "bench")
SIZES = (1000, 3000, 10000, 30000)
PARTS = ("speed", "growth", "staged", "same")
REPOSITORY_FILES, CHANGED_FILES = 5000, 10


def say(words):
    print(words, flush=True)


def progress(turn, name):
    print(f"\r\033[K  round {turn + 1}: {name}", end="", file=sys.stderr, flush=True)


def quiet_progress(turn, name):
    """A log gets a line a round, not one a tool."""
    if name == "rg":
        say(f"  round {turn + 1}")


def rows_of(runs):
    return {name: [[run.user, run.system, run.wall, run.peak_kib] for run in series] for name, series in runs.items()}


def measure_tools(options, chosen, folder, rounds):
    jobs = [(tool.name, tool.command(folder), tool.codes) for tool in chosen]
    runs = measure.run_in_turn(options.helper, jobs, rounds, None, progress if sys.stderr.isatty() else quiet_progress)
    return rows_of(runs)


def measure_corpus(options, chosen, name, folder):
    files, size = corpus.size_of(folder)
    say(f"{name}: {files} files, {size / 1e6:.1f} MB")
    saw = {tool.name: tools.look(tool, folder) for tool in chosen}
    for tool in chosen:
        if saw[tool.name][0] not in (None, files):
            say(f"  note: {tool.title} read {saw[tool.name][0]} of {files} files")
    node = measure.run_in_turn(options.helper, [("node", ["node", "-e", "0"], (0,))], 3)["node"]
    return {"name": name, "files": files, "bytes": size, "saw": saw, "node": measure.median_of(node, "cpu"),
            "runs": measure_tools(options, chosen, folder, options.rounds)}


def measure_growth(options, chosen, source):
    """No look first: files that were just written are in the page cache."""
    parts = []
    for count in SIZES:
        folder = os.path.join(WORK, "growth")
        corpus.select(source, folder, count)
        files, size = corpus.size_of(folder)
        say(f"growth: {files} files")
        parts.append({"files": files, "bytes": size,
                      "runs": measure_tools(options, chosen, folder, options.growth_rounds)})
    return parts


def git(folder, *words):
    own = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    who = [f"GIT_{role}_{what}" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")]
    environment = {**os.environ, **own, **{name: "bench@example.invalid" for name in who}}
    subprocess.run(["git", "-C", folder, "-c", "gc.auto=0", *words], check=True, env=environment,
                   stdout=subprocess.DEVNULL)


def measure_staged(options, source):
    """10 files far from each other get a line and are staged."""
    folder = os.path.join(WORK, "staged")
    corpus.select(source, folder, REPOSITORY_FILES)
    files = corpus.files_below(folder)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "all")
    changed = files[:: len(files) // CHANGED_FILES][:CHANGED_FILES]
    for path in changed:
        with open(os.path.join(folder, path), "a", encoding="utf-8") as file:
            file.write("\nexport const touched = true;\n")
    git(folder, "add", *changed)
    say(f"staged: {len(changed)} of {len(files)} files")
    config = os.path.join(tools.CONFIG, "meterlint-bypass.json")
    oxlint = next(tool for tool in tools.all_tools(options.meterlint) if tool.name == "oxlint")
    lint = oxlint.command("")[:-1]
    jobs = [
        ("diff-index", ["git", "diff-index", "--cached", "--name-only", "HEAD"], (0,)),
        ("staged", [options.meterlint, "scan", "--staged", "--quiet", "--config", config, "--output", "json"], (0, 1, 3)),
        ("oxlint-staged", [*lint, *changed], oxlint.codes),
    ]
    runs = measure.run_in_turn(options.helper, jobs, max(options.rounds, 3) * 3, folder)
    return {"files": len(files), "changed": len(changed), "runs": rows_of(runs)}


def check_same(options, name, folder):
    """SARIF of all rules under other threads and without the trigger: the same bytes, or not."""
    config = os.path.join(tools.CONFIG, "meterlint-all.json")
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "0"}
    entries, first = [], None
    for variant in ("--jobs 1", "--jobs 2", "--jobs 8", "--no-trigger"):
        path = os.path.join(WORK, f"same{variant.replace(' ', '')}.sarif")
        done = subprocess.run(
            [options.meterlint, "scan", "--quiet", "--config", config, "--output", f"sarif={path}",
             *variant.split(), folder], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if done.returncode not in (0, 1, 3):
            raise tools.ToolError(f"meterlint {variant}: exit code {done.returncode}\n{done.stderr}")
        with open(path, "rb") as file:
            said = (done.returncode, file.read())
        first = first or said
        if variant != "--jobs 1":
            entries.append({"corpus": name, "variant": variant, "same": said == first})
            say(f"same: {name} {variant}: {'yes' if said == first else 'NO, compare build/bench/same--*.sarif'}")
    return entries


def first_line(path, key):
    with open(path, encoding="utf-8") as lines:
        return next((line.partition(":")[2].strip() for line in lines if line.startswith(key)), "unknown")


def machine_of(chosen, options):
    memory = int(first_line("/proc/meminfo", "MemTotal").split()[0]) / 1024**2
    system = platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    return {"cpu": f"{len(os.sched_getaffinity(0))} cores of {first_line('/proc/cpuinfo', 'model name')}",
            "memory": f"{memory:.0f} GiB", "system": system, "build": options.build, "versions": tools.versions(chosen)}


def name_of(folder, taken):
    name = os.path.basename(os.path.abspath(folder))
    while name in taken:
        name += "+"
    return name


def corpora_of(options):
    """[(name, folder to measure, folder to compare reports on)]; the npm packages come first."""
    found = []
    if not options.no_npm:
        folder = os.path.join(WORK, "npm")
        corpus.build_from_npm(os.path.join(HERE, "corpus.txt"), os.path.join(WORK, "archives"), folder)
        if options.files:
            whole, folder = folder, os.path.join(WORK, "selection")
            corpus.select(whole, folder, options.files)
        found.append(("npm packages", folder, folder))
    for given in options.corpus:
        name = name_of(given, [name for name, _, _ in found])
        folder = os.path.join(WORK, "given", name)
        corpus.build_from_folder(given, folder)
        found.append((name, folder, given))
    if not found:
        raise corpus.CorpusError("nothing to measure: --no-npm, and no --corpus")
    return found


def run(options):
    os.makedirs(WORK, exist_ok=True)
    chosen = tools.all_tools(options.meterlint)
    for tool in chosen:
        tools.probe(tool)
    found = corpora_of(options)
    titles = {tool.name: tool.title for tool in chosen}
    titles |= {"diff-index": "git diff-index", "staged": "meterlint scan --staged", "oxlint-staged": "oxlint FILES"}
    results = {"titles": titles, "rounds": options.rounds, "machine": machine_of(chosen, options), "corpora": []}
    if "speed" in options.parts:
        results["corpora"] = [measure_corpus(options, chosen, name, folder) for name, folder, _ in found]
    if "growth" in options.parts:
        results["growth"] = measure_growth(options, chosen, found[0][1])
    if "staged" in options.parts:
        results["staged"] = measure_staged(options, found[0][1])
    if "same" in options.parts:
        results["same"] = [entry for name, _, folder in found for entry in check_same(options, name, folder)]
    publish(results)
    return 0 if all(entry["same"] for entry in results.get("same", [])) else 1


def publish(results):
    with open(os.path.join(WORK, "results.json"), "w", encoding="utf-8") as file:
        json.dump(results, file, indent=1)
    report.write_csv(results, os.path.join(WORK, "results.csv"))
    words = report.markdown_of(results)
    with open(os.path.join(WORK, "report.md"), "w", encoding="utf-8") as file:
        file.write(words)
    if results["corpora"]:
        report.write_picture(results, os.path.join(WORK, "bench.svg"))
    say("\n" + words)
    say("written: build/bench/report.md, bench.svg, results.json, results.csv")


def docs():
    with open(os.path.join(WORK, "results.json"), encoding="utf-8") as file:
        report.write_page(json.load(file), os.path.join(ROOT, "docs", "performance.md"))
    return 0


def options_of(words):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("run", "docs"))
    parser.add_argument("--meterlint")
    parser.add_argument("--helper")
    parser.add_argument("--build", default="build not said")
    parser.add_argument("--corpus", nargs="*", default=[])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--growth-rounds", type=int, default=3)
    parser.add_argument("--parts", type=lambda given: given.split(","), default=list(PARTS))
    parser.add_argument("--no-npm", action="store_true")
    parser.add_argument("--files", type=int)
    options = parser.parse_args(words)
    if options.what == "run" and not (options.meterlint and options.helper):
        parser.error("run needs --meterlint and --helper")
    if min(options.rounds, options.growth_rounds) < 1 or set(options.parts) - set(PARTS):
        parser.error(f"rounds are 1 or more, --parts of {','.join(PARTS)}")
    for name in ("meterlint", "helper"):
        if getattr(options, name):
            setattr(options, name, os.path.abspath(getattr(options, name)))
    return options


def main():
    options = options_of(sys.argv[1:])
    try:
        return run(options) if options.what == "run" else docs()
    except (corpus.CorpusError, tools.ToolError, measure.BrokeOff, OSError, ValueError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
