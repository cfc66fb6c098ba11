/* write.c - handlers that change: usages, statuses, refunds, prices. */
#include "serve/server.h"

#include "billing/mapping.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define MEMBERS_MAX 40
#define IDS_MAX     1000

/* ---- usages ---- */

/* A usage has the names of the columns inside, and the API's spelling outside:
 * requestId is request_id. */
typedef struct usage_body {
    bill_json_node root, members[MEMBERS_MAX];
    char names[MEMBERS_MAX][40];
    size_t count;
    bool told; /* the operation is given by its name or method */
} usage_body;

static bool to_column(char *out, size_t size, const char *name)
{
    size_t used = 0;
    for (; *name; name++) {
        if (used + 3 > size)
            return false;
        if (isupper((unsigned char)*name))
            out[used++] = '_';
        out[used++] = (char)tolower((unsigned char)*name);
    }
    out[used] = '\0';
    return used > 0;
}

static void to_member(char *out, size_t size, const char *column, size_t length)
{
    size_t used = 0;
    for (size_t i = 0; i < length && used + 1 < size; i++) {
        bool up = column[i] == '_' && i + 1 < length;
        i += up;
        out[used++] = up ? (char)toupper((unsigned char)column[i]) : column[i];
    }
    out[used] = '\0';
}

static bool refuse_member(exchange *x, const char *name, const char *sentence)
{
    (void)bill_refuse(x, MHD_HTTP_BAD_REQUEST, "bad_request", name, "%s", sentence);
    return false;
}

static bool take_member(usage_body *out, exchange *x, const bill_json_node *m)
{
    if (out->count == MEMBERS_MAX)
        return refuse_member(x, "", "too many members");
    char *name = out->names[out->count];
    if (strlen(m->key) != m->key_length || !to_column(name, sizeof out->names[0], m->key))
        return refuse_member(x, m->key, "no member of a usage");
    for (size_t i = 0; i < out->count; i++)
        if (strcmp(out->names[i], name) == 0)
            return refuse_member(x, m->key, "given twice");
    out->told = out->told || strcmp(name, "operation") == 0 || strcmp(name, "method") == 0;
    bill_json_node *copy = &out->members[out->count++];
    *copy = *m;
    copy->key = name;
    copy->key_length = strlen(name);
    copy->next = NULL;
    if (out->count > 1)
        copy[-1].next = copy;
    return true;
}

/* The specification's usageType names four kinds; its audio is speech that was
 * made if characters are given, else speech that was understood. */
static bool read_usage_type(bill_usage *usage, const usage_body *body, exchange *x, const bill_json_node *root)
{
    static const bill_operation of_type[] = {[BILL_USAGE_TYPE_TEXT] = BILL_OP_CHAT,
                                             [BILL_USAGE_TYPE_IMAGE] = BILL_OP_IMAGE,
                                             [BILL_USAGE_TYPE_AUDIO] = BILL_OP_STT,
                                             [BILL_USAGE_TYPE_VIDEO] = BILL_OP_VIDEO};
    const char *name = bill_json_get(root, "usage_type") ? "usage_type" : "usageType";
    int type = -1;
    if (!bill_member_word(&type, x, root, name, bill_values_usage_type))
        return false;
    if (type < 0)
        return true;
    if (body->told) {
        if (bill_operation_usage(usage->operation) != (bill_usage_type)type)
            return refuse_member(x, name, "the operation is of another type");
        return true;
    }
    usage->operation = of_type[type];
    if (type == BILL_USAGE_TYPE_AUDIO && usage->character_count != BILL_COUNT_NONE)
        usage->operation = BILL_OP_TTS;
    return true;
}

/* The library's sentence begins with the column it is about, if with any. */
static bill_status refuse_usage(exchange *x, bill_status status, const bill_json_node *root, const bill_error *error)
{
    char place[64] = "", column[40];
    size_t length = strspn(error->text, "abcdefghijklmnopqrstuvwxyz_");
    const char *text = error->text;
    if (length > 0 && length < sizeof place && (text[length] == ':' || text[length] == ' ')) {
        bool name = memchr(text, '_', length) || strncmp(text, "model ", 6) == 0 || text[length] == ':';
        if (name)
            to_member(place, sizeof place, text, length);
        for (const bill_json_node *m = root->child; m; m = m->next)
            if (to_column(column, sizeof column, m->key) && strlen(column) == length &&
                strncmp(column, text, length) == 0)
                (void)snprintf(place, sizeof place, "%s", m->key);
    }
    return bill_refuse_status(x, status, place, error);
}

static bill_status read_usage(bill_usage *usage, exchange *x)
{
    const bill_json_node *root = bill_body(x, NULL);
    bill_error error = {0};
    if (!root)
        return BILL_EINVAL;
    usage_body *body = calloc(1, sizeof *body);
    if (!body)
        return bill_refuse_status(x, BILL_ENOMEM, "", NULL);
    bool fine = true;
    for (const bill_json_node *m = root->child; m && fine; m = m->next)
        if (strcmp(m->key, "usageType") != 0 && strcmp(m->key, "usage_type") != 0)
            fine = take_member(body, x, m);
    body->root.kind = BILL_JSON_OBJECT;
    body->root.child = body->count ? &body->members[0] : NULL;
    bill_status status = fine ? bill_usage_from_json(usage, &body->root, &error) : BILL_EINVAL;
    if (fine && status != BILL_OK)
        status = refuse_usage(x, status, root, &error);
    else if (fine && !read_usage_type(usage, body, x, root))
        status = BILL_EINVAL;
    free(body);
    return status;
}

/* The same for the first answer and a repeated one, so that a caller who lost
 * the first cannot tell them apart by more than the number. */
static bill_status answer_usage(exchange *x, const bill_usage *usage, const bill_recorded *r)
{
    static const char *const outcomes[] = {[BILL_OUTCOME_BILLED] = "billed",
                                           [BILL_OUTCOME_UNPRICED] = "unpriced",
                                           [BILL_OUTCOME_REVIEW] = "review",
                                           [BILL_OUTCOME_NOT_BILLABLE] = "not_billable"};
    FILE *out = bill_reply_begin(x);
    if (out) {
        fprintf(out, "{\"success\":true,\"data\":{\"requestId\":");
        bill_put_json(out, usage->request_id);
        fprintf(out, ",\"outcome\":\"%s\",\"usageId\":%lld", outcomes[r->outcome], (long long)r->usage_id);
        if (r->outcome == BILL_OUTCOME_BILLED) {
            fprintf(out, ",\"billingId\":%lld,\"billingCycle\":\"%s\",", (long long)r->record_id, r->cycle);
            bill_put_amount(out, "totalCost", r->cost);
            fprintf(out, ",\"currency\":\"%s\"", r->currency);
        }
        fprintf(out, "}}\n");
    }
    return bill_reply_end(x, r->repeated ? MHD_HTTP_OK : MHD_HTTP_CREATED);
}

typedef struct posted {
    exchange *x;
    bill_usage usage;
    bill_recorded recorded;
    bill_status status;
    bill_error error;
} posted;

static bool is_lost(bill_status status)
{
    return status == BILL_EBUSY || status == BILL_EIO || status == BILL_ENOMEM;
}

static void record_one(posted *p, bill_ledger *ledger)
{
    p->error = (bill_error){0};
    (void)bill_ledger_act_as(ledger, p->x->caller.subject);
    p->status = bill_ledger_record(&p->recorded, ledger, &p->usage, &p->error);
}

/* One transaction for all. What it answers counts only if it returns BILL_OK;
 * *begun says whether the store was there at all. */
static bill_status record_together(bool *begun, posted *all, size_t count, bill_ledger *ledger, bill_error *error)
{
    bill_status status = bill_ledger_group_begin(ledger, error);
    *begun = status == BILL_OK;
    for (size_t i = 0; i < count && status == BILL_OK; i++) {
        record_one(&all[i], ledger);
        if (is_lost(all[i].status))
            status = all[i].status;
    }
    if (*begun && status == BILL_OK)
        status = bill_ledger_group_end(ledger, error);
    else if (*begun)
        bill_ledger_group_abandon(ledger);
    return status;
}

/* A transaction each; a store that is away is not asked again for the rest. */
static void record_singly(posted *all, size_t count, bill_ledger *ledger)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && is_lost(all[i - 1].status)) {
            all[i].status = all[i - 1].status;
            all[i].error = all[i - 1].error;
        } else {
            record_one(&all[i], ledger);
        }
    }
}

static bill_status answer_posted(posted *p)
{
    if (p->status == BILL_OK)
        return answer_usage(p->x, &p->usage, &p->recorded);
    if (p->status == BILL_ECONFLICT)
        return bill_refuse_status(p->x, p->status, "requestId", &p->error);
    return refuse_usage(p->x, p->status, bill_json_root(p->x->json), &p->error);
}

bill_status bill_record_group(exchange **group, size_t count, bill_ledger *ledger)
{
    bill_error error = {0};
    bill_status worst = BILL_OK;
    size_t read = 0;
    bool begun = true;
    posted *all = calloc(count, sizeof *all);
    for (size_t i = 0; i < count; i++) {
        if (!all)
            (void)bill_refuse_status(group[i], BILL_ENOMEM, "", NULL);
        else if (read_usage(&all[read].usage, group[i]) == BILL_OK)
            all[read++].x = group[i];
    }
    bill_status together = read > 1 ? record_together(&begun, all, read, ledger, &error) : BILL_EBUSY;
    if (together != BILL_OK && begun)
        record_singly(all, read, ledger);
    for (size_t i = 0; i < read; i++) {
        if (!begun) {
            all[i].status = together;
            all[i].error = error;
        }
        (void)answer_posted(&all[i]);
        if (is_lost(all[i].status))
            worst = all[i].status;
    }
    free(all);
    return worst;
}

bill_status bill_handle_usage(exchange *x, bill_ledger *ledger)
{
    return bill_record_group(&x, 1, ledger);
}

/* ---- statuses ---- */

/* The field a refused change is about. */
static const char *change_place(bill_status status, const bill_error *error)
{
    switch (status) {
    case BILL_ENOTFOUND: return "billingId";
    case BILL_ESTATE: return "status";
    case BILL_ECONFLICT: return "reference";
    case BILL_EINVAL:
        return strstr(error->text, "a reason") ? "reason" : strstr(error->text, "a reference") ? "reference" : "";
    default: return "";
    }
}

typedef struct status_body {
    const bill_json_node *root;
    bill_change change;
    int to;
} status_body;

static bool read_status(status_body *out, exchange *x, const char *const *members)
{
    *out = (status_body){.change.at = BILL_TIME_NONE, .to = -1};
    out->root = bill_body(x, members);
    if (!out->root || !bill_member_word(&out->to, x, out->root, "status", bill_values_billing_status) ||
        !bill_member_text(&out->change.reference, x, out->root, "reference") ||
        !bill_member_text(&out->change.reason, x, out->root, "reason") ||
        !bill_member_time(&out->change.at, x, out->root, "paymentTime"))
        return false;
    if (out->to < 0)
        return refuse_member(x, "status", "a status is wanted");
    out->change.to = (bill_billing_status)out->to;
    return true;
}

bill_status bill_handle_status(exchange *x, bill_ledger *ledger)
{
    static const char *const members[] = {"status", "paymentTime", "reference", "reason", NULL};
    status_body body;
    bill_error error = {0};
    if (!read_status(&body, x, members))
        return BILL_EINVAL;
    bill_status status = bill_ledger_change(ledger, x->id, &body.change, &error);
    if (status != BILL_OK)
        return bill_refuse_status(x, status, change_place(status, &error), &error);
    FILE *out = bill_reply_begin(x);
    if (out)
        fprintf(out, "{\"success\":true,\"data\":{\"billingId\":%lld,\"billingStatus\":\"%s\"}}\n", (long long)x->id,
                bill_values_billing_status[body.to]);
    return bill_reply_end(x, MHD_HTTP_OK);
}

static size_t read_ids(int64_t ids[IDS_MAX], exchange *x, const bill_json_node *root)
{
    const bill_json_node *list = bill_json_get(root, "ids");
    size_t count = 0;
    bool fine = list && list->kind == BILL_JSON_ARRAY && list->child;
    for (const bill_json_node *item = fine ? list->child : NULL; item && fine; item = item->next) {
        fine = count < IDS_MAX && item->kind == BILL_JSON_NUMBER && bill_json_int(&ids[count], item) == BILL_OK &&
               ids[count] > 0;
        count++;
    }
    if (fine)
        return count;
    (void)bill_refuse(x, MHD_HTTP_BAD_REQUEST, "bad_request", "ids", "1 to %d ids of bills are wanted", IDS_MAX);
    return 0;
}

/* All done, or none and the reason for each: the envelope says which. */
static bill_status answer_batch(exchange *x, const bill_change_result *results, size_t count, bill_status status,
                                const bill_error *error)
{
    FILE *out = bill_reply_begin(x);
    if (out) {
        fprintf(out, "{\"success\":%s,", status == BILL_OK ? "true" : "false");
        if (status != BILL_OK) {
            fprintf(out, "\"error\":{\"code\":\"batch_refused\",\"message\":");
            bill_put_json(out, error->text);
            fprintf(out, ",\"place\":\"ids\"},");
        }
        fprintf(out, "\"data\":{\"results\":[");
        for (size_t i = 0; i < count; i++)
            fprintf(out, "%s{\"billingId\":%lld,\"ok\":%s,\"text\":\"%s\"}", i ? "," : "",
                    (long long)results[i].record_id, results[i].status == BILL_OK ? "true" : "false",
                    results[i].status != BILL_OK ? bill_status_text(results[i].status)
                    : status == BILL_OK          ? "done"
                                                 : "could be");
        fprintf(out, "]}}\n");
    }
    (void)bill_reply_end(x, status == BILL_OK ? MHD_HTTP_OK : MHD_HTTP_CONFLICT);
    return status;
}

bill_status bill_handle_batch(exchange *x, bill_ledger *ledger)
{
    static const char *const members[] = {"ids", "status", "paymentTime", "reference", "reason", NULL};
    status_body body;
    bill_error error = {0};
    int64_t ids[IDS_MAX];
    size_t count = read_status(&body, x, members) ? read_ids(ids, x, body.root) : 0;
    if (count == 0)
        return BILL_EINVAL;
    bill_change_result *results = calloc(count, sizeof *results);
    if (!results)
        return bill_refuse_status(x, BILL_ENOMEM, "", NULL);
    bool judged = false; /* each bill, rather than the words or the store */
    bill_status status = bill_ledger_change_batch(results, ledger, ids, count, &body.change, &error);
    for (size_t i = 0; i < count; i++)
        judged = judged || results[i].status == status;
    if (status == BILL_OK || judged)
        status = answer_batch(x, results, count, status, &error);
    else
        (void)bill_refuse_status(x, status, change_place(status, &error), &error);
    free(results);
    return status;
}

/* ---- refunds ---- */

bill_status bill_handle_refund(exchange *x, bill_ledger *ledger)
{
    static const char *const members[] = {"amount", "reference", "reason", NULL};
    const bill_json_node *root = bill_body(x, members);
    const char *reference = NULL, *reason = NULL;
    bill_amount amount, refunded;
    bill_record record;
    bill_error error = {0};
    bool given;
    if (!root || !bill_member_amount(&amount, &given, x, root, "amount") ||
        !bill_member_text(&reference, x, root, "reference") || !bill_member_text(&reason, x, root, "reason"))
        return BILL_EINVAL;
    if (!reference || !reference[0])
        return bill_refuse(x, MHD_HTTP_BAD_REQUEST, "bad_request", "reference", "a refund needs a reference");
    bill_status status =
        bill_ledger_refund(&refunded, ledger, x->id, given ? &amount : NULL, reference, reason, &error);
    if (status == BILL_OK)
        status = bill_query_record(&record, ledger, x->id, &error);
    if (status != BILL_OK)
        return bill_refuse_status(x, status, status == BILL_ERANGE ? "amount" : change_place(status, &error), &error);
    FILE *out = bill_reply_begin(x);
    if (out) {
        fprintf(out, "{\"success\":true,\"data\":{\"billingId\":%lld,\"reference\":", (long long)x->id);
        bill_put_json(out, reference);
        (void)fputc(',', out);
        bill_put_amount(out, "refundedAmount", refunded);
        fprintf(out, ",\"currency\":\"%s\"}}\n", record.currency);
    }
    return bill_reply_end(x, MHD_HTTP_OK);
}

/* ---- prices ---- */

static bool add_plain(bill_price *price, exchange *x, const bill_json_node *root, const char *name,
                      bill_price_dimension dimension, int64_t per)
{
    bill_amount amount;
    bool given;
    if (!bill_member_amount(&amount, &given, x, root, name))
        return false;
    if (given && bill_price_add(price, dimension, "", BILL_AMOUNT_ZERO, amount, per) != BILL_OK)
        return refuse_member(x, name, "too many prices");
    return true;
}

static bool add_component(bill_price *price, exchange *x, const bill_json_node *node)
{
    static const char *const members[] = {"dimension", "qualifier", "tierStart", "price", "per"};
    const char *qualifier = "";
    bill_amount start = BILL_AMOUNT_ZERO, amount;
    int64_t per = 1;
    int dimension = -1;
    bool given, priced;
    if (node->kind != BILL_JSON_OBJECT)
        return refuse_member(x, "components", "objects are wanted");
    for (const bill_json_node *m = node->child; m; m = m->next) {
        size_t i = 0;
        while (i < sizeof members / sizeof members[0] && strcmp(m->key, members[i]) != 0)
            i++;
        if (i == sizeof members / sizeof members[0])
            return refuse_member(x, m->key, "no member of a component");
    }
    if (!bill_member_word(&dimension, x, node, "dimension", bill_values_price_dimension) ||
        !bill_member_text(&qualifier, x, node, "qualifier") ||
        !bill_member_amount(&start, &given, x, node, "tierStart") ||
        !bill_member_amount(&amount, &priced, x, node, "price") || !bill_member_number(&per, x, node, "per"))
        return false;
    if (dimension < 0 || !priced)
        return refuse_member(x, dimension < 0 ? "dimension" : "price", "a component needs this");
    if (bill_price_add(price, (bill_price_dimension)dimension, qualifier, start, amount, per) != BILL_OK)
        return refuse_member(x, "components", "too many, or a qualifier too long");
    return true;
}

static bool add_prices(bill_price *price, exchange *x, const bill_json_node *root)
{
    static const bill_price_dimension unit_of[] = {[BILL_TYPE_TOKEN] = BILL_DIM_INPUT,
                                                   [BILL_TYPE_CHARACTER] = BILL_DIM_CHARACTER,
                                                   [BILL_TYPE_COUNT] = BILL_DIM_IMAGE,
                                                   [BILL_TYPE_SECOND] = BILL_DIM_SECOND};
    const bill_json_node *components = bill_json_get(root, "components");
    int64_t per = 1;
    if (!bill_member_number(&per, x, root, "per") || !add_plain(price, x, root, "inputPrice", BILL_DIM_INPUT, per) ||
        !add_plain(price, x, root, "outputPrice", BILL_DIM_OUTPUT, per) ||
        !add_plain(price, x, root, "unitPrice", unit_of[price->type], per))
        return false;
    if (components && components->kind != BILL_JSON_ARRAY)
        return refuse_member(x, "components", "an array is wanted");
    for (const bill_json_node *c = components ? components->child : NULL; c; c = c->next)
        if (!add_component(price, x, c))
            return false;
    return true;
}

static bool read_price(bill_price *price, exchange *x, const bill_json_node *root, bill_ledger *ledger)
{
    const char *type = "token", *currency = bill_ledger_currency(ledger);
    int mode = BILL_TIER_FLAT;
    if (!bill_member_text(&type, x, root, "billingType") || !bill_member_text(&currency, x, root, "currency") ||
        !bill_member_word(&mode, x, root, "tierMode", bill_values_tier_mode))
        return false;
    int found = bill_billing_type_find(type, strlen(type));
    if (found < 0)
        return refuse_member(x, "billingType", "token, character, count or second is wanted");
    if (strlen(currency) != 3)
        return refuse_member(x, "currency", "three letters are wanted");
    bill_price_init(price, (bill_billing_type)found, currency);
    if (bill_json_get(root, "tierMode"))
        price->tier_mode = (bill_tier_mode)mode;
    price->from = bill_ledger_now(ledger);
    return bill_member_time(&price->from, x, root, "effectiveFrom") &&
           bill_member_time(&price->to, x, root, "effectiveTo") && add_prices(price, x, root);
}

bill_status bill_handle_price_add(exchange *x, bill_ledger *ledger)
{
    static const char *const members[] = {"model",         "provider",    "billingType",   "tierMode",   "currency",
                                          "effectiveFrom", "effectiveTo", "closePrevious", "inputPrice", "outputPrice",
                                          "unitPrice",     "per",         "components",    NULL};
    const bill_json_node *root = bill_body(x, members);
    const char *model = NULL, *provider = "";
    bool close_previous = false;
    bill_price price;
    bill_error error = {0};
    if (!root || !bill_member_text(&model, x, root, "model") || !bill_member_text(&provider, x, root, "provider") ||
        !bill_member_flag(&close_previous, x, root, "closePrevious"))
        return BILL_EINVAL;
    if (!model || !model[0])
        return bill_refuse(x, MHD_HTTP_BAD_REQUEST, "bad_request", "model", "a model is wanted");
    if (!read_price(&price, x, root, ledger))
        return BILL_EINVAL;
    bill_status status = bill_ledger_price_add(ledger, model, provider, &price, close_previous, &error);
    if (status != BILL_OK)
        return bill_refuse_status(x, status, status == BILL_EOVERLAP ? "effectiveFrom" : "", &error);
    FILE *out = bill_reply_begin(x);
    if (out) {
        fprintf(out, "{\"success\":true,\"data\":{\"model\":");
        bill_put_json(out, model);
        fprintf(out, ",\"modelId\":%lld,\"priceVersionId\":%lld}}\n", (long long)price.model_id, (long long)price.id);
    }
    return bill_reply_end(x, MHD_HTTP_CREATED);
}
