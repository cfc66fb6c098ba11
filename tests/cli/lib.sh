# What the tests of the command line share: a work folder of their own, git that reads
# no setting of the machine, and failures that say what was seen.
set -u
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
faults=0

export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=tester GIT_AUTHOR_EMAIL=tester@example.invalid
export GIT_COMMITTER_NAME=tester GIT_COMMITTER_EMAIL=tester@example.invalid
unset GIT_DIR GIT_INDEX_FILE GIT_WORK_TREE 2>/dev/null
export SOURCE_DATE_EPOCH=0 LC_ALL=C.UTF-8 NO_COLOR=1

# fault TEXT [FILE]: counts and shows a failure, with what FILE holds.
fault() {
    faults=$((faults + 1))
    echo "FAULT: $1"
    [ -n "${2:-}" ] && sed 's/^/    | /' "$2" | tail -n 40
    return 0
}

# run CODE NAME COMMAND...: the output is in $work/said; the exit code must be CODE.
run() {
    wanted=$1 label=$2
    shift 2
    "$@" >"$work/said" 2>&1 </dev/null
    code=$?
    [ $code = "$wanted" ] || fault "$label: exit code $code, not $wanted" "$work/said"
}

# says ERE: the output of the last run has a line like this.
says() {
    grep -qE -- "$1" "$work/said" || fault "$label: does not say /$1/" "$work/said"
}

# Writes the sources a staged or scanned project is made of.
violation='export async function ask(q: string) {
  return fetch("https://api.openai.com/v1/chat/completions", {
    method: "POST",
    body: JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: q }] }),
  });
}'
innocent='export async function ask(q: string) {
  return fetch("/api/lessons", { method: "POST", body: JSON.stringify({ q }) });
}'

finish() {
    [ $faults = 0 ] || { echo "$faults faults"; exit 1; }
    exit 0
}
