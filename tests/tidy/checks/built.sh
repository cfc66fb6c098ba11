# No file nobody builds: each .c file of ours is compiled by the build being tested.
check() {
    if [ ! -f "$build/compile_commands.json" ]; then
        echo "$build: no compile_commands.json to compare with"
        return
    fi
    {
        sed -n 's/^ *"file": *"\(.*\)",\{0,1\} *$/built \1/p' "$build/compile_commands.json"
        files_like '^(analyzer|rules|reports|grammars|billing-core|tests)/.*\.c$' | sed 's/^/ours /'
    } | awk -v root="$root/" '
        $1 == "built" { built[substr($0, 7)] = 1; next }
        !((root substr($0, 6)) in built) { print substr($0, 6) ": no target builds it" }'
}

seed() {
    mkdir -p analyzer/x rules/a/b docs
    : >analyzer/x/used.c
    : >analyzer/x/forgotten.c
    : >rules/a/b/rule.c
    : >docs/example.c
    printf '[\n{\n  "directory": "/b",\n  "file": "%s"\n},\n{\n  "file": "%s",\n  "output": "o"\n}\n]\n' \
        "$root/analyzer/x/used.c" "$root/rules/a/b/rule.c" >"$build/compile_commands.json"
}

expected() {
    echo 'analyzer/x/forgotten.c: no target builds it'
}
