/* usb_wire.h: transfers of an emulated instrument, byte by byte. The kernel's driver carries the bytes
 * and adds none.
 */

#ifndef USB_WIRE_H
#define USB_WIRE_H

#include "usbtmc_node.h"

#define BULK_OUT 0x01
#define BULK_IN 0x82

static unsigned char tag;

/* A transfer to the bulk-OUT endpoint: 0 or what is wrong. */
CHECK_MAYBE_UNUSED
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
CHECK_MAYBE_UNUSED
static int get(int fd)
{
    struct usbtmc_message message = { 0, 0, 0, in };
    int status;
    message.transfer_size = 4096;
    status = ioctl(fd, USBTMC_IOCTL_READ, &message) >= 0 ? 0 : errno;
    in_count = message.transferred;
    return status;
}

CHECK_MAYBE_UNUSED
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
CHECK_MAYBE_UNUSED
static int say(int fd, const char *text)
{
    unsigned char out[512];
    size_t count = strlen(text);
    head(out, 1, count, 1);
    memset(out + 12, 0, count + 4);
    memcpy(out + 12, text, count);
    return put(fd, out, 12 + (count + 3) / 4 * 4);
}

CHECK_MAYBE_UNUSED
static int ask(int fd, size_t size)
{
    unsigned char out[12];
    head(out, 2, size, 0);
    return put(fd, out, 12);
}

CHECK_MAYBE_UNUSED
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
CHECK_MAYBE_UNUSED
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
CHECK_MAYBE_UNUSED
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
CHECK_MAYBE_UNUSED
static void disturbed(int fd, const char *serial, const char *fault)
{
    char command[64];
    snprintf(command, sizeof command, "fault %s", fault);
    bench(serial, command);
    CHECK(say(fd, "ECHO 0123456789\n") == 0);
    CHECK(ask(fd, 1000) == 0);
}

CHECK_MAYBE_UNUSED
static void right(int fd)
{
    CHECK(say(fd, "ECHO right\n") == 0 && ask(fd, 1000) == 0 && get(fd) == 0);
    ANSWER(6, 1, "right\n", 0);
}

#endif
