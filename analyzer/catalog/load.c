/* --catalog DIR: the built-in catalogue with records of a folder added or put in
 * place of those with the same id. */
#include "ml/catalog_read.h"

#include "ml/buf.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { FILE_BYTES_MAX = 1 << 20, FILES_MAX = 10000 };

typedef ML_VEC(ml_str) names;

static int by_bytes(const void *left, const void *right)
{
    return ml_str_cmp(*(const ml_str *)left, *(const ml_str *)right);
}

/* Names of the JSON files, sorted; none when the folder does not exist. */
static ml_status list_json(ml_arena *arena, const char *folder, names *out, ml_error *error)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;

    if (!dir)
        return errno == ENOENT ? ML_OK : ml_fail(error, ML_EIO, folder, 0, "cannot be read: %s", strerror(errno));
    while ((entry = readdir(dir)) && out->count < FILES_MAX) {
        ml_str name = ml_str_of(entry->d_name);
        if (ml_str_ends(name, ML_STR(".json"))) {
            name = ml_arena_copy(arena, name);
            ml_vec_push(arena, out, name);
        }
    }
    closedir(dir);
    if (out->count > 1)
        qsort(out->items, out->count, sizeof *out->items, by_bytes);
    return out->count < FILES_MAX ? ML_OK : ml_fail(error, ML_ELIMIT, folder, 0, "holds 10000 files or more");
}

static ml_status read_text(ml_arena *arena, const char *path, ml_str *out, ml_error *error)
{
    FILE *file = fopen(path, "rb");
    ml_buf buf = {0};

    if (!file)
        return ml_fail(error, ML_EIO, path, 0, "cannot be opened: %s", strerror(errno));
    ml_buf_reserve(&buf, FILE_BYTES_MAX);
    buf.len = fread(buf.data, 1, FILE_BYTES_MAX, file);
    ml_status status = ferror(file)                ? ml_fail(error, ML_EIO, path, 0, "cannot be read")
                       : buf.len == FILE_BYTES_MAX ? ml_fail(error, ML_ELIMIT, path, 0, "is larger than 1 MB")
                                                   : ML_OK;
    fclose(file);
    if (status == ML_OK)
        *out = ml_arena_copy(arena, ml_buf_view(&buf));
    ml_buf_finish(&buf);
    return status;
}

static void put_provider(ml_arena *arena, ml_provider_list *list, ml_provider provider)
{
    for (uint32_t i = 0; i < list->count; i++)
        if (ml_str_eq(list->items[i].id, provider.id)) {
            list->items[i] = provider;
            return;
        }
    ml_vec_push(arena, list, provider);
}

static void put_client(ml_arena *arena, ml_client_list *list, ml_client client)
{
    for (uint32_t i = 0; i < list->count; i++)
        if (ml_str_eq(list->items[i].id, client.id)) {
            list->items[i] = client;
            return;
        }
    ml_vec_push(arena, list, client);
}

static ml_status load_folder(ml_arena *run, const char *dir, const char *part, ml_provider_list *providers,
                             ml_client_list *clients, uint32_t *loaded, ml_error *error)
{
    const char *folder = ml_arena_printf(run, "%s/%s", dir, part).data;
    names files = {0};
    ml_status status = list_json(run, folder, &files, error);

    for (uint32_t i = 0; i < files.count && status == ML_OK; i++) {
        const char *path = ml_arena_printf(run, "%s/%.*s", folder, ML_STR_ARG(files.items[i])).data;
        ml_provider provider;
        ml_client client;
        ml_str text;
        if ((status = read_text(run, path, &text, error)) != ML_OK)
            break;
        if (providers && (status = ml_provider_read(&provider, run, text, path, error)) == ML_OK)
            put_provider(run, providers, provider);
        if (clients && (status = ml_client_read(&client, run, text, path, error)) == ML_OK)
            put_client(run, clients, client);
    }
    *loaded += files.count;
    return status;
}

ml_status ml_catalog_load(const ml_catalog **out, ml_arena *run, const char *dir, ml_error *error)
{
    const ml_catalog *builtin = ml_catalog_builtin();
    ml_catalog *catalog = ML_NEW(run, ml_catalog);
    ml_provider_list providers = {0};
    ml_client_list clients = {0};
    uint32_t loaded = 0;
    ml_status status;

    for (uint32_t i = 0; i < builtin->provider_count; i++)
        ml_vec_push(run, &providers, builtin->providers[i]);
    for (uint32_t i = 0; i < builtin->client_count; i++)
        ml_vec_push(run, &clients, builtin->clients[i]);
    if ((status = load_folder(run, dir, "providers", &providers, NULL, &loaded, error)) != ML_OK ||
        (status = load_folder(run, dir, "clients", NULL, &clients, &loaded, error)) != ML_OK)
        return status;
    if (!loaded)
        return ml_fail(error, ML_ENOTFOUND, dir, 0, "holds neither providers/*.json nor clients/*.json");
    if ((status = ml_catalog_build(catalog, run, &providers, &clients, error)) != ML_OK) {
        if (error && !error->path[0])
            snprintf(error->path, sizeof error->path, "%s", dir);
        return status;
    }
    *out = catalog;
    return ML_OK;
}
