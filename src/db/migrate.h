#ifndef DB_MIGRATE_H
#define DB_MIGRATE_H

/* One file of sql/schema/, compiled in. The table ends with number 0. */
struct migration {
    int number;
    const char *name, *sql;
};

extern const struct migration migrations[];

#endif
