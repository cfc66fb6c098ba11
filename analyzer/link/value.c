/* Sets, strings and their pieces. */
#include "link_internal.h"

#include "ml/buf.h"

enum { PIECES_MAX = 64, TEXT_MAX = 64 * 1024 };

static bool same_values(ml_values a, ml_values b)
{
    return a.items == b.items && a.count == b.count;
}

static bool same_pieces(const ml_value *a, const ml_value *b)
{
    if (a->piece_count != b->piece_count)
        return false;
    for (uint32_t i = a->piece_count; i-- > 0;) /* texts of one place differ at their ends */
        if (a->pieces[i].hole != b->pieces[i].hole || !ml_str_eq(a->pieces[i].text, b->pieces[i].text))
            return false;
    return true;
}

static bool same_value(const ml_value *a, const ml_value *b)
{
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case ML_V_UNDEFINED:
    case ML_V_NULL: return true;
    case ML_V_UNKNOWN:
    case ML_V_STRING:
    case ML_V_URL:
    case ML_V_NUMBER:
    case ML_V_BOOL: return same_pieces(a, b);
    default:
        return a->place.file == b->place.file && a->place.node == b->place.node && a->frame == b->frame &&
               a->self == b->self && a->list == b->list && a->json == b->json && a->client == b->client &&
               a->is_new == b->is_new && ml_str_eq(a->text, b->text) && ml_str_eq(a->name, b->name) &&
               same_values(a->items, b->items) && same_values(a->base, b->base);
    }
}

/* Makes room for one more, in items of the set's own. */
static void grow(ml_set *set)
{
    uint32_t cap = set->count ? set->count * 2 : 1; /* most hold one */
    ml_value *items = ML_NEW_ARRAY(&set->eval->arena, ml_value, cap);

    if (set->count)
        memcpy(items, set->items, set->count * sizeof *items);
    set->items = set->own = items;
    set->cap = cap;
}

static void append(ml_set *set, const ml_value *value)
{
    if (set->count >= set->cap)
        grow(set);
    set->own[set->count++] = *value;
}

/* How a text begins, as far as hosts go: the hole it begins with, or its scheme and authority. */
static bool same_head(const ml_value *a, const ml_value *b)
{
    if (!a->piece_count || !b->piece_count)
        return a->piece_count == b->piece_count;
    if (a->pieces[0].hole != b->pieces[0].hole)
        return false;
    ml_str x = a->pieces[0].text, y = b->pieces[0].text;
    if (a->pieces[0].hole != ML_HOLE_NONE)
        return ml_str_eq(x, y);
    size_t i = ml_str_find(x, ML_STR("://")), j = ml_str_find(y, ML_STR("://"));
    if (i == ML_NOT_FOUND || j == ML_NOT_FOUND)
        return i == j;
    ml_str xs = ml_str_from(x, i + 3), ys = ml_str_from(y, j + 3);
    return ml_str_eq(ml_str_split(&xs, '/'), ml_str_split(&ys, '/'));
}

/* A full set keeps one text of each beginning rather than many of one: which host is meant
 * must not depend on how many paths there are. False when the value brings no new beginning
 * or no place can be made. */
static bool displace(ml_set *set, const ml_value *value)
{
    for (uint32_t i = 0; i < ML_VALUES_MAX; i++)
        if (same_head(&set->items[i], value))
            return false;
    for (uint32_t i = ML_VALUES_MAX; i-- > 1;)
        for (uint32_t k = 0; k < i; k++)
            if (same_head(&set->items[i], &set->items[k])) {
                if (!set->own)
                    grow(set);
                set->own[i] = *value;
                return true;
            }
    return false;
}

void ml_set_add(ml_set *set, const ml_value *value)
{
    static const ml_piece cut = {.hole = ML_HOLE_CUT};
    static const ml_value more = {.kind = ML_V_UNKNOWN, .pieces = &cut, .piece_count = 1};

    /* In a full set a value that is there begins like itself and displaces nothing. */
    for (uint32_t i = 0; i < set->count && set->count <= ML_VALUES_MAX; i++)
        if (same_value(&set->items[i], value))
            return;
    if (set->count < ML_VALUES_MAX) {
        append(set, value);
        return;
    }
    if (value->kind != ML_V_UNKNOWN || value->pieces[0].hole != ML_HOLE_CUT) /* the mark of another full set */
        displace(set, value);
    if (set->count == ML_VALUES_MAX)
        append(set, &more);
}

void ml_set_add_all(ml_set *set, ml_values values)
{
    if (!set->count) { /* most sets hold what one other holds */
        set->items = values.items;
        set->own = NULL;
        set->count = values.count;
        set->cap = 0;
        return;
    }
    for (uint32_t i = 0; i < values.count; i++)
        ml_set_add(set, &values.items[i]);
}

ml_values ml_set_done(const ml_set *set)
{
    return (ml_values){set->items, set->count};
}

ml_values ml_one(ml_eval *eval, ml_value value)
{
    ml_value *item = ML_NEW(&eval->arena, ml_value);

    *item = value;
    return (ml_values){item, 1};
}

ml_values ml_nothing(void)
{
    return (ml_values){NULL, 0};
}

static const ml_piece *one_piece(ml_eval *eval, ml_hole_kind hole, ml_str text, ml_place place)
{
    ml_piece *piece = ML_NEW(&eval->arena, ml_piece);

    *piece = (ml_piece){.hole = hole, .settled = hole == ML_HOLE_ENV, .text = text, .place = place};
    return piece;
}

static ml_values unknown(ml_eval *eval, ml_hole_kind kind, ml_str name, ml_place place, bool settled)
{
    ml_piece *piece = ML_NEW(&eval->arena, ml_piece);

    *piece = (ml_piece){.hole = kind, .settled = settled, .text = name, .place = place};
    return ml_one(eval, (ml_value){.kind = ML_V_UNKNOWN, .pieces = piece, .piece_count = 1, .place = place});
}

ml_values ml_unknown(ml_eval *eval, ml_hole_kind kind, ml_str name, ml_place place)
{
    return unknown(eval, kind, name, place, kind == ML_HOLE_ENV);
}

ml_values ml_unknown_settled(ml_eval *eval, ml_hole_kind kind, ml_str name, ml_place place)
{
    return unknown(eval, kind, name, place, true);
}

ml_values ml_unknown_from(ml_eval *eval, const ml_value *of, ml_hole_kind kind, ml_str name, ml_place place)
{
    bool settled = of->kind == ML_V_UNKNOWN
                       ? of->pieces[0].settled
                       : of->kind == ML_V_EXTERNAL || of->kind == ML_V_GLOBAL || of->kind == ML_V_CLIENT;
    return unknown(eval, kind, name, place, settled);
}

ml_value ml_string_value(ml_eval *eval, ml_str text, ml_place place)
{
    return (ml_value){
        .kind = ML_V_STRING, .pieces = one_piece(eval, ML_HOLE_NONE, text, place), .piece_count = 1, .place = place};
}

ml_str ml_dotted(ml_eval *eval, ml_str path, ml_str name)
{
    if (!path.len)
        return name;
    char *text = ml_arena_bytes(&eval->arena, path.len + 1 + name.len);
    memcpy(text, path.data, path.len);
    text[path.len] = '.';
    if (name.len)
        memcpy(text + path.len + 1, name.data, name.len);
    return (ml_str){text, path.len + 1 + name.len};
}

ml_value ml_plain(ml_value_kind kind, ml_place place)
{
    return (ml_value){.kind = kind, .place = place};
}

bool ml_value_may_be_missing(const ml_value *value)
{
    return value->kind == ML_V_UNDEFINED || value->kind == ML_V_UNKNOWN || value->kind == ML_V_GLOBAL ||
           value->kind == ML_V_EXTERNAL;
}

bool ml_value_is_text(const ml_value *value)
{
    return value->kind == ML_V_STRING || value->kind == ML_V_URL || value->kind == ML_V_NUMBER;
}

bool ml_value_literal(ml_eval *eval, const ml_value *value, ml_str *text)
{
    if (!ml_value_is_text(value))
        return false;
    *text = ML_STR_NONE;
    for (uint32_t i = 0; i < value->piece_count; i++) {
        if (value->pieces[i].hole != ML_HOLE_NONE)
            return false;
        *text = value->piece_count == 1 ? value->pieces[i].text
                                        : ml_arena_concat(&eval->arena, *text, value->pieces[i].text);
    }
    return true;
}

/* What a value contributes when it is turned into text. */
static void text_pieces(ml_eval *eval, const ml_value *value, ml_place place, const ml_piece **pieces, uint32_t *count)
{
    ml_str word = ML_STR_NONE;

    switch (value->kind) {
    case ML_V_STRING:
    case ML_V_URL:
    case ML_V_NUMBER:
    case ML_V_UNKNOWN:
    case ML_V_BOOL:
        *pieces = value->pieces;
        *count = value->piece_count;
        return;
    case ML_V_UNDEFINED: word = ML_STR("undefined"); break;
    case ML_V_NULL: word = ML_STR("null"); break;
    default:
        /* location.origin before a path is the own origin, as no text at all would be. */
        if (value->kind == ML_V_GLOBAL && (ml_str_ends(value->name, ML_STR("location.origin")) ||
                                           ml_str_ends(value->name, ML_STR("location.href")))) {
            *pieces = NULL;
            *count = 0;
            return;
        }
        *pieces = ml_unknown_settled(eval, ML_HOLE_OTHER, value->name, place).items[0].pieces;
        *count = 1;
        return;
    }
    *pieces = one_piece(eval, ML_HOLE_NONE, word, place);
    *count = 1;
}

/* The pieces of a text that is joined with others. */
typedef struct operand {
    const ml_piece *pieces;
    uint32_t count;
} operand;

static operand operand_of(ml_eval *eval, const ml_value *value, ml_place place)
{
    operand of;

    text_pieces(eval, value, place, &of.pieces, &of.count);
    return of;
}

static ml_value joined(ml_eval *eval, operand a, operand b, ml_place place)
{
    ml_value value = {.kind = ML_V_STRING, .place = place};
    size_t bytes = 0;

    for (uint32_t i = 0; i < a.count; i++)
        bytes += a.pieces[i].text.len;
    if (a.count + b.count > PIECES_MAX || bytes > TEXT_MAX) {
        /* The head decides which host is meant; the tail of a monster does not. */
        value.pieces = a.pieces;
        value.piece_count = a.count;
        return value;
    }
    ml_piece *pieces = ML_NEW_ARRAY(&eval->arena, ml_piece, a.count + b.count);
    if (a.count)
        memcpy(pieces, a.pieces, a.count * sizeof *pieces);
    if (b.count)
        memcpy(pieces + a.count, b.pieces, b.count * sizeof *pieces);
    value.pieces = pieces;
    value.piece_count = a.count + b.count;
    return value;
}

static ml_value join_two(ml_eval *eval, const ml_value *left, const ml_value *right, ml_place place)
{
    return joined(eval, operand_of(eval, left, place), operand_of(eval, right, place), place);
}

static bool is_absolute(const ml_value *url);

/* A text is not made of what is missing when it can be made of what is there. */
static ml_values without_missing(ml_eval *eval, ml_values values)
{
    ml_set set = {.eval = eval};
    uint32_t missing = 0;

    for (uint32_t i = 0; i < values.count; i++)
        missing += values.items[i].kind == ML_V_UNDEFINED;
    if (!missing || missing == values.count)
        return values;
    for (uint32_t i = 0; i < values.count; i++)
        if (values.items[i].kind != ML_V_UNDEFINED)
            ml_set_add(&set, &values.items[i]);
    return ml_set_done(&set);
}

/* "https://" put before a text that has a scheme already: the program asks first whether it has. */
static bool is_second_scheme(const ml_value *left, const ml_value *right)
{
    return left->kind == ML_V_STRING && left->piece_count == 1 && left->pieces[0].hole == ML_HOLE_NONE &&
           ml_str_ends(left->pieces[0].text, ML_STR("://")) && left->pieces[0].text.len < 9 &&
           ml_value_is_text(right) && is_absolute(right);
}

ml_values ml_concat(ml_eval *eval, ml_values left, ml_values right, ml_place place)
{
    ml_set set = {.eval = eval};

    left = without_missing(eval, left);
    right = without_missing(eval, right);
    operand *tails = ML_NEW_ARRAY(&eval->arena, operand, right.count);
    for (uint32_t j = 0; j < right.count; j++)
        tails[j] = operand_of(eval, &right.items[j], place);
    for (uint32_t i = 0; i < left.count; i++) {
        operand head = operand_of(eval, &left.items[i], place);
        bool begun = false; /* a text that begins as the left one is in the set, or has found no place there */
        for (uint32_t j = 0; j < right.count; j++) {
            bool second = is_second_scheme(&left.items[i], &right.items[j]);
            if (begun && !second && set.count > ML_VALUES_MAX)
                continue;
            ml_value value = second ? right.items[j] : joined(eval, head, tails[j], place);
            ml_set_add(&set, &value);
            begun |=
                !second && set.count > ML_VALUES_MAX && ml_value_is_text(&left.items[i]) && left.items[i].piece_count;
        }
    }
    return ml_set_done(&set);
}

ml_values ml_to_string(ml_eval *eval, ml_values values, ml_place place)
{
    ml_set set = {.eval = eval};

    values = without_missing(eval, values);
    for (uint32_t i = 0; i < values.count; i++) {
        ml_value value = {.kind = ML_V_STRING, .place = values.items[i].place};
        text_pieces(eval, &values.items[i], place, &value.pieces, &value.piece_count);
        ml_set_add(&set, &value);
    }
    return ml_set_done(&set);
}

/* Does the text begin a URL of its own, so that a base would be ignored? */
static bool is_absolute(const ml_value *url)
{
    if (!url->piece_count || url->pieces[0].hole != ML_HOLE_NONE)
        return false;
    ml_str text = url->pieces[0].text;
    size_t i = 0;
    while (i < text.len && ((text.data[i] | 32) >= 'a' && (text.data[i] | 32) <= 'z'))
        i++;
    return (i && i + 2 < text.len && text.data[i] == ':' && text.data[i + 1] == '/' && text.data[i + 2] == '/') ||
           ml_str_starts(text, ML_STR("//"));
}

static ml_value without_edge_slash(ml_eval *eval, ml_value value, bool at_end)
{
    if (!value.piece_count)
        return value;
    uint32_t at = at_end ? value.piece_count - 1 : 0;
    ml_str text = value.pieces[at].text;
    if (value.pieces[at].hole != ML_HOLE_NONE || !text.len || text.data[at_end ? text.len - 1 : 0] != '/')
        return value;
    ml_piece *pieces = ML_NEW_ARRAY(&eval->arena, ml_piece, value.piece_count);
    memcpy(pieces, value.pieces, value.piece_count * sizeof *pieces);
    pieces[at].text = at_end ? ml_str_slice(text, 0, text.len - 1) : ml_str_from(text, 1);
    value.pieces = pieces;
    return value;
}

static ml_value join_one(ml_eval *eval, const ml_value *base, const ml_value *url, bool with_slash, ml_place place)
{
    bool has_base = ml_value_is_text(base) || base->kind == ML_V_UNKNOWN;
    if (!has_base || is_absolute(url) || !url->piece_count)
        return is_absolute(url) || !has_base ? *url : *base;
    ml_value left = *base, right = *url;
    if (with_slash) {
        ml_value slash = ml_string_value(eval, ML_STR("/"), place);
        left = without_edge_slash(eval, left, true);
        left = join_two(eval, &left, &slash, place);
        right = without_edge_slash(eval, right, false);
    }
    return join_two(eval, &left, &right, place);
}

ml_values ml_join_urls(ml_eval *eval, ml_values base, ml_values url, bool with_slash, ml_place place)
{
    ml_set set = {.eval = eval};

    if (!base.count)
        return url;
    for (uint32_t i = 0; i < base.count; i++)
        for (uint32_t j = 0; j < url.count; j++) {
            ml_value value = join_one(eval, &base.items[i], &url.items[j], with_slash, place);
            ml_set_add(&set, &value);
        }
    return ml_set_done(&set);
}

ml_str ml_value_text(ml_arena *arena, const ml_value *value, size_t max)
{
    ml_buf buf = {0};

    for (uint32_t i = 0; i < value->piece_count; i++) {
        const ml_piece *piece = &value->pieces[i];
        if (piece->hole == ML_HOLE_NONE)
            ml_buf_str(&buf, piece->text);
        else
            ml_buf_printf(&buf, "${%.*s}", ML_STR_ARG(piece->text.len ? piece->text : ML_STR("...")));
    }
    ml_str text = ml_arena_copy(arena, ml_str_slice(ml_buf_view(&buf), 0, max));
    ml_buf_finish(&buf);
    return text;
}
