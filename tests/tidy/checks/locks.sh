# npm folders: locked, without install scripts, and without the address of any
# registry, so that they install from whichever mirror a machine is set to.
# Sample projects under fixtures are text to be scanned and never installed.
check() {
    for file in $(files_like '(^|/)package\.json$' | grep -vE '^(fixtures|tests)/'); do
        folder=$(dirname "$file")
        [ -f "$folder/package-lock.json" ] || echo "$file: no package-lock.json beside it"
        for line in omit-lockfile-registry-resolved=true ignore-scripts=true; do
            grep -qxF "$line" "$folder/.npmrc" 2>/dev/null || echo "$folder/.npmrc: lacks $line"
        done
    done
    for file in $(files_like '(^|/)(package-lock|npm-shrinkwrap)\.json$'); do
        grep -nE '"resolved"[[:space:]]*:' "$file" | sed "s,^\([0-9]*\):.*,$file:\1: names an address,"
    done
}

seed() {
    mkdir -p good bad fixtures/app
    echo '{}' | tee good/package.json bad/package.json >fixtures/app/package.json
    printf 'omit-lockfile-registry-resolved=true\nignore-scripts=true\n' >good/.npmrc
    echo '{ "integrity": "x" }' >good/package-lock.json
    printf '#ignore-scripts=true\nomit-lockfile-registry-resolved=true\n' >bad/.npmrc
    mkdir naked
    echo '{}' >naked/package.json
    printf '{\n "resolved" : "somewhere"\n}\n' >bad/package-lock.json
}

expected() {
    cat <<'END'
bad/.npmrc: lacks ignore-scripts=true
bad/package-lock.json:2: names an address
naked/.npmrc: lacks ignore-scripts=true
naked/.npmrc: lacks omit-lockfile-registry-resolved=true
naked/package.json: no package-lock.json beside it
END
}
