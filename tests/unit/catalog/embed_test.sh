#!/bin/sh
# What ml_embed refuses while the project is built: $1 is the program. A data file that
# does not fit must end the build with its place and a sentence, and write nothing.
embed=$1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0

# refuses NAME PART COMMAND... : the command fails, says PART, and leaves no output.
refuses() {
    name=$1 part=$2
    shift 2
    rm -f "$work/out.c"
    if said=$("$@" 2>&1) || ! printf '%s' "$said" | grep -qF -- "$part" || [ -e "$work/out.c" ]; then
        echo "not ok - $name: $said"
        failed=1
    fi
}

# rule FOLDER TEXT : writes rules/FOLDER/rule.json and puts its path into $rule.
rule() {
    mkdir -p "$work/rules/$1"
    rule=$work/rules/$1/rule.json
    printf '%s\n' "$2" > "$rule"
}

words='"title": {"en": "t", "zh": "题"}, "message": {"en": "m", "zh": "信"}, "why": {"en": "w", "zh": "因"}, "fix": {"en": "f", "zh": "修"}'

rule bypass/a-b "{\"id\": \"bypass/a-b\", \"level\": \"high\", \"catalogue\": [\"MTR001\"], $words}"
good=$rule
rule secrets/c "{\"id\": \"secrets/c\", \"level\": \"low\", \"on\": false, $words}"
"$embed" rules "$work/out.c" "$rule" "$good" || failed=1
for wanted in 'extern const ml_rule ml_rule_bypass_a_b;' '{&infos[0], &ml_rule_bypass_a_b}' '{&infos[1], &ml_rule_secrets_c}' \
    'ml_rule_table_count = 2;' '.level = ML_LEVEL_LOW, .on = false' '{"MTR001", 6}'; do
    grep -qF -- "$wanted" "$work/out.c" || { echo "not ok - rules table lacks: $wanted"; failed=1; }
done

rule bypass/x "{\"id\": \"bypass/y\", \"level\": \"high\", $words}"
refuses "rule in another folder" "must lie in rules/bypass/y" "$embed" rules "$work/out.c" "$rule"
rule bypass/x "{\"id\": \"metering/x\", \"level\": \"high\", $words}"
refuses "rule of another family" "must lie in rules/metering/x" "$embed" rules "$work/out.c" "$rule"
rule bypas/x "{\"id\": \"bypas/x\", \"level\": \"high\", $words}"
refuses "unknown family" "is no family" "$embed" rules "$work/out.c" "$rule"
rule bypass/x "{\"id\": \"bypass/x\", \"level\": \"critical\", $words}"
refuses "unknown level" "\"level\" must be high, medium or low" "$embed" rules "$work/out.c" "$rule"
rule bypass/x "{\"id\": \"bypass/x\", \"level\": \"high\", \"titel\": {}, $words}"
refuses "unknown key" "did you mean \"title\"?" "$embed" rules "$work/out.c" "$rule"
rule bypass/x "{\"id\": \"bypass/x\", \"level\": \"high\", $words, \"why\": {\"en\": \"w\", \"zh\": \"因\"}}"
refuses "key given twice" "given twice" "$embed" rules "$work/out.c" "$rule"
rule bypass/x '{"id": "bypass/x", "level": "high", "title": {"en": "t"}}'
refuses "word missing in one language" "\"title\" is missing in language \"zh\"" "$embed" rules "$work/out.c" "$rule"
rule bypass/x "{\"id\": \"bypass/x\", \"level\": \"high\"}"
refuses "words missing" "rule.json:1: error: \"title\" is missing" "$embed" rules "$work/out.c" "$rule"

# What was measured decides what a rule may be.
rule bypass/x "{\"id\": \"bypass/x\", \"level\": \"medium\", \"measured\": {\"findings\": 25, \"true\": 20, \"repositories\": 9}, $words}"
"$embed" rules "$work/out.c" "$rule" || failed=1
grep -qF '.measured = {25, 20, 9}' "$work/out.c" || { echo "not ok - measured"; failed=1; }
rule bypass/x "{\"id\": \"bypass/x\", \"level\": \"medium\", \"measured\": {\"findings\": 25, \"true\": 19, \"repositories\": 9}, $words}"
refuses "rule that is wrong too often and on" "is \"on\": false" "$embed" rules "$work/out.c" "$rule"
rule bypass/x "{\"id\": \"bypass/x\", \"level\": \"high\", \"on\": false, \"measured\": {\"findings\": 100, \"true\": 94, \"repositories\": 9}, $words}"
refuses "high level below 95 of 100" "needs 95 of 100" "$embed" rules "$work/out.c" "$rule"
rule bypass/x "{\"id\": \"bypass/x\", \"level\": \"low\", \"measured\": {\"findings\": 3, \"true\": 4, \"repositories\": 1}, $words}"
refuses "more true than read" "says how many" "$embed" rules "$work/out.c" "$rule"

mkdir "$work/providers" "$work/clients"
client=$work/clients/c.json
echo '{"id": "c", "name": "C", "transport": "http", "entries": [{"global": "c"}], "requests": [{"url": 0}], "sources": []}' > "$client"
provider=$work/providers/p.json
echo '{"id": "p", "name": "P", "sources": [], "keys": [{"pattern": "a(b"}]}' > "$provider"
refuses "key pattern that does not compile" "key pattern 1" "$embed" catalog "$work/out.c" "$provider" "$client"
echo '{"id": "p", "name": "P", "sources": []}' > "$provider"
"$embed" catalog "$work/out.c" "$provider" "$client" || failed=1
refuses "file of another folder" "lies in neither" "$embed" catalog "$work/out.c" "$good"
refuses "no client" "no provider or no client" "$embed" catalog "$work/out.c" "$provider"
refuses "file that is not there" "cannot be opened" "$embed" catalog "$work/out.c" "$work/providers/none.json"
refuses "unknown order" "usage" "$embed" bake "$work/out.c" x

# Every byte of a text must arrive: quotes, trigraphs, digits after control bytes, UTF-8.
printf 'a"b\\c??=d\t1\n中"\n' > "$work/text"
"$embed" text "$work/out.c" the_text "$work/text" || failed=1
grep -qF '"a\042b\134c\077\077=d\0111\012中\042\012", 17}' "$work/out.c" || { echo "not ok - text"; failed=1; }

[ $failed = 0 ] && echo "ml_embed refuses what it should"
exit $failed
