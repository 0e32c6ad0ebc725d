/* guarded.h: memory for what formatted I/O stores, with guard bytes around and between the places.
 * A check builds the image that the memory must have, and compares all of it: what was not to be
 * touched counts like what was to be stored.
 */

#ifndef GUARDED_H
#define GUARDED_H

#include <float.h>
#include "check.h"

#define PLACES 16
#define PLACE_SIZE 256
#define GUARD 0xA5

static unsigned char guarded_memory[(PLACES + 2) * PLACE_SIZE];
static unsigned char guarded_image[sizeof guarded_memory];

/* Place number k. Not the first bytes of the memory: a guard stands before every place. Odd, since
 * nothing may be asked of a caller's alignment. */
#define PLACE(k) ((void *)(guarded_memory + ((k) + 1) * PLACE_SIZE + 1))

/* All guard bytes. */
static void guarded_start(void)
{
    memset(guarded_memory, GUARD, sizeof guarded_memory);
    memset(guarded_image, GUARD, sizeof guarded_image);
}

/* Puts bytes into place k, and into the image. */
CHECK_MAYBE_UNUSED
static void guarded_put(int k, const void *bytes, size_t count)
{
    CHECK(k >= 0 && k < PLACES && count < PLACE_SIZE);
    memcpy(PLACE(k), bytes, count);
    memcpy(guarded_image + (k + 1) * PLACE_SIZE + 1, bytes, count);
}

/* Place k must come to hold these bytes. */
CHECK_MAYBE_UNUSED
static void guarded_want(int k, const void *bytes, size_t count)
{
    CHECK(k >= 0 && k < PLACES && count < PLACE_SIZE);
    memcpy(guarded_image + (k + 1) * PLACE_SIZE + 1, bytes, count);
}

/* Where the memory is not as wanted: the place, and the byte of it; 0 where it is. */
static int guarded_wrong(int *place, int *byte)
{
    size_t i;

    for (i = 0; i < sizeof guarded_memory; i++) {
        if (guarded_memory[i] != guarded_image[i]) {
            *place = (int)(i / PLACE_SIZE) - 1;
            *byte = (int)(i % PLACE_SIZE) - 1;
            return 1;
        }
    }
    return 0;
}

/* All is as wanted. */
#define GUARDED_CHECK(what) guarded_check(__FILE__, __LINE__, (what))

CHECK_MAYBE_UNUSED
static void guarded_check(const char *file, int line, const char *what)
{
    int place = 0, byte = 0;

    if (guarded_wrong(&place, &byte)) {
        size_t at = (size_t)(place + 1) * PLACE_SIZE + (size_t)(byte + 1), i;
        printf("%s:%d: %s: byte %d of place %d is wrong; from there:", file, line, what, byte,
               place);
        for (i = at; i < at + 16 && i < sizeof guarded_memory; i++) {
            printf(" %02X(%02X)", guarded_memory[i], guarded_image[i]);
        }
        printf("\n");
        exit(1);
    }
}

/* What a conversion must have stored, by type. */
#define WANT(k, type, value) \
    do { \
        type wanted_ = (type)(value); \
        guarded_want((k), &wanted_, sizeof wanted_); \
    } while (0)

#define WANT_TEXT(k, text) guarded_want((k), (text), sizeof(text))
#define WANT_BYTES(k, text) guarded_want((k), (text), sizeof(text) - 1)

/* Element i of an array of long double: the number only, not what fills the type up. */
#define WANT_LONG(k, i, value) \
    do { \
        long double wanted_ = (value); \
        size_t used_ = LDBL_MANT_DIG == 64 ? 10 : sizeof wanted_; \
        size_t at_ = (size_t)((k) + 1) * PLACE_SIZE + 1 + (i) * sizeof wanted_; \
        memcpy(guarded_image + at_, &wanted_, used_); \
    } while (0)

/* An array: WANT_ARRAY(0, int, 3, (1, 2, 3)). */
#define GUARDED_LIST(...) {__VA_ARGS__}
#define WANT_ARRAY(k, type, list) \
    do { \
        const type wanted_[] = GUARDED_LIST list; \
        guarded_want((k), wanted_, sizeof wanted_); \
    } while (0)

#endif
