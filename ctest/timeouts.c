/* timeouts.c: a silent instrument costs VI_ATTR_TMO_VALUE, not less and not for ever. */

#include <time.h>
#include "check.h"

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
    ViSession vi = VI_NULL;
    ViUInt32 timeout = 0;
    double start, took;

    EXPECT(viOpen(rm, name, VI_NO_LOCK, 5000, &vi), VI_SUCCESS);
    EXPECT(viGetAttribute(vi, VI_ATTR_TMO_VALUE, &timeout), VI_SUCCESS);
    CHECK(timeout == 2000);
    EXPECT(viClose(vi), VI_SUCCESS);

    vi = open_session(rm, name);
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, 300), VI_SUCCESS);
    EXPECT(viGetAttribute(vi, VI_ATTR_TMO_VALUE, &timeout), VI_SUCCESS);
    CHECK(timeout == 300);

    /* Nothing was asked: nothing comes. */
    start = now();
    EXPECT_READ(vi, 64, VI_ERROR_TMO, "");
    took = now() - start;
    CHECK(took >= 299);
    /* Generous, for a loaded machine; a client that waits on the instrument's clock takes longer. */
    CHECK(took < 20000);

    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, VI_TMO_IMMEDIATE), VI_SUCCESS);
    EXPECT_READ(vi, 64, VI_ERROR_TMO, "");

    /* The session is usable after it all. */
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, 10000), VI_SUCCESS);
    if (!is_stream(name)) {
        EXPECT(viClear(vi), VI_SUCCESS);
    }
    command(vi, "ECHO? well");
    EXPECT_READ(vi, 64, whole(name), "well\n");

    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, VI_TMO_INFINITE), VI_SUCCESS);
    EXPECT(viGetAttribute(vi, VI_ATTR_TMO_VALUE, &timeout), VI_SUCCESS);
    CHECK(timeout == VI_TMO_INFINITE);
    command(vi, "SYST:DELAY 200;:ECHO? late");
    EXPECT_READ(vi, 64, whole(name), "late\n");

    EXPECT(viClose(rm), VI_SUCCESS);
    return 0;
}
