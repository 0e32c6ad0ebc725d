/* visa_mutex.c: a board whose mutex another program has, as a program of linux-gpib's does. */

#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include "visa_bus.h"

#define IBMUTEX _IOW(160, 26, int32_t)

/* A process that has the mutex until it is killed. */
static pid_t take_mutex(void)
{
    int told[2];
    char byte;
    pid_t child;
    CHECK(pipe(told) == 0);
    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        int32_t on = 1;
        int fd = open("/dev/gpib0", O_RDWR);
        if (fd < 0 || ioctl(fd, IBMUTEX, &on) != 0 || write(told[1], "", 1) != 1) {
            _exit(3);
        }
        for (;;) {
            pause();
        }
    }
    close(told[1]);
    CHECK(read(told[0], &byte, 1) == 1);
    close(told[0]);
    return child;
}

static void give_back(pid_t child)
{
    int status = 0;
    CHECK(kill(child, SIGKILL) == 0);
    CHECK(waitpid(child, &status, 0) == child && WIFSIGNALED(status));
}

/* Calls end by their time as long as the other has it. */
static void held(ViSession rm, const char *board)
{
    ViSession vi = open_at(rm, board, "5");
    ViUInt16 status;
    pid_t other;
    ask(vi, "*IDN?", IDENTITY "5,1.0\n");
    other = take_mutex();
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, 300), VI_SUCCESS);
    EXPECT(viReadSTB(vi, &status), VI_ERROR_TMO);
    EXPECT(viClear(vi), VI_ERROR_TMO);
    give_back(other);
    /* What was given up was not done, and the mutex is not kept for it. */
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, 60000), VI_SUCCESS);
    ask(vi, "*IDN?", IDENTITY "5,1.0\n");
    other = take_mutex();
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, 300), VI_SUCCESS);
    EXPECT(viReadSTB(vi, &status), VI_ERROR_TMO);
    /* Closing the session does not wait for it, either. */
    EXPECT(viClose(vi), VI_SUCCESS);
    give_back(other);
    vi = open_at(rm, board, "5");
    ask(vi, "*IDN?", IDENTITY "5,1.0\n");
    EXPECT(viClose(vi), VI_SUCCESS);
}

int main(int argc, char **argv)
{
    static const struct bus_check checks[] = { { "held", held } };
    return run_check(argc, argv, checks, sizeof checks / sizeof *checks);
}
