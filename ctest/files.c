/* files.c: viReadToFile and viWriteFromFile move any bytes, end as viRead and viWrite, and say
 * what of it is where when a file or a device gives up. */

#include <unistd.h>
#include "check.h"

#define MEGABYTE (1u << 20)

static char path[64];
static const char *name;

static ViByte *content(size_t *length)
{
    FILE *file = fopen(path, "rb");
    ViByte *bytes = malloc(4 * MEGABYTE);
    CHECK(file != NULL && bytes != NULL);
    *length = fread(bytes, 1, 4 * MEGABYTE, file);
    fclose(file);
    return bytes;
}

static void expect_content(const char *text)
{
    size_t length;
    ViByte *bytes = content(&length);
    if (length != strlen(text) || memcmp(bytes, text, length) != 0) {
        printf("file has \"%.*s\", must be \"%s\"\n", (int)length, (char *)bytes, text);
        exit(1);
    }
    free(bytes);
}

static void store(const void *bytes, size_t length)
{
    FILE *file = fopen(path, "wb");
    CHECK(file != NULL);
    CHECK(fwrite(bytes, 1, length, file) == length);
    CHECK(fclose(file) == 0);
}

static void expect_read(ViSession vi, ViUInt32 most, ViStatus status, ViUInt32 wanted)
{
    ViUInt32 count = 0xDEAD;
    EXPECT(viReadToFile(vi, path, most, &count), status);
    if (count != wanted) {
        printf("viReadToFile counts %lu, must be %lu\n", (unsigned long)count,
               (unsigned long)wanted);
        exit(1);
    }
}

static void ends_and_append(ViSession vi)
{
    /* As viRead: END or termination character, count, and the rest for the next read. */
    command(vi, "ECHO? first answer");
    expect_read(vi, 5, VI_SUCCESS_MAX_CNT, 5);
    expect_content("first");
    expect_read(vi, 1000, whole(name), 8);
    expect_content(" answer\n");
    EXPECT(viSetAttribute(vi, VI_ATTR_FILE_APPEND_EN, VI_TRUE), VI_SUCCESS);
    command(vi, "ECHO? second");
    expect_read(vi, 0xFFFFFFFFu, whole(name), 7);
    command(vi, "ECHO? third");
    expect_read(vi, 0xFFFFFFFFu, whole(name), 6);
    expect_content(" answer\nsecond\nthird\n");
    expect_read(vi, 0, VI_SUCCESS_MAX_CNT, 0);
    EXPECT(viSetAttribute(vi, VI_ATTR_FILE_APPEND_EN, VI_FALSE), VI_SUCCESS);
}

static void timeout_in_the_middle(ViSession vi)
{
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, 300), VI_SUCCESS);
    if (is_stream(name)) {
        /* With no end in sight, what came is kept, counted, and in the file. */
        EXPECT(viSetAttribute(vi, VI_ATTR_TERMCHAR_EN, VI_FALSE), VI_SUCCESS);
        command(vi, "ECHO? all of it");
        expect_read(vi, 1000, VI_ERROR_TMO, 10);
        expect_content("all of it\n");
        EXPECT(viSetAttribute(vi, VI_ATTR_TERMCHAR_EN, VI_TRUE), VI_SUCCESS);
    } else {
        expect_read(vi, 1000, VI_ERROR_TMO, 0);
        expect_content("");
        EXPECT(viClear(vi), VI_SUCCESS);
    }
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, 10000), VI_SUCCESS);
}

/* Binary, with every byte value, from the device to a file and back. */
static void blocks(ViSession vi)
{
    static const char head[] = "#71048576";
    size_t length, i;
    ViByte *bytes, *upload;
    ViUInt32 count = 0;
    ViUInt32 all = sizeof head - 1 + MEGABYTE + 1;

    if (is_stream(name)) {
        EXPECT(viSetAttribute(vi, VI_ATTR_TERMCHAR_EN, VI_FALSE), VI_SUCCESS);
    }
    command(vi, "DATA:BLOCK? 1048576");
    expect_read(vi, all, is_stream(name) ? VI_SUCCESS_MAX_CNT : VI_SUCCESS, all);
    bytes = content(&length);
    CHECK(length == all);
    CHECK(memcmp(bytes, head, sizeof head - 1) == 0 && bytes[length - 1] == '\n');

    /* Echoed: the message is one, although it is sent in pieces. */
    upload = malloc(length + 16);
    CHECK(upload != NULL);
    memcpy(upload, "ECHO:BLOCK? ", 12);
    memcpy(upload + 12, bytes, length);
    for (i = 12 + sizeof head - 1; i < 12 + length - 1; i++) {
        upload[i] = (ViByte)(i * 7);
    }
    store(upload, 12 + length);
    EXPECT(viWriteFromFile(vi, path, 0xFFFFFFFFu, &count), VI_SUCCESS);
    CHECK(count == 12 + length);
    expect_read(vi, all, is_stream(name) ? VI_SUCCESS_MAX_CNT : VI_SUCCESS, all);
    free(bytes);
    bytes = content(&length);
    CHECK(length == all && memcmp(bytes, upload + 12, length) == 0);
    free(bytes);
    free(upload);
    if (is_stream(name)) {
        EXPECT(viSetAttribute(vi, VI_ATTR_TERMCHAR_EN, VI_TRUE), VI_SUCCESS);
    }
}

static void writing(ViSession vi)
{
    static const char text[] = "ECHO? from a file\nand more that is not sent";
    ViUInt32 count = 0xDEAD;

    store(text, sizeof text - 1);
    EXPECT(viWriteFromFile(vi, path, 18, &count), VI_SUCCESS);
    CHECK(count == 18);
    EXPECT_READ(vi, 64, whole(name), "from a file\n");
    store("ECHO? short\n", 12);
    EXPECT(viWriteFromFile(vi, path, 1000, &count), VI_SUCCESS);
    CHECK(count == 12);
    EXPECT_READ(vi, 64, whole(name), "short\n");
    /* An empty file, and a count of nothing, send nothing. */
    store("", 0);
    EXPECT(viWriteFromFile(vi, path, 0xFFFFFFFFu, &count), VI_SUCCESS);
    CHECK(count == 0);
    EXPECT(viWriteFromFile(vi, path, 0, VI_NULL), VI_SUCCESS);
    if (!is_stream(name)) {
        /* END goes with the last byte unless it is switched off; then the message goes on. */
        store("ECHO? one mess", 14);
        EXPECT(viSetAttribute(vi, VI_ATTR_SEND_END_EN, VI_FALSE), VI_SUCCESS);
        EXPECT(viWriteFromFile(vi, path, 0xFFFFFFFFu, &count), VI_SUCCESS);
        EXPECT(viSetAttribute(vi, VI_ATTR_SEND_END_EN, VI_TRUE), VI_SUCCESS);
        store("age", 3);
        EXPECT(viWriteFromFile(vi, path, 0xFFFFFFFFu, &count), VI_SUCCESS);
        CHECK(count == 3);
        EXPECT_READ(vi, 64, whole(name), "one message\n");
    }
}

static void failures(ViSession vi)
{
    ViUInt32 count = 0xDEAD;

    EXPECT(viReadToFile(vi, VI_NULL, 10, &count), VI_ERROR_USER_BUF);
    EXPECT(viReadToFile(vi, "", 10, &count), VI_ERROR_FILE_ACCESS);
    EXPECT(viReadToFile(vi, "/no such directory/file", 10, &count), VI_ERROR_FILE_ACCESS);
    CHECK(count == 0);
    EXPECT(viReadToFile(vi, "/", 10, &count), VI_ERROR_FILE_ACCESS);
    EXPECT(viWriteFromFile(vi, "/no such file", 10, &count), VI_ERROR_FILE_ACCESS);
    EXPECT(viWriteFromFile(vi, "/", 10, &count), VI_ERROR_FILE_ACCESS);
    CHECK(count == 0);

    /* A full disk: nothing of the answer is in the file, and nothing is counted. What the device
     * has not sent by then is still there, the rest of the piece is lost. */
    if (access("/dev/full", W_OK) == 0) {
        command(vi, "ECHO? lost");
        count = 0xDEAD;
        EXPECT(viReadToFile(vi, "/dev/full", 3, &count), VI_ERROR_FILE_IO);
        CHECK(count == 0);
        EXPECT_READ(vi, 64, whole(name), "t\n");
    }
    /* A file that cannot be read: the device gets nothing. */
    count = 0xDEAD;
    EXPECT(viWriteFromFile(vi, "/proc/self/mem", 10, &count), VI_ERROR_FILE_IO);
    CHECK(count == 0);
    command(vi, "ECHO? well");
    EXPECT_READ(vi, 64, whole(name), "well\n");
}

int main(int argc, char **argv)
{
    ViSession rm = open_manager(), vi;
    name = resource(argc, argv);
    snprintf(path, sizeof path, "/tmp/ferrovisa files %ld", (long)getpid());
    vi = open_session(rm, name);
    failures(vi);
    ends_and_append(vi);
    writing(vi);
    blocks(vi);
    timeout_in_the_middle(vi);
    command(vi, "ECHO? well");
    EXPECT_READ(vi, 64, whole(name), "well\n");
    EXPECT(viClose(rm), VI_SUCCESS);
    remove(path);
    return 0;
}
