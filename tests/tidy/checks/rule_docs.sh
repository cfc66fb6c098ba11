# Each rule is in the documentation under its full id, with its state, and the
# documentation names no rule that is gone.
check() {
    page=docs/rules.md
    ids=$(files_like '^rules/[a-z]+/[a-z0-9-]+/rule\.json$' | sed 's,^rules/\(.*\)/rule\.json$,\1,')
    for id in $ids; do
        grep -qE "^#+ \`$id\`" "$page" 2>/dev/null || echo "$page: has no section for $id"
        state=yes
        ! grep -q '"on": *false' "rules/$id/rule.json" || state=no
        row=$(grep -F "| [\`$id\`]" "$page" 2>/dev/null) || continue
        case $row in *"| $state |"*) ;; *) echo "$page: $id is not said to be on: $state" ;; esac
    done
    [ -f "$page" ] || return 0
    sed -n 's/^#\{2,\} `\([^`]*\)`.*/\1/p' "$page" | while IFS= read -r id; do
        [ -f "rules/$id/rule.json" ] || echo "$page: describes $id, which is no rule"
    done
}

seed() {
    mkdir -p rules/bypass/direct-http rules/bypass/sdk-import rules/practice/rare docs
    echo '{}' | tee rules/bypass/direct-http/rule.json >rules/bypass/sdk-import/rule.json
    echo '{"on": false}' >rules/practice/rare/rule.json
    # shellcheck disable=SC2016 # Markdown, not commands
    printf '# Rules\n\n| [`practice/rare`](#r) | low | yes | |\n| [`bypass/direct-http`](#d) | high | yes | |\n\n%s\n' \
        '## `bypass/direct-http`' >docs/rules.md
    # shellcheck disable=SC2016
    printf '\n## `bypass/gone`\n\n## `practice/rare`\n\nbypass/sdk-import in passing\n' >>docs/rules.md
}

expected() {
    echo 'docs/rules.md: describes bypass/gone, which is no rule'
    echo 'docs/rules.md: has no section for bypass/sdk-import'
    echo 'docs/rules.md: practice/rare is not said to be on: no'
}
