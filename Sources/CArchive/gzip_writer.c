#include "archive_shim.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

struct grove_gzip_writer {
  z_stream stream;
};

grove_gzip_writer *grove_gzip_create(void) {
  grove_gzip_writer *writer = calloc(1, sizeof *writer);
  if (!writer) return NULL;
  // 15 bits of window and 16 for the gzip frame, whose head then holds neither a time nor a name.
  if (deflateInit2(&writer->stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    free(writer);
    return NULL;
  }
  return writer;
}

int grove_gzip_step(grove_gzip_writer *writer, const uint8_t *bytes, size_t count, bool last, uint8_t *into,
                    size_t capacity, size_t *taken, size_t *given) {
  z_stream *stream = &writer->stream;
  uInt offered = count > INT_MAX ? INT_MAX : (uInt)count;
  uInt room = capacity > INT_MAX ? INT_MAX : (uInt)capacity;
  stream->next_in = (Bytef *)bytes;
  stream->avail_in = offered;
  stream->next_out = into;
  stream->avail_out = room;
  int status = deflate(stream, last && offered == count ? Z_FINISH : Z_NO_FLUSH);
  *taken = offered - stream->avail_in;
  *given = room - stream->avail_out;
  if (status == Z_STREAM_END) return 1;
  return status == Z_OK || status == Z_BUF_ERROR ? 0 : -1;
}

void grove_gzip_close(grove_gzip_writer *writer) {
  deflateEnd(&writer->stream);
  free(writer);
}
