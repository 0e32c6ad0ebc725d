/* stress.c: eight threads open, ask, wait, enable, disable, lock, terminate and close at random, on
 * the same few sessions. Every call returns, and in the end no thread and no descriptor is left.
 * STRESS_SECONDS says how long; a few by default.
 */

#include <dirent.h>
#include <pthread.h>
#include <time.h>
#include "check.h"

#define THREADS 8
#define SESSIONS 4

static const char *name;
static ViSession rm;
static ViSession sessions[SESSIONS];
static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static double until;
static unsigned long calls[THREADS];
/* The buffers of a thread's asynchronous reads. Each job has one of its own, and all live until
 * their sessions are closed. */
struct piece {
    struct piece *next;
    ViByte bytes[64];
};
static struct piece *pieces[THREADS];

static ViByte *piece_of(size_t thread)
{
    struct piece *fresh = calloc(1, sizeof *fresh);
    CHECK(fresh != NULL);
    fresh->next = pieces[thread];
    pieces[thread] = fresh;
    return fresh->bytes;
}

static void free_pieces(void)
{
    int i;
    for (i = 0; i < THREADS; i++) {
        while (pieces[i] != NULL) {
            struct piece *next = pieces[i]->next;
            free(pieces[i]);
            pieces[i] = next;
        }
    }
}

static double now(void)
{
    struct timespec time;
    CHECK(clock_gettime(CLOCK_MONOTONIC, &time) == 0);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void pause_ms(long ms)
{
    struct timespec time;
    time.tv_sec = ms / 1000;
    time.tv_nsec = ms % 1000 * 1000000L;
    nanosleep(&time, NULL);
}

static int entries(const char *folder)
{
    DIR *dir = opendir(folder);
    int count = 0;
    CHECK(dir != NULL);
    while (readdir(dir) != NULL) {
        count++;
    }
    closedir(dir);
    return count;
}

static ViStatus _VI_FUNCH handler(ViSession vi, ViEventType type, ViEvent context, ViAddr user)
{
    ViUInt16 byte;
    (void)type;
    (void)context;
    (void)user;
    /* A handler may ask its instrument. */
    viReadSTB(vi, &byte);
    return VI_SUCCESS;
}

static ViSession pick(unsigned n)
{
    ViSession vi;
    pthread_mutex_lock(&guard);
    vi = sessions[n % SESSIONS];
    pthread_mutex_unlock(&guard);
    return vi;
}

static void reopen(unsigned n)
{
    ViSession fresh = VI_NULL, old;
    if (viOpen(rm, name, VI_NO_LOCK, 3000, &fresh) < VI_SUCCESS) {
        fresh = VI_NULL;
    } else {
        viSetAttribute(fresh, VI_ATTR_TMO_VALUE, 50);
    }
    pthread_mutex_lock(&guard);
    old = sessions[n % SESSIONS];
    sessions[n % SESSIONS] = fresh;
    pthread_mutex_unlock(&guard);
    viClose(old);
}

static void *work(void *argument)
{
    unsigned long me = (unsigned long)(size_t)argument;
    unsigned seed = (unsigned)me * 7919u + 17u;
    while (now() < until) {
        ViByte buffer[256];
        ViUInt32 count;
        ViUInt16 byte;
        ViJobId job;
        ViSession vi;
        int number;
        double value;
        seed = seed * 1664525u + 1013904223u;
        vi = pick(seed >> 8);
        switch ((seed >> 16) % 21) {
        case 0: reopen(seed >> 8); break;
        case 1: viEnableEvent(vi, VI_EVENT_SERVICE_REQ, VI_QUEUE, VI_NULL); break;
        case 2: viDisableEvent(vi, VI_EVENT_SERVICE_REQ, VI_ALL_MECH); break;
        case 3: viDiscardEvents(vi, VI_ALL_ENABLED_EVENTS, VI_ALL_MECH); break;
        case 4: viWaitOnEvent(vi, VI_EVENT_SERVICE_REQ, 10, VI_NULL, VI_NULL); break;
        case 5: viInstallHandler(vi, VI_EVENT_SERVICE_REQ, handler, VI_NULL); break;
        case 6: viUninstallHandler(vi, VI_EVENT_SERVICE_REQ, handler, VI_NULL); break;
        case 7: viEnableEvent(vi, VI_EVENT_SERVICE_REQ, VI_HNDLR, VI_NULL); break;
        case 8: viWrite(vi, (ViConstBuf)"*SRE 32;*ESE 1;*OPC\n", 20, &count); break;
        case 9: viWrite(vi, (ViConstBuf)"*IDN?\n", 6, &count); break;
        case 10: viRead(vi, buffer, sizeof buffer, &count); break;
        case 11: viReadSTB(vi, &byte); break;
        case 12: viTerminate(vi, VI_NULL, VI_NULL); break;
        case 13: viClear(vi); break;
        case 14:
            if (viLock(vi, VI_EXCLUSIVE_LOCK, 5, VI_NULL, VI_NULL) >= VI_SUCCESS) {
                viUnlock(vi);
            }
            break;
        case 15: viReadAsync(vi, piece_of(me), sizeof pieces[me]->bytes, &job); break;
        case 16: viEnableEvent(vi, VI_EVENT_IO_COMPLETION, VI_QUEUE, VI_NULL); break;
        case 17: viWaitOnEvent(vi, VI_EVENT_IO_COMPLETION, 10, VI_NULL, VI_NULL); break;
        case 18: viPrintf(vi, "ECHO? %d,%s\n", 17, "word"); break;
        case 19: viScanf(vi, "%d,%15s", &number, buffer); break;
        case 20: viQueryf(vi, "*ESR?;:ECHO? %f\n", "%d;%lf", 2.5, &number, &value); break;
        }
        calls[me]++;
    }
    return NULL;
}

static void *nothing(void *argument)
{
    return argument;
}

int main(int argc, char **argv)
{
    const char *seconds = getenv("STRESS_SECONDS");
    pthread_t threads[THREADS];
    unsigned long all = 0;
    int files, tasks, i;

    name = resource(argc, argv);
    /* What the library keeps for ever must be there before it is counted: a thread that has
     * waited once keeps the descriptor by which it is woken, and so does the thread for service requests.
     * What looks on (.ci/tsan) starts a thread of its own together with the first. */
    CHECK(pthread_create(&threads[0], NULL, nothing, NULL) == 0);
    CHECK(pthread_join(threads[0], NULL) == 0);
    rm = open_manager();
    sessions[0] = open_session(rm, name);
    EXPECT(viSetAttribute(sessions[0], VI_ATTR_TMO_VALUE, 20), VI_SUCCESS);
    EXPECT_READ(sessions[0], 8, VI_ERROR_TMO, "");
    if (!is_stream(name)) {
        EXPECT(viEnableEvent(sessions[0], VI_EVENT_SERVICE_REQ, VI_QUEUE, VI_NULL), VI_SUCCESS);
    }
    EXPECT(viClose(rm), VI_SUCCESS);
    files = entries("/proc/self/fd");
    tasks = entries("/proc/self/task");

    rm = open_manager();
    for (i = 0; i < SESSIONS; i++) {
        reopen((unsigned)i);
    }
    until = now() + (seconds != NULL ? atof(seconds) : 3);
    for (i = 0; i < THREADS; i++) {
        CHECK(pthread_create(&threads[i], NULL, work, (void *)(size_t)i) == 0);
    }
    for (i = 0; i < THREADS; i++) {
        CHECK(pthread_join(threads[i], NULL) == 0);
        all += calls[i];
    }
    EXPECT(viClose(rm), VI_SUCCESS);
    free_pieces();
    /* Threads that were told to end are given a moment. */
    for (i = 0; i < 500; i++) {
        if (entries("/proc/self/task") <= tasks && entries("/proc/self/fd") <= files) {
            break;
        }
        pause_ms(10);
    }
    printf("%lu calls; descriptors %d, then %d; threads %d, then %d\n", all, files,
           entries("/proc/self/fd"), tasks, entries("/proc/self/task"));
    CHECK(all > 100);
    CHECK(entries("/proc/self/task") <= tasks);
    CHECK(entries("/proc/self/fd") <= files);
    return 0;
}
