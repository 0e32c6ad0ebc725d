/* formatted_failing.c: a viScanf that gets nothing ends by the session's timeout, keeps what it had
 * converted and leaves nothing behind; answers that do not match; and the session goes on.
 */

#include "check.h"

static const char *name;

static void soon(ViSession vi)
{
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, 200), VI_SUCCESS);
}

static void later(ViSession vi)
{
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, 10000), VI_SUCCESS);
}

/* The session answers the next question, and that one. */
static void goes_on(ViSession vi)
{
    char word[32] = "";

    if (!is_socket(name)) {
        EXPECT(viClear(vi), VI_SUCCESS);
    }
    EXPECT(viQueryf(vi, "ECHO? %s\n", "%s", "well", word), VI_SUCCESS);
    CHECK(strcmp(word, "well") == 0);
}

static void timeouts(ViSession vi)
{
    int number = -1, other = -1;

    soon(vi);
    EXPECT(viScanf(vi, "%d", &number), VI_ERROR_TMO);
    EXPECT(viQueryf(vi, "*CLS\n", "%d", &number), VI_ERROR_TMO);
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, VI_TMO_IMMEDIATE), VI_SUCCESS);
    EXPECT(viScanf(vi, "%d", &number), VI_ERROR_TMO);
    later(vi);
    CHECK(number == -1);
    goes_on(vi);

    if (is_socket(name)) {
        /* Half an answer, and no more: without its line feed it has no end. What could be converted
         * is, and the rest of the buffer is gone. */
        EXPECT(viSetAttribute(vi, VI_ATTR_TERMCHAR, '!'), VI_SUCCESS);
        EXPECT(viPrintf(vi, "ECHO? 5,lost\n"), VI_SUCCESS);
        soon(vi);
        EXPECT(viScanf(vi, "%d,lost %d", &number, &other), VI_ERROR_TMO);
        CHECK(number == 5 && other == -1);
        later(vi);
        /* With it went that a message had begun: an empty one that comes now is one. */
        EXPECT(viSetAttribute(vi, VI_ATTR_TERMCHAR, '\n'), VI_SUCCESS);
        EXPECT(viPrintf(vi, "ECHO? \n"), VI_SUCCESS);
        EXPECT(viScanf(vi, "%d", &other), VI_SUCCESS);
        CHECK(other == -1);
        EXPECT(viSetAttribute(vi, VI_ATTR_TERMCHAR, '!'), VI_SUCCESS);
        EXPECT(viPrintf(vi, "ECHO? 6!\n"), VI_SUCCESS);
        EXPECT(viScanf(vi, "%d", &number), VI_SUCCESS);
        CHECK(number == 6);
        EXPECT(viFlush(vi, VI_READ_BUF), VI_SUCCESS);
        /* All that the format needs has come, if late: that is no failure. */
        EXPECT(viPrintf(vi, "ECHO? 7,8\n"), VI_SUCCESS);
        soon(vi);
        EXPECT(viScanf(vi, "%d,", &number), VI_SUCCESS);
        CHECK(number == 7);
        later(vi);
        EXPECT(viFlush(vi, VI_READ_BUF_DISCARD), VI_SUCCESS);
        EXPECT(viSetAttribute(vi, VI_ATTR_TERMCHAR, '\n'), VI_SUCCESS);
        goes_on(vi);
    }
}

static void mismatches(ViSession vi)
{
    int number = -1;
    char word[32] = "";

    EXPECT(viQueryf(vi, "ECHO? volts 5\n", "%d", &number), VI_ERROR_INV_FMT);
    CHECK(number == -1);
    /* What did not match is still there to be looked at. */
    EXPECT(viScanf(vi, "%s %d", word, &number), VI_SUCCESS);
    CHECK(strcmp(word, "volts") == 0 && number == 5);
    EXPECT(viQueryf(vi, "ECHO? VOLT 5\n", "CURR %d", &number), VI_ERROR_INV_FMT);
    EXPECT(viQueryf(vi, "ECHO? 15hello\n", "%5b", word), VI_ERROR_INV_FMT);
    EXPECT(viQueryf(vi, "ECHO? 6\n", "%d", VI_NULL), VI_ERROR_USER_BUF);
    goes_on(vi);
}

static void closed(ViSession rm, ViSession vi)
{
    int number = 0;

    EXPECT(viClose(vi), VI_SUCCESS);
    EXPECT(viPrintf(vi, "*IDN?\n"), VI_ERROR_INV_OBJECT);
    EXPECT(viScanf(vi, "%d", &number), VI_ERROR_INV_OBJECT);
    EXPECT(viQueryf(vi, "*IDN?\n", "%d", &number), VI_ERROR_INV_OBJECT);
    EXPECT(viPrintf(rm, "*IDN?\n"), VI_ERROR_NSUP_OPER);
    EXPECT(viScanf(rm, "%d", &number), VI_ERROR_NSUP_OPER);
}

int main(int argc, char **argv)
{
    ViSession rm = open_manager(), vi;

    name = resource(argc, argv);
    vi = open_session(rm, name);
    timeouts(vi);
    mismatches(vi);
    closed(rm, vi);
    EXPECT(viClose(rm), VI_SUCCESS);
    return 0;
}
