/* USB RAW: what is listed, who may open what, and what is left alone. Arguments: the serial numbers
 * of a raw device, of a serial adapter (FTDI) and of an instrument.
 */

#define _DEFAULT_SOURCE
#include <grp.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include "raw.h"

enum { NOBODY = 65534 };

static void listed(ViSession rm, const char *device)
{
    ViFindList list;
    ViUInt32 count;
    ViChar first[VI_FIND_BUFLEN], second[VI_FIND_BUFLEN];
    EXPECT(viFindRsrc(rm, "USB?*RAW", &list, &count, first), VI_SUCCESS);
    CHECK(count == 2);
    EXPECT(viFindNext(list, second), VI_SUCCESS);
    CHECK(strcmp(first, raw_name(device, 0)) == 0);
    CHECK(strcmp(second, raw_name(device, 1)) == 0);
}

/* What another process gets, as root or as somebody else. */
static ViStatus in_child(const char *name, int user)
{
    int status = 0;
    ViStatus result = VI_SUCCESS;
    int pipes[2];
    pid_t child;
    CHECK(pipe(pipes) == 0);
    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        ViSession rm, vi;
        if (user != 0) {
            CHECK(setgroups(0, NULL) == 0 && setgid((gid_t)user) == 0 && setuid((uid_t)user) == 0);
        }
        EXPECT(viOpenDefaultRM(&rm), VI_SUCCESS);
        result = viOpen(rm, name, VI_NO_LOCK, PATIENTLY, &vi);
        CHECK(write(pipes[1], &result, sizeof result) == (ssize_t)sizeof result);
        _exit(0);
    }
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    CHECK(read(pipes[0], &result, sizeof result) == (ssize_t)sizeof result);
    close(pipes[0]);
    close(pipes[1]);
    return result;
}

/* The file by which a device is opened. */
static const char *file_of(const char *device)
{
    static char file[64];
    char path[256];
    FILE *number;
    int bus, address;
    CHECK(snprintf(path, sizeof path, "/sys/bus/usb/devices/%s/busnum", bench(device, "path")) > 0);
    number = fopen(path, "r");
    CHECK(number != NULL && fscanf(number, "%d", &bus) == 1);
    fclose(number);
    CHECK(snprintf(path, sizeof path, "/sys/bus/usb/devices/%s/devnum", bench(device, "path")) > 0);
    number = fopen(path, "r");
    CHECK(number != NULL && fscanf(number, "%d", &address) == 1);
    fclose(number);
    CHECK(snprintf(file, sizeof file, "/dev/bus/usb/%03d/%03d", bus, address) > 0);
    return file;
}

static void owned(ViSession rm, const char *device)
{
    const char *name = raw_name(device, 0);
    ViSession first, second;
    CHECK(chmod(file_of(device), 0600) == 0);
    CHECK(in_child(name, NOBODY) == VI_ERROR_NPERMISSION);
    CHECK(chmod(file_of(device), 0666) == 0);
    CHECK(in_child(name, NOBODY) == VI_SUCCESS);
    first = open_raw(rm, device);
    second = open_raw(rm, device);
    CHECK(in_child(name, 0) == VI_ERROR_RSRC_BUSY);
    EXPECT(viClose(first), VI_SUCCESS);
    CHECK(in_child(name, 0) == VI_ERROR_RSRC_BUSY);
    /* The other interface is free. */
    CHECK(in_child(raw_name(device, 1), 0) == VI_SUCCESS);
    EXPECT(viClose(second), VI_SUCCESS);
    CHECK(in_child(raw_name(device, 0), 0) == VI_SUCCESS);
}

/* A lock is on the interface, by whatever name that was opened. */
static void locked(ViSession rm, const char *device)
{
    char name[256];
    ViSession by_place, by_serial;
    CHECK(snprintf(name, sizeof name, "USB::0x1209::0x20::@%s::RAW", bench(device, "path")) > 0);
    EXPECT(viOpen(rm, name, VI_NO_LOCK, PATIENTLY, &by_place), VI_SUCCESS);
    by_serial = open_raw(rm, device);
    EXPECT(viLock(by_place, VI_EXCLUSIVE_LOCK, PATIENTLY, VI_NULL, VI_NULL), VI_SUCCESS);
    EXPECT(viLock(by_serial, VI_EXCLUSIVE_LOCK, SHORTLY, VI_NULL, VI_NULL), VI_ERROR_TMO);
    EXPECT(viClear(by_serial), VI_ERROR_RSRC_LOCKED);
    EXPECT(viUnlock(by_place), VI_SUCCESS);
    EXPECT(viClear(by_serial), VI_SUCCESS);
    EXPECT(viClose(by_serial), VI_SUCCESS);
    EXPECT(viClose(by_place), VI_SUCCESS);
}

static void left_alone(ViSession rm, const char *adapter)
{
    char name[256];
    ViSession vi;
    CHECK(snprintf(name, sizeof name, "USB::0x0403::0x6001::%s::RAW", adapter) > 0);
    EXPECT_BENCH(adapter, "driver", "ftdi_sio");
    EXPECT(viOpen(rm, name, VI_NO_LOCK, PATIENTLY, &vi), VI_ERROR_RSRC_BUSY);
    EXPECT_BENCH(adapter, "driver", "ftdi_sio");
}

/* An instrument's interface can be had raw; the kernel's driver gets it back. */
static void given_back(ViSession rm, const char *instrument)
{
    char name[256];
    ViSession vi;
    CHECK(snprintf(name, sizeof name, "USB::0x1209::0x10::%s::RAW", instrument) > 0);
    EXPECT_BENCH(instrument, "driver", "usbtmc");
    EXPECT(viOpen(rm, name, VI_NO_LOCK, PATIENTLY, &vi), VI_SUCCESS);
    EXPECT_BENCH(instrument, "driver", "usbfs");
    CHECK(GET(vi, VI_ATTR_USB_CLASS) == 0xFE);
    EXPECT(viClose(vi), VI_SUCCESS);
    EXPECT_BENCH(instrument, "driver", "usbtmc");
}

int main(int argc, char **argv)
{
    ViSession rm = open_manager();
    CHECK(argc == 4);
    listed(rm, argv[1]);
    owned(rm, argv[1]);
    locked(rm, argv[1]);
    left_alone(rm, argv[2]);
    given_back(rm, argv[3]);
    EXPECT(viClose(rm), VI_SUCCESS);
    return 0;
}
