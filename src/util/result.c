#include "util/result.h"

const char *result_name(enum result r)
{
    static const char *const names[R__MAX] = {
        [OK] = "ok",
        [R_NOT_FOUND] = "not_found",
        [R_DENIED] = "denied",
        [R_LOGIN] = "login",
        [R_INVALID] = "invalid",
        [R_CONFLICT] = "conflict",
        [R_GONE] = "gone",
        [R_LIMITED] = "limited",
        [R_BUSY] = "busy",
        [R_UPSTREAM] = "upstream",
        [R_FAULT] = "fault",
    };
    return (unsigned)r < R__MAX ? names[r] : "unknown";
}
