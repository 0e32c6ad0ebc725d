/* The emulated instrument byte by byte: what each fault puts on the bus, and what a strict device
 * does not take. The kernel's driver carries the bytes and adds none. Arguments: the check and an
 * instrument.
 */

#include "usbtmc_node.h"

#define BULK_OUT 0x01
#define BULK_IN 0x82

static unsigned char tag;

/* A transfer to the bulk-OUT endpoint: 0 or what is wrong. */
static int put(int fd, const void *bytes, size_t count)
{
    struct usbtmc_message message = { 0, 0, 0, NULL };
    message.transfer_size = (__u32)count;
    message.message = (void *)bytes;
    return ioctl(fd, USBTMC_IOCTL_WRITE, &message) >= 0 ? 0 : errno;
}

static unsigned char in[8192];
static size_t in_count;

/* A transfer from the bulk-IN endpoint, up to a packet that is not full or 4096 bytes, the size of
 * each of the driver's own transfers. */
static int get(int fd)
{
    struct usbtmc_message message = { 0, 0, 0, in };
    int status;
    message.transfer_size = 4096;
    status = ioctl(fd, USBTMC_IOCTL_READ, &message) >= 0 ? 0 : errno;
    in_count = message.transferred;
    return status;
}

static void head(unsigned char *to, unsigned char id, size_t size, unsigned char attributes)
{
    tag = tag == 255 ? 1 : tag + 1;
    memset(to, 0, 12);
    to[0] = id;
    to[1] = tag;
    to[2] = (unsigned char)~tag;
    to[4] = (unsigned char)size;
    to[5] = (unsigned char)(size >> 8);
    to[8] = attributes;
}

/* Sends a whole message. */
static int say(int fd, const char *text)
{
    unsigned char out[512];
    size_t count = strlen(text);
    head(out, 1, count, 1);
    memset(out + 12, 0, count + 4);
    memcpy(out + 12, text, count);
    return put(fd, out, 12 + (count + 3) / 4 * 4);
}

static int ask(int fd, size_t size)
{
    unsigned char out[12];
    head(out, 2, size, 0);
    return put(fd, out, 12);
}

static int control(int fd, int kind, int request, int value, int index, unsigned char *to,
                   int length)
{
    struct usbtmc_ctrlrequest control;
    control.req.bRequestType = (__u8)kind;
    control.req.bRequest = (__u8)request;
    control.req.wValue = (__u16)value;
    control.req.wIndex = (__u16)index;
    control.req.wLength = (__u16)length;
    control.data = to;
    return ioctl(fd, USBTMC_IOCTL_CTRL_REQUEST, &control) >= 0 ? 0 : errno;
}

/* The request must be answered with these bytes, the first of its answer. */
static void expect_control(int fd, int kind, int request, int value, int index, int length,
                           const char *want, size_t count)
{
    unsigned char answer[32];
    int status = control(fd, kind, request, value, index, answer, length);
    if (status != 0 || memcmp(answer, want, count) != 0) {
        printf("request %d: errno %d, answer %02x %02x\n", request, status, answer[0], answer[1]);
        exit(1);
    }
}

/* The transfer must be this: a header, then text, then so many more bytes. */
static void expect_answer(int line, unsigned id, unsigned char with, unsigned char inverse,
                          unsigned long size, unsigned attributes, const char *text, size_t more)
{
    unsigned long told = in[4] | in[5] << 8 | in[6] << 16 | (unsigned long)in[7] << 24;
    if (in_count != 12 + strlen(text) + more || in[0] != id || in[1] != with || in[2] != inverse
        || told != size || in[8] != attributes || memcmp(in + 12, text, strlen(text)) != 0) {
        printf("line %d: %lu bytes, MsgID %u, tag %u %u (of %u), size %lx, attributes %u, %.*s\n",
               line, (unsigned long)in_count, in[0], in[1], in[2], tag, told, in[8],
               in_count > 12 ? (int)in_count - 12 : 0, (char *)in + 12);
        exit(1);
    }
}

#define ANSWER(size, attributes, text, more) \
    expect_answer(__LINE__, 2, tag, (unsigned char)~tag, size, attributes, text, more)

/* Asks for ten digits and a line feed with the fault; get() is the caller's. */
static void disturbed(int fd, const char *serial, const char *fault)
{
    char command[64];
    snprintf(command, sizeof command, "fault %s", fault);
    bench(serial, command);
    CHECK(say(fd, "ECHO 0123456789\n") == 0);
    CHECK(ask(fd, 1000) == 0);
}

static void right(int fd)
{
    CHECK(say(fd, "ECHO right\n") == 0 && ask(fd, 1000) == 0 && get(fd) == 0);
    ANSWER(6, 1, "right\n", 0);
}

/* What is wrong with the bytes of an answer. */
static void answers(const char *serial)
{
    static const char ten[] = "0123456789\n";
    unsigned char was;
    int fd = node(serial);
    right(fd);
    disturbed(fd, serial, "in-tag 1");
    CHECK(get(fd) == 0);
    expect_answer(__LINE__, 2, tag + 1, (unsigned char)~(tag + 1), 11, 1, ten, 0);
    disturbed(fd, serial, "in-inverse 1");
    CHECK(get(fd) == 0);
    expect_answer(__LINE__, 2, tag, tag, 11, 1, ten, 0);
    disturbed(fd, serial, "in-id 1 126");
    CHECK(get(fd) == 0);
    expect_answer(__LINE__, 126, tag, (unsigned char)~tag, 11, 1, ten, 0);
    disturbed(fd, serial, "size-more 1 7");
    CHECK(get(fd) == 0);
    ANSWER(18, 1, ten, 0);
    disturbed(fd, serial, "size-less 1 7");
    CHECK(get(fd) == 0);
    ANSWER(4, 1, ten, 0);
    disturbed(fd, serial, "size-max 1");
    CHECK(get(fd) == 0);
    ANSWER(0xFFFFFFFF, 1, ten, 0);
    disturbed(fd, serial, "extra 1 600");
    CHECK(get(fd) == 0);
    ANSWER(11, 1, ten, 600);
    disturbed(fd, serial, "align 1");
    CHECK(get(fd) == 0);
    ANSWER(11, 1, ten, 1);
    disturbed(fd, serial, "stale 1");
    CHECK(get(fd) == 0);
    was = (unsigned char)(tag - 1);
    expect_answer(__LINE__, 2, was, (unsigned char)~was, 6, 1, "stale\n", 0);
    CHECK(get(fd) == 0);
    ANSWER(11, 1, ten, 0);
    disturbed(fd, serial, "empty 1");
    CHECK(get(fd) == 0 && in_count == 0);
    right(fd);
    disturbed(fd, serial, "short-header 1");
    CHECK(get(fd) == 0 && in_count == 5);
    right(fd);
    disturbed(fd, serial, "no-eom 1");
    CHECK(get(fd) == 0);
    ANSWER(11, 0, ten, 0);
    right(fd);
    EXPECT_BENCH(serial, "violations", "none");
}

/* How answers are cut into transfers and packets. */
static void pieces(const char *serial)
{
    static const char ten[] = "0123456789\n";
    int fd = node(serial);
    disturbed(fd, serial, "split always 5");
    CHECK(get(fd) == 0);
    ANSWER(5, 0, "01234", 0);
    CHECK(ask(fd, 1000) == 0 && get(fd) == 0);
    ANSWER(5, 0, "56789", 0);
    CHECK(ask(fd, 1000) == 0 && get(fd) == 0);
    ANSWER(1, 1, "\n", 0);
    bench(serial, "fault off");
    disturbed(fd, serial, "cut 1 5");
    CHECK(get(fd) == 0);
    ANSWER(11, 1, "01234", 0);
    CHECK(ask(fd, 1000) == 0 && get(fd) == 0);
    ANSWER(6, 1, "56789\n", 0);
    disturbed(fd, serial, "dribble 1 20");
    CHECK(get(fd) == 0);
    ANSWER(11, 1, "01234567", 0);
    CHECK(get(fd) == 0 && in_count == 3 && memcmp(in, "89\n", 3) == 0);
    bench(serial, "fault ignore-size 1");
    CHECK(say(fd, "ECHO 0123456789\n") == 0 && ask(fd, 4) == 0 && get(fd) == 0);
    ANSWER(11, 1, ten, 0);
    CHECK(say(fd, "ECHO 0123456789\n") == 0 && ask(fd, 4) == 0 && get(fd) == 0);
    ANSWER(4, 0, "0123", 0);
    right(fd);
    /* More than there is room for. */
    disturbed(fd, serial, "babble 1");
    CHECK(get(fd) == EOVERFLOW);
    right(fd);
    EXPECT_BENCH(serial, "violations", "none");
}

/* A full last packet: a packet of no bytes behind it ends the transfer, or is missing. */
static void ends(const char *serial)
{
    __u32 timeout = 500;
    int fd = node(serial);
    /* The host has room for more, and sees the end. */
    CHECK(say(fd, "DATA:BLOCK? 494\n") == 0 && ask(fd, 1000) == 0);
    CHECK(get(fd) == 0 && in_count == 512 && in[4] == 0xF4 && in[5] == 1);
    right(fd);
    /* The host's transfer is as long as the device's: the end is one of its own. */
    CHECK(say(fd, "DATA:BLOCK? 4077\n") == 0 && ask(fd, 10000) == 0);
    CHECK(get(fd) == 0 && in_count == 4096 && in[8] == 1);
    CHECK(get(fd) == 0 && in_count == 0);
    right(fd);
    bench(serial, "fault no-end 2");
    CHECK(say(fd, "DATA:BLOCK? 4077\n") == 0 && ask(fd, 10000) == 0);
    CHECK(get(fd) == 0 && in_count == 4096);
    right(fd);
    /* right() has used up one. */
    bench(serial, "fault no-end 1");
    CHECK(say(fd, "DATA:BLOCK? 494\n") == 0 && ask(fd, 1000) == 0);
    CHECK(ioctl(fd, USBTMC_IOCTL_SET_TIMEOUT, &timeout) == 0);
    CHECK(get(fd) == ETIMEDOUT);
    EXPECT_BENCH(serial, "violations", "none");
}

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

/* Vendor specific messages come back; several instruments in one device are several. */
static void vendor(const char *serial)
{
    unsigned char out[24];
    int fd = node(serial);
    head(out, 126, 5, 0);
    memcpy(out + 12, "a\0\xFF!\n\0\0\0", 8);
    CHECK(put(fd, out, 20) == 0);
    head(out, 127, 100, 0);
    CHECK(put(fd, out, 12) == 0 && get(fd) == 0);
    expect_answer(__LINE__, 127, tag, (unsigned char)~tag, 5, 0, "a", 4);
    EXPECT_BENCH(serial, "violations", "none");
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(const char *serial);
    } checks[] = {
        { "answers", answers },       { "pieces", pieces }, { "ends", ends },
        { "halts", halts },           { "waits", waits },   { "aborts", aborts },
        { "controls", controls },     { "cables", cables }, { "vendor", vendor },
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
