# Functions that cannot be called safely, or whose errors cannot be seen.
check() {
    files_like '^(analyzer|rules|reports|billing-core|grammars|tests)/.*\.(c|h|def)$' | code | awk '
        BEGIN {
            count = split("strcpy strcat sprintf vsprintf strtok atoi atol atoll atof gets", names, " ")
            for (i = 1; i <= count; i++) any = any (i > 1 ? "|" : "") names[i]
            any = "[^A-Za-z0-9_](" any ")[ \t]*\\("
        }
        $0 ~ any {
            match($0, /^[^:]*:[0-9]+:/)
            place = substr($0, 1, RLENGTH)
            text = " " substr($0, RLENGTH + 1)
            for (i = 1; i <= count; i++)
                if (text ~ "[^A-Za-z0-9_]" names[i] "[ \t]*\\(")
                    print place " banned function " names[i]
        }'
}

seed() {
    mkdir -p analyzer/x tests
    cat >analyzer/x/bad.c <<'END'
/* strcpy(a, b) in a comment */
void f(void) { strcpy(a, b); my_strcpy(a, b); log("sprintf(x)"); }
int g(void) { return atoi (s) + '"' + atol(s); }
void h(void) { fgets(a, 1, f); gets(a); snprintf(a, 1, ""); }
END
    echo 'char *t = strtok(s, ","); /* open' >tests/t.c
    echo 'strcat(a, b) closed */ ; vsprintf(a, b, c);' >>tests/t.c
}

expected() {
    cat <<'END'
analyzer/x/bad.c:2: banned function strcpy
analyzer/x/bad.c:3: banned function atoi
analyzer/x/bad.c:3: banned function atol
analyzer/x/bad.c:4: banned function gets
tests/t.c:1: banned function strtok
tests/t.c:2: banned function vsprintf
END
}
