/* The emulated instruments as the kernel's USBTMC driver sees them, without the library: that
 * driver is a host of its own make. The arguments name the check and an instrument.
 */

#include <poll.h>
#include "usbtmc_node.h"

#define LARGEST (15UL << 20)

static char sent[LARGEST + 64], got[LARGEST + 64];

static void say(int fd, const char *text)
{
    CHECK(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
}

/* Reads up to the end of the message. */
static size_t answer(int fd)
{
    size_t length = 0;
    __u8 attributes = 0;
    do {
        ssize_t count = read(fd, got + length, sizeof got - length);
        CHECK(count > 0);
        length += (size_t)count;
        CHECK(ioctl(fd, USBTMC_IOCTL_MSG_IN_ATTR, &attributes) == 0);
    } while ((attributes & 1) == 0);
    return length;
}

static void expect(int fd, const char *want)
{
    size_t length = answer(fd);
    if (length != strlen(want) || memcmp(got, want, length) != 0) {
        printf("\"%.*s\", must be \"%s\"\n", (int)length, got, want);
        exit(1);
    }
}

static void identity(const char *serial)
{
    char want[128];
    int fd = node(serial);
    say(fd, "*IDN?\n");
    snprintf(want, sizeof want, "Ferrovisa,Bench Instrument,%s/0,1\n", serial);
    expect(fd, want);
    EXPECT_BENCH(serial, "driver", "usbtmc");
    EXPECT_BENCH(serial, "violations", "none");
}

/* A block of this length comes whole, and goes whole. */
static void both_ways(int fd, unsigned long count)
{
    char command[64];
    size_t length;
    snprintf(command, sizeof command, "DATA:BLOCK? %lu\n", count);
    say(fd, command);
    length = answer(fd);
    CHECK(length == block(sent, "", count) && memcmp(got, sent, length) == 0);

    length = block(sent, "DATA:LOAD ", count);
    CHECK(write(fd, sent, length) == (ssize_t)length);
    say(fd, "DATA:LOAD?\n");
    length = answer(fd);
    got[length] = '\0';
    CHECK(strtoul(got, NULL, 10) == count && strcmp(strrchr(got, ','), ",1\n") == 0);
}

/* Every length around the ends of packets, with header and head of the block counted in. */
static void lengths(const char *serial)
{
    int fd = node(serial);
    unsigned long packet = atoi(bench(serial, "packet"));
    unsigned long most = 4 * packet + 3, count;
    for (count = 0; count <= most; count++) {
        if ((count + 30) % packet <= 33) {
            both_ways(fd, count);
        }
    }
    EXPECT_BENCH(serial, "violations", "none");
}

static void large(const char *serial)
{
    int fd = node(serial);
    both_ways(fd, (1UL << 20) - 1);
    both_ways(fd, 1UL << 20);
    both_ways(fd, LARGEST);
    EXPECT_BENCH(serial, "violations", "none");
}

static void status_and_events(const char *serial)
{
    struct pollfd ready;
    __u8 status = 0;
    __u32 timeout = 20000;
    int fd = node(serial);
    say(fd, "*CLS\n");
    CHECK(ioctl(fd, USBTMC488_IOCTL_READ_STB, &status) == 0 && status == 0);
    say(fd, "*ESE 1;*SRE 32\n");
    say(fd, "*OPC\n");
    CHECK(ioctl(fd, USBTMC488_IOCTL_WAIT_SRQ, &timeout) == 0);
    ready.fd = fd;
    ready.events = POLLPRI;
    CHECK(poll(&ready, 1, 20000) == 1);
    CHECK(ioctl(fd, USBTMC488_IOCTL_READ_STB, &status) == 0 && status == (0x40 | 0x20));
    EXPECT_BENCH(serial, "requests status-byte", "2");
    /* The poll has cleared RQS. */
    CHECK(ioctl(fd, USBTMC_IOCTL_GET_STB, &status) == 0 && status == 0x20);
    EXPECT_BENCH(serial, "requests status-byte", "3");
    EXPECT_BENCH(serial, "violations", "none");
}

/* Without an interrupt endpoint the answer itself tells the byte. */
static void status_by_control(const char *serial)
{
    __u8 status = 0;
    int fd = node(serial);
    say(fd, "*CLS\n");
    CHECK(ioctl(fd, USBTMC488_IOCTL_READ_STB, &status) == 0 && status == 0);
    say(fd, "*IDN?\n");
    CHECK(ioctl(fd, USBTMC488_IOCTL_READ_STB, &status) == 0 && status == 0x10);
    EXPECT_BENCH(serial, "violations", "none");
}

static void expect_part(const char *serial, const char *command, const char *want)
{
    const char *answer = bench(serial, command);
    if (strstr(answer, want) == NULL) {
        printf("%s: \"%s\" has no \"%s\"\n", command, answer, want);
        exit(1);
    }
}

static void operations(const char *serial)
{
    __u8 caps = 0, on = 1, off = 0;
    int fd = node(serial);
    CHECK(ioctl(fd, USBTMC488_IOCTL_GET_CAPS, &caps) == 0 && caps == 0xF7);
    CHECK(ioctl(fd, USBTMC488_IOCTL_TRIGGER) == 0);
    expect_part(serial, "counters", "triggers=1 clears=0");
    CHECK(ioctl(fd, USBTMC488_IOCTL_REN_CONTROL, &on) == 0);
    say(fd, "*CLS\n");
    expect_part(serial, "counters", "enabled=1 remote=1 lockout=0");
    CHECK(ioctl(fd, USBTMC488_IOCTL_LOCAL_LOCKOUT) == 0);
    expect_part(serial, "counters", "enabled=1 remote=1 lockout=1");
    CHECK(ioctl(fd, USBTMC488_IOCTL_GOTO_LOCAL) == 0);
    expect_part(serial, "counters", "enabled=1 remote=0 lockout=1");
    CHECK(ioctl(fd, USBTMC488_IOCTL_REN_CONTROL, &off) == 0);
    expect_part(serial, "counters", "enabled=0 remote=0 lockout=0");
    CHECK(ioctl(fd, USBTMC_IOCTL_INDICATOR_PULSE) == 0);
    expect_part(serial, "counters", "pulses=1");

    /* A clear drops the answer; the driver ends the halt that a clear leaves behind. */
    say(fd, "ECHO lost\n");
    CHECK(ioctl(fd, USBTMC_IOCTL_CLEAR) == 0);
    EXPECT_BENCH(serial, "requests clear", "1");
    expect_part(serial, "counters", "clears=1");
    EXPECT_BENCH(serial, "halted", "");
    say(fd, "ECHO kept\n");
    expect(fd, "kept\n");
    EXPECT_BENCH(serial, "violations", "none");
}

/* A device that only has USBTMC: no capabilities of USB488, and it halts at a trigger, which the
 * driver sends all the same. */
static void plain(const char *serial)
{
    __u8 caps = 1;
    int fd = node(serial);
    CHECK(ioctl(fd, USBTMC488_IOCTL_GET_CAPS, &caps) == 0 && caps == 0);
    CHECK(ioctl(fd, USBTMC488_IOCTL_TRIGGER) == -1 && errno == EPIPE);
    EXPECT_BENCH(serial, "halted", "01");
    EXPECT_BENCH(serial, "violations", "MsgID 128");
    CHECK(ioctl(fd, USBTMC_IOCTL_CLEAR_OUT_HALT) == 0);
    say(fd, "ECHO plain\n");
    expect(fd, "plain\n");
    EXPECT_BENCH(serial, "violations", "none");
}

/* A read that ends at a character, by the device. */
static void termination(const char *serial)
{
    struct usbtmc_termchar set = { ';', 1 };
    int fd = node(serial);
    say(fd, "ECHO a;b\n");
    CHECK(ioctl(fd, USBTMC_IOCTL_CONFIG_TERMCHAR, &set) == 0);
    CHECK(read(fd, got, 100) == 2 && memcmp(got, "a;", 2) == 0);
    CHECK(read(fd, got, 100) == 2 && memcmp(got, "b\n", 2) == 0);
    EXPECT_BENCH(serial, "violations", "none");
}

static void unplug(const char *serial)
{
    int fd = node(serial);
    bench(serial, "unplug");
    CHECK(write(fd, "*IDN?\n", 6) == -1 && errno == ENODEV);
    close(fd);
    bench(serial, "plug");
    identity(serial);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(const char *serial);
    } checks[] = {
        { "identity", identity },
        { "lengths", lengths },
        { "large", large },
        { "status_and_events", status_and_events },
        { "status_by_control", status_by_control },
        { "operations", operations },
        { "plain", plain },
        { "termination", termination },
        { "unplug", unplug },
    };
    size_t i;
    for (i = 0; i < sizeof checks / sizeof *checks; i++) {
        if (argc == 3 && strcmp(argv[1], checks[i].name) == 0) {
            checks[i].run(argv[2]);
            return 0;
        }
    }
    printf("no such check\n");
    return 2;
}
