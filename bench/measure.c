/* measure.c - runs one command in silence and says what it cost.
 *
 *   bench_measure COMMAND [ARGUMENT...]
 *
 * Prints one line: the exit code, user, system and wall time in microseconds, and the
 * peak memory of its largest process in KiB. It is a program of its own because a
 * process begins with the peak of the one it was forked from: a child of a large
 * interpreter would never be seen to be small. */
#include <fcntl.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static int64_t wall_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int64_t us_of(struct timeval t)
{
    return (int64_t)t.tv_sec * 1000000 + t.tv_usec;
}

static int start(pid_t *child, char **command)
{
    posix_spawn_file_actions_t actions;
    int error = posix_spawn_file_actions_init(&actions);

    if (error)
        return error;
    for (int fd = 0; fd < 3 && !error; fd++)
        error = posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", fd ? O_WRONLY : O_RDONLY, 0);
    if (!error)
        error = posix_spawnp(child, command[0], &actions, NULL, command, environ);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

int main(int argc, char **argv)
{
    struct rusage used;
    pid_t child;
    int status;

    if (argc < 2) {
        fputs("usage: bench_measure COMMAND [ARGUMENT...]\n", stderr);
        return 2;
    }
    int64_t began = wall_us();
    int error = start(&child, argv + 1);
    if (error) {
        fprintf(stderr, "bench_measure: %s: %s\n", argv[1], strerror(error));
        return 2;
    }
    if (wait4(child, &status, 0, &used) != child) {
        perror("bench_measure: wait4");
        return 2;
    }
    int64_t wall = wall_us() - began;
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);

    printf("%d %" PRId64 " %" PRId64 " %" PRId64 " %ld\n", code, us_of(used.ru_utime), us_of(used.ru_stime), wall,
           used.ru_maxrss);
    return 0;
}
