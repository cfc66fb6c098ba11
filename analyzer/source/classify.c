/* What discovery would say of a path that comes from elsewhere, such as the index. */
#include "scope.h"

/* The words a path's folders are compared with are many, and sorted paths share their folder. */
static void judge_folder(ml_source_folder *out, ml_str folder)
{
    ml_str rest = folder;
    bool below_src = false;

    *out = (ml_source_folder){.path = folder, .is_known = true};
    while (rest.len && !out->is_passed_over) {
        ml_str name = ml_str_split(&rest, '/');
        ml_folder_use use = ml_folder_use_of(name, below_src);
        /* What is called build and stands in the index was put there on purpose. */
        out->is_passed_over = use == ML_FOLDER_NEVER || use == ML_FOLDER_SKIP;
        out->is_test |= ml_folder_is_test(name);
        below_src |= ml_str_eq_c(name, "src");
    }
}

bool ml_source_classify(ml_source_file *out, ml_str path, ml_source_folder *last)
{
    ml_source_folder own = {0}, *folder = last ? last : &own;
    ml_str name = ml_path_name(path), above = ml_path_folder(path);

    *out = (ml_source_file){.path = path, .kind = ml_file_kind_of(name), .is_test = ml_file_is_test(name)};
    if (out->kind == ML_FILE_OTHER || ml_file_is_declaration(name))
        return false;
    if (!folder->is_known || !ml_str_eq(folder->path, above))
        judge_folder(folder, above);
    out->is_test |= folder->is_test;
    return !folder->is_passed_over;
}
