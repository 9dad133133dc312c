# Written by build-aux/files.sh; do not edit.

LIB_FILES = \
	src/db/migrate.h \
	src/util/arena.c \
	src/util/arena.h \
	src/util/buf.c \
	src/util/buf.h \
	src/util/civil.c \
	src/util/civil.h \
	src/util/guard.c \
	src/util/guard.h \
	src/util/money.c \
	src/util/money.h \
	src/util/result.c \
	src/util/result.h \
	src/util/text.c \
	src/util/text.h \
	src/util/zone.c \
	src/util/zone.h

MAIN_FILES = \
	src/main/main.c

SANDBOX_FILES = \
	sandbox/main.c

UNIT_FILES = \
	tests/unit/main.c \
	tests/unit/util/civil.c \
	tests/unit/util/money.c \
	tests/unit/util/text.c \
	tests/unit/util/zone.c

PAGE_FILES =

HTTP_FILES =

LINT_FILES =

BENCH_FILES =

SUPPORT_FILES =

SCHEMA_FILES = \
	sql/schema/0001-accounts.sql

QUERY_FILES = \
	sql/ping.sql

TEMPLATE_FILES =

STATIC_FILES =

OTHER_FILES = \
	build-aux/files.sh \
	build-aux/schemagen.awk \
	build-aux/sqlgen.awk \
	build-aux/testlist.awk

