/* Paths and bodies of model APIs. */
#include "ml/model_api.h"

#include <stddef.h>

const char *const ml_model_paths[] = {"/chat/completions",     "/images/generations",    "/audio/speech",
                                      "/audio/transcriptions", "/v1/embeddings",         "/v1/completions",
                                      ":generateContent",      ":streamGenerateContent", NULL};

const char *const ml_model_contents[] = {"messages", "prompt", "input", NULL};

const char *const ml_model_knobs[] = {"temperature", "max_tokens", "maxTokens", "stream",          "voice",
                                      "top_p",       "size",       "n",         "response_format", NULL};
