#include "storage/store.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/folder.h"
#include "unit.h"
#include "util/guard.h"
#include "util/rand.h"

/* SHA-256 of "abc" (FIPS 180-4). */
#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static struct arena *a;
static const char *folder, *source;
static struct store documents, photos;

static void set_up(void)
{
    a = arena_new(16 * 1024 * 1024);
    rand_open();
    folder = folder_make(a);
    source = arena_printf(a, "%s/source", folder);
    folder_write(source, "abc", 3);
    documents = (struct store) { .root = arena_printf(a, "%s/documents", folder) };
    photos = (struct store) { .root = arena_printf(a, "%s/photos", folder),
        .is_public = true };
}

static void tear_down(void)
{
    folder_drop(folder);
    arena_free(a);
}

static int mode_of(const char *path)
{
    struct stat st;
    ck_assert_int_eq(stat(path, &st), 0);
    return st.st_mode & 0777;
}

START_TEST(a_file_is_kept_once_under_its_hash_and_the_source_stays)
{
    const char *hash = NULL;
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(store_put_file(&documents, a, source, &hash), OK);
        ck_assert_str_eq(hash, ABC);
    }
    ck_assert_str_eq(store_name(a, hash, ""), "ba/" ABC);
    ck_assert_uint_eq(folder_count(documents.root), 1);
    ck_assert_int_eq(access(source, F_OK), 0);
    ck_assert_int_eq(mode_of(arena_printf(a, "%s/ba/" ABC, documents.root)) & 0137, 0);
    int fd = -1;
    int64_t bytes = 0;
    char content[4] = "";
    ck_assert_int_eq(store_open(&documents, a, hash, "", &fd, &bytes), OK);
    ck_assert_int_eq(bytes, 3);
    ck_assert_int_eq(read(fd, content, sizeof content), 3);
    ck_assert_str_eq(content, "abc");
    close(fd);
}
END_TEST

START_TEST(a_large_file_arrives_whole)
{
    size_t n = 1000001, got = 0;
    char *bytes = arena_alloc(a, n);
    for (size_t i = 0; i < n; i++)
        bytes[i] = (char)(i * i >> 7);
    folder_write(source, bytes, n);
    const char *hash, *same;
    ck_assert_int_eq(store_put_file(&documents, a, source, &hash), OK);
    const char *path =
        arena_printf(a, "%s/%s", documents.root, store_name(a, hash, ""));
    ck_assert_int_eq(memcmp(folder_read(a, path, &got), bytes, n), 0);
    ck_assert_uint_eq(got, n);
    ck_assert_int_eq(store_hash_file(a, path, &same), OK);
    ck_assert_str_eq(same, hash);
}
END_TEST

START_TEST(variants_stand_beside_each_other_and_go_one_by_one)
{
    ck_assert_int_eq(store_put_variant(&photos, a, source, ABC, "-w320.jpg"), OK);
    ck_assert_int_eq(store_put_variant(&photos, a, source, ABC, "-w800.jpg"), OK);
    ck_assert(store_exists(&photos, a, ABC, "-w320.jpg"));
    ck_assert(!store_exists(&photos, a, ABC, ""));
    ck_assert_int_eq(store_remove(&photos, a, ABC, "-w320.jpg"), OK);
    ck_assert_int_eq(store_remove(&photos, a, ABC, "-w320.jpg"), OK);
    ck_assert(!store_exists(&photos, a, ABC, "-w320.jpg"));
    ck_assert(store_exists(&photos, a, ABC, "-w800.jpg"));
}
END_TEST

static const char *const no_hashes[] = { "", "abc", "../../etc/passwd",
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015aD",
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad0",
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a/",
    "/////////////////////////////////////////////////////////////////", NULL };

START_TEST(only_a_hash_is_a_name)
{
    int fd = -1;
    int64_t bytes;
    const char *name = no_hashes[_i];
    ck_assert_ptr_eq(store_name(a, name, ""), NULL);
    ck_assert_int_eq(store_open(&documents, a, name, "", &fd, &bytes), R_NOT_FOUND);
    ck_assert_int_eq(fd, -1);
    ck_assert(!store_exists(&documents, a, name, ""));
    ck_assert_int_eq(store_remove(&documents, a, name, ""), OK);
}
END_TEST

START_TEST(what_cannot_be_read_or_written_leaves_nothing_behind)
{
    const char *hash;
    const char *absent = arena_printf(a, "%s/absent", folder);
    ck_assert_int_eq(store_put_file(&documents, a, absent, &hash), R_NOT_FOUND);
    const char *link = arena_printf(a, "%s/link", folder);
    ck_assert_int_eq(symlink("/etc/hostname", link), 0);
    ck_assert_int_eq(store_put_file(&documents, a, link, &hash), R_NOT_FOUND);
    ck_assert_uint_eq(folder_count(documents.root), 0);
    struct store nowhere = { .root = arena_printf(a, "%s/no/such", folder) };
    ck_assert_int_eq(store_put_file(&nowhere, a, source, &hash), R_FAULT);
    int fd;
    int64_t bytes;
    ck_assert_int_eq(store_open(&documents, a, ABC, "", &fd, &bytes), R_NOT_FOUND);
}
END_TEST

START_TEST(a_folder_for_work_goes_with_what_is_in_it)
{
    const char *work = store_make_folder(&documents, a);
    ck_assert_ptr_ne(work, NULL);
    ck_assert_int_eq(mode_of(work), 0700);
    folder_write(arena_printf(a, "%s/one", work), "1", 1);
    store_drop_folder(a, work);
    ck_assert_int_ne(access(work, F_OK), 0);
}
END_TEST

void unit_storage_store(Suite *s)
{
    TCase *t = tcase_create("store");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, a_file_is_kept_once_under_its_hash_and_the_source_stays);
    tcase_add_test(t, a_large_file_arrives_whole);
    tcase_add_test(t, variants_stand_beside_each_other_and_go_one_by_one);
    tcase_add_loop_test(t, only_a_hash_is_a_name, 0, COUNT_OF(no_hashes));
    tcase_add_test(t, what_cannot_be_read_or_written_leaves_nothing_behind);
    tcase_add_test(t, a_folder_for_work_goes_with_what_is_in_it);
    suite_add_tcase(s, t);
}
