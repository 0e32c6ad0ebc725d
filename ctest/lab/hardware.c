/* The bench itself, by the kernel's calls alone and without the library: what the programs for the
 * library rely on. The first argument names the check, the second an adapter's serial number.
 */

#define _DEFAULT_SOURCE
#include <fcntl.h>
#include <linux/serial.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include "bench.h"

/* The C library's headers leave it out. */
#ifndef TIOCM_LOOP
#define TIOCM_LOOP 0x8000
#endif

/* Opens a port raw, errors marked by 0xFF 0x00 before the character. */
static int port(const char *path)
{
    struct termios raw;
    int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK);
    CHECK(fd >= 0);
    CHECK(tcgetattr(fd, &raw) == 0);
    cfmakeraw(&raw);
    raw.c_iflag = INPCK | PARMRK;
    raw.c_cflag |= CLOCAL | CREAD | PARENB;
    CHECK(cfsetspeed(&raw, B19200) == 0);
    CHECK(tcsetattr(fd, TCSANOW, &raw) == 0);
    return fd;
}

/* So many bytes must arrive, and be these. */
static void expect_bytes(int fd, const char *want, size_t count)
{
    char got[256];
    size_t have = 0;
    CHECK(count <= sizeof got);
    while (have < count) {
        struct pollfd ready = { fd, POLLIN, 0 };
        ssize_t more;
        CHECK(poll(&ready, 1, 30000) == 1);
        more = read(fd, got + have, count - have);
        CHECK(more > 0);
        have += (size_t)more;
    }
    CHECK(memcmp(got, want, count) == 0);
}

static void expect_lines(int fd, int mask, int want)
{
    int lines = 0;
    CHECK(ioctl(fd, TIOCMGET, &lines) == 0);
    CHECK((lines & mask) == want);
}

/* Bytes go both ways between the two joined ports, all 256 of them. */
static void null_modem(void)
{
    char all[256];
    int one = port("/dev/ttyS0");
    int two = port("/dev/ttyS1");
    int i;
    for (i = 0; i < 256; i++) {
        all[i] = (char)i;
    }
    CHECK(write(one, all, 255) == 255);
    expect_bytes(two, all, 255);
    CHECK(write(two, "back", 4) == 4);
    expect_bytes(one, "back", 4);
}

/* A 16550 in loopback mode joins RTS to CTS, DTR to DSR, OUT1 to RI and OUT2 to DCD. */
static void loopback(void)
{
    int fd = port("/dev/ttyS2");
    int loop = TIOCM_LOOP | TIOCM_RTS;
    CHECK(ioctl(fd, TIOCMSET, &loop) == 0);
    expect_lines(fd, TIOCM_CTS | TIOCM_DSR, TIOCM_CTS);
    loop = TIOCM_LOOP | TIOCM_DTR;
    CHECK(ioctl(fd, TIOCMSET, &loop) == 0);
    expect_lines(fd, TIOCM_CTS | TIOCM_DSR, TIOCM_DSR);
    loop = TIOCM_LOOP;
    CHECK(ioctl(fd, TIOCMBIC, &loop) == 0);
}

/* Ports that have a name and no hardware are there, and told apart by their type. */
static void dummies(void)
{
    struct serial_struct serial;
    int fd = open("/dev/ttyS3", O_RDWR | O_NOCTTY | O_NONBLOCK);
    CHECK(fd >= 0 && ioctl(fd, TIOCGSERIAL, &serial) == 0 && serial.type == PORT_16550A);
    fd = open("/dev/ttyS4", O_RDWR | O_NOCTTY | O_NONBLOCK);
    CHECK(fd >= 0 && ioctl(fd, TIOCGSERIAL, &serial) == 0 && serial.type == PORT_UNKNOWN);
}

/* Data and settings arrive at an adapter's far end, and its data and modem lines here. */
static void adapter(const char *serial)
{
    int fd = port(bench(serial, "tty"));
    EXPECT_BENCH(serial, "settings", "19200 8 even 10 none dtr=1 rts=1 break=0");
    CHECK(write(fd, "there\r", 6) == 6);
    EXPECT_BENCH(serial, "received 6", "there\\x0D");
    bench(serial, "send back");
    expect_bytes(fd, "back", 4);
    bench(serial, "behave loopback");
    CHECK(write(fd, "echo", 4) == 4);
    expect_bytes(fd, "echo", 4);
    CHECK(tcsendbreak(fd, 0) == 0);
    CHECK(atoi(bench(serial, "breaks")) >= 250);
}

/* Each fault counts as itself, and as nothing else. */
static void faults(const char *serial)
{
    struct serial_icounter_struct before, now;
    int fd = port(bench(serial, "tty"));
    memset(&before, 0, sizeof before);
    memset(&now, 0, sizeof now);
    CHECK(ioctl(fd, TIOCGICOUNT, &before) == 0);
    bench(serial, "send-bad parity P");
    bench(serial, "send-bad framing F");
    bench(serial, "send-bad overrun O");
    bench(serial, "send-bad break \\x00");
    /* FTDI marks the characters, CDC-ACM tells of errors beside them; a break is marked by both. */
    if (strstr(bench(serial, "tty"), "USB") != NULL) {
        expect_bytes(fd, "\xFF\0P\xFF\0FO\xFF\0\0", 10);
    } else {
        expect_bytes(fd, "PFO\xFF\0\0", 6);
    }
    CHECK(ioctl(fd, TIOCGICOUNT, &now) == 0);
    CHECK(now.parity - before.parity == 1);
    CHECK(now.frame - before.frame == 1);
    CHECK(now.overrun - before.overrun == 1);
    CHECK(now.brk - before.brk == 1);
}

/* The far end's modem lines are the adapter's inputs, DTR and RTS its outputs. */
static void lines(const char *serial)
{
    struct pollfd never = { -1, 0, 0 };
    int fd = port(bench(serial, "tty"));
    int bits = TIOCM_RTS, have = 0, tries;
    bench(serial, "lines dsr ri");
    for (tries = 0; tries < 300 && (have & TIOCM_RI) == 0; tries++) {
        CHECK(ioctl(fd, TIOCMGET, &have) == 0);
        poll(&never, 0, 100);
    }
    expect_lines(fd, TIOCM_DSR | TIOCM_RI | TIOCM_CD, TIOCM_DSR | TIOCM_RI);
    CHECK(ioctl(fd, TIOCMBIC, &bits) == 0);
    CHECK(strstr(bench(serial, "settings"), "dtr=1 rts=0") != NULL);
}

/* A pulled plug hangs up; put back, the port is a new one. */
static void unplug(const char *serial)
{
    struct pollfd ready;
    char byte;
    int fd = port(bench(serial, "tty"));
    bench(serial, "unplug");
    ready.fd = fd;
    ready.events = POLLIN;
    CHECK(poll(&ready, 1, 30000) == 1 && (ready.revents & POLLHUP) != 0);
    CHECK(read(fd, &byte, 1) == 0);
    CHECK(write(fd, "x", 1) == -1 && errno == EIO);
    close(fd);
    bench(serial, "plug");
    adapter(serial);
}

int main(int argc, char **argv)
{
    const char *check = argc > 1 ? argv[1] : "";
    const char *serial = argc > 2 ? argv[2] : "";
    if (strcmp(check, "null_modem") == 0) {
        null_modem();
    } else if (strcmp(check, "loopback") == 0) {
        loopback();
    } else if (strcmp(check, "dummies") == 0) {
        dummies();
    } else if (strcmp(check, "adapter") == 0) {
        adapter(serial);
    } else if (strcmp(check, "faults") == 0) {
        faults(serial);
    } else if (strcmp(check, "lines") == 0) {
        lines(serial);
    } else if (strcmp(check, "unplug") == 0) {
        unplug(serial);
    } else {
        printf("no check \"%s\"\n", check);
        return 2;
    }
    return 0;
}
