/* json.c - an iterative JSON parser over blocks of nodes and one text buffer. */
#include "billing/json.h"

#include "base/text.h"
#include "billing/memory.h"
#include "billing/utf8.h"

#include <stdbool.h>
#include <string.h>

#define BLOCK_NODES 256
#define DEPTH_MAX   1000

typedef struct block {
    struct block *next;
    size_t used;
    bill_json_node nodes[BLOCK_NODES];
} block;

struct bill_json {
    block *blocks;
    char *texts; /* decoded strings never are longer than their source */
    size_t texts_used;
    bill_json_node *root;
};

typedef struct parser {
    bill_json *json;
    const char *start, *at, *end;
    bill_status status;
    const char *problem;
} parser;

static void *failed(parser *in, bill_status status, const char *problem)
{
    if (in->status == BILL_OK) {
        in->status = status;
        in->problem = problem;
    }
    return NULL;
}

static bill_json_node *new_node(parser *in, bill_json_kind kind)
{
    block *top = in->json->blocks;
    if (!top || top->used == BLOCK_NODES) {
        block *fresh = bill_alloc(sizeof *fresh);
        if (!fresh)
            return failed(in, BILL_ENOMEM, "out of memory");
        fresh->next = top;
        in->json->blocks = top = fresh;
    }
    bill_json_node *node = &top->nodes[top->used++];
    node->kind = kind;
    return node;
}

static void skip_blanks(parser *in)
{
    while (in->at < in->end && strchr(" \t\r\n", *in->at) && *in->at)
        in->at++;
}

static bool literal(parser *in, const char *word)
{
    size_t length = strlen(word);
    if ((size_t)(in->end - in->at) < length || memcmp(in->at, word, length) != 0)
        return false;
    in->at += length;
    return true;
}

static bool hex4(parser *in, uint32_t *out)
{
    uint32_t value = 0;
    if (in->end - in->at < 4)
        return false;
    for (int i = 0; i < 4; i++) {
        char c = *in->at++;
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0)
            return false;
        value = value << 4 | (uint32_t)digit;
    }
    *out = value;
    return true;
}

static size_t encode(char *out, uint32_t c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    size_t count = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = count - 1; i > 0; i--, c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3f));
    out[0] = (char)((0xf0 << (4 - count) & 0xff) | c);
    return count;
}

/* After the backslash. NUL would cut texts short, so it is refused. */
static bool escape(parser *in, char **out)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    uint32_t unit, low;
    if (in->at == in->end)
        return false;
    char c = *in->at++;
    const char *known = c ? strchr(from, c) : NULL;
    if (known) {
        *(*out)++ = to[known - from];
        return true;
    }
    if (c != 'u' || !hex4(in, &unit) || unit == 0)
        return false;
    if (unit >= 0xd800 && unit < 0xdc00) {
        if (!literal(in, "\\u") || !hex4(in, &low) || low < 0xdc00 || low > 0xdfff)
            return false;
        unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
    } else if (unit >= 0xdc00 && unit <= 0xdfff) {
        return false;
    }
    *out += encode(*out, unit);
    return true;
}

/* A quoted string, decoded into the text buffer. */
static const char *string(parser *in, size_t *length)
{
    char *start = in->json->texts + in->json->texts_used, *out = start;
    int64_t characters;
    in->at++;
    for (;;) {
        if (in->at == in->end || (unsigned char)*in->at < 0x20)
            return failed(in, BILL_EINVAL, "string without an end");
        char c = *in->at++;
        if (c == '"')
            break;
        if (c != '\\')
            *out++ = c;
        else if (!escape(in, &out))
            return failed(in, BILL_EINVAL, "bad escape");
    }
    *length = (size_t)(out - start);
    if (bill_utf8_count(&characters, start, *length, BILL_CHAR_CODE_POINT) != BILL_OK)
        return failed(in, BILL_EINVAL, "bytes that are no UTF-8");
    *out++ = '\0';
    in->json->texts_used += (size_t)(out - start);
    return start;
}

static size_t digits(parser *in)
{
    const char *start = in->at;
    while (in->at < in->end && *in->at >= '0' && *in->at <= '9')
        in->at++;
    return (size_t)(in->at - start);
}

static bool number(parser *in)
{
    if (in->at < in->end && *in->at == '-')
        in->at++;
    const char *first = in->at;
    size_t whole = digits(in);
    if (whole == 0 || (whole > 1 && *first == '0'))
        return false;
    if (in->at < in->end && *in->at == '.') {
        in->at++;
        if (digits(in) == 0)
            return false;
    }
    if (in->at < in->end && (*in->at == 'e' || *in->at == 'E')) {
        in->at++;
        if (in->at < in->end && (*in->at == '+' || *in->at == '-'))
            in->at++;
        return digits(in) > 0;
    }
    return true;
}

static bill_json_node *scalar(parser *in)
{
    static const struct {
        const char *word;
        bill_json_kind kind;
    } words[] = {
        {"null",  BILL_JSON_NULL },
        {"false", BILL_JSON_FALSE},
        {"true",  BILL_JSON_TRUE }
    };
    for (size_t i = 0; i < 3; i++)
        if (literal(in, words[i].word))
            return new_node(in, words[i].kind);
    bill_json_node *node = new_node(in, *in->at == '"' ? BILL_JSON_STRING : BILL_JSON_NUMBER);
    if (!node)
        return NULL;
    if (*in->at == '"') {
        node->text = string(in, &node->length);
        return node->text ? node : NULL;
    }
    const char *start = in->at;
    if (!number(in))
        return failed(in, BILL_EINVAL, "no JSON value");
    node->length = (size_t)(in->at - start);
    char *copy = in->json->texts + in->json->texts_used;
    memcpy(copy, start, node->length);
    copy[node->length] = '\0';
    in->json->texts_used += node->length + 1;
    node->text = copy;
    return node;
}

static void append(bill_json_node *parent, bill_json_node *node)
{
    node->parent = parent;
    if (parent->last)
        parent->last->next = node;
    else
        parent->child = node;
    parent->last = node;
}

/* A key and its colon, before the member's value. */
static bool read_key(parser *in, bill_json_node *object, const char **key, size_t *length)
{
    if (in->at == in->end || *in->at != '"')
        return failed(in, BILL_EINVAL, "a key was expected") != NULL;
    *key = string(in, length);
    if (!*key)
        return false;
    if (bill_json_get(object, *key))
        return failed(in, BILL_EINVAL, "a key comes twice") != NULL;
    skip_blanks(in);
    if (in->at == in->end || *in->at++ != ':')
        return failed(in, BILL_EINVAL, "a colon was expected") != NULL;
    skip_blanks(in);
    return true;
}

/* One value under `parent`; containers are only opened. */
static bill_json_node *read_value(parser *in, bill_json_node *parent)
{
    const char *key = NULL;
    size_t key_length = 0;
    bill_json_node *node;
    if (parent && parent->kind == BILL_JSON_OBJECT && !read_key(in, parent, &key, &key_length))
        return NULL;
    if (in->at == in->end)
        return failed(in, BILL_EINVAL, "the text ends too early");
    if (*in->at == '{' || *in->at == '[') {
        node = new_node(in, *in->at == '{' ? BILL_JSON_OBJECT : BILL_JSON_ARRAY);
        in->at++;
    } else {
        node = scalar(in);
    }
    if (!node)
        return NULL;
    node->key = key;
    node->key_length = key_length;
    if (parent)
        append(parent, node);
    return node;
}

/* Closes finished containers; returns the one still open, or NULL at the end.
 * `*more` says whether a further member is due. */
static bill_json_node *close_finished(parser *in, bill_json_node *open, bool fresh)
{
    while (open) {
        skip_blanks(in);
        if (in->at == in->end)
            return failed(in, BILL_EINVAL, "the text ends too early");
        char c = *in->at;
        if (c == (open->kind == BILL_JSON_OBJECT ? '}' : ']')) {
            in->at++;
            open = open->parent;
            fresh = false;
            continue;
        }
        if (fresh)
            return open;
        if (c != ',')
            return failed(in, BILL_EINVAL, "a comma was expected");
        in->at++;
        skip_blanks(in);
        return open;
    }
    return NULL;
}

static void run(parser *in)
{
    bill_json_node *open = NULL;
    int depth = 0;
    do {
        skip_blanks(in);
        bill_json_node *node = read_value(in, open);
        if (!node)
            return;
        if (!in->json->root)
            in->json->root = node;
        bool container = node->kind >= BILL_JSON_ARRAY;
        if (container) {
            open = node;
            depth = 0;
            for (const bill_json_node *up = node; up && depth <= DEPTH_MAX; up = up->parent)
                depth++;
            if (depth > DEPTH_MAX) {
                (void)failed(in, BILL_ERANGE, "nested too deeply");
                return;
            }
        }
        open = close_finished(in, open, container);
    } while (open);
    skip_blanks(in);
    if (in->status == BILL_OK && in->at != in->end)
        (void)failed(in, BILL_EINVAL, "text after the value");
}

bill_status bill_json_parse(bill_json **out, const char *text, size_t length, bill_error *error)
{
    parser in = {.start = text, .at = text, .end = text + length};
    in.json = bill_alloc(sizeof *in.json);
    if (!in.json)
        return bill_error_set(error, BILL_ENOMEM, "out of memory");
    /* a text of n bytes decodes to at most n, and every end of string or
     * number has a quote or separator of its own to pay for its NUL */
    in.json->texts = bill_alloc(length + 2);
    if (!in.json->texts)
        (void)failed(&in, BILL_ENOMEM, "out of memory");
    else
        run(&in);
    if (in.status != BILL_OK) {
        bill_json_free(in.json);
        return bill_error_set(error, in.status, "JSON, byte %zu: %s", (size_t)(in.at - in.start), in.problem);
    }
    *out = in.json;
    return BILL_OK;
}

void bill_json_free(bill_json *json)
{
    if (!json)
        return;
    for (block *b = json->blocks; b;) {
        block *next = b->next;
        bill_free(b);
        b = next;
    }
    bill_free(json->texts);
    bill_free(json);
}

const bill_json_node *bill_json_root(const bill_json *json)
{
    return json->root;
}

static const bill_json_node *member(const bill_json_node *node, const char *key, size_t length)
{
    if (!node || node->kind != BILL_JSON_OBJECT)
        return NULL;
    for (const bill_json_node *child = node->child; child; child = child->next)
        if (child->key_length == length && memcmp(child->key, key, length) == 0)
            return child;
    return NULL;
}

const bill_json_node *bill_json_get(const bill_json_node *node, const char *key)
{
    return member(node, key, strlen(key));
}

const bill_json_node *bill_json_at(const bill_json_node *node, const char *path)
{
    while (node && *path) {
        size_t length = strcspn(path, ".");
        node = member(node, path, length);
        path += length + (path[length] == '.');
    }
    return node;
}

const char *bill_json_string(const bill_json_node *node)
{
    return node && node->kind == BILL_JSON_STRING ? node->text : NULL;
}

bill_status bill_json_int(int64_t *out, const bill_json_node *node)
{
    if (!node || node->kind == BILL_JSON_NULL)
        return BILL_ENOTFOUND;
    if (node->kind != BILL_JSON_NUMBER)
        return BILL_EINVAL;
    return bill_parse_int(out, node->text, node->length);
}

bill_status bill_json_amount(bill_amount *out, const bill_json_node *node)
{
    if (!node || node->kind == BILL_JSON_NULL)
        return BILL_ENOTFOUND;
    if (node->kind == BILL_JSON_STRING)
        return bill_amount_parse(out, node->text, node->length);
    if (node->kind != BILL_JSON_NUMBER)
        return BILL_EINVAL;
    return bill_amount_parse_lenient(out, node->text, node->length, BILL_ROUND_EXACT);
}
