/* trace.c: with VISA_TRACE each call is one line: function, arguments, bytes, status, hints. */

#include <unistd.h>
#include "check.h"

static char text[16384];

static void read_trace(const char *path)
{
    FILE *file = fopen(path, "r");
    size_t size;
    CHECK(file != NULL);
    size = fread(text, 1, sizeof text - 1, file);
    text[size] = '\0';
    fclose(file);
}

/* The line of the trace that contains `part`. */
static char *line_with(const char *part)
{
    static char line[1024];
    char *at = strstr(text, part), *end;
    if (at == NULL) {
        printf("no \"%s\" in the trace:\n%s", part, text);
        exit(1);
    }
    while (at > text && at[-1] != '\n') {
        at--;
    }
    end = strchr(at, '\n');
    CHECK(end != NULL && (size_t)(end - at) < sizeof line);
    memcpy(line, at, (size_t)(end - at));
    line[end - at] = '\0';
    return line;
}

int main(int argc, char **argv)
{
    const char *name = resource(argc, argv);
    char path[64];
    ViSession vi, session;

    snprintf(path, sizeof path, "/tmp/visa-trace-%ld", (long)getpid());
    unlink(path);
    CHECK(setenv("VISA_TRACE", path, 1) == 0);
    session = open_manager();
    vi = open_session(session, name);
    command(vi, "ECHO seen");
    EXPECT_READ(vi, 64, whole(name), "seen\n");
    {
        int number = 0;
        EXPECT(viQueryf(vi, "ECHO? %s\n", "%d", "seven", &number), VI_ERROR_INV_FMT);
        EXPECT(viFlush(vi, VI_READ_BUF), VI_SUCCESS);
    }
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, 50), VI_SUCCESS);
    EXPECT_READ(vi, 64, VI_ERROR_TMO, "");
    {
        /* A command without its end is not answered. */
        int number = 0;
        EXPECT(viPrintf(vi, "ECHO? 7"), VI_SUCCESS);
        EXPECT(viScanf(vi, "%d", &number), VI_ERROR_TMO);
        EXPECT(viPrintf(vi, "8\n"), VI_SUCCESS);
        EXPECT(viScanf(vi, "%d", &number), VI_SUCCESS);
        CHECK(number == 78);
        EXPECT(viFlush(vi, VI_READ_BUF), VI_SUCCESS);
    }
    EXPECT(viSetAttribute(vi, VI_ATTR_TERMCHAR_EN, VI_FALSE), VI_SUCCESS);
    command(vi, "ECHO endless");
    if (is_stream(name)) {
        EXPECT_READ(vi, 64, VI_ERROR_TMO, "endless\n");
    }
    EXPECT(viClose(session), VI_SUCCESS);
    EXPECT(viClose(session), VI_ERROR_INV_OBJECT);
    read_trace(path);
    unlink(path);

    CHECK(strstr(line_with("viOpen("), name) != NULL);
    CHECK(strstr(line_with("viWrite("), "buf=\"ECHO seen\\n\"") != NULL);
    CHECK(strstr(line_with("buf=\"seen\\n\""), "viRead(") != NULL);
    /* Both formats, and where the answer parted from them. */
    CHECK(strstr(line_with("viQueryf("), "write_format=\"ECHO? %s\\n\"") != NULL);
    CHECK(strstr(line_with("viQueryf("), "read_format=\"%d\" written=\"ECHO? seven\\n\" next=\"seven\\n\"")
          != NULL);
    CHECK(strstr(line_with("viQueryf("), "VI_ERROR_INV_FMT") != NULL);
    CHECK(strstr(line_with("viPrintf("), "written=\"ECHO? 7\"") != NULL);
    CHECK(strstr(line_with("viScanf("), "[hint: what was printed before has no \\n") != NULL);
    CHECK(strstr(line_with("read=\"78"), "viScanf(") != NULL);
    CHECK(strstr(line_with("viSetAttribute("), "VI_ATTR_TMO_VALUE") != NULL);
    CHECK(strstr(line_with("VI_ERROR_TMO"), "viRead(") != NULL);
    CHECK(strstr(line_with("VI_ERROR_INV_OBJECT"), "viClose(") != NULL);
    CHECK(strstr(line_with("VI_ERROR_INV_OBJECT"), " ms") != NULL);
    if (is_socket(name)) {
        CHECK(strstr(text, "VI_ATTR_TERMCHAR_EN, or in PyVISA read_termination") != NULL);
    }
    return 0;
}
