#include "archive_shim.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { piece = 1 << 16 };

struct grove_archive_reader {
  struct archive *archive;
  struct archive_entry *entry;
  const char *failure;
  // Where the bytes come from: a file or memory, inflated on the way if `is_gzip`.
  FILE *file;
  const unsigned char *memory;
  size_t memory_left;
  bool is_gzip, inflating, inside_member;
  z_stream stream;
  unsigned char *raw;       // compressed bytes read from the file
  unsigned char *inflated;  // what a callback hands over
};

// More compressed bytes into stream.next_in: false at the end of the input or on a read error.
static bool refill(grove_archive_reader *reader) {
  if (reader->memory) {
    size_t count = reader->memory_left > piece ? piece : reader->memory_left;
    reader->stream.next_in = (unsigned char *)reader->memory;
    reader->stream.avail_in = (unsigned)count;
    reader->memory += count;
    reader->memory_left -= count;
    return count > 0;
  }
  size_t count = fread(reader->raw, 1, piece, reader->file);
  if (count == 0 && ferror(reader->file)) reader->failure = "the file cannot be read";
  reader->stream.next_in = reader->raw;
  reader->stream.avail_in = (unsigned)count;
  return count > 0;
}

static la_ssize_t fail(grove_archive_reader *reader, struct archive *archive, const char *reason) {
  reader->failure = reason;
  archive_set_error(archive, EINVAL, "%s", reason);
  return -1;
}

// Inflated bytes for libarchive; several gzip members in a row are one stream, as gunzip has it.
static la_ssize_t inflate_more(struct archive *archive, void *context, const void **bytes) {
  grove_archive_reader *reader = context;
  z_stream *stream = &reader->stream;
  stream->next_out = reader->inflated;
  stream->avail_out = piece;
  while (stream->avail_out == piece) {
    if (stream->avail_in == 0 && !refill(reader)) {
      if (reader->failure) return fail(reader, archive, reader->failure);
      if (reader->inside_member) return fail(reader, archive, "the gzip stream is cut short");
      break;
    }
    if (!reader->inside_member) {
      // Zeros after the last member are padding (tapes, object stores).
      while (stream->avail_in > 0 && *stream->next_in == 0) stream->next_in++, stream->avail_in--;
      if (stream->avail_in == 0) continue;
      if (inflateReset(stream) != Z_OK) return fail(reader, archive, "gzip cannot be read");
      reader->inside_member = true;
    }
    int status = inflate(stream, Z_NO_FLUSH);
    if (status == Z_STREAM_END) {
      reader->inside_member = false;
    } else if (status == Z_MEM_ERROR) {
      return fail(reader, archive, "out of memory");
    } else if (status != Z_OK && status != Z_BUF_ERROR) {
      return fail(reader, archive, "the gzip stream is damaged (its checksum or structure is wrong)");
    }
  }
  *bytes = reader->inflated;
  return (la_ssize_t)(piece - stream->avail_out);
}

static grove_archive_reader *open_reader(
    const char *path, const void *bytes, size_t count, grove_archive_form form, bool is_gzip) {
  grove_archive_reader *reader = calloc(1, sizeof *reader);
  if (!reader) return NULL;
  reader->archive = archive_read_new();
  if (!reader->archive) {
    free(reader);
    return NULL;
  }
  if (form == grove_archive_single) {
    archive_read_support_format_raw(reader->archive);
  } else {
    archive_read_support_format_tar(reader->archive);
    archive_read_support_format_zip_seekable(reader->archive);
    archive_read_support_format_7zip(reader->archive);
  }
  int status;
  if (is_gzip) {
    reader->is_gzip = true;
    reader->raw = malloc(piece);
    reader->inflated = malloc(piece);
    reader->inflating = reader->raw && reader->inflated && inflateInit2(&reader->stream, 15 + 16) == Z_OK;
    if (!reader->inflating) {
      reader->failure = "out of memory";
      return reader;
    }
    if (path) {
      reader->file = fopen(path, "rbe");
      if (!reader->file) {
        reader->failure = "the file cannot be opened";
        return reader;
      }
    } else {
      reader->memory = bytes;
      reader->memory_left = count;
    }
    status = archive_read_open(reader->archive, reader, NULL, inflate_more, NULL);
  } else {
    archive_read_support_filter_bzip2(reader->archive);
    archive_read_support_filter_xz(reader->archive);
    archive_read_support_filter_lzma(reader->archive);
    archive_read_support_filter_lz4(reader->archive);
    archive_read_support_filter_zstd(reader->archive);
    status = path ? archive_read_open_filename(reader->archive, path, piece)
                  : archive_read_open_memory(reader->archive, bytes, count);
  }
  if (status != ARCHIVE_OK && !reader->failure) {
    reader->failure = archive_error_string(reader->archive);
    if (!reader->failure) reader->failure = "it cannot be opened";
  }
  return reader;
}

grove_archive_reader *grove_archive_open_file(const char *path, grove_archive_form form, bool is_gzip) {
  return open_reader(path, NULL, 0, form, is_gzip);
}

grove_archive_reader *grove_archive_open_memory(
    const void *bytes, size_t count, grove_archive_form form, bool is_gzip) {
  return open_reader(NULL, bytes, count, form, is_gzip);
}

static void remember(grove_archive_reader *reader) {
  if (reader->failure) return;
  reader->failure = archive_error_string(reader->archive);
  if (!reader->failure) reader->failure = "the archive is damaged";
}

grove_entry_kind grove_archive_next(grove_archive_reader *reader) {
  if (reader->failure) return grove_entry_error;
  int status = archive_read_next_header(reader->archive, &reader->entry);
  if (status == ARCHIVE_EOF) {
    // A tar ends before its padding does: go on to the end of the gzip stream, where its checksum stands.
    const void *rest;
    la_ssize_t got = reader->is_gzip ? 1 : 0;
    while (got > 0) got = inflate_more(reader->archive, reader, &rest);
    return got < 0 ? grove_entry_error : grove_entry_end;
  }
  // A warning here is about a name's character set only; the name is judged by its reader.
  if (status != ARCHIVE_OK && status != ARCHIVE_WARN) {
    remember(reader);
    return grove_entry_error;
  }
  bool is_file = archive_entry_filetype(reader->entry) == AE_IFREG && !archive_entry_hardlink(reader->entry) &&
                 !archive_entry_symlink(reader->entry);
  return is_file ? grove_entry_file : grove_entry_other;
}

const char *grove_archive_entry_name(grove_archive_reader *reader) {
  if (!reader->entry) return NULL;
  const char *name = archive_entry_pathname_utf8(reader->entry);
  return name ? name : archive_entry_pathname(reader->entry);
}

ptrdiff_t grove_archive_read(grove_archive_reader *reader, void *into, size_t count) {
  if (reader->failure) return -1;
  la_ssize_t got = archive_read_data(reader->archive, into, count);
  if (got < 0) {
    remember(reader);
    return -1;
  }
  return got;
}

const char *grove_archive_error(grove_archive_reader *reader) { return reader->failure; }

void grove_archive_close(grove_archive_reader *reader) {
  if (!reader) return;
  archive_read_free(reader->archive);
  if (reader->inflating) inflateEnd(&reader->stream);
  if (reader->file) fclose(reader->file);
  free(reader->raw);
  free(reader->inflated);
  free(reader);
}

const char *grove_archive_version(void) { return archive_version_string(); }
