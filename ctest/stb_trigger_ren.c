/* stb_trigger_ren.c: status byte, trigger and remote enable. */

#include "check.h"

#define MESSAGE_AVAILABLE 0x10

static void with_device_operations(ViSession vi, const char *name)
{
    static const ViUInt16 modes[] = {VI_GPIB_REN_DEASSERT_GTL, VI_GPIB_REN_ASSERT_ADDRESS,
                                     VI_GPIB_REN_ASSERT_ADDRESS_LLO, VI_GPIB_REN_ADDRESS_GTL};
    ViUInt16 status = 0xFFFF;
    size_t i;

    EXPECT(viReadSTB(vi, &status), VI_SUCCESS);
    CHECK(status <= 0xFF && (status & MESSAGE_AVAILABLE) == 0);
    command(vi, "ECHO? x");
    /* The instrument may still be at it: this asks until it says so. */
    for (i = 0; i < 1000 && (status & MESSAGE_AVAILABLE) == 0; i++) {
        EXPECT(viReadSTB(vi, &status), VI_SUCCESS);
    }
    CHECK((status & MESSAGE_AVAILABLE) != 0);
    EXPECT_READ(vi, 64, VI_SUCCESS, "x\n");
    EXPECT(viReadSTB(vi, &status), VI_SUCCESS);
    CHECK((status & MESSAGE_AVAILABLE) == 0);

    EXPECT(viAssertTrigger(vi, VI_TRIG_PROT_DEFAULT), VI_SUCCESS);
    EXPECT(viAssertTrigger(vi, VI_TRIG_PROT_DEFAULT), VI_SUCCESS);
    command(vi, "TRIG:COUN?");
    EXPECT_READ(vi, 64, VI_SUCCESS, "2\n");
    EXPECT(viAssertTrigger(vi, VI_TRIG_PROT_SYNC), VI_ERROR_INV_PROT);

    /* Rule 6.5.6: these four on every TCPIP INSTR. */
    for (i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        EXPECT(viGpibControlREN(vi, modes[i]), VI_SUCCESS);
    }
    EXPECT(viGpibControlREN(vi, 7), VI_ERROR_INV_MODE);
    /* The line itself does not exist in VXI-11; HiSLIP and USB488 have messages for it. */
    EXPECT(viGpibControlREN(vi, VI_GPIB_REN_ASSERT),
           strstr(name, "hislip") != NULL || is_usb(name) ? VI_SUCCESS : VI_ERROR_INV_MODE);
}

static void with_strings(ViSession vi)
{
    ViUInt16 status = 0xFFFF;

    EXPECT(viReadSTB(vi, &status), VI_ERROR_NSUP_OPER);
    EXPECT(viAssertTrigger(vi, VI_TRIG_PROT_DEFAULT), VI_ERROR_NSUP_OPER);
    EXPECT(viGpibControlREN(vi, VI_GPIB_REN_ASSERT), VI_ERROR_NSUP_OPER);

    /* The strings of IEEE 488.2 do what the wire cannot. */
    EXPECT(viSetAttribute(vi, VI_ATTR_IO_PROT, VI_PROT_4882_STRS), VI_SUCCESS);
    EXPECT(viReadSTB(vi, &status), VI_SUCCESS);
    CHECK(status <= 0xFF);
    EXPECT(viAssertTrigger(vi, VI_TRIG_PROT_DEFAULT), VI_SUCCESS);
    command(vi, "TRIG:COUN?");
    EXPECT_READ(vi, 64, VI_SUCCESS_TERM_CHAR, "1\n");
}

int main(int argc, char **argv)
{
    const char *name = resource(argc, argv);
    ViSession rm = open_manager();
    ViSession vi = open_session(rm, name);

    if (is_stream(name)) {
        with_strings(vi);
    } else {
        with_device_operations(vi, name);
    }
    EXPECT(viClose(rm), VI_SUCCESS);
    return 0;
}
