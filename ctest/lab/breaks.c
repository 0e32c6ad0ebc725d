/* Breaks, sent and received. Argument: an adapter's serial number. */

#include "serial.h"

static void sent(ViSession vi, const char *adapter)
{
    /* A state of the line, for as long as one likes. */
    SET(vi, VI_ATTR_ASRL_BREAK_STATE, VI_STATE_ASSERTED);
    CHECK(strstr(bench(adapter, "settings"), "break=1") != NULL);
    CHECK(GET(vi, VI_ATTR_ASRL_BREAK_STATE) == VI_STATE_ASSERTED);
    SET(vi, VI_ATTR_ASRL_BREAK_STATE, VI_STATE_UNASSERTED);
    CHECK(strstr(bench(adapter, "settings"), "break=0") != NULL);
    bench(adapter, "breaks");

    /* The end of a message, as long as the attribute says; how much longer is the machine's. */
    SET(vi, VI_ATTR_ASRL_BREAK_LEN, 400);
    SET(vi, VI_ATTR_ASRL_END_OUT, VI_ASRL_END_BREAK);
    WRITE(vi, "data", 4);
    EXPECT_BENCH(adapter, "received 4", "data");
    CHECK(atoi(bench(adapter, "breaks")) >= 400);

    /* None without END, and none when END is marked in another way. */
    SET(vi, VI_ATTR_SEND_END_EN, VI_FALSE);
    WRITE(vi, "more", 4);
    EXPECT_BENCH(adapter, "received 4", "more");
    EXPECT_BENCH(adapter, "breaks", "");
    SET(vi, VI_ATTR_SEND_END_EN, VI_TRUE);
    SET(vi, VI_ATTR_ASRL_END_OUT, VI_ASRL_END_TERMCHAR);
    WRITE(vi, "line", 4);
    EXPECT_BENCH(adapter, "received 5", "line\\x0A");
    EXPECT_BENCH(adapter, "breaks", "");
    SET(vi, VI_ATTR_ASRL_END_OUT, VI_ASRL_END_NONE);
}

static void received(ViSession vi, const char *adapter)
{
    SET(vi, VI_ATTR_ASRL_END_IN, VI_ASRL_END_BREAK);
    bench(adapter, "send one\\x0Atwo");
    bench(adapter, "send-bad break \\x00");
    bench(adapter, "send next");
    EXPECT_READ(vi, 100, VI_SUCCESS, "one\ntwo");
    EXPECT_READ(vi, 4, VI_SUCCESS_MAX_CNT, "next");

    /* Where it does not end messages it is no byte of them either. */
    SET(vi, VI_ATTR_ASRL_END_IN, VI_ASRL_END_TERMCHAR);
    bench(adapter, "send be");
    bench(adapter, "send-bad break \\x00");
    bench(adapter, "send fore\\x0A");
    EXPECT_READ(vi, 100, VI_SUCCESS, "before\n");
}

int main(int argc, char **argv)
{
    ViSession rm = open_manager();
    ViSession vi;
    CHECK(argc == 2);
    vi = open_port(rm, name_of(bench(argv[1], "tty")));
    sent(vi, argv[1]);
    received(vi, argv[1]);
    EXPECT(viClose(rm), VI_SUCCESS);
    return 0;
}
