// Reading and writing archives: the few calls of libarchive that Grove needs, with gzip read by zlib because
// libarchive (up to 3.6 at least) does not compare a gzip stream with its own checksum.
#ifndef GROVE_ARCHIVE_SHIM_H
#define GROVE_ARCHIVE_SHIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct grove_archive_reader grove_archive_reader;
typedef struct grove_archive_writer grove_archive_writer;
typedef struct grove_gzip_writer grove_gzip_writer;

// What a stream is taken for.
typedef enum {
  grove_archive_members = 0,  // zip, tar or 7z, compressed or not: named members
  grove_archive_single = 1,   // one compressed file: a single member without a name
} grove_archive_form;

typedef enum {
  grove_entry_end = 0,
  grove_entry_file = 1,
  grove_entry_other = 2,  // folder, link or device
  grove_entry_error = -1,
} grove_entry_kind;

// Opens a file. Never null but for lack of memory; an opening that failed says so in grove_archive_error.
grove_archive_reader *grove_archive_open_file(const char *path, grove_archive_form form, bool is_gzip);

// Opens bytes, which must stay in place until the reader is closed.
grove_archive_reader *grove_archive_open_memory(const void *bytes, size_t count, grove_archive_form form, bool is_gzip);

// Goes on to the next member.
grove_entry_kind grove_archive_next(grove_archive_reader *reader);

// Name of the member, in UTF-8 where the archive says what it is; null if it cannot be told.
const char *grove_archive_entry_name(grove_archive_reader *reader);

// Reads up to `count` bytes of the member: how many, 0 at its end, -1 on an error.
ptrdiff_t grove_archive_read(grove_archive_reader *reader, void *into, size_t count);

// The reason of the last failure, or null.
const char *grove_archive_error(grove_archive_reader *reader);

void grove_archive_close(grove_archive_reader *reader);

// Receives the bytes of an archive being written: 0 when taken, anything else stops the writing.
typedef int (*grove_archive_sink)(void *context, const void *bytes, size_t count);

// A deflated zip whose bytes depend on its members alone (every time stamp is 1980-01-01).
grove_archive_writer *grove_archive_create_zip(grove_archive_sink sink, void *context);

// Adds a member: 0, or -1 on an error.
int grove_archive_add(grove_archive_writer *writer, const char *name, const void *bytes, size_t count);

// Writes the end and frees the writer: 0, or -1 on an error.
int grove_archive_finish(grove_archive_writer *writer);

// A gzip stream whose bytes depend on what is written alone. Null for lack of memory.
grove_gzip_writer *grove_gzip_create(void);

// Compresses some of `count` bytes, the last ones of the stream where `last` says so: how many were taken and how many
// were given. Returns 1 once the stream has ended, 0 while there is more to do, -1 on an error.
int grove_gzip_step(grove_gzip_writer *writer, const uint8_t *bytes, size_t count, bool last, uint8_t *into,
                    size_t capacity, size_t *taken, size_t *given);

void grove_gzip_close(grove_gzip_writer *writer);

// Version of libarchive, as "libarchive 3.6.2".
const char *grove_archive_version(void);

#endif
