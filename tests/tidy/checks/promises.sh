# No notes to come back later: what is missing is an issue, not a comment.
# Fixtures are other people's code in small and may say what they like.
check() {
    # Written so that this file does not name the words itself.
    files_like '\.(c|h|def|sh|awk|cmake|json|md|yml|yaml)$|(^|/)(CMakeLists\.txt|Makefile)$|^\.ci/' |
        grep -vE '^fixtures/|(^|/)package-lock\.json$' | tr '\n' '\0' |
        xargs -0 grep -HnE '(^|[^A-Za-z0-9_])(T[O]DO|F[I]XME|X[X]X|H[A]CK)([^A-Za-z0-9_]|$)' |
        sed 's,^\([^:]*:[0-9]*\):.*,\1: a note to come back later,'
}

seed() {
    mkdir -p src fixtures
    printf 'int a;\n/* T%s: later */\nint MASTODON, XXXXXX;\n' ODO >src/a.c
    printf '# F%s\n' IXME >Makefile
    printf '// T%s\n' ODO >fixtures/a.c
}

expected() {
    echo 'Makefile:1: a note to come back later'
    echo 'src/a.c:2: a note to come back later'
}
