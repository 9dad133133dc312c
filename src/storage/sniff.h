/* What a file is by its first bytes, whatever its name and the browser say. The
 * last word on a picture has the decoder (storage/media.h). */
#ifndef STORAGE_SNIFF_H
#define STORAGE_SNIFF_H

#include <stdbool.h>
#include <stddef.h>

enum sniff { SNIFF_UNKNOWN, SNIFF_JPEG, SNIFF_PNG, SNIFF_WEBP, SNIFF_PDF, SNIFF__MAX };

/* A PDF must also end like one (%%EOF near the end), a WebP be as long as it says.
 * SNIFF_UNKNOWN too if the file cannot be read. */
enum sniff sniff_file(const char *path);

/* The same for the whole content in memory. */
enum sniff sniff_bytes(const void *bytes, size_t n);

/* "image/jpeg", ...; "application/octet-stream" for unknown. */
const char *sniff_mime(enum sniff type);

/* ".jpg", ".png", ".webp", ".pdf"; "" for unknown. */
const char *sniff_extension(enum sniff type);

/* Does the name end like a file of TYPE (or has it no ending)? "scan.JPEG" does for a
 * JPEG, "scan.pdf.exe" does not for a PDF. */
bool sniff_name_fits(enum sniff type, const char *filename);

#endif
