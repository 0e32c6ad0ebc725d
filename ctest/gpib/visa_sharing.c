/* visa_sharing.c: threads and processes that share one board. */

#include <signal.h>
#include <sys/wait.h>
#include "visa_bus.h"

enum { PROCESSES = 2, ROUNDS = 40, LONG = 30000 };

static const char *const PLACES[] = { "5", "9", "12::3" };
static const char *const ANSWERS[] = { IDENTITY "5,1.0\n", IDENTITY "9,1.0\n", IDENTITY "12:3,1.0\n" };

static const char *the_board;

/* A process must begin its library by itself: this program again, in this role. */
static pid_t start(const char *role)
{
    pid_t child;
    fflush(stdout);
    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        execl("/proc/self/exe", "visa_sharing", the_board, role, (char *)NULL);
        _exit(3);
    }
    return child;
}

static void expect_good(pid_t child)
{
    int status = 0;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

struct talk {
    ViSession rm;
    int place;
};

static void *converse(void *argument)
{
    const struct talk *talk = argument;
    ViSession vi = open_at(talk->rm, the_board, PLACES[talk->place]);
    int i;
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, 60000), VI_SUCCESS);
    for (i = 0; i < ROUNDS; i++) {
        ask(vi, "*IDN?\n", ANSWERS[talk->place]);
    }
    EXPECT(viClose(vi), VI_SUCCESS);
    return NULL;
}

/* Questions and answers of many do not mix: within a process each thread has its instrument, and of
 * two processes each has its own.
 */
static void exchanges(ViSession rm, const char *board)
{
    struct talk talks[2];
    pthread_t threads[2];
    pid_t partner;
    int i;
    the_board = board;
    partner = start("partner");
    for (i = 0; i < 2; i++) {
        talks[i].rm = rm;
        talks[i].place = i;
        CHECK(pthread_create(&threads[i], NULL, converse, &talks[i]) == 0);
    }
    for (i = 0; i < 2; i++) {
        CHECK(pthread_join(threads[i], NULL) == 0);
    }
    expect_good(partner);
}

static void partner(ViSession rm, const char *board)
{
    struct talk talk;
    the_board = board;
    talk.rm = rm;
    talk.place = 2;
    converse(&talk);
}

/* Requests until all are there; each must be told. */
static void serve(ViSession rm, const char *where)
{
    ViSession vi = open_at(rm, the_board, where);
    ViUInt16 status = 0;
    int i;
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, 60000), VI_SUCCESS);
    send_text(vi, "*CLS;*ESE 1;*SRE 32");
    EXPECT(viEnableEvent(vi, VI_EVENT_SERVICE_REQ, VI_QUEUE, VI_NULL), VI_SUCCESS);
    for (i = 0; i < ROUNDS; i++) {
        send_text(vi, "*OPC");
        EXPECT_EVENT(vi, VI_EVENT_SERVICE_REQ, LONG, VI_SUCCESS);
        EXPECT(viReadSTB(vi, &status), VI_SUCCESS);
        if ((status & 0x40) == 0) {
            printf("%s, round %d: status byte 0x%02X\n", where, i, status);
            exit(1);
        }
        ask(vi, "*ESR?", "1\n");
    }
    EXPECT(viClose(vi), VI_SUCCESS);
}

/* No request is lost that another process's device makes on the same line. */
static void requests(ViSession rm, const char *board)
{
    pid_t other;
    the_board = board;
    other = start("requester");
    serve(rm, "5");
    expect_good(other);
}

static void requester(ViSession rm, const char *board)
{
    the_board = board;
    serve(rm, "9");
}

/* A process that is killed in the middle of a read leaves the board free. */
static void killed(ViSession rm, const char *board)
{
    ViSession b = open_at(rm, board, "9");
    pid_t victim;
    int status = 0;
    the_board = board;
    EXPECT_BUS("forget", "");
    victim = start("victim");
    while (strstr(bus("log"), "45") == NULL || strstr(bus("lines"), "ATN") != NULL) {
        pause_ms(2);
    }
    CHECK(kill(victim, SIGKILL) == 0);
    CHECK(waitpid(victim, &status, 0) == victim && WIFSIGNALED(status));
    EXPECT(viSetAttribute(b, VI_ATTR_TMO_VALUE, 30000), VI_SUCCESS);
    ask(b, "*IDN?", ANSWERS[1]);
}

static void victim(ViSession rm, const char *board)
{
    ViSession a = open_at(rm, board, "5");
    ViByte byte[1];
    ViUInt32 count;
    EXPECT(viSetAttribute(a, VI_ATTR_TMO_VALUE, VI_TMO_INFINITE), VI_SUCCESS);
    viRead(a, byte, 1, &count);
}

int main(int argc, char **argv)
{
    static const struct bus_check checks[] = {
        { "exchanges", exchanges }, { "partner", partner }, { "requests", requests },
        { "requester", requester }, { "killed", killed }, { "victim", victim },
    };
    return run_check(argc, argv, checks, sizeof checks / sizeof *checks);
}
