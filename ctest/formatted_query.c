/* formatted_query.c: viPrintf, viScanf and viQueryf with an instrument: numbers, strings and arrays
 * there and back, parts of an answer taken by several calls, answers to earlier questions dropped.
 */

#include "check.h"

static const char *name;

/* The rest of what the formatted read buffer has, and then what the instrument says, is this. */
#define EXPECT_REST(vi, text) \
    do { \
        char rest_[256]; \
        memset(rest_, '#', sizeof rest_); \
        EXPECT(viScanf(vi, "%t", rest_), VI_SUCCESS); \
        if (strcmp(rest_, (text)) != 0) { \
            printf("%s:%d: the rest is \"%.200s\"\n", __FILE__, __LINE__, rest_); \
            exit(1); \
        } \
    } while (0)

static void queries(ViSession vi)
{
    char identity[256] = "", word[64] = "", *comma;
    double volts = 0;
    int i, number = 0, size;

    EXPECT(viQueryf(vi, "*IDN?\n", "%t", identity), VI_SUCCESS);
    comma = strchr(identity, ',');
    CHECK(comma != NULL && identity[strlen(identity) - 1] == '\n');
    /* Only the maker's name, and a string that bounds itself. */
    EXPECT(viQueryf(vi, "*IDN?\n", "%[^,]", word), VI_SUCCESS);
    CHECK(strlen(word) == (size_t)(comma - identity) && memcmp(word, identity, strlen(word)) == 0);
    size = 4;
    EXPECT(viQueryf(vi, "*IDN?\n", "%#t", &size, word), VI_SUCCESS);
    CHECK(size == 3 && strlen(word) == 3 && memcmp(word, identity, 3) == 0);

    EXPECT(viQueryf(vi, "MEAS:VOLT:DC?\n", "%lf", &volts), VI_SUCCESS);
    CHECK(volts > 4.99 && volts < 5.01);

    /* The line feed that %d leaves of each answer is in nobody's way. */
    for (i = -50; i < 50; i++) {
        EXPECT(viQueryf(vi, "ECHO? %d\n", "%d", i, &number), VI_SUCCESS);
        CHECK(number == i);
    }
    for (i = 0; i < 50; i++) {
        EXPECT(viPrintf(vi, "ECHO? %d\n", i), VI_SUCCESS);
        EXPECT(viScanf(vi, "%d", &number), VI_SUCCESS);
        CHECK(number == i);
    }
    EXPECT(viQueryf(vi, "ECHO? %s,%d,%f\n", "%[^,],%d,%lf", "text", 7, 2.5, word, &number, &volts),
           VI_SUCCESS);
    CHECK(strcmp(word, "text") == 0 && number == 7 && volts == 2.5);
}

static void with_list(ViSession vi, ...)
{
    va_list list;

    va_start(list, vi);
    EXPECT(viVQueryf(vi, "ECHO? %d %s\n", "%d %s", list), VI_SUCCESS);
    va_end(list);
}

static void print_list(ViSession vi, ...)
{
    va_list list;

    va_start(list, vi);
    EXPECT(viVPrintf(vi, "ECHO? %d,%g\n", list), VI_SUCCESS);
    va_end(list);
}

static void scan_list(ViSession vi, ...)
{
    va_list list;

    va_start(list, vi);
    EXPECT(viVScanf(vi, "%d,%lf", list), VI_SUCCESS);
    va_end(list);
}

static void lists(ViSession vi)
{
    int number = 0;
    double value = 0;
    char word[64] = "";

    with_list(vi, 12, "word", &number, word);
    CHECK(number == 12 && strcmp(word, "word") == 0);
    print_list(vi, -5, 0.5);
    scan_list(vi, &number, &value);
    CHECK(number == -5 && value == 0.5);
}

static void arrays(ViSession vi)
{
    double sent[500], got[500];
    float few[3] = {0};
    int numbers[4] = {0}, size, i;

    for (i = 0; i < 500; i++) {
        sent[i] = (i - 250) / 7.0;
        got[i] = 0;
    }
    /* 17 significant digits give every double back. */
    size = 500;
    EXPECT(viQueryf(vi, "ECHO? %.16,*le\n", "%,#lf", 500, sent, &size, got), VI_SUCCESS);
    CHECK(size == 500 && memcmp(sent, got, sizeof sent) == 0);
    EXPECT(viQueryf(vi, "ECHO? 1.5,-2.5,3e2\n", "%,3f", few), VI_SUCCESS);
    CHECK(few[0] == 1.5F && few[1] == -2.5F && few[2] == 300);
    size = 4;
    EXPECT(viQueryf(vi, "ECHO? 1,2\n", "%,#d", &size, numbers), VI_SUCCESS);
    CHECK(size == 2 && numbers[0] == 1 && numbers[1] == 2 && numbers[2] == 0);
    /* More than there is room for stays for the next call. */
    size = 2;
    EXPECT(viQueryf(vi, "ECHO? 1,2,3,4\n", "%,#d", &size, numbers), VI_SUCCESS);
    CHECK(size == 2);
    EXPECT(viScanf(vi, ",%,2d", numbers + 2), VI_SUCCESS);
    CHECK(numbers[2] == 3 && numbers[3] == 4);
    /* Fields nobody wants. */
    EXPECT(viQueryf(vi, "ECHO? 1,word,3,4.5\n", "%*d,%*[^,],%*d,%lf", &got[0]), VI_SUCCESS);
    CHECK(got[0] == 4.5);
}

static void parts(ViSession vi)
{
    char line[64] = "";
    int number = 0;

    /* One answer by several calls, and by viBufRead too: it is one buffer. */
    EXPECT(viPrintf(vi, "ECHO? 12;34;56;rest\n"), VI_SUCCESS);
    EXPECT(viScanf(vi, "%d;", &number), VI_SUCCESS);
    CHECK(number == 12);
    EXPECT(viScanf(vi, "%d;", &number), VI_SUCCESS);
    CHECK(number == 34);
    EXPECT(viBufRead(vi, (ViPBuf)line, 3, VI_NULL), VI_SUCCESS_MAX_CNT);
    CHECK(memcmp(line, "56;", 3) == 0);
    EXPECT_REST(vi, "rest\n");
    EXPECT(viPrintf(vi, "ECHO? a b\n"), VI_SUCCESS);
    EXPECT(viScanf(vi, "%T", line), VI_SUCCESS);
    CHECK(strcmp(line, "a b\n") == 0);

    /* An answer that ends before the format does leaves the rest untouched, and is none to the
     * next question. */
    number = -1;
    EXPECT(viQueryf(vi, "ECHO? 5\n", "%*d %d", &number), VI_SUCCESS);
    CHECK(number == -1);
    EXPECT(viPrintf(vi, "ECHO? next\n"), VI_SUCCESS);
    EXPECT_REST(vi, "next\n");

    /* viQueryf drops what earlier calls left; viPrintf does not. */
    EXPECT(viPrintf(vi, "ECHO? 1;left\n"), VI_SUCCESS);
    EXPECT(viScanf(vi, "%d;", &number), VI_SUCCESS);
    EXPECT(viQueryf(vi, "ECHO? asked\n", "%t", line), VI_SUCCESS);
    CHECK(strcmp(line, "asked\n") == 0);
    EXPECT(viPrintf(vi, "ECHO? 1;left\n"), VI_SUCCESS);
    EXPECT(viScanf(vi, "%d;", &number), VI_SUCCESS);
    EXPECT(viPrintf(vi, "ECHO? next\n"), VI_SUCCESS);
    EXPECT_REST(vi, "left\n");
    EXPECT_REST(vi, "next\n");

    /* An empty answer is one. */
    EXPECT(viPrintf(vi, "ECHO? \n"), VI_SUCCESS);
    EXPECT_REST(vi, "\n");
}

/* Reads flushed on access keep nothing for the next call. */
static void on_access(ViSession vi)
{
    int number = 0;

    EXPECT(viSetAttribute(vi, VI_ATTR_RD_BUF_OPER_MODE, VI_FLUSH_ON_ACCESS), VI_SUCCESS);
    EXPECT(viPrintf(vi, "ECHO? 1;dropped\n"), VI_SUCCESS);
    EXPECT(viScanf(vi, "%d", &number), VI_SUCCESS);
    CHECK(number == 1);
    EXPECT(viPrintf(vi, "ECHO? next\n"), VI_SUCCESS);
    EXPECT_REST(vi, "next\n");
    EXPECT(viSetAttribute(vi, VI_ATTR_RD_BUF_OPER_MODE, VI_FLUSH_DISABLE), VI_SUCCESS);
}

/* Buffers of all small sizes make the same of everything. */
static void sizes(ViSession vi)
{
    ViUInt32 size;

    for (size = 0; size < 20; size++) {
        char word[64] = "";
        int number = 0;
        EXPECT(viSetBuf(vi, VI_READ_BUF | VI_WRITE_BUF, size), VI_SUCCESS);
        EXPECT(viQueryf(vi, "ECHO? %d,%s\n", "%d,%s", 123456, "word", &number, word), VI_SUCCESS);
        CHECK(number == 123456 && strcmp(word, "word") == 0);
        EXPECT(viQueryf(vi, "ECHO? %d,%s\n", "%d,%t", 123456, "a b", &number, word), VI_SUCCESS);
        CHECK(number == 123456 && strcmp(word, "a b\n") == 0);
    }
    EXPECT(viSetBuf(vi, VI_READ_BUF | VI_WRITE_BUF, 4096), VI_SUCCESS);
}

int main(int argc, char **argv)
{
    ViSession rm = open_manager(), vi;

    name = resource(argc, argv);
    vi = open_session(rm, name);
    queries(vi);
    lists(vi);
    arrays(vi);
    parts(vi);
    on_access(vi);
    sizes(vi);
    queries(vi);
    EXPECT(viClose(rm), VI_SUCCESS);
    return 0;
}
