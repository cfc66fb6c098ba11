/* scope.h - which folders and files a scan looks at, by their names (private). */
#ifndef ML_SOURCE_SCOPE_H
#define ML_SOURCE_SCOPE_H
#include "ml/source.h"

typedef enum ml_folder_use {
    ML_FOLDER_ENTER,
    ML_FOLDER_NEVER, /* repository data: not even when asked for */
    ML_FOLDER_SKIP,  /* installed packages, caches, build output */
    ML_FOLDER_OUTPUT /* build output, if the folder above is a package's or the project's */
} ml_folder_use;

/* below_src: the folder stands somewhere below one called src. */
ml_folder_use ml_folder_use_of(ml_str name, bool below_src);
bool ml_folder_is_test(ml_str name);
bool ml_file_is_test(ml_str name);
bool ml_file_is_declaration(ml_str name); /* .d.ts, .d.mts, .d.cts */
bool ml_file_marks_package(ml_str name);  /* package.json, tsconfig.json: build output stands beside it */

#endif
