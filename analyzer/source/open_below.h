/* open_below.h - opening what stands below a folder without following any link (private). */
#ifndef ML_SOURCE_OPEN_BELOW_H
#define ML_SOURCE_OPEN_BELOW_H
#include "ml/str.h"

/* A descriptor for reading root/path, or -1 with errno: ELOOP for a link on the way,
 * EXDEV for a path that leaves root, ENAMETOOLONG for what PATH_MAX cannot hold. The root
 * itself may be reached over links. */
int ml_open_below(ml_str root, ml_str path, int flags);

#endif
