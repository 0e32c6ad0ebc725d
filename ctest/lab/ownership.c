/* Whose a port is: sessions of one process share it, other processes find it busy, and whoever had
 * it before finds it as it was. Argument: the port's device file.
 */

#define _DEFAULT_SOURCE
#include <asm/termbits.h>
#include <fcntl.h>
#include <grp.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include "serial.h"

enum { NOBODY = 65534 };

static const char *device;

static struct termios2 settings(void)
{
    struct termios2 termios;
    int fd = open(device, O_RDWR | O_NOCTTY | O_NONBLOCK);
    CHECK(fd >= 0 && ioctl(fd, TCGETS2, &termios) == 0);
    close(fd);
    return termios;
}

static ViStatus with_visa(ViSession rm)
{
    ViSession vi;
    return viOpen(rm, name_of(device), VI_NO_LOCK, PATIENTLY, &vi);
}

/* A program that knows nothing of VISA; its errno. */
static ViStatus without(ViSession rm)
{
    (void)rm;
    return open(device, O_RDWR | O_NOCTTY | O_NONBLOCK) < 0 ? errno : 0;
}

/* What another process gets when it opens the port, as root or as somebody else. */
static ViStatus in_child(ViStatus (*opening)(ViSession), ViSession rm, int user)
{
    int status = 0;
    ViStatus result = VI_SUCCESS;
    int pipes[2];
    pid_t child;
    CHECK(pipe(pipes) == 0);
    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        if (user != 0) {
            CHECK(setgroups(0, NULL) == 0 && setgid((gid_t)user) == 0 && setuid((uid_t)user) == 0);
        }
        result = opening(rm);
        CHECK(write(pipes[1], &result, sizeof result) == (ssize_t)sizeof result);
        _exit(0);
    }
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    CHECK(read(pipes[0], &result, sizeof result) == (ssize_t)sizeof result);
    close(pipes[0]);
    close(pipes[1]);
    return result;
}

static void exclusive(ViSession rm)
{
    ViSession first, second;
    CHECK(chmod(device, 0666) == 0);
    first = open_port(rm, name_of(device));
    second = open_port(rm, name_of(device));
    CHECK(in_child(with_visa, rm, 0) == VI_ERROR_RSRC_BUSY);
    CHECK(in_child(with_visa, rm, NOBODY) == VI_ERROR_RSRC_BUSY);
    CHECK(in_child(without, rm, NOBODY) == EBUSY);

    /* One of two is not the last. */
    EXPECT(viClose(first), VI_SUCCESS);
    CHECK(in_child(with_visa, rm, NOBODY) == VI_ERROR_RSRC_BUSY);
    EXPECT(viClose(second), VI_SUCCESS);
    CHECK(in_child(with_visa, rm, NOBODY) == VI_SUCCESS);
    CHECK(in_child(without, rm, NOBODY) == 0);
    CHECK(chmod(device, 0600) == 0);
    CHECK(in_child(with_visa, rm, NOBODY) == VI_ERROR_NPERMISSION);
    CHECK(in_child(with_visa, rm, 0) == VI_SUCCESS);
}

/* What a program that holds the port in the usual way has is left to it. */
static void taken_by_others(ViSession rm)
{
    ViSession vi;
    int fd = open(device, O_RDWR | O_NOCTTY | O_NONBLOCK);
    CHECK(fd >= 0 && ioctl(fd, TIOCEXCL) == 0);
    CHECK(chmod(device, 0666) == 0);
    CHECK(in_child(with_visa, rm, NOBODY) == VI_ERROR_RSRC_BUSY);
    CHECK(ioctl(fd, TIOCNXCL) == 0);
    close(fd);
    vi = open_port(rm, name_of(device));
    EXPECT(viClose(vi), VI_SUCCESS);
}

static void shared_settings(ViSession rm)
{
    ViSession first = open_port(rm, name_of(device));
    ViSession second = open_port(rm, name_of(device));
    SET(first, VI_ATTR_ASRL_BAUD, 19200);
    CHECK(GET(second, VI_ATTR_ASRL_BAUD) == 19200);
    SET(second, VI_ATTR_ASRL_PARITY, VI_ASRL_PAR_EVEN);
    CHECK(GET(first, VI_ATTR_ASRL_PARITY) == VI_ASRL_PAR_EVEN);
    EXPECT(viClose(first), VI_SUCCESS);
    CHECK(GET(second, VI_ATTR_ASRL_BAUD) == 19200);
    EXPECT(viClose(second), VI_SUCCESS);

    /* The next one starts from the defaults. */
    first = open_port(rm, name_of(device));
    CHECK(GET(first, VI_ATTR_ASRL_BAUD) == 9600);
    CHECK(GET(first, VI_ATTR_ASRL_PARITY) == VI_ASRL_PAR_NONE);
    EXPECT(viClose(first), VI_SUCCESS);
}

/* A port has settings only as long as somebody has it open: this program is somebody. */
static void restored(ViSession rm)
{
    struct termios2 before = settings(), after;
    ViSession first, second;
    int fd = open(device, O_RDWR | O_NOCTTY | O_NONBLOCK);
    before.c_cflag = (before.c_cflag & ~(unsigned)(CBAUD | CSIZE)) | B4800 | CS7 | PARENB | CSTOPB;
    before.c_iflag = IXON | ICRNL;
    before.c_lflag |= ICANON | ECHO;
    before.c_cc[VSTART] = 0x21;
    CHECK(fd >= 0 && ioctl(fd, TCSETS2, &before) == 0);
    before = settings();

    first = open_port(rm, name_of(device));
    second = open_port(rm, name_of(device));
    SET(first, VI_ATTR_ASRL_BAUD, 57600);
    SET(first, VI_ATTR_ASRL_FLOW_CNTRL, VI_ASRL_FLOW_RTS_CTS);
    SET(first, VI_ATTR_ASRL_XOFF_CHAR, 0x7F);
    EXPECT(viClose(first), VI_SUCCESS);
    after = settings();
    CHECK(memcmp(&before, &after, sizeof after) != 0);
    EXPECT(viClose(second), VI_SUCCESS);
    after = settings();
    CHECK(memcmp(&before, &after, sizeof after) == 0);
    close(fd);
}

int main(int argc, char **argv)
{
    ViSession rm = open_manager();
    CHECK(argc == 2);
    device = argv[1];
    exclusive(rm);
    taken_by_others(rm);
    shared_settings(rm);
    restored(rm);
    EXPECT(viClose(rm), VI_SUCCESS);
    return 0;
}
