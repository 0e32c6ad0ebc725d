/* srq.c: service requests, from the device to the queue and to a handler, and nothing left of
 * them afterwards.
 */

#include <dirent.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "check.h"

#define REQUEST 0x40
#define EVENT_STATUS 0x20
#define PATIENCE 20000 /* ms; only a hang notices */

static int entries(const char *path)
{
    DIR *folder = opendir(path);
    int count = 0;
    CHECK(folder != NULL);
    while (readdir(folder) != NULL) {
        count++;
    }
    closedir(folder);
    return count;
}

/* Threads end a little after the call that ends their work. */
static void expect_entries(const char *path, int most)
{
    struct timespec moment = {0, 10000000};
    int i;
    for (i = 0; i < 1000 && entries(path) > most; i++) {
        nanosleep(&moment, NULL);
    }
    CHECK(entries(path) <= most);
}

static void prepare(ViSession vi)
{
    command(vi, "*CLS");
    command(vi, "*ESE 1");
    command(vi, "*SRE 32");
}

/* The poll shows the request once, and reading the event register its cause. The event that was
 * waited for may have been an earlier one of another session: then the request is still to come. */
static void serve(ViSession vi)
{
    struct timespec moment = {0, 10000000};
    ViUInt16 status = 0;
    int i;
    for (i = 0; i < 2000 && !(status & REQUEST); i++) {
        if (i > 0) {
            nanosleep(&moment, NULL);
        }
        EXPECT(viReadSTB(vi, &status), VI_SUCCESS);
    }
    CHECK((status & (REQUEST | EVENT_STATUS)) == (REQUEST | EVENT_STATUS));
    EXPECT(viReadSTB(vi, &status), VI_SUCCESS);
    CHECK((status & REQUEST) == 0);
    command(vi, "*ESR?");
    EXPECT_READ(vi, 64, VI_SUCCESS, "1\n");
}

static void by_queue(ViSession vi, ViSession other)
{
    int i;
    EXPECT(viEnableEvent(vi, VI_EVENT_SERVICE_REQ, VI_QUEUE, VI_NULL), VI_SUCCESS);
    prepare(vi);
    for (i = 0; i < 2; i++) {
        ViEventType type = 0;
        ViEvent event = VI_NULL;
        ViAttrState value = 0;
        EXPECT(viWaitOnEvent(vi, VI_EVENT_SERVICE_REQ, VI_TMO_IMMEDIATE, VI_NULL, VI_NULL),
               VI_ERROR_TMO);
        command(vi, "*OPC");
        EXPECT(viWaitOnEvent(vi, VI_EVENT_SERVICE_REQ, PATIENCE, &type, &event), VI_SUCCESS);
        CHECK(type == VI_EVENT_SERVICE_REQ);
        EXPECT(viGetAttribute(event, VI_ATTR_EVENT_TYPE, &value), VI_SUCCESS);
        CHECK((ViEventType)value == VI_EVENT_SERVICE_REQ);
        EXPECT(viClose(event), VI_SUCCESS);
        serve(vi);
    }
    /* The other session has not enabled anything. */
    EXPECT(viWaitOnEvent(other, VI_EVENT_SERVICE_REQ, VI_TMO_IMMEDIATE, VI_NULL, VI_NULL),
           VI_ERROR_NENABLED);
    EXPECT(viDisableEvent(vi, VI_EVENT_SERVICE_REQ, VI_QUEUE), VI_SUCCESS);
    EXPECT(viWaitOnEvent(vi, VI_EVENT_SERVICE_REQ, VI_TMO_IMMEDIATE, VI_NULL, VI_NULL),
           VI_ERROR_NENABLED);
}

static int calls[2]; /* a pipe */

static ViStatus _VI_FUNCH handler(ViSession vi, ViEventType type, ViEvent event, ViAddr user)
{
    char right = vi != VI_NULL && type == VI_EVENT_SERVICE_REQ && event != VI_NULL
                 && user == (ViAddr)calls;
    /* A handler may talk to its instrument. */
    serve(vi);
    CHECK(write(calls[1], &right, 1) == 1);
    return VI_SUCCESS;
}

static void by_handler(ViSession vi)
{
    int i;
    char right = 0;
    CHECK(pipe(calls) == 0);
    EXPECT(viInstallHandler(vi, VI_EVENT_SERVICE_REQ, handler, (ViAddr)calls), VI_SUCCESS);
    EXPECT(viEnableEvent(vi, VI_EVENT_SERVICE_REQ, VI_HNDLR, VI_NULL), VI_SUCCESS);
    prepare(vi);
    for (i = 0; i < 2; i++) {
        command(vi, "*OPC");
        CHECK(read(calls[0], &right, 1) == 1 && right);
    }
    EXPECT(viDisableEvent(vi, VI_EVENT_SERVICE_REQ, VI_HNDLR), VI_SUCCESS);
    EXPECT(viUninstallHandler(vi, VI_EVENT_SERVICE_REQ, handler, (ViAddr)calls), VI_SUCCESS);
    close(calls[0]);
    close(calls[1]);
}

/* A forked child has requests of its own, and its parent keeps its own. */
static void after_fork(ViSession vi, const char *name)
{
    int status = 0;
    pid_t child;
    ViStatus got;
    EXPECT(viEnableEvent(vi, VI_EVENT_SERVICE_REQ, VI_QUEUE, VI_NULL), VI_SUCCESS);
    prepare(vi);
    fflush(stdout);
    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        ViSession rm = open_manager();
        ViSession own = open_session(rm, name);
        EXPECT(viEnableEvent(own, VI_EVENT_SERVICE_REQ, VI_QUEUE, VI_NULL), VI_SUCCESS);
        EXPECT(viClose(vi), VI_SUCCESS);
        command(own, "*SRE 16");
        command(own, "ECHO? child");
        EXPECT(viWaitOnEvent(own, VI_EVENT_SERVICE_REQ, PATIENCE, VI_NULL, VI_NULL), VI_SUCCESS);
        EXPECT_READ(own, 64, VI_SUCCESS, "child\n");
        EXPECT(viClose(rm), VI_SUCCESS);
        exit(0);
    }
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    prepare(vi);
    command(vi, "*OPC");
    /* Both are sessions to one device, so the child's request may have been reported here too. */
    got = viWaitOnEvent(vi, VI_EVENT_SERVICE_REQ, PATIENCE, VI_NULL, VI_NULL);
    CHECK(got == VI_SUCCESS || got == VI_SUCCESS_QUEUE_NEMPTY);
    serve(vi);
}

int main(int argc, char **argv)
{
    const char *name = resource(argc, argv);
    ViSession rm = open_manager();
    ViSession vi, other;
    int threads, files;

    if (is_stream(name)) {
        vi = open_session(rm, name);
        /* A bare socket has no way to report. */
        EXPECT(viEnableEvent(vi, VI_EVENT_SERVICE_REQ, VI_QUEUE, VI_NULL), VI_ERROR_INV_EVENT);
        EXPECT(viClose(rm), VI_SUCCESS);
        return 0;
    }
    /* Once through, so that what the library keeps for ever is there. */
    vi = open_session(rm, name);
    other = open_session(rm, name);
    by_queue(vi, other);
    by_handler(vi);
    EXPECT(viClose(other), VI_SUCCESS);
    EXPECT(viClose(vi), VI_SUCCESS);
    threads = 3; /* this one, and the two names of the folder */
    expect_entries("/proc/self/task", threads);
    files = entries("/proc/self/fd");

    vi = open_session(rm, name);
    other = open_session(rm, name);
    by_queue(vi, other);
    by_handler(vi);
    /* Anew, since the device reports each request to both, and to one that does not listen it may
     * still be on its way. */
    EXPECT(viClose(other), VI_SUCCESS);
    other = open_session(rm, name);
    by_queue(other, vi);
    EXPECT(viClose(vi), VI_SUCCESS);
    if (!is_usb(name)) {
        vi = open_session(rm, name);
        after_fork(vi, name);
        EXPECT(viClose(vi), VI_SUCCESS);
    }
    EXPECT(viClose(other), VI_SUCCESS);
    expect_entries("/proc/self/task", threads);
    expect_entries("/proc/self/fd", files);
    EXPECT(viClose(rm), VI_SUCCESS);
    return 0;
}
