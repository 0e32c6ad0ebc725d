/* async.c: viReadAsync and viWriteAsync run in order, tell how they ended by events, are ended by
 * viTerminate, and have let go of the caller's memory when viClose returns. */

#include <pthread.h>
#include <sched.h>
#include <time.h>
#include "check.h"

static const char *name;

static void pause_ms(long ms)
{
    struct timespec time;
    time.tv_sec = 0;
    time.tv_nsec = ms * 1000000;
    nanosleep(&time, NULL);
}

/* The next completion must be of this job, with this status, count, buffer and operation. */
static void completed(ViSession vi, ViJobId job, ViStatus status, ViUInt32 count, const void *buffer,
                      const char *operation)
{
    ViEventType type = 0;
    ViEvent event = VI_NULL;
    ViStatus waited, got_status = 1;
    ViJobId got_job = 0;
    ViUInt32 got_count = 0xDEAD;
    ViAddr got_buffer = NULL;
    char text[256] = "";

    waited = viWaitOnEvent(vi, VI_EVENT_IO_COMPLETION, 20000, &type, &event);
    CHECK(waited == VI_SUCCESS || waited == VI_SUCCESS_QUEUE_NEMPTY);
    CHECK(type == VI_EVENT_IO_COMPLETION);
    EXPECT(viGetAttribute(event, VI_ATTR_JOB_ID, &got_job), VI_SUCCESS);
    EXPECT(viGetAttribute(event, VI_ATTR_STATUS, &got_status), VI_SUCCESS);
    EXPECT(viGetAttribute(event, VI_ATTR_RET_COUNT_32, &got_count), VI_SUCCESS);
    EXPECT(viGetAttribute(event, VI_ATTR_BUFFER, &got_buffer), VI_SUCCESS);
    EXPECT(viGetAttribute(event, VI_ATTR_OPER_NAME, text), VI_SUCCESS);
    if (got_job != job || got_status != status || got_count != count || got_buffer != buffer
        || strcmp(text, operation) != 0) {
        printf("job %lu, 0x%08lX, %lu bytes, %s; must be job %lu, 0x%08lX, %lu bytes, %s\n",
               (unsigned long)got_job, (unsigned long)(ViUInt32)got_status,
               (unsigned long)got_count, text, (unsigned long)job,
               (unsigned long)(ViUInt32)status, (unsigned long)count, operation);
        exit(1);
    }
    EXPECT(viClose(event), VI_SUCCESS);
    /* Who has seen the completion finds the job gone. */
    EXPECT(viTerminate(vi, VI_NULL, job), VI_ERROR_INV_JOB_ID);
}

static void no_more(ViSession vi)
{
    EXPECT(viWaitOnEvent(vi, VI_EVENT_IO_COMPLETION, 100, VI_NULL, VI_NULL), VI_ERROR_TMO);
}

static void questions_and_answers(ViSession vi)
{
    static const char ask[] = "ECHO? asked\n", again[] = "ECHO? again\n";
    ViByte first[64], second[64];
    ViJobId job[4] = {0};

    /* Four in flight: each begins when the one before has ended. */
    EXPECT(viWriteAsync(vi, (ViConstBuf)ask, sizeof ask - 1, &job[0]), VI_SUCCESS);
    EXPECT(viReadAsync(vi, first, sizeof first, &job[1]), VI_SUCCESS);
    EXPECT(viWriteAsync(vi, (ViConstBuf)again, sizeof again - 1, &job[2]), VI_SUCCESS);
    EXPECT(viReadAsync(vi, second, 3, &job[3]), VI_SUCCESS);
    CHECK(job[0] != 0 && job[1] != 0 && job[2] != 0 && job[3] != 0);
    CHECK(job[0] != job[1] && job[1] != job[2] && job[2] != job[3] && job[0] != job[3]);
    completed(vi, job[0], VI_SUCCESS, sizeof ask - 1, ask, "viWriteAsync");
    completed(vi, job[1], whole(name), 6, first, "viReadAsync");
    completed(vi, job[2], VI_SUCCESS, sizeof again - 1, again, "viWriteAsync");
    completed(vi, job[3], VI_SUCCESS_MAX_CNT, 3, second, "viReadAsync");
    CHECK(memcmp(first, "asked\n", 6) == 0 && memcmp(second, "aga", 3) == 0);
    /* And a call that waits gets what they left. */
    EXPECT_READ(vi, 64, whole(name), "in\n");
    EXPECT(viReadAsync(vi, first, 0, &job[0]), VI_SUCCESS);
    completed(vi, job[0], VI_SUCCESS_MAX_CNT, 0, first, "viReadAsync");
    /* Nobody needs to know the id. */
    EXPECT(viWriteAsync(vi, (ViConstBuf)ask, sizeof ask - 1, VI_NULL), VI_SUCCESS);
    EXPECT(viWaitOnEvent(vi, VI_EVENT_IO_COMPLETION, 20000, VI_NULL, VI_NULL), VI_SUCCESS);
    EXPECT_READ(vi, 64, whole(name), "asked\n");
    EXPECT(viReadAsync(vi, VI_NULL, 10, &job[0]), VI_ERROR_USER_BUF);
    EXPECT(viWriteAsync(vi, VI_NULL, 10, &job[0]), VI_ERROR_USER_BUF);
    no_more(vi);
}

static void timeouts(ViSession vi)
{
    ViByte buffer[64];
    ViJobId job = 0;

    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, 200), VI_SUCCESS);
    EXPECT(viReadAsync(vi, buffer, sizeof buffer, &job), VI_SUCCESS);
    completed(vi, job, VI_ERROR_TMO, 0, buffer, "viReadAsync");
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, 10000), VI_SUCCESS);
    if (!is_stream(name)) {
        EXPECT(viClear(vi), VI_SUCCESS);
    }
}

static void terminating(ViSession vi)
{
    ViByte running[64], waiting[64], last[64];
    ViJobId job[3] = {0};

    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, VI_TMO_INFINITE), VI_SUCCESS);
    memset(waiting, '#', sizeof waiting);
    EXPECT(viReadAsync(vi, running, sizeof running, &job[0]), VI_SUCCESS);
    EXPECT(viReadAsync(vi, waiting, sizeof waiting, &job[1]), VI_SUCCESS);
    EXPECT(viReadAsync(vi, last, sizeof last, &job[2]), VI_SUCCESS);
    pause_ms(100);
    /* One that waits ends at once and without its memory being touched. */
    EXPECT(viTerminate(vi, VI_NULL, job[1]), VI_SUCCESS);
    completed(vi, job[1], VI_ERROR_ABORT, 0, waiting, "viReadAsync");
    CHECK(waiting[0] == '#');
    no_more(vi);
    /* The one that runs is ended; the next one gets the answer. */
    EXPECT(viTerminate(vi, VI_NULL, job[0]), VI_SUCCESS);
    completed(vi, job[0], VI_ERROR_ABORT, 0, running, "viReadAsync");
    if (strstr(name, "::inst0::") == NULL && !is_usb(name)) {
        /* On VXI-11 and USBTMC a write has to wait until the device is done with the read. */
        command(vi, "ECHO? for the last");
        completed(vi, job[2], whole(name), 13, last, "viReadAsync");
        CHECK(memcmp(last, "for the last\n", 13) == 0);
        EXPECT(viReadAsync(vi, last, sizeof last, &job[2]), VI_SUCCESS);
    }
    EXPECT(viReadAsync(vi, waiting, sizeof waiting, &job[1]), VI_SUCCESS);
    pause_ms(100);
    EXPECT(viTerminate(vi, VI_NULL, VI_NULL), VI_SUCCESS);
    CHECK(viWaitOnEvent(vi, VI_EVENT_IO_COMPLETION, 20000, VI_NULL, VI_NULL) >= 0);
    EXPECT(viWaitOnEvent(vi, VI_EVENT_IO_COMPLETION, 20000, VI_NULL, VI_NULL), VI_SUCCESS);
    EXPECT(viTerminate(vi, VI_NULL, job[1]), VI_ERROR_INV_JOB_ID);
    EXPECT(viTerminate(vi, VI_NULL, job[2]), VI_ERROR_INV_JOB_ID);
    command(vi, "ECHO? in step");
    EXPECT_READ(vi, 64, whole(name), "in step\n");
}

/* The memory may go when viClose has returned, whatever jobs there were. */
static void closing(ViSession rm)
{
    int i, k;

    for (i = 0; i < 20; i++) {
        ViSession vi = open_session(rm, name);
        ViByte *memory = malloc(100000);
        CHECK(memory != NULL);
        EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, VI_TMO_INFINITE), VI_SUCCESS);
        command(vi, "DATA:BLOCK? 10000000");
        for (k = 0; k < 5; k++) {
            EXPECT(viReadAsync(vi, memory, 100000, VI_NULL), VI_SUCCESS);
        }
        if (i % 2 == 0) {
            pause_ms(i);
        }
        EXPECT(viClose(vi), VI_SUCCESS);
        memset(memory, '#', 100000);
        sched_yield();
        for (k = 0; k < 100000; k++) {
            CHECK(memory[k] == '#');
        }
        free(memory);
    }
}

static ViJobId seen, handled;
static ViByte *target;
static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t called = PTHREAD_COND_INITIALIZER;

/* Closes the session that jobs are still running on, and frees what they write into. */
static ViStatus _VI_FUNCH handler(ViSession vi, ViEventType type, ViEvent event, ViAddr user)
{
    CHECK(type == VI_EVENT_IO_COMPLETION && user == &handled);
    EXPECT(viGetAttribute(event, VI_ATTR_JOB_ID, &handled), VI_SUCCESS);
    EXPECT(viClose(vi), VI_SUCCESS);
    free(target);
    CHECK(pthread_mutex_lock(&guard) == 0);
    target = NULL;
    CHECK(pthread_cond_signal(&called) == 0);
    CHECK(pthread_mutex_unlock(&guard) == 0);
    return VI_SUCCESS;
}

static void closing_in_a_handler(ViSession rm)
{
    ViSession vi = open_session(rm, name);

    target = malloc(1000);
    CHECK(target != NULL);
    EXPECT(viInstallHandler(vi, VI_EVENT_IO_COMPLETION, handler, &handled), VI_SUCCESS);
    EXPECT(viEnableEvent(vi, VI_EVENT_IO_COMPLETION, VI_HNDLR, VI_NULL), VI_SUCCESS);
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, VI_TMO_INFINITE), VI_SUCCESS);
    EXPECT(viReadAsync(vi, target, 1, &seen), VI_SUCCESS);
    EXPECT(viReadAsync(vi, target, 1000, VI_NULL), VI_SUCCESS);
    EXPECT(viTerminate(vi, VI_NULL, seen), VI_SUCCESS);
    CHECK(pthread_mutex_lock(&guard) == 0);
    while (target != NULL) {
        CHECK(pthread_cond_wait(&called, &guard) == 0);
    }
    CHECK(pthread_mutex_unlock(&guard) == 0);
    CHECK(handled == seen);
    EXPECT(viClose(vi), VI_ERROR_INV_OBJECT);
}

int main(int argc, char **argv)
{
    ViSession rm = open_manager(), vi;
    name = resource(argc, argv);
    setbuf(stdout, NULL);
    vi = open_session(rm, name);
    EXPECT(viEnableEvent(vi, VI_EVENT_IO_COMPLETION, VI_QUEUE, VI_NULL), VI_SUCCESS);
    questions_and_answers(vi);
    timeouts(vi);
    terminating(vi);
    closing_in_a_handler(rm);
    /* The last one, for what it leaves on a serial line no session takes away. */
    closing(rm);
    EXPECT(viClose(rm), VI_SUCCESS);
    return 0;
}
