/* device.h: the instrument behind all of the benchmark's protocols.
 *
 *   *IDN?        answers IDENTITY
 *   READ n       answers n bytes of the pattern
 *   WRIT k       k KiB of the pattern follow in the same message; answers GOT when they have come
 *   SAME?        YES or NO: whether the last of them were the pattern
 */

#ifndef DEVICE_H
#define DEVICE_H

#include "bench.h"
#include <sys/mman.h>
#include <sys/uio.h>

#define MOST_PAYLOAD ((size_t)512 << 20)

struct device {
    char line[64];
    size_t line_length;
    /* The payload of WRIT. */
    unsigned char *payload;
    size_t payload_size, payload_got;
    int is_right;
    /* What is still to be sent: a line, or so much of the pattern. */
    const char *answer;
    size_t answer_left, block_size, block_left;
};

static size_t output_left(const struct device *device)
{
    return device->answer_left + device->block_left;
}

static void answer_line(struct device *device, const char *text)
{
    device->answer = text;
    device->answer_left = strlen(text);
    device->block_left = 0;
}

/* Where the next bytes of a payload go; NULL where a command is expected. Bytes may be received there
 * and are then announced by payload_came. */
static unsigned char *payload_space(struct device *device, size_t *room)
{
    *room = device->payload_size - device->payload_got;
    return *room > 0 ? device->payload + device->payload_got : NULL;
}

/* Compared after the answer is on its way: see after_answer. */
static void payload_came(struct device *device, size_t count)
{
    device->payload_got += count;
    if (device->payload_got == device->payload_size) {
        answer_line(device, "GOT\n");
    }
}

/* To be called when an answer has been sent. */
static void after_answer(struct device *device)
{
    if (device->payload_size > 0 && device->payload_got == device->payload_size) {
        device->is_right = is_pattern(device->payload, device->payload_size);
        device->payload_size = device->payload_got = 0;
    }
}

static void obey(struct device *device)
{
    size_t number;

    device->line[device->line_length] = '\0';
    device->line_length = 0;
    if (strcmp(device->line, "*IDN?") == 0) {
        answer_line(device, IDENTITY);
    } else if (sscanf(device->line, "READ %zu", &number) == 1) {
        device->answer_left = 0;
        device->block_size = device->block_left = number;
    } else if (sscanf(device->line, "WRIT %zu", &number) == 1) {
        DEMAND(number << 10 <= MOST_PAYLOAD, "too long");
        if (device->payload == NULL) {
            /* Pages come as they are used. */
            device->payload = mmap(NULL, MOST_PAYLOAD, PROT_READ | PROT_WRITE,
                                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
            DEMAND(device->payload != MAP_FAILED, "no memory");
        }
        device->payload_size = number << 10;
        device->payload_got = 0;
    } else if (strcmp(device->line, "SAME?") == 0) {
        answer_line(device, device->is_right ? "YES\n" : "NO\n");
    } else if (device->line[0] != '\0') {
        fprintf(stderr, "instrument: no such command: %s\n", device->line);
    }
}

/* Bytes of a message, wherever they are cut. */
static void feed(struct device *device, const unsigned char *data, size_t length)
{
    while (length > 0) {
        size_t room, count;
        unsigned char *space = payload_space(device, &room);

        if (space != NULL) {
            count = length < room ? length : room;
            memcpy(space, data, count);
            payload_came(device, count);
        } else {
            const unsigned char *end = memchr(data, '\n', length);

            count = end != NULL ? (size_t)(end - data) + 1 : length;
            DEMAND(device->line_length + count < sizeof device->line, "line too long");
            memcpy(device->line + device->line_length, data, count);
            device->line_length += count;
            if (end != NULL) {
                device->line_length--;
                obey(device);
            }
        }
        data += count;
        length -= count;
    }
}

/* A message has ended: also without a line feed. */
static void end_of_message(struct device *device)
{
    if (device->line_length > 0) {
        obey(device);
    }
}

/* The next `length` bytes of output as parts; how many parts. */
static int output(struct device *device, size_t length, struct iovec *parts, int most)
{
    int count = 0;

    if (device->answer_left > 0) {
        size_t piece = device->answer_left < length ? device->answer_left : length;

        parts[count].iov_base = (void *)device->answer;
        parts[count++].iov_len = piece;
        device->answer += piece;
        device->answer_left -= piece;
        return count;
    }
    while (length > 0 && device->block_left > 0) {
        size_t piece;
        const unsigned char *from = pattern_at(device->block_size - device->block_left, &piece);

        DEMAND(count < most, "too many parts");
        piece = piece < length ? piece : length;
        piece = piece < device->block_left ? piece : device->block_left;
        parts[count].iov_base = (void *)from;
        parts[count++].iov_len = piece;
        device->block_left -= piece;
        length -= piece;
    }
    return count;
}

/* Sends all parts. 0 when the peer has gone. */
static int send_parts(int fd, struct iovec *parts, int count)
{
    while (count > 0) {
        ssize_t sent = writev(fd, parts, count);

        if (sent <= 0) {
            return 0;
        }
        while (count > 0 && (size_t)sent >= parts->iov_len) {
            sent -= (ssize_t)parts->iov_len;
            parts++;
            count--;
        }
        if (count > 0) {
            parts->iov_base = (char *)parts->iov_base + sent;
            parts->iov_len -= (size_t)sent;
        }
    }
    return 1;
}

/* Receives all of `length` bytes. 0 when the peer has gone. */
static int receive_all(int fd, void *data, size_t length)
{
    size_t got = 0;

    while (got < length) {
        ssize_t count = read(fd, (char *)data + got, length - got);

        if (count <= 0) {
            return 0;
        }
        got += (size_t)count;
    }
    return 1;
}

#endif
