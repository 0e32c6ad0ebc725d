/* visa_board.c: the board itself, as controller and as device (GPIB INTFC). */

#include "visa_bus.h"

enum { SHORT = 300, LONG = 20000 };

#define EXPECT_ATTR(vi, attr, type, want) \
    do { \
        type value_ = (type)99; \
        EXPECT(viGetAttribute((vi), (attr), &value_), VI_SUCCESS); \
        if (value_ != (type)(want)) { \
            printf("%s:%d: %s is %ld, must be %s\n", __FILE__, __LINE__, #attr, (long)value_, #want); \
            exit(1); \
        } \
    } while (0)

static void bytes(ViSession intfc, const char *commands, ViUInt32 count)
{
    ViUInt32 sent = 0;
    EXPECT(viGpibCommand(intfc, (ViConstBuf)commands, count, &sent), VI_SUCCESS);
    CHECK(sent == count);
}

/* Exactly the bytes that were given, and raw data to and from who is addressed. */
static void commands(ViSession rm, const char *board)
{
    ViSession intfc = open_at(rm, board, "INTFC");
    ViUInt32 count = 0;
    EXPECT_BUS("forget", "");
    bytes(intfc, "\x3F\x40\x2C\x63", 4);
    EXPECT_ATTR(intfc, VI_ATTR_GPIB_ADDR_STATE, ViInt16, VI_GPIB_TALKER);
    send_text(intfc, "*IDN?");
    bytes(intfc, "\x3F\x20\x4C\x63", 4);
    EXPECT_ATTR(intfc, VI_ATTR_GPIB_ADDR_STATE, ViInt16, VI_GPIB_LISTENER);
    EXPECT_READ(intfc, 64, VI_SUCCESS, IDENTITY "12:3,1.0\n");
    EXPECT_BUS("log", "3F 40 2C 63 0>5. 3F 20 4C 63 12:3>35.");
    EXPECT_BUS("forget", "");
    /* PyVISA's group_execute_trigger. */
    bytes(intfc, "\x40\x3F\x25\x29\x08", 5);
    EXPECT_BUS("log", "40 3F 25 29 08");
    EXPECT_BUS("seen 5", "clears 0 triggers 1 remote 1 lockout 0");
    EXPECT_BUS("seen 9", "clears 0 triggers 1 remote 1 lockout 0");
    EXPECT(viAssertTrigger(intfc, VI_TRIG_PROT_DEFAULT), VI_SUCCESS);
    EXPECT_BUS("seen 9", "clears 0 triggers 2 remote 1 lockout 0");
    EXPECT_BUS("seen 12:3", "clears 0 triggers 0 remote 1 lockout 0");
    bytes(intfc, "\x3F\x40\x3E", 3);
    EXPECT(viWrite(intfc, (ViConstBuf)"x", 1, &count), VI_ERROR_NLISTENERS);
    CHECK(count == 0);
}

static void lines(ViSession rm, const char *board)
{
    ViSession intfc = open_at(rm, board, "INTFC");
    EXPECT(viGpibSendIFC(intfc), VI_SUCCESS);
    CHECK(strstr(bus("log"), "IFC") != NULL);
    EXPECT_ATTR(intfc, VI_ATTR_GPIB_CIC_STATE, ViBoolean, VI_TRUE);
    EXPECT_ATTR(intfc, VI_ATTR_GPIB_SYS_CNTRL_STATE, ViBoolean, VI_TRUE);
    EXPECT_ATTR(intfc, VI_ATTR_GPIB_ADDR_STATE, ViInt16, VI_GPIB_UNADDRESSED);
    EXPECT_ATTR(intfc, VI_ATTR_GPIB_PRIMARY_ADDR, ViUInt16, 0);
    EXPECT_ATTR(intfc, VI_ATTR_GPIB_SECONDARY_ADDR, ViUInt16, VI_NO_SEC_ADDR);
    EXPECT(viGpibControlATN(intfc, VI_GPIB_ATN_ASSERT), VI_SUCCESS);
    CHECK(strstr(bus("lines"), "ATN") != NULL);
    EXPECT_ATTR(intfc, VI_ATTR_GPIB_ATN_STATE, ViInt16, VI_STATE_ASSERTED);
    EXPECT(viGpibControlATN(intfc, VI_GPIB_ATN_DEASSERT), VI_SUCCESS);
    CHECK(strstr(bus("lines"), "ATN") == NULL);
    EXPECT_ATTR(intfc, VI_ATTR_GPIB_ATN_STATE, ViInt16, VI_STATE_UNASSERTED);
    EXPECT_ATTR(intfc, VI_ATTR_GPIB_NDAC_STATE, ViInt16, VI_STATE_UNASSERTED);
    EXPECT(viGpibControlATN(intfc, VI_GPIB_ATN_ASSERT_IMMEDIATE), VI_SUCCESS);
    EXPECT_ATTR(intfc, VI_ATTR_GPIB_NDAC_STATE, ViInt16, VI_STATE_ASSERTED);
    EXPECT(viGpibControlATN(intfc, 9), VI_ERROR_INV_MODE);
    EXPECT(viGpibControlREN(intfc, VI_GPIB_REN_DEASSERT), VI_SUCCESS);
    EXPECT_ATTR(intfc, VI_ATTR_GPIB_REN_STATE, ViInt16, VI_STATE_UNASSERTED);
    EXPECT(viGpibControlREN(intfc, VI_GPIB_REN_ASSERT), VI_SUCCESS);
    EXPECT_ATTR(intfc, VI_ATTR_GPIB_REN_STATE, ViInt16, VI_STATE_ASSERTED);
    bytes(intfc, "\x3F\x25", 2);
    EXPECT(viGpibControlREN(intfc, VI_GPIB_REN_ASSERT_LLO), VI_SUCCESS);
    EXPECT_BUS("seen 5", "clears 0 triggers 0 remote 1 lockout 1");
    EXPECT(viClear(intfc), VI_SUCCESS);
    EXPECT_BUS("seen 5", "clears 1 triggers 0 remote 1 lockout 1");
}

/* Waits until the board is in this state: drivers tell beginnings, and these are at once. */
static void enable(ViSession vi, ViEventType type)
{
    EXPECT(viEnableEvent(vi, type, VI_QUEUE, VI_NULL), VI_SUCCESS);
}

/* Control goes to the controller at 29 and comes back: what the board is told meanwhile. */
static void passing_control(ViSession rm, const char *board)
{
    ViSession intfc = open_at(rm, board, "INTFC"), a = open_at(rm, board, "5");
    ViUInt32 count = 0;
    enable(intfc, VI_EVENT_GPIB_CIC);
    enable(intfc, VI_EVENT_GPIB_LISTEN);
    enable(intfc, VI_EVENT_GPIB_TALK);
    enable(intfc, VI_EVENT_TRIG);
    enable(intfc, VI_EVENT_CLEAR);
    EXPECT(viGpibPassControl(intfc, 29, VI_NO_SEC_ADDR), VI_SUCCESS);
    EXPECT_EVENT(intfc, VI_EVENT_GPIB_CIC, LONG, VI_SUCCESS);
    CHECK(strstr(bus("other status"), "in-charge") != NULL);
    EXPECT_ATTR(intfc, VI_ATTR_GPIB_CIC_STATE, ViBoolean, VI_FALSE);
    EXPECT(viGpibCommand(intfc, (ViConstBuf)"\x3F", 1, &count), VI_ERROR_NCIC);
    EXPECT(viGpibControlATN(intfc, VI_GPIB_ATN_ASSERT), VI_ERROR_NCIC);
    bus("other command 3F 5D 20");
    EXPECT_EVENT(intfc, VI_EVENT_GPIB_LISTEN, LONG, VI_SUCCESS);
    EXPECT_ATTR(intfc, VI_ATTR_GPIB_ADDR_STATE, ViInt16, VI_GPIB_LISTENER);
    bus("other command 08");
    EXPECT_EVENT(intfc, VI_EVENT_TRIG, LONG, VI_SUCCESS);
    bus("other command 04");
    EXPECT_EVENT(intfc, VI_EVENT_CLEAR, LONG, VI_SUCCESS);
    bus("other command 3F 40 3D");
    EXPECT_EVENT(intfc, VI_EVENT_GPIB_TALK, LONG, VI_SUCCESS);
    EXPECT_EVENT(intfc, VI_EVENT_TRIG, SHORT, VI_ERROR_TMO);
    /* And back. */
    bus("other command 3F 40 09");
    EXPECT_EVENT(intfc, VI_EVENT_GPIB_CIC, LONG, VI_SUCCESS);
    EXPECT_ATTR(intfc, VI_ATTR_GPIB_CIC_STATE, ViBoolean, VI_TRUE);
    ask(a, "*IDN?", IDENTITY "5,1.0\n");
}

/* The status byte that the board gives as a device. */
static void as_device(ViSession rm, const char *board)
{
    ViSession intfc = open_at(rm, board, "INTFC");
    EXPECT(viSetAttribute(intfc, VI_ATTR_DEV_STATUS_BYTE, 0x41), VI_SUCCESS);
    EXPECT_ATTR(intfc, VI_ATTR_DEV_STATUS_BYTE, ViUInt8, 0x41);
    CHECK(strstr(bus("other status"), "srq") != NULL);
    EXPECT(viSetAttribute(intfc, VI_ATTR_DEV_STATUS_BYTE, 0), VI_SUCCESS);
    CHECK(strstr(bus("other status"), "srq") == NULL);
}

int main(int argc, char **argv)
{
    static const struct bus_check checks[] = {
        { "commands", commands }, { "lines", lines }, { "passing_control", passing_control },
        { "as_device", as_device },
    };
    return run_check(argc, argv, checks, sizeof checks / sizeof *checks);
}
