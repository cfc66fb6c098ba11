/* Paths are text here: nothing asks the file system. */
#include "ml/str.h"

static bool is_parent(ml_str part)
{
    return ml_str_eq(part, ML_STR(".."));
}

/* Appends the parts of path to the cleaned out[0..len), resolving "." and "..". */
static size_t append_parts(char *out, size_t len, ml_str path)
{
    while (path.len) {
        ml_str part = ml_str_split(&path, '/');
        if (!part.len || ml_str_eq(part, ML_STR(".")))
            continue;
        ml_str so_far = {out, len};
        if (is_parent(part) && len && !is_parent(ml_path_name(so_far))) {
            bool rooted = out[0] == '/';
            size_t cut = ml_str_rfind_char(so_far, '/');
            len = cut == ML_NOT_FOUND ? 0 : cut == 0 && rooted ? 1 : cut;
            continue;
        }
        if (len && out[len - 1] != '/')
            out[len++] = '/';
        memcpy(out + len, part.data, part.len);
        len += part.len;
    }
    return len;
}

ml_str ml_path_join(ml_arena *arena, ml_str folder, ml_str rest)
{
    bool absolute = rest.len && rest.data[0] == '/';
    ml_str first = absolute ? rest : folder;
    char *out = ml_arena_bytes(arena, folder.len + rest.len + 3);
    size_t len = 0;

    if (first.len && first.data[0] == '/')
        out[len++] = '/';
    if (!absolute)
        len = append_parts(out, len, folder);
    len = append_parts(out, len, rest);
    out[len] = '\0';
    return (ml_str){out, len};
}

ml_str ml_path_folder(ml_str path)
{
    size_t slash = ml_str_rfind_char(path, '/');
    return slash == ML_NOT_FOUND ? ML_STR_NONE : ml_str_slice(path, 0, slash ? slash : 1);
}

ml_str ml_path_name(ml_str path)
{
    size_t slash = ml_str_rfind_char(path, '/');
    return slash == ML_NOT_FOUND ? path : ml_str_from(path, slash + 1);
}

ml_str ml_path_ext(ml_str path)
{
    ml_str name = ml_path_name(path);
    size_t dot = ml_str_rfind_char(name, '.');
    return dot == ML_NOT_FOUND || dot == 0 ? ML_STR_NONE : ml_str_from(name, dot);
}
