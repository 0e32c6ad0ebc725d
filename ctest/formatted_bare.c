/* formatted_bare.c: a session on which nothing marks the end of an answer, as a SOCKET is when it is
 * opened: viScanf takes what is there, asks for more only where its format does, and leaves what it
 * does not need for the next call. The other interfaces are made the same by suppressing END.
 */

#include "check.h"

int main(int argc, char **argv)
{
    const char *name = resource(argc, argv);
    ViSession rm = open_manager(), vi;
    char line[64] = "", word[64] = "";
    int number = 0, numbers[3] = {0}, size = 3, i;
    double value = 0;

    EXPECT(viOpen(rm, name, VI_NO_LOCK, 5000, &vi), VI_SUCCESS);
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, 10000), VI_SUCCESS);
    EXPECT(viSetAttribute(vi, VI_ATTR_SUPPRESS_END_EN, VI_TRUE), VI_SUCCESS);

    EXPECT(viPrintf(vi, "ECHO? 12,word;2.5\n"), VI_SUCCESS);
    EXPECT(viScanf(vi, "%d,", &number), VI_SUCCESS);
    EXPECT(viScanf(vi, "%[^;];", word), VI_SUCCESS);
    EXPECT(viScanf(vi, "%lf", &value), VI_SUCCESS);
    CHECK(number == 12 && strcmp(word, "word") == 0 && value == 2.5);
    EXPECT(viScanf(vi, "%T", line), VI_SUCCESS);
    CHECK(strcmp(line, "\n") == 0);

    for (i = 0; i < 20; i++) {
        EXPECT(viPrintf(vi, "ECHO? line %d\n", i), VI_SUCCESS);
        EXPECT(viScanf(vi, "%T", line), VI_SUCCESS);
        sprintf(word, "line %d\n", i);
        CHECK(strcmp(line, word) == 0);
    }
    EXPECT(viQueryf(vi, "ECHO? a b\n", "%[^\n]", line), VI_SUCCESS);
    CHECK(strcmp(line, "a b") == 0);
    EXPECT(viScanf(vi, "%*T"), VI_SUCCESS);
    EXPECT(viQueryf(vi, "ECHO? 1,2,3\n", "%,#d", &size, numbers), VI_SUCCESS);
    CHECK(size == 3 && numbers[0] == 1 && numbers[1] == 2 && numbers[2] == 3);
    /* The line feed that ends a number is white space before the next. */
    for (i = 0; i < 20; i++) {
        EXPECT(viPrintf(vi, "ECHO? %d\n", i), VI_SUCCESS);
        EXPECT(viScanf(vi, "%d", &number), VI_SUCCESS);
        CHECK(number == i);
    }
    /* A format that ends in white space does not wait for what ends that. */
    EXPECT(viPrintf(vi, "ECHO? 17\n"), VI_SUCCESS);
    EXPECT(viScanf(vi, "%d\n", &number), VI_SUCCESS);
    CHECK(number == 17);

    /* viBufRead takes from the same buffer, and beyond it no more than it is asked for. */
    EXPECT(viQueryf(vi, "ECHO? 1,23456789\n", "%d,", &number), VI_SUCCESS);
    EXPECT(viBufRead(vi, (ViPBuf)line, 4, VI_NULL), VI_SUCCESS_MAX_CNT);
    CHECK(memcmp(line, "2345", 4) == 0);
    EXPECT(viScanf(vi, "%T", line), VI_SUCCESS);
    CHECK(strcmp(line, "6789\n") == 0);

    /* %t has no end to find: all that comes, and then no more. */
    EXPECT(viPrintf(vi, "ECHO? endless\n"), VI_SUCCESS);
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, 300), VI_SUCCESS);
    EXPECT(viScanf(vi, "%t", line), VI_ERROR_TMO);
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, 10000), VI_SUCCESS);
    EXPECT(viQueryf(vi, "ECHO? again\n", "%T", line), VI_SUCCESS);
    CHECK(strcmp(line, "again\n") == 0);

    /* A SOCKET told to take a pause for END has one, and %t finds it. */
    if (is_socket(name)) {
        EXPECT(viSetAttribute(vi, VI_ATTR_SUPPRESS_END_EN, VI_FALSE), VI_SUCCESS);
        for (i = 0; i < 3; i++) {
            EXPECT(viPrintf(vi, "ECHO? %d\n", i), VI_SUCCESS);
            EXPECT(viScanf(vi, "%d", &number), VI_SUCCESS);
            CHECK(number == i);
        }
        EXPECT(viQueryf(vi, "ECHO? a b\n", "%t", line), VI_SUCCESS);
        CHECK(strcmp(line, "a b\n") == 0);
    }

    EXPECT(viClose(rm), VI_SUCCESS);
    return 0;
}
