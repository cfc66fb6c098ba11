/* model_api.h - by what a request to a model is known, whatever its host is.
 *
 * Used by the rule that suspects such requests, and by the scan, which chooses by words
 * the files in which one could be: what stands here stands in one place. */
#ifndef ML_MODEL_API_H
#define ML_MODEL_API_H

/* Ends of paths that nobody else has; the last part stands behind '/' or ':'. NULL at the end, as of all lists. */
extern const char *const ml_model_paths[];

/* Properties of its body: the model itself, what the model is given, and what tunes it. */
#define ML_MODEL_PROPERTY "model"
extern const char *const ml_model_contents[];
extern const char *const ml_model_knobs[];

#endif
