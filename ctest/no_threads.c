/* no_threads.c: where the system gives no thread, what would need one answers a status and leaves
 * nothing half done; the rest goes on; and it works once there are threads again. */

#include <pthread.h>
#include <sys/resource.h>
#include <time.h>
#include "check.h"

/* Room for small things, not for the stack of a thread, in bytes. */
#define ROOM (1024 * 1024)

static int called;

static ViStatus _VI_FUNCH handler(ViSession vi, ViEventType type, ViEvent context, ViAddr user)
{
    (void)vi;
    (void)type;
    (void)context;
    (void)user;
    __atomic_store_n(&called, 1, __ATOMIC_RELEASE);
    return VI_SUCCESS;
}

static void *nothing(void *argument)
{
    return argument;
}

/* So many bytes of memory has the process. */
static unsigned long size_now(void)
{
    unsigned long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    CHECK(file != NULL && fscanf(file, "%lu", &pages) == 1);
    fclose(file);
    return pages * 4096ul;
}

static void query(ViSession vi, const char *name)
{
    command(vi, "*OPC?");
    EXPECT_READ(vi, 64, whole(name), "1\n");
}

int main(int argc, char **argv)
{
    const char *name = resource(argc, argv);
    struct rlimit before, tight;
    pthread_t thread;
    ViSession rm, vi, other = VI_NULL;
    ViByte buffer[64];
    ViUInt32 count;
    ViJobId job = 17;
    ViEventType type;
    ViEvent context;
    ViStatus status;
    struct timespec moment = {0, 5 * 1000000L};
    int i, requests = !is_stream(name);
    rm = open_manager();
    vi = open_session(rm, name);
    EXPECT(viEnableEvent(vi, VI_EVENT_IO_COMPLETION, VI_QUEUE, VI_NULL), VI_SUCCESS);
    EXPECT(viInstallHandler(vi, VI_EVENT_IO_COMPLETION, handler, VI_NULL), VI_SUCCESS);
    query(vi, name);

    CHECK(getrlimit(RLIMIT_AS, &before) == 0);
    tight = before;
    tight.rlim_cur = size_now() + ROOM;
    CHECK(setrlimit(RLIMIT_AS, &tight) == 0);
    /* The library asks for smaller stacks than this; if that goes, this test tests nothing. */
    if (pthread_create(&thread, NULL, nothing, NULL) == 0) {
        pthread_join(thread, NULL);
        skip("threads are to be had without memory here");
    }
    query(vi, name);
    EXPECT(viEnableEvent(vi, VI_EVENT_IO_COMPLETION, VI_HNDLR, VI_NULL), VI_ERROR_ALLOC);
    command(vi, "*OPC?");
    EXPECT(viReadAsync(vi, buffer, sizeof buffer, &job), VI_ERROR_QUEUE_ERROR);
    EXPECT_READ(vi, 64, whole(name), "1\n");
    if (requests) {
        status = viEnableEvent(vi, VI_EVENT_SERVICE_REQ, VI_QUEUE, VI_NULL);
        EXPECT(status, VI_ERROR_ALLOC);
        EXPECT(viWaitOnEvent(vi, VI_EVENT_SERVICE_REQ, 0, &type, &context), VI_ERROR_NENABLED);
    }
    /* A name, whose look-up needs one. */
    EXPECT(viOpen(rm, "TCPIP::localhost::9::SOCKET", VI_NO_LOCK, 1000, &other), VI_ERROR_ALLOC);
    /* An address needs none. */
    if (!is_serial(name)) {
        EXPECT(viOpen(rm, name, VI_NO_LOCK, 2000, &other), VI_SUCCESS);
        EXPECT(viClose(other), VI_SUCCESS);
    }
    query(vi, name);
    CHECK(!called);

    CHECK(setrlimit(RLIMIT_AS, &before) == 0);
    /* A refused job has left no completion. */
    EXPECT(viWaitOnEvent(vi, VI_EVENT_IO_COMPLETION, 0, &type, &context), VI_ERROR_TMO);
    EXPECT(viEnableEvent(vi, VI_EVENT_IO_COMPLETION, VI_HNDLR, VI_NULL), VI_SUCCESS);
    command(vi, "*OPC?");
    EXPECT(viReadAsync(vi, buffer, sizeof buffer, &job), VI_SUCCESS);
    EXPECT(viWaitOnEvent(vi, VI_EVENT_IO_COMPLETION, 10000, &type, &context), VI_SUCCESS);
    EXPECT(viGetAttribute(context, VI_ATTR_RET_COUNT_32, &count), VI_SUCCESS);
    CHECK(count == 2 && buffer[0] == '1');
    EXPECT(viClose(context), VI_SUCCESS);
    if (requests) {
        EXPECT(viEnableEvent(vi, VI_EVENT_SERVICE_REQ, VI_QUEUE, VI_NULL), VI_SUCCESS);
        command(vi, "*CLS;*ESE 1;*SRE 32;*OPC");
        EXPECT(viWaitOnEvent(vi, VI_EVENT_SERVICE_REQ, 10000, &type, &context), VI_SUCCESS);
        EXPECT(viClose(context), VI_SUCCESS);
    }
    for (i = 0; i < 2000 && !__atomic_load_n(&called, __ATOMIC_ACQUIRE); i++) {
        nanosleep(&moment, NULL);
    }
    CHECK(__atomic_load_n(&called, __ATOMIC_ACQUIRE));
    EXPECT(viClose(vi), VI_SUCCESS);
    EXPECT(viClose(rm), VI_SUCCESS);
    return 0;
}
