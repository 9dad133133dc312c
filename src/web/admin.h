/* What staff see beside the listings and papers: queues, people, audit trail, mail.
 * Support may look; what decides is refused by the domain. */
#ifndef WEB_ADMIN_H
#define WEB_ADMIN_H

#include "web/web.h"

web_handler web_admin;
web_handler web_admin_users, web_admin_user, web_admin_user_set;
web_handler web_admin_audit, web_admin_mail, web_admin_jobs;

/* The list `events` (parts/timeline) of what happened to a thing. */
enum result admin_show_history(
    struct ctx *c, struct web *w, const char *subject, int64_t subject_id);

/* The list `tabs` (admin/tabs): ?state=VALUE of this page, the chosen one marked. */
struct admin_tab {
    const char *value, *label;
};
void admin_show_tabs(struct ctx *c, struct web *w, const struct admin_tab *tabs,
    size_t n, const char *chosen);

/* ?state= if it is one of TABS, else the first one's. */
const char *admin_state(const struct web *w, const struct admin_tab *tabs, size_t n);

/* The list `facts`, and one more in it. */
struct view *admin_facts(struct web *w);
void admin_fact(struct view *facts, const char *label, const char *value);

/* May the acting person decide? The key `may_decide`. */
bool admin_show_may_decide(const struct ctx *c, struct web *w);

/* Reads a decision's form. What is wrong with it stands beside its fields. */
void admin_read_decision(struct ctx *c, struct web *w, struct form *out);

/* An empty one, for the thing as it is at VERSION. */
void admin_fresh_decision(struct ctx *c, int64_t version, struct form *out);

/* After a refusal: true if the domain's sentence belongs beside the reason (the page
 * is to be shown again with 422). */
bool admin_decision_refused(struct ctx *c, enum result r, struct form *f);

#endif
