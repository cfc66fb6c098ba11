/* dotenv.h - the assignments of a .env file. */
#ifndef ML_DOTENV_H
#define ML_DOTENV_H
#include "ml/str.h"
#include "ml/vec.h"

typedef struct ml_env_entry {
    ml_str name, value; /* value unquoted, escapes of double quotes decoded, ${OTHER} left as written */
    uint32_t line;
    uint32_t start, end; /* bytes of the whole assignment */
} ml_env_entry;
typedef ML_VEC(ml_env_entry) ml_env_entries;

void ml_dotenv_parse(ml_env_entries *out, ml_arena *arena, ml_str text);

#endif
