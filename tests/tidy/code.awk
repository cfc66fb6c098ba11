# Prints C source with comments blanked and string and character literals emptied;
# line numbers stay. Knows no trigraphs and no raw strings: C17 sources have none here.
BEGIN { in_comment = 0 }
{
    out = ""
    line = $0
    n = length(line)
    i = 1
    while (i <= n) {
        c = substr(line, i, 1)
        two = substr(line, i, 2)
        if (in_comment) {
            if (two == "*/") { in_comment = 0; i += 2 } else i++
        } else if (two == "/*") {
            in_comment = 1
            out = out " "
            i += 2
        } else if (two == "//") {
            break
        } else if (c == "\"" || (c == "'" && substr(line, i - 1, 1) !~ /[0-9A-Fa-f]/)) {
            quote = c
            i++
            while (i <= n && substr(line, i, 1) != quote) {
                if (substr(line, i, 1) == "\\") i++
                i++
            }
            i++
            out = out quote quote
        } else {
            out = out c
            i++
        }
    }
    print out
}
