/* read_ends.c: why a read ends (rules 6.1.1 to 6.1.5). END comes before the termination
 * character, that before the count; each only when it is enabled. A bare socket has no END.
 */

#include "check.h"

/* Rules 6.1.1 to 6.1.5 on an interface that marks END. */
static void with_end(ViSession vi)
{
    /* END, and the buffer has room left. */
    command(vi, "ECHO? hello");
    EXPECT_READ(vi, 64, VI_SUCCESS, "hello\n");

    /* END together with the last byte that fits: still END. */
    command(vi, "ECHO? hello");
    EXPECT_READ(vi, 6, VI_SUCCESS, "hello\n");

    /* The count, then the rest. */
    command(vi, "ECHO? hello");
    EXPECT_READ(vi, 2, VI_SUCCESS_MAX_CNT, "he");
    EXPECT_READ(vi, 3, VI_SUCCESS_MAX_CNT, "llo");
    EXPECT_READ(vi, 3, VI_SUCCESS, "\n");

    /* The termination character, as often as it comes; END ends the last piece. */
    EXPECT(viSetAttribute(vi, VI_ATTR_TERMCHAR, 'l'), VI_SUCCESS);
    EXPECT(viSetAttribute(vi, VI_ATTR_TERMCHAR_EN, VI_TRUE), VI_SUCCESS);
    command(vi, "ECHO? hello");
    EXPECT_READ(vi, 64, VI_SUCCESS_TERM_CHAR, "hel");
    EXPECT_READ(vi, 64, VI_SUCCESS_TERM_CHAR, "l");
    EXPECT_READ(vi, 64, VI_SUCCESS, "o\n");

    /* It wins over a full count. */
    command(vi, "ECHO? hello");
    EXPECT_READ(vi, 3, VI_SUCCESS_TERM_CHAR, "hel");
    EXPECT_READ(vi, 64, VI_SUCCESS_TERM_CHAR, "l");
    EXPECT_READ(vi, 64, VI_SUCCESS, "o\n");

    /* END on the termination character: END. */
    EXPECT(viSetAttribute(vi, VI_ATTR_TERMCHAR, '\n'), VI_SUCCESS);
    command(vi, "ECHO? hello");
    EXPECT_READ(vi, 64, VI_SUCCESS, "hello\n");
    EXPECT(viSetAttribute(vi, VI_ATTR_TERMCHAR_EN, VI_FALSE), VI_SUCCESS);

    /* END suppressed: never VI_SUCCESS (rule 6.1.4). */
    EXPECT(viSetAttribute(vi, VI_ATTR_SUPPRESS_END_EN, VI_TRUE), VI_SUCCESS);
    command(vi, "ECHO? hello");
    EXPECT_READ(vi, 6, VI_SUCCESS_MAX_CNT, "hello\n");
    EXPECT(viSetAttribute(vi, VI_ATTR_SUPPRESS_END_EN, VI_FALSE), VI_SUCCESS);
}

/* A bare socket or a serial line: bytes without borders. */
static void without_end(ViSession vi, const char *name)
{
    ViBoolean suppressed = VI_FALSE;

    EXPECT(viGetAttribute(vi, VI_ATTR_SUPPRESS_END_EN, &suppressed), VI_SUCCESS);
    CHECK(suppressed == is_socket(name));

    /* open_session has enabled line feed. */
    command(vi, "ECHO? hello");
    EXPECT_READ(vi, 64, VI_SUCCESS_TERM_CHAR, "hello\n");

    /* Two answers that arrive together are two reads. */
    command(vi, "ECHO? one");
    command(vi, "ECHO? two");
    EXPECT_READ(vi, 64, VI_SUCCESS_TERM_CHAR, "one\n");
    EXPECT_READ(vi, 64, VI_SUCCESS_TERM_CHAR, "two\n");

    /* The termination character wins over a full count; less is the count. */
    command(vi, "ECHO? hello");
    EXPECT_READ(vi, 6, VI_SUCCESS_TERM_CHAR, "hello\n");
    command(vi, "ECHO? hello");
    EXPECT_READ(vi, 5, VI_SUCCESS_MAX_CNT, "hello");
    EXPECT_READ(vi, 5, VI_SUCCESS_TERM_CHAR, "\n");

    /* Without it, and END suppressed, only the count ends a read in time; a timeout still
     * delivers what had arrived. */
    EXPECT(viSetAttribute(vi, VI_ATTR_TERMCHAR_EN, VI_FALSE), VI_SUCCESS);
    command(vi, "ECHO? hello");
    EXPECT_READ(vi, 6, VI_SUCCESS_MAX_CNT, "hello\n");
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, 500), VI_SUCCESS);
    command(vi, "ECHO? hello");
    EXPECT_READ(vi, 64, VI_ERROR_TMO, "hello\n");
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, 10000), VI_SUCCESS);

    /* Not suppressed: on a socket a pause ends the message. */
    if (is_socket(name)) {
        EXPECT(viSetAttribute(vi, VI_ATTR_SUPPRESS_END_EN, VI_FALSE), VI_SUCCESS);
        command(vi, "ECHO? hello");
        EXPECT_READ(vi, 64, VI_SUCCESS, "hello\n");
    }
}

int main(int argc, char **argv)
{
    const char *name = resource(argc, argv);
    ViSession rm = open_manager();
    ViSession vi = open_session(rm, name);

    if (is_stream(name)) {
        without_end(vi, name);
    } else {
        with_end(vi);
    }
    EXPECT(viClose(rm), VI_SUCCESS);
    return 0;
}
