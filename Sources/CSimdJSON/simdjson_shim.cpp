#include "simdjson_shim.h"

#include <simdjson.h>

#include <new>
#include <string>

static_assert(grove_json_padding >= simdjson::SIMDJSON_PADDING, "simdjson reads further ahead than promised");

struct grove_json_parser {
  simdjson::dom::parser parser;
};

extern "C" grove_json_parser *grove_json_create(void) { return new (std::nothrow) grove_json_parser; }

extern "C" void grove_json_free(grove_json_parser *parser) { delete parser; }

extern "C" int grove_json_parse(
    grove_json_parser *parser, const char *bytes, size_t count, const uint64_t **tape, const uint8_t **strings) {
  simdjson::dom::element root;
  const simdjson::error_code code = parser->parser.parse(bytes, count, false).get(root);
  if (code) return code;
  *tape = parser->parser.doc.tape.get();
  *strings = parser->parser.doc.string_buf.get();
  return 0;
}

extern "C" const char *grove_json_error(int code) {
  return simdjson::error_message(static_cast<simdjson::error_code>(code));
}

extern "C" const char *grove_json_version(void) {
  static const std::string text = [] {
    simdjson::dom::parser parser;
    (void)parser.parse("{}", 2);  // the choice is made at the first use
    return std::string(SIMDJSON_STRINGIFY(SIMDJSON_VERSION)) + " (" + simdjson::get_active_implementation()->name() + ")";
  }();
  return text.c_str();
}
