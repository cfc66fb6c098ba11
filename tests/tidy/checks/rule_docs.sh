# Each rule has a page of its own under its full id and a row in the list, with its
# state, and no page is about a rule that is gone.
check() {
    list=docs/rules.md
    ids=$(files_like '^rules/[a-z]+/[a-z0-9-]+/rule\.json$' | sed 's,^rules/\(.*\)/rule\.json$,\1,')
    for id in $ids; do
        grep -qE "^# \`$id\`" "docs/rules/$id.md" 2>/dev/null || echo "docs/rules: has no page for $id"
        state=yes
        ! grep -q '"on": *false' "rules/$id/rule.json" || state=no
        row=$(grep -F "| [\`$id\`]" "$list" 2>/dev/null)
        case $row in *"| $state |"*) ;; *) echo "$list: $id is not said to be on: $state" ;; esac
    done
    files_like '^docs/rules/[a-z]+/[a-z0-9-]+\.md$' | sed 's,^docs/rules/\(.*\)\.md$,\1,' | while IFS= read -r id; do
        [ -f "rules/$id/rule.json" ] || echo "docs/rules: describes $id, which is no rule"
    done
}

seed() {
    mkdir -p rules/bypass/direct-http rules/bypass/sdk-import rules/practice/rare docs/rules/bypass docs/rules/practice
    echo '{}' | tee rules/bypass/direct-http/rule.json >rules/bypass/sdk-import/rule.json
    echo '{"on": false}' >rules/practice/rare/rule.json
    # shellcheck disable=SC2016 # Markdown, not commands
    printf '# Rules\n\n| [`practice/rare`](r) | low | yes | |\n| [`bypass/direct-http`](d) | high | yes | |\n%s\n' \
        '| [`bypass/sdk-import`](s) | high | yes | |' >docs/rules.md
    # shellcheck disable=SC2016
    echo '# `bypass/direct-http`' >docs/rules/bypass/direct-http.md
    # shellcheck disable=SC2016
    echo '# `bypass/gone`' >docs/rules/bypass/gone.md
    # shellcheck disable=SC2016
    echo '# `practice/rare`' >docs/rules/practice/rare.md
}

expected() {
    echo 'docs/rules: describes bypass/gone, which is no rule'
    echo 'docs/rules: has no page for bypass/sdk-import'
    echo 'docs/rules.md: practice/rare is not said to be on: no'
}
