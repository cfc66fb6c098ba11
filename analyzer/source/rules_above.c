#include "rules_above.h"

#include "repository.h"

#include "ml/source.h"

/* The text of folder/path, empty when there is none. */
static ml_str text_of(ml_arena *arena, ml_str folder, ml_str path)
{
    ml_str text;
    return ml_source_read(&text, arena, folder, path, ML_IGNORE_FILE_MAX, NULL) == ML_OK ? text : ML_STR_NONE;
}

/* Where the repository keeps what all its work trees share: .git itself, or for a work
 * tree or submodule, whose .git is a file, what that file and then "commondir" name. */
static ml_str shared_folder(ml_arena *arena, ml_str top)
{
    static const char mark[] = "gitdir:";
    ml_str git = ml_path_join(arena, top, ML_STR(".git"));
    ml_str pointer = text_of(arena, top, ML_STR(".git"));

    if (!ml_str_starts(pointer, ml_str_of(mark)))
        return git;
    git = ml_path_join(arena, top, ml_str_trim(ml_str_from(pointer, sizeof mark - 1)));
    ml_str common = ml_str_trim(text_of(arena, git, ML_STR("commondir")));
    return common.len ? ml_path_join(arena, git, common) : git;
}

const ml_ignore_list *ml_ignore_rules_above(ml_arena *arena, ml_str root, ml_str prefix)
{
    ml_str top = ml_repository_top(root, prefix);
    const ml_ignore_list *rules =
        ml_ignore_parse(arena, text_of(arena, shared_folder(arena, top), ML_STR("info/exclude")), ML_STR(""), NULL);

    /* at: the part of prefix that names the folder whose file is read. */
    for (size_t at = 0; at < prefix.len;) {
        ml_str folder = ml_str_slice(prefix, 0, at);
        ml_str path = ml_arena_concat(arena, folder, ML_STR(".gitignore"));
        rules = ml_ignore_parse(arena, text_of(arena, top, path), folder, rules);
        size_t slash = ml_str_find_char(ml_str_from(prefix, at), '/');
        if (slash == ML_NOT_FOUND)
            break;
        if (ml_ignored(rules, ml_str_slice(prefix, 0, at + slash), true))
            return NULL;
        at += slash + 1;
    }
    return rules;
}
