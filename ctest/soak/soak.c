/* soak.c: threads open, ask, wait, lock, terminate and close at random, on all interfaces at once,
 * while instruments are switched off and on and connections are cut (ctest/soak/mod.rs). In rounds:
 * after each, everything is closed, and what the process holds must be what it held before.
 *
 *     soak SEED ROUNDS SECONDS RESOURCE...
 *
 * After each round it writes one line and waits for one: whoever reads it looks at the instruments
 * meanwhile. The first two rounds are for warming up.
 */

#include <dirent.h>
#include <malloc.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>
#include "../check.h"

#define THREADS 6
#define SESSIONS 8
#define NAMES 8
#define WARM 2

/* Objects that the library has had before it gives numbers again: its table of them grows up to
 * there. */
#define OBJECTS 5000

/* What the heap may hold more than after warming up, in bytes: lists that grow with what goes on at
 * the same time. */
#define SLACK (48L * 1024)

static ViSession rm;
static int names;
static char **name;
static struct {
    ViSession vi;
    int name;
} sessions[SESSIONS];
static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static double until;

/* What has been done, since the beginning. */
static unsigned long calls, opened, refused, answers[NAMES], events, faults;

/* The buffers of asynchronous transfers, which live until their sessions are closed. */
struct piece {
    struct piece *next;
    ViByte bytes[64];
};
static struct piece *pieces;

static ViByte *fresh_piece(void)
{
    struct piece *fresh = calloc(1, sizeof *fresh);
    CHECK(fresh != NULL);
    memcpy(fresh->bytes, "*IDN?\n", 6);
    pthread_mutex_lock(&guard);
    fresh->next = pieces;
    pieces = fresh;
    pthread_mutex_unlock(&guard);
    return fresh->bytes;
}

static void free_pieces(void)
{
    while (pieces != NULL) {
        struct piece *next = pieces->next;
        free(pieces);
        pieces = next;
    }
}

static double now(void)
{
    struct timespec time;
    CHECK(clock_gettime(CLOCK_MONOTONIC, &time) == 0);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static int entries(const char *folder)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    int count = 0;
    CHECK(dir != NULL);
    while ((entry = readdir(dir)) != NULL) {
        count += entry->d_name[0] != '.';
    }
    closedir(dir);
    return count;
}

/* Pages of memory that the process has. */
static long resident_kib(void)
{
    long all = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    CHECK(file != NULL && fscanf(file, "%ld %ld", &all, &resident) == 2);
    fclose(file);
    return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

static unsigned roll(unsigned *state, unsigned sides)
{
    *state = *state * 1664525u + 1013904223u;
    return (*state >> 10) % sides;
}

/* Adds to a figure. */
static void count(unsigned long *figure)
{
    __atomic_add_fetch(figure, 1, __ATOMIC_RELAXED);
}

/* Every status is one that the standard knows. */
static ViStatus known(ViStatus status)
{
    char text[256];
    CHECK(viStatusDesc(rm, status, text) != VI_WARN_UNKNOWN_STATUS);
    count(&calls);
    if (status == VI_ERROR_CONN_LOST || status == VI_ERROR_IO) {
        count(&faults);
    }
    return status;
}

static ViStatus _VI_FUNCH handler(ViSession vi, ViEventType type, ViEvent context, ViAddr user)
{
    ViUInt16 byte;
    (void)type;
    (void)context;
    (void)user;
    viReadSTB(vi, &byte);
    count(&events);
    return VI_SUCCESS;
}

static ViSession pick(unsigned *state, int *which)
{
    unsigned at = roll(state, SESSIONS);
    ViSession vi;
    pthread_mutex_lock(&guard);
    vi = sessions[at].vi;
    *which = sessions[at].name;
    pthread_mutex_unlock(&guard);
    return vi;
}

static void reopen(unsigned *state)
{
    unsigned at = roll(state, SESSIONS);
    int which = (int)roll(state, (unsigned)names);
    ViSession fresh = VI_NULL, old;
    ViAccessMode mode = roll(state, 8) == 0 ? VI_EXCLUSIVE_LOCK : VI_NO_LOCK;
    if (known(viOpen(rm, name[which], mode, 300, &fresh)) < VI_SUCCESS) {
        fresh = VI_NULL;
        count(&refused);
    } else {
        count(&opened);
        viSetAttribute(fresh, VI_ATTR_TMO_VALUE, 20 + roll(state, 100));
        if (is_stream(name[which])) {
            viSetAttribute(fresh, VI_ATTR_TERMCHAR_EN, VI_TRUE);
        }
    }
    pthread_mutex_lock(&guard);
    old = sessions[at].vi;
    sessions[at].vi = fresh;
    sessions[at].name = which;
    pthread_mutex_unlock(&guard);
    if (old != VI_NULL) {
        known(viClose(old));
    }
}

/* Asks for the identity, alone on the session if that can be. */
static void ask(ViSession vi, int which)
{
    ViByte answer[128];
    ViUInt32 got = 0;
    ViBoolean alone = viLock(vi, VI_EXCLUSIVE_LOCK, 20, VI_NULL, VI_NULL) >= VI_SUCCESS;
    if (known(viWrite(vi, (ViConstBuf)"*IDN?\n", 6, &got)) >= VI_SUCCESS
        && known(viRead(vi, answer, sizeof answer, &got)) >= VI_SUCCESS && got >= 9
        && memcmp(answer, "Ferrovisa", 9) == 0) {
        count(&answers[which]);
    }
    if (alone) {
        known(viUnlock(vi));
    }
}

static void wait_for(ViSession vi, ViEventType type)
{
    ViEvent context = VI_NULL;
    ViEventType got;
    if (known(viWaitOnEvent(vi, type, 10, &got, &context)) >= VI_SUCCESS) {
        count(&events);
        known(viClose(context));
    }
}

static void share(ViSession vi)
{
    char key[256];
    if (known(viLock(vi, VI_SHARED_LOCK, 10, VI_NULL, key)) >= VI_SUCCESS) {
        known(viUnlock(vi));
    }
}

/* One of the calls that programs make. */
static void act(unsigned *state)
{
    ViByte buffer[256];
    ViUInt32 got;
    ViUInt16 byte;
    ViJobId job = VI_NULL;
    ViEventType srq = VI_EVENT_SERVICE_REQ, done = VI_EVENT_IO_COMPLETION;
    int which, number;
    ViSession vi = pick(state, &which);
    switch (roll(state, 30)) {
    case 0: case 1: case 2: reopen(state); break;
    case 3: case 4: case 5: case 6: ask(vi, which); break;
    case 7: known(viEnableEvent(vi, srq, VI_QUEUE, VI_NULL)); break;
    case 8: known(viEnableEvent(vi, done, VI_QUEUE, VI_NULL)); break;
    case 9: known(viDisableEvent(vi, VI_ALL_ENABLED_EVENTS, VI_ALL_MECH)); break;
    case 10: known(viDiscardEvents(vi, VI_ALL_ENABLED_EVENTS, VI_ALL_MECH)); break;
    case 11: known(viInstallHandler(vi, srq, handler, VI_NULL)); break;
    case 12: known(viUninstallHandler(vi, srq, handler, VI_NULL)); break;
    case 13: known(viEnableEvent(vi, srq, VI_HNDLR, VI_NULL)); break;
    case 14: wait_for(vi, srq); break;
    case 15: wait_for(vi, done); break;
    case 16: known(viWrite(vi, (ViConstBuf)"*SRE 32;*ESE 1;*OPC\n", 20, &got)); break;
    case 17: known(viRead(vi, buffer, sizeof buffer, &got)); break;
    case 18: known(viReadSTB(vi, &byte)); break;
    case 19: known(viTerminate(vi, VI_NULL, VI_NULL)); break;
    case 20: known(viClear(vi)); break;
    case 21: share(vi); break;
    case 22: known(viReadAsync(vi, fresh_piece(), 64, &job)); break;
    case 23:
        known(viWriteAsync(vi, fresh_piece(), 6, &job));
        if (roll(state, 2) == 0) {
            known(viTerminate(vi, VI_NULL, job));
        }
        break;
    case 24: known(viQueryf(vi, "ECHO? %d\n", "%d", 17, &number)); break;
    case 25: known(viPrintf(vi, "ECHO? %d,%s\n", 17, "word")); break;
    case 26: known(viSetBuf(vi, VI_READ_BUF | VI_WRITE_BUF, 64 + roll(state, 9000))); break;
    case 27: known(viFlush(vi, VI_READ_BUF_DISCARD | VI_WRITE_BUF)); break;
    case 28: known(viAssertTrigger(vi, VI_TRIG_PROT_DEFAULT)); break;
    case 29: known(viGetAttribute(vi, VI_ATTR_RSRC_LOCK_STATE, buffer)); break;
    }
}

static void *work(void *argument)
{
    unsigned state = (unsigned)(size_t)argument;
    while (now() < until) {
        act(&state);
    }
    return NULL;
}

/* A round, from an open resource manager to a closed one. */
static void play(unsigned seed, double seconds)
{
    pthread_t threads[THREADS];
    int i;
    rm = open_manager();
    until = now() + seconds;
    for (i = 0; i < THREADS; i++) {
        CHECK(pthread_create(&threads[i], NULL, work, (void *)(size_t)(seed + (unsigned)i)) == 0);
    }
    for (i = 0; i < THREADS; i++) {
        CHECK(pthread_join(threads[i], NULL) == 0);
    }
    EXPECT(viClose(rm), VI_SUCCESS);
    memset(sessions, 0, sizeof sessions);
    free_pieces();
}

/* What the process holds. */
struct held {
    int files, threads;
    long heap;
};

static struct held held(void)
{
    struct held is;
    struct mallinfo2 info;
    malloc_trim(0);
    info = mallinfo2();
    /* But for the one that is open to look. */
    is.files = entries("/proc/self/fd") - 1;
    is.threads = entries("/proc/self/task");
    is.heap = (long)(info.uordblks + info.hblkhd);
    return is;
}

/* What it holds, once what was told to end has had its moment. */
static struct held settled(struct held most)
{
    struct held is = held();
    struct timespec moment = {0, 10 * 1000000L};
    double limit = now() + 20;
    while ((is.files > most.files || is.threads > most.threads || is.heap > most.heap)
           && now() < limit) {
        nanosleep(&moment, NULL);
        is = held();
    }
    return is;
}

int main(int argc, char **argv)
{
    unsigned seed, rounds, round;
    struct held is, warm = {0, 0, 0};
    double seconds;
    char line[16];
    CHECK(argc > 4 && argc - 4 <= NAMES);
    seed = (unsigned)strtoul(argv[1], NULL, 10);
    rounds = (unsigned)strtoul(argv[2], NULL, 10);
    seconds = atof(argv[3]);
    name = argv + 4;
    names = argc - 4;
    for (round = 0; round < OBJECTS; round++) {
        rm = open_manager();
        EXPECT(viClose(rm), VI_SUCCESS);
    }
    for (round = 0; round < rounds; round++) {
        int i;
        play(seed + 1000u * round, seconds);
        is = round < WARM ? held() : settled(warm);
        printf("round %u: calls %lu, opened %lu, refused %lu, answers", round, calls, opened, refused);
        for (i = 0; i < names; i++) {
            printf(" %lu", answers[i]);
        }
        printf(", events %lu, faults %lu; descriptors %d, threads %d, heap %ld, resident %ld KiB\n",
               events, faults, is.files, is.threads, is.heap, resident_kib());
        fflush(stdout);
        CHECK(fgets(line, sizeof line, stdin) != NULL);
        if (round < WARM) {
            /* What is kept for ever may come late: the most that warming up has seen. Of the heap the
             * least, for something may not have been settled. */
            warm.files = is.files > warm.files ? is.files : warm.files;
            warm.threads = is.threads > warm.threads ? is.threads : warm.threads;
            warm.heap = round == 0 || is.heap + SLACK < warm.heap ? is.heap + SLACK : warm.heap;
        } else {
            CHECK(is.files <= warm.files);
            CHECK(is.threads <= warm.threads);
            CHECK(is.heap <= warm.heap);
        }
    }
    for (round = 0; round < (unsigned)names; round++) {
        CHECK(answers[round] > 0);
    }
    CHECK(opened > 0 && events > 0);
    return 0;
}
