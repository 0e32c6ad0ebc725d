/* late_calls.c: destructors and exit handlers may still call, with a trace too. */

#include "check.h"

static ViSession rm;

static void at_exit(void)
{
    /* exit() has run this thread's destructors by now; the library must not mind. */
    if (viClose(rm) != VI_SUCCESS || viClose(rm) != VI_ERROR_INV_OBJECT) {
        printf("the call at exit failed\n");
        abort();
    }
}

int main(int argc, char **argv)
{
    const char *name = resource(argc, argv);
    ViSession vi;

    CHECK(setenv("VISA_TRACE", "/dev/null", 1) == 0);
    CHECK(atexit(at_exit) == 0);
    rm = open_manager();
    vi = open_session(rm, name);
    command(vi, "ECHO late");
    EXPECT_READ(vi, 64, whole(name), "late\n");
    return 0;
}
