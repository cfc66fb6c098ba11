"""The picture of a run, as SVG written by hand: CPU of each tool as bars over the first
corpus, and CPU and peak memory over the number of files as lines, both axes logarithmic.
"""

import math
from xml.sax.saxutils import escape

import measure

WIDTH = 860
INK, PALE, FONT = "#24292f", "#d0d7de", "font-family='sans-serif' font-size='12'"
COLOURS = {
    "rg": "#6e7781", "oxlint": "#bf8700", "biome": "#0969da", "ast-grep": "#8250df",
    "meterlint-bypass": "#1a7f37", "meterlint-all": "#2da44e",
}


def text(x, y, words, anchor="start", weight="normal", fill=INK):
    return (f"<text x='{x:.1f}' y='{y:.1f}' text-anchor='{anchor}' font-weight='{weight}' fill='{fill}' {FONT}>"
            f"{escape(words)}</text>\n")


def line(x1, y1, x2, y2, colour=PALE, width=1.0):
    return f"<line x1='{x1:.1f}' y1='{y1:.1f}' x2='{x2:.1f}' y2='{y2:.1f}' stroke='{colour}' stroke-width='{width}'/>\n"


def cpu_and_peak(part):
    """{tool: (CPU seconds, peak MiB)}"""
    both = {}
    for name, rows in part["runs"].items():
        runs = [measure.Run(*values) for values in rows]
        both[name] = (measure.median_of(runs, "cpu"), measure.peak_of(runs) / 1024)
    return both


def bars(corpus, titles, top):
    cost = {name: cpu for name, (cpu, _) in cpu_and_peak(corpus).items()}
    scale = (WIDTH - 330) / max(cost.values())
    svg = text(20, top, f"CPU seconds, {corpus['name']} ({corpus['files']} files, {corpus['bytes'] / 1e6:.0f} MB)",
               weight="bold")
    y = top + 14
    for name, seconds in cost.items():
        svg += text(225, y + 13, titles[name], "end")
        svg += (f"<rect x='235' y='{y}' width='{max(seconds * scale, 1):.1f}' height='18' "
                f"fill='{COLOURS[name]}'/>\n")
        svg += text(241 + seconds * scale, y + 13, f"{seconds:.2f}")
        y += 25
    return svg, y


class LogAxis:
    """Maps the decades (and 2 and 5 within) that hold the values to a range of pixels."""

    def __init__(self, values, begin, end):
        self.low, self.high = min(values) * 0.85, max(values) * 1.15
        self.begin, self.end = begin, end

    def at(self, value):
        share = math.log(value / self.low) / math.log(self.high / self.low)
        return self.begin + share * (self.end - self.begin)

    def ticks(self):
        exponents = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        return [10.0**e for e in exponents if self.low <= 10.0**e <= self.high]


def lines(growth, which, heading, left, top, width, height):
    series = {name: [(part["files"], cpu_and_peak(part)[name][which]) for part in growth] for name in growth[0]["runs"]}
    along = LogAxis([part["files"] for part in growth], left + 45, left + width)
    up = LogAxis([value for points in series.values() for _, value in points], top + height, top + 14)
    svg = text(left, top, heading, weight="bold")
    for tick in up.ticks():
        svg += line(left + 45, up.at(tick), left + width, up.at(tick)) + text(left + 40, up.at(tick) + 4, f"{tick:g}", "end")
    for part in growth:
        x = along.at(part["files"])
        svg += line(x, top + 14, x, top + height) + text(x, top + height + 16, f"{part['files']:,}", "middle")
    for name, points in series.items():
        path = " ".join(f"{along.at(files):.1f},{up.at(value):.1f}" for files, value in points)
        svg += f"<polyline points='{path}' fill='none' stroke='{COLOURS[name]}' stroke-width='2'/>\n"
        for files, value in points:
            svg += f"<circle cx='{along.at(files):.1f}' cy='{up.at(value):.1f}' r='3' fill='{COLOURS[name]}'/>\n"
    return svg


def legend(names, titles, top):
    svg = ""
    for i, name in enumerate(names):
        x, y = 20 + (i % 3) * 275, top + (i // 3) * 20
        svg += f"<rect x='{x}' y='{y - 10}' width='12' height='12' fill='{COLOURS[name]}'/>\n" + text(x + 18, y, titles[name])
    return svg


def picture_of(results):
    titles = results["titles"]
    corpus = results["corpora"][0]
    body, y = bars(corpus, titles, 30)
    growth = results.get("growth")
    if growth and len(growth) > 1:
        body += lines(growth, 0, "CPU seconds over the number of files", 20, y + 30, 395, 240)
        body += lines(growth, 1, "Peak MiB over the number of files", 440, y + 30, 400, 240)
        body += legend(list(growth[0]["runs"]), titles, y + 320)
        y += 345
    return (f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {y + 15}' width='{WIDTH}' height='{y + 15}'>\n"
            f"<rect width='100%' height='100%' fill='white'/>\n{body}</svg>\n")
