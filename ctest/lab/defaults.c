/* What the configuration sets a real line to when it opens: the hardware is set so, or as every
 * line is when one value is refused. Argument: "16550" or an adapter's serial number.
 */

#include <asm/termbits.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include "serial.h"

static char device[256];

/* What the driver says. Root may open a port that another has. */
static struct termios2 in_force(void)
{
    struct termios2 termios;
    int fd = open(device, O_RDWR | O_NOCTTY | O_NONBLOCK);
    CHECK(fd >= 0 && ioctl(fd, TCGETS2, &termios) == 0);
    close(fd);
    return termios;
}

static int is_set(tcflag_t flags, tcflag_t mask, tcflag_t wanted)
{
    return (flags & mask) == wanted;
}

static ViSession configured(const char *settings)
{
    FILE *file = fopen("/run/defaults.toml", "w");
    CHECK(file != NULL);
    CHECK(fprintf(file, "[defaults.'ASRL%s::INSTR']\n%s", device, settings) > 0);
    CHECK(fclose(file) == 0);
    CHECK(setenv("FERROVISA_CONFIG", "/run/defaults.toml", 1) == 0);
    return open_manager();
}

static void open_with(ViSession rm, ViAccessMode mode, ViStatus status)
{
    ViSession vi = VI_NULL;
    EXPECT(viOpen(rm, name_of(device), mode, PATIENTLY, &vi), status);
    CHECK(vi != VI_NULL);
}

int main(int argc, char **argv)
{
    const tcflag_t frame = CSIZE | PARENB | PARODD | CSTOPB | CRTSCTS;
    const char *adapter = argc == 2 ? argv[1] : "16550";
    const int is_uart = strcmp(adapter, "16550") == 0;
    const char *path;
    struct termios2 now;
    ViSession rm;

    path = is_uart ? "/dev/ttyS0" : bench(adapter, "tty");
    CHECK(strlen(path) < sizeof device);
    strcpy(device, path);

    rm = configured("stop_bits = 2\nparity = 'odd'\nflow_control = 'rts_cts'\ndata_bits = 7\n"
                    "baud = 1200\n");
    open_with(rm, VI_LOAD_CONFIG, VI_SUCCESS);
    now = in_force();
    CHECK(now.c_ospeed == 1200);
    CHECK(is_set(now.c_cflag, frame, CS7 | PARENB | PARODD | CSTOPB | CRTSCTS));
    EXPECT(viClose(rm), VI_SUCCESS);

    if (is_uart) {
        /* 1.5 stop bits are there with 5 data bits, which have to be set before. */
        rm = configured("stop_bits = 1.5\ndata_bits = 5\nalways = true\n");
        open_with(rm, VI_NO_LOCK, VI_SUCCESS);
        CHECK(is_set(in_force().c_cflag, CSIZE | CSTOPB, CS5 | CSTOPB));
        EXPECT(viClose(rm), VI_SUCCESS);
    }

    /* The last value is refused: Linux has no DTR/DSR flow control. */
    rm = configured("stop_bits = 2\nparity = 'odd'\ndata_bits = 7\nbaud = 1200\n"
                    "flow_control = 'dtr_dsr'\n");
    open_with(rm, VI_LOAD_CONFIG, VI_WARN_CONFIG_NLOADED);
    now = in_force();
    CHECK(now.c_ospeed == 9600 && is_set(now.c_cflag, frame, CS8));
    EXPECT(viClose(rm), VI_SUCCESS);
    return 0;
}
