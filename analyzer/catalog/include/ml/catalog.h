/* catalog.h - what is known of AI providers and HTTP clients: a typed view of the JSON
 * files in rules/providers and rules/clients.
 *
 * The built-in catalogue is constant data made at build time from those folders;
 * --catalog DIR adds to it at run time. Read-only once loaded, shared by threads. */
#ifndef ML_CATALOG_H
#define ML_CATALOG_H
#include "ml/error.h"
#include "ml/str.h"

/* ---- providers ---- */

typedef enum ml_trust {
    ML_TRUST_FULL,    /* read in a source: may yield a high finding */
    ML_TRUST_DOUBTFUL /* remembered or assumed: at most a warning (medium) */
} ml_trust;

typedef struct ml_host {
    ml_str pattern;     /* lower case; a label '*' stands for one or more labels, a '*' inside a label for
                            one or more bytes of it: "bedrock-runtime.*.amazonaws.com", "*-aiplatform.x.com" */
    ml_str path_prefix; /* the path must start with this for the host to count; empty: any path.
                            The host serves ordinary pages or other products too. '*' is one or more
                            parts; the prefix ends on a border: "/api" is not the start of "/apis" */
    ml_trust trust;
} ml_host;

typedef enum ml_package_kind {
    ML_PACKAGE_SDK,       /* calls the provider itself */
    ML_PACKAGE_WRAPPER,   /* provider plug-in of a framework: calls the provider itself */
    ML_PACKAGE_FRAMEWORK, /* a tool kit; calls nobody without a wrapper or a model id */
    ML_PACKAGE_UI,        /* components, hooks; no provider call of their own */
    ML_PACKAGE_CLI,
    ML_PACKAGE_OTHER
} ml_package_kind;

typedef struct ml_package {
    ml_str name;
    ml_package_kind kind;
    bool type_only;        /* exports nothing at run time, but for clients (of earlier versions) */
    const ml_str *clients; /* exported classes that talk to the provider; may be empty: unknown */
    uint32_t client_count;
    ml_trust trust;
} ml_package;

typedef struct ml_endpoint {
    ml_str path;         /* '*' is one or more parts */
    ml_str call;         /* chat embedding image speech video transcription realtime rerank moderation other */
    ml_str billing_type; /* "token", "character", "count", "second" */
    ml_str host;         /* the one host pattern it is served at; empty: all */
    bool websocket;
    ml_trust trust;
} ml_endpoint;

typedef struct ml_key_pattern {
    ml_str pattern;  /* PCRE2, matched on small windows */
    bool needs_name; /* the pattern itself demands a telling name before the key */
    ml_trust trust;
} ml_key_pattern;

typedef struct ml_provider {
    ml_str id, name;
    const ml_host *hosts;
    uint32_t host_count;
    const ml_str *website_hosts; /* pages, not the API: never a finding */
    uint32_t website_host_count;
    const ml_str *shares_host_with; /* ids of providers with a host pattern in common; paths tell them apart */
    uint32_t share_count;
    const ml_package *packages;
    uint32_t package_count;
    const ml_str *env; /* "OPENAI_API_KEY", "OPENAI_BASE_URL" */
    uint32_t env_count;
    const ml_str *env_prefixes; /* "OPENAI_": the vendor's own first words; never those of a whole cloud ("AWS_") */
    uint32_t env_prefix_count;
    const ml_str *models; /* what model ids begin with: "gpt-" */
    uint32_t model_count;
    const ml_endpoint *endpoints;
    uint32_t endpoint_count;
    const ml_key_pattern *keys;
    uint32_t key_count;
    bool local;            /* a server on the developer's machine */
    const uint16_t *ports; /* of a local server; well-known ones only (11434), not 3000, 5000, 8000, 8080 */
    uint32_t port_count;
    bool optional; /* AI in a wide sense: off by default */
    bool longtail; /* made from a list entry */
} ml_provider;

/* ---- clients: what sends a request ---- */

typedef enum ml_transport {
    ML_TRANSPORT_HTTP,
    ML_TRANSPORT_WEBSOCKET,
    ML_TRANSPORT_EVENTSOURCE,
    ML_TRANSPORT_SHELL,
    ML_TRANSPORT_PROXY,
    ML_TRANSPORT_CODE /* eval and friends */
} ml_transport;

/* Where a call takes a URL from: argument arg, or, with keys, a property of that
 * argument (the first of keys that it has; a key may be a dotted path). */
typedef struct ml_url_place {
    int8_t arg; /* -1: nowhere */
    const ml_str *keys;
    uint32_t key_count;
    const ml_str *host_keys; /* the argument is an options object in pieces (node http): host, hostname */
    uint32_t host_key_count;
    ml_str path_key; /* "path" */
} ml_url_place;

/* A request or a factory, found at a member path below the client's root: "" is the
 * root itself, "get", "stream.post".
 *
 * Several entries may share a path and differ in their places: axios(url) and
 * axios({url}). A place with keys fits an object, one without fits anything else; the
 * first that fits counts. A request whose url place is nowhere (arg -1), or whose
 * argument is left out, goes to the base alone.
 *
 * What a factory gives may have other members than the root. Then it yields a path
 * that begins with '#', which no program can spell: new Client(origin) of undici yields
 * "#client", and "#client.request" is the request. An instance that is passed where a
 * URL is expected stands for its base: fetch(new Request(url)). A factory called on an
 * instance without a base of its own keeps the instance's. */
typedef struct ml_client_call {
    ml_str at;
    bool construct;    /* new X(...) rather than X(...) */
    ml_url_place url;  /* of a request: the URL */
    ml_url_place base; /* of a request or factory: the base it is joined to */
    ml_url_place body; /* of a request: the payload, for AI-shaped bodies; arg -1 unknown */
    ml_str yields;     /* of a factory: member path the result stands for, usually "" (another root) */
    /* Shell commands: url is the command line, or a list of words. Code: url is the program text. */
} ml_client_call;

/* One way a program gets hold of the client's root. */
typedef enum ml_client_entry_kind {
    ML_ENTRY_GLOBAL, /* name: a global, maybe dotted below one: "fetch", "navigator.sendBeacon", "uni.request" */
    ML_ENTRY_IMPORT, /* package + export: "default", "*" (the namespace), "=" (what require gives) or a name */
    ML_ENTRY_TYPE    /* a receiver declared with this type: "HttpClient", "AxiosInstance", maybe of package */
} ml_client_entry_kind;

typedef struct ml_client_entry {
    ml_client_entry_kind kind;
    ml_str package; /* empty for globals */
    ml_str name;
    ml_str at; /* member path of the root this entry stands for: import { request } from "undici" is at "request" */
} ml_client_entry;

typedef struct ml_client {
    ml_str id, name;
    ml_transport transport;
    const ml_client_entry *entries;
    uint32_t entry_count;
    const ml_client_call *requests;
    uint32_t request_count;
    const ml_client_call *factories; /* calls that give another root: axios.create, got.extend, new Axios */
    uint32_t factory_count;
    const ml_str *base_properties; /* assigned on a root: "defaults.baseURL" */
    uint32_t base_property_count;
    bool join_with_slash; /* base and URL are joined with exactly one '/', as axios does; else as a URL base */
    ml_trust trust;       /* signature read in a source? */
} ml_client;

typedef struct ml_catalog ml_catalog;

/* The built-in catalogue. */
const ml_catalog *ml_catalog_builtin(void);
/* The built-in one plus the JSON files in DIR/providers and DIR/clients. An id that exists is replaced.
 * Unknown and duplicate keys are errors with place. */
ml_status ml_catalog_load(const ml_catalog **out, ml_arena *run, const char *dir, ml_error *error);

const ml_provider *ml_catalog_providers(const ml_catalog *catalog, uint32_t *count); /* sorted by id */
const ml_client *ml_catalog_clients(const ml_catalog *catalog, uint32_t *count);     /* sorted by id */
const ml_provider *ml_catalog_provider(const ml_catalog *catalog, ml_str id);

typedef struct ml_host_match {
    const ml_provider *provider; /* NULL: no provider */
    const ml_host *host;
} ml_host_match;
/* The provider that serves host and path. host is what a URL parser gives: lower case, no
 * port, no user info, no trailing dot; an unknown part of it is the byte 0x01, which may
 * stand only where the pattern has its '*'. Website hosts and look-alikes match nothing.
 * A host with a path_prefix matches only a path that starts with it, so an empty path
 * does not match it; a path that begins with the byte 0x01 is unknown and matches any:
 * the caller has to doubt it. */
ml_host_match ml_catalog_match_host(const ml_catalog *catalog, ml_str host, ml_str path);

typedef struct ml_package_match {
    const ml_provider *provider;
    const ml_package *package;
} ml_package_match;
/* By package name of a specifier: "openai/resources/chat" is "openai", "@scope/a/b" is "@scope/a",
 * "npm:openai@4" and "https://esm.sh/openai@4" are "openai" too, "node:http" is "http" (but matches
 * no provider). Empty for a relative path. */
ml_package_match ml_catalog_match_package(const ml_catalog *catalog, ml_str specifier);
ml_str ml_package_name_of(ml_str specifier);

/* Provider whose env list holds the name, or one of whose env_prefixes begins a name that ends in
 * _BASE_URL, _API_BASE, _ENDPOINT, _HOST, _URL ... NULL if none. What bundlers put before a name
 * (VITE_, NEXT_PUBLIC_ ...) is ignored. */
const ml_provider *ml_catalog_match_env(const ml_catalog *catalog, ml_str name);
/* Does the name say that a server's address is in the variable, and not a key: does it end in one of the tails? */
bool ml_catalog_is_address_env(ml_str name);
extern const char *const ml_catalog_address_tails[]; /* "_URL", …, NULL */

/* How much there is, and how much of it is doubtful. */
typedef struct ml_catalog_counts {
    uint32_t providers, longtail, local, optional;
    uint32_t hosts, doubtful_hosts, hosts_with_path;
    uint32_t packages, doubtful_packages;
    uint32_t endpoints, doubtful_endpoints;
    uint32_t keys, doubtful_keys;
    uint32_t clients, doubtful_clients, requests, factories;
} ml_catalog_counts;
ml_catalog_counts ml_catalog_count(const ml_catalog *catalog);

/* Local server: localhost, 127.0.0.1, [::1], 0.0.0.0, host.docker.internal with a listed port. */
const ml_provider *ml_catalog_match_local(const ml_catalog *catalog, ml_str host, uint16_t port);

/* Clients that can be reached by this entry; walk all with index 0, 1, ... until NULL. */
typedef struct ml_client_ref {
    const ml_client *client; /* NULL: no more */
    ml_str at;
    ml_str
        package; /* of a type: where it must come from, unless empty; many projects have an HttpClient of their own */
} ml_client_ref;
/* name is a dotted path: "uni.request" is at "request" of the client whose global is "uni".
 * globalThis., window., self. and global. before it are ignored. */
ml_client_ref ml_catalog_client_global(const ml_catalog *catalog, ml_str name, uint32_t index);
/* "node:http" is "http". A name that no entry lists is looked for below the namespace:
 * { request } from "undici" is at "request"; `at` is then a view of name. */
ml_client_ref ml_catalog_client_import(const ml_catalog *catalog, ml_str package, ml_str name, uint32_t index);
ml_client_ref ml_catalog_client_type(const ml_catalog *catalog, ml_str type, uint32_t index);

/* Words for the trigger, each once: hosts' longest fixed part and local ports, package names,
 * environment names and prefixes, client tokens. A global of less than four letters comes
 * with its methods: "wx.request". Views live as long as the catalogue. */
typedef enum ml_word_kind { ML_WORD_HOST, ML_WORD_PACKAGE, ML_WORD_ENV, ML_WORD_CLIENT } ml_word_kind;
typedef void (*ml_catalog_word)(void *data, ml_str word, ml_word_kind kind);
void ml_catalog_words(const ml_catalog *catalog, ml_catalog_word each, void *data);

#endif
