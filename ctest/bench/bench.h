/* bench.h: what the programs of the benchmark share: the data that move, and the clocks. */

#ifndef BENCH_H
#define BENCH_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* What the instrument answers to *IDN?. */
#define IDENTITY "Bench,Bare,0,1\n"

/* Blocks repeat after so many bytes, a prime: bytes that come to the wrong place differ. */
#define PERIOD 65521
/* The pattern lies in memory so often, so that a megabyte of it can be sent at once. */
#define REPEATS 17

static unsigned char pattern[PERIOD * REPEATS];

/* Printable characters, so that no line feed ends anything. */
static void make_pattern(void)
{
    uint64_t state = 88172645463325252ULL;
    size_t i;

    for (i = 0; i < PERIOD; i++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        pattern[i] = (unsigned char)(33 + state % 94);
    }
    for (i = 1; i < REPEATS; i++) {
        memcpy(pattern + i * PERIOD, pattern, PERIOD);
    }
}

/* The pattern's bytes from `offset` on; `length` gets how many lie there in one piece. */
static const unsigned char *pattern_at(size_t offset, size_t *length)
{
    size_t start = offset % PERIOD;

    *length = sizeof pattern - start;
    return pattern + start;
}

/* Whether `data` is the pattern's beginning. */
static int is_pattern(const unsigned char *data, size_t length)
{
    size_t at, piece;

    for (at = 0; at < length; at += piece) {
        const unsigned char *right = pattern_at(at, &piece);

        if (piece > length - at) {
            piece = length - at;
        }
        if (memcmp(data + at, right, piece) != 0) {
            return 0;
        }
    }
    return 1;
}

/* Says what went wrong, and ends the program: a benchmark that goes on measures nothing. */
#define DEMAND(condition, what) \
    do { \
        if (!(condition)) { \
            fprintf(stderr, "%s:%d: %s (%s)\n", __FILE__, __LINE__, what, strerror(errno)); \
            exit(1); \
        } \
    } while (0)

/* This thread, and those that it starts, run on that processor from now on; on all for -1. */
static void pin(int processor)
{
    cpu_set_t set;
    int i;

    CPU_ZERO(&set);
    for (i = 0; i < CPU_SETSIZE; i++) {
        if (processor == -1 || processor == i) {
            CPU_SET(i, &set);
        }
    }
    DEMAND(sched_setaffinity(0, sizeof set, &set) == 0, "no such processor");
}

#endif
