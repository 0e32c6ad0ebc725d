/* big_block.c: a quarter of a gigabyte in one read and one write, whole and right, and the library
 * keeps no copy of it: memory grows by next to nothing beyond the program's own buffer.
 */

#include "check.h"

#define SIZE 268435456UL
#define HEAD "#9268435456"
#define ASK "DATA:BLOCK? 268435456"

/* What the library may need on top, in KiB: pieces in flight, not the block. */
#define GROWTH 32768L

/* Peak resident memory of this process in KiB (proc(5), VmHWM). */
static long peak(void)
{
    char line[256];
    long kib = -1;
    FILE *status = fopen("/proc/self/status", "r");

    if (status == NULL) {
        skip("no /proc/self/status here");
    }
    while (fgets(line, sizeof line, status) != NULL) {
        if (sscanf(line, "VmHWM: %ld", &kib) == 1) {
            break;
        }
    }
    fclose(status);
    CHECK(kib > 0);
    return kib;
}

/* Byte i of the simulated instrument's data. */
static ViByte pattern(size_t i)
{
    return (ViByte)(i * 31 + i / 251);
}

int main(int argc, char **argv)
{
    const char *name = resource(argc, argv);
    ViSession rm = open_manager();
    ViSession vi = open_session(rm, name);
    size_t head = strlen(HEAD), load = strlen("DATA:LOAD "), i;
    size_t whole_ = head + SIZE + 1;
    ViByte *buffer = malloc(load + whole_);
    ViUInt32 count = 0;
    unsigned long got = 0, sum = 0;
    int right = 0;
    char report[64] = "";
    long before;

    CHECK(buffer != NULL);
    memset(buffer, '#', load + whole_);
    /* Small traffic first: what the library keeps for any session is not counted. */
    command(vi, "ECHO? ready");
    EXPECT_READ(vi, 64, whole(name), "ready\n");
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, 90000), VI_SUCCESS);
    EXPECT(viSetAttribute(vi, VI_ATTR_TERMCHAR_EN, VI_FALSE), VI_SUCCESS);
    before = peak();

    command(vi, ASK);
    EXPECT(viRead(vi, buffer + load, (ViUInt32)whole_, &count),
           is_stream(name) ? VI_SUCCESS_MAX_CNT : VI_SUCCESS);
    CHECK(count == whole_);
    CHECK(memcmp(buffer + load, HEAD, head) == 0 && buffer[load + whole_ - 1] == '\n');
    for (i = 0; i < SIZE; i++) {
        if (buffer[load + head + i] != pattern(i)) {
            printf("byte %lu is wrong\n", (unsigned long)i);
            return 1;
        }
    }

    /* The same bytes back. */
    memcpy(buffer, "DATA:LOAD ", load);
    EXPECT(viWrite(vi, buffer, (ViUInt32)(load + whole_), &count), VI_SUCCESS);
    CHECK(count == load + whole_);
    if (peak() - before > GROWTH) {
        printf("memory grew by %ld KiB\n", peak() - before);
        return 1;
    }
    EXPECT(viSetAttribute(vi, VI_ATTR_TERMCHAR_EN, is_stream(name)), VI_SUCCESS);
    command(vi, "DATA:LOAD?");
    EXPECT(viRead(vi, (ViPBuf)report, sizeof report - 1, &count), whole(name));
    CHECK(sscanf(report, "%lu,%lu,%d", &got, &sum, &right) == 3);
    CHECK(got == SIZE && right == 1);

    free(buffer);
    EXPECT(viClose(rm), VI_SUCCESS);
    return 0;
}
