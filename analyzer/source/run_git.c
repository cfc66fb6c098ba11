/* Processes of git: one that runs to its end, its output read through pipes as it comes, and
 * one that is kept and asked through a socket, which can be written to without a signal when
 * the process has ended. */
#include "run_git.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { ARGS_MAX = 48 };

/* Hooks, monitors, pagers and transports come from the repository's configuration,
 * which a scan does not trust. */
static const char *const switches[] = {
    "--no-optional-locks",      "--no-replace-objects",
    "--literal-pathspecs",      "-c",
    "core.fsmonitor=false",     "-c",
    "core.hooksPath=/dev/null", "-c",
    "core.pager=cat",           "-c",
    "protocol.allow=never",     "-c",
    "core.quotePath=false",
};

static bool is_named(const char *variable, const char *name)
{
    size_t len = strlen(name);
    return strncmp(variable, name, len) == 0 && variable[len] == '=';
}

/* The folder .git stands for: itself, or what a work tree's or submodule's file names. */
static bool find_own(char own[PATH_MAX], const char *top)
{
    static const char mark[] = "gitdir: ";
    char line[PATH_MAX];
    struct stat info;
    int len = snprintf(own, PATH_MAX, "%s/.git", top);

    if (len < 0 || len >= PATH_MAX || stat(own, &info) != 0)
        return false;
    if (S_ISDIR(info.st_mode))
        return true;
    FILE *file = S_ISREG(info.st_mode) ? fopen(own, "re") : NULL;
    if (!file)
        return false;
    bool named = fgets(line, sizeof line, file) && strncmp(line, mark, sizeof mark - 1) == 0;
    fclose(file);
    if (!named)
        return false;
    const char *target = line + sizeof mark - 1;
    line[strcspn(line, "\r\n")] = '\0';
    len = snprintf(own, PATH_MAX, "%s%s%s", *target == '/' ? "" : top, *target == '/' ? "" : "/", target);
    return len > 0 && len < PATH_MAX;
}

/* Does the GIT_DIR a hook was given mean the repository at top? A relative one counts
 * from there, unless someone changed folders on the way, so both readings are tried. */
static bool is_own(const char *git_dir, const char *top)
{
    char path[PATH_MAX];
    struct stat own, named;

    if (!find_own(path, top) || stat(path, &own) != 0)
        return false;
    int len = snprintf(path, sizeof path, "%s/%s", top, git_dir);
    if (stat(git_dir, &named) == 0 && named.st_dev == own.st_dev && named.st_ino == own.st_ino)
        return true;
    return len > 0 && (size_t)len < sizeof path && stat(path, &named) == 0 && named.st_dev == own.st_dev &&
           named.st_ino == own.st_ino;
}

/* What a hook was given is about the repository at top. */
static bool is_about(const char *top)
{
    const char *git_dir = getenv("GIT_DIR");
    return !git_dir || is_own(git_dir, top);
}

bool ml_git_find_index(ml_str *own, ml_str *index, ml_arena *arena, ml_str top)
{
    const char *folder = ml_arena_cstr(arena, top), *given = getenv("GIT_INDEX_FILE");
    char path[PATH_MAX];

    if (!find_own(path, folder))
        return false;
    *own = ml_arena_copy(arena, ml_str_of(path));
    if (!given || !is_about(folder))
        *index = ml_arena_concat(arena, *own, ML_STR("/index"));
    else if (*given == '/')
        *index = ml_arena_copy(arena, ml_str_of(given));
    else
        *index = ml_arena_concat(arena, ml_arena_concat(arena, top, ML_STR("/")), ml_str_of(given));
    return !given || *given;
}

static bool is_among(const char *variable, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (is_named(variable, names[i]))
            return true;
    return false;
}

/* The environment for git, which finds its repository from top by itself. What a hook was
 * given is kept (above all GIT_INDEX_FILE, the index of a partial commit) unless it is
 * about another repository than the scanned one. */
static char **environment(ml_arena *arena, const char *top)
{
    static const char *const always[] = {"GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_EXTERNAL_DIFF", "LC_ALL"};
    static const char *const foreign[] = {"GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES"};
    bool own = is_about(top);
    size_t count = 0, kept = 0;

    while (environ[count])
        count++;
    char **out = ML_NEW_ARRAY(arena, char *, count + 3);
    for (size_t i = 0; i < count; i++) {
        bool drop = is_among(environ[i], always, sizeof always / sizeof *always) ||
                    (!own && is_among(environ[i], foreign, sizeof foreign / sizeof *foreign));
        if (!drop)
            out[kept++] = environ[i];
    }
    out[kept++] = (char *)ml_arena_cstr(arena, ML_STR("LC_ALL=C"));
    out[kept++] = (char *)ml_arena_cstr(arena, ML_STR("GIT_NO_LAZY_FETCH=1"));
    return out;
}

static char **arguments(ml_arena *arena, const char *top, const char *const *args)
{
    char **out = ML_NEW_ARRAY(arena, char *, ARGS_MAX);
    size_t count = 0;

    out[count++] = (char *)ml_arena_cstr(arena, ML_STR("git"));
    out[count++] = (char *)ml_arena_cstr(arena, ML_STR("-C"));
    out[count++] = (char *)ml_arena_cstr(arena, ml_str_of(top));
    for (size_t i = 0; i < sizeof switches / sizeof *switches; i++)
        out[count++] = (char *)ml_arena_cstr(arena, ml_str_of(switches[i]));
    for (size_t i = 0; args[i] && count < ARGS_MAX - 1; i++)
        out[count++] = (char *)ml_arena_cstr(arena, ml_str_of(args[i]));
    return out;
}

/* Standard input, output and error: [0] is the reading end, [1] the writing one. */
struct pipes {
    int in[2], out[2], err[2];
};

static void shut(int *file)
{
    if (*file >= 0)
        close(*file);
    *file = -1;
}

static void close_all(struct pipes *pipes)
{
    int *const files[] = {&pipes->in[0], &pipes->in[1], &pipes->out[0], &pipes->out[1], &pipes->err[0], &pipes->err[1]};

    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        shut(files[i]);
}

/* What git holds of them. */
static void close_far_ends(struct pipes *pipes)
{
    shut(&pipes->in[0]);
    shut(&pipes->out[1]);
    shut(&pipes->err[1]);
}

static bool open_input(struct pipes *pipes, bool asked)
{
    if (asked)
        return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pipes->in) == 0;
    pipes->in[0] = open("/dev/null", O_RDONLY | O_CLOEXEC);
    return pipes->in[0] >= 0;
}

static bool open_all(struct pipes *pipes, bool asked)
{
    *pipes = (struct pipes){
        {-1, -1},
        {-1, -1},
        {-1, -1}
    };
    if (open_input(pipes, asked) && pipe2(pipes->out, O_CLOEXEC) == 0 && pipe2(pipes->err, O_CLOEXEC) == 0)
        return true;
    int why = errno;
    close_all(pipes);
    errno = why;
    return false;
}

/* Returns 0 or an errno. */
static int spawn(pid_t *pid, ml_str folder, const char *const *args, const struct pipes *pipes)
{
    posix_spawn_file_actions_t actions;
    ml_arena scratch = {0};
    const char *top = ml_arena_cstr(&scratch, folder);

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, pipes->in[0], 0);
    posix_spawn_file_actions_adddup2(&actions, pipes->out[1], 1);
    posix_spawn_file_actions_adddup2(&actions, pipes->err[1], 2);
    int why = posix_spawnp(pid, "git", &actions, NULL, arguments(&scratch, top, args), environment(&scratch, top));
    posix_spawn_file_actions_destroy(&actions);
    ml_arena_finish(&scratch);
    return why;
}

/* Starts git; *pipes has our ends of it. */
static ml_status start(pid_t *pid, struct pipes *pipes, ml_str top, const char *const *args, bool asked,
                       ml_error *error)
{
    if (!open_all(pipes, asked))
        return ml_fail(error, ML_EIO, NULL, 0, "cannot prepare to start git: %s", strerror(errno));
    int why = spawn(pid, top, args, pipes);
    if (why) {
        close_all(pipes);
        return ml_fail(error, ML_EIO, NULL, 0, "cannot start git: %s", why == ENOENT ? "not installed" : strerror(why));
    }
    close_far_ends(pipes);
    return ML_OK;
}

void ml_git_keep_said(char said[ML_GIT_SAID_BYTES], const char *bytes, size_t len)
{
    size_t have = strlen(said);

    for (size_t i = 0; i < len && have + 1 < ML_GIT_SAID_BYTES; i++)
        if (bytes[i] != '\0')
            said[have++] = bytes[i];
    said[have] = '\0';
}

/* Reads both pipes until they end. NULL when they did, else what went wrong. */
static const char *listen_to(char said[ML_GIT_SAID_BYTES], const ml_git_run *run, struct pipes *pipes)
{
    char bytes[64 * 1024];
    struct pollfd waiting[2] = {
        {.fd = pipes->out[0], .events = POLLIN},
        {.fd = pipes->err[0], .events = POLLIN}
    };

    while (waiting[0].fd >= 0 || waiting[1].fd >= 0) {
        int ready = poll(waiting, 2, ML_GIT_SILENCE_MS_MAX);
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0)
            return "git does not answer";
        for (int i = 0; i < 2; i++) {
            if (waiting[i].fd < 0 || !waiting[i].revents)
                continue;
            ssize_t got = read(waiting[i].fd, bytes, sizeof bytes);
            if (got < 0 && errno == EINTR)
                continue;
            if (got <= 0)
                waiting[i].fd = -1;
            else if (i == 1)
                ml_git_keep_said(said, bytes, (size_t)got);
            else if (!run->sink(run->data, bytes, (size_t)got))
                return "git's answer is larger than expected or cannot be understood";
        }
    }
    return NULL;
}

static int wait_for(pid_t pid)
{
    int state;

    while (waitpid(pid, &state, 0) < 0)
        if (errno != EINTR)
            return -1;
    return WIFEXITED(state) ? WEXITSTATUS(state) : -1;
}

ml_status ml_git_call(int *code, char said[ML_GIT_SAID_BYTES], const ml_git_run *run, ml_error *error)
{
    struct pipes pipes;
    pid_t pid;

    said[0] = '\0';
    ml_status status = start(&pid, &pipes, run->top, run->args, false, error);
    if (status != ML_OK)
        return status;
    const char *trouble = listen_to(said, run, &pipes);
    if (trouble)
        kill(pid, SIGKILL);
    close_all(&pipes);
    *code = wait_for(pid);
    said[strcspn(said, "\n")] = '\0';
    return trouble ? ml_fail(error, ML_ELIMIT, NULL, 0, "%s", trouble) : ML_OK;
}

ml_status ml_git_start(ml_git_process *out, ml_str top, const char *const *args, ml_error *error)
{
    struct pipes pipes;
    ml_status status = start(&out->pid, &pipes, top, args, true, error);

    if (status != ML_OK)
        *out = (ml_git_process){-1, -1, -1, -1};
    else
        *out = (ml_git_process){out->pid, pipes.in[1], pipes.out[0], pipes.err[0]};
    return status;
}

void ml_git_stop(ml_git_process *process)
{
    if (process->pid < 0)
        return;
    kill(process->pid, SIGKILL);
    shut(&process->in);
    shut(&process->out);
    shut(&process->err);
    wait_for(process->pid);
    process->pid = -1;
}

ml_status ml_git_failed(ml_error *error, ml_str top, const char *said)
{
    char path[512];

    ml_str cut = ml_str_slice(top, 0, sizeof path - 1);
    memcpy(path, cut.data, cut.len);
    path[cut.len] = '\0';
    return ml_fail(error, ML_EIO, path, 0, "git failed: %s", *said ? said : "no reason given");
}
