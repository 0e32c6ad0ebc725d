/* no_memory.c: counts that no memory could hold get a status or what is there, take no memory of
 * their own, and everything goes on afterwards. */

/* For mappings of memory that nobody has touched. */
#define _DEFAULT_SOURCE
#include <sys/mman.h>
#include <sys/resource.h>
#include "check.h"

/* The longest count there is, and a buffer for it: four gibibytes of which no page is touched that
 * no data come into. */
#define HUGE_COUNT 0xFFFFFFFFu

/* What the process may take more, in bytes: far below the counts. */
#define ROOM (64ul * 1024 * 1024)

static unsigned long size_now(void)
{
    unsigned long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    CHECK(file != NULL && fscanf(file, "%lu", &pages) == 1);
    fclose(file);
    return pages * 4096ul;
}

static void query(ViSession vi, const char *name)
{
    command(vi, "*OPC?");
    EXPECT_READ(vi, 64, whole(name), "1\n");
}

static void reads(ViSession vi, const char *name, ViByte *huge)
{
    ViUInt32 count = 0;
    ViJobId job;
    ViEvent context;
    command(vi, "ECHO? viRead");
    EXPECT(viRead(vi, huge, HUGE_COUNT, &count), whole(name));
    CHECK(count == 7 && memcmp(huge, "viRead\n", 7) == 0);
    command(vi, "ECHO? viBufRead");
    EXPECT(viBufRead(vi, huge, HUGE_COUNT, &count), whole(name));
    CHECK(count == 10 && memcmp(huge, "viBufRead\n", 10) == 0);
    EXPECT(viFlush(vi, VI_READ_BUF_DISCARD), VI_SUCCESS);
    EXPECT(viEnableEvent(vi, VI_EVENT_IO_COMPLETION, VI_QUEUE, VI_NULL), VI_SUCCESS);
    command(vi, "ECHO? viReadAsync");
    EXPECT(viReadAsync(vi, huge, HUGE_COUNT, &job), VI_SUCCESS);
    EXPECT(viWaitOnEvent(vi, VI_EVENT_IO_COMPLETION, 10000, VI_NULL, &context), VI_SUCCESS);
    EXPECT(viGetAttribute(context, VI_ATTR_RET_COUNT_32, &count), VI_SUCCESS);
    CHECK(count == 12 && memcmp(huge, "viReadAsync\n", 12) == 0);
    EXPECT(viClose(context), VI_SUCCESS);
    command(vi, "ECHO? viReadToFile");
    EXPECT(viReadToFile(vi, "/dev/null", HUGE_COUNT, &count), whole(name));
    CHECK(count == 13);
}

/* An answer of four characters, by formats that have room for two thousand million. */
static void scans(ViSession vi, ViByte *huge)
{
    static const char *const formats[] = {"%2000000000c", "%#s", "%#T", "%#[a-z]", "%2000000000s"};
    ViInt32 most;
    size_t i;
    for (i = 0; i < sizeof formats / sizeof *formats; i++) {
        memset(huge, 0, 8);
        most = 2000000000;
        command(vi, "ECHO? abcd");
        if (strchr(formats[i], '#') != NULL) {
            EXPECT(viScanf(vi, formats[i], &most, huge), VI_SUCCESS);
        } else {
            EXPECT(viScanf(vi, formats[i], huge), VI_SUCCESS);
        }
        CHECK(memcmp(huge, "abcd", 4) == 0);
        EXPECT(viFlush(vi, VI_READ_BUF_DISCARD), VI_SUCCESS);
    }
    /* A block that says that it has a thousand million bytes, and ends. */
    most = 2000000000;
    EXPECT(viSScanf(vi, (ViBuf)"#9999999999abcd", "%#b", &most, huge), VI_ERROR_INV_FMT);
    CHECK(most == 4 && memcmp(huge, "abcd", 4) == 0);
    most = 500000000;
    EXPECT(viSScanf(vi, (ViBuf)"1,2,3", "%,#ld", &most, huge), VI_SUCCESS);
    CHECK(most == 3);
}

static void buffers(ViSession vi, const char *name)
{
    ViUInt32 before, after;
    EXPECT(viGetAttribute(vi, VI_ATTR_RD_BUF_SIZE, &before), VI_SUCCESS);
    EXPECT(viSetBuf(vi, VI_READ_BUF, HUGE_COUNT), VI_ERROR_ALLOC);
    EXPECT(viSetBuf(vi, VI_READ_BUF, 1u << 31), VI_ERROR_ALLOC);
    EXPECT(viGetAttribute(vi, VI_ATTR_RD_BUF_SIZE, &after), VI_SUCCESS);
    CHECK(before == after);
    EXPECT(viGetAttribute(vi, VI_ATTR_WR_BUF_SIZE, &before), VI_SUCCESS);
    EXPECT(viSetBuf(vi, VI_WRITE_BUF, HUGE_COUNT), VI_ERROR_ALLOC);
    EXPECT(viGetAttribute(vi, VI_ATTR_WR_BUF_SIZE, &after), VI_SUCCESS);
    CHECK(before == after);
    EXPECT(viPrintf(vi, "*OPC?\n"), VI_SUCCESS);
    EXPECT_READ(vi, 64, whole(name), "1\n");
    EXPECT(viSetBuf(vi, VI_READ_BUF | VI_WRITE_BUF, 100000), VI_SUCCESS);
}

/* Output that would take far too long, and is given up at the timeout; its memory is constant. */
static void writes(ViSession vi, const char *name)
{
    ViStatus status;
    (void)name;
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, 100), VI_SUCCESS);
    status = viPrintf(vi, "%2000000000d", 1);
    if (status != VI_ERROR_TMO) {
        EXPECT(status, VI_ERROR_ALLOC);
    }
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, 10000), VI_SUCCESS);
}

int main(int argc, char **argv)
{
    const char *name = resource(argc, argv);
    struct rlimit before, tight;
    ViSession rm, vi;
    void *huge = mmap(NULL, (size_t)HUGE_COUNT + 1, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    CHECK(huge != MAP_FAILED);
    rm = open_manager();
    vi = open_session(rm, name);
    CHECK(getrlimit(RLIMIT_AS, &before) == 0);
    tight = before;
    tight.rlim_cur = size_now() + ROOM;
    CHECK(setrlimit(RLIMIT_AS, &tight) == 0);
    /* If this goes, this test tests nothing. */
    CHECK(malloc(2 * ROOM) == NULL);
    query(vi, name);
    reads(vi, name, huge);
    scans(vi, huge);
    buffers(vi, name);
    query(vi, name);
    writes(vi, name);
    EXPECT(viClose(vi), VI_SUCCESS);
    vi = open_session(rm, name);
    query(vi, name);
    EXPECT(viClose(vi), VI_SUCCESS);
    EXPECT(viClose(rm), VI_SUCCESS);
    return 0;
}
