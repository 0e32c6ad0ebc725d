/* fork.c: a child has its parent's manager and not its sessions; whatever it does and however it
 * ends, the parent's sessions go on. */

#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include "check.h"

static void ask(ViSession vi, const char *name)
{
    command(vi, "ECHO whose am I");
    EXPECT_READ(vi, 64, whole(name), "whose am I\n");
}

static void child(ViSession rm, ViSession parents, const char *name, int exits)
{
    ViByte buffer[16];
    ViUInt32 count = 0, value = 0;
    ViSession own;

    EXPECT(viRead(parents, buffer, sizeof buffer, &count), VI_ERROR_INV_OBJECT);
    EXPECT(viWrite(parents, buffer, sizeof buffer, &count), VI_ERROR_INV_OBJECT);
    EXPECT(viGetAttribute(parents, VI_ATTR_TMO_VALUE, &value), VI_ERROR_INV_OBJECT);
    EXPECT(viSetAttribute(parents, VI_ATTR_TMO_VALUE, 1), VI_ERROR_INV_OBJECT);
    EXPECT(viTerminate(parents, VI_NULL, VI_NULL), VI_ERROR_INV_OBJECT);

    own = open_session(rm, name);
    ask(own, name);
    if (exits == 1) {
        /* As PyVISA's close does with a number that it inherited. */
        CHECK(viDisableEvent(parents, VI_ALL_ENABLED_EVENTS, VI_ALL_MECH) >= 0);
        CHECK(viDiscardEvents(parents, VI_ALL_ENABLED_EVENTS, VI_ALL_MECH) >= 0);
        EXPECT(viClose(parents), VI_SUCCESS);
        EXPECT(viClose(parents), VI_ERROR_INV_OBJECT);
    }
    if (exits == 2) {
        EXPECT(viClose(rm), VI_SUCCESS);
    }
    exit(0); /* otherwise all is left to the system */
}

int main(int argc, char **argv)
{
    const char *name = resource(argc, argv);
    ViSession rm = open_manager();
    ViSession vi = open_session(rm, name);
    int exits;

    ask(vi, name);
    for (exits = 0; exits < 3; exits++) {
        int status = 0;
        pid_t pid;
        fflush(stdout);
        pid = fork();
        CHECK(pid >= 0);
        if (pid == 0) {
            child(rm, vi, name, exits);
        }
        CHECK(waitpid(pid, &status, 0) == pid);
        CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
        ask(vi, name);
    }
    EXPECT(viClose(rm), VI_SUCCESS);
    return 0;
}
