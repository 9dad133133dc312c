#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "main/commands.h"
#include "util/rand.h"
#include "util/text.h"

#ifndef PREP_SYSCONFDIR
#define PREP_SYSCONFDIR "/etc/prep"
#endif

static void usage(FILE *out)
{
    fputs("Usage: prep [--config FILE] COMMAND [ARGUMENTS]\n\n", out);
    for (const struct command *k = commands; k->name != NULL; k++)
        fprintf(out, "  %-14s %-18s %s\n", k->name, k->arguments, k->help);
    fputs("\n  --config FILE   settings (default: " PREP_SYSCONFDIR
          "/prep.conf if it is there)\n"
          "  --help, --version\n",
        out);
}

static int bad_usage(const char *what, const char *word)
{
    fprintf(stderr, "prep: %s%s%s\nTry `prep --help`.\n", what,
        word == NULL ? "" : ": ", word == NULL ? "" : word);
    return 2;
}

static const struct command *find_command(const char *name)
{
    for (const struct command *k = commands; k->name != NULL; k++)
        if (text_is(k->name, name))
            return k;
    return NULL;
}

static int run(const struct command *command, int argc, char **argv)
{
    struct arena *a = arena_new(16 * 1024 * 1024);
    struct conf conf;
    struct buf why;
    buf_init(&why, 4096);
    rand_open();
    int status = 1;
    if (conf_read(a, commands_conf_file, &conf, &why) != OK ||
        conf_read_secrets(a, &conf, &why) != OK)
        fprintf(stderr, "prep: %s\n", why.at);
    else
        status = command->run(&conf, argc, argv);
    buf_free(&why);
    arena_free(a);
    return status;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        { "config", required_argument, NULL, 'c' },
        { "help", no_argument, NULL, 'h' },
        { "version", no_argument, NULL, 'v' },
        { 0 },
    };
    const char *conf_file = NULL;
    for (int o; (o = getopt_long(argc, argv, "+c:hv", options, NULL)) != -1;) {
        switch (o) {
        case 'c':
            conf_file = optarg;
            break;
        case 'h':
            usage(stdout);
            return 0;
        case 'v':
            puts(PACKAGE_STRING);
            return 0;
        default:
            return bad_usage("unknown option", NULL);
        }
    }
    if (optind == argc)
        return bad_usage("which command?", NULL);
    const struct command *command = find_command(argv[optind]);
    if (command == NULL)
        return bad_usage("no such command", argv[optind]);
    if (conf_file == NULL && access(PREP_SYSCONFDIR "/prep.conf", R_OK) == 0)
        conf_file = PREP_SYSCONFDIR "/prep.conf";
    commands_conf_file = conf_file;
    return run(command, argc - optind, argv + optind);
}
