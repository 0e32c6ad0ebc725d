/* usbtmc_node.h: an emulated instrument by the kernel's USBTMC driver, for programs that look at the
 * bench itself.
 */

#ifndef USBTMC_NODE_H
#define USBTMC_NODE_H

#include <fcntl.h>
#include <linux/usb/tmc.h>
#include <sys/ioctl.h>
#include "bench.h"

/* Opens the file of this instrument's interface. */
CHECK_MAYBE_UNUSED
static int node(const char *serial)
{
    int fd = open(bench(serial, "usbtmc"), O_RDWR);
    __u32 timeout = 20000;
    CHECK(fd >= 0);
    CHECK(ioctl(fd, USBTMC_IOCTL_SET_TIMEOUT, &timeout) == 0);
    return fd;
}

/* The byte of the simulator's pattern at this place (src/sim/bulk.rs). */
CHECK_MAYBE_UNUSED
static unsigned char pattern(unsigned long i)
{
    return (unsigned char)(i * 31 + i / 251);
}

/* Writes a definite length block of the pattern with a head and a line feed; how long all is. */
CHECK_MAYBE_UNUSED
static size_t block(char *to, const char *head, unsigned long count)
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%lu", count);
    size_t at = (size_t)sprintf(to, "%s#%d%s", head, length, digits);
    unsigned long i;
    for (i = 0; i < count; i++) {
        to[at++] = (char)pattern(i);
    }
    to[at++] = '\n';
    return at;
}

#endif
