/* The emulated instrument byte by byte: pipes that are halted or wait, aborts and clears, control
 * requests, and the cable. Arguments: the check and an instrument.
 */

#include "usb_wire.h"

/* Halted pipes stay so until they are cleared. */
static void halts(const char *serial)
{
    int fd = node(serial);
    disturbed(fd, serial, "stall-in 1");
    CHECK(get(fd) == EPIPE);
    CHECK(get(fd) == EPIPE);
    EXPECT_BENCH(serial, "halted", "82");
    CHECK(ioctl(fd, USBTMC_IOCTL_CLEAR_IN_HALT) == 0);
    EXPECT_BENCH(serial, "halted", "");
    /* The transfer has ended with the halt, the message has not. */
    CHECK(ask(fd, 1000) == 0 && get(fd) == 0);
    ANSWER(11, 1, "0123456789\n", 0);

    bench(serial, "fault stall-out 1");
    CHECK(say(fd, "ECHO lost\n") == EPIPE);
    CHECK(say(fd, "ECHO lost\n") == EPIPE);
    EXPECT_BENCH(serial, "halted", "01");
    CHECK(ioctl(fd, USBTMC_IOCTL_CLEAR_OUT_HALT) == 0);
    /* The two were never seen. */
    tag = (unsigned char)(tag - 2);
    right(fd);
    EXPECT_BENCH(serial, "violations", "none");

    /* A strict device refuses what the standard does not know. */
    CHECK(put(fd, "\x63\x01\xFE\0\0\0\0\0\0\0\0\0", 12) == EPIPE);
    EXPECT_BENCH(serial, "halted", "01");
    CHECK(strstr(bench(serial, "violations"), "MsgID 99") != NULL);
}

/* Devices that wait: for ever, or for a time. */
static void waits(const char *serial)
{
    struct timespec began, ended;
    __u32 timeout = 1000;
    int fd = node(serial);
    disturbed(fd, serial, "delay-in 1 300");
    CHECK(clock_gettime(CLOCK_MONOTONIC, &began) == 0);
    CHECK(get(fd) == 0 && clock_gettime(CLOCK_MONOTONIC, &ended) == 0);
    CHECK((ended.tv_sec - began.tv_sec) * 1000 + (ended.tv_nsec - began.tv_nsec) / 1000000 > 200);
    bench(serial, "fault delay-out 1 300");
    right(fd);
    EXPECT_BENCH(serial, "happened delay-out", "1");
    CHECK(ioctl(fd, USBTMC_IOCTL_SET_TIMEOUT, &timeout) == 0);
    disturbed(fd, serial, "hold-in 1");
    CHECK(get(fd) == ETIMEDOUT);
    EXPECT_BENCH(serial, "waiting", "1");
    /* It is aborted: nothing has been sent, and the packet that ends it is still to be read. */
    expect_control(fd, 0xA2, 3, tag + 1, BULK_IN, 2, "\x81", 1);
    expect_control(fd, 0xA2, 4, 0, BULK_IN, 8, "\x82", 1);
    expect_control(fd, 0xA2, 3, tag, BULK_IN, 2, "\x01", 1);
    expect_control(fd, 0xA2, 4, 0, BULK_IN, 8, "\x02\x01", 2);
    CHECK(get(fd) == 0 && in_count == 0);
    expect_control(fd, 0xA2, 4, 0, BULK_IN, 8, "\x01\0\0\0\0\0\0\0", 8);
    expect_control(fd, 0xA2, 3, tag, BULK_IN, 2, "\x80", 1);
    /* The message waits. */
    CHECK(ask(fd, 1000) == 0 && get(fd) == 0);
    ANSWER(11, 1, "0123456789\n", 0);
    bench(serial, "fault hold-out 1");
    CHECK(say(fd, "ECHO lost\n") == ETIMEDOUT);
    tag--;
    right(fd);
    EXPECT_BENCH(serial, "violations", "none");
}

/* What ends a message that has begun and an answer that has begun. */
static void aborts(const char *serial)
{
    unsigned char out[512];
    int fd = node(serial);
    head(out, 1, 1000, 1);
    memset(out + 12, 'x', 500);
    CHECK(put(fd, out, 512) == 0);
    expect_control(fd, 0xA2, 1, tag + 1, BULK_OUT, 2, "\x81", 1);
    expect_control(fd, 0xA2, 1, tag, BULK_OUT, 2, "\x01", 1);
    EXPECT_BENCH(serial, "halted", "01");
    expect_control(fd, 0xA2, 2, 0, BULK_OUT, 8, "\x01\0\0\0\xF4\x01\0\0", 8);
    CHECK(ioctl(fd, USBTMC_IOCTL_CLEAR_OUT_HALT) == 0);
    right(fd);
    expect_control(fd, 0xA2, 1, tag, BULK_OUT, 2, "\x80", 1);

    CHECK(say(fd, "DATA:BLOCK? 9000\n") == 0 && ask(fd, 10000) == 0 && get(fd) == 0);
    CHECK(in_count == 4096);
    expect_control(fd, 0xA2, 3, tag, BULK_IN, 2, "\x01", 1);
    CHECK(get(fd) == 0 && in_count == 0);
    expect_control(fd, 0xA2, 4, 0, BULK_IN, 8, "\x01\0\0\0\xF4\x0F\0\0", 8);

    /* Clear: both ends, and an answer that has begun is to be read to its end. */
    CHECK(say(fd, "DATA:BLOCK? 9000\n") == 0 && ask(fd, 10000) == 0 && get(fd) == 0);
    expect_control(fd, 0xA1, 6, 0, 0, 2, "\x82", 1);
    expect_control(fd, 0xA1, 5, 0, 0, 1, "\x01", 1);
    EXPECT_BENCH(serial, "halted", "01");
    expect_control(fd, 0xA1, 6, 0, 0, 2, "\x02\x01", 2);
    CHECK(get(fd) == 0 && in_count == 0);
    expect_control(fd, 0xA1, 6, 0, 0, 2, "\x01\0", 2);
    CHECK(ioctl(fd, USBTMC_IOCTL_CLEAR_OUT_HALT) == 0);
    right(fd);

    /* Aborts that do nothing, and ones that there are not. */
    disturbed(fd, serial, "ignore-abort 1");
    expect_control(fd, 0xA2, 3, tag, BULK_IN, 2, "\x01", 1);
    CHECK(get(fd) == 0);
    ANSWER(11, 1, "0123456789\n", 0);
    disturbed(fd, serial, "stall-control 1 abort-in");
    CHECK(control(fd, 0xA2, 3, tag, BULK_IN, out, 2) == EPIPE);
    CHECK(get(fd) == 0);
    EXPECT_BENCH(serial, "requests abort-out", "3");
    EXPECT_BENCH(serial, "violations", "none");

    /* What the host must not do. */
    CHECK(say(fd, "ECHO lost\n") == 0 && ask(fd, 1000) == 0 && ask(fd, 1000) == 0);
    CHECK(get(fd) == 0);
    ANSWER(5, 1, "lost\n", 0);
    EXPECT_BENCH(serial, "violations", "request while an answer is under way");
}

/* Control requests that are refused, late, failing, pending; status bytes that do not come. */
static void controls(const char *serial)
{
    unsigned char answer[32];
    __u8 status;
    __u32 timeout = 1000;
    int fd = node(serial);
    bench(serial, "fault fail-control 1 clear");
    expect_control(fd, 0xA1, 7, 0, 0, 24, "\x01\0\0\x01\x04\x01", 6);
    expect_control(fd, 0xA1, 5, 0, 0, 1, "\x80", 1);
    EXPECT_BENCH(serial, "halted", "");
    expect_control(fd, 0xA1, 5, 0, 0, 1, "\x01", 1);
    bench(serial, "fault pending 2 check-clear");
    expect_control(fd, 0xA1, 6, 0, 0, 2, "\x02\0", 2);
    expect_control(fd, 0xA1, 6, 0, 0, 2, "\x02\0", 2);
    expect_control(fd, 0xA1, 6, 0, 0, 2, "\x01\0", 2);
    CHECK(ioctl(fd, USBTMC_IOCTL_CLEAR_OUT_HALT) == 0);
    bench(serial, "fault delay-control 1 pulse");
    expect_control(fd, 0xA1, 64, 0, 0, 1, "\x01", 1);
    EXPECT_BENCH(serial, "happened delay-control", "1");
    bench(serial, "fault stall-control 1 pulse");
    CHECK(control(fd, 0xA1, 64, 0, 0, answer, 1) == EPIPE);
    CHECK(ioctl(fd, USBTMC_IOCTL_SET_TIMEOUT, &timeout) == 0);
    bench(serial, "fault stb-none 1");
    CHECK(ioctl(fd, USBTMC_IOCTL_GET_STB, &status) == -1 && errno == ETIMEDOUT);
    CHECK(ioctl(fd, USBTMC_IOCTL_GET_STB, &status) == 0);
    bench(serial, "fault stb-tag 1");
    /* Which the driver takes. */
    CHECK(ioctl(fd, USBTMC_IOCTL_GET_STB, &status) == 0);
    EXPECT_BENCH(serial, "happened stb-tag", "1");
    CHECK(ioctl(fd, USBTMC_IOCTL_GET_STB, &status) == 0);
    /* The kernel gives a control request 5 s. */
    bench(serial, "fault silent-control 1 pulse");
    CHECK(control(fd, 0xA1, 64, 0, 0, answer, 1) == ETIMEDOUT);
    EXPECT_BENCH(serial, "waiting", "1");
    right(fd);
    EXPECT_BENCH(serial, "violations", "none");
}

/* The cable goes in the middle of a transfer; put back, all is well. */
static void cables(const char *serial)
{
    static const char *const faults[] = { "unplug-in 1", "unplug-in 1 5000", "unplug-out 1" };
    size_t i;
    for (i = 0; i < 3; i++) {
        char command[64];
        int status, fd = node(serial);
        snprintf(command, sizeof command, "fault %s", faults[i]);
        bench(serial, command);
        status = say(fd, "DATA:BLOCK? 9000\n");
        if (i < 2) {
            CHECK(status == 0 && ask(fd, 10000) == 0);
            status = i == 0 ? 0 : get(fd);
            CHECK(status == 0);
            status = get(fd);
        }
        CHECK(status == ENODEV || status == ESHUTDOWN || status == ECONNRESET || status == EPROTO
              || status == EIO);
        CHECK(close(fd) == 0);
        bench(serial, "unplug");
        bench(serial, "plug");
        fd = node(serial);
        tag = 0;
        right(fd);
        CHECK(close(fd) == 0);
    }
}

/* Deaf and dumb until it is cleared. */
static void needs_clear(const char *serial)
{
    __u32 timeout = 500;
    int fd = node(serial);
    CHECK(ioctl(fd, USBTMC_IOCTL_SET_TIMEOUT, &timeout) == 0);
    CHECK(say(fd, "ECHO lost\n") == 0 && ask(fd, 1000) == 0);
    CHECK(get(fd) == ETIMEDOUT);
    timeout = 20000;
    CHECK(ioctl(fd, USBTMC_IOCTL_SET_TIMEOUT, &timeout) == 0);
    CHECK(ioctl(fd, USBTMC_IOCTL_CLEAR) == 0);
    right(fd);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(const char *serial);
    } checks[] = {
        { "halts", halts },
        { "waits", waits },
        { "aborts", aborts },
        { "controls", controls },
        { "cables", cables },
        { "needs_clear", needs_clear },
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
