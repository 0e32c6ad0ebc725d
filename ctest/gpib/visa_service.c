/* visa_service.c: service requests: one line, many devices, each request to its own sessions. */

#include "visa_bus.h"

#define SRQ VI_EVENT_SERVICE_REQ

/* Long enough to see that nothing comes. */
enum { SHORT = 300, LONG = 20000 };

static void enable(ViSession vi) { EXPECT(viEnableEvent(vi, SRQ, VI_QUEUE, VI_NULL), VI_SUCCESS); }

/* A device that requests service when an operation is complete. */
static ViSession prepared(ViSession rm, const char *board, const char *where)
{
    ViSession vi = open_at(rm, board, where);
    send_text(vi, "*CLS;*ESE 1;*SRE 32");
    return vi;
}

static void request(ViSession vi) { send_text(vi, "*OPC"); }

/* The request shows once, and its cause until it is read. */
static void expect_request(ViSession vi)
{
    ViUInt16 status = 0;
    EXPECT(viReadSTB(vi, &status), VI_SUCCESS);
    CHECK(status == 0x60);
    EXPECT(viReadSTB(vi, &status), VI_SUCCESS);
    CHECK(status == 0x20);
    ask(vi, "*ESR?", "1\n");
}

static void right_session(ViSession rm, const char *board)
{
    ViSession a = prepared(rm, board, "5"), b = prepared(rm, board, "9");
    ViSession c = prepared(rm, board, "12::3");
    int i;
    enable(a);
    enable(b);
    enable(c);
    for (i = 0; i < 3; i++) {
        request(b);
        EXPECT_EVENT(b, SRQ, LONG, VI_SUCCESS);
        expect_request(b);
        request(c);
        EXPECT_EVENT(c, SRQ, LONG, VI_SUCCESS);
        expect_request(c);
    }
    EXPECT_EVENT(a, SRQ, SHORT, VI_ERROR_TMO);
    EXPECT_EVENT(b, SRQ, VI_TMO_IMMEDIATE, VI_ERROR_TMO);
    EXPECT_EVENT(c, SRQ, VI_TMO_IMMEDIATE, VI_ERROR_TMO);
    CHECK(strstr(bus("lines"), "SRQ") == NULL);
}

/* All at once: by the controller's own doing they request in the same moment. */
static void all_at_once(ViSession rm, const char *board)
{
    static const char *const where[] = { "5", "9", "12::3" };
    ViSession vi[3];
    ViUInt16 status;
    int i, round;
    for (i = 0; i < 3; i++) {
        vi[i] = prepared(rm, board, where[i]);
        enable(vi[i]);
    }
    for (round = 0; round < 5; round++) {
        for (i = 0; i < 3; i++) {
            request(vi[i]);
        }
        for (i = 2; i >= 0; i--) {
            EXPECT_EVENT(vi[i], SRQ, LONG, VI_SUCCESS);
        }
        for (i = 0; i < 3; i++) {
            EXPECT(viReadSTB(vi[i], &status), VI_SUCCESS);
            CHECK(status == 0x60);
            ask(vi[i], "*ESR?", "1\n");
            EXPECT_EVENT(vi[i], SRQ, VI_TMO_IMMEDIATE, VI_ERROR_TMO);
        }
    }
}

/* A request of which nobody here wants to know stays with its device, and hides no other one. */
static void not_ours(ViSession rm, const char *board)
{
    ViSession a = prepared(rm, board, "5"), b = prepared(rm, board, "9");
    ViUInt16 status = 0;
    enable(b);
    request(a);
    pause_ms(SHORT);
    EXPECT_EVENT(b, SRQ, VI_TMO_IMMEDIATE, VI_ERROR_TMO);
    CHECK(strstr(bus("lines"), "SRQ") != NULL);
    request(b);
    EXPECT_EVENT(b, SRQ, LONG, VI_SUCCESS);
    expect_request(b);
    /* Nobody has eaten its status byte. */
    EXPECT(viReadSTB(a, &status), VI_SUCCESS);
    CHECK(status == 0x60);
    CHECK(strstr(bus("lines"), "SRQ") == NULL);
}

/* A device that requests again and again, of which nobody wants to know, keeps nobody busy. */
static void stuck(ViSession rm, const char *board)
{
    ViSession b = prepared(rm, board, "9");
    size_t before, after;
    enable(b);
    bus("fault 5 requests");
    pause_ms(500);
    before = strlen(bus("log"));
    pause_ms(2000);
    after = strlen(bus("log"));
    /* Some 30 characters for each poll. */
    if (after - before > 30 * 60) {
        printf("%lu characters of polls in two seconds\n", (unsigned long)(after - before));
        exit(1);
    }
    request(b);
    EXPECT_EVENT(b, SRQ, LONG, VI_SUCCESS);
    expect_request(b);
    EXPECT_EVENT(b, SRQ, SHORT, VI_ERROR_TMO);
}

/* Two sessions with one device: both are told, and both find the request in the status byte. */
static void two_sessions(ViSession rm, const char *board)
{
    ViSession one = prepared(rm, board, "5"), two = open_at(rm, board, "5");
    ViUInt16 status = 0;
    enable(one);
    enable(two);
    request(one);
    EXPECT_EVENT(one, SRQ, LONG, VI_SUCCESS);
    EXPECT_EVENT(two, SRQ, LONG, VI_SUCCESS);
    EXPECT(viReadSTB(two, &status), VI_SUCCESS);
    CHECK((status & 0x40) != 0);
    EXPECT(viReadSTB(one, &status), VI_SUCCESS);
    CHECK((status & 0x40) != 0);
}

static volatile int calls;

static ViStatus _VI_FUNCH handler(ViSession vi, ViEventType type, ViEvent context, ViAddr user)
{
    (void)context;
    CHECK(type == SRQ && user == (ViAddr)&calls);
    expect_request(vi);
    calls++;
    return VI_SUCCESS;
}

static void handlers(ViSession rm, const char *board)
{
    ViSession a = prepared(rm, board, "5");
    int i, waited;
    EXPECT(viInstallHandler(a, SRQ, handler, (ViAddr)&calls), VI_SUCCESS);
    EXPECT(viEnableEvent(a, SRQ, VI_HNDLR, VI_NULL), VI_SUCCESS);
    for (i = 1; i <= 3; i++) {
        request(a);
        for (waited = 0; calls < i && waited < LONG; waited += 5) {
            pause_ms(5);
        }
        CHECK(calls == i);
    }
    EXPECT(viDisableEvent(a, SRQ, VI_HNDLR), VI_SUCCESS);
    request(a);
    pause_ms(SHORT);
    CHECK(calls == 3);
}

/* What comes between enabling and waiting is queued; after disabling nothing comes. */
static void queueing(ViSession rm, const char *board)
{
    ViSession a = prepared(rm, board, "5");
    enable(a);
    EXPECT(viEnableEvent(a, SRQ, VI_QUEUE, VI_NULL), VI_SUCCESS_EVENT_EN);
    request(a);
    pause_ms(SHORT);
    EXPECT_EVENT(a, SRQ, VI_TMO_IMMEDIATE, VI_SUCCESS);
    expect_request(a);
    EXPECT(viDisableEvent(a, SRQ, VI_QUEUE), VI_SUCCESS);
    request(a);
    pause_ms(SHORT);
    CHECK(strstr(bus("lines"), "SRQ") != NULL);
    expect_request(a);
}

/* The board's own sessions hear the line, whoever asserts it. */
static void on_the_board(ViSession rm, const char *board)
{
    ViSession a = prepared(rm, board, "5"), intfc = open_at(rm, board, "INTFC");
    ViInt16 line = 9;
    enable(intfc);
    request(a);
    EXPECT_EVENT(intfc, SRQ, LONG, VI_SUCCESS);
    EXPECT(viGetAttribute(intfc, VI_ATTR_GPIB_SRQ_STATE, &line), VI_SUCCESS);
    CHECK(line == VI_STATE_ASSERTED);
    expect_request(a);
    EXPECT(viGetAttribute(intfc, VI_ATTR_GPIB_SRQ_STATE, &line), VI_SUCCESS);
    CHECK(line == VI_STATE_UNASSERTED);
}

int main(int argc, char **argv)
{
    static const struct bus_check checks[] = {
        { "right_session", right_session }, { "all_at_once", all_at_once },
        { "not_ours", not_ours }, { "stuck", stuck }, { "two_sessions", two_sessions },
        { "handlers", handlers }, { "queueing", queueing }, { "on_the_board", on_the_board },
    };
    return run_check(argc, argv, checks, sizeof checks / sizeof *checks);
}
