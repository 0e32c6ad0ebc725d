/* Children of a process that has an instrument open: they have not got it, keep nobody from it, and
 * their end changes nothing. Arguments: "fork" and the instrument's serial number.
 */

#include <sys/wait.h>
#include "usb.h"

/* One byte, from one process to the other. */
static void tell(int fd)
{
    CHECK(write(fd, "x", 1) == 1);
}

static void await(int fd)
{
    char byte;
    CHECK(read(fd, &byte, 1) == 1);
}

static void answers(ViSession vi, const char *text)
{
    char command[64];
    ViUInt32 count;
    ViByte got[64];
    size_t length = strlen(text);
    snprintf(command, sizeof command, "ECHO %s\n", text);
    EXPECT(viWrite(vi, (ViConstBuf)command, (ViUInt32)strlen(command), &count), VI_SUCCESS);
    EXPECT(viRead(vi, got, sizeof got, &count), VI_SUCCESS);
    CHECK(count == length + 1 && memcmp(got, text, length) == 0);
}

/* With a thread that waits for service requests, which the child has not got. */
static ViSession open_watched(ViSession rm, const char *serial)
{
    ViSession vi = open_instrument(rm, serial);
    EXPECT(viEnableEvent(vi, VI_EVENT_SERVICE_REQ, VI_QUEUE, VI_NULL), VI_SUCCESS);
    return vi;
}

int main(int argc, char **argv)
{
    ViSession rm = open_manager(), vi, child_rm, child_vi;
    int status = 0, to_child[2], to_parent[2];
    const char *serial = argv[2];
    pid_t child;
    CHECK(argc == 3 && strcmp(argv[1], "fork") == 0);
    CHECK(pipe(to_child) == 0 && pipe(to_parent) == 0);
    vi = open_watched(rm, serial);
    answers(vi, "first");
    fflush(stdout);
    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        ViUInt32 count;
        /* What it inherited is of no use, and closing it leaves the parent's alone. */
        EXPECT(viWrite(vi, (ViConstBuf)"x", 1, &count), VI_ERROR_INV_OBJECT);
        EXPECT(viClose(vi), VI_ERROR_INV_OBJECT);
        tell(to_parent[1]);
        /* The parent has closed it: the child may open it, though it came from the same parent. */
        await(to_child[0]);
        child_rm = open_manager();
        child_vi = open_watched(child_rm, serial);
        answers(child_vi, "child");
        tell(to_parent[1]);
        await(to_child[0]);
        EXPECT(viClose(child_rm), VI_SUCCESS);
        exit(0);
    }
    await(to_parent[0]);
    answers(vi, "second");
    EXPECT_BENCH(serial, "driver", "usbfs");
    EXPECT(viClose(vi), VI_SUCCESS);
    /* The child lives on, and does not keep it. */
    EXPECT_BENCH(serial, "driver", "usbtmc");
    tell(to_child[1]);
    await(to_parent[0]);
    EXPECT(viOpen(rm, instrument(serial), VI_NO_LOCK, 500, &vi), VI_ERROR_RSRC_BUSY);
    tell(to_child[1]);
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    EXPECT_BENCH(serial, "driver", "usbtmc");
    vi = open_watched(rm, serial);
    answers(vi, "third");
    EXPECT(viClose(rm), VI_SUCCESS);
    EXPECT_BENCH(serial, "violations", "none");
    return 0;
}
