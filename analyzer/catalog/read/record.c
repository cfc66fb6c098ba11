/* What is checked of every file of the catalogue. */
#include "record.h"

ml_status ml_record_missing(const ml_json_source *source, const ml_json *object, const char *key)
{
    return ml_json_fail(source, object, "\"%s\" is missing", key);
}

ml_status ml_record_check_id(const ml_json_source *source, const ml_json *root, ml_str id)
{
    ml_str name = ml_path_name(ml_str_of(source->path));

    if (!id.len)
        return ml_record_missing(source, root, "id");
    if (!ml_str_eq_c(ml_path_ext(name), ".json") || !ml_str_eq(ml_str_slice(name, 0, name.len - 5), id))
        return ml_json_fail(source, ml_json_get(root, "id"), "the file of \"%.*s\" must be named %.*s.json",
                            ML_STR_ARG(id), ML_STR_ARG(id));
    return ML_OK;
}
