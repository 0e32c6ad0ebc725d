/* terminate.c: viTerminate and viClose on another thread end what blocks, at once and also with
 * an infinite timeout; after viTerminate the session answers the next question, not the last. */

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "check.h"

#define BIG (64u << 20)
#define TRIES 4

static const char *name;

static double now(void)
{
    struct timespec time;
    CHECK(clock_gettime(CLOCK_MONOTONIC, &time) == 0);
    return (double)time.tv_sec * 1000 + (double)time.tv_nsec / 1e6;
}

static void pause_ms(long ms)
{
    struct timespec time;
    time.tv_sec = 0;
    time.tv_nsec = ms * 1000000;
    nanosleep(&time, NULL);
}

/* A call on a thread of its own: what it returned, and when. */
struct call {
    ViSession vi;
    const char *open;
    ViStatus status;
    double ended;
    int began, over;
};

static ViByte *big;

static void begin(struct call *call)
{
    __atomic_store_n(&call->began, 1, __ATOMIC_RELEASE);
}

static void *over(struct call *call)
{
    call->ended = now();
    __atomic_store_n(&call->over, 1, __ATOMIC_RELEASE);
    return NULL;
}

static void *read_it(void *argument)
{
    struct call *call = argument;
    ViByte buffer[16];
    begin(call);
    call->status = viRead(call->vi, buffer, sizeof buffer, VI_NULL);
    return over(call);
}

static void *buffered_read_it(void *argument)
{
    struct call *call = argument;
    ViByte buffer[16];
    begin(call);
    call->status = viBufRead(call->vi, buffer, sizeof buffer, VI_NULL);
    return over(call);
}

static void *scan_it(void *argument)
{
    struct call *call = argument;
    int number = -1;
    begin(call);
    call->status = viScanf(call->vi, "%d", &number);
    CHECK(number == -1);
    return over(call);
}

static void *write_it(void *argument)
{
    struct call *call = argument;
    begin(call);
    call->status = viWrite(call->vi, big, BIG, VI_NULL);
    return over(call);
}

static void *open_it(void *argument)
{
    struct call *call = argument;
    ViSession vi;
    begin(call);
    call->status = viOpen(call->vi, call->open, VI_NO_LOCK, VI_TMO_INFINITE, &vi);
    return over(call);
}

/* Starts `body`, lets it block, ends it by viTerminate or viClose of `by`; how long it went on. */
static double end(void *(*body)(void *), struct call *call, ViObject by, int closing)
{
    pthread_t thread;
    double start;
    call->status = 1;
    call->began = call->over = 0;
    CHECK(pthread_create(&thread, NULL, body, call) == 0);
    while (!__atomic_load_n(&call->began, __ATOMIC_ACQUIRE)) {
        pause_ms(1);
    }
    pause_ms(100);
    start = now();
    if (closing) {
        EXPECT(viClose(by), VI_SUCCESS);
    } else {
        EXPECT(viTerminate(by, VI_NULL, VI_NULL), VI_SUCCESS);
        /* Again only for a thread that had not got as far as the call. */
        while (!__atomic_load_n(&call->over, __ATOMIC_ACQUIRE)) {
            pause_ms(1);
            if (now() - start > 5000) {
                start = now();
                EXPECT(viTerminate(by, VI_NULL, VI_NULL), VI_SUCCESS);
            }
        }
    }
    CHECK(pthread_join(thread, NULL) == 0);
    EXPECT(call->status, VI_ERROR_ABORT);
    return call->ended - start;
}

/* The quickest of several tries counts: a loaded machine may delay some, not all. */
static void quick(double took, double *best)
{
    if (took < *best) {
        *best = took;
    }
}

static void ask(ViSession vi, const char *word)
{
    char text[64];
    snprintf(text, sizeof text, "ECHO? %s", word);
    command(vi, text);
    snprintf(text, sizeof text, "%s\n", word);
    EXPECT_READ(vi, 64, whole(name), text);
}

static ViSession patient_session(ViSession rm)
{
    ViSession vi = open_session(rm, name);
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, VI_TMO_INFINITE), VI_SUCCESS);
    return vi;
}

static void reads(ViSession rm, void *(*body)(void *))
{
    ViSession vi = patient_session(rm);
    struct call call = {0};
    double best = 1e9;
    int i;

    call.vi = vi;
    for (i = 0; i < TRIES; i++) {
        quick(end(body, &call, vi, 0), &best);
        ask(vi, "still here");
    }
    CHECK(best < 50);
    if (!is_stream(name)) {
        /* The answer to what was given up comes later, and to nobody. */
        command(vi, "SYST:DELAY 600;:ECHO? late");
        end(body, &call, vi, 0);
        EXPECT(viClear(vi), VI_SUCCESS);
        ask(vi, "after the clear");
        command(vi, "SYST:DELAY 600;:ECHO? late");
        end(body, &call, vi, 0);
        ask(vi, "in step");
    }
    /* Idle: nothing to end, and no later call is touched. */
    EXPECT(viTerminate(vi, VI_NULL, VI_NULL), VI_SUCCESS);
    ask(vi, "idle");
    EXPECT(viClose(vi), VI_SUCCESS);

    best = 1e9;
    for (i = 0; i < TRIES; i++) {
        call.vi = patient_session(rm);
        quick(end(body, &call, call.vi, 1), &best);
        EXPECT(viRead(call.vi, (ViPBuf) "", 1, VI_NULL), VI_ERROR_INV_OBJECT);
    }
    CHECK(best < 50);
}

static void writes(ViSession rm)
{
    double best = 1e9;
    int i, closing;

    for (closing = 0; closing < 2; closing++) {
        for (i = 0; i < 2; i++) {
            ViSession vi = patient_session(rm), other;
            struct call call = {0};
            call.vi = vi;
            /* An instrument whose long answer nobody reads takes nothing in. VXI-11 is not like
             * that: there the write is ended while it is under way. */
            command(vi, "DATA:BLOCK? 200000000");
            quick(end(write_it, &call, vi, closing), &best);
            if (!closing) {
                EXPECT(viClose(vi), VI_SUCCESS);
            }
            other = open_session(rm, name);
            ask(other, "another session");
            EXPECT(viClose(other), VI_SUCCESS);
        }
    }
    CHECK(best < 50);
}

/* A server that never answers: what blocks an open depends on the protocol. */
static int silent_server(char *text, size_t size)
{
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    int server = socket(AF_INET, SOCK_STREAM, 0), port, i;
    CHECK(server >= 0);
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(bind(server, (struct sockaddr *)&address, sizeof address) == 0);
    CHECK(listen(server, is_socket(name) ? 0 : 16) == 0);
    CHECK(getsockname(server, (struct sockaddr *)&address, &length) == 0);
    port = ntohs(address.sin_port);
    if (is_socket(name)) {
        /* Nothing but the connection itself can block here: no more of them are taken. */
        for (i = 0; i < 4; i++) {
            int filler = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
            CHECK(filler >= 0);
            connect(filler, (struct sockaddr *)&address, sizeof address);
        }
        pause_ms(100);
        snprintf(text, size, "TCPIP::127.0.0.1::%d::SOCKET", port);
    } else if (strstr(name, "hislip") != NULL) {
        snprintf(text, size, "TCPIP::127.0.0.1::hislip0,%d::INSTR", port);
    } else {
        snprintf(text, size, "TCPIP::127.0.0.1,%d::inst0::INSTR", port);
    }
    return server;
}

static void opens(ViSession rm)
{
    char text[128];
    int server = silent_server(text, sizeof text), i;
    double best = 1e9;
    struct call call = {0};

    call.vi = rm;
    call.open = text;
    for (i = 0; i < 3; i++) {
        quick(end(open_it, &call, rm, 0), &best);
    }
    CHECK(best < 50);
    best = 1e9;
    for (i = 0; i < 3; i++) {
        call.vi = open_manager();
        quick(end(open_it, &call, call.vi, 1), &best);
    }
    CHECK(best < 50);
    close(server);
}

int main(int argc, char **argv)
{
    ViSession rm = open_manager(), vi;
    name = resource(argc, argv);
    setbuf(stdout, NULL);
    big = malloc(BIG);
    CHECK(big != NULL);
    memset(big, 'x', BIG);

    vi = open_session(rm, name);
    EXPECT(viTerminate(vi, 1, VI_NULL), VI_ERROR_INV_DEGREE);
    EXPECT(viTerminate(vi, VI_NULL, 4711), VI_ERROR_INV_JOB_ID);
    EXPECT(viTerminate(rm, VI_NULL, 4711), VI_ERROR_INV_JOB_ID);
    EXPECT(viTerminate(VI_NULL, VI_NULL, VI_NULL), VI_ERROR_INV_OBJECT);
    EXPECT(viClose(vi), VI_SUCCESS);

    reads(rm, read_it);
    reads(rm, buffered_read_it);
    reads(rm, scan_it);
    if (!is_serial(name)) {
        /* An answer that nobody reads would stay on the line, and its opening waits for nobody. */
        writes(rm);
        opens(rm);
    }
    EXPECT(viClose(rm), VI_SUCCESS);
    return 0;
}
