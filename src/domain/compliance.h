/* The papers of a kitchen: uploaded by its host, decided on by an admin, expired by
 * the clock. A renewal is a new row; what was, stays. Files are private: nobody but
 * the host and staff gets at them. */
#ifndef DOMAIN_COMPLIANCE_H
#define DOMAIN_COMPLIANCE_H

#include "app/ctx.h"
#include "storage/store.h"

enum { DOCUMENT_BYTES_MAX = 10 * 1024 * 1024 };

struct document {
    int64_t id, kitchen_id, host_id;
    int64_t issued_day, expires_day;       /* days since 1970-01-01, both inclusive */
    int64_t bytes, created_at, decided_at; /* decided_at 0: not yet */
    const char *kind, *state, *number, *authority, *reason;
    const char *hash, *mime, *file_name; /* file_name: as uploaded, cleaned */
    const char *kitchen_title, *host_name, *decider; /* decider "": nobody */
};

struct document_input {
    const char *kind, *number, *authority;
    int64_t issued_day, expires_day;
    const char *path, *file_name; /* the uploaded file; it stays where it is */
    int64_t bytes;
    const char *key; /* of the form it came by, or empty */
};

/* Keeps a paper of the acting host's own kitchen; it waits for a decision. The same
 * post again by one form changes nothing. R_INVALID sets *FIELD to the input that is
 * wrong: "kind", "issued", "expires", "document". */
enum result compliance_upload(struct ctx *c, int64_t kitchen_id,
    const struct document_input *in, const char **field);

/* Paper ID, for its host and staff; to others R_NOT_FOUND. */
enum result compliance_get(struct ctx *c, int64_t id, struct document *out);

/* All papers of a kitchen (its host and staff only), newest first. */
enum { DOCUMENTS_MAX = 100 }; /* of a kitchen */
enum result compliance_of(
    struct ctx *c, int64_t kitchen_id, struct document **out, size_t *n);

/* For staff: papers in STATE, newest first. */
enum result compliance_in_state(struct ctx *c, const char *state, int64_t before_id,
    size_t max, struct document **out, size_t *n);

/* For staff: up to MAX papers that wait, longest waiting first, and how many do. */
enum result compliance_waiting(
    struct ctx *c, size_t max, struct document **out, size_t *n, int64_t *total);

/* An admin's decision, mailed to the host. Approving (pending -> approved) replaces
 * the approved one of the kind; rejecting (pending, approved -> rejected) needs a
 * reason. R_DENIED; R_INVALID; R_CONFLICT if its state does not allow it, if it has
 * expired, or if a newer one is approved. */
enum result compliance_decide(
    struct ctx *c, int64_t id, bool approve, const char *reason);
bool compliance_can_approve(const struct document *d);
bool compliance_can_reject(const struct document *d);

/* Approved papers past their last day, at most MAX; and the end of one of them, which
 * tells the host. OK also if it is no longer approved. */
enum result compliance_overdue(struct ctx *c, size_t max, int64_t **ids, size_t *n);
enum result compliance_expire(struct ctx *c, int64_t id);

/* Where the files are. */
struct store compliance_store(struct ctx *c);

/* Without this paper a kitchen cannot be booked. */
bool compliance_required(const char *kind);

#endif
