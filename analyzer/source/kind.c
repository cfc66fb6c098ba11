/* What a file is, by its name alone. */
#include "ml/source.h"

static bool is_env(ml_str name)
{
    static const char *const models[] = {".example", ".sample", ".template", ".dist", ".defaults"};

    if (ml_str_eq_c(name, ".env"))
        return true;
    if (!ml_str_starts(name, ML_STR(".env.")) || name.len == sizeof ".env." - 1)
        return false;
    for (size_t i = 0; i < sizeof models / sizeof *models; i++)
        if (ml_str_eq_nocase(ml_path_ext(name), ml_str_of(models[i])))
            return false;
    return true;
}

ml_file_kind ml_file_kind_of(ml_str path)
{
    static const struct {
        const char *ext;
        ml_file_kind kind;
    } kinds[] = {
        {".ts",     ML_FILE_TS    },
        {".tsx",    ML_FILE_TSX   },
        {".mts",    ML_FILE_TS    },
        {".cts",    ML_FILE_TS    },
        {".js",     ML_FILE_JS    },
        {".jsx",    ML_FILE_JS    },
        {".mjs",    ML_FILE_JS    },
        {".cjs",    ML_FILE_JS    },
        {".vue",    ML_FILE_VUE   },
        {".svelte", ML_FILE_SVELTE},
        {".html",   ML_FILE_HTML  },
        {".htm",    ML_FILE_HTML  },
        {".sql",    ML_FILE_SQL   },
        {".prisma", ML_FILE_PRISMA},
        {".json",   ML_FILE_JSON  },
        {".jsonc",  ML_FILE_JSON  },
    };
    ml_str name = ml_path_name(path), ext = ml_path_ext(name);

    if (ml_str_eq_c(name, ".env") || ml_str_starts(name, ML_STR(".env.")))
        return is_env(name) ? ML_FILE_ENV : ML_FILE_OTHER;
    for (size_t i = 0; ext.len && i < sizeof kinds / sizeof *kinds; i++)
        if (ml_str_eq_nocase(ext, ml_str_of(kinds[i].ext)))
            return kinds[i].kind;
    return ML_FILE_OTHER;
}

bool ml_file_kind_is_script(ml_file_kind kind)
{
    return kind <= ML_FILE_HTML;
}

bool ml_file_kind_is_markup(ml_file_kind kind)
{
    return kind == ML_FILE_VUE || kind == ML_FILE_SVELTE || kind == ML_FILE_HTML;
}
