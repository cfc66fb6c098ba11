/* The part of the standard library that makes, cuts and joins strings. What is not
 * here yields an unknown, never a guess. */
#include "link_internal.h"

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

static int base64_digit(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

static ml_str base64_decode(ml_arena *arena, ml_str text)
{
    char *out = ml_arena_bytes(arena, text.len + 1);
    size_t len = 0;
    uint32_t bits = 0;
    int held = 0;

    for (size_t i = 0; i < text.len; i++) {
        int digit = base64_digit(text.data[i]);
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

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 32;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static ml_str hex_decode(ml_arena *arena, ml_str text, bool percent)
{
    char *out = ml_arena_bytes(arena, text.len + 1);
    size_t len = 0;

    for (size_t i = 0; i < text.len; i++) {
        size_t at = percent ? i + 1 : i;
        bool coded = (!percent || text.data[i] == '%') && at + 1 < text.len && hex_digit(text.data[at]) >= 0 &&
                     hex_digit(text.data[at + 1]) >= 0;
        if (coded) {
            out[len++] = (char)(hex_digit(text.data[at]) * 16 + hex_digit(text.data[at + 1]));
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
            pieces[i].text = to_upper ? upper(&eval->arena, pieces[i].text) : ml_arena_lower(&eval->arena, pieces[i].text);
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
    if (!literal_arg(eval, at, 0, &from) && !plain_regex(eval, at, &from, &global)) {
        /* What another expression cuts from a URL is, in programs that work, not its host. */
        *out = ml_one(eval, *receiver);
        return ml_str_contains(text, ML_STR("://"));
    }
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
    if (from == 0 && arg_count(eval, at) > 1 && ml_str_contains(text, ML_STR("://")) && !ml_str_ends(text, ML_STR("/"))) {
        *out = ml_one(eval, *receiver);
        return true;
    }
    if (arg_count(eval, at) > 1 && (!literal_arg(eval, at, 1, &to_text) || !parse_index(to_text, text.len, &to)))
        return false;
    *out = map_text(eval, receiver, ml_str_slice(text, from, to));
    return true;
}

static ml_values array_of(ml_eval *eval, ml_values items, ml_place place)
{
    return ml_one(eval, (ml_value){.kind = ML_V_ARRAY, .items = items, .place = {place.file, 0}});
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
    *out = array_of(eval, (ml_values){parts.items, parts.count}, at->place);
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

/* ---- methods of arrays ---- */

enum { ARRAY_ITEMS_MAX = 512 };

/* Every item of an array as a list of sets, spreads opened; false when the number is unknown. */
typedef ML_VEC(ml_values) item_list;

static bool list_items(ml_eval *eval, const ml_value *array, item_list *list)
{
    const ml_facts *facts = array->place.node ? ml_facts_in(eval, array->place.file) : NULL;

    if (array->items.count || !facts) {
        for (uint32_t i = 0; i < array->items.count; i++)
            ml_vec_push(&eval->arena, list, ((ml_values){&array->items.items[i], 1}));
        return true;
    }
    if (ml_kind_of(facts, array->place.node) != ML_NODE_ARRAY)
        return false;
    for (ml_node_id e = ml_node_at(facts, array->place.node)->first; e; e = ml_node_at(facts, e)->next) {
        ml_values values = ml_eval_in(eval, array->place.file, e, array->frame);
        if (list->count >= ARRAY_ITEMS_MAX)
            return false;
        if (ml_kind_of(facts, e) != ML_NODE_SPREAD) {
            ml_vec_push(&eval->arena, list, values);
            continue;
        }
        ml_str text;
        if (values.count != 1 || eval->nesting >= ML_NESTING_MAX)
            return false;
        if (ml_value_literal(eval, &values.items[0], &text) && text.len < ARRAY_ITEMS_MAX) {
            for (size_t i = 0; i < text.len; i++)
                ml_vec_push(&eval->arena, list,
                            ml_one(eval, ml_string_value(eval, ml_str_slice(text, i, i + 1), values.items[0].place)));
            continue;
        }
        eval->nesting++;
        bool ok = values.items[0].kind == ML_V_ARRAY && list_items(eval, &values.items[0], list);
        eval->nesting--;
        if (!ok)
            return false;
    }
    return true;
}

static ml_values join_items(ml_eval *eval, const item_list *list, ml_values by, ml_place place)
{
    ml_values text = ml_one(eval, ml_string_value(eval, ML_STR(""), place));

    for (uint32_t i = 0; i < list->count; i++) {
        if (i)
            text = ml_concat(eval, text, by, place);
        text = i ? ml_concat(eval, text, list->items[i], place) : ml_to_string(eval, list->items[i], place);
    }
    return text;
}

static ml_values array_of_single(ml_eval *eval, const item_list *list, bool reversed, ml_place place)
{
    ML_VEC(ml_value) items = {0};

    for (uint32_t i = 0; i < list->count; i++) {
        const ml_values *item = &list->items[reversed ? list->count - 1 - i : i];
        if (item->count != 1)
            return ml_unknown(eval, ML_HOLE_OTHER, ML_STR_NONE, place);
        ml_vec_push(&eval->arena, &items, item->items[0]);
    }
    return array_of(eval, (ml_values){items.items, items.count}, place);
}

static bool array_method(ml_eval *eval, ml_values *out, const ml_value *receiver, ml_str name, const builtin_call *at)
{
    item_list list = {0};
    bool joins = ml_str_eq(name, ML_STR("join")), reverses = ml_str_eq(name, ML_STR("reverse")) ||
                                                            ml_str_eq(name, ML_STR("toReversed"));

    if (ml_str_eq(name, ML_STR("filter")) || ml_str_eq(name, ML_STR("slice"))) {
        *out = ml_one(eval, *receiver); /* some of the items: a set read by unknown key already means that */
        return ml_str_eq(name, ML_STR("filter"));
    }
    if (ml_str_eq(name, ML_STR("at"))) {
        ml_str text;
        size_t index;
        if (list_items(eval, receiver, &list) && literal_arg(eval, at, 0, &text) && parse_index(text, list.count, &index) &&
            index < list.count) {
            *out = list.items[index];
            return true;
        }
    }
    if (ml_str_eq(name, ML_STR("find")) || ml_str_eq(name, ML_STR("at")) || ml_str_eq(name, ML_STR("pop")) ||
        ml_str_eq(name, ML_STR("shift"))) {
        *out = ml_element_of(eval, receiver, ml_unknown(eval, ML_HOLE_OTHER, ML_STR_NONE, at->place), at->place);
        return true;
    }
    if (!joins && !reverses)
        return false;
    if (!list_items(eval, receiver, &list))
        return false;
    if (reverses) {
        *out = array_of_single(eval, &list, true, at->place);
        return true;
    }
    ml_values by = arg_count(eval, at) ? arg(eval, at, 0) : text_value(eval, ML_STR(","), at->place);
    *out = join_items(eval, &list, by, at->place);
    return true;
}

/* Buffer.from(text, "base64").toString(): a global call's result is kept as a literal, so
 * only promise methods and URL methods remain here. */
static bool promise_method(ml_eval *eval, ml_values *out, const ml_value *receiver, ml_str name)
{
    if (!ml_str_eq(name, ML_STR("catch")) && !ml_str_eq(name, ML_STR("finally")))
        return false;
    *out = ml_one(eval, *receiver);
    return receiver->kind != ML_V_CLIENT && receiver->kind != ML_V_GLOBAL && receiver->kind != ML_V_BRIDGE;
}

/* Methods after which a text is still, by and large, the same text. */
static bool keeps_text(ml_str name)
{
    static const char *const names[] = {"toString", "trim", "trimEnd", "trimStart", "replace", "replaceAll", "slice",
                                        "substring", "toLowerCase", "normalize", "valueOf"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (ml_str_eq_c(name, names[i]))
            return true;
    return false;
}

bool ml_builtin_method(ml_eval *eval, ml_values *out, const ml_value *receiver, ml_str name, ml_file_id file,
                       ml_node_id call, const ml_frame *frame)
{
    builtin_call at = {file, call, frame, {file, call}};

    if (receiver->kind == ML_V_URL && (ml_str_eq(name, ML_STR("toString")) || ml_str_eq(name, ML_STR("toJSON")))) {
        *out = ml_member_of(eval, receiver, ML_STR("href"), at.place);
        return true;
    }
    if (receiver->kind == ML_V_STRING || receiver->kind == ML_V_NUMBER)
        return text_method(eval, out, receiver, name, &at);
    if (receiver->kind == ML_V_UNKNOWN && keeps_text(name)) {
        *out = ml_one(eval, *receiver); /* cut or cleaned, it still comes from there */
        return true;
    }
    if (receiver->kind == ML_V_ARRAY)
        return array_method(eval, out, receiver, name, &at);
    return promise_method(eval, out, receiver, name);
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
    return ml_one(eval, (ml_value){.kind = ML_V_OBJECT,
                                   .items = {items.items, items.count},
                                   .place = {at->place.file, 0}});
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

/* Every argument as a list of sets, spreads opened; false when the number is unknown. */
static bool list_args(ml_eval *eval, const builtin_call *at, item_list *list)
{
    const ml_facts *facts = ml_facts_in(eval, at->file);

    for (ml_node_id arg = ml_child(facts, at->call, ML_ROLE_ARG); arg; arg = ml_next_child(facts, arg)) {
        ml_values values = ml_eval_in(eval, at->file, arg, at->frame);
        if (ml_kind_of(facts, arg) != ML_NODE_SPREAD)
            ml_vec_push(&eval->arena, list, values);
        else if (values.count != 1 || values.items[0].kind != ML_V_ARRAY || !list_items(eval, &values.items[0], list))
            return false;
    }
    return list->count > 0;
}

static bool from_char_codes(ml_eval *eval, ml_values *out, const builtin_call *at)
{
    ml_buf buf = {0};
    item_list codes = {0};
    bool ok = list_args(eval, at, &codes);

    for (uint32_t i = 0; ok && i < codes.count; i++) {
        ml_values values = codes.items[i];
        ml_str text;
        uint32_t code = 0;
        ok = values.count == 1 && ml_value_literal(eval, &values.items[0], &text) && text.len && text.len < 8;
        bool hex = ok && text.len > 2 && text.data[0] == '0' && (text.data[1] | 32) == 'x';
        for (size_t k = hex ? 2 : 0; ok && k < text.len; k++) {
            int digit = hex_digit(text.data[k]);
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

static bool object_values(ml_eval *eval, ml_values *out, const builtin_call *at)
{
    ml_values of = arg(eval, at, 0), any = ml_unknown(eval, ML_HOLE_OTHER, ML_STR_NONE, at->place);
    ml_set set = {.eval = eval};

    for (uint32_t i = 0; i < of.count; i++)
        ml_set_add_all(&set, ml_element_of(eval, &of.items[i], any, at->place));
    *out = array_of(eval, ml_set_done(&set), at->place);
    return set.count > 0;
}

bool ml_builtin_function(ml_eval *eval, ml_values *out, ml_str path, ml_file_id file, ml_node_id call,
                         const ml_frame *frame)
{
    builtin_call at = {file, call, frame, {file, call}};
    bool construct = ml_kind_of(ml_facts_in(eval, file), call) == ML_NODE_NEW;
    ml_str text;

    if (ml_str_eq(path, ML_STR("URL")) && construct) {
        *out = make_url(eval, &at);
        return true;
    }
    static const char *const identities[] = {"String",         "Object.freeze",  "Object.seal",   "Promise.resolve",
                                             "structuredClone", "Promise.all",    "encodeURI",     "Array.from",
                                             "String.raw",     "JSON.stringify"};
    for (size_t i = 0; i < sizeof identities / sizeof *identities; i++)
        if (ml_str_eq_c(path, identities[i]) && !construct) {
            *out = i == 0 || i == 6 ? ml_to_string(eval, arg(eval, &at, 0), at.place) : arg(eval, &at, 0);
            return true;
        }
    if (ml_str_eq(path, ML_STR("Object.assign"))) {
        *out = arg(eval, &at, 0);
        /* The first argument itself comes back, with more properties. */
        if (out->count != 1 || out->items[0].kind == ML_V_OBJECT || out->items[0].kind == ML_V_UNKNOWN)
            *out = layers(eval, &at);
        return true;
    }
    if (ml_str_eq(path, ML_STR("Object.values")))
        return object_values(eval, out, &at);
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
    static const char *const inert[] = {"console", "Math", "JSON", "Object", "Array", "Number", "String", "Boolean", "Date",
                                        "Promise", "Symbol", "Map", "Set", "WeakMap", "WeakSet", "RegExp", "Error",
                                        "TypeError", "RangeError", "parseInt", "parseFloat", "isNaN", "clearTimeout", "clearInterval", "expect", "describe", "it",
                                        "test", "beforeEach", "afterEach", "beforeAll", "afterAll", "document",
                                        "localStorage", "sessionStorage", "Buffer", "Reflect", "Proxy", "BigInt", "Intl",
                                        "URLSearchParams", "FormData", "Headers", "AbortController", "TextEncoder",
                                        "TextDecoder", "jest", "vi", "cy", "queueMicrotask", "structuredClone"};
    for (size_t i = 0; i < sizeof inert / sizeof *inert; i++)
        if (ml_str_eq_c(global, inert[i]))
            return true;
    return false;
}
