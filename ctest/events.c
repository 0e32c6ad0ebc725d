/* events.c: chapter 3.7 through the C functions, on every resource class. Service requests are
 * raised where a fake device can be told to: by writing "SRQ".
 */

#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include "check.h"

/* Every type of event of the standard's. */
static const ViEventType types[] = {
    VI_EVENT_IO_COMPLETION, VI_EVENT_TRIG,         VI_EVENT_SERVICE_REQ,
    VI_EVENT_CLEAR,         VI_EVENT_EXCEPTION,    VI_EVENT_GPIB_CIC,
    VI_EVENT_GPIB_TALK,     VI_EVENT_GPIB_LISTEN,  VI_EVENT_VXI_VME_SYSFAIL,
    VI_EVENT_VXI_SIGP,      VI_EVENT_VXI_VME_INTR, VI_EVENT_VXI_VME_SYSRESET,
    VI_EVENT_PXI_INTR,      VI_EVENT_USB_INTR,     VI_EVENT_TCPIP_CONNECT,
};

#define COUNT (sizeof types / sizeof types[0])

/* More than there can be objects: contexts that nobody closed would be noticed. */
#define MANY 70000

/* What handlers saw. */
struct seen {
    sem_t calls;
    ViSession vi;
    ViEventType type;
    ViEvent context;
    pthread_t thread;
    ViStatus status;
    ViChar operation[256];
    ViStatus answer;
};

static struct seen seen;

static ViStatus _VI_FUNCH note(ViSession vi, ViEventType type, ViEvent context, ViAddr user)
{
    struct seen *into = user;
    ViEventType told = 0;

    into->vi = vi;
    into->type = type;
    into->context = context;
    into->thread = pthread_self();
    EXPECT(viGetAttribute(context, VI_ATTR_EVENT_TYPE, &told), VI_SUCCESS);
    CHECK(told == type);
    if (type == VI_EVENT_EXCEPTION) {
        EXPECT(viGetAttribute(context, VI_ATTR_STATUS, &into->status), VI_SUCCESS);
        EXPECT(viGetAttribute(context, VI_ATTR_OPER_NAME, into->operation), VI_SUCCESS);
        /* A failure in here calls nobody. */
        EXPECT(viSetAttribute(vi, VI_ATTR_RSRC_CLASS, 0), VI_ERROR_ATTR_READONLY);
    }
    CHECK(sem_post(&into->calls) == 0);
    return into->answer;
}

static ViStatus _VI_FUNCH count_only(ViSession vi, ViEventType type, ViEvent context, ViAddr user)
{
    (void)vi, (void)type, (void)context;
    CHECK(sem_post(user) == 0);
    return VI_SUCCESS;
}

/* Uses the session it was called for, then closes it. */
static ViStatus _VI_FUNCH use_and_close(ViSession vi, ViEventType type, ViEvent context,
                                        ViAddr user)
{
    ViByte echo[8];
    (void)context;
    EXPECT(viWrite(vi, (ViConstBuf)"echo", 4, VI_NULL), VI_SUCCESS);
    EXPECT(viRead(vi, echo, sizeof echo, VI_NULL), VI_SUCCESS);
    EXPECT(viWaitOnEvent(vi, type, VI_TMO_IMMEDIATE, VI_NULL, VI_NULL), VI_ERROR_NENABLED);
    EXPECT(viUninstallHandler(vi, type, use_and_close, user), VI_SUCCESS);
    EXPECT(viDisableEvent(vi, VI_ALL_ENABLED_EVENTS, VI_ALL_MECH), VI_SUCCESS_EVENT_DIS);
    EXPECT(viClose(vi), VI_SUCCESS);
    CHECK(sem_post(user) == 0);
    return VI_SUCCESS;
}

/* PyVISA's way out, which must succeed on everything that it closes. */
static void way_out(ViSession vi)
{
    CHECK(viDisableEvent(vi, VI_ALL_ENABLED_EVENTS, VI_ALL_MECH) >= VI_SUCCESS);
    CHECK(viDiscardEvents(vi, VI_ALL_ENABLED_EVENTS, VI_ALL_MECH) >= VI_SUCCESS);
}

static void no_sessions(ViSession rm)
{
    ViFindList list = VI_NULL;

    way_out(rm);
    EXPECT(viEnableEvent(rm, VI_EVENT_EXCEPTION, VI_HNDLR, VI_NULL), VI_ERROR_INV_EVENT);
    EXPECT(viInstallHandler(rm, VI_EVENT_EXCEPTION, note, &seen), VI_ERROR_INV_EVENT);
    EXPECT(viWaitOnEvent(rm, VI_EVENT_TRIG, 0, VI_NULL, VI_NULL), VI_ERROR_INV_EVENT);
    EXPECT(viWaitOnEvent(rm, VI_ALL_ENABLED_EVENTS, VI_TMO_INFINITE, VI_NULL, VI_NULL),
           VI_ERROR_NENABLED);
    EXPECT(viFindRsrc(rm, "?*", &list, VI_NULL, VI_NULL), VI_SUCCESS);
    EXPECT(viEnableEvent(list, VI_EVENT_TRIG, VI_QUEUE, VI_NULL), VI_ERROR_NSUP_OPER);
    EXPECT(viClose(list), VI_SUCCESS);
    EXPECT(viEnableEvent(list, VI_EVENT_TRIG, VI_QUEUE, VI_NULL), VI_ERROR_INV_OBJECT);
}

/* What a class has can be enabled, and what it has not is refused everywhere alike. */
static void each_type(ViSession vi)
{
    size_t i;

    for (i = 0; i < COUNT; i++) {
        ViEventType type = types[i];
        int called_only = type == VI_EVENT_EXCEPTION;
        ViUInt16 mechanism = called_only ? VI_HNDLR : VI_QUEUE | VI_HNDLR;
        ViStatus has = viInstallHandler(vi, type, note, &seen);

        if (has == VI_ERROR_INV_EVENT) {
            EXPECT(viInstallHandler(vi, type, VI_NULL, VI_NULL), VI_ERROR_INV_EVENT);
            EXPECT(viUninstallHandler(vi, type, note, &seen), VI_ERROR_INV_EVENT);
            EXPECT(viEnableEvent(vi, type, 0, 1), VI_ERROR_INV_EVENT);
            EXPECT(viDisableEvent(vi, type, 0), VI_ERROR_INV_EVENT);
            EXPECT(viDiscardEvents(vi, type, 0), VI_ERROR_INV_EVENT);
            EXPECT(viWaitOnEvent(vi, type, 0, VI_NULL, VI_NULL), VI_ERROR_INV_EVENT);
            continue;
        }
        CHECK(has == VI_SUCCESS);
        EXPECT(viInstallHandler(vi, type, VI_ANY_HNDLR, VI_NULL), VI_ERROR_INV_HNDLR_REF);
        EXPECT(viUninstallHandler(vi, type, note, VI_NULL), VI_ERROR_INV_HNDLR_REF);
        EXPECT(viUninstallHandler(vi, type, count_only, &seen), VI_ERROR_INV_HNDLR_REF);
        EXPECT(viUninstallHandler(vi, type, note, &seen), VI_SUCCESS);
        EXPECT(viUninstallHandler(vi, type, note, &seen), VI_ERROR_HNDLR_NINSTALLED);
        EXPECT(viEnableEvent(vi, type, VI_HNDLR, VI_NULL), VI_ERROR_HNDLR_NINSTALLED);
        EXPECT(viEnableEvent(vi, type, VI_HNDLR | VI_SUSPEND_HNDLR, 1), VI_ERROR_INV_MECH);
        EXPECT(viEnableEvent(vi, type, VI_HNDLR, 1), VI_ERROR_INV_CONTEXT);
        if (called_only) {
            EXPECT(viEnableEvent(vi, type, VI_QUEUE, VI_NULL), VI_ERROR_INV_MECH);
            EXPECT(viEnableEvent(vi, type, VI_SUSPEND_HNDLR, VI_NULL), VI_ERROR_INV_MECH);
        }
        EXPECT(viWaitOnEvent(vi, type, VI_TMO_INFINITE, VI_NULL, VI_NULL), VI_ERROR_NENABLED);

        EXPECT(viInstallHandler(vi, type, note, &seen), VI_SUCCESS);
        has = viEnableEvent(vi, type, mechanism, VI_NULL);
        if (has != VI_ERROR_NSUP_OPER) {
            CHECK(has == VI_SUCCESS);
            EXPECT(viEnableEvent(vi, type, mechanism, VI_NULL), VI_SUCCESS_EVENT_EN);
            EXPECT(viWaitOnEvent(vi, type, VI_TMO_IMMEDIATE, VI_NULL, VI_NULL),
                   called_only ? VI_ERROR_NENABLED : VI_ERROR_TMO);
            EXPECT(viDisableEvent(vi, type, mechanism), VI_SUCCESS);
            EXPECT(viDisableEvent(vi, type, mechanism), VI_SUCCESS_EVENT_DIS);
        }
        EXPECT(viDiscardEvents(vi, type, VI_ALL_MECH), VI_SUCCESS_QUEUE_EMPTY);
        EXPECT(viUninstallHandler(vi, type, VI_ANY_HNDLR, &seen), VI_SUCCESS);
    }
    EXPECT(viInstallHandler(vi, VI_ALL_ENABLED_EVENTS, note, &seen), VI_ERROR_INV_EVENT);
    EXPECT(viUninstallHandler(vi, VI_ALL_ENABLED_EVENTS, note, &seen), VI_ERROR_INV_EVENT);
    EXPECT(viSetAttribute(vi, VI_ATTR_MAX_QUEUE_LENGTH, 5), VI_ERROR_ATTR_READONLY);
}

/* The handler runs in this thread, before the failing function returns. */
static void exceptions(ViSession vi)
{
    ViUInt32 none = 0;

    /* each_type had failures while exceptions were enabled. */
    while (sem_trywait(&seen.calls) == 0) {
    }
    EXPECT(viInstallHandler(vi, VI_EVENT_EXCEPTION, note, &seen), VI_SUCCESS);
    EXPECT(viGetAttribute(vi, 0x12345678, &none), VI_ERROR_NSUP_ATTR);
    CHECK(sem_trywait(&seen.calls) != 0);
    EXPECT(viEnableEvent(vi, VI_EVENT_EXCEPTION, VI_HNDLR, VI_NULL), VI_SUCCESS);
    EXPECT(viGetAttribute(vi, 0x12345678, &none), VI_ERROR_NSUP_ATTR);
    CHECK(sem_trywait(&seen.calls) == 0 && sem_trywait(&seen.calls) != 0);
    CHECK(seen.vi == vi && pthread_equal(seen.thread, pthread_self()));
    CHECK(seen.status == VI_ERROR_NSUP_ATTR && strcmp(seen.operation, "viGetAttribute") == 0);
    EXPECT(viGetAttribute(seen.context, VI_ATTR_EVENT_TYPE, &none), VI_ERROR_INV_OBJECT);

    /* Success calls nobody, nor does a failure on no session at all. */
    EXPECT(viGetAttribute(vi, VI_ATTR_RM_SESSION, &none), VI_SUCCESS);
    EXPECT(viClose(0x7FFFFFFF), VI_ERROR_INV_OBJECT);
    CHECK(sem_trywait(&seen.calls) != 0);
    EXPECT(viUninstallHandler(vi, VI_EVENT_EXCEPTION, note, &seen), VI_SUCCESS);
    EXPECT(viGetAttribute(vi, 0x12345678, &none), VI_ERROR_NSUP_ATTR);
    CHECK(sem_trywait(&seen.calls) != 0);
}

static void request(ViSession vi)
{
    EXPECT(viWrite(vi, (ViConstBuf)"SRQ", 3, VI_NULL), VI_SUCCESS);
}

static void requests(ViSession vi)
{
    ViEventType type = 0, again = 0;
    ViEvent context = VI_NULL;
    ViStatus status = VI_SUCCESS;
    struct seen second = {0};

    EXPECT(viEnableEvent(vi, VI_EVENT_SERVICE_REQ, VI_QUEUE, VI_NULL), VI_SUCCESS);
    request(vi);
    request(vi);
    EXPECT(viDisableEvent(vi, VI_EVENT_SERVICE_REQ, VI_QUEUE), VI_SUCCESS);
    EXPECT(viWaitOnEvent(vi, VI_ALL_ENABLED_EVENTS, 0, &type, &context),
           VI_SUCCESS_QUEUE_NEMPTY);
    CHECK(type == VI_EVENT_SERVICE_REQ && context != VI_NULL);
    EXPECT(viGetAttribute(context, VI_ATTR_EVENT_TYPE, &again), VI_SUCCESS);
    CHECK(again == type);
    EXPECT(viGetAttribute(context, VI_ATTR_STATUS, &status), VI_ERROR_NSUP_ATTR);
    EXPECT(viEnableEvent(context, type, VI_QUEUE, VI_NULL), VI_ERROR_NSUP_OPER);
    EXPECT(viClose(context), VI_SUCCESS);
    EXPECT(viClose(context), VI_ERROR_INV_OBJECT);
    EXPECT(viWaitOnEvent(vi, VI_EVENT_SERVICE_REQ, 0, VI_NULL, VI_NULL), VI_SUCCESS);
    EXPECT(viWaitOnEvent(vi, VI_EVENT_SERVICE_REQ, 0, VI_NULL, VI_NULL), VI_ERROR_NENABLED);

    /* Two handlers, both mechanisms; the second ends the chain. */
    CHECK(sem_init(&second.calls, 0, 0) == 0);
    EXPECT(viInstallHandler(vi, VI_EVENT_SERVICE_REQ, note, &seen), VI_SUCCESS);
    EXPECT(viInstallHandler(vi, VI_EVENT_SERVICE_REQ, note, &second), VI_SUCCESS);
    EXPECT(viEnableEvent(vi, VI_EVENT_SERVICE_REQ, VI_QUEUE | VI_HNDLR, VI_NULL), VI_SUCCESS);
    request(vi);
    CHECK(sem_wait(&second.calls) == 0 && sem_wait(&seen.calls) == 0);
    CHECK(seen.vi == vi && !pthread_equal(seen.thread, pthread_self()));
    CHECK(pthread_equal(seen.thread, second.thread) && seen.context == second.context);
    second.answer = VI_SUCCESS_NCHAIN;
    request(vi);
    CHECK(sem_wait(&second.calls) == 0);
    EXPECT(viDisableEvent(vi, VI_EVENT_SERVICE_REQ, VI_HNDLR), VI_SUCCESS);
    CHECK(sem_trywait(&seen.calls) != 0);
    EXPECT(viGetAttribute(second.context, VI_ATTR_EVENT_TYPE, &type), VI_ERROR_INV_OBJECT);
    EXPECT(viDiscardEvents(vi, VI_EVENT_SERVICE_REQ, VI_QUEUE), VI_SUCCESS);
    EXPECT(viUninstallHandler(vi, VI_EVENT_SERVICE_REQ, note, &second), VI_SUCCESS);
    EXPECT(viUninstallHandler(vi, VI_EVENT_SERVICE_REQ, note, &seen), VI_SUCCESS);
    CHECK(sem_destroy(&second.calls) == 0);
    way_out(vi);
}

/* A context for each of many events, and none is left. */
static void many(ViSession vi)
{
    sem_t calls;
    long i;

    CHECK(sem_init(&calls, 0, 0) == 0);
    EXPECT(viInstallHandler(vi, VI_EVENT_SERVICE_REQ, count_only, &calls), VI_SUCCESS);
    EXPECT(viEnableEvent(vi, VI_EVENT_SERVICE_REQ, VI_QUEUE | VI_HNDLR, VI_NULL), VI_SUCCESS);
    for (i = 0; i < MANY; i++) {
        request(vi);
        EXPECT(viWaitOnEvent(vi, VI_EVENT_SERVICE_REQ, 0, VI_NULL, VI_NULL), VI_SUCCESS);
        /* Some at a time, so that the handler's thread is not waited for each time. */
        if (i % 1000 == 999) {
            int due = 1000;
            while (due-- > 0) {
                CHECK(sem_wait(&calls) == 0);
            }
        }
    }
    EXPECT(viUninstallHandler(vi, VI_EVENT_SERVICE_REQ, count_only, &calls), VI_SUCCESS);
    way_out(vi);
    CHECK(sem_destroy(&calls) == 0);
}

/* A child of a fork leaves its parent's events alone, and may close what it inherited. */
static void in_a_child(ViSession vi)
{
    int status = 0;
    pid_t child;

    EXPECT(viInstallHandler(vi, VI_EVENT_SERVICE_REQ, note, &seen), VI_SUCCESS);
    EXPECT(viEnableEvent(vi, VI_EVENT_SERVICE_REQ, VI_QUEUE | VI_HNDLR, VI_NULL), VI_SUCCESS);
    fflush(stdout);
    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        EXPECT(viWaitOnEvent(vi, VI_EVENT_SERVICE_REQ, VI_TMO_INFINITE, VI_NULL, VI_NULL),
               VI_ERROR_INV_OBJECT);
        EXPECT(viEnableEvent(vi, VI_EVENT_SERVICE_REQ, VI_QUEUE, VI_NULL), VI_ERROR_INV_OBJECT);
        way_out(vi);
        EXPECT(viUninstallHandler(vi, VI_EVENT_SERVICE_REQ, note, &seen), VI_SUCCESS);
        EXPECT(viClose(vi), VI_SUCCESS);
        /* Having come this far. What a fork leaves behind on purpose is no leak to report. */
        kill(getpid(), SIGKILL);
    }
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    request(vi);
    CHECK(sem_wait(&seen.calls) == 0);
    EXPECT(viWaitOnEvent(vi, VI_EVENT_SERVICE_REQ, 0, VI_NULL, VI_NULL), VI_SUCCESS);
    EXPECT(viUninstallHandler(vi, VI_EVENT_SERVICE_REQ, note, &seen), VI_SUCCESS);
    way_out(vi);
}

/* Closes the session from within its own handler. */
static void close_within(ViSession vi)
{
    sem_t calls;

    CHECK(sem_init(&calls, 0, 0) == 0);
    EXPECT(viInstallHandler(vi, VI_EVENT_SERVICE_REQ, use_and_close, &calls), VI_SUCCESS);
    EXPECT(viEnableEvent(vi, VI_EVENT_SERVICE_REQ, VI_HNDLR, VI_NULL), VI_SUCCESS);
    request(vi);
    CHECK(sem_wait(&calls) == 0);
    EXPECT(viClose(vi), VI_ERROR_INV_OBJECT);
    CHECK(sem_destroy(&calls) == 0);
}

int main(int argc, char **argv)
{
    ViSession rm = open_manager();
    int tried_many = 0;
    int i;

    CHECK(sem_init(&seen.calls, 0, 0) == 0);
    for (i = 1; i < argc; i++) {
        ViSession vi = VI_NULL;
        /* Fake devices do as they are told; the others have no such command. */
        int is_fake = strncmp(argv[i], "TCPIP0::127", 11) != 0;
        int has_requests;

        printf("%s\n", argv[i]);
        EXPECT(viOpen(rm, argv[i], VI_NO_LOCK, 5000, &vi), VI_SUCCESS);
        if (i == 1) {
            no_sessions(rm);
        }
        way_out(vi);
        EXPECT(viSetAttribute(vi, VI_ATTR_MAX_QUEUE_LENGTH, 10), VI_SUCCESS);
        EXPECT(viSetAttribute(vi, VI_ATTR_MAX_QUEUE_LENGTH, 50), VI_SUCCESS);
        each_type(vi);
        exceptions(vi);
        has_requests = viDiscardEvents(vi, VI_EVENT_SERVICE_REQ, VI_QUEUE) >= VI_SUCCESS;
        if (is_fake && has_requests) {
            requests(vi);
            in_a_child(vi);
            if (!tried_many) {
                many(vi);
                tried_many = 1;
            }
            close_within(vi);
        } else {
            way_out(vi);
            EXPECT(viClose(vi), VI_SUCCESS);
        }
    }
    CHECK(tried_many);
    EXPECT(viClose(rm), VI_SUCCESS);
    CHECK(sem_destroy(&seen.calls) == 0);
    return 0;
}
