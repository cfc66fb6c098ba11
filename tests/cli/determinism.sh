#!/bin/sh
# Reports do not depend on threads, on the order of files, on budgets that run out, or
# on the trigger.
#
#   sh tests/cli/determinism.sh METERLINT ROOT
. "$(dirname "$0")/lib.sh"
meterlint=$1 root=$2

# scan NAME DIR OPTION...: the SARIF of DIR is in $work/NAME; any verdict will do, but
# the scan must come to one.
scan() {
    name=$1 dir=$2
    shift 2
    "$meterlint" scan --output "sarif=$work/$name" "$@" "$dir" >"$work/said" 2>&1 </dev/null
    code=$?
    case $code in
    0 | 1 | 3) echo "exit $code" >>"$work/$name" ;;
    *) fault "$name: exit code $code" "$work/said" ;;
    esac
}

same() { # same NAME NAME WHY
    cmp -s "$work/$1" "$work/$2" && return
    diff "$work/$1" "$work/$2" >"$work/difference"
    fault "$3" "$work/difference"
}

# A project made of cycles: constants, re-exports and clients that need each other.
cycles() {
    mkdir -p "$1/src"
    echo '{ "name": "cycles" }' >"$1/package.json"
    i=0
    while [ $i -lt 24 ]; do
        next=$(((i + 1) % 24)) back=$(((i + 17) % 24))
        cat >"$1/src/m$i.ts" <<END
import { base$next, client$next } from "./m$next";
import axios from "axios";
export * from "./m$back";
export { ask$next as again$i } from "./m$next";
export const base$i = base$next;
export const host$i = $([ $i = 5 ] && echo '"https://api.openai.com"' || echo "process.env.BASE || base$next");
export const client$i = axios.create({ baseURL: host$i });
export async function ask$i(body: object) {
  await client$next.post("/v1/chat/completions", body);
  return client$i.post(\`\${host$i}/v1/chat/completions\`, body);
}
END
        i=$((i + 1))
    done
}
cycles "$work/cycles"

found=0 short=0
for dir in "$root"/fixtures/projects/*/ "$root"/fixtures/rules/ "$work/cycles"; do
    [ -d "$dir" ] || continue
    scan one "$dir" --jobs 1
    scan eight "$dir" --jobs 8
    scan reverse "$dir" --jobs 8 --order reverse
    same one eight "$dir: --jobs 1 and --jobs 8 differ"
    same one reverse "$dir: reversed order of files differs"

    scan forgetful "$dir" --jobs 2 --memory 1
    same one forgetful "$dir: parsed files that were let go change the report"

    scan few-one "$dir" --steps 50 --jobs 1
    scan few-eight "$dir" --steps 50 --jobs 8
    scan few-reverse "$dir" --steps 50 --jobs 8 --order reverse
    same few-one few-eight "$dir: with 50 steps --jobs 1 and --jobs 8 differ"
    same few-one few-reverse "$dir: with 50 steps reversed order differs"
    grep -q 'budget ran out' "$work/few-one" && short=$((short + 1))

    scan untriggered "$dir" --no-trigger
    same one untriggered "$dir: --no-trigger reports something else"
    found=$((found + $(grep -c '"ruleId"' "$work/one")))
done
[ $found -gt 0 ] || fault "no finding in any fixture: nothing was compared"
[ $short -gt 0 ] || fault "50 steps were enough everywhere: no budget ran out"
echo "$found findings compared; a budget ran out in $short projects"
finish
