/* Modem lines as attributes. Argument 1: "16550", whose built-in loopback joins RTS to CTS and DTR
 * to DSR, or an adapter's serial number.
 */

#include <fcntl.h>
#include <sys/ioctl.h>
#include "serial.h"

#ifndef TIOCM_LOOP
#define TIOCM_LOOP 0x8000
#endif

static void loopback(ViSession rm)
{
    ViSession vi = open_port(rm, "ASRL/dev/ttyS2::INSTR");
    int loop = TIOCM_LOOP;
    int fd = open("/dev/ttyS2", O_RDWR | O_NOCTTY | O_NONBLOCK);
    CHECK(fd >= 0 && ioctl(fd, TIOCMBIS, &loop) == 0);
    SET(vi, VI_ATTR_ASRL_RTS_STATE, VI_STATE_ASSERTED);
    SET(vi, VI_ATTR_ASRL_DTR_STATE, VI_STATE_UNASSERTED);
    CHECK(GET(vi, VI_ATTR_ASRL_RTS_STATE) == 1 && GET(vi, VI_ATTR_ASRL_CTS_STATE) == 1);
    CHECK(GET(vi, VI_ATTR_ASRL_DTR_STATE) == 0 && GET(vi, VI_ATTR_ASRL_DSR_STATE) == 0);
    SET(vi, VI_ATTR_ASRL_RTS_STATE, VI_STATE_UNASSERTED);
    SET(vi, VI_ATTR_ASRL_DTR_STATE, VI_STATE_ASSERTED);
    CHECK(GET(vi, VI_ATTR_ASRL_RTS_STATE) == 0 && GET(vi, VI_ATTR_ASRL_CTS_STATE) == 0);
    CHECK(GET(vi, VI_ATTR_ASRL_DTR_STATE) == 1 && GET(vi, VI_ATTR_ASRL_DSR_STATE) == 1);
    CHECK(ioctl(fd, TIOCMBIC, &loop) == 0);
    close(fd);
    EXPECT(viClose(vi), VI_SUCCESS);
}

static void far_end(ViSession rm, const char *adapter)
{
    ViSession vi = open_port(rm, name_of(bench(adapter, "tty")));
    /* Inputs: the far end raises them one by one. */
    static const char *const names[] = { "cts", "dsr", "dcd", "ri" };
    static const ViAttr inputs[] = { VI_ATTR_ASRL_CTS_STATE, VI_ATTR_ASRL_DSR_STATE,
                                     VI_ATTR_ASRL_DCD_STATE, VI_ATTR_ASRL_RI_STATE };
    size_t raised, read;
    /* CDC-ACM has no CTS to tell of. */
    for (raised = strstr(bench(adapter, "tty"), "ACM") != NULL; raised < 4; raised++) {
        char command[32];
        snprintf(command, sizeof command, "lines %s", names[raised]);
        bench(adapter, command);
        await(vi, inputs[raised], VI_STATE_ASSERTED);
        for (read = 1; read < 4; read++) {
            CHECK(GET(vi, inputs[read]) == (read == raised));
        }
    }
    /* Outputs. */
    SET(vi, VI_ATTR_ASRL_DTR_STATE, VI_STATE_UNASSERTED);
    SET(vi, VI_ATTR_ASRL_RTS_STATE, VI_STATE_ASSERTED);
    CHECK(strstr(bench(adapter, "settings"), "dtr=0 rts=1") != NULL);
    CHECK(GET(vi, VI_ATTR_ASRL_DTR_STATE) == 0 && GET(vi, VI_ATTR_ASRL_RTS_STATE) == 1);
    SET(vi, VI_ATTR_ASRL_DTR_STATE, VI_STATE_ASSERTED);
    SET(vi, VI_ATTR_ASRL_RTS_STATE, VI_STATE_UNASSERTED);
    CHECK(strstr(bench(adapter, "settings"), "dtr=1 rts=0") != NULL);
    CHECK(GET(vi, VI_ATTR_ASRL_DTR_STATE) == 1 && GET(vi, VI_ATTR_ASRL_RTS_STATE) == 0);
    EXPECT(viClose(vi), VI_SUCCESS);
}

int main(int argc, char **argv)
{
    ViSession rm = open_manager();
    CHECK(argc == 2);
    if (strcmp(argv[1], "16550") == 0) {
        loopback(rm);
    } else {
        far_end(rm, argv[1]);
    }
    EXPECT(viClose(rm), VI_SUCCESS);
    return 0;
}
