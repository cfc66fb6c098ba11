"""Runs commands in turn and makes figures of what they cost.

What is compared runs side by side, round by round, so that a machine that is busy for
a while is busy for all of them; a ratio is one of the two runs of one round. CPU is user
and system time of a command with its children.
"""

import statistics
import subprocess


class Run:
    """One run: seconds, and KiB of the largest process."""

    def __init__(self, user, system, wall, peak_kib):
        self.user, self.system, self.wall, self.peak_kib = user, system, wall, peak_kib

    @property
    def cpu(self):
        return self.user + self.system


class BrokeOff(Exception):
    """A command that ended in a way that is no verdict."""


def run_once(helper, command, codes, folder=None):
    done = subprocess.run([helper, *command], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        raise BrokeOff(done.stderr.strip())
    code, user, system, wall, peak = (int(word) for word in done.stdout.split())
    if code not in codes:
        raise BrokeOff(f"exit code {code}: {' '.join(command)}")
    return Run(user / 1e6, system / 1e6, wall / 1e6, peak)


def run_in_turn(helper, jobs, rounds, folder=None, progress=None):
    """jobs: [(name, command, accepted exit codes)]. Returns {name: [Run of each round]}."""
    runs = {name: [] for name, _, _ in jobs}
    for turn in range(rounds):
        for name, command, codes in jobs:
            if progress:
                progress(turn, name)
            runs[name].append(run_once(helper, command, codes, folder))
    return runs


def median_of(runs, field):
    return statistics.median(getattr(run, field) for run in runs)


def peak_of(runs):
    """The largest of all rounds: a peak is a bound, not a habit."""
    return max(run.peak_kib for run in runs)


def paired(ours, theirs, field="cpu"):
    """(median, least, greatest) of the ratio of the runs of one round."""
    ratios = [getattr(a, field) / getattr(b, field) for a, b in zip(ours, theirs) if getattr(b, field) > 0]
    return statistics.median(ratios), min(ratios), max(ratios)


def differences(ours, theirs, field="wall"):
    """(median, least, greatest) of the difference of the runs of one round, in seconds."""
    parts = [getattr(a, field) - getattr(b, field) for a, b in zip(ours, theirs)]
    return statistics.median(parts), min(parts), max(parts)
