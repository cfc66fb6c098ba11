/* options.c - the one table of options and commands; parsing, help, man page. */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

/* Aligned by hand: the formatter of Debian 12 fails on this table. */
/* clang-format off */
static const struct {
    const char *name, *value, *help, *help_zh;
} options[OPT_COUNT] = {
    [OPT_DB] = {"db", "ADDRESS", "the store: a file, mariadb://..., postgres://...; default $BILLING_DB, else billing.db",
                "数据库：文件、mariadb://… 或 postgres://…；默认 $BILLING_DB，其次 billing.db"},
    [OPT_JSON] = {"json", NULL, "print JSON", "输出 JSON"},
    [OPT_LANG] = {"lang", "zh|en", "language of words and labels; default zh for export, else en", "语言"},
    [OPT_ACTOR] = {"actor", "NAME", "who the journal names; default $USER", "流水中记录的操作人"},
    [OPT_NOW] = {"now", "TIME", "act as if it were this time (UTC unless it says otherwise)", "以此时间为当前时间"},
    [OPT_HELP] = {"help", NULL, "print this", "显示帮助"},
    [OPT_VERSION] = {"version", NULL, "print the version", "显示版本"},
    [OPT_ZONE] = {"zone", "NAME", "time zone of the billing cycles; default Asia/Shanghai", "计费时区，默认 Asia/Shanghai"},
    [OPT_CURRENCY] = {"currency", "CODE", "three letters; for init the currency preferred, default USD", "货币代码"},
    [OPT_DRY_RUN] = {"dry-run", NULL, "print the statements, run none", "只打印语句，不执行"},
    [OPT_DIALECT] = {"dialect", "NAME", "with --dry-run: sqlite, mariadb or postgres, without opening a store", "SQL 方言"},
    [OPT_USER] = {"user", "ID", "the user", "用户"},
    [OPT_CYCLE] = {"cycle", "YYYY-MM", "the billing cycle; default the current one", "计费周期，默认本月"},
    [OPT_FROM] = {"from", "DAY", "first day, in the billing zone; for prices a time", "起始日"},
    [OPT_TO] = {"to", "DAY", "last day, included", "结束日（含）"},
    [OPT_LIMIT] = {"limit", "N", "records at most, 1 to 1000; default 100", "最多条数"},
    [OPT_AFTER] = {"after", "ID", "go on after this record", "从此记录之后继续"},
    [OPT_OUTPUT] = {"output", "FILE", "write there instead of standard output", "输出文件"},
    [OPT_NO_BOM] = {"no-bom", NULL, "no byte order mark in a file", "文件不带 BOM"},
    [OPT_PRICES] = {"prices", NULL, "two more columns: input and output price", "增加输入单价、输出单价两列"},
    [OPT_FOCUS] = {"focus", NULL, "the columns of FOCUS instead", "FOCUS 格式"},
    [OPT_REFERENCE] = {"reference", "TEXT", "of the payment or refund; makes a repeat harmless", "支付或退款凭证号，可安全重试"},
    [OPT_REASON] = {"reason", "TEXT", "written to the journal", "原因"},
    [OPT_AT] = {"at", "TIME", "when it happened; default now", "发生时间，默认现在"},
    [OPT_EARLY] = {"early", NULL, "close a cycle that has not ended", "周期未结束也关闭"},
    [OPT_BEFORE] = {"before", "DAY", "archive bills made before this day; default 90 days ago", "归档此日之前的账单，默认 90 天前"},
    [OPT_CLOSE_PREVIOUS] = {"close-previous", NULL, "a price still open ends where the new one starts", "新价格生效时结束旧价格"},
    [OPT_REQUEST] = {"request", "ID", "request id, made before the call", "请求 ID"},
    [OPT_MODEL] = {"model", "NAME", "the model", "模型"},
    [OPT_METHOD] = {"method", "NAME", "method of the bridge: generateChatCompletion, textToSpeech, ...", "AIBridge 方法名"},
    [OPT_INPUT_TOKENS] = {"input-tokens", "N", "input tokens, cached ones included", "输入 Token"},
    [OPT_OUTPUT_TOKENS] = {"output-tokens", "N", "output tokens", "输出 Token"},
    [OPT_CACHED_TOKENS] = {"cached-tokens", "N", "cached part of the input", "缓存命中的输入 Token"},
    [OPT_CHARACTERS] = {"characters", "N", "characters spoken", "字符数"},
    [OPT_TEXT] = {"text", "TEXT", "the text spoken; its characters are counted", "朗读的文本，按 Unicode 码点计数"},
    [OPT_IMAGES] = {"images", "N", "images returned", "图片数"},
    [OPT_SECONDS] = {"seconds", "N", "seconds of video or audio", "时长（秒）"},
    [OPT_STATUS] = {"status", "WORD", "of the call: success, partial, failed, timeout, cancelled", "调用状态"},
    [OPT_QUALIFIER] = {"qualifier", "TEXT", "what the price depends on besides the model: 1024x1024:hd, batch", "价格限定"},
    [OPT_PROVIDER] = {"provider", "NAME", "who serves the model", "供应商"},
    [OPT_INPUT_PRICE] = {"input-price", "AMOUNT", "price of input tokens", "输入单价"},
    [OPT_OUTPUT_PRICE] = {"output-price", "AMOUNT", "price of output tokens", "输出单价"},
    [OPT_UNIT_PRICE] = {"unit-price", "AMOUNT", "price of a character, image or second", "统一单价"},
    [OPT_PER] = {"per", "N", "units the price is for: 1, 1000, 1000000; default 1", "价格对应的单位数"},
    [OPT_TYPE] = {"type", "WORD", "billing type: token, character, count, second", "计费类型"},
    [OPT_RESPONSE] = {"response", "FILE", "a provider's JSON response; its usage is read", "供应商响应（JSON）"},
    [OPT_STREAM] = {"stream", "FILE", "a provider's event stream; its usage is read", "供应商事件流"},
    [OPT_LISTEN] = {"listen", "ADDRESS", "numeric address to listen on; default 127.0.0.1", "监听地址（数字形式），默认 127.0.0.1"},
    [OPT_PORT] = {"port", "N", "port to listen on; default 8080, 0 takes a free one and prints it", "监听端口，默认 8080；0 为任选空闲端口并打印"},
    [OPT_SECRET_FILE] = {"secret-file", "FILE", "secret of the tokens (HS256), at least 32 bytes; a newline at its end does not count",
                         "令牌（HS256）密钥文件，至少 32 字节，末尾换行不计"},
    [OPT_SECRET_ENV] = {"secret-env", "NAME", "environment variable that holds the secret; default BILLING_JWT_SECRET",
                        "存放密钥的环境变量，默认 BILLING_JWT_SECRET"},
    [OPT_ISSUER] = {"issuer", "NAME", "tokens must name this issuer (iss)", "令牌的签发者（iss）必须是它"},
    [OPT_AUDIENCE] = {"audience", "NAME", "tokens must be for this audience (aud)", "令牌的受众（aud）必须是它"},
    [OPT_WORKERS] = {"workers", "N", "threads that read, with a store connection each, 1 to 64; default 4; one more writes",
                     "读取线程数，各有一个数据库连接，1 到 64，默认 4；另有一个负责写入"},
    [OPT_CONNECTIONS] = {"connections", "N", "clients at once, 1 to 10000; default 256", "最大并发连接数，1 到 10000，默认 256"},
    [OPT_TIMEOUT] = {"timeout", "SECONDS", "for a client to send its headers, its body, and for a store that is busy; default 10",
                     "客户端发送请求头、请求体以及等待繁忙数据库的秒数，各自计时，默认 10"},
};

#define OPTIONS(...) (const option_id[]){__VA_ARGS__ OPT_COUNT}

const command commands[] = {
    {"init", "", "create the tables, or bring them up to date", "创建或升级数据表",
     OPTIONS(OPT_ZONE, OPT_CURRENCY, OPT_DRY_RUN, OPT_DIALECT, ), run_init},
    {"record", "[FILE]", "record a call and its bill: from options, or JSON usages of FILE, one a line; - is standard input",
     "记录用量并计费：由选项给出，或逐行读取 JSON",
     OPTIONS(OPT_USER, OPT_REQUEST, OPT_MODEL, OPT_METHOD, OPT_INPUT_TOKENS, OPT_OUTPUT_TOKENS, OPT_CACHED_TOKENS,
             OPT_CHARACTERS, OPT_TEXT, OPT_IMAGES, OPT_SECONDS, OPT_STATUS, OPT_QUALIFIER, OPT_AT, OPT_PROVIDER,
             OPT_RESPONSE, OPT_STREAM, ),
     run_record},
    {"bill", "USER", "the bill of a user and cycle", "用户账单", OPTIONS(OPT_CYCLE, OPT_LIMIT, OPT_AFTER, ), run_bill},
    {"export", "[USER]", "bills as CSV", "导出账单 CSV",
     OPTIONS(OPT_CYCLE, OPT_FROM, OPT_TO, OPT_OUTPUT, OPT_NO_BOM, OPT_PRICES, OPT_FOCUS, ), run_export},
    {"stats", "", "totals by type and status over days", "按类型与状态统计", OPTIONS(OPT_FROM, OPT_TO, OPT_USER, ), run_stats},
    {"status", "STATUS ID...", "change the status of bills, all or none: billed, paid, failed, cancelled",
     "更新计费状态（全部或全不）", OPTIONS(OPT_REFERENCE, OPT_REASON, OPT_AT, ), run_status},
    {"refund", "ID [AMOUNT]", "give back a part, or all that is left", "部分或全额退款", OPTIONS(OPT_REFERENCE, OPT_REASON, ),
     run_refund},
    {"backfill", "", "bill usages that have no bill", "补录计费记录", OPTIONS(OPT_FROM, OPT_TO, ), run_backfill},
    {"reconcile", "", "check every bill against usage, price and journal", "对账", OPTIONS(), run_reconcile},
    {"close", "CYCLE", "close a billing cycle", "关闭计费周期", OPTIONS(OPT_EARLY, ), run_close},
    {"archive", "", "move settled bills of closed cycles to the archive", "归档已结清账单", OPTIONS(OPT_BEFORE, ), run_archive},
    {"price", "set MODEL | list [MODEL] | import FILE", "prices with the time they hold", "价格管理",
     OPTIONS(OPT_TYPE, OPT_INPUT_PRICE, OPT_OUTPUT_PRICE, OPT_UNIT_PRICE, OPT_PER, OPT_CURRENCY, OPT_PROVIDER, OPT_QUALIFIER,
             OPT_FROM, OPT_TO, OPT_CLOSE_PREVIOUS, ),
     run_price},
    {"serve", "", "answer HTTP requests until SIGTERM", "提供 HTTP API，直到收到 SIGTERM",
     OPTIONS(OPT_LISTEN, OPT_PORT, OPT_SECRET_FILE, OPT_SECRET_ENV, OPT_ISSUER, OPT_AUDIENCE, OPT_WORKERS, OPT_CONNECTIONS,
             OPT_TIMEOUT, ),
     run_serve},
};
/* clang-format on */
const size_t command_count = sizeof commands / sizeof commands[0];

static const option_id general[] = {OPT_DB, OPT_JSON, OPT_LANG, OPT_ACTOR, OPT_NOW, OPT_HELP, OPT_VERSION, OPT_COUNT};

static bool among(const option_id *list, option_id id)
{
    for (; *list != OPT_COUNT; list++)
        if (*list == id)
            return true;
    return false;
}

static option_id find_option(const char *name, size_t length)
{
    for (int i = 0; i < OPT_COUNT; i++)
        if (strlen(options[i].name) == length && memcmp(options[i].name, name, length) == 0)
            return (option_id)i;
    return OPT_COUNT;
}

static const command *find_command(const char *name)
{
    for (size_t i = 0; i < command_count; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

int wrong(const invocation *in, const char *sentence, const char *detail)
{
    fprintf(stderr, "%s: %s%s%s\n", in->program, sentence, detail[0] ? ": " : "", detail);
    return EXIT_USAGE;
}

/* One "--name", "--name=value" or "--name value"; *i moves over its value. */
static int take_option(invocation *in, int argc, char **argv, int *i)
{
    const char *name = argv[*i] + 2, *equals = strchr(name, '=');
    option_id id = find_option(name, equals ? (size_t)(equals - name) : strlen(name));
    if (id == OPT_COUNT)
        return wrong(in, "no such option", argv[*i]);
    if (!options[id].value && equals)
        return wrong(in, "the option takes no value", argv[*i]);
    if (options[id].value && !equals && *i + 1 >= argc)
        return wrong(in, "the option needs a value", argv[*i]);
    in->given[id] = true;
    if (options[id].value)
        in->values[id] = equals ? equals + 1 : argv[++*i];
    return EXIT_DONE;
}

static int check(invocation *in)
{
    for (int id = 0; id < OPT_COUNT; id++)
        if (in->given[id] && in->command && !among(general, (option_id)id) &&
            !among(in->command->options, (option_id)id))
            return wrong(in, "the command does not take this option", options[id].name);
    const char *language = in->values[OPT_LANG];
    in->language = BILL_EN;
    if (language && strcmp(language, "zh") != 0 && strcmp(language, "en") != 0)
        return wrong(in, "--lang is zh or en", language);
    if (language ? strcmp(language, "zh") == 0 : in->command && strcmp(in->command->name, "export") == 0)
        in->language = BILL_ZH;
    return EXIT_DONE;
}

static int take_command(invocation *in, const char *name)
{
    in->command = find_command(name);
    return in->command ? EXIT_DONE : wrong(in, "no such command", name);
}

int parse_arguments(invocation *in, int argc, char **argv)
{
    bool only_words = false;
    for (int i = 1; i < argc; i++) {
        const char *arg = argv[i];
        int code = EXIT_DONE;
        if (!only_words && strcmp(arg, "--") == 0)
            only_words = true;
        else if (!only_words && strncmp(arg, "--", 2) == 0)
            code = take_option(in, argc, argv, &i);
        else if (!only_words && strcmp(arg, "-h") == 0)
            in->given[OPT_HELP] = true;
        else if (!in->command)
            code = take_command(in, arg);
        else if (in->word_count == WORDS_MAX)
            code = wrong(in, "too many words", "");
        else
            in->words[in->word_count++] = arg;
        if (code != EXIT_DONE)
            return code;
    }
    return check(in);
}

static void print_options(const invocation *in, FILE *to, const option_id *list)
{
    for (; *list != OPT_COUNT; list++) {
        char left[40];
        (void)snprintf(left, sizeof left, "--%s%s%s", options[*list].name, options[*list].value ? " " : "",
                       options[*list].value ? options[*list].value : "");
        fprintf(to, "  %-24s %s\n", left, say(in, options[*list].help_zh, options[*list].help));
    }
}

void print_help(const invocation *in, FILE *to)
{
    if (in->command) {
        fprintf(to, "billing %s %s\n\n%s\n\n", in->command->name, in->command->words,
                say(in, in->command->summary_zh, in->command->summary));
        print_options(in, to, in->command->options);
    } else {
        fprintf(to, "billing COMMAND ...\n\n");
        for (size_t i = 0; i < command_count; i++)
            fprintf(to, "  %-10s %s\n", commands[i].name, say(in, commands[i].summary_zh, commands[i].summary));
    }
    fprintf(to, "\n");
    print_options(in, to, general);
}

static void man_options(FILE *to, const option_id *list)
{
    for (; *list != OPT_COUNT; list++)
        fprintf(to, ".TP\n.B \\-\\-%s %s\n%s\n", options[*list].name, options[*list].value ? options[*list].value : "",
                options[*list].help);
}

void print_man(FILE *to)
{
    fprintf(to, ".TH BILLING 1\n.SH NAME\nbilling \\- exact bills for AI usage\n.SH SYNOPSIS\n.B billing\n"
                "COMMAND [OPTION]... [WORD]...\n.SH COMMANDS\n");
    for (size_t i = 0; i < command_count; i++) {
        fprintf(to, ".SS %s %s\n%s\n", commands[i].name, commands[i].words, commands[i].summary);
        man_options(to, commands[i].options);
    }
    fprintf(to, ".SH GENERAL OPTIONS\n");
    man_options(to, general);
    fprintf(to, ".SH EXIT STATUS\n0 done; 1 refused or contradictions found; 2 asked wrongly; 3 failed.\n");
}
