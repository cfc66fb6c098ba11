/* failpoint.c - dies at a named place, as a power cut would. */
#include "base/failpoint.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum { UNKNOWN, OFF, ON } state;
static const char *wanted;
static long left;

void bill_failpoint_reset(void)
{
    state = UNKNOWN;
}

void bill_failpoint(const char *name)
{
    if (state == OFF)
        return;
    if (state == UNKNOWN) {
        wanted = getenv("BILL_FAILPOINT");
        const char *colon = wanted ? strchr(wanted, ':') : NULL;
        left = colon ? strtol(colon + 1, NULL, 10) : 1;
        state = wanted ? ON : OFF;
        if (state == OFF)
            return;
    }
    size_t length = strcspn(wanted, ":");
    if (strlen(name) == length && strncmp(wanted, name, length) == 0 && --left == 0)
        (void)kill(getpid(), SIGKILL);
}
