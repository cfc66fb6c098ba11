# Nothing in the repository may depend on one machine: no absolute paths of work
# trees or homes, no host names of package registries.
check() {
    files_like . | grep -vE '^(fixtures|rules/providers|rules/clients)/' | tr '\n' '\0' >"$work/list"
    # Written so that this file does not contain what it looks for.
    xargs -0 grep -HnIE '(^|[^A-Za-z0-9_.$})*])/(w[o]rk|r[o]ot|h[o]me/[a-z]+|U[s]ers/[A-Za-z]+|tmp/[a-z]+)(/|[^A-Za-z0-9_/-]|$)' <"$work/list" |
        sed 's,^\([^:]*:[0-9]*\):.*,\1: a path of one machine,'
    xargs -0 grep -HnIE 'n[p]mjs\.(org|com)|p[k]g\.dev|j[f]rog|a[r]tifactory|(^|[^A-Za-z0-9])(r[e]gistry|n[e]xus|mirrors?)\.[a-z0-9-]+\.[a-z]+' <"$work/list" |
        sed 's,^\([^:]*:[0-9]*\):.*,\1: the name of a registry,'
}

seed() {
    mkdir -p docs fixtures
    printf 'see /%s/main\nsee src/%s/main and "$dir/%s/x"\n' work work work >docs/a.md
    printf 'cd /%s/me/x\n# https://%s.org/x\n' home npmjs >run.sh
    printf 'host: %s.example.com\nmy registry is mine\n' registry >docs/b.yml
    printf '/%s/x\n' root >fixtures/a.ts
}

expected() {
    cat <<'END'
docs/a.md:1: a path of one machine
docs/b.yml:1: the name of a registry
run.sh:1: a path of one machine
run.sh:2: the name of a registry
END
}
