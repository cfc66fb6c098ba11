"""The tools that are compared, how each is called, and what each says it did.

Every tool runs with as many threads as it chooses, without cache, daemon or ignore
files, and prints as little as it can. The programs of biome and ast-grep are called
directly, not through their Node wrappers; oxlint is a Node program, so Node's start is
part of it (the row "node" says how much).
"""

import json
import os
import re
import shutil
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
CONFIG = os.path.join(HERE, "config")
MODULES = os.path.join(HERE, "node_modules")


class ToolError(Exception):
    """A tool that is missing, breaks off, or does not find what it must."""


class Tool:
    """command(target): what is measured. looking(target): the same with words, from which
    said(output) takes (files read or None, findings). must_find: in probe/."""

    def __init__(self, name, title, command, said, looking=None, must_find=None, codes=(0, 1)):
        self.name, self.title, self.command, self.said = name, title, command, said
        self.looking = looking or command
        self.must_find, self.codes = must_find, codes


def native(*names):
    """The first platform package of a tool that npm installed here, with its program."""
    for scope, prefix, program in names:
        folder = os.path.join(MODULES, scope)
        for package in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
            path = os.path.join(folder, package, program)
            if package.startswith(prefix) and os.path.isfile(path):
                os.chmod(path, 0o755)
                return path
    raise ToolError(f"no program for this machine below {MODULES}; run `make bench`")


def number(pattern, output):
    found = re.search(pattern, output)
    return int(found.group(1)) if found else None


def said_by_rg(output):
    counts = [int(line.rpartition(":")[2]) for line in output.splitlines() if ":" in line]
    return None, sum(counts)


def said_by_oxlint(output):
    return number(r"on (\d+) files?", output), number(r"and (\d+) errors?", output)


def said_by_biome(output):
    return number(r"Checked (\d+) files?", output), number(r"Found (\d+) errors?", output) or 0


def said_by_ast_grep(output):
    return number(r"scannedFileCount=(\d+)", output), len(re.findall(r"error\[", output))


def said_by_meterlint(output):
    summary = json.loads(output)["summary"]
    return summary["filesTotal"], summary["total"]


def meterlint_tool(meterlint, name, title, must_find):
    config = os.path.join(CONFIG, f"{name}.json")
    return Tool(
        name, title,
        lambda target: [meterlint, "scan", "--quiet", "--config", config, "--output", "json", target],
        said_by_meterlint, must_find=must_find, codes=(0, 1, 3))


def all_tools(meterlint):
    """In the order of the table. The last two are ours."""
    if not shutil.which("rg"):
        raise ToolError("ripgrep is missing (Debian's package ripgrep)")
    literals = os.path.join(HERE, "literals.txt")
    oxlint = ["node", os.path.join(MODULES, "oxlint", "bin", "oxlint"), "-c", os.path.join(CONFIG, "oxlint.json")]
    biome = [native(("@biomejs", "cli-", "biome")), "lint", "--config-path", os.path.join(CONFIG, "biome.json"),
             "--max-diagnostics=none"]
    ast_grep = [native(("@ast-grep", "cli-", "ast-grep")), "scan", "-c", os.path.join(CONFIG, "ast-grep.yml"),
                "--report-style", "short"]
    return [
        Tool("rg", "ripgrep, 41 literals",
             lambda target: ["rg", "-F", "-c", "-f", literals, target], said_by_rg, must_find=4),
        Tool("oxlint", "oxlint, imports",
             lambda target: [*oxlint, "--silent", target], said_by_oxlint, must_find=2),
        Tool("biome", "biome, imports",
             lambda target: [*biome, "--reporter=summary", target], said_by_biome, must_find=2),
        Tool("ast-grep", "ast-grep, imports and requests",
             lambda target: [*ast_grep, target], said_by_ast_grep, must_find=6,
             looking=lambda target: [*ast_grep, "--inspect", "summary", target]),
        meterlint_tool(meterlint, "meterlint-bypass", "meterlint, bypass family", 6),
        meterlint_tool(meterlint, "meterlint-all", "meterlint, all rules", 6),
    ]


def look(tool, target):
    """One run with words: (files read or None, findings). It warms the page cache, too."""
    done = subprocess.run(tool.looking(target), stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode not in tool.codes:
        raise ToolError(f"{tool.title}: exit code {done.returncode}\n{(done.stdout + done.stderr)[-2000:]}")
    return tool.said(done.stdout if tool.said is said_by_meterlint else done.stdout + done.stderr)


def probe(tool):
    """A tool that finds nothing is fast; so each must find what stands in probe/ first."""
    _, findings = look(tool, os.path.join(HERE, "probe"))
    if findings is None or findings < tool.must_find:
        raise ToolError(f"{tool.title}: {findings} findings in probe/, not {tool.must_find}")


def versions(tools):
    """{tool: what it says its version is}"""
    said = {}
    for tool in tools:
        program = tool.command("")
        call = program[:2] if program[0] == "node" else program[:1]
        done = subprocess.run([*call, "--version"], capture_output=True, text=True)
        words = re.search(r"\d+\.\d+\.\d+[^\s]*", done.stdout)
        said[tool.name] = words.group(0) if words else "unknown"
    return said
