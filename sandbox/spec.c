#include "spec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/guard.h"
#include "util/text.h"

enum { FILE_MAX = 8 << 20, MEMORY_MAX = 64 << 20 };

struct spec {
    struct arena *a;
    struct value *root, *shapes;
};

static struct value *read_file(struct arena *a, const char *path)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        perror(path);
        return NULL;
    }
    char *bytes = malloc(FILE_MAX);
    CHECK(bytes != NULL);
    size_t n = fread(bytes, 1, FILE_MAX, f);
    fclose(f);
    struct value *v = value_read(a, bytes, n);
    free(bytes);
    if (v == NULL)
        fprintf(stderr, "%s: not JSON\n", path);
    return v;
}

struct spec *spec_open(const char *subset_path, const char *shapes_path)
{
    struct arena *a = arena_new(MEMORY_MAX);
    struct spec *s = arena_alloc(a, sizeof *s);
    s->a = a;
    s->root = read_file(a, subset_path);
    s->shapes = s->root == NULL ? NULL : read_file(a, shapes_path);
    if (s->shapes == NULL) {
        arena_free(a);
        return NULL;
    }
    return s;
}

void spec_close(struct spec *s)
{
    arena_free(s->a);
}

/* GET's parameters stand one by one; an object schema of them is made on the way
 * and kept. */
static struct value *query_schema(struct spec *s, struct value *operation)
{
    struct value *schema = value_member(operation, "x-query-schema");
    if (schema != NULL)
        return schema;
    schema = value_object(s->a);
    value_put_text(s->a, schema, "type", "object");
    value_put_bool(s->a, schema, "additionalProperties", false);
    struct value *properties = value_object(s->a), *required = value_array(s->a);
    value_each(p, value_member(operation, "parameters"))
    {
        const char *name = value_get_text(p, "name");
        if (!text_is(value_get_text(p, "in"), "query"))
            continue;
        value_set(s->a, properties, name, value_clone(s->a, value_member(p, "schema")));
        if (value_get_bool(p, "required", false))
            value_append(required, value_text(s->a, name));
    }
    value_set(s->a, schema, "properties", properties);
    value_set(s->a, schema, "required", required);
    value_set(s->a, operation, "x-query-schema", schema);
    return schema;
}

const struct value *spec_params(
    struct spec *s, const char *method, const char *template)
{
    char name[16];
    snprintf(name, sizeof name, "%s", method);
    text_lower(name);
    const struct value *path = value_member(value_member(s->root, "paths"), template);
    struct value *operation = value_member(path, name);
    if (operation == NULL)
        return NULL;
    if (!text_is(method, "POST"))
        return query_schema(s, operation);
    const struct value *content = value_get(operation, "requestBody.content");
    return value_member(
        value_member(content, "application/x-www-form-urlencoded"), "schema");
}

static const struct value *deref(struct spec *s, const struct value *schema)
{
    const char *ref;
    while ((ref = value_get_text(schema, "$ref")) != NULL) {
        const char *name = strrchr(ref, '/');
        CHECK(name != NULL);
        schema = value_member(value_get(s->root, "components.schemas"), name + 1);
    }
    return schema;
}

/* ---- texts to types ---- */

struct check {
    struct spec *s;
    struct arena *a;
    struct spec_fault *fault;
};

static bool valid(const struct check *k, const struct value *schema,
    const struct value *v, const char *path);

static struct value *typed(
    const struct check *k, const struct value *schema, const struct value *v);

static struct value *typed_any(
    const struct check *k, const struct value *branches, const struct value *v)
{
    struct spec_fault ignored;
    struct check quiet = { k->s, k->a, &ignored };
    value_each(branch, branches)
    {
        struct value *t = typed(k, branch, v);
        if (valid(&quiet, branch, t, ""))
            return t;
    }
    return value_clone(k->a, v);
}

static struct value *typed_text(
    const struct check *k, const char *type, const struct value *v)
{
    int64_t n;
    if (text_is(type, "integer") && text_int(v->text, INT64_MIN, INT64_MAX, &n))
        return value_int(k->a, n);
    if (text_is(type, "boolean") &&
        (text_is(v->text, "true") || text_is(v->text, "false")))
        return value_bool(k->a, text_is(v->text, "true"));
    double real;
    if (text_is(type, "number") && text_real(v->text, -1e15, 1e15, &real)) {
        struct value *t = value_text(k->a, v->text);
        t->kind = VALUE_REAL;
        return t;
    }
    return value_clone(k->a, v);
}

static struct value *typed(
    const struct check *k, const struct value *schema, const struct value *v)
{
    schema = deref(k->s, schema);
    const struct value *branches = value_member(schema, "anyOf");
    if (branches != NULL)
        return typed_any(k, branches, v);
    if (v->kind == VALUE_TEXT)
        return typed_text(k, value_get_text(schema, "type"), v);
    if (v->kind != VALUE_ARRAY && v->kind != VALUE_OBJECT)
        return value_clone(k->a, v);
    bool array = v->kind == VALUE_ARRAY;
    struct value *t = array ? value_array(k->a) : value_object(k->a);
    value_each(e, v)
    {
        const struct value *inner =
            array ? value_member(schema, "items")
                  : value_member(value_member(schema, "properties"), e->key);
        if (inner == NULL && !array)
            inner = value_member(schema, "additionalProperties");
        struct value *x = inner != NULL && inner->kind == VALUE_OBJECT
                              ? typed(k, inner, e)
                              : value_clone(k->a, e);
        if (array)
            value_append(t, x);
        else
            value_set(k->a, t, e->key, x);
    }
    return t;
}

/* ---- checking ---- */

static bool refuse(
    const struct check *k, const char *path, const char *code, const char *message)
{
    *k->fault = (struct spec_fault) { .param = path, .code = code, .message = message };
    return false;
}

static bool refuse_type(
    const struct check *k, const char *type, const char *path, const struct value *v)
{
    const char *got = v->kind == VALUE_TEXT ? v->text : "an object or array";
    if (text_is(type, "integer"))
        return refuse(k, path, "parameter_invalid_integer",
            arena_printf(k->a, "Invalid integer: %s", got));
    return refuse(k, path, NULL, arena_printf(k->a, "Invalid %s: %s", type, got));
}

static bool type_fits(const char *type, const struct value *v)
{
    static const struct {
        const char *type;
        enum value_kind kind, or_kind;
    } types[] = {
        { "object", VALUE_OBJECT, VALUE_OBJECT },
        { "array", VALUE_ARRAY, VALUE_ARRAY },
        { "string", VALUE_TEXT, VALUE_TEXT },
        { "boolean", VALUE_BOOL, VALUE_BOOL },
        { "integer", VALUE_INT, VALUE_INT },
        { "number", VALUE_INT, VALUE_REAL },
    };
    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (text_is(types[i].type, type))
            return v->kind == types[i].kind || v->kind == types[i].or_kind;
    return true;
}

static const char *member_path(
    const struct check *k, const char *path, const char *name)
{
    return *path == '\0' ? name : arena_printf(k->a, "%s[%s]", path, name);
}

static bool valid_object(const struct check *k, const struct value *schema,
    const struct value *v, const char *path)
{
    const struct value *properties = value_member(schema, "properties");
    const struct value *rest = value_member(schema, "additionalProperties");
    value_each(e, v)
    {
        const char *at = member_path(k, path, e->key);
        const struct value *inner = value_member(properties, e->key);
        if (inner == NULL && rest != NULL && rest->kind == VALUE_OBJECT)
            inner = rest;
        if (inner != NULL) {
            if (!valid(k, inner, e, at))
                return false;
        } else if (rest != NULL && rest->kind == VALUE_BOOL && !rest->truth) {
            return refuse(k, at, "parameter_unknown",
                arena_printf(k->a, "Received unknown parameter: %s", at));
        }
    }
    value_each(name, value_member(schema, "required"))
    {
        if (value_member(v, name->text) == NULL) {
            const char *at = member_path(k, path, name->text);
            return refuse(k, at, "parameter_missing",
                arena_printf(k->a, "Missing required param: %s.", at));
        }
    }
    return true;
}

static bool valid_any(const struct check *k, const struct value *branches,
    const struct value *v, const char *path)
{
    struct spec_fault best = { 0 };
    value_each(branch, branches)
    {
        if (valid(k, branch, v, path))
            return true;
        /* The complaint of the branch that is of the same kind says most. */
        bool same = type_fits(value_get_text(deref(k->s, branch), "type"), v);
        if (best.message == NULL || same)
            best = *k->fault;
    }
    *k->fault = best;
    return false;
}

static bool in_enum(const struct value *list, const struct value *v)
{
    value_each(e, list)
    {
        if (v->kind == VALUE_TEXT && text_is(e->text, v->text))
            return true;
    }
    return list == NULL;
}

static bool valid(const struct check *k, const struct value *schema,
    const struct value *v, const char *path)
{
    schema = deref(k->s, schema);
    const struct value *branches = value_member(schema, "anyOf");
    if (branches != NULL)
        return valid_any(k, branches, v, path);
    const char *type = value_get_text(schema, "type");
    if (type != NULL && !type_fits(type, v))
        return refuse_type(k, type, path, v);
    if (!in_enum(value_member(schema, "enum"), v))
        return refuse(k, path, NULL,
            arena_printf(k->a, "Invalid %s: %s is not one of the values it may have.",
                path, v->kind == VALUE_TEXT ? v->text : "this"));
    int64_t longest = value_get_int(schema, "maxLength", 0);
    if (longest > 0 && v->kind == VALUE_TEXT &&
        text_utf8_length(v->text) > (size_t)longest)
        return refuse(k, path, NULL,
            arena_printf(k->a, "Invalid string: %s must be at most %lld characters",
                path, (long long)longest));
    const struct value *items = value_member(schema, "items");
    size_t index = 0;
    if (v->kind == VALUE_ARRAY && items != NULL)
        value_each(e, v)
        {
            char number[24];
            snprintf(number, sizeof number, "%zu", index++);
            if (!valid(k, items, e, member_path(k, path, number)))
                return false;
        }
    return v->kind != VALUE_OBJECT || valid_object(k, schema, v, path);
}

struct value *spec_check(struct spec *s, struct arena *a, const struct value *schema,
    const struct value *params, struct spec_fault *fault)
{
    struct check k = { s, a, fault };
    struct value *t = typed(&k, schema, params);
    return valid(&k, schema, t, "") ? t : NULL;
}

/* ---- resources ---- */

struct value *spec_example(struct spec *s, struct arena *a, const char *resource)
{
    const struct value *found =
        value_member(value_get(s->root, "x-fixtures.resources"), resource);
    const struct value *shape = value_member(s->shapes, resource);
    CHECK(found != NULL || shape != NULL);
    struct value *v = value_clone(a, found != NULL ? found : shape);
    if (found != NULL && shape != NULL)
        value_merge(a, v, shape);
    return v;
}

bool spec_expandable(struct spec *s, const char *resource, const char *name)
{
    const struct value *schema =
        value_member(value_get(s->root, "components.schemas"), resource);
    value_each(e, value_member(schema, "x-expandableFields"))
    {
        if (text_is(e->text, name))
            return true;
    }
    return false;
}
