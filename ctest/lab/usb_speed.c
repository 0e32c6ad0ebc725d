/* How fast the library is beside other ways to the same instrument: large messages from it beside
 * the kernel's driver, queries beside that and beside bare usbfs, which adds nothing to the
 * protocol. All in one run and by turns, because machines differ and are busy. What comes must be
 * right; the figures are printed and judged by nobody. Argument: the instrument's serial number.
 */

#include <fcntl.h>
#include <linux/usb/tmc.h>
#include <linux/usbdevice_fs.h>
#include <sys/ioctl.h>
#include "usb.h"

#define ROUNDS 5
#define LARGE (4UL << 20)
#define QUERIES 100
#define ANSWER "0123456789\n"
#define QUESTION "ECHO " ANSWER
/* ms */
#define LIMIT 20000

static ViByte want[LARGE + 64], got[LARGE + 64];
static size_t want_count;

/* Of one way, by rounds: ms. */
struct times {
    double large[ROUNDS], query[ROUNDS];
};

static void is_answer(const void *bytes, size_t count)
{
    CHECK(count == strlen(ANSWER) && memcmp(bytes, ANSWER, count) == 0);
}

static void is_block(size_t count)
{
    CHECK(count == want_count && memcmp(got, want, count) == 0);
    memset(got, 0, sizeof got);
}

static void by_library(ViSession rm, const char *serial, struct times *times, int round)
{
    ViSession vi = open_instrument(rm, serial);
    char question[64];
    ViUInt32 count = 0;
    double began = now();
    int i;
    for (i = 0; i < QUERIES; i++) {
        EXPECT(viWrite(vi, (ViConstBuf)QUESTION, sizeof QUESTION - 1, &count), VI_SUCCESS);
        EXPECT(viRead(vi, got, 4096, &count), VI_SUCCESS);
        is_answer(got, count);
    }
    times->query[round] = (now() - began) / QUERIES;
    sprintf(question, "DATA:BLOCK? %lu\n", LARGE);
    began = now();
    EXPECT(viWrite(vi, (ViConstBuf)question, (ViUInt32)strlen(question), &count), VI_SUCCESS);
    EXPECT(viRead(vi, got, sizeof got, &count), VI_SUCCESS);
    times->large[round] = now() - began;
    is_block(count);
    EXPECT(viClose(vi), VI_SUCCESS);
}

static void by_kernel(const char *serial, struct times *times, int round)
{
    int fd = open(bench(serial, "usbtmc"), O_RDWR), i;
    __u32 limit = LIMIT;
    char question[64];
    size_t count = 0;
    double began;
    CHECK(fd >= 0 && ioctl(fd, USBTMC_IOCTL_SET_TIMEOUT, &limit) == 0);
    began = now();
    for (i = 0; i < QUERIES; i++) {
        CHECK(write(fd, QUESTION, sizeof QUESTION - 1) == sizeof QUESTION - 1);
        is_answer(got, (size_t)read(fd, got, 4096));
    }
    times->query[round] = (now() - began) / QUERIES;
    sprintf(question, "DATA:BLOCK? %lu\n", LARGE);
    began = now();
    CHECK(write(fd, question, strlen(question)) == (ssize_t)strlen(question));
    while (count < want_count) {
        ssize_t more = read(fd, got + count, sizeof got - count);
        CHECK(more > 0);
        count += (size_t)more;
    }
    times->large[round] = now() - began;
    is_block(count);
    close(fd);
}

/* The first line of a file of the device's in sysfs, a number. */
static int number(const char *serial, const char *file)
{
    char path[256];
    FILE *stream;
    int value = 0;
    snprintf(path, sizeof path, "/sys/bus/usb/devices/%s/%s", bench(serial, "path"), file);
    stream = fopen(path, "r");
    CHECK(stream != NULL && fscanf(stream, "%d", &value) == 1);
    fclose(stream);
    return value;
}

static int bulk(int fd, unsigned int pipe, void *bytes, unsigned int count)
{
    struct usbdevfs_bulktransfer transfer = { pipe, count, LIMIT, bytes };
    return ioctl(fd, USBDEVFS_BULK, &transfer);
}

/* A header (USBTMC 1.0, table 1): of a message with its end, or a request for one. */
static void header(ViByte *to, int id, unsigned int count)
{
    static ViByte tag;
    ViByte bytes[12] = { 0 };
    tag = (ViByte)(tag == 255 ? 1 : tag + 1);
    bytes[0] = (ViByte)id;
    bytes[1] = tag;
    bytes[2] = (ViByte)~tag;
    bytes[4] = (ViByte)count;
    bytes[5] = (ViByte)(count >> 8);
    bytes[8] = id == 1;
    memcpy(to, bytes, sizeof bytes);
}

static void by_usbfs(const char *serial, struct times *times, int round)
{
    struct usbdevfs_disconnect_claim claim = { 0, 0, "" };
    struct usbdevfs_ioctl give_back = { 0, USBDEVFS_CONNECT, NULL };
    ViByte capabilities[0x18], bytes[512], descriptors[256];
    /* After this the host may begin with any tag. */
    struct usbdevfs_ctrltransfer ask = { 0xA1, 7, 0, 0, sizeof capabilities, LIMIT, capabilities };
    unsigned int out = 0, in = 0, nothing = 0;
    char path[64];
    double began;
    ssize_t length, at;
    int fd, i;
    snprintf(path, sizeof path, "/dev/bus/usb/%03d/%03d", number(serial, "busnum"),
             number(serial, "devnum"));
    fd = open(path, O_RDWR);
    CHECK(fd >= 0);
    /* Of its descriptors, the bulk endpoints. */
    length = read(fd, descriptors, sizeof descriptors);
    for (at = 0; at + 3 < length && descriptors[at] > 0; at += descriptors[at]) {
        if (descriptors[at + 1] == 5 && descriptors[at + 3] == 2) {
            *(descriptors[at + 2] & 0x80 ? &in : &out) = descriptors[at + 2];
        }
    }
    CHECK(in != 0 && out != 0);
    CHECK(ioctl(fd, USBDEVFS_DISCONNECT_CLAIM, &claim) == 0);
    CHECK(ioctl(fd, USBDEVFS_CONTROL, &ask) == (int)sizeof capabilities);
    began = now();
    for (i = 0; i < QUERIES; i++) {
        static const ViByte padding[4] = { 0, 0, 0, 0 };
        const unsigned int count = sizeof QUESTION - 1, all = (12 + count + 3) / 4 * 4;
        int came;
        header(bytes, 1, count);
        memcpy(bytes + 12, QUESTION, count);
        memcpy(bytes + 12 + count, padding, all - 12 - count);
        CHECK(bulk(fd, out, bytes, all) == (int)all);
        header(bytes, 2, 4096);
        CHECK(bulk(fd, out, bytes, 12) == 12);
        came = bulk(fd, in, bytes, sizeof bytes);
        CHECK(came >= 12 + (int)strlen(ANSWER) && bytes[4] == strlen(ANSWER));
        is_answer(bytes + 12, bytes[4]);
    }
    times->query[round] = (now() - began) / QUERIES;
    CHECK(ioctl(fd, USBDEVFS_RELEASEINTERFACE, &nothing) == 0);
    CHECK(ioctl(fd, USBDEVFS_IOCTL, &give_back) == 1);
    close(fd);
    EXPECT_BENCH(serial, "driver", "usbtmc");
}

static int order(const void *one, const void *other)
{
    const double *a = one, *b = other;
    return (*a > *b) - (*a < *b);
}

static void tell(const char *what, const char *of, double *rounds, double bytes)
{
    qsort(rounds, ROUNDS, sizeof *rounds, order);
    printf("%s, %s: %.2f ms (%.2f to %.2f)", what, of, rounds[ROUNDS / 2], rounds[0],
           rounds[ROUNDS - 1]);
    if (bytes > 0) {
        printf(", %.1f MB/s", bytes / 1000 / rounds[ROUNDS / 2]);
    }
    printf("\n");
}

int main(int argc, char **argv)
{
    const char *serial = argc > 1 ? argv[1] : "";
    static struct times library, kernel, usbfs;
    ViSession rm = open_manager();
    int round;
    want_count = block(want, "", LARGE);
    for (round = 0; round < ROUNDS; round++) {
        by_kernel(serial, &kernel, round);
        by_library(rm, serial, &library, round);
        by_usbfs(serial, &usbfs, round);
    }
    printf("medians of %d rounds\n", ROUNDS);
    tell("a message of 4 MiB", "the library", library.large, (double)want_count);
    tell("a message of 4 MiB", "the kernel's driver", kernel.large, (double)want_count);
    tell("a query", "the library", library.query, 0);
    tell("a query", "the kernel's driver", kernel.query, 0);
    tell("a query", "bare usbfs", usbfs.query, 0);
    EXPECT_BENCH(serial, "violations", "none");
    EXPECT(viClose(rm), VI_SUCCESS);
    return 0;
}
