/* input.c - parameters of the address and members of the body, read strictly:
 * what is not understood is refused by its name, never passed over. */
#include "serve/server.h"

#include <string.h>

static bool bad(exchange *x, const char *name, const char *sentence)
{
    (void)bill_refuse(x, MHD_HTTP_BAD_REQUEST, "bad_request", name, "%s", sentence);
    return false;
}

/* ---- parameters ---- */

const char *bill_query_value(const exchange *x, const char *name)
{
    for (size_t i = 0; i < x->query_count; i++)
        if (strcmp(x->query[i].name, name) == 0)
            return x->query[i].value;
    return NULL;
}

bool bill_query_number(int64_t *out, exchange *x, const char *name, int64_t least, int64_t most)
{
    const char *text = bill_query_value(x, name);
    int64_t value = 0;
    if (!text)
        return true;
    if (strcmp(text, "0") != 0 && !bill_id_parse(&value, text, strlen(text)))
        return bad(x, name, "a whole number is wanted");
    if (value < least || value > most) {
        (void)bill_refuse(x, MHD_HTTP_BAD_REQUEST, "bad_request", name, "%lld to %lld is wanted", (long long)least,
                          (long long)most);
        return false;
    }
    *out = value;
    return true;
}

bool bill_query_flag(bool *out, exchange *x, const char *name)
{
    const char *text = bill_query_value(x, name);
    if (text && strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
        return bad(x, name, "true or false is wanted");
    *out = text && text[0] == 't';
    return true;
}

bool bill_query_day(bill_time *start, bill_time *end, exchange *x, const char *name, const bill_zone *zone)
{
    const char *text = bill_query_value(x, name);
    if (!text || bill_day_range(start, end, zone, text, strlen(text)) != BILL_OK)
        return bad(x, name, "a day YYYY-MM-DD is wanted");
    return true;
}

/* ---- members ---- */

static bool listed(const char *const *names, const char *name)
{
    for (; *names; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

const bill_json_node *bill_body(exchange *x, const char *const *members)
{
    bill_error error = {0};
    bill_status status = bill_json_parse(&x->json, x->body ? x->body : "", x->body_length, &error);
    if (status != BILL_OK) {
        (void)bill_refuse_status(x, status, "", &error);
        return NULL;
    }
    const bill_json_node *root = bill_json_root(x->json);
    if (root->kind != BILL_JSON_OBJECT) {
        (void)bad(x, "", "a JSON object is wanted");
        return NULL;
    }
    for (const bill_json_node *m = root->child; members && m; m = m->next)
        if (!listed(members, m->key)) {
            (void)bad(x, m->key, "no such member");
            return NULL;
        }
    return root;
}

/* The member, unless it is missing or null. */
static const bill_json_node *member(const bill_json_node *object, const char *name)
{
    const bill_json_node *node = bill_json_get(object, name);
    return node && node->kind != BILL_JSON_NULL ? node : NULL;
}

bool bill_member_text(const char **out, exchange *x, const bill_json_node *object, const char *name)
{
    const bill_json_node *node = member(object, name);
    if (!node)
        return true;
    const char *text = bill_json_string(node);
    if (!text || strlen(text) != node->length)
        return bad(x, name, "a text is wanted");
    *out = text;
    return true;
}

bool bill_member_word(int *out, exchange *x, const bill_json_node *object, const char *name, const char *const *words)
{
    const char *text = NULL;
    if (!bill_member_text(&text, x, object, name))
        return false;
    if (!text)
        return true;
    int found = bill_value_find(words, text, strlen(text));
    if (found < 0)
        return bad(x, name, "no word of this set");
    *out = found;
    return true;
}

bool bill_member_time(bill_time *out, exchange *x, const bill_json_node *object, const char *name)
{
    const char *text = NULL;
    if (!bill_member_text(&text, x, object, name))
        return false;
    if (text && bill_time_parse(out, text, strlen(text)) != BILL_OK)
        return bad(x, name, "a time YYYY-MM-DDTHH:MM:SSZ is wanted");
    return true;
}

bool bill_member_amount(bill_amount *out, bool *given, exchange *x, const bill_json_node *object, const char *name)
{
    const bill_json_node *node = member(object, name);
    *given = node != NULL;
    if (!node)
        return true;
    bill_status status = bill_json_amount(out, node);
    if (status != BILL_OK || bill_amount_is_negative(*out))
        return bad(x, name, "a plain decimal of 0 or more with at most 12 decimals is wanted");
    return true;
}

bool bill_member_number(int64_t *out, exchange *x, const bill_json_node *object, const char *name)
{
    const bill_json_node *node = member(object, name);
    if (node && bill_json_int(out, node) != BILL_OK)
        return bad(x, name, "a whole number is wanted");
    return true;
}

bool bill_member_flag(bool *out, exchange *x, const bill_json_node *object, const char *name)
{
    const bill_json_node *node = member(object, name);
    if (node && node->kind != BILL_JSON_TRUE && node->kind != BILL_JSON_FALSE)
        return bad(x, name, "true or false is wanted");
    if (node)
        *out = node->kind == BILL_JSON_TRUE;
    return true;
}
