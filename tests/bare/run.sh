#!/bin/bash
# Proves the README's two commands on a bare Debian 12: a fresh chroot made by
# debootstrap, a clone of the committed state in it, `make scan`, `make test`, and a
# second `make scan` without network. Not part of `make test`: it needs root, the
# package debootstrap, a Debian mirror and about 3 GB.
#
#   tests/bare/run.sh [--keep] [--base DIR] [STEP...]     steps: scan test again
#
# --base DIR  where the bare system is cached as a tar archive between runs
#             (default: a folder of its own below TMPDIR)
# --keep      leaves the chroot for a look, and prints where it is
#
# How this machine reaches its package sources is read at run time and copied into the
# chroot only: apt's sources, keys and settings, the certificates, proxy variables and
# the registry npm is set to. Nothing of it is written below the repository.
set -euo pipefail

repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
keep=no
base=${TMPDIR:-/tmp}/meterlint-bare
steps=()
while [ $# -gt 0 ]; do
    case $1 in
    --keep) keep=yes ;;
    --base) base=$2; shift ;;
    scan | test | again) steps+=("$1") ;;
    *) echo "usage: tests/bare/run.sh [--keep] [--base DIR] [scan|test|again]..." >&2; exit 2 ;;
    esac
    shift
done
[ ${#steps[@]} -gt 0 ] || steps=(scan again test)
[ "$(id -u)" = 0 ] || { echo "bare: needs root" >&2; exit 2; }
command -v debootstrap >/dev/null || { echo "bare: needs debootstrap (apt-get install debootstrap)" >&2; exit 2; }

# The mirror of this machine's bookworm, from either form of apt's lists.
mirror() {
    {
        awk '$1 == "URIs:" { print $2 }' /etc/apt/sources.list.d/debian.sources
        awk '$1 == "deb" && $0 ~ / bookworm / {
                 for (i = 2; i <= NF; i++) if ($i ~ /^[a-z]+:\/\//) { print $i; exit }
             }' /etc/apt/sources.list
    } 2>/dev/null | grep -v security | head -n 1
}

mkdir -p "$base"
if [ ! -f "$base/bookworm.tar" ]; then
    began=$SECONDS
    rm -rf "$base/bootstrap"
    debootstrap --variant=minbase --arch="$(dpkg --print-architecture)" bookworm "$base/bootstrap" "$(mirror)"
    tar -C "$base/bootstrap" -cf "$base/bookworm.tar.part" .
    mv "$base/bookworm.tar.part" "$base/bookworm.tar"
    rm -rf "$base/bootstrap"
    echo "bare: debootstrap took $((SECONDS - began)) s"
fi

root=$(mktemp -d "$base/root.XXXXXX")
leave() {
    umount "$root/proc" 2>/dev/null || true
    umount "$root/dev" 2>/dev/null || true
    if [ $keep = yes ]; then
        echo "bare: left in $root"
    elif mountpoint -q "$root/proc" || mountpoint -q "$root/dev"; then
        echo "bare: still mounted, not removed: $root" >&2
    else
        rm -rf "$root"
    fi
}
trap leave EXIT
tar -C "$root" -xf "$base/bookworm.tar"

# Reaching the sources as this machine does. Third-party lists stay behind: what they
# hold is no part of a bare Debian.
cp /etc/resolv.conf "$root/etc/resolv.conf"
mkdir -p "$root/etc/apt/sources.list.d"
: >"$root/etc/apt/sources.list"
if [ -f /etc/apt/sources.list.d/debian.sources ]; then
    cp /etc/apt/sources.list.d/debian.sources "$root/etc/apt/sources.list.d/"
else
    grep -E '^deb .* bookworm' /etc/apt/sources.list >"$root/etc/apt/sources.list"
fi
cp -r /usr/share/keyrings/. "$root/usr/share/keyrings/"
for file in /etc/apt/apt.conf.d/*; do
    if grep -qiE 'proxy|Verify-Peer|CaInfo' "$file" 2>/dev/null; then
        cp "$file" "$root/etc/apt/apt.conf.d/"
    fi
done

# Certificates: one bundle, the variables of this machine pointed at it.
bundle=${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}
settings=()
if [ -f "$bundle" ]; then
    mkdir -p "$root/usr/local/share/bare"
    cp -L "$bundle" "$root/usr/local/share/bare/bundle.pem"
    settings+=(SSL_CERT_FILE=/usr/local/share/bare/bundle.pem
               NODE_EXTRA_CA_CERTS=/usr/local/share/bare/bundle.pem)
fi
for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
    [ -z "${!name:-}" ] || settings+=("$name=${!name}")
done
if command -v npm >/dev/null; then
    settings+=("npm_config_registry=$(cd / && npm config get registry)")
fi

inside() { # inside COMMAND...: with a bare environment
    chroot "$root" /usr/bin/env -i HOME=/srv PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
        "${settings[@]}" "$@"
}

mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"

# The committed state, as anybody would clone it.
git clone -q --no-hardlinks "$repo" "$root/srv/meterlint"
inside sh -c 'apt-get update -q && apt-get install -q -y --no-install-recommends make' >"$base/prepare.log" 2>&1 ||
    { tail -n 20 "$base/prepare.log"; exit 1; }

status=0
for step in "${steps[@]}"; do
    began=$(date +%s%N)
    code=0
    case $step in
    scan)
        inside make -C /srv/meterlint scan || code=$?
        report=$root/srv/meterlint/fixtures/projects/kindergarten/reports/ai-compliance-report.txt
        [ -s "$report" ] || { echo "bare: no report was written"; code=1; }
        ;;
    again) unshare -n -- chroot "$root" /usr/bin/env -i HOME=/srv \
        PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 make -C /srv/meterlint scan >"$base/again.log" 2>&1 ||
        { code=$?; tail -n 20 "$base/again.log"; } ;;
    test) inside make -C /srv/meterlint test || code=$? ;;
    esac
    took=$((($(date +%s%N) - began) / 1000000))
    echo "bare: $step ended with $code after $took ms"
    if [ "$step" = again ] && [ $took -ge 3000 ]; then
        echo "bare: a second scan has to take less than 3 s"
        code=1
    fi
    [ $code = 0 ] || status=1
done
exit $status
