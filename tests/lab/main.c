/* SPDX-License-Identifier: MIT */
/* httptrace-lab: arguments to rows, or the list of all rows. */
#include "lab.h"

#include <fnmatch.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_ROWS = 512 };

static const char usage[] =
    "Usage: httptrace-lab [options] CODE...   serve behaviours, one port each, until SIGTERM or Ctrl-C\n"
    "       httptrace-lab --list              what CODE may be\n"
    "\n"
    "CODE may be a pattern: 'h2.*'. Printed are the CA file to trust and a line \"CODE URL\" for each row.\n"
    "\n"
    "  --port N        first port; 0 (the default): any that is free\n"
    "  --host ADDR     address to listen on; default: 127.0.0.1 and ::1\n"
    "  --name NAME     name that URLs and certificates carry (use --resolve); default: localhost\n"
    "  --ca-file FILE  write the CA certificate here; default: into a temporary directory\n"
    "  --tls           carry behaviours of HTTP/1.1 over TLS\n"
    "  --once          end after one connection per row\n"
    "  -h, --help      this text\n";

static int print_list(void)
{
    printf("%-42s  %-8s  %-42s  %-50s  %s\n", "CODE", "PHASE", "FINDING", "CLIENT OPTIONS", "BEHAVIOUR");
    for (size_t f = 0; lab_families[f]; f++) {
        for (size_t i = 0; i < lab_families[f]->count; i++) {
            const struct lab_row *row = &lab_families[f]->rows[i];
            printf("%-42s  %-8s  %-42s  %-50s  %s\n", row->code, row->phase ? row->phase : "-",
                   row->finding ? row->finding : "-", row->client ? row->client : "-", row->help);
        }
    }
    return fflush(stdout) == 0 ? 0 : 2;
}

static bool find_rows(const char *pattern, const struct lab_row **rows, size_t *count)
{
    bool found = false;
    for (size_t f = 0; lab_families[f]; f++) {
        for (size_t i = 0; i < lab_families[f]->count; i++) {
            if (fnmatch(pattern, lab_families[f]->rows[i].code, 0) == 0 && *count < MAX_ROWS) {
                rows[(*count)++] = &lab_families[f]->rows[i];
                found = true;
            }
        }
    }
    return found;
}

static bool read_port(const char *text, int *port)
{
    char *end;
    long number = strtol(text, &end, 10);
    if (*text == '\0' || *end != '\0' || number < 0 || number > 65535) {
        fprintf(stderr, "httptrace-lab: --port takes a number from 0 to 65535, not \"%s\"\n", text);
        return false;
    }
    *port = (int)number;
    return true;
}

/* 0: go on; else the exit code plus one. */
static int read_options(int argc, char **argv, struct lab_options *options)
{
    enum { LIST = 1, PORT, HOST, NAME, CA_FILE, TLS, ONCE };
    static const struct option names[] = {{"list", no_argument, NULL, LIST},
                                          {"port", required_argument, NULL, PORT},
                                          {"host", required_argument, NULL, HOST},
                                          {"name", required_argument, NULL, NAME},
                                          {"ca-file", required_argument, NULL, CA_FILE},
                                          {"tls", no_argument, NULL, TLS},
                                          {"once", no_argument, NULL, ONCE},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    for (int c; (c = getopt_long(argc, argv, "h", names, NULL)) != -1;) {
        switch (c) {
        case LIST:
            return 1 + print_list();
        case PORT:
            if (!read_port(optarg, &options->port)) {
                return 1 + 2;
            }
            break;
        case HOST:
            options->host = optarg;
            break;
        case NAME:
            options->name = optarg;
            break;
        case CA_FILE:
            options->ca_file = optarg;
            break;
        case TLS:
            options->tls = true;
            break;
        case ONCE:
            options->once = true;
            break;
        case 'h':
            fputs(usage, stdout);
            return 1 + 0;
        default:
            return 1 + 2;
        }
    }
    return 0;
}

int main(int argc, char **argv)
{
    static const struct lab_row *rows[MAX_ROWS];
    struct lab_options options = {0};
    size_t count = 0;
    int code = read_options(argc, argv, &options);
    if (code > 0) {
        return code - 1;
    }
    for (int i = optind; i < argc; i++) {
        if (!find_rows(argv[i], rows, &count)) {
            fprintf(stderr, "httptrace-lab: no behaviour \"%s\"; see httptrace-lab --list\n", argv[i]);
            return 2;
        }
    }
    if (count == 0) {
        fputs(usage, stderr);
        return 2;
    }
    return lab_run(&options, rows, count);
}
