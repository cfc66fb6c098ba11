/* The part of the standard library that makes, cuts and joins strings. What is not
 * here yields an unknown, never a guess. */
#include "link_internal.h"

#include "ml/digits.h"
#include "ml/buf.h"

typedef struct builtin_call {
    ml_file_id file;
    ml_node_id call;
    const ml_frame *frame;
    ml_place place;
} builtin_call;

static ml_values arg(ml_eval *eval, const builtin_call *at, uint32_t n)
{
    return ml_arg(eval, at->file, at->call, n, at->frame);
}

static uint32_t arg_count(ml_eval *eval, const builtin_call *at)
{
    return ml_child_count(ml_facts_in(eval, at->file), at->call, ML_ROLE_ARG);
}

/* The argument if it is one literal text. */
static bool literal_arg(ml_eval *eval, const builtin_call *at, uint32_t n, ml_str *text)
{
    ml_values values = arg(eval, at, n);
    return values.count == 1 && ml_value_literal(eval, &values.items[0], text);
}

static ml_values text_value(ml_eval *eval, ml_str text, ml_place place)
{
    return ml_one(eval, ml_string_value(eval, text, place));
}

static bool parse_index(ml_str text, size_t len, size_t *out)
{
    bool negative = text.len && text.data[0] == '-';
    size_t number = 0;

    for (size_t i = negative; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9' || number > len)
            return false;
        number = number * 10 + (size_t)(text.data[i] - '0');
    }
    if (number > len)
        number = len;
    *out = negative ? len - number : number;
    return text.len > (negative ? 1u : 0u);
}

/* ---- encodings ---- */

static ml_str base64_decode(ml_arena *arena, ml_str text)
{
    char *out = ml_arena_bytes(arena, text.len + 1);
    size_t len = 0;
    uint32_t bits = 0;
    int held = 0;

    for (size_t i = 0; i < text.len; i++) {
        int digit = ml_base64_digit(text.data[i]);
        if (digit < 0)
            continue;
        bits = (bits << 6 | (uint32_t)digit) & 0xffffff;
        held += 6;
        if (held >= 8) {
            held -= 8;
            out[len++] = (char)(bits >> held & 0xff);
        }
    }
    return (ml_str){out, len};
}

static ml_str hex_decode(ml_arena *arena, ml_str text, bool percent)
{
    char *out = ml_arena_bytes(arena, text.len + 1);
    size_t len = 0;

    for (size_t i = 0; i < text.len; i++) {
        size_t at = percent ? i + 1 : i;
        bool coded = (!percent || text.data[i] == '%') && at + 1 < text.len && ml_hex_digit(text.data[at]) >= 0 &&
                     ml_hex_digit(text.data[at + 1]) >= 0;
        if (coded) {
            out[len++] = (char)(ml_hex_digit(text.data[at]) * 16 + ml_hex_digit(text.data[at + 1]));
            i = at + 1;
        } else if (percent) {
            out[len++] = text.data[i];
        }
    }
    return (ml_str){out, len};
}

/* ---- methods of strings ---- */

static ml_values map_text(ml_eval *eval, const ml_value *receiver, ml_str text)
{
    ml_value value = ml_string_value(eval, text, receiver->piece_count ? receiver->pieces[0].place : receiver->place);
    return ml_one(eval, value);
}

static ml_str upper(ml_arena *arena, ml_str text)
{
    char *out = ml_arena_bytes(arena, text.len + 1);

    for (size_t i = 0; i < text.len; i++)
        out[i] = text.data[i] >= 'a' && text.data[i] <= 'z' ? (char)(text.data[i] - 32) : text.data[i];
    return (ml_str){out, text.len};
}

/* Case is changed piece by piece, so that holes stay where they are. */
static ml_values change_case(ml_eval *eval, const ml_value *receiver, bool to_upper)
{
    ml_value value = *receiver;
    ml_piece *pieces = ML_NEW_ARRAY(&eval->arena, ml_piece, receiver->piece_count);

    for (uint32_t i = 0; i < receiver->piece_count; i++) {
        pieces[i] = receiver->pieces[i];
        if (pieces[i].hole == ML_HOLE_NONE)
            pieces[i].text =
                to_upper ? upper(&eval->arena, pieces[i].text) : ml_arena_lower(&eval->arena, pieces[i].text);
    }
    value.pieces = pieces;
    return ml_one(eval, value);
}

static ml_str replace_text(ml_arena *arena, ml_str text, ml_str from, ml_str to, bool all)
{
    ml_buf buf = {0};
    bool done = false;

    while (text.len) {
        size_t at = !from.len || done ? ML_NOT_FOUND : ml_str_find(text, from);
        if (at == ML_NOT_FOUND)
            break;
        ml_buf_str(&buf, ml_str_slice(text, 0, at));
        ml_buf_str(&buf, to);
        text = ml_str_from(text, at + from.len);
        done = !all;
    }
    ml_buf_str(&buf, text);
    ml_str out = ml_arena_copy(arena, ml_buf_view(&buf));
    ml_buf_finish(&buf);
    return out;
}

/* A regular expression that is plain text, "/^https:/" aside: letters and escaped marks only. */
static bool plain_regex(ml_eval *eval, const builtin_call *at, ml_str *text, bool *global)
{
    const ml_facts *facts = ml_facts_in(eval, at->file);
    ml_node_id node = ml_child(facts, at->call, ML_ROLE_ARG);

    if (ml_kind_of(facts, node) != ML_NODE_REGEX)
        return false;
    ml_str source = ml_text_of(facts, node);
    size_t end = ml_str_rfind_char(source, '/');
    if (end == ML_NOT_FOUND || end < 1)
        return false;
    *global = ml_str_find_char(ml_str_from(source, end + 1), 'g') != ML_NOT_FOUND;
    char *out = ml_arena_bytes(&eval->arena, source.len + 1);
    size_t len = 0;
    for (size_t i = 1; i < end; i++) {
        char c = source.data[i];
        if (c == '\\' && i + 1 < end && strchr("./:-_", source.data[i + 1]))
            c = source.data[++i];
        else if (strchr("\\^$.|?*+()[]{}", c))
            return false;
        out[len++] = c;
    }
    *text = (ml_str){out, len};
    return len > 0;
}

/* A regular expression for the slashes at the end, with nothing put in their place. */
static bool cuts_end_slashes(ml_eval *eval, const builtin_call *at)
{
    const ml_facts *facts = ml_facts_in(eval, at->file);
    ml_node_id node = ml_child(facts, at->call, ML_ROLE_ARG);
    ml_str source = ml_kind_of(facts, node) == ML_NODE_REGEX ? ml_text_of(facts, node) : ML_STR_NONE, to;

    return (ml_str_starts(source, ML_STR("/\\/$/")) || ml_str_starts(source, ML_STR("/\\/+$/")) ||
            ml_str_starts(source, ML_STR("/\\/*$/")) || ml_str_starts(source, ML_STR("/[/]+$/"))) &&
           literal_arg(eval, at, 1, &to) && !to.len;
}

/* How much of a URL a regular expression takes away that begins with its scheme: the scheme, or
 * all up to the path, as /^https?:\/\/[^/]+/ does. False for any other expression. */
static bool takes_origin(ml_str source, ml_str url, size_t *len)
{
    static const char *const schemes[] = {"/^https?:\\/\\/",   "/https?:\\/\\/", "/^https:\\/\\/",
                                          "/^http(s)?:\\/\\/", "/^\\w+:\\/\\/",  "/^[a-z]+:\\/\\/"};
    static const char *const hosts[] = {"[^/]+", "[^\\/]+", "[^/]*", "[^\\/]*", "([^/]+)", "([^\\/]+)"};
    size_t scheme = ml_str_find(url, ML_STR("://"));
    ml_str rest = ML_STR_NONE;

    for (size_t i = 0; i < sizeof schemes / sizeof *schemes && !rest.len; i++)
        if (ml_str_starts(source, ml_str_of(schemes[i])))
            rest = ml_str_from(source, strlen(schemes[i]));
    if (!rest.len || scheme == ML_NOT_FOUND)
        return false;
    *len = scheme + 3;
    if (rest.data[0] == '/')
        return true;
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        ml_str host = ml_str_of(hosts[i]);
        if (!ml_str_starts(rest, host) || rest.len <= host.len || rest.data[host.len] != '/')
            continue;
        size_t path = ml_str_find_char(ml_str_from(url, *len), '/');
        *len = path == ML_NOT_FOUND ? url.len : *len + path;
        return true;
    }
    return false;
}

/* An expression that is not understood: what it cuts from a URL is, in programs that work, not its
 * host, unless it says that it is about hosts. */
static bool replaced_by_regex(ml_eval *eval, ml_values *out, const ml_value *receiver, ml_str text,
                              const builtin_call *at)
{
    const ml_facts *facts = ml_facts_in(eval, at->file);
    ml_str source = ml_text_of(facts, ml_child(facts, at->call, ML_ROLE_ARG)), to;
    size_t len;

    if (takes_origin(source, text, &len) && literal_arg(eval, at, 1, &to)) {
        *out = map_text(eval, receiver, ml_arena_concat(&eval->arena, to, ml_str_from(text, len)));
        return true;
    }
    *out = ml_one(eval, *receiver);
    return ml_str_contains(text, ML_STR("://")) && !ml_str_contains(source, ML_STR(":\\/\\/")) &&
           !ml_str_contains(source, ML_STR("[^/")) && !ml_str_contains(source, ML_STR("[^\\/"));
}

static bool method_replace(ml_eval *eval, ml_values *out, const ml_value *receiver, ml_str text, const builtin_call *at,
                           bool all)
{
    ml_str from, to;
    bool global = all;

    if (cuts_end_slashes(eval, at)) {
        while (ml_str_ends(text, ML_STR("/")))
            text = ml_str_slice(text, 0, text.len - 1);
        *out = map_text(eval, receiver, text);
        return true;
    }
    if (!literal_arg(eval, at, 0, &from) && !plain_regex(eval, at, &from, &global))
        return replaced_by_regex(eval, out, receiver, text, at);
    if (!literal_arg(eval, at, 1, &to))
        return false;
    *out = map_text(eval, receiver, replace_text(&eval->arena, text, from, to, global));
    return true;
}

static bool method_slice(ml_eval *eval, ml_values *out, const ml_value *receiver, ml_str text, const builtin_call *at)
{
    ml_str from_text, to_text;
    size_t from, to = text.len;

    if (!literal_arg(eval, at, 0, &from_text) || !parse_index(from_text, text.len, &from))
        return false;
    /* x.slice(0, -1) where x does not end in a slash: the program asks first whether it does. */
    if (from == 0 && arg_count(eval, at) > 1 && ml_str_contains(text, ML_STR("://")) &&
        !ml_str_ends(text, ML_STR("/"))) {
        *out = ml_one(eval, *receiver);
        return true;
    }
    if (arg_count(eval, at) > 1 && (!literal_arg(eval, at, 1, &to_text) || !parse_index(to_text, text.len, &to)))
        return false;
    *out = map_text(eval, receiver, ml_str_slice(text, from, to));
    return true;
}

static bool method_split(ml_eval *eval, ml_values *out, ml_str text, const builtin_call *at)
{
    ml_str by;
    ML_VEC(ml_value) parts = {0};

    if (!literal_arg(eval, at, 0, &by))
        return false;
    for (;;) {
        size_t cut = by.len ? ml_str_find(text, by) : text.len > 1 ? 1 : ML_NOT_FOUND;
        ml_str part = ml_str_slice(text, 0, cut == ML_NOT_FOUND ? text.len : cut);
        ml_vec_push(&eval->arena, &parts, ml_string_value(eval, part, at->place));
        if (cut == ML_NOT_FOUND || parts.count >= 256)
            break;
        text = ml_str_from(text, cut + by.len);
    }
    ml_values all = {parts.items, parts.count};
    *out = ml_one(eval, (ml_value){.kind = ML_V_ARRAY, .items = all, .place = ml_place_at(at->file, 0)});
    return true;
}

static bool method_pad(ml_eval *eval, ml_values *out, const ml_value *receiver, ml_str text, const builtin_call *at,
                       bool at_end)
{
    ml_str width_text, fill = ML_STR(" ");
    size_t width;
    ml_buf buf = {0};

    if (!literal_arg(eval, at, 0, &width_text) || !parse_index(width_text, 4096, &width) ||
        (arg_count(eval, at) > 1 && !literal_arg(eval, at, 1, &fill)) || !fill.len)
        return false;
    if (at_end)
        ml_buf_str(&buf, text);
    for (size_t i = text.len; i < width; i++)
        ml_buf_str(&buf, ml_str_slice(fill, (i - text.len) % fill.len, (i - text.len) % fill.len + 1));
    if (!at_end)
        ml_buf_str(&buf, text);
    *out = map_text(eval, receiver, ml_arena_copy(&eval->arena, ml_buf_view(&buf)));
    ml_buf_finish(&buf);
    return true;
}

static ml_values concat_args(ml_eval *eval, ml_values text, const builtin_call *at)
{
    uint32_t count = arg_count(eval, at);

    for (uint32_t i = 0; i < count; i++)
        text = ml_concat(eval, text, arg(eval, at, i), at->place);
    return text;
}

static bool keeps_text(ml_str name);

static bool text_method(ml_eval *eval, ml_values *out, const ml_value *receiver, ml_str name, const builtin_call *at)
{
    ml_values self = {receiver, 1};
    ml_str text;

    if (ml_str_eq(name, ML_STR("concat"))) {
        *out = concat_args(eval, self, at);
        return true;
    }
    if (ml_str_eq(name, ML_STR("toLowerCase")) || ml_str_eq(name, ML_STR("toUpperCase"))) {
        *out = change_case(eval, receiver, ml_str_eq(name, ML_STR("toUpperCase")));
        return true;
    }
    static const char *const same[] = {"toString", "valueOf", "normalize", "trim", "trimEnd", "trimStart", "toJSON"};
    bool literal = ml_value_literal(eval, receiver, &text);
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        if (ml_str_eq_c(name, same[i])) {
            bool trim = literal && i >= 3 && i <= 5;
            *out = trim ? map_text(eval, receiver, ml_str_trim(text)) : ml_to_string(eval, self, at->place);
            return true;
        }
    if (keeps_text(name) && !literal) {
        /* Trailing slashes and the like: what is cut from a text with holes is unknown, its head is not. */
        *out = ml_to_string(eval, self, at->place);
        return receiver->piece_count && receiver->pieces[0].hole == ML_HOLE_NONE && receiver->pieces[0].text.len > 12;
    }
    if (!literal)
        return false;
    if (ml_str_eq(name, ML_STR("replace")) || ml_str_eq(name, ML_STR("replaceAll")))
        return method_replace(eval, out, receiver, text, at, name.len > 7);
    if (ml_str_eq(name, ML_STR("slice")) || ml_str_eq(name, ML_STR("substring")))
        return method_slice(eval, out, receiver, text, at);
    if (ml_str_eq(name, ML_STR("split")))
        return method_split(eval, out, text, at);
    if (ml_str_eq(name, ML_STR("padEnd")) || ml_str_eq(name, ML_STR("padStart")))
        return method_pad(eval, out, receiver, text, at, name.len == 6);
    if (ml_str_eq(name, ML_STR("at")) || ml_str_eq(name, ML_STR("charAt"))) {
        ml_str index_text;
        size_t index;
        if (!literal_arg(eval, at, 0, &index_text) || !parse_index(index_text, text.len, &index))
            return false;
        *out = map_text(eval, receiver, ml_str_slice(text, index, index + 1));
        return true;
    }
    return false;
}

/* p.then(f), p.catch(f): a promise is what it resolves to, so f gets the value itself. */
static bool promise_method(ml_eval *eval, ml_values *out, const ml_value *receiver, ml_str name, const builtin_call *at)
{
    bool then = ml_str_eq(name, ML_STR("then"));

    if (!then && !ml_str_eq(name, ML_STR("catch")) && !ml_str_eq(name, ML_STR("finally")))
        return false;
    if (receiver->kind == ML_V_CLIENT || receiver->kind == ML_V_GLOBAL || receiver->kind == ML_V_BRIDGE)
        return false;
    *out = ml_one(eval, *receiver);
    if (!then)
        return true;
    if (receiver->kind == ML_V_UNKNOWN || receiver->kind == ML_V_EXTERNAL)
        return false;
    ml_values functions = arg(eval, at, 0);
    ml_set set = {.eval = eval};
    for (uint32_t i = 0; i < functions.count; i++)
        if (functions.items[i].kind == ML_V_FUNCTION)
            ml_set_add_all(&set, ml_call_with(eval, &functions.items[i], out, 1, at->frame, at->place));
    *out = ml_set_done(&set);
    return set.count > 0;
}

/* request.clone(), api.extend() without a base: the same client again. */
static bool client_copy(ml_eval *eval, ml_values *out, const ml_value *receiver, ml_str name)
{
    if (receiver->kind != ML_V_CLIENT || !receiver->base.count || !ml_str_eq(name, ML_STR("clone")))
        return false;
    *out = ml_one(eval, *receiver);
    return true;
}

/* Methods after which a text is still, by and large, the same text. */
static bool keeps_text(ml_str name)
{
    static const char *const names[] = {"toString", "trim",      "trimEnd",     "trimStart", "replace", "replaceAll",
                                        "slice",    "substring", "toLowerCase", "normalize", "valueOf"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (ml_str_eq_c(name, names[i]))
            return true;
    return false;
}

bool ml_builtin_method(ml_eval *eval, ml_values *out, const ml_value *receiver, ml_str name, ml_file_id file,
                       ml_node_id call, const ml_frame *frame)
{
    builtin_call at = {
        file, call, frame, {file, call}
    };

    if (receiver->kind == ML_V_URL && (ml_str_eq(name, ML_STR("toString")) || ml_str_eq(name, ML_STR("toJSON")))) {
        *out = ml_member_of(eval, receiver, ML_STR("href"), at.place);
        return true;
    }
    if (promise_method(eval, out, receiver, name, &at))
        return true;
    if (receiver->kind == ML_V_STRING || receiver->kind == ML_V_NUMBER)
        return text_method(eval, out, receiver, name, &at);
    if (receiver->kind == ML_V_UNKNOWN && keeps_text(name)) {
        *out = ml_one(eval, *receiver); /* cut or cleaned, it still comes from there */
        return true;
    }
    if (ml_list_method(eval, out, receiver, name, file, call, frame))
        return true;
    return client_copy(eval, out, receiver, name);
}

/* ---- functions ---- */

static ml_values layers(ml_eval *eval, const builtin_call *at)
{
    uint32_t count = arg_count(eval, at);
    ML_VEC(ml_value) items = {0};

    for (uint32_t i = 0; i < count; i++) {
        ml_values values = arg(eval, at, i);
        for (uint32_t k = 0; k < values.count; k++)
            ml_vec_push(&eval->arena, &items, values.items[k]);
    }
    ml_values all = {items.items, items.count};
    return ml_one(eval, (ml_value){.kind = ML_V_OBJECT, .items = all, .place = ml_place_at(at->place.file, 0)});
}

/* new URL(path, base): path alone when it names a host, else below the base's origin. */
static ml_values make_url(ml_eval *eval, const builtin_call *at)
{
    ml_values url = ml_to_string(eval, arg(eval, at, 0), at->place);
    ml_set set = {.eval = eval};

    if (arg_count(eval, at) > 1)
        url = ml_join_urls(eval, ml_to_string(eval, arg(eval, at, 1), at->place), url, true, at->place);
    for (uint32_t i = 0; i < url.count; i++) {
        ml_value value = url.items[i];
        if (ml_value_is_text(&value))
            value.kind = ML_V_URL;
        ml_set_add(&set, &value);
    }
    return ml_set_done(&set);
}

static bool from_buffer(ml_eval *eval, ml_values *out, const builtin_call *at)
{
    ml_str text, encoding;

    if (!literal_arg(eval, at, 0, &text))
        return false;
    if (!literal_arg(eval, at, 1, &encoding))
        encoding = ML_STR("utf8");
    if (ml_str_starts(encoding, ML_STR("base64")))
        text = base64_decode(&eval->arena, text);
    else if (ml_str_eq(encoding, ML_STR("hex")))
        text = hex_decode(&eval->arena, text, false);
    *out = text_value(eval, text, at->place);
    return true;
}

static bool from_char_codes(ml_eval *eval, ml_values *out, const builtin_call *at)
{
    ml_buf buf = {0};
    ml_item_list codes = {0};
    bool ok = ml_list_args(eval, at->file, at->call, at->frame, &codes) && codes.count;

    for (uint32_t i = 0; ok && i < codes.count; i++) {
        ml_values values = codes.items[i];
        ml_str text;
        uint32_t code = 0;
        ok = values.count == 1 && ml_value_literal(eval, &values.items[0], &text) && text.len && text.len < 8;
        bool hex = ok && text.len > 2 && text.data[0] == '0' && (text.data[1] | 32) == 'x';
        for (size_t k = hex ? 2 : 0; ok && k < text.len; k++) {
            int digit = ml_hex_digit(text.data[k]);
            ok = digit >= 0 && digit < (hex ? 16 : 10);
            code = code * (hex ? 16 : 10) + (uint32_t)digit;
        }
        if (ok)
            ml_buf_utf8(&buf, code);
    }
    if (ok)
        *out = text_value(eval, ml_arena_copy(&eval->arena, ml_buf_view(&buf)), at->place);
    ml_buf_finish(&buf);
    return ok;
}

/* JSON.parse(JSON.stringify(x)) is x; of a text that is known, what stands in it. */
static ml_values parsed_json(ml_eval *eval, ml_values of, ml_place place)
{
    ml_set set = {.eval = eval};

    for (uint32_t i = 0; i < of.count; i++) {
        const ml_json *json = NULL;
        ml_str text;
        if (of.items[i].kind == ML_V_OBJECT || of.items[i].kind == ML_V_ARRAY || of.items[i].kind == ML_V_JSON) {
            ml_set_add(&set, &of.items[i]);
            continue;
        }
        if (!ml_value_literal(eval, &of.items[i], &text) ||
            ml_json_parse(&json, &eval->arena, text, false, "", NULL) != ML_OK ||
            (json->kind != ML_JSON_OBJECT && json->kind != ML_JSON_ARRAY))
            return ml_nothing();
        ml_value value = {.kind = ML_V_JSON, .json = json, .json_file = place.file, .place = place};
        ml_set_add(&set, &value);
    }
    return ml_set_done(&set);
}

bool ml_builtin_function(ml_eval *eval, ml_values *out, ml_str path, ml_file_id file, ml_node_id call,
                         const ml_frame *frame)
{
    builtin_call at = {
        file, call, frame, {file, call}
    };
    bool construct = ml_kind_of(ml_facts_in(eval, file), call) == ML_NODE_NEW;
    ml_str text;

    if (ml_str_eq(path, ML_STR("URL")) && construct) {
        *out = make_url(eval, &at);
        return true;
    }
    static const char *const identities[] = {
        "String",    "Object.freeze", "Object.seal", "Promise.resolve", "structuredClone",    "Promise.all",
        "encodeURI", "Array.from",    "String.raw",  "JSON.stringify",  "Promise.allSettled", "Object.create"};
    for (size_t i = 0; i < sizeof identities / sizeof *identities; i++)
        if (ml_str_eq_c(path, identities[i]) && !construct) {
            *out = i == 0 || i == 6 ? ml_to_string(eval, arg(eval, &at, 0), at.place) : arg(eval, &at, 0);
            return true;
        }
    if (ml_str_eq(path, ML_STR("Deno.env.get")) && literal_arg(eval, &at, 0, &text)) {
        ml_value variables = {.kind = ML_V_GLOBAL, .name = ML_STR("process.env")};
        *out = ml_member_of(eval, &variables, text, at.place);
        return true;
    }
    if (ml_str_eq(path, ML_STR("JSON.parse"))) {
        *out = parsed_json(eval, arg(eval, &at, 0), at.place);
        return out->count > 0;
    }
    if (construct &&
        (ml_str_eq(path, ML_STR("Proxy")) || ml_str_eq(path, ML_STR("WeakRef")) || ml_str_eq(path, ML_STR("String")))) {
        *out = arg(eval, &at, 0);
        return true;
    }
    if (ml_str_eq(path, ML_STR("Object.assign"))) {
        *out = arg(eval, &at, 0);
        /* The first argument itself comes back, with more properties. */
        if (out->count != 1 || out->items[0].kind == ML_V_OBJECT || out->items[0].kind == ML_V_UNKNOWN)
            *out = layers(eval, &at);
        return true;
    }
    if (ml_list_function(eval, out, path, file, call, frame))
        return true;
    if (ml_str_eq(path, ML_STR("atob")) && literal_arg(eval, &at, 0, &text)) {
        *out = text_value(eval, base64_decode(&eval->arena, text), at.place);
        return true;
    }
    if (ml_str_eq(path, ML_STR("Buffer.from")))
        return from_buffer(eval, out, &at);
    if (ml_str_eq(path, ML_STR("String.fromCharCode")) || ml_str_eq(path, ML_STR("String.fromCodePoint")))
        return from_char_codes(eval, out, &at);
    if ((ml_str_eq(path, ML_STR("decodeURIComponent")) || ml_str_eq(path, ML_STR("decodeURI"))) &&
        literal_arg(eval, &at, 0, &text)) {
        *out = text_value(eval, hex_decode(&eval->arena, text, true), at.place);
        return true;
    }
    return false;
}

bool ml_builtin_is_inert(ml_str global)
{
    /* clang-format off */
    static const char *const inert[] = {
        "console", "Math", "JSON", "Object", "Array", "Number", "String", "Boolean", "Date", "Promise", "Symbol", "Map",
        "Set", "WeakMap", "WeakSet", "RegExp", "Error", "TypeError", "RangeError", "parseInt", "parseFloat", "isNaN",
        "clearTimeout", "clearInterval", "expect", "describe", "it", "test", "beforeEach", "afterEach", "beforeAll",
        "afterAll", "document", "localStorage", "sessionStorage", "Buffer", "Proxy", "BigInt", "Intl",
        "URLSearchParams", "FormData", "Headers", "AbortController", "TextEncoder", "TextDecoder", "jest", "vi", "cy",
        "queueMicrotask", "structuredClone"};
    /* clang-format on */
    for (size_t i = 0; i < sizeof inert / sizeof *inert; i++)
        if (ml_str_eq_c(global, inert[i]))
            return true;
    return false;
}
