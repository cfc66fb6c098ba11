/* Which file a specifier stands for. Each case is a project whose first line names what is
 * asked: "from specifier"; the expected path is empty when it is no file of the project. */
#include "project.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static const struct {
    const char *name, *from, *specifier, *files, *expected;
} cases[] = {
    /* relative */
    {"sibling", "src/main.ts", "./a", "@@ src/main.ts\n@@ src/a.ts\n", "src/a.ts"},
    {"parent", "src/x/main.ts", "../a", "@@ src/x/main.ts\n@@ src/a.ts\n", "src/a.ts"},
    {"with extension", "src/main.ts", "./a.ts", "@@ src/main.ts\n@@ src/a.ts\n", "src/a.ts"},
    {"folder", "src/main.ts", "./a", "@@ src/main.ts\n@@ src/a/index.ts\n", "src/a/index.ts"},
    {"folder with slash", "src/main.ts", "./a/", "@@ src/main.ts\n@@ src/a/index.ts\n", "src/a/index.ts"},
    {"this folder", "src/x/main.ts", ".", "@@ src/x/main.ts\n@@ src/x/index.ts\n", "src/x/index.ts"},
    {"folder above", "src/x/main.ts", "..", "@@ src/x/main.ts\n@@ src/index.ts\n", "src/index.ts"},
    {"file before folder", "src/main.ts", "./a", "@@ src/main.ts\n@@ src/a.ts\n@@ src/a/index.ts\n", "src/a.ts"},
    {"ts before js", "src/main.ts", "./a", "@@ src/main.ts\n@@ src/a.ts\n@@ src/a.js\n", "src/a.ts"},
    {"js written, ts there", "src/main.ts", "./a.js", "@@ src/main.ts\n@@ src/a.ts\n", "src/a.ts"},
    {"js written, tsx there", "src/main.ts", "./a.js", "@@ src/main.ts\n@@ src/a.tsx\n", "src/a.tsx"},
    {"js written, js there", "src/main.ts", "./a.js", "@@ src/main.ts\n@@ src/a.js\n@@ src/a.ts\n", "src/a.js"},
    {"mjs is mts", "src/main.ts", "./a.mjs", "@@ src/main.ts\n@@ src/a.mts\n", "src/a.mts"},
    {"cjs is cts", "src/main.ts", "./a.cjs", "@@ src/main.ts\n@@ src/a.cts\n", "src/a.cts"},
    {"jsx is tsx", "src/main.ts", "./a.jsx", "@@ src/main.ts\n@@ src/a.tsx\n", "src/a.tsx"},
    {"jsx written, ts there", "src/main.ts", "./a.jsx", "@@ src/main.ts\n@@ src/a.ts\n", ""},
    {"ts written, js there", "src/main.ts", "./a.ts", "@@ src/main.ts\n@@ src/a.js\n", ""},
    {"tsx before vue", "src/main.ts", "./a", "@@ src/main.ts\n@@ src/a.vue\n@@ src/a.tsx\n", "src/a.tsx"},
    {"another kind of the same name", "src/main.ts", "./a", "@@ src/main.ts\n@@ src/a.sql\n", ""},
    {"name that ends as another's tail", "src/main.ts", "./a.sql", "@@ src/main.ts\n@@ src/a.sql\n@@ src/a.sql.ts\n", "src/a.sql"},
    {"folder named as a file", "src/main.ts", "./a.js", "@@ src/main.ts\n@@ src/a.js/index.ts\n", "src/a.js/index.ts"},
    {"name with a dot", "src/main.ts", "./a.service", "@@ src/main.ts\n@@ src/a.service.ts\n", "src/a.service.ts"},
    {"vue", "src/main.ts", "./A.vue", "@@ src/main.ts\n@@ src/A.vue\n", "src/A.vue"},
    {"json", "src/main.ts", "./a.json", "@@ src/main.ts\n@@ src/a.json\n{}\n", "src/a.json"},
    {"query of a bundler", "src/main.ts", "./a.ts?raw", "@@ src/main.ts\n@@ src/a.ts\n", "src/a.ts"},
    {"missing", "src/main.ts", "./b", "@@ src/main.ts\n@@ src/a.ts\n", ""},
    {"above the root", "main.ts", "../../a", "@@ main.ts\n@@ a.ts\n", ""},
    {"absolute", "src/main.ts", "/src/a", "@@ src/main.ts\n@@ src/a.ts\n", ""},
    {"empty", "src/main.ts", "", "@@ src/main.ts\n@@ src/index.ts\n", ""},
    {"package", "src/main.ts", "axios", "@@ src/main.ts\n@@ src/axios.ts\n", ""},
    {"builtin", "src/main.ts", "node:fs", "@@ src/main.ts\n@@ src/fs.ts\n", ""},
    /* tsconfig */
    {"paths", "src/main.ts", "@/a", "@@ src/main.ts\n@@ src/a.ts\n@@ tsconfig.json\n{\"compilerOptions\":{\"baseUrl\":\".\",\"paths\":{\"@/*\":[\"src/*\"]}}}\n", "src/a.ts"},
    {"paths without baseUrl", "src/main.ts", "@/a", "@@ src/main.ts\n@@ src/a.ts\n@@ tsconfig.json\n{\"compilerOptions\":{\"paths\":{\"@/*\":[\"./src/*\"]}}}\n", "src/a.ts"},
    {"paths below baseUrl", "src/main.ts", "@/a", "@@ src/main.ts\n@@ src/a.ts\n@@ tsconfig.json\n{\"compilerOptions\":{\"baseUrl\":\"src\",\"paths\":{\"@/*\":[\"*\"]}}}\n", "src/a.ts"},
    {"exact path", "src/main.ts", "cfg", "@@ src/main.ts\n@@ src/conf.ts\n@@ tsconfig.json\n{\"compilerOptions\":{\"paths\":{\"cfg\":[\"./src/conf\"]}}}\n", "src/conf.ts"},
    {"second target", "src/main.ts", "@/a", "@@ src/main.ts\n@@ lib/a.ts\n@@ tsconfig.json\n{\"compilerOptions\":{\"paths\":{\"@/*\":[\"./src/*\",\"./lib/*\"]}}}\n", "lib/a.ts"},
    {"longest head wins", "src/main.ts", "@/api/a", "@@ src/main.ts\n@@ src/api/a.ts\n@@ api/a.ts\n@@ tsconfig.json\n{\"compilerOptions\":{\"paths\":{\"@/*\":[\"./src/*\"],\"@/api/*\":[\"./api/*\"]}}}\n", "api/a.ts"},
    {"exact before star", "src/main.ts", "@/a", "@@ src/main.ts\n@@ src/a.ts\n@@ x.ts\n@@ tsconfig.json\n{\"compilerOptions\":{\"paths\":{\"@/*\":[\"./src/*\"],\"@/a\":[\"./x\"]}}}\n", "x.ts"},
    {"star in the middle", "src/main.ts", "@a/lib", "@@ src/main.ts\n@@ packages/a/src/lib.ts\n@@ tsconfig.json\n{\"compilerOptions\":{\"paths\":{\"@*/lib\":[\"./packages/*/src/lib\"]}}}\n", "packages/a/src/lib.ts"},
    {"baseUrl", "src/x/main.ts", "lib/a", "@@ src/x/main.ts\n@@ src/lib/a.ts\n@@ tsconfig.json\n{\"compilerOptions\":{\"baseUrl\":\"./src\"}}\n", "src/lib/a.ts"},
    {"comments and commas", "src/main.ts", "@/a", "@@ src/main.ts\n@@ src/a.ts\n@@ tsconfig.json\n{ // c\n \"compilerOptions\":{\"paths\":{\"@/*\":[\"./src/*\",],},},}\n", "src/a.ts"},
    {"nearest tsconfig", "p/src/main.ts", "@/a", "@@ p/src/main.ts\n@@ p/src/a.ts\n@@ src/a.ts\n@@ tsconfig.json\n{\"compilerOptions\":{\"paths\":{\"@/*\":[\"./src/*\"]}}}\n@@ p/tsconfig.json\n{\"compilerOptions\":{\"paths\":{\"@/*\":[\"./src/*\"]}}}\n", "p/src/a.ts"},
    {"extends", "p/src/main.ts", "@/a", "@@ p/src/main.ts\n@@ lib/a.ts\n@@ tsconfig.base.json\n{\"compilerOptions\":{\"baseUrl\":\".\",\"paths\":{\"@/*\":[\"lib/*\"]}}}\n@@ p/tsconfig.json\n{\"extends\":\"../tsconfig.base.json\"}\n", "lib/a.ts"},
    {"extends without extension", "p/src/main.ts", "@/a", "@@ p/src/main.ts\n@@ lib/a.ts\n@@ base.json\n{\"compilerOptions\":{\"paths\":{\"@/*\":[\"./lib/*\"]}}}\n@@ p/tsconfig.json\n{\"extends\":\"../base\"}\n", "lib/a.ts"},
    {"own paths before extended ones", "p/src/main.ts", "@/a", "@@ p/src/main.ts\n@@ lib/a.ts\n@@ p/src/a.ts\n@@ base.json\n{\"compilerOptions\":{\"paths\":{\"@/*\":[\"./lib/*\"]}}}\n@@ p/tsconfig.json\n{\"extends\":\"../base.json\",\"compilerOptions\":{\"paths\":{\"@/*\":[\"./src/*\"]}}}\n", "p/src/a.ts"},
    {"extends a list", "src/main.ts", "@/a", "@@ src/main.ts\n@@ lib/a.ts\n@@ one.json\n{}\n@@ two.json\n{\"compilerOptions\":{\"paths\":{\"@/*\":[\"./lib/*\"]}}}\n@@ tsconfig.json\n{\"extends\":[\"./one.json\",\"./two.json\"]}\n", "lib/a.ts"},
    {"of a list the later one counts", "src/main.ts", "@/a", "@@ src/main.ts\n@@ l1/a.ts\n@@ l2/a.ts\n@@ one.json\n{\"compilerOptions\":{\"paths\":{\"@/*\":[\"./l1/*\"]}}}\n@@ two.json\n{\"compilerOptions\":{\"paths\":{\"@/*\":[\"./l2/*\"]}}}\n@@ tsconfig.json\n{\"extends\":[\"./one.json\",\"./two.json\"]}\n", "l2/a.ts"},
    {"extends itself ends", "src/main.ts", "@/a", "@@ src/main.ts\n@@ src/a.ts\n@@ tsconfig.json\n{\"extends\":\"./tsconfig.json\",\"compilerOptions\":{\"paths\":{\"@/*\":[\"./src/*\"]}}}\n", "src/a.ts"},
    {"extends in a ring ends", "src/main.ts", "@/a", "@@ src/main.ts\n@@ src/a.ts\n@@ x.json\n{\"extends\":\"./tsconfig.json\"}\n@@ tsconfig.json\n{\"extends\":\"./x.json\"}\n", ""},
    {"lists that extend each other end", "src/main.ts", "@/a", "@@ src/main.ts\n@@ src/a.ts\n@@ x.json\n{\"extends\":[\"./tsconfig.json\",\"./tsconfig.json\",\"./x.json\",\"./x.json\",\"./x.json\",\"./x.json\"]}\n@@ tsconfig.json\n{\"extends\":[\"./x.json\",\"./x.json\",\"./tsconfig.json\",\"./x.json\",\"./x.json\",\"./x.json\"]}\n", ""},
    {"references", "src/main.ts", "@/a", "@@ src/main.ts\n@@ src/a.ts\n@@ tsconfig.app.json\n{\"compilerOptions\":{\"paths\":{\"@/*\":[\"./src/*\"]}}}\n@@ tsconfig.json\n{\"files\":[],\"references\":[{\"path\":\"./tsconfig.app.json\"}]}\n", "src/a.ts"},
    {"jsconfig", "src/main.js", "@/a", "@@ src/main.js\n@@ src/a.js\n@@ jsconfig.json\n{\"compilerOptions\":{\"paths\":{\"@/*\":[\"./src/*\"]}}}\n", "src/a.js"},
    {"tsconfig before jsconfig", "src/main.js", "@/a", "@@ src/main.js\n@@ src/a.js\n@@ lib/a.js\n@@ jsconfig.json\n{\"compilerOptions\":{\"paths\":{\"@/*\":[\"./src/*\"]}}}\n@@ tsconfig.json\n{\"compilerOptions\":{\"paths\":{\"@/*\":[\"./lib/*\"]}}}\n", "lib/a.js"},
    {"tsconfig that does not parse", "src/main.ts", "@/a", "@@ src/main.ts\n@@ src/a.ts\n@@ tsconfig.json\n{\"compilerOptions\":\n", ""},
    {"tsconfig that is no object", "src/main.ts", "@/a", "@@ src/main.ts\n@@ src/a.ts\n@@ tsconfig.json\n[1]\n", ""},
    {"paths of odd types", "src/main.ts", "@/a", "@@ src/main.ts\n@@ src/a.ts\n@@ tsconfig.json\n{\"compilerOptions\":{\"baseUrl\":3,\"paths\":{\"@/*\":[7,null,\"./src/*\"]}}}\n", "src/a.ts"},
    /* package.json */
    {"workspace main", "a/main.ts", "@o/b", "@@ a/main.ts\n@@ b/src/x.ts\n@@ b/package.json\n{\"name\":\"@o/b\",\"main\":\"src/x.ts\"}\n", "b/src/x.ts"},
    {"workspace without main", "a/main.ts", "@o/b", "@@ a/main.ts\n@@ b/src/index.ts\n@@ b/package.json\n{\"name\":\"@o/b\"}\n", "b/src/index.ts"},
    {"workspace index at the top", "a/main.ts", "b", "@@ a/main.ts\n@@ b/index.js\n@@ b/package.json\n{\"name\":\"b\"}\n", "b/index.js"},
    {"below a workspace", "a/main.ts", "@o/b/lib/x", "@@ a/main.ts\n@@ b/lib/x.ts\n@@ b/package.json\n{\"name\":\"@o/b\"}\n", "b/lib/x.ts"},
    {"below a workspace's src", "a/main.ts", "@o/b/x", "@@ a/main.ts\n@@ b/src/x.ts\n@@ b/package.json\n{\"name\":\"@o/b\"}\n", "b/src/x.ts"},
    {"exports text", "a/main.ts", "b", "@@ a/main.ts\n@@ b/e.ts\n@@ b/package.json\n{\"name\":\"b\",\"exports\":\"./e.ts\"}\n", "b/e.ts"},
    {"exports conditions", "a/main.ts", "b", "@@ a/main.ts\n@@ b/e.ts\n@@ b/package.json\n{\"name\":\"b\",\"exports\":{\"import\":\"./e.ts\",\"require\":\"./f.cjs\"}}\n", "b/e.ts"},
    {"exports dot", "a/main.ts", "b", "@@ a/main.ts\n@@ b/e.ts\n@@ b/package.json\n{\"name\":\"b\",\"exports\":{\".\":{\"import\":{\"default\":\"./e.ts\"}}}}\n", "b/e.ts"},
    {"exports below", "a/main.ts", "b/x", "@@ a/main.ts\n@@ b/y.ts\n@@ b/package.json\n{\"name\":\"b\",\"exports\":{\"./x\":\"./y.ts\"}}\n", "b/y.ts"},
    {"exports star", "a/main.ts", "b/m/x", "@@ a/main.ts\n@@ b/src/x.ts\n@@ b/package.json\n{\"name\":\"b\",\"exports\":{\"./m/*\":\"./src/*.ts\"}}\n", "b/src/x.ts"},
    {"exports list", "a/main.ts", "b", "@@ a/main.ts\n@@ b/e.ts\n@@ b/package.json\n{\"name\":\"b\",\"exports\":{\".\":[\"./e.ts\"]}}\n", "b/e.ts"},
    {"types stand for the source", "a/main.ts", "b", "@@ a/main.ts\n@@ b/src/e.ts\n@@ b/tsconfig.json\n{\"compilerOptions\":{\"outDir\":\"dist\",\"rootDir\":\"src\"}}\n@@ b/package.json\n{\"name\":\"b\",\"types\":\"dist/e.d.ts\",\"main\":\"dist/e.js\"}\n", "b/src/e.ts"},
    {"dist stands for src", "a/main.ts", "b", "@@ a/main.ts\n@@ b/src/e.ts\n@@ b/tsconfig.json\n{\"compilerOptions\":{\"outDir\":\"./dist\",\"rootDir\":\"./src\"}}\n@@ b/package.json\n{\"name\":\"b\",\"main\":\"./dist/e.js\"}\n", "b/src/e.ts"},
    {"dist stands for src without rootDir", "a/main.ts", "b", "@@ a/main.ts\n@@ b/src/e.ts\n@@ b/tsconfig.json\n{\"compilerOptions\":{\"outDir\":\"dist\"}}\n@@ b/package.json\n{\"name\":\"b\",\"main\":\"dist/e.js\"}\n", "b/src/e.ts"},
    {"dist2 is not dist", "a/main.ts", "b", "@@ a/main.ts\n@@ b/src/2/e.ts\n@@ b/tsconfig.json\n{\"compilerOptions\":{\"outDir\":\"dist\",\"rootDir\":\"src\"}}\n@@ b/package.json\n{\"name\":\"b\",\"main\":\"dist2/e.js\"}\n", ""},
    {"self reference", "src/main.ts", "me/x", "@@ src/main.ts\n@@ src/x.ts\n@@ package.json\n{\"name\":\"me\"}\n", "src/x.ts"},
    {"imports field", "src/main.ts", "#db", "@@ src/main.ts\n@@ src/db.ts\n@@ package.json\n{\"name\":\"me\",\"imports\":{\"#db\":\"./src/db.ts\"}}\n", "src/db.ts"},
    {"imports star", "src/main.ts", "#lib/x", "@@ src/main.ts\n@@ src/lib/x.ts\n@@ package.json\n{\"imports\":{\"#lib/*\":\"./src/lib/*.ts\"}}\n", "src/lib/x.ts"},
    {"hash over tsconfig paths", "src/main.ts", "#/x", "@@ src/main.ts\n@@ src/x.ts\n@@ tsconfig.json\n{\"compilerOptions\":{\"paths\":{\"#/*\":[\"./src/*\"]}}}\n", "src/x.ts"},
    {"path alias that looks like a workspace", "src/main.ts", "b/x", "@@ src/main.ts\n@@ src/b/x.ts\n@@ b/x.ts\n@@ b/package.json\n{\"name\":\"b\"}\n@@ tsconfig.json\n{\"compilerOptions\":{\"paths\":{\"b/*\":[\"./src/b/*\"]}}}\n", "src/b/x.ts"},
    {"package.json that does not parse", "a/main.ts", "b", "@@ a/main.ts\n@@ b/index.ts\n@@ b/package.json\n{\"name\":\"b\"\n", ""},
};

static void test_resolution(void **state)
{
    int failed = 0;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        project p;
        project_open(&p, cases[i].files);
        ml_file_id from = project_file(&p, cases[i].from);
        assert_true(from != 0);
        ml_str got = ml_link_path(p.link, ml_link_resolve(p.link, from, ml_str_of(cases[i].specifier)));
        if (!ml_str_eq_c(got, cases[i].expected)) {
            print_error("%s: \"%s\"\n  expected  %s\n  got       %.*s\n", cases[i].name, cases[i].specifier, cases[i].expected,
                        ML_STR_ARG(got));
            failed++;
        }
        project_close(&p);
    }
    assert_int_equal(failed, 0);
}

static const struct {
    const char *name, *manifest, *specifier, *expected;
} packages[] = {
    {"as written", "{}", "openai", "openai"},
    {"below a package", "{}", "openai/resources", "openai/resources"},
    {"alias", "{\"dependencies\":{\"ai-sdk\":\"npm:openai@^4\"}}", "ai-sdk", "openai"},
    {"alias without version", "{\"dependencies\":{\"ai-sdk\":\"npm:openai\"}}", "ai-sdk", "openai"},
    {"alias of a scoped package", "{\"devDependencies\":{\"claude\":\"npm:@anthropic-ai/sdk@0.1\"}}", "claude", "@anthropic-ai/sdk"},
    {"alias of a scoped package without version", "{\"dependencies\":{\"claude\":\"npm:@anthropic-ai/sdk\"}}", "claude", "@anthropic-ai/sdk"},
    {"below an alias", "{\"dependencies\":{\"ai-sdk\":\"npm:openai@4\"}}", "ai-sdk/resources", "openai"},
    {"version is no alias", "{\"dependencies\":{\"openai\":\"^4\"}}", "openai", "openai"},
    {"version of an odd type", "{\"dependencies\":{\"openai\":4}}", "openai", "openai"},
};

static void test_packages(void **state)
{
    int failed = 0;

    (void)state;
    for (size_t i = 0; i < sizeof packages / sizeof *packages; i++) {
        project p;
        ml_arena arena = {0};
        ml_str files = ml_arena_printf(&arena, "@@ src/main.ts\n@@ package.json\n%s\n", packages[i].manifest);
        project_open(&p, files.data);
        ml_str got = ml_link_package_of(p.link, project_file(&p, "src/main.ts"), ml_str_of(packages[i].specifier));
        if (!ml_str_eq_c(got, packages[i].expected)) {
            print_error("%s: expected %s, got %.*s\n", packages[i].name, packages[i].expected, ML_STR_ARG(got));
            failed++;
        }
        project_close(&p);
        ml_arena_finish(&arena);
    }
    assert_int_equal(failed, 0);
}

/* Which imports exist at run time: TypeScript erases what is only used as a type. */
static const struct {
    const char *name, *files, *from;
    bool value;
} imports[] = {
    {"used as a value", "import A from 'a'; new A();", "src/main.ts", true},
    {"used as a type only", "import A from 'a'; let x: A;", "src/main.ts", false},
    {"not used", "import A from 'a';", "src/main.ts", false},
    {"type import", "import type A from 'a'; ", "src/main.ts", false},
    {"inline type", "import { type A } from 'a';", "src/main.ts", false},
    {"bare", "import 'a';", "src/main.ts", true},
    {"exported on", "import { A } from 'a'; export { A };", "src/main.ts", true},
    {"not used, kept by the compiler", "import A from 'a';\n@@ tsconfig.json\n{\"compilerOptions\":{\"verbatimModuleSyntax\":true}}", "src/main.ts", true},
    {"type import, kept by no compiler", "import type A from 'a';\n@@ tsconfig.json\n{\"compilerOptions\":{\"verbatimModuleSyntax\":true}}", "src/main.ts", false},
    {"kept by an extended configuration", "import A from 'a';\n@@ base.json\n{\"compilerOptions\":{\"preserveValueImports\":true}}\n@@ tsconfig.json\n{\"extends\":\"./base.json\"}", "src/main.ts", true},
    {"JavaScript erases nothing", "\n@@ src/a.js\nimport A from 'a';", "src/a.js", true},
};

static void test_imports(void **state)
{
    int failed = 0;

    (void)state;
    for (size_t i = 0; i < sizeof imports / sizeof *imports; i++) {
        project p;
        project_open(&p, imports[i].files);
        if (ml_link_import_is_value(p.link, project_file(&p, imports[i].from), 0) != imports[i].value) {
            print_error("%s: expected %d\n", imports[i].name, imports[i].value);
            failed++;
        }
        project_close(&p);
    }
    assert_int_equal(failed, 0);
}

static const struct {
    const char *path, *files;
    bool inside;
} bridges[] = {
    {"services/ai/bridge/a.ts", "@@ services/ai/bridge/a.ts\n", true},
    {"src/services/ai/bridge/deep/a.ts", "@@ src/services/ai/bridge/deep/a.ts\n", true},
    {"server/src/services/ai/bridge/a.ts", "@@ server/src/services/ai/bridge/a.ts\n", true},
    {"services/ai/a.ts", "@@ services/ai/a.ts\n", false},
    {"evil/services/ai/bridge/a.ts", "@@ evil/services/ai/bridge/a.ts\n", false},
    {"packages/api/src/services/ai/bridge/a.ts", "@@ packages/api/package.json\n{}\n@@ packages/api/src/services/ai/bridge/a.ts\n", true},
    {"packages/api/x/services/ai/bridge/a.ts", "@@ packages/api/package.json\n{}\n@@ packages/api/x/services/ai/bridge/a.ts\n", false},
};

static void test_bridge_files(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bridges / sizeof *bridges; i++) {
        project p;
        project_open(&p, bridges[i].files);
        if (ml_link_in_bridge(p.link, project_file(&p, bridges[i].path)) != bridges[i].inside)
            fail_msg("%s", bridges[i].path);
        project_close(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_resolution),
        cmocka_unit_test(test_packages),
        cmocka_unit_test(test_imports),
        cmocka_unit_test(test_bridge_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
