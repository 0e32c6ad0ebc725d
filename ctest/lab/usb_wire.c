/* The emulated instrument byte by byte: what each fault makes of an answer. Arguments: the check and an
 * instrument.
 */

#include "usb_wire.h"

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

/* Vendor specific messages come back. */
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
        { "answers", answers },
        { "pieces", pieces },
        { "ends", ends },
        { "vendor", vendor },
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
