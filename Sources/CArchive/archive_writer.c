#include "archive_shim.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>

struct grove_archive_writer {
  struct archive *archive;
  grove_archive_sink sink;
  void *context;
};

static la_ssize_t hand_over(struct archive *archive, void *context, const void *bytes, size_t count) {
  grove_archive_writer *writer = context;
  if (writer->sink(writer->context, bytes, count) == 0) return (la_ssize_t)count;
  archive_set_error(archive, EIO, "the bytes were not taken");
  return -1;
}

grove_archive_writer *grove_archive_create_zip(grove_archive_sink sink, void *context) {
  grove_archive_writer *writer = calloc(1, sizeof *writer);
  if (!writer) return NULL;
  writer->sink = sink;
  writer->context = context;
  writer->archive = archive_write_new();
  if (!writer->archive || archive_write_set_format_zip(writer->archive) != ARCHIVE_OK ||
      archive_write_zip_set_compression_deflate(writer->archive) != ARCHIVE_OK ||
      // Arrays of numbers get hardly smaller by the higher levels, which take three times as long.
      archive_write_set_format_option(writer->archive, "zip", "compression-level", "1") != ARCHIVE_OK ||
      archive_write_set_bytes_per_block(writer->archive, 0) != ARCHIVE_OK ||
      archive_write_open(writer->archive, writer, NULL, hand_over, NULL) != ARCHIVE_OK) {
    if (writer->archive) archive_write_free(writer->archive);
    free(writer);
    return NULL;
  }
  return writer;
}

int grove_archive_add(grove_archive_writer *writer, const char *name, const void *bytes, size_t count) {
  struct archive_entry *entry = archive_entry_new();
  if (!entry) return -1;
  archive_entry_set_pathname_utf8(entry, name);
  archive_entry_set_filetype(entry, AE_IFREG);
  archive_entry_set_perm(entry, 0644);
  archive_entry_set_size(entry, (la_int64_t)count);
  // No time is set: the writer then notes 1980-01-01, the first moment a zip can tell, in every time zone.
  int status = archive_write_header(writer->archive, entry);
  archive_entry_free(entry);
  if (status != ARCHIVE_OK) return -1;
  const unsigned char *next = bytes;
  while (count > 0) {
    la_ssize_t sent = archive_write_data(writer->archive, next, count);
    if (sent <= 0) return -1;
    next += sent;
    count -= (size_t)sent;
  }
  return archive_write_finish_entry(writer->archive) == ARCHIVE_OK ? 0 : -1;
}

int grove_archive_finish(grove_archive_writer *writer) {
  int status = archive_write_close(writer->archive);
  archive_write_free(writer->archive);
  free(writer);
  return status == ARCHIVE_OK ? 0 : -1;
}
