/* What discovery would say of a path that comes from elsewhere, such as the index. */
#include "scope.h"

bool ml_source_classify(ml_source_file *out, ml_str path)
{
    ml_str rest = path, name = ml_path_name(path);
    bool below_src = false;

    *out = (ml_source_file){.path = path, .kind = ml_file_kind_of(name), .is_test = ml_file_is_test(name)};
    if (out->kind == ML_FILE_OTHER || ml_file_is_declaration(name))
        return false;
    while (ml_str_find_char(rest, '/') != ML_NOT_FOUND) {
        ml_str folder = ml_str_split(&rest, '/');
        ml_folder_use use = ml_folder_use_of(folder, below_src);
        /* What is called build and stands in the index was put there on purpose. */
        if (use == ML_FOLDER_NEVER || use == ML_FOLDER_SKIP)
            return false;
        out->is_test |= ml_folder_is_test(folder);
        below_src |= ml_str_eq_c(folder, "src");
    }
    return true;
}
