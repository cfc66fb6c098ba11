/* failpoint.c - dies at a named place, as a power cut would. */
#include "base/failpoint.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { UNKNOWN, OFF, ON };

/* Threads look this up at once: each finds the same. */
static atomic_int state;
static _Atomic(const char *) wanted;
static atomic_long left;

void bill_failpoint_reset(void)
{
    state = UNKNOWN;
}

void bill_failpoint(const char *name)
{
    if (state == OFF)
        return;
    if (state == UNKNOWN) {
        const char *value = getenv("BILL_FAILPOINT");
        const char *colon = value ? strchr(value, ':') : NULL;
        left = colon ? strtol(colon + 1, NULL, 10) : 1;
        wanted = value;
        state = value ? ON : OFF;
        if (!value)
            return;
    }
    const char *place = wanted;
    size_t length = strcspn(place, ":");
    if (strlen(name) == length && strncmp(place, name, length) == 0 && --left == 0)
        (void)kill(getpid(), SIGKILL);
}
