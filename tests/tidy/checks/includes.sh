# Includes: none with '..' or an absolute path; a module of the analyzer sees only
# headers of modules its CMake file names in DEPENDS (and what those stand on);
# billing-core knows nothing of the analyzer; the parser library is for
# analyzer/syntax and grammars alone.

# "folder header" a line, for every public header of the analyzer.
public_headers() {
    files_like '^(analyzer|rules|reports)/(.*/)?include/ml/.*\.h$' |
        sed 's,^\(.*\)/include/\(ml/.*\)$,\1 \2,'
}

# "name FOLDER MODULE" and "depends MODULE MODULE", from the calls of ml_module, and of
# add_executable and target_link_libraries for what is a program.
dependencies() {
    files_like '^(analyzer|rules|reports)/(.*/)?CMakeLists\.txt$' | while IFS= read -r file; do
        sed 's/#.*//' "$file" | tr '\n' ' ' |
            grep -oE '(ml_module|add_executable|target_link_libraries)\([^)]*\)' |
            awk -v folder="${file%/CMakeLists.txt}" '{
                gsub(/[()]/, " ")
                sub(/^ml_/, "", $2)
                if ($1 == "target_link_libraries") {
                    for (i = 3; i <= NF; i++)
                        if (sub(/^ml_/, "", $i)) print "depends", $2, $i
                    next
                }
                if ($1 == "add_executable" && named) next
                named = 1
                depends = 0
                print "name", folder, $2
                for (i = 3; i <= NF; i++) {
                    if ($i == "DEPENDS") depends = 1
                    else if ($i ~ /^[A-Z]+$/) depends = 0
                    else if (depends) print "depends", $2, $i
                }
            }'
    done
}

# "path:line include" a line, angle brackets and quotes kept.
all_includes() {
    files_like '^(analyzer|rules|reports|billing-core|grammars|tests)/.*\.(c|h|def)$' |
        xargs awk 'match($0, /^[ \t]*#[ \t]*include[ \t]*[<"][^>"]*[>"]/) {
            text = substr($0, RSTART, RLENGTH)
            sub(/^[^<"]*/, "", text)
            print FILENAME ":" FNR " " text
        }'
}

check() {
    {
        dependencies
        public_headers | sed 's/^/header /'
        all_includes | sed 's/^/include /'
    } | awk '
    $1 == "name" { named[$2] = $3; next }
    # The module a path belongs to: that of the nearest folder above which is one.
    function module_of(path) {
        while (sub(/\/[^\/]*$/, "", path))
            if (path in named) return named[path]
        return "no module"
    }
    $1 == "header" { owner[$3] = module_of($2 "/" $3); next }
    $1 == "depends" { direct[$2] = direct[$2] " " $3; next }
    function allowed(module, other,    count, i, seen, queue, head, tail, parts) {
        split("", seen)
        head = 1; tail = 1; queue[1] = module; seen[module] = 1
        while (head <= tail) {
            if (queue[head] == other) return 1
            count = split(direct[queue[head]], parts, " ")
            for (i = 1; i <= count; i++)
                if (!(parts[i] in seen)) { seen[parts[i]] = 1; queue[++tail] = parts[i] }
            head++
        }
        return 0
    }
    {
        place = $2; path = place; sub(/:[0-9]+$/, "", path)
        quoted = substr($3, 1, 1) == "\""
        name = substr($3, 2, length($3) - 2)
        split(path, part, "/")
        top = part[1]
        module = module_of(path)

        if (("/" name "/") ~ /\/\.\.\//) { print place ": include with \"..\": " name; next }
        if (name ~ /^\//) { print place ": include of an absolute path: " name; next }
        if (name ~ /^tree_sitter\// && path !~ /^(analyzer\/syntax|grammars)\//) {
            print place ": the parser library outside analyzer/syntax and grammars: " name; next
        }
        if (!quoted && name ~ /^(ml|billing)\//) { print place ": ours, so in quotes: " name; next }
        if (top == "billing-core" && name ~ /^ml\//) {
            print place ": billing-core includes nothing of the analyzer: " name; next
        }
        if (top == "analyzer" || top == "rules" || top == "reports") {
            if (name ~ /^ml\//) {
                if (!(name in owner)) print place ": no module has this header: " name
                else if (!allowed(module, owner[name]))
                    print place ": " module " does not stand on " owner[name] ": " name
                next
            }
        }
        if (top == "analyzer" && quoted && name ~ /\// && name !~ /^(ml|billing)\//)
            print place ": not a header of a module: " name
    }'
}

seed() {
    mkdir -p reports/include/ml analyzer/low/include/ml analyzer/high/include/ml billing-core/src tests
    echo 'ml_module(low)' >analyzer/low/CMakeLists.txt
    printf 'ml_module(high\n  DEPENDS low LIBRARIES tree_sitter) # DEPENDS other\n' >analyzer/high/CMakeLists.txt
    echo 'ml_module(report DEPENDS high)' >reports/CMakeLists.txt
    printf '#include "ml/low.h"\n#include "ml/report.h"\n' >reports/include/ml/report.h
    printf '#include "ml/report.h"\n' >analyzer/high/up.c
    mkdir -p analyzer/program
    printf 'add_executable(program a.c)\ntarget_link_libraries(program PRIVATE ml_low other)\n' \
        >analyzer/program/CMakeLists.txt
    printf '#include "ml/low.h"\n#include "ml/report.h"\n' >analyzer/program/a.c
    : >analyzer/low/include/ml/low.h
    : >analyzer/high/include/ml/high.h
    printf '#include "ml/low.h"\n#include "ml/high.h"\n#include <stdio.h>\n' >analyzer/low/low.c
    printf '#include "ml/low.h"\n#include "ml/high.h"\n#include "../low/low.h"\n' >analyzer/high/high.c
    printf '#include <tree_sitter/api.h>\n#include "other/x.h"\n#  include <ml/low.h>\n' >analyzer/high/tree.c
    mkdir -p analyzer/high/sub/include/ml
    echo 'ml_module(sub DEPENDS low)' >analyzer/high/sub/CMakeLists.txt
    printf '#include "ml/low.h"\n#include "ml/high.h"\n' >analyzer/high/sub/include/ml/sub.h
    printf '#include "ml/gone.h"\n#include "private.h"\n' >analyzer/high/gone.c
    printf '#include "ml/low.h"\n#include "billing/money.h"\n' >billing-core/src/money.c
    printf '#include "/usr/include/stdio.h"\n// #include "../x.h"\n' >tests/a.c
}

expected() {
    cat <<'END'
analyzer/high/gone.c:1: no module has this header: ml/gone.h
analyzer/high/high.c:3: include with "..": ../low/low.h
analyzer/high/sub/include/ml/sub.h:2: sub does not stand on high: ml/high.h
analyzer/high/tree.c:1: the parser library outside analyzer/syntax and grammars: tree_sitter/api.h
analyzer/high/tree.c:2: not a header of a module: other/x.h
analyzer/high/tree.c:3: ours, so in quotes: ml/low.h
analyzer/high/up.c:1: high does not stand on report: ml/report.h
analyzer/program/a.c:2: program does not stand on report: ml/report.h
analyzer/low/low.c:2: low does not stand on high: ml/high.h
billing-core/src/money.c:1: billing-core includes nothing of the analyzer: ml/low.h
tests/a.c:1: include of an absolute path: /usr/include/stdio.h
END
}
