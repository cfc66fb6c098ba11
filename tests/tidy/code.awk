# Prints C sources as "path:line:code", comments blanked and string and character
# literals emptied. Knows no trigraphs, and no comment that is continued by a
# backslash: C17 sources of ours have none.
BEGIN {
    run["'"] = "^[^'\\\\]*(\\\\.)?"
    run["\""] = "^[^\"\\\\]*(\\\\.)?"
}
FNR == 1 { in_comment = 0 }
{
    out = ""
    rest = $0
    while (rest != "") {
        if (in_comment) {
            at = index(rest, "*/")
            if (!at) break
            in_comment = 0
            rest = substr(rest, at + 2)
            continue
        }
        if (!match(rest, /["']|\/[\/*]/)) {
            out = out rest
            break
        }
        out = out substr(rest, 1, RSTART - 1)
        mark = substr(rest, RSTART, RLENGTH)
        rest = substr(rest, RSTART + RLENGTH)
        if (mark == "//") break
        if (mark == "/*") {
            in_comment = 1
            out = out " "
        } else if (mark == "'" && out ~ /[0-9A-Fa-f]$/) {
            # no literal: a digit separator of a later standard
        } else {
            out = out mark mark
            while (match(rest, run[mark]) && RLENGTH > 0) {
                escaped = substr(rest, RLENGTH - 1, 1) == "\\"
                rest = substr(rest, RLENGTH + 1)
                if (!escaped) break
            }
            rest = substr(rest, 2)
        }
    }
    print FILENAME ":" FNR ":" out
}
