// Parsing one JSON document at a time with simdjson: the few calls that Grove needs, without C++ in sight.
#ifndef GROVE_SIMDJSON_SHIM_H
#define GROVE_SIMDJSON_SHIM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct grove_json_parser grove_json_parser;

// Bytes that must be readable after a document's last one; their values do not matter.
enum { grove_json_padding = 64 };

// Null for lack of memory.
grove_json_parser *grove_json_create(void);
void grove_json_free(grove_json_parser *parser);

// Parses a document: 0, or simdjson's error code. On success `tape` and `strings` point at simdjson's tape (a word a
// value, its kind in the top byte) and at the strings it names (four bytes of length, then UTF-8), both good until the
// next call. Documents nest at most 1,024 deep; nothing recurses.
int grove_json_parse(
    grove_json_parser *parser, const char *bytes, size_t count, const uint64_t **tape, const uint8_t **strings);

// What an error code means, in words.
const char *grove_json_error(int code);

// Version of the library and the instruction set it chose, as "3.0.1 (icelake)". Good until the process ends.
const char *grove_json_version(void);

#ifdef __cplusplus
}
#endif
#endif
