/* "dist" is build output wherever it is met outside src. "build", "out" and "coverage"
 * are ordinary words for folders of source too (a page of that name, a module), so
 * they count as output only at the root or beside a package.json or tsconfig.json. */
#include "scope.h"

ml_folder_use ml_folder_use_of(ml_str name, bool below_src)
{
    static const char *const never[] = {".git", ".hg", ".svn"};
    static const char *const skip[] = {
        "node_modules", "bower_components", "jspm_packages", ".next", ".nuxt",    ".output",          ".turbo",
        ".cache",       ".svelte-kit",      ".vercel",       ".yarn", ".angular", ".parcel-cache",    ".vite",
        ".nyc_output",  ".docusaurus",      ".pnpm-store",   ".venv", ".netlify", "storybook-static",
    };
    static const char *const output[] = {"build", "out", "coverage"};

    if (ML_STR_IS_ONE_OF(name, never))
        return ML_FOLDER_NEVER;
    if (ML_STR_IS_ONE_OF(name, skip))
        return ML_FOLDER_SKIP;
    if (ml_str_eq_c(name, "dist"))
        return below_src ? ML_FOLDER_ENTER : ML_FOLDER_SKIP;
    return ML_STR_IS_ONE_OF(name, output) ? ML_FOLDER_OUTPUT : ML_FOLDER_ENTER;
}

bool ml_folder_is_test(ml_str name)
{
    static const char *const names[] = {"test",  "tests", "__tests__", "__mocks__", "__fixtures__", "spec",
                                        "specs", "e2e",   "fixtures",  "cypress",   "__snapshots__"};
    return ML_STR_IS_ONE_OF(name, names);
}

bool ml_file_is_test(ml_str name)
{
    static const char *const marks[] = {".test.", ".spec.", ".stories.", ".e2e-spec."};

    if (ml_str_find_char(name, '.') == ml_str_rfind_char(name, '.'))
        return false; /* most names; all marks have two */
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (ml_str_contains(name, ml_str_of(marks[i])))
            return true;
    return false;
}

bool ml_file_is_declaration(ml_str name)
{
    return ml_str_ends(name, ML_STR(".d.ts")) || ml_str_ends(name, ML_STR(".d.mts")) ||
           ml_str_ends(name, ML_STR(".d.cts"));
}

bool ml_file_marks_package(ml_str name)
{
    return ml_str_eq_c(name, "package.json") || ml_str_eq_c(name, "tsconfig.json");
}
