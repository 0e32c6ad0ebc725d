/* format_bench.c: how long formatted I/O takes beside what a program would write without it: loops of
 * snprintf and strtod over the same numbers, in memory and with an instrument. Both take turns,
 * and the figures are medians. They decide nothing: only the data must be the same.
 *
 * FORMAT_BENCH_NUMBERS says how many numbers, FORMAT_BENCH_ROUNDS how often. Time in memory is this
 * thread's own, so that other programs do not count.
 */

#include <time.h>
#include "check.h"

#define MOST_ROUNDS 99

static ViSession vi;
static int numbers = 2000, rounds = 3;
static double *data, *got;
static char *text, *other;
static size_t room;

static double clock_ms(clockid_t which)
{
    struct timespec time;
    CHECK(clock_gettime(which, &time) == 0);
    return (double)time.tv_sec * 1000 + (double)time.tv_nsec / 1e6;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *times)
{
    qsort(times, (size_t)rounds, sizeof *times, by_size);
    return times[rounds / 2];
}

/* What a program does without formatted I/O. */
static size_t loop_out(char *out)
{
    size_t at = 0;
    int i;

    for (i = 0; i < numbers; i++) {
        if (i > 0) {
            out[at++] = ',';
        }
        at += (size_t)snprintf(out + at, room - at, "%f", data[i]);
    }
    return at;
}

static void loop_in(const char *from, double *into)
{
    char *rest;
    int i;

    for (i = 0; i < numbers; i++) {
        into[i] = strtod(from, &rest);
        CHECK(rest != from);
        from = rest + 1;
    }
}

static void print_ours(void)
{
    EXPECT(viSPrintf(vi, (ViPBuf)other, "%,*lf", numbers, data), VI_SUCCESS);
}

static void print_theirs(void)
{
    loop_out(text);
}

static void scan_ours(void)
{
    int count = numbers;
    EXPECT(viSScanf(vi, (ViConstBuf)text, "%,#lf", &count, got), VI_SUCCESS);
    CHECK(count == numbers);
}

static void scan_theirs(void)
{
    loop_in(text, got);
}

/* There and back again: the instrument keeps a line and gives it back. */
static void wire_ours(void)
{
    int count = numbers;
    EXPECT(viPrintf(vi, "RECEIVE\n"), VI_SUCCESS);
    EXPECT(viPrintf(vi, "%,*lf\n", numbers, data), VI_SUCCESS);
    EXPECT(viQueryf(vi, "SEND\n", "%,#lf%*T", &count, got), VI_SUCCESS);
    CHECK(count == numbers);
}

static void wire_theirs(void)
{
    size_t length = loop_out(text);
    ViUInt32 count = 0;

    text[length++] = '\n';
    EXPECT(viWrite(vi, (ViConstBuf) "RECEIVE\n", 8, VI_NULL), VI_SUCCESS);
    EXPECT(viWrite(vi, (ViConstBuf)text, (ViUInt32)length, VI_NULL), VI_SUCCESS);
    EXPECT(viWrite(vi, (ViConstBuf) "SEND\n", 5, VI_NULL), VI_SUCCESS);
    CHECK(viRead(vi, (ViPBuf)other, (ViUInt32)room - 1, &count) >= VI_SUCCESS);
    CHECK(count == length);
    other[count] = '\0';
    loop_in(other, got);
}

static void compare(const char *what, clockid_t which, void (*ours)(void), void (*theirs)(void))
{
    double mine[MOST_ROUNDS], c[MOST_ROUNDS], start;
    int turn;

    for (turn = 0; turn < rounds; turn++) {
        start = clock_ms(which);
        ours();
        mine[turn] = clock_ms(which) - start;
        start = clock_ms(which);
        theirs();
        c[turn] = clock_ms(which) - start;
    }
    printf("%-28s %10.2f ms   %10.2f ms   %.2f\n", what, median(mine), median(c),
           median(mine) / median(c));
}

int main(int argc, char **argv)
{
    const char *name = resource(argc, argv), *given = getenv("FORMAT_BENCH_NUMBERS");
    ViSession rm = open_manager();
    unsigned long long state = 88172645463325252ULL;
    double *parsed;
    int i;

    if (given != NULL) {
        numbers = atoi(given);
    }
    if ((given = getenv("FORMAT_BENCH_ROUNDS")) != NULL) {
        rounds = atoi(given);
    }
    CHECK(numbers > 0 && rounds > 0 && rounds <= MOST_ROUNDS);
    room = (size_t)numbers * 20 + 64;
    data = malloc((size_t)numbers * sizeof *data);
    got = malloc((size_t)numbers * sizeof *got);
    parsed = malloc((size_t)numbers * sizeof *parsed);
    text = malloc(room);
    other = malloc(room);
    CHECK(data != NULL && got != NULL && parsed != NULL && text != NULL && other != NULL);
    for (i = 0; i < numbers; i++) {
        /* Volts between -10 and 10, as no instrument would round them. */
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        data[i] = (double)(state >> 11) / 9007199254740992.0 * 20 - 10;
    }
    vi = open_session(rm, name);
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, 60000), VI_SUCCESS);

    printf("%d numbers, %d rounds     formatted I/O            loop        ratio\n", numbers,
           rounds);
    compare("viSPrintf, snprintf", CLOCK_THREAD_CPUTIME_ID, print_ours, print_theirs);
    CHECK(strcmp(text, other) == 0);
    loop_in(text, parsed);
    compare("viSScanf, strtod", CLOCK_THREAD_CPUTIME_ID, scan_ours, scan_theirs);
    memset(got, 0, (size_t)numbers * sizeof *got);
    scan_ours();
    CHECK(memcmp(got, parsed, (size_t)numbers * sizeof *got) == 0);
    compare("viPrintf + viScanf, both", CLOCK_MONOTONIC, wire_ours, wire_theirs);
    memset(got, 0, (size_t)numbers * sizeof *got);
    wire_ours();
    CHECK(memcmp(got, parsed, (size_t)numbers * sizeof *got) == 0);
    free(data);
    free(got);
    free(parsed);
    free(text);
    free(other);
    EXPECT(viClose(rm), VI_SUCCESS);
    return 0;
}
