# Every source opens with its purpose. A .c file whose first line includes the header
# of its own name may leave the words to that header; rules and tests have none.
# A CMake file of three lines or less says what it is by itself.
check() {
    files_like '\.(c|h|def|sh|awk|cmake)$|(^|/)(CMakeLists\.txt|Makefile)$|^\.ci/run$' |
        grep -vE '^fixtures/' |
        while IFS= read -r file; do
            awk -v file="$file" '
            NR == 1 && /^#!/ { next }
            {
                words = $0
                if (!seen && /^[ \t]*(\/\*|\/\/|#([^a-z]|$))/) {
                    gsub(/[^A-Za-z ]+/, " ", words)
                    comment = split(words, unused, " ") >= 2
                }
                own = file; sub(/.*\//, "", own); sub(/\.c$/, ".h", own)
                if (!seen++) first = $0
                if (comment || file !~ /CMakeLists\.txt$/) exit
            }
            END {
                if (comment || (file ~ /CMakeLists\.txt$/ && NR <= 3)) exit
                if (file ~ /\.c$/ && file !~ /^(rules|tests)\// && file !~ /_test\.c$/) {
                    included = first
                    if (sub(/^#include "/, "", included) && sub(/".*/, "", included)) {
                        sub(/.*\//, "", included)
                        if (included == own) exit
                    }
                }
                print file ": does not open with its purpose"
            }' "$file"
        done
}

seed() {
    mkdir -p a rules/x/y tests cmake
    printf '/* map.h - a map\n */\n' >a/map.h
    printf '#include "ml/map.h"\n' >a/map.c
    printf '#include "ml/map.h"\n' >a/other.c
    printf '#ifndef X\n' >a/bare.h
    printf '/* */\n' >a/empty.h
    printf '#include "rule.h"\n' >rules/x/y/rule.c
    printf '#include "map.h"\n' >tests/map.c
    printf '#!/bin/sh\nset -u\n' >a/run.sh
    printf '#!/bin/sh\n# Runs it all.\n' >a/good.sh
    printf 'ml_module(x)\n' >a/CMakeLists.txt
    printf 'a()\n# late\nb()\nc()\n' >cmake/CMakeLists.txt
}

expected() {
    cat <<'END'
a/bare.h: does not open with its purpose
a/empty.h: does not open with its purpose
a/other.c: does not open with its purpose
a/run.sh: does not open with its purpose
cmake/CMakeLists.txt: does not open with its purpose
rules/x/y/rule.c: does not open with its purpose
tests/map.c: does not open with its purpose
END
}
