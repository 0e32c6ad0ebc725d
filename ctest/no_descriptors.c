/* no_descriptors.c: a process that has no descriptors left gets a status from every call, loses none
 * by calls that fail, goes on with the sessions that it has, and recovers. */

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>
#include "check.h"

/* More than any call here needs at once. */
#define MOST_FREE 12

/* With this many a session can be opened on any interface. */
#define ENOUGH 10

static int spare[1024];
static int spares;

static int open_files(void)
{
    int file, count = 0;
    /* By asking each, for opening /proc/self/fd would need one. */
    for (file = 0; file < 1024; file++) {
        count += fcntl(file, F_GETFD) >= 0;
    }
    return count;
}

/* Leaves `count` descriptors free. */
static void leave(int count)
{
    int file;
    while (spares < 1024 && (file = dup(0)) >= 0) {
        spare[spares++] = file;
    }
    CHECK(spares > count);
    while (count-- > 0) {
        close(spare[--spares]);
    }
}

static void give_back(void)
{
    while (spares > 0) {
        close(spare[--spares]);
    }
}

static void query(ViSession vi, const char *name)
{
    command(vi, "*OPC?");
    EXPECT_READ(vi, 64, whole(name), "1\n");
}

/* The statuses that tell of it. */
static void is_lack(ViStatus status, const char *call, int free_ones)
{
    if (status != VI_ERROR_ALLOC && status != VI_ERROR_SYSTEM_ERROR) {
        printf("%s with %d descriptors free: 0x%08lX\n", call, free_ones,
               (unsigned long)(ViUInt32)status);
        exit(1);
    }
}

/* Opens, asks and closes with so many descriptors free; whether there were enough of them. */
static int attempt(ViSession rm, const char *name, int free_ones)
{
    ViSession vi = VI_NULL;
    ViStatus status;
    int before, after;
    leave(free_ones);
    before = open_files();
    status = viOpen(rm, name, VI_NO_LOCK, 2000, &vi);
    if (status >= VI_SUCCESS) {
        EXPECT(viClose(vi), VI_SUCCESS);
    } else {
        is_lack(status, "viOpen", free_ones);
        CHECK(vi == VI_NULL);
    }
    after = open_files();
    give_back();
    if (before != after) {
        printf("with %d free: %d descriptors open, then %d\n", free_ones, before, after);
        exit(1);
    }
    return status >= VI_SUCCESS;
}

/* What a session that is open does without one descriptor. */
static void without(ViSession rm, ViSession vi, const char *name)
{
    ViSession other = VI_NULL;
    ViByte buffer[64];
    ViStatus status;
    ViJobId job;
    ViFindList list;
    ViUInt32 found;
    ViChar first[VI_FIND_BUFLEN];
    ViUInt16 byte;
    ViEvent context;
    int started;
    EXPECT(viEnableEvent(vi, VI_EVENT_IO_COMPLETION, VI_QUEUE, VI_NULL), VI_SUCCESS);
    leave(0);
    query(vi, name);
    status = viClear(vi);
    if (status < VI_SUCCESS) {
        is_lack(status, "viClear", 0);
    }
    if (!is_stream(name)) {
        EXPECT(viReadSTB(vi, &byte), VI_SUCCESS);
    }
    status = viOpenDefaultRM(&other);
    if (status >= VI_SUCCESS) {
        EXPECT(viClose(other), VI_SUCCESS);
    } else {
        is_lack(status, "viOpenDefaultRM", 0);
    }
    /* These may need some; what they answer is a status, and they can be repeated. */
    status = viFindRsrc(rm, "ASRL?*", &list, &found, first);
    CHECK(status >= VI_SUCCESS || status == VI_ERROR_RSRC_NFOUND || status == VI_ERROR_ALLOC
          || status == VI_ERROR_SYSTEM_ERROR);
    if (status >= VI_SUCCESS) {
        EXPECT(viClose(list), VI_SUCCESS);
    }
    status = viLock(vi, VI_EXCLUSIVE_LOCK, 100, VI_NULL, VI_NULL);
    if (status >= VI_SUCCESS) {
        EXPECT(viUnlock(vi), VI_SUCCESS);
    } else {
        is_lack(status, "viLock", 0);
    }
    if (!is_stream(name)) {
        status = viEnableEvent(vi, VI_EVENT_SERVICE_REQ, VI_QUEUE, VI_NULL);
        if (status >= VI_SUCCESS) {
            EXPECT(viDisableEvent(vi, VI_EVENT_SERVICE_REQ, VI_QUEUE), VI_SUCCESS);
        } else {
            is_lack(status, "viEnableEvent", 0);
        }
    }
    status = viReadAsync(vi, buffer, sizeof buffer, &job);
    started = status >= VI_SUCCESS;
    if (started) {
        viTerminate(vi, VI_NULL, job);
    }
    give_back();
    if (started) {
        /* Until it has ended it may take what comes. */
        EXPECT(viWaitOnEvent(vi, VI_EVENT_IO_COMPLETION, 10000, VI_NULL, &context), VI_SUCCESS);
        EXPECT(viClose(context), VI_SUCCESS);
    }
}

int main(int argc, char **argv)
{
    const char *name = resource(argc, argv);
    struct rlimit limit;
    ViSession rm, vi;
    int free_ones, opened = 0, enough = MOST_FREE;
    CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
    limit.rlim_cur = 128;
    CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    rm = open_manager();
    vi = open_session(rm, name);
    query(vi, name);
    without(rm, vi, name);
    query(vi, name);
    if (is_serial(name)) {
        /* A port is opened once, for all its sessions: there must be none. */
        EXPECT(viClose(vi), VI_SUCCESS);
    }
    for (free_ones = MOST_FREE; free_ones >= 0; free_ones--) {
        if (attempt(rm, name, free_ones)) {
            opened++;
            enough = free_ones;
        }
        if (!is_serial(name)) {
            query(vi, name);
        }
    }
    printf("%d of %d; %d are enough\n", opened, MOST_FREE + 1, enough);
    /* Otherwise nothing has been tested. */
    CHECK(opened > 0 && opened <= MOST_FREE);
    CHECK(enough <= ENOUGH);
    if (!is_serial(name)) {
        EXPECT(viClose(vi), VI_SUCCESS);
    }
    vi = open_session(rm, name);
    query(vi, name);
    EXPECT(viClose(rm), VI_SUCCESS);
    return 0;
}
