/* record.h - what a provider's file and a client's have in common. */
#ifndef ML_RECORD_H
#define ML_RECORD_H
#include "ml/json_read.h"

/* Fails: the object lacks the key. */
ml_status ml_record_missing(const ml_json_source *source, const ml_json *object, const char *key);
/* "rules/providers/openai.json" is about "openai". */
ml_status ml_record_check_id(const ml_json_source *source, const ml_json *root, ml_str id);

#endif
