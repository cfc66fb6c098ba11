/* cli_test.c - the program billing from outside: what it prints, how it exits.
 *
 * The steps are one session on one database, in order. */
#include "check.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[64];

static const struct {
    const char *arguments;
    int exit_code;
    const char *prints; /* part of standard output; NULL: anything */
} steps[] = {
    {"--version",                                                                                                       0, "billing "                                                                                    },
    {"--help",                                                                                                          0, "reconcile"                                                                                   },
    {"bill --help",                                                                                                     0, "--cycle"                                                                                     },
    {"",                                                                                                                2, ""                                                                                            },
    {"frobnicate",                                                                                                      2, ""                                                                                            },
    {"bill 1 --zone UTC",                                                                                               2, ""                                                                                            },
    {"bill 1",                                                                                                          2, ""                                                                                            }, /* no tables yet */
    {"init --dry-run --dialect mariadb",                                                                                0, "DECIMAL(28,12)"                                                                              },
    {"init --dry-run",                                                                                                  0, "STRICT"                                                                                      },
    {"init --zone Nowhere/Land",                                                                                        2, ""                                                                                            },
    {"init --zone Asia/Shanghai",                                                                                       0, "schema version 1"                                                                            },
    {"init",                                                                                                            0, "as before"                                                                                   },
    {"init --dry-run",                                                                                                  0, ""                                                                                            },
    {"price set doubao-seed-1-6 --type token_based --input-price 0.0000005 --output-price 0.0000015 --from 2025-01-01",
     0,                                                                                                                    "price version 1"                                                                             },
    {"price set doubao-seed-1-6 --input-price 1 --from 2025-01-10",                                                     1, ""                                                                                            },
    {"price set tts-1 --type character --unit-price 0.000001 --from 2025-01-01",                                        0, ""                                                                                            },
    {"price set bad --input-price 5e-7",                                                                                2, ""                                                                                            },
    {"price list tts-1",                                                                                                0, "0.000001 / 1"                                                                                },
    {"record --user 123 --request c1 --model doubao-seed-1-6 --input-tokens 1000 --output-tokens 500",                  0,
     "c1: billed, bill 1, 0.00125 USD, 2025-01"                                                                                                                                                                          },
    {"record --user 123 --request c1 --model doubao-seed-1-6 --input-tokens 1000 --output-tokens 500",                  0, "as before"                                                                                   },
    {"record --user 123 --request c1 --model doubao-seed-1-6 --input-tokens 1001 --output-tokens 500",                  1, ""                                                                                            },
    {"record --user 123 --request c2 --model tts-1 --text 你好，欢迎使用 --json",                                0, "\"cost\":\"0.000007\""                                                                       },
    {"record --user 123 --request c3 --model unknown --input-tokens 1",                                                 0, "unpriced"                                                                                    },
    {"record --request c4 --model tts-1 --characters 1",                                                                2, ""                                                                                            },
    {"record --user 123 --request c5 --method composeMusic",                                                            2, ""                                                                                            },
    {"record --user 1x --request c6",                                                                                   2, ""                                                                                            },
    {"record --user 123 --request c7 --model doubao-seed-1-6 --input-tokens 1000",                                      0, "0.0005 USD"                                                                                  },
    {"record lines.jsonl",                                                                                              2, "l1: billed, bill 4"                                                                          },
    {"record --user 9 --request c8 --model m --response answer.json",                                                   0, "unpriced"                                                                                    },
    {"status paid 3 --reference bank-1",                                                                                0, "3: done"                                                                                     },
    {"status paid 3 --reference bank-1",                                                                                0, "3: done"                                                                                     },
    {"status paid 1 3",                                                                                                 1, "1: could be"                                                                                 },
    {"status cheerful 1",                                                                                               2, ""                                                                                            },
    {"bill 123",                                                                                                        0, "USD: total 0.001757, refunded 0, net 0.001757 (3)"                                           },
    {"bill 123 --json",                                                                                                 0, "\"totalCost\":0.001757,\"totalCostExact\":\"0.001757\""                                      },
    {"bill 123 --cycle 2025-13",                                                                                        2, ""                                                                                            },
    {"bill 123 --limit 5000",                                                                                           2, ""                                                                                            },
    {"export 123",                                                                                                      0, "2025-01-21 10:00:00,doubao-seed-1-6,按Token计费,1000,token,0.0000005,0.0005,已支付\r\n"},
    {"export 123 --prices --lang en",                                                                                   0, "status,input price,output price\r\n"                                                         },
    {"export 123 --output out.csv",                                                                                     0, ""                                                                                            },
    {"stats --from 2025-01-21 --to 2025-01-21 --json",                                                                  0, "\"totalRecords\":4"                                                                          },
    {"refund 3 0.0001 --reference r1",                                                                                  0, "3: refunded 0.0001"                                                                          },
    {"refund 3 0.01 --reference r2",                                                                                    1, ""                                                                                            },
    {"refund 3",                                                                                                        2, ""                                                                                            },
    {"backfill",                                                                                                        1, "2 without a bill: 0 billed, 2 unpriced"                                                      },
    {"reconcile",                                                                                                       0, "0 contradictions"                                                                            },
    {"close 2025-01",                                                                                                   1, ""                                                                                            },
    {"close 2025-01 --now 2025-02-02",                                                                                  0, "closed"                                                                                      },
    {"archive --now 2025-06-01",                                                                                        0, "1 archived"                                                                                  },
    {"reconcile --json",                                                                                                0, "\"count\":0"                                                                                 },
    {"bill 123 --cycle 2025-01",                                                                                        0, "net 0.001657 (3)"                                                                            },
};

static void write_file(const char *name, const char *text)
{
    FILE *file = fopen(name, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static int run(const char *arguments, char *out, size_t size)
{
    char line[1024];
    size_t used;
    const char *clock = strstr(arguments, "--now") ? "" : " --now 2025-01-21T02:00:00Z";
    bool plain = arguments[0] == '\0' || strncmp(arguments, "--", 2) == 0;
    (void)snprintf(line, sizeof line, BILLING_PROGRAM " %s%s%s 2>errors", arguments, plain ? "" : " --db test.db",
                   plain ? "" : clock);
    FILE *pipe = popen(line, "r");
    assert_non_null(pipe);
    used = fread(out, 1, size - 1, pipe);
    out[used] = '\0';
    int status = pclose(pipe);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void a_session(void **state)
{
    static char out[262144];
    struct stat info;
    char bom[4] = "";
    (void)state;
    write_file("lines.jsonl", "{\"request_id\":\"l1\",\"user_id\":5,\"model\":\"tts-1\",\"method\":\"textToSpeech\","
                              "\"character_count\":500}\n"
                              "\n{\"request_id\":\"l2\",\"user\":5}\n");
    write_file("answer.json", "{\"id\":\"x\",\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}");
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        int code = run(steps[i].arguments, out, sizeof out);
        if (code != steps[i].exit_code || (steps[i].prints && !strstr(out, steps[i].prints)))
            fail_msg("billing %s: exit %d, printed\n%.800s", steps[i].arguments, code, out);
        assert_int_equal(stat("errors", &info), 0);
        if (code != 0 && !strstr(out, "could be") && strncmp(steps[i].arguments, "backfill", 8) != 0)
            CHECK_CASE(steps[i].arguments, info.st_size > 0); /* a refusal says why */
    }
    FILE *file = fopen("out.csv", "rb");
    assert_non_null(file);
    assert_int_equal(fread(bom, 1, 3, file), 3);
    (void)fclose(file);
    assert_string_equal(bom, "\xef\xbb\xbf");
}

static void every_option_is_in_the_man_page(void **state)
{
    static char out[262144];
    static const char *const names[] = {"\\-\\-db", "\\-\\-reference", "\\-\\-prices", ".SS reconcile", "EXIT STATUS"};
    (void)state;
    assert_int_equal(run("--man", out, sizeof out), 0);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        CHECK_CASE(names[i], strstr(out, names[i]) != NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session),
        cmocka_unit_test(every_option_is_in_the_man_page),
    };
    (void)snprintf(folder, sizeof folder, "/tmp/billing-cli-XXXXXX");
    if (!mkdtemp(folder) || chdir(folder) != 0)
        return 1;
    int failures = cmocka_run_group_tests_name("billing command line", tests, NULL, NULL);
    static const char *const left[] = {"lines.jsonl", "answer.json", "out.csv",    "errors",
                                       "test.db",     "test.db-wal", "test.db-shm"};
    for (size_t i = 0; i < sizeof left / sizeof left[0]; i++)
        (void)unlink(left[i]);
    (void)rmdir(folder);
    return failures;
}
