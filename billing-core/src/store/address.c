/* address.c - takes a store's address apart. */
#include "store/address.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static int hex(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* Copies a part and decodes %XX; false if it does not fit or is malformed. */
static int decode(char *out, size_t size, const char *text, size_t length)
{
    size_t used = 0;
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        if (c == '%') {
            if (i + 2 >= length || hex(text[i + 1]) < 0 || hex(text[i + 2]) < 0)
                return 0;
            c = (char)(hex(text[i + 1]) << 4 | hex(text[i + 2]));
            i += 2;
        }
        if (c == '\0' || used + 1 >= size)
            return 0;
        out[used++] = c;
    }
    out[used] = '\0';
    return 1;
}

/* "user:password@host:port" */
static int parse_authority(bill_address *a, const char *text, size_t length)
{
    const char *at = NULL;
    for (size_t i = 0; i < length; i++)
        if (text[i] == '@')
            at = text + i;
    if (at) {
        size_t names = (size_t)(at - text);
        const char *colon = memchr(text, ':', names);
        size_t user = colon ? (size_t)(colon - text) : names;
        if (!decode(a->user, sizeof a->user, text, user) ||
            (colon && !decode(a->password, sizeof a->password, colon + 1, names - user - 1)))
            return 0;
        length -= names + 1;
        text = at + 1;
    }
    const char *colon = memchr(text, ':', length);
    if (colon) {
        char *end;
        long port = strtol(colon + 1, &end, 10);
        if (end != text + length || port < 1 || port > 65535)
            return 0;
        a->port = (int)port;
        length = (size_t)(colon - text);
    }
    return decode(a->host, sizeof a->host, text, length);
}

static int parse_options(bill_address *a, const char *text)
{
    while (*text) {
        size_t length = strcspn(text, "&"), name = 0;
        while (name < length && text[name] != '=')
            name++;
        if (a->option_count == BILL_ADDRESS_OPTIONS || name == length)
            return 0;
        int i = a->option_count++;
        if (!decode(a->options[i].name, sizeof a->options[i].name, text, name) ||
            !decode(a->options[i].value, sizeof a->options[i].value, text + name + 1, length - name - 1))
            return 0;
        text += length + (text[length] == '&');
    }
    return 1;
}

bill_status bill_address_parse(bill_address *out, const char *address, bill_error *error)
{
    bill_address a;
    memset(&a, 0, sizeof a);
    const char *rest = strstr(address, "://");
    if (!rest)
        return bill_error_set(error, BILL_EINVAL, "an address is scheme://user:password@host:port/database");
    rest += 3;
    size_t authority = strcspn(rest, "/?");
    const char *path = rest + authority;
    const char *database = *path == '/' ? path + 1 : path;
    size_t length = strcspn(database, "?");
    const char *options = database[length] == '?' ? database + length + 1 : "";
    if (!parse_authority(&a, rest, authority) || !decode(a.database, sizeof a.database, database, length) ||
        !parse_options(&a, options))
        return bill_error_set(error, BILL_EINVAL, "the store's address cannot be read");
    *out = a;
    return BILL_OK;
}

const char *bill_address_option(const bill_address *address, const char *name)
{
    for (int i = 0; i < address->option_count; i++)
        if (strcmp(address->options[i].name, name) == 0)
            return address->options[i].value;
    return NULL;
}
