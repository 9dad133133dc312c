#include "domain/customers.h"

#include "domain/audit.h"
#include "stripe/form.h"
#include "util/rand.h"

static enum result get(struct ctx *c, const char **uid, const char **customer_id)
{
    struct query *q = db_query(c->db, Q_CUSTOMERS_GET);
    bind_int(q, "user_id", c->actor.user_id);
    TRY(query_step(q));
    *uid = col_text(q, "uid");
    *customer_id = col_text(q, "customer_id");
    return OK;
}

static enum result add(struct ctx *c, const char **uid)
{
    *uid = rand_uid(c->arena);
    struct query *q = db_query(c->db, Q_CUSTOMERS_ADD);
    bind_int(q, "user_id", c->actor.user_id);
    bind_text(q, "uid", *uid);
    bind_int(q, "now_at", c->now_at);
    return query_run(q);
}

static enum result add_op(
    struct ctx *c, const char *uid, int64_t attempt, struct stripe_op *op)
{
    struct buf form;
    buf_init(&form, STRIPE_FORM_BYTES_MAX);
    stripe_form_text(&form, "email", c->actor.email);
    stripe_form_text(&form, "name", c->actor.full_name);
    stripe_form_text(&form, "metadata[app]", "prep");
    stripe_form_text(&form, "metadata[user_uid]", uid);
    struct stripe_op_new new = {
        .kind = "cus",
        .subject_uid = uid,
        .attempt = attempt,
        .path = "/v1/customers",
        .body = stripe_ops_form(c, &form),
        .now = true,
    };
    return stripe_ops_add(c, &new, op);
}

enum result customers_want(
    struct ctx *c, const char **customer_id, struct stripe_op *op)
{
    const char *uid;
    enum result r = get(c, &uid, customer_id);
    if (r == R_NOT_FOUND) {
        *customer_id = NULL;
        r = add(c, &uid);
    }
    TRY(r);
    if (*customer_id != NULL)
        return OK;
    r = stripe_ops_newest(c, "cus", uid, op);
    if (r == R_NOT_FOUND)
        return add_op(c, uid, 1, op);
    TRY(r);
    bool over = text_is(op->state, "rejected") || text_is(op->state, "review");
    return over ? add_op(c, uid, op->attempt + 1, op) : stripe_ops_lease(c, op);
}

enum result customers_answered(
    struct ctx *c, const struct stripe_op *op, const struct stripe_reply *reply)
{
    struct stripe_customer customer;
    if (reply->outcome != STRIPE_OK)
        return OK; /* the next payment makes a new attempt */
    TRY(stripe_read_customer(reply->object, &customer));
    struct query *q = db_query(c->db, Q_CUSTOMERS_ANSWERED);
    bind_text(q, "uid", op->subject_uid);
    bind_text(q, "customer_id", customer.id);
    enum result r = query_step(q);
    if (r != OK)
        return query_end(r); /* none, if it is known already */
    return audit_add(c, "customer.linked", "user", col_int(q, "user_id"), customer.id);
}
