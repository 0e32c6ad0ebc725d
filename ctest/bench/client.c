/* client.c: the measuring half of every client. The same loops run over every library, so what
 * differs is the library.
 *
 * Commands come as arguments, or one to a line of standard input; each is answered by one line of
 * JSON. Times are nanoseconds, and medians of single ones.
 *
 *   query N             N times *IDN?
 *   read SIZE CHUNK N   N times a block of SIZE bytes, read by CHUNK bytes, on a new connection
 *   write SIZE N        N times a block of SIZE bytes, and the answer that it has come; the same
 *   open N              N times open, *IDN?, close
 *   threads COUNT MS    COUNT sessions, each in a thread of its own, for MS milliseconds
 *   syscalls N          N times *IDN?, between two calls of getppid for syscalls.c
 *   pin P               stays on processor P, -1 for any
 */

#include "bench.h"
#include "client.h"
#include <pthread.h>

#define MOST_THREADS 1024
#define STACK (256 << 10)

static struct peer *single;
static struct peer *several[MOST_THREADS];
static int several_count;

double now_ns(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static double cpu_ns(void)
{
    struct timespec time;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

double median(double *times, size_t count)
{
    qsort(times, count, sizeof *times, by_size);
    return count % 2 == 1 ? times[count / 2] : (times[count / 2 - 1] + times[count / 2]) / 2;
}

/* Room for times. Not new each time, so that a command's memory is the library's. */
static double *room_for(size_t count)
{
    static double *times;
    static size_t most;

    if (count > most) {
        times = realloc(times, count * sizeof *times);
        DEMAND(times != NULL, "no memory");
        memset(times, 0, count * sizeof *times);
        most = count;
    }
    return times;
}

/* Memory for blocks, touched before anything is measured. */
static unsigned char *block_of(size_t size)
{
    static unsigned char *block;
    static size_t most;

    if (size > most) {
        free(block);
        block = malloc(size);
        DEMAND(block != NULL, "no memory");
        memset(block, 1, size);
        most = size;
    }
    return block;
}

/* Memory that this process has in use, in kB. */
static long resident_kb(void)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");

    DEMAND(file != NULL, "no /proc");
    DEMAND(fscanf(file, "%*s %ld", &pages) == 1, "no such line");
    fclose(file);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static struct peer *session(void)
{
    if (single == NULL) {
        single = peer_open();
    }
    return single;
}

static void query_once(struct peer *peer);

/* A new connection. The system gives each one buffers of its own sizes, by how its first blocks moved,
 * and keeps them: one that was disturbed then stays slower for good. So blocks get one each turn. */
static struct peer *fresh_session(void)
{
    if (single != NULL) {
        peer_close(single);
    }
    single = peer_open();
    query_once(single);
    return single;
}

static void query_once(struct peer *peer)
{
    char answer[256];
    size_t length;

    peer_write(peer, "*IDN?\n", 6);
    length = peer_read(peer, answer, sizeof answer);
    DEMAND(length == strlen(IDENTITY) && memcmp(answer, IDENTITY, length) == 0, "wrong answer");
}

static void query(size_t count)
{
    double *times = room_for(count), cpu, start;
    struct peer *peer = session();
    size_t i;

    peer_expect_blocks(peer, 0);
    query_once(peer);
    cpu = cpu_ns();
    for (i = 0; i < count; i++) {
        start = now_ns();
        query_once(peer);
        times[i] = now_ns() - start;
    }
    cpu = (cpu_ns() - cpu) / (double)count;
    printf("{\"ns\":%.1f,\"cpu_ns\":%.1f,\"count\":%zu}\n", median(times, count), cpu, count);
}

static void read_block(struct peer *peer, unsigned char *block, size_t size, size_t chunk)
{
    char command[64];
    size_t got = 0;

    peer_write(peer, command, (size_t)sprintf(command, "READ %zu\n", size));
    while (got < size) {
        size_t want = size - got < chunk ? size - got : chunk;

        got += peer_read(peer, block + got, want);
    }
}

static void read_blocks(size_t size, size_t chunk, size_t count)
{
    double *times = room_for(count), cpu = 0, cpu_start, start;
    unsigned char *block = block_of(size);
    struct peer *peer = fresh_session();
    long before, grown;
    size_t i;

    peer_expect_blocks(peer, 1);
    read_block(peer, block, size, chunk);
    before = resident_kb();
    for (i = 0; i < count; i++) {
        /* What was there before must not pass for what came. */
        memset(block, 0, size < 4096 ? size : 4096);
        block[size / 2] = 0;
        block[size - 1] = 0;
        cpu_start = cpu_ns();
        start = now_ns();
        read_block(peer, block, size, chunk);
        times[i] = now_ns() - start;
        cpu += cpu_ns() - cpu_start;
        DEMAND(is_pattern(block, size), "the block read is not the block sent");
    }
    grown = resident_kb() - before;
    printf("{\"ns\":%.1f,\"cpu_ns\":%.1f,\"count\":%zu,\"grown_kb\":%ld}\n", median(times, count),
           cpu / (double)count, count, grown);
}

static void expect(struct peer *peer, const char *text)
{
    char answer[16];
    size_t length = peer_read(peer, answer, sizeof answer);

    DEMAND(length == strlen(text) && memcmp(answer, text, length) == 0, "wrong answer");
}

static void write_block(struct peer *peer, const unsigned char *block, size_t length)
{
    peer_write(peer, block, length);
    expect(peer, "GOT\n");
}

static void write_blocks(size_t size, size_t count)
{
    enum { HEAD = 13 };
    double *times = room_for(count), cpu = 0, cpu_start, start;
    unsigned char *block = block_of(size + HEAD);
    struct peer *peer = fresh_session();
    long before, grown;
    size_t i, at, piece;

    sprintf((char *)block, "WRIT %07zu\n", size >> 10);
    DEMAND(size % 1024 == 0, "whole KiB only");
    for (at = 0; at < size; at += piece) {
        const unsigned char *part = pattern_at(at, &piece);

        piece = piece < size - at ? piece : size - at;
        memcpy(block + HEAD + at, part, piece);
    }
    peer_expect_blocks(peer, 0);
    write_block(peer, block, size + HEAD);
    before = resident_kb();
    for (i = 0; i < count; i++) {
        cpu_start = cpu_ns();
        start = now_ns();
        write_block(peer, block, size + HEAD);
        times[i] = now_ns() - start;
        cpu += cpu_ns() - cpu_start;
        /* The instrument compares after it has said so. */
        peer_write(peer, "SAME?\n", 6);
        expect(peer, "YES\n");
    }
    grown = resident_kb() - before;
    printf("{\"ns\":%.1f,\"cpu_ns\":%.1f,\"count\":%zu,\"grown_kb\":%ld}\n", median(times, count),
           cpu / (double)count, count, grown);
}

static void open_and_close(size_t count)
{
    double *times = room_for(count), cpu, start;
    size_t i;

    cpu = cpu_ns();
    for (i = 0; i < count; i++) {
        struct peer *peer;

        start = now_ns();
        peer = peer_open();
        query_once(peer);
        peer_close(peer);
        times[i] = now_ns() - start;
    }
    cpu = (cpu_ns() - cpu) / (double)count;
    printf("{\"ns\":%.1f,\"cpu_ns\":%.1f,\"count\":%zu}\n", median(times, count), cpu, count);
}

static pthread_barrier_t line_up;
static volatile int over;

static void *keep_asking(void *argument)
{
    struct peer *peer = argument;
    uintptr_t count = 0;

    pthread_barrier_wait(&line_up);
    while (!over) {
        query_once(peer);
        count++;
    }
    return (void *)count;
}

static void threads(int count, long milliseconds)
{
    static pthread_t ids[MOST_THREADS];
    struct timespec length = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    pthread_attr_t attributes;
    double start, took;
    uintptr_t total = 0;
    void *result;
    int i;

    DEMAND(count > 0 && count <= MOST_THREADS, "too many threads");
    while (several_count > count) {
        peer_close(several[--several_count]);
    }
    while (several_count < count) {
        several[several_count] = peer_open();
        peer_expect_blocks(several[several_count++], 0);
    }
    over = 0;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK);
    pthread_barrier_init(&line_up, NULL, (unsigned)count + 1);
    for (i = 0; i < count; i++) {
        DEMAND(pthread_create(&ids[i], &attributes, keep_asking, several[i]) == 0, "no thread");
    }
    pthread_barrier_wait(&line_up);
    start = now_ns();
    nanosleep(&length, NULL);
    over = 1;
    for (i = 0; i < count; i++) {
        pthread_join(ids[i], &result);
        total += (uintptr_t)result;
    }
    took = now_ns() - start;
    pthread_barrier_destroy(&line_up);
    printf("{\"ns\":%.1f,\"count\":%zu}\n", took / (double)total, (size_t)total);
}

static void system_calls(size_t count)
{
    struct peer *peer = session();
    size_t i;

    peer_expect_blocks(peer, 0);
    /* The first ones may still open and allocate. */
    for (i = 0; i < 10; i++) {
        query_once(peer);
    }
    getppid();
    for (i = 0; i < count; i++) {
        query_once(peer);
    }
    getppid();
    printf("{\"count\":%zu}\n", count);
}

static void obey(const char *command)
{
    long a, b, c;

    if (peer_command(command)) {
    } else if (sscanf(command, "query %ld", &a) == 1) {
        query((size_t)a);
    } else if (sscanf(command, "read %ld %ld %ld", &a, &b, &c) == 3) {
        read_blocks((size_t)a, (size_t)b, (size_t)c);
    } else if (sscanf(command, "write %ld %ld", &a, &b) == 2) {
        write_blocks((size_t)a, (size_t)b);
    } else if (sscanf(command, "open %ld", &a) == 1) {
        open_and_close((size_t)a);
    } else if (sscanf(command, "threads %ld %ld", &a, &b) == 2) {
        threads((int)a, b);
    } else if (sscanf(command, "syscalls %ld", &a) == 1) {
        system_calls((size_t)a);
    } else if (sscanf(command, "pin %ld", &a) == 1) {
        pin((int)a);
        printf("{}\n");
    } else {
        fprintf(stderr, "no such command: %s\n", command);
        exit(2);
    }
    fflush(stdout);
}

int main(int argc, char **argv)
{
    char line[256];
    int used = 1 + peer_start(argc - 1, argv + 1), i;

    make_pattern();
    for (i = used; i < argc; i++) {
        obey(argv[i]);
    }
    while (used == argc && fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        obey(line);
    }
    while (several_count > 0) {
        peer_close(several[--several_count]);
    }
    if (single != NULL) {
        peer_close(single);
    }
    return 0;
}
