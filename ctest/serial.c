/* serial.c: what a serial port has that no other interface has: END by the termination character,
 * settings, queues, and one process alone.
 */

#include <fcntl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include "check.h"

static const char *name;

static ViSession fresh(ViSession rm)
{
    ViSession vi = VI_NULL;
    EXPECT(viOpen(rm, name, VI_NO_LOCK, 5000, &vi), VI_SUCCESS);
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, 10000), VI_SUCCESS);
    return vi;
}

static ViUInt32 number(ViSession vi, ViAttr attribute)
{
    ViUInt32 value = 0;
    EXPECT(viGetAttribute(vi, attribute, &value), VI_SUCCESS);
    return value;
}

static ViInt16 state(ViSession vi, ViAttr attribute)
{
    ViInt16 value = 77;
    EXPECT(viGetAttribute(vi, attribute, &value), VI_SUCCESS);
    return value;
}

/* Rule 6.1.7: a read ends at line feed by END, without anything having been enabled. */
static void endings(ViSession rm)
{
    ViSession vi = fresh(rm);
    command(vi, "ECHO? one");
    EXPECT_READ(vi, 64, VI_SUCCESS, "one\n");
    EXPECT(viSetAttribute(vi, VI_ATTR_TERMCHAR_EN, VI_TRUE), VI_SUCCESS);
    command(vi, "ECHO? two");
    EXPECT_READ(vi, 4, VI_SUCCESS, "two\n");
    EXPECT(viSetAttribute(vi, VI_ATTR_SUPPRESS_END_EN, VI_TRUE), VI_SUCCESS);
    command(vi, "ECHO? three");
    EXPECT_READ(vi, 64, VI_SUCCESS_TERM_CHAR, "three\n");
    EXPECT(viSetAttribute(vi, VI_ATTR_SUPPRESS_END_EN, VI_FALSE), VI_SUCCESS);
    EXPECT(viSetAttribute(vi, VI_ATTR_TERMCHAR_EN, VI_FALSE), VI_SUCCESS);
    EXPECT(viSetAttribute(vi, VI_ATTR_ASRL_END_IN, VI_ASRL_END_NONE), VI_SUCCESS);
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, 200), VI_SUCCESS);
    command(vi, "ECHO? four");
    EXPECT_READ(vi, 64, VI_ERROR_TMO, "four\n");
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, 10000), VI_SUCCESS);
    /* The character that a write adds makes the command whole. */
    EXPECT(viSetAttribute(vi, VI_ATTR_ASRL_END_IN, VI_ASRL_END_TERMCHAR), VI_SUCCESS);
    EXPECT(viSetAttribute(vi, VI_ATTR_ASRL_END_OUT, VI_ASRL_END_TERMCHAR), VI_SUCCESS);
    EXPECT(viWrite(vi, (ViConstBuf) "ECHO? five", 10, VI_NULL), VI_SUCCESS);
    EXPECT_READ(vi, 64, VI_SUCCESS, "five\n");
    EXPECT(viClose(vi), VI_SUCCESS);
}

static void settings(ViSession rm)
{
    ViSession vi = fresh(rm), other = fresh(rm);
    CHECK(number(vi, VI_ATTR_ASRL_BAUD) == 9600);
    EXPECT(viSetAttribute(vi, VI_ATTR_ASRL_BAUD, 57600), VI_SUCCESS);
    CHECK(number(other, VI_ATTR_ASRL_BAUD) == 57600);
    EXPECT(viSetAttribute(vi, VI_ATTR_ASRL_BAUD, 0), VI_ERROR_NSUP_ATTR_STATE);
    CHECK(number(vi, VI_ATTR_ASRL_BAUD) == 57600);
    CHECK(state(vi, VI_ATTR_ASRL_CTS_STATE) == VI_STATE_UNKNOWN);
    EXPECT(viSetAttribute(vi, VI_ATTR_ASRL_RTS_STATE, VI_STATE_ASSERTED), VI_ERROR_NSUP_ATTR_STATE);
    EXPECT(viSetAttribute(vi, VI_ATTR_ASRL_CTS_STATE, VI_STATE_ASSERTED), VI_ERROR_ATTR_READONLY);
    /* Another session's lock keeps the line as it is. */
    EXPECT(viLock(other, VI_EXCLUSIVE_LOCK, 1000, VI_NULL, VI_NULL), VI_SUCCESS);
    EXPECT(viSetAttribute(vi, VI_ATTR_ASRL_BAUD, 4800), VI_ERROR_RSRC_LOCKED);
    EXPECT(viUnlock(other), VI_SUCCESS);
    EXPECT(viClose(vi), VI_SUCCESS);
    EXPECT(viClose(other), VI_SUCCESS);
    vi = fresh(rm);
    CHECK(number(vi, VI_ATTR_ASRL_BAUD) == 9600);
    EXPECT(viClose(vi), VI_SUCCESS);
}

static void queues(ViSession rm)
{
    ViSession vi = fresh(rm);
    command(vi, "ECHO? one;:ECHO? two");
    command(vi, "ECHO? three");
    EXPECT_READ(vi, 2, VI_SUCCESS_MAX_CNT, "on");
    while (number(vi, VI_ATTR_ASRL_AVAIL_NUM) < 3) {
        struct timespec moment = {0, 1000000};
        nanosleep(&moment, NULL);
    }
    EXPECT(viFlush(vi, VI_IO_OUT_BUF | VI_IO_IN_BUF_DISCARD), VI_SUCCESS);
    EXPECT(viClear(vi), VI_SUCCESS);
    CHECK(number(vi, VI_ATTR_ASRL_AVAIL_NUM) == 0);
    command(vi, "ECHO? fresh");
    EXPECT_READ(vi, 64, VI_SUCCESS, "fresh\n");
    EXPECT(viClose(vi), VI_SUCCESS);
}

static void events(ViSession rm)
{
    ViSession vi = fresh(rm);
    ViEventType type = 0;
    EXPECT(viEnableEvent(vi, VI_EVENT_ASRL_CHAR, VI_QUEUE, VI_NULL), VI_SUCCESS);
    command(vi, "ECHO? told");
    EXPECT(viWaitOnEvent(vi, VI_EVENT_ASRL_CHAR, 10000, &type, VI_NULL), VI_SUCCESS);
    CHECK(type == VI_EVENT_ASRL_CHAR);
    EXPECT_READ(vi, 64, VI_SUCCESS, "told\n");
    EXPECT(viEnableEvent(vi, VI_EVENT_ASRL_CTS, VI_QUEUE, VI_NULL), VI_ERROR_NSUP_OPER);
    EXPECT(viEnableEvent(vi, VI_EVENT_SERVICE_REQ, VI_QUEUE, VI_NULL), VI_ERROR_INV_EVENT);
    EXPECT(viClose(vi), VI_SUCCESS);
}

/* A child: has not its parent's session, and cannot have the port while the parent has. */
static void processes(ViSession rm)
{
    ViSession vi = fresh(rm);
    int status = 0;
    pid_t child;
    fflush(stdout);
    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        ViSession own = VI_NULL;
        ViUInt32 count = 0;
        EXPECT(viWrite(vi, (ViConstBuf) "x", 1, &count), VI_ERROR_INV_OBJECT);
        EXPECT(viOpen(rm, name, VI_NO_LOCK, 1000, &own), VI_ERROR_RSRC_BUSY);
        EXPECT(viClose(vi), VI_SUCCESS);
        exit(0);
    }
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    command(vi, "ECHO? still here");
    EXPECT_READ(vi, 64, VI_SUCCESS, "still here\n");
    EXPECT(viClose(vi), VI_SUCCESS);
    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        ViSession own = fresh(rm);
        command(own, "ECHO? mine");
        EXPECT_READ(own, 64, VI_SUCCESS, "mine\n");
        exit(0);
    }
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* What the port was set to before the first session is there again after the last. */
static void restoring(ViSession rm)
{
    struct termios before, during, after;
    char path[64];
    ViSession vi;
    int fd;
    CHECK(sscanf(name, "ASRL%63[^:]", path) == 1);
    fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK);
    CHECK(fd >= 0 && tcgetattr(fd, &before) == 0);
    before.c_lflag |= ECHO | ICANON;
    CHECK(cfsetispeed(&before, B1200) == 0 && cfsetospeed(&before, B1200) == 0);
    CHECK(tcsetattr(fd, TCSANOW, &before) == 0);
    vi = fresh(rm);
    CHECK(tcgetattr(fd, &during) == 0 && (during.c_lflag & (ECHO | ICANON)) == 0);
    CHECK(cfgetospeed(&during) == B9600);
    EXPECT(viClose(vi), VI_SUCCESS);
    CHECK(tcgetattr(fd, &after) == 0 && (after.c_lflag & (ECHO | ICANON)) == (ECHO | ICANON));
    CHECK(cfgetospeed(&after) == B1200);
    close(fd);
}

int main(int argc, char **argv)
{
    ViSession rm = open_manager();
    ViSession gone = VI_NULL;
    name = resource(argc, argv);
    endings(rm);
    settings(rm);
    queues(rm);
    events(rm);
    processes(rm);
    restoring(rm);
    EXPECT(viOpen(rm, "ASRL/dev/no-such-port::INSTR", VI_NO_LOCK, 1000, &gone),
           VI_ERROR_RSRC_NFOUND);
    EXPECT(viClose(rm), VI_SUCCESS);
    return 0;
}
