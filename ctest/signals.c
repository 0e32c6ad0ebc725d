/* signals.c: a program's periodic signals neither end a call early nor keep it from ending. */

#include <signal.h>
#include <sys/time.h>
#include <time.h>
#include "check.h"

static volatile sig_atomic_t ticks;

static void tick(int number)
{
    (void)number;
    ticks++;
}

static double now(void)
{
    struct timespec time;
    CHECK(clock_gettime(CLOCK_MONOTONIC, &time) == 0);
    return (double)time.tv_sec * 1000 + (double)time.tv_nsec / 1e6;
}

int main(int argc, char **argv)
{
    const char *name = resource(argc, argv);
    ViSession rm = open_manager();
    ViSession vi = open_session(rm, name);
    struct sigaction action;
    struct itimerval every;
    double start, took;

    memset(&action, 0, sizeof action);
    action.sa_handler = tick; /* without SA_RESTART: system calls end with EINTR */
    CHECK(sigaction(SIGALRM, &action, NULL) == 0);
    /* Shorter than any wait inside the library. */
    every.it_interval.tv_sec = every.it_value.tv_sec = 0;
    every.it_interval.tv_usec = every.it_value.tv_usec = 2000;
    CHECK(setitimer(ITIMER_REAL, &every, NULL) == 0);

    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, 400), VI_SUCCESS);
    start = now();
    EXPECT_READ(vi, 64, VI_ERROR_TMO, "");
    took = now() - start;
    CHECK(took >= 399);
    CHECK(took < 20000);
    CHECK(ticks > 0);

    /* And the session still works under them. */
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, 10000), VI_SUCCESS);
    command(vi, "ECHO after signals");
    EXPECT_READ(vi, 64, whole(name), "after signals\n");
    EXPECT(viClose(rm), VI_SUCCESS);
    return 0;
}
