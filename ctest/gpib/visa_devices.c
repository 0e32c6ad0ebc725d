/* visa_devices.c: instruments at 5, 9 and 12::3, as sessions of the library. */

#include "visa_bus.h"

/* What stands between two texts in the log, besides the order in which drivers address. */
static int has(const char *log, const char *part) { return strstr(log, part) != NULL; }

static ViUInt16 poll(ViSession vi)
{
    ViUInt16 status = 0xFFFF;
    EXPECT(viReadSTB(vi, &status), VI_SUCCESS);
    CHECK(status <= 0xFF);
    return status;
}

/* Data with END, counts, termination characters, parts of a message, any size. */
static void messages(ViSession rm, const char *board)
{
    ViSession a = open_at(rm, board, "5"), c = open_at(rm, board, "12::3");
    ViUInt32 count = 0;
    ask(a, "*IDN?\n", IDENTITY "5,1.0\n");
    ask(c, "*IDN?\n", IDENTITY "12:3,1.0\n");
    send_text(a, "ECHO abcdef\n");
    EXPECT_READ(a, 3, VI_SUCCESS_MAX_CNT, "abc");
    EXPECT(viSetAttribute(a, VI_ATTR_TERMCHAR, 'e'), VI_SUCCESS);
    EXPECT(viSetAttribute(a, VI_ATTR_TERMCHAR_EN, VI_TRUE), VI_SUCCESS);
    EXPECT_READ(a, 64, VI_SUCCESS_TERM_CHAR, "de");
    EXPECT(viSetAttribute(a, VI_ATTR_TERMCHAR_EN, VI_FALSE), VI_SUCCESS);
    /* Another's exchange between does not take the rest away. */
    ask(c, "*ESE?\n", "0\n");
    EXPECT_READ(a, 64, VI_SUCCESS, "f\n");
    /* Without END the message goes on. */
    EXPECT(viSetAttribute(a, VI_ATTR_SEND_END_EN, VI_FALSE), VI_SUCCESS);
    EXPECT_BUS("forget", "");
    send_text(a, "ECHO o");
    EXPECT(viSetAttribute(a, VI_ATTR_SEND_END_EN, VI_TRUE), VI_SUCCESS);
    send_text(a, "ne");
    CHECK(has(bus("log"), "0>6 ") && has(bus("log"), "0>2."));
    EXPECT_READ(a, 64, VI_SUCCESS, "one\n");
    EXPECT(viWrite(a, (ViConstBuf)"", 0, &count), VI_SUCCESS);
    CHECK(count == 0);
    EXPECT(viClose(a), VI_SUCCESS);
    ask(c, "*IDN?\n", IDENTITY "12:3,1.0\n");
}

static ViByte data[1 << 20];

static void large(ViSession rm, const char *board)
{
    enum { SIZE = 400000 };
    static const char head[] = "DATA:LOAD #6400000";
    ViSession a = open_at(rm, board, "5");
    ViUInt32 count = 0, i, start = (ViUInt32)sizeof head - 1;
    memcpy(data, head, start);
    for (i = 0; i < SIZE; i++) {
        data[start + i] = (ViByte)(i * 31 + i / 251);
    }
    EXPECT(viSetAttribute(a, VI_ATTR_TMO_VALUE, 60000), VI_SUCCESS);
    EXPECT_BUS("forget", "");
    EXPECT(viWrite(a, data, start + SIZE, &count), VI_SUCCESS);
    CHECK(count == start + SIZE);
    /* One message, however many calls of the driver it took. */
    CHECK(has(bus("log"), "0>400018."));
    send_text(a, "DATA:LOAD?");
    EXPECT(viRead(a, data, 64, &count), VI_SUCCESS);
    CHECK(memcmp(data, "400000,", 7) == 0 && data[count - 2] == '1');
    send_text(a, "DATA:BLOCK? 400000");
    EXPECT(viRead(a, data, sizeof data, &count), VI_SUCCESS);
    CHECK(count == 8 + SIZE + 1);
    for (i = 0; i < SIZE; i++) {
        CHECK(data[8 + i] == (ViByte)(i * 31 + i / 251));
    }
}

/* The bytes with ATN: listener for a write, talker for a read, and nothing of anybody else's. */
static void addressing(ViSession rm, const char *board)
{
    ViSession a = open_at(rm, board, "5"), c = open_at(rm, board, "12::3");
    const char *log;
    ViBoolean value = VI_FALSE;
    send_text(a, "*CLS");
    EXPECT_BUS("forget", "");
    send_text(a, "ECHO a");
    log = bus("log");
    CHECK(has(log, "3F") && has(log, " 25 ") && has(log, "40") && has(log, " 0>6."));
    CHECK(!has(log, "63") && !has(log, "5F"));
    EXPECT_BUS("forget", "");
    EXPECT_READ(a, 64, VI_SUCCESS, "a\n");
    log = bus("log");
    CHECK(has(log, "20") && has(log, "45 ") && has(log, "5>2.") && !has(log, "25"));
    EXPECT_BUS("forget", "");
    send_text(c, "*CLS");
    CHECK(has(bus("log"), "2C 63"));
    /* VI_ATTR_GPIB_UNADDR_EN: nobody is left addressed. */
    EXPECT(viSetAttribute(a, VI_ATTR_GPIB_UNADDR_EN, VI_TRUE), VI_SUCCESS);
    EXPECT_BUS("forget", "");
    send_text(a, "*CLS");
    log = bus("log");
    CHECK(has(log, "0>4. 5F 3F") || has(log, "0>4. 3F 5F"));
    EXPECT(viGetAttribute(a, VI_ATTR_GPIB_UNADDR_EN, &value), VI_SUCCESS);
    CHECK(value == VI_TRUE);
    EXPECT(viSetAttribute(a, VI_ATTR_GPIB_UNADDR_EN, VI_FALSE), VI_SUCCESS);
    /* VI_ATTR_GPIB_READDR_EN off: a device that still is addressed need not be again, but another's
     * exchange between must not make the bytes go there. */
    EXPECT(viSetAttribute(a, VI_ATTR_GPIB_READDR_EN, VI_FALSE), VI_SUCCESS);
    send_text(a, "*ESE 1");
    send_text(a, "*ESE 2");
    send_text(c, "*ESE 3");
    send_text(a, "*ESE 4");
    ask(c, "*ESE?", "3\n");
    ask(a, "*ESE?", "4\n");
    {
        ViUInt16 primary = 99, secondary = 99;
        EXPECT(viGetAttribute(c, VI_ATTR_GPIB_PRIMARY_ADDR, &primary), VI_SUCCESS);
        EXPECT(viGetAttribute(c, VI_ATTR_GPIB_SECONDARY_ADDR, &secondary), VI_SUCCESS);
        CHECK(primary == 12 && secondary == 3);
        EXPECT(viGetAttribute(a, VI_ATTR_GPIB_SECONDARY_ADDR, &secondary), VI_SUCCESS);
        CHECK(secondary == VI_NO_SEC_ADDR);
    }
}

/* Clear, trigger, status byte: for one device and no other. */
static void device_operations(ViSession rm, const char *board)
{
    ViSession a = open_at(rm, board, "5"), c = open_at(rm, board, "12::3");
    ViUInt16 status;
    CHECK(has(bus("seen 5"), "clears 0 triggers 0"));
    EXPECT(viAssertTrigger(a, VI_TRIG_PROT_DEFAULT), VI_SUCCESS);
    EXPECT(viAssertTrigger(c, VI_TRIG_PROT_DEFAULT), VI_SUCCESS);
    EXPECT(viAssertTrigger(c, VI_TRIG_PROT_DEFAULT), VI_SUCCESS);
    EXPECT(viClear(c), VI_SUCCESS);
    CHECK(has(bus("seen 5"), "clears 0 triggers 1"));
    CHECK(has(bus("seen 12:3"), "clears 1 triggers 2"));
    CHECK(has(bus("seen 9"), "clears 0 triggers 0"));
    EXPECT(viAssertTrigger(a, VI_TRIG_PROT_SYNC), VI_ERROR_INV_PROT);
    /* A response that waits shows, and a clear takes it away. */
    CHECK(poll(a) == 0);
    send_text(a, "*IDN?");
    CHECK(poll(a) == 0x10 && poll(c) == 0);
    EXPECT(viClear(a), VI_SUCCESS);
    CHECK(poll(a) == 0);
    /* The request is told once. */
    send_text(a, "*CLS;*ESE 1;*SRE 32;*OPC");
    status = poll(a);
    CHECK(status == 0x60);
    CHECK(poll(a) == 0x20);
    /* Polling is no talking: the response is there. */
    ask(a, "ECHO x", "x\n");
}

/* The seven modes of viGpibControlREN on an instrument. */
static void remote(ViSession rm, const char *board)
{
    ViSession a = open_at(rm, board, "5");
    ViInt16 ren = 9;
    send_text(a, "*CLS");
    CHECK(has(bus("seen 5"), "remote 1 lockout 0"));
    EXPECT(viGetAttribute(a, VI_ATTR_GPIB_REN_STATE, &ren), VI_SUCCESS);
    CHECK(ren == VI_STATE_ASSERTED || ren == VI_STATE_UNKNOWN);
    EXPECT(viGpibControlREN(a, VI_GPIB_REN_ADDRESS_GTL), VI_SUCCESS);
    CHECK(has(bus("seen 5"), "remote 0 lockout 0"));
    CHECK(has(bus("lines"), "REN"));
    EXPECT(viGpibControlREN(a, VI_GPIB_REN_ASSERT_ADDRESS), VI_SUCCESS);
    CHECK(has(bus("seen 5"), "remote 1 lockout 0") && has(bus("seen 9"), "remote 0"));
    EXPECT(viGpibControlREN(a, VI_GPIB_REN_ASSERT_LLO), VI_SUCCESS);
    CHECK(has(bus("seen 5"), "remote 1 lockout 1"));
    EXPECT(viGpibControlREN(a, VI_GPIB_REN_DEASSERT), VI_SUCCESS);
    CHECK(has(bus("seen 5"), "remote 0 lockout 0") && !has(bus("lines"), "REN"));
    EXPECT(viGetAttribute(a, VI_ATTR_GPIB_REN_STATE, &ren), VI_SUCCESS);
    CHECK(ren == VI_STATE_UNASSERTED || ren == VI_STATE_UNKNOWN);
    EXPECT(viGpibControlREN(a, VI_GPIB_REN_ASSERT), VI_SUCCESS);
    CHECK(has(bus("lines"), "REN") && has(bus("seen 5"), "remote 0"));
    EXPECT(viGpibControlREN(a, VI_GPIB_REN_ASSERT_ADDRESS_LLO), VI_SUCCESS);
    CHECK(has(bus("seen 5"), "remote 1 lockout 1"));
    EXPECT(viGpibControlREN(a, VI_GPIB_REN_DEASSERT_GTL), VI_SUCCESS);
    CHECK(has(bus("seen 5"), "remote 0 lockout 0") && !has(bus("lines"), "REN"));
    EXPECT(viGpibControlREN(a, 7), VI_ERROR_INV_MODE);
}

/* Who is found (at 29 is the other controller), and what an address without anybody answers. */
static void finding(ViSession rm, const char *board)
{
    static const char *const present[] = { "%s::INTFC", "%s::5::INSTR", "%s::9::INSTR",
                                           "%s::12::3::INSTR", "%s::29::INSTR" };
    ViChar found[VI_FIND_BUFLEN];
    ViFindList list = VI_NULL;
    ViUInt32 count = 0, i;
    char all[1024] = "", name[64];
    ViSession nobody = VI_NULL;
    EXPECT(viFindRsrc(rm, "GPIB?*", &list, &count, found), VI_SUCCESS);
    for (i = 0; i < count; i++) {
        strcat(strcat(all, found), " ");
        if (i + 1 < count) {
            EXPECT(viFindNext(list, found), VI_SUCCESS);
        }
    }
    EXPECT(viClose(list), VI_SUCCESS);
    for (i = 0; i < sizeof present / sizeof *present; i++) {
        snprintf(name, sizeof name, present[i], board);
        if (!has(all, name)) {
            printf("%s is missing in %s\n%s\n", name, all, bus("log"));
            exit(1);
        }
    }
    CHECK(count == 5);
    snprintf(name, sizeof name, "%s::30::INSTR", board);
    EXPECT(viOpen(rm, name, VI_NO_LOCK, 5000, &nobody), VI_SUCCESS_DEV_NPRESENT);
    EXPECT(viWrite(nobody, (ViConstBuf)"x", 1, &count), VI_ERROR_NLISTENERS);
    CHECK(count == 0);
    EXPECT(viClear(nobody), VI_ERROR_NLISTENERS);
    EXPECT(viClose(nobody), VI_SUCCESS);
    /* One that is switched off is not listed, and all others are. */
    bus("fault 9 off");
    EXPECT(viFindRsrc(rm, "GPIB?*INSTR", &list, &count, found), VI_SUCCESS);
    CHECK(count == 3);
    EXPECT(viClose(list), VI_SUCCESS);
}

int main(int argc, char **argv)
{
    static const struct bus_check checks[] = {
        { "messages", messages }, { "large", large }, { "addressing", addressing },
        { "operations", device_operations }, { "remote", remote }, { "finding", finding },
    };
    return run_check(argc, argv, checks, sizeof checks / sizeof *checks);
}
