/* attributes_guard.c: viGetAttribute writes exactly the bytes of the attribute's type, and nothing
 * when it fails; viSetAttribute takes back what was got. On every object, for every attribute.
 */

#define NIVISA_USB
#define NIVISA_PXI
#define KTVISA_EXTENSIONS
#define RSVISA_EXTENSION
#include "check.h"

/* Bytes before the value, room for the value, bytes behind. */
#define BEFORE 64
#define ROOM 8192
#define BEHIND 64

enum kind { NUMBER_KIND, TEXT_KIND, BYTES_KIND };

struct attribute {
    const char *name;
    ViAttr id;
    enum kind kind;
    size_t width;
};

#define NUMBER(name, type) {#name, name, NUMBER_KIND, sizeof(type)},
#define TEXT(name) {#name, name, TEXT_KIND, 256},
#define BYTES(name) {#name, name, BYTES_KIND, ROOM},

static const struct attribute attributes[] = {
#include "attributes.inc"
};

#define COUNT (sizeof attributes / sizeof attributes[0])

static unsigned char memory[BEFORE + ROOM + BEHIND];

static int untouched(size_t from, size_t to, unsigned char fill)
{
    size_t i;
    for (i = from; i < to; i++) {
        if (memory[i] != fill) {
            return 0;
        }
    }
    return 1;
}

static void broken(const char *object, const struct attribute *attribute, const char *what)
{
    printf("%s, %s: %s\n", object, attribute->name, what);
    exit(1);
}

/* Gets one attribute with every byte of memory set to `fill` before. */
static ViStatus get(ViObject vi, const char *object, const struct attribute *attribute,
                    unsigned char fill)
{
    ViStatus status;
    size_t width = attribute->width;

    memset(memory, fill, sizeof memory);
    status = viGetAttribute(vi, attribute->id, memory + BEFORE);
    if (!untouched(0, BEFORE, fill)) {
        broken(object, attribute, "bytes before the value were written");
    }
    if (status < VI_SUCCESS) {
        if (status != VI_ERROR_NSUP_ATTR && status != VI_ERROR_NIMPL_OPER
            && status != VI_ERROR_RSRC_LOCKED && status != VI_ERROR_TMO
            && status != VI_ERROR_IO && status != VI_ERROR_CONN_LOST) {
            printf("status 0x%08lX\n", (unsigned long)(ViUInt32)status);
            broken(object, attribute, "no error that viGetAttribute has");
        }
        if (!untouched(BEFORE, sizeof memory, fill)) {
            broken(object, attribute, "something was written although it failed");
        }
        return status;
    }
    if (attribute->kind == TEXT_KIND) {
        if (memchr(memory + BEFORE, '\0', width) == NULL) {
            broken(object, attribute, "the string has no end within 256 bytes");
        }
        width = strlen((char *)memory + BEFORE) + 1;
    }
    if (!untouched(BEFORE + width, sizeof memory, fill)) {
        broken(object, attribute, "bytes behind the value were written");
    }
    return status;
}

/* Walks all attributes of one object; how many it has. */
static int walk(ViObject vi, const char *object)
{
    static unsigned char first[ROOM];
    const struct attribute *a;
    int supported = 0;

    for (a = attributes; a < attributes + COUNT; a++) {
        unsigned char low = 0xA5, high = 0x5A;
        size_t i;

        if (get(vi, object, a, low) < VI_SUCCESS) {
            CHECK(get(vi, object, a, high) < VI_SUCCESS);
            continue;
        }
        supported++;
        memcpy(first, memory + BEFORE, ROOM);
        if (get(vi, object, a, high) < VI_SUCCESS) {
            broken(object, a, "it was there and is not");
        }
        /* Under both fills the same byte: written. A narrower write would leave the fill. */
        for (i = 0; a->kind == NUMBER_KIND && i < a->width; i++) {
            if (first[i] == low && memory[BEFORE + i] == high) {
                broken(object, a, "not all bytes of the type were written");
            }
        }
    }
    return supported;
}

/* What was got can be set, or it is refused with a reason that viSetAttribute has. */
static void set_back(ViObject vi, const char *object)
{
    const struct attribute *a;

    for (a = attributes; a < attributes + COUNT; a++) {
        ViAttrState value = 0;
        ViStatus status;

        if (a->kind != NUMBER_KIND || viGetAttribute(vi, a->id, &value) < VI_SUCCESS) {
            value = 0;
        }
        status = viSetAttribute(vi, a->id, value);
        if (status < VI_SUCCESS && status != VI_ERROR_NSUP_ATTR
            && status != VI_ERROR_NSUP_ATTR_STATE && status != VI_ERROR_ATTR_READONLY
            && status != VI_ERROR_NIMPL_OPER && status != VI_ERROR_TMO && status != VI_ERROR_IO) {
            printf("status 0x%08lX\n", (unsigned long)(ViUInt32)status);
            broken(object, a, "no error that viSetAttribute has");
        }
    }
}

/* Numbers that are no attribute. */
static void unknown(ViObject vi, const char *object)
{
    static const struct attribute no[] = {
        {"0", 0, BYTES_KIND, ROOM},
        {"0x3FFF0FFF", 0x3FFF0FFFUL, BYTES_KIND, ROOM},
        {"0xBFFF0FFF", 0xBFFF0FFFUL, BYTES_KIND, ROOM},
        {"0xFFFFFFFF", 0xFFFFFFFFUL, BYTES_KIND, ROOM},
    };
    size_t i;

    for (i = 0; i < sizeof no / sizeof no[0]; i++) {
        EXPECT(get(vi, object, &no[i], 0xA5), VI_ERROR_NSUP_ATTR);
        EXPECT(viSetAttribute(vi, no[i].id, 1), VI_ERROR_NSUP_ATTR);
    }
}

static void object(ViObject vi, const char *name, int least)
{
    int supported = walk(vi, name);

    printf("%s: %d attributes\n", name, supported);
    CHECK(supported >= least);
    unknown(vi, name);
    set_back(vi, name);
}

int main(int argc, char **argv)
{
    ViSession rm = open_manager();
    int i;

    /* Far fewer than any object has: more would fail for a reason that is not the guard's. */
    object(rm, "resource manager", 8);
    CHECK(argc > 1);
    for (i = 1; i < argc; i++) {
        ViSession vi = VI_NULL;
        EXPECT(viOpen(rm, argv[i], VI_NO_LOCK, 5000, &vi), VI_SUCCESS);
        object(vi, argv[i], 12);
        EXPECT(viClose(vi), VI_SUCCESS);
    }
    EXPECT(viClose(rm), VI_SUCCESS);
    return 0;
}
