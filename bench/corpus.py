"""The files that are measured: the npm packages of corpus.txt, folders given by the
user, and selections of the packages' files in several sizes.

A corpus is a folder that holds TypeScript files alone, so that no tool spends time on
what another leaves out. Declarations (.d.ts) are left out because meterlint skips them,
and so are folders of output and of installed packages.
"""

import base64
import hashlib
import os
import shutil
import subprocess
import tarfile
import zlib

SUFFIXES = (".ts", ".tsx", ".mts", ".cts")
DECLARATIONS = (".d.ts", ".d.mts", ".d.cts")
LEFT_OUT = {"node_modules", "bower_components", "dist", "build", "out", "coverage"}


class CorpusError(Exception):
    """What the user can do something about: a package that cannot be had, an empty folder."""


def is_measured(path):
    """path is relative, with '/' between its parts."""
    folders = path.split("/")[:-1]
    if not path.endswith(SUFFIXES) or path.endswith(DECLARATIONS):
        return False
    return not any(name in LEFT_OUT or name.startswith(".") for name in folders)


def packages_of(listing):
    """[(name@version, digest)] of corpus.txt."""
    with open(listing, encoding="utf-8") as lines:
        fields = [line.split() for line in lines if line.strip() and not line.startswith("#")]
    return [(spec, digest) for spec, digest in fields]


def folder_name(spec):
    return spec.lstrip("@").replace("/", "__")


def digest_of(path):
    with open(path, "rb") as archive:
        return "sha512-" + base64.b64encode(hashlib.sha512(archive.read()).digest()).decode()


def fetch_archive(spec, digest, archives):
    """The archive of one package, from an earlier run or from npm; its digest is checked either way."""
    path = os.path.join(archives, folder_name(spec) + ".tgz")
    if os.path.exists(path) and digest_of(path) == digest:
        return path
    scratch = path + ".part"
    shutil.rmtree(scratch, ignore_errors=True)
    os.makedirs(scratch)
    command = ["npm", "pack", "--silent", "--ignore-scripts", "--pack-destination", scratch, spec]
    done = subprocess.run(command, cwd=scratch, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    packed = [name for name in os.listdir(scratch) if name.endswith(".tgz")]
    if done.returncode or len(packed) != 1:
        raise CorpusError(f"npm pack {spec} failed:\n{done.stdout.strip()}")
    found = digest_of(os.path.join(scratch, packed[0]))
    if found != digest:
        raise CorpusError(f"{spec}: the archive's digest is {found}, corpus.txt says {digest}")
    os.replace(os.path.join(scratch, packed[0]), path)
    shutil.rmtree(scratch)
    return path


def unpack(archive, target):
    """Only regular files are taken, and written by us under names that were looked at."""
    with tarfile.open(archive) as members:
        for member in members:
            path = member.name.partition("/")[2]
            if not member.isfile() or ".." in path.split("/") or not is_measured(path):
                continue
            place = os.path.join(target, path)
            os.makedirs(os.path.dirname(place), exist_ok=True)
            with open(place, "wb") as file:
                shutil.copyfileobj(members.extractfile(member), file)


def begin_folder(folder):
    """An empty folder that is the root of a repository: ignore files above it do not count."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    subprocess.run(["git", "init", "-q", folder], check=True)


def files_below(folder):
    """Relative paths of all files that are measured, sorted. No link is followed."""
    found = []
    for where, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in LEFT_OUT and not name.startswith(".")]
        inside = os.path.relpath(where, folder)
        for name in files:
            path = name if inside == "." else f"{inside}/{name}"
            if is_measured(path) and not os.path.islink(os.path.join(where, name)):
                found.append(path)
    return sorted(found)


def build_from_npm(listing, archives, target):
    """The corpus of corpus.txt. It is built again only when the list has changed."""
    packages = packages_of(listing)
    stamp = os.path.join(target, ".git", "corpus")
    wanted = digest_of(listing)
    if os.path.exists(stamp) and open(stamp, encoding="utf-8").read() == wanted:
        return
    os.makedirs(archives, exist_ok=True)
    begin_folder(target)
    for spec, digest in packages:
        unpack(fetch_archive(spec, digest, archives), os.path.join(target, folder_name(spec)))
    with open(stamp, "w", encoding="utf-8") as file:
        file.write(wanted)


def build_from_folder(source, target):
    begin_folder(target)
    files = files_below(source)
    if not files:
        raise CorpusError(f"{source} holds no TypeScript file")
    for path in files:
        place = os.path.join(target, path)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        shutil.copyfile(os.path.join(source, path), place)


def select(source, target, count):
    """count files of source: whole folders in an order that mixes the packages, so that every
    size has the same kind of code. What source lacks is made up by copies in new folders."""
    folders = {}
    for path in files_below(source):
        folders.setdefault(os.path.dirname(path), []).append(path)
    order = sorted(folders, key=lambda name: (zlib.crc32(name.encode()), name))
    mixed = [path for name in order for path in folders[name]]
    begin_folder(target)
    for i in range(count):
        turn, at = divmod(i, len(mixed))
        place = os.path.join(target, f"copy-{turn}" if turn else "", mixed[at])
        os.makedirs(os.path.dirname(place), exist_ok=True)
        shutil.copyfile(os.path.join(source, mixed[at]), place)


def size_of(folder):
    """(files, bytes)"""
    files = files_below(folder)
    return len(files), sum(os.path.getsize(os.path.join(folder, path)) for path in files)
