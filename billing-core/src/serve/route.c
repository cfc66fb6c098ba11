/* route.c - which request is which, and who may make it. */
#include "serve/server.h"

#include <string.h>

#define BASE "/api/ai/billing"

static const char *const none[] = {NULL};
static const char *const of_bill[] = {"cycle", "limit", "after", NULL};
static const char *const of_export[] = {"cycle", "format", "prices", "bom", "lang", NULL};
static const char *const of_statistics[] = {"startDate", "endDate", "userId", NULL};
static const char *const of_prices[] = {"model", NULL};

#define OWNER  (CALLER_OWN | BILL_CALLER_ADMIN)
#define BRIDGE (BILL_CALLER_SERVICE | BILL_CALLER_ADMIN)
#define ADMIN  BILL_CALLER_ADMIN

/* Who may is the third column; a route without it is for nobody. */
const route bill_routes[] = {
    {"GET",  BASE "/user/:userId/bill",         OWNER,         bill_handle_bill,       of_bill      },
    {"GET",  BASE "/user/:userId/export",       OWNER,         bill_handle_export,     of_export    },
    {"GET",  BASE "/statistics",                ADMIN,         bill_handle_statistics, of_statistics},
    {"POST", BASE "/usage",                     BRIDGE,        bill_handle_usage,      none         },
    {"POST", BASE "/records/status",            ADMIN,         bill_handle_batch,      none         },
    {"POST", BASE "/records/:billingId/status", ADMIN,         bill_handle_status,     none         },
    {"POST", BASE "/records/:billingId/refund", ADMIN,         bill_handle_refund,     none         },
    {"GET",  BASE "/prices",                    BRIDGE,        bill_handle_prices,     of_prices    },
    {"POST", BASE "/prices",                    ADMIN,         bill_handle_price_add,  none         },
    {"GET",  BASE "/health",                    CALLER_ANYONE, bill_handle_health,     none         },
};
const size_t bill_route_count = sizeof bill_routes / sizeof bill_routes[0];

typedef struct found {
    const char *number, *name; /* of the path's variable */
    size_t length, name_length;
} found;

/* Segment by segment; the variable takes any text but an empty one. */
static bool matches(found *out, const char *pattern, const char *path)
{
    memset(out, 0, sizeof *out);
    while (*pattern == '/' && *path == '/') {
        size_t wanted = strcspn(++pattern, "/"), given = strcspn(++path, "/");
        if (pattern[0] == ':') {
            *out = (found){path, pattern + 1, given, wanted - 1};
            if (given == 0)
                return false;
        } else if (wanted != given || memcmp(pattern, path, given) != 0) {
            return false;
        }
        pattern += wanted;
        path += given;
    }
    return *pattern == '\0' && *path == '\0';
}

static void allow(exchange *x, const route *r)
{
    size_t used = strlen(x->allow);
    (void)snprintf(x->allow + used, sizeof x->allow - used, "%s%s%s", used ? ", " : "", r->method,
                   strcmp(r->method, "GET") == 0 ? ", HEAD" : "");
}

bool bill_route_find(exchange *x, const char *method, const char *path)
{
    const char *wanted = strcmp(method, "HEAD") == 0 ? "GET" : method;
    found at;
    for (size_t i = 0; i < bill_route_count; i++) {
        const route *r = &bill_routes[i];
        if (!matches(&at, r->path, path))
            continue;
        allow(x, r);
        if (strcmp(r->method, wanted) != 0)
            continue;
        if (at.number && !bill_id_parse(&x->id, at.number, at.length)) {
            char name[32];
            (void)snprintf(name, sizeof name, "%.*s", (int)at.name_length, at.name);
            (void)bill_refuse(x, MHD_HTTP_BAD_REQUEST, "bad_request", name, "a number above 0 is wanted");
            return false;
        }
        x->route = r;
        x->allow[0] = '\0';
        return true;
    }
    if (x->allow[0])
        (void)bill_refuse(x, MHD_HTTP_METHOD_NOT_ALLOWED, "method_not_allowed", "", "this takes %s", x->allow);
    else
        (void)bill_refuse(x, MHD_HTTP_NOT_FOUND, "not_found", "", "there is nothing here");
    return false;
}
