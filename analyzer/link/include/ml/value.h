/* value.h - what an expression may be: a finite set of abstract values.
 *
 * Strings are sequences of pieces, each literal text or a hole that remembers where
 * the unknown part comes from. Objects, functions and classes are references into the
 * facts, evaluated on demand. A set that would hold more than ML_VALUES_MAX values
 * keeps those and an unknown: nothing is dropped in silence. Values live in the
 * arena of one query. */
#ifndef ML_VALUE_H
#define ML_VALUE_H
#include "ml/catalog.h"
#include "ml/facts.h"
#include "ml/jsonc.h"

typedef uint32_t ml_file_id; /* 1-based index of a file of the project; 0 is none */

enum { ML_VALUES_MAX = 16 };

/* A node of a file. */
typedef struct ml_place {
    ml_file_id file;
    ml_node_id node;
} ml_place;

typedef enum ml_hole_kind {
    ML_HOLE_NONE,  /* no hole: literal text */
    ML_HOLE_ENV,   /* name: environment variable */
    ML_HOLE_PARAM, /* name: parameter of a function nobody has called yet */
    ML_HOLE_FIELD, /* name: property of something unknown ("endpointUrl" of a database row) */
    ML_HOLE_CALL,  /* name: what was called */
    ML_HOLE_OTHER,
    ML_HOLE_CUT /* a bound was reached, or a cycle */
} ml_hole_kind;

typedef struct ml_piece {
    ml_hole_kind hole;
    bool settled;   /* a hole no caller can fill: the result of a library, a row, a setting */
    ml_str text;    /* literal text, or the hole's name */
    ml_place place; /* where the text stands, or where the unknown comes in */
} ml_piece;

typedef enum ml_value_kind {
    ML_V_UNKNOWN, /* piece: why */
    ML_V_UNDEFINED,
    ML_V_NULL,
    ML_V_BOOL,      /* number: 0 or 1 */
    ML_V_NUMBER,    /* pieces: one literal, as written */
    ML_V_STRING,    /* pieces */
    ML_V_URL,       /* a URL object; pieces: its href */
    ML_V_OBJECT,    /* place: the OBJECT node; frame; layers for Object.assign */
    ML_V_ARRAY,     /* place: the ARRAY node, or items, or list */
    ML_V_MAP,       /* a Map; list: key, value, key, value… */
    ML_V_FUNCTION,  /* place: the FUNCTION node; frame: its closure; self: bound this */
    ML_V_CLASS,     /* place: the CLASS node */
    ML_V_INSTANCE,  /* place: the CLASS node; frame: the constructor call, or NULL when unknown */
    ML_V_NAMESPACE, /* file: all exports of a project file */
    ML_V_ENUM,      /* place: the ENUM node */
    ML_V_JSON,      /* json: an object or array of a JSON file */
    ML_V_EXTERNAL,  /* text: specifier; name: member path below the module ("default", "*", "OpenAI.Chat", "=") */
    ML_V_GLOBAL,    /* name: dotted path of a global without meaning of its own: "process.env" */
    ML_V_CLIENT,    /* client at member path name, with its base URL */
    ML_V_BRIDGE     /* the bridge service (class instance or exported value); name: member below it, or empty */
} ml_value_kind;

typedef struct ml_value ml_value;
typedef struct ml_frame ml_frame;

typedef struct ml_values {
    const ml_value *items;
    uint32_t count;
} ml_values;

struct ml_value {
    ml_value_kind kind;
    bool is_new;            /* EXTERNAL: the result of new X(...) or of a call of it; place is that call */
    const ml_piece *pieces; /* STRING, URL, NUMBER; UNKNOWN has one */
    uint32_t piece_count;
    ml_place place; /* see kind; for others where the value was made */
    const ml_frame *frame;
    const ml_value *self;  /* FUNCTION: receiver, when known */
    ml_values items;       /* ARRAY without node: items; OBJECT: layers, later ones win; EXTERNAL: the state
                               * of a store it is */
    const ml_values *list; /* ARRAY: its items in order, each a set; FUNCTION, CLIENT: arguments bound to it */
    uint32_t list_count;
    bool is_full; /* FUNCTION, CLIENT: the bound arguments are all there are (f.apply, list.map(f));
                               * ARRAY: items are in no known order */
    ml_file_id
        holder_file; /* OBJECT, ARRAY, MAP, URL, CLIENT: the binding that holds it, for later writes to members */
    ml_binding_id holder;
    const ml_json *json;
    ml_file_id json_file;
    ml_str text, name;
    const ml_client *client;
    ml_values base; /* CLIENT: base URLs; empty when none is set */
};

/* A host as found in a URL string. */
typedef enum ml_url_kind {
    ML_URL_RELATIVE, /* "/api/x", "x", "" : same origin or joined elsewhere */
    ML_URL_ABSOLUTE, /* host known, maybe with holes */
    ML_URL_UNKNOWN   /* begins with a hole: hole says which */
} ml_url_kind;

typedef struct ml_url {
    ml_url_kind kind;
    ml_str scheme;  /* lower case, without ':'; empty when unknown */
    ml_str host;    /* lower case, without user info, port, trailing dot; a hole is the byte 0x01 */
    uint32_t port;  /* 0: none written */
    ml_str path;    /* from '/' up to '?' or '#'; a hole is the byte 0x01; empty when unknown */
    ml_piece hole;  /* UNKNOWN: the hole the URL begins with */
    ml_place place; /* of the literal that holds the host */
} ml_url;

/* Reads the pieces as a URL parser would read the text. */
ml_url ml_url_of(ml_arena *arena, const ml_piece *pieces, uint32_t count);

/* Text of a value for people: holes as ${NAME}; at most max bytes. */
ml_str ml_value_text(ml_arena *arena, const ml_value *value, size_t max);

#endif
