/* metering_streams.h - which returned values are a provider's stream. */
#ifndef RULES_METERING_STREAMS_H
#define RULES_METERING_STREAMS_H
#include "metering_paths.h"

/* Does the RETURN (or arrow body) hand out a stream: res.body, a call with `stream: true`, textStream? */
bool rule_is_stream(ml_ctx *ctx, const rule_method *method, ml_place at);
/* Does the call ask for a stream by a literal `stream: true` or `responseType: "stream"`? */
bool rule_asks_for_stream(ml_ctx *ctx, ml_file_id file, ml_node_id call);

#endif
