# Each rule is in the documentation under its full id, and the documentation names no
# rule that is gone.
check() {
    page=docs/rules.md
    ids=$(files_like '^rules/[a-z]+/[a-z0-9-]+/rule\.json$' | sed 's,^rules/\(.*\)/rule\.json$,\1,')
    for id in $ids; do
        grep -qE "^#+ \`$id\`" "$page" 2>/dev/null || echo "$page: has no section for $id"
    done
    [ -f "$page" ] || return 0
    sed -n 's/^#\{2,\} `\([^`]*\)`.*/\1/p' "$page" | while IFS= read -r id; do
        [ -f "rules/$id/rule.json" ] || echo "$page: describes $id, which is no rule"
    done
}

seed() {
    mkdir -p rules/bypass/direct-http rules/bypass/sdk-import docs
    echo '{}' | tee rules/bypass/direct-http/rule.json >rules/bypass/sdk-import/rule.json
    # shellcheck disable=SC2016 # Markdown, not commands
    printf '# Rules\n\n## `bypass/direct-http`\n\n## `bypass/gone`\n\nbypass/sdk-import in passing\n' >docs/rules.md
}

expected() {
    echo 'docs/rules.md: describes bypass/gone, which is no rule'
    echo 'docs/rules.md: has no section for bypass/sdk-import'
}
