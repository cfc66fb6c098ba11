/* reply.c - bodies of replies, and refusals with their codes. */
#include "serve/server.h"

#include "billing/utf8.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* A text that was cut inside a character, or came in an address, need not be UTF-8. */
void bill_put_json(FILE *out, const char *text)
{
    int64_t count;
    bool sound = bill_utf8_count(&count, text, strlen(text), BILL_CHAR_CODE_POINT) == BILL_OK;
    (void)fputc('"', out);
    for (const char *c = text; *c; c++) {
        if (*c == '"' || *c == '\\')
            fprintf(out, "\\%c", *c);
        else if ((unsigned char)*c < 0x20)
            fprintf(out, "\\u%04x", (unsigned)*c);
        else
            (void)fputc(sound || (unsigned char)*c < 0x80 ? *c : '?', out);
    }
    (void)fputc('"', out);
}

void bill_put_amount(FILE *out, const char *name, bill_amount amount)
{
    char digits[BILL_AMOUNT_TEXT_MAX];
    (void)bill_amount_print(digits, amount);
    fprintf(out, "\"%s\":%s,\"%sExact\":\"%s\"", name, digits, name, digits);
}

bill_status bill_to_reply(void *file, const char *text, size_t length)
{
    return fwrite(text, 1, length, file) == length ? BILL_OK : BILL_ENOMEM;
}

static void discard(exchange *x)
{
    if (x->out)
        (void)fclose(x->out);
    x->out = NULL;
    free(x->reply);
    x->reply = NULL;
    x->reply_length = 0;
}

FILE *bill_reply_begin(exchange *x)
{
    discard(x);
    x->out = open_memstream(&x->reply, &x->reply_length);
    return x->out;
}

bill_status bill_reply_end(exchange *x, unsigned http_status)
{
    bool whole = x->out && !ferror(x->out);
    if (x->out && fclose(x->out) != 0)
        whole = false;
    x->out = NULL;
    x->status = http_status;
    if (whole)
        return BILL_OK;
    discard(x); /* no memory for a sentence: the number must do */
    x->status = MHD_HTTP_SERVICE_UNAVAILABLE;
    x->retry_after = 1;
    return BILL_ENOMEM;
}

bill_status bill_refuse(exchange *x, unsigned http_status, const char *code, const char *place, const char *format, ...)
{
    char text[320];
    va_list arguments;
    if (x->status)
        return BILL_EINVAL;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    FILE *out = bill_reply_begin(x);
    if (out) {
        fprintf(out, "{\"success\":false,\"error\":{\"code\":\"%s\",\"message\":", code);
        bill_put_json(out, text);
        fprintf(out, ",\"place\":");
        bill_put_json(out, place);
        fprintf(out, "}}\n");
    }
    (void)bill_reply_end(x, http_status);
    return BILL_EINVAL;
}

static const struct {
    bill_status status;
    unsigned http;
    const char *code;
} codes[] = {
    {BILL_EINVAL,       MHD_HTTP_BAD_REQUEST,           "bad_request"  },
    {BILL_EINEXACT,     MHD_HTTP_BAD_REQUEST,           "too_precise"  },
    {BILL_ERANGE,       MHD_HTTP_UNPROCESSABLE_CONTENT, "out_of_range" },
    {BILL_EUNPRICED,    MHD_HTTP_UNPROCESSABLE_CONTENT, "unpriced"     },
    {BILL_ENOTFOUND,    MHD_HTTP_NOT_FOUND,             "not_found"    },
    {BILL_ECONFLICT,    MHD_HTTP_CONFLICT,              "conflict"     },
    {BILL_ESTATE,       MHD_HTTP_CONFLICT,              "wrong_state"  },
    {BILL_EOVERLAP,     MHD_HTTP_CONFLICT,              "overlap"      },
    {BILL_ECLOSED,      MHD_HTTP_CONFLICT,              "closed"       },
    {BILL_EBUSY,        MHD_HTTP_SERVICE_UNAVAILABLE,   "busy"         },
    {BILL_EIO,          MHD_HTTP_SERVICE_UNAVAILABLE,   "store_failed" },
    {BILL_ENOMEM,       MHD_HTTP_SERVICE_UNAVAILABLE,   "out_of_memory"},
    {BILL_ECORRUPT,     MHD_HTTP_INTERNAL_SERVER_ERROR, "corrupt"      },
    {BILL_EUNSUPPORTED, MHD_HTTP_NOT_IMPLEMENTED,       "not_supported"},
};

/* What went wrong inside is for the operator; a caller learns its kind only. */
bill_status bill_refuse_status(exchange *x, bill_status status, const char *place, const bill_error *error)
{
    const char *text = error && error->text[0] ? error->text : bill_status_text(status);
    const bill_serve_options *options = x->server->options;
    unsigned http = MHD_HTTP_INTERNAL_SERVER_ERROR;
    const char *code = "internal";
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (codes[i].status == status) {
            http = codes[i].http;
            code = codes[i].code;
        }
    if (http == MHD_HTTP_SERVICE_UNAVAILABLE)
        x->retry_after = status == BILL_EIO ? 5 : 1;
    if (http >= 500) {
        if (!x->status)
            options->notice(options->context, text);
        text = bill_status_text(status);
    }
    (void)bill_refuse(x, http, code, place, "%s", text);
    return status;
}
