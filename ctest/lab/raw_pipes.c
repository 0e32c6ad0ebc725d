/* USB RAW: which pipes there are and which a session uses, alternate settings, the control pipe.
 * Arguments: the device's serial number.
 */

#include "raw.h"

static void first_ones(ViSession vi)
{
    ViChar text[256];
    CHECK(GET(vi, VI_ATTR_USB_BULK_OUT_PIPE) == 0x01);
    CHECK(GET(vi, VI_ATTR_USB_BULK_IN_PIPE) == 0x81);
    CHECK(GET(vi, VI_ATTR_USB_INTR_IN_PIPE) == 0x83);
    CHECK(GET(vi, VI_ATTR_USB_CTRL_PIPE) == 0);
    CHECK(GET(vi, VI_ATTR_USB_CLASS) == 0xFF);
    CHECK(GET(vi, VI_ATTR_USB_SUBCLASS) == 0x12);
    CHECK(GET(vi, VI_ATTR_USB_PROTOCOL) == 0x34);
    CHECK(GET(vi, VI_ATTR_USB_NUM_INTFCS) == 2);
    CHECK(GET(vi, VI_ATTR_USB_NUM_PIPES) == 5);
    CHECK(GET(vi, VI_ATTR_USB_INTFC_NUM) == 0);
    CHECK(GET(vi, VI_ATTR_USB_ALT_SETTING) == 0);
    CHECK(GET(vi, VI_ATTR_USB_END_IN) == VI_USB_END_SHORT_OR_COUNT);
    CHECK(GET(vi, VI_ATTR_USB_MAX_INTR_SIZE) == 16);
    CHECK(GET(vi, VI_ATTR_USB_BULK_OUT_STATUS) == VI_USB_PIPE_READY);
    CHECK(GET(vi, VI_ATTR_USB_BULK_IN_STATUS) == VI_USB_PIPE_READY);
    CHECK(GET(vi, VI_ATTR_USB_INTR_IN_STATUS) == VI_USB_PIPE_READY);
    CHECK((ViUInt16)GET(vi, VI_ATTR_MANF_ID) == 0x1209);
    CHECK(GET(vi, VI_ATTR_MODEL_CODE) == 0x20);
    EXPECT(viGetAttribute(vi, VI_ATTR_MANF_NAME, text), VI_SUCCESS);
    CHECK(strcmp(text, "ferrovisa") == 0);
    EXPECT(viGetAttribute(vi, VI_ATTR_MODEL_NAME, text), VI_SUCCESS);
    CHECK(strcmp(text, "bench device") == 0);
}

static void chosen(ViSession vi, const char *device)
{
    unsigned char data[1000];
    size_t i;
    for (i = 0; i < sizeof data; i++) {
        data[i] = pattern(i);
    }
    SET(vi, VI_ATTR_USB_BULK_OUT_PIPE, 0x02);
    WRITE(vi, data, sizeof data);
    EXPECT_BENCH(device, "sink", "1000 ok");
    SET(vi, VI_ATTR_USB_BULK_IN_PIPE, 0x82);
    bench(device, "source 700");
    EXPECT_PATTERN(vi, 1000, VI_SUCCESS, 0, 700);
    EXPECT(viSetAttribute(vi, VI_ATTR_USB_BULK_OUT_PIPE, 0x03), VI_ERROR_NSUP_ATTR_STATE);
    EXPECT(viSetAttribute(vi, VI_ATTR_USB_BULK_OUT_PIPE, 0x81), VI_ERROR_NSUP_ATTR_STATE);
    EXPECT(viSetAttribute(vi, VI_ATTR_USB_BULK_IN_PIPE, 0x83), VI_ERROR_NSUP_ATTR_STATE);
    EXPECT(viSetAttribute(vi, VI_ATTR_USB_INTR_IN_PIPE, 0x81), VI_ERROR_NSUP_ATTR_STATE);
    EXPECT(viSetAttribute(vi, VI_ATTR_USB_CTRL_PIPE, 1), VI_ERROR_NSUP_ATTR_STATE);
    EXPECT(viSetAttribute(vi, VI_ATTR_USB_NUM_PIPES, 1), VI_ERROR_ATTR_READONLY);
}

static void none(ViSession vi)
{
    ViUInt32 count = 9;
    ViByte byte;
    SET(vi, VI_ATTR_USB_BULK_OUT_PIPE, (ViAttrState)-1);
    SET(vi, VI_ATTR_USB_BULK_IN_PIPE, (ViAttrState)-1);
    CHECK(GET(vi, VI_ATTR_USB_BULK_IN_PIPE) == -1);
    CHECK(GET(vi, VI_ATTR_USB_BULK_IN_STATUS) == VI_USB_PIPE_STATE_UNKNOWN);
    EXPECT(viWrite(vi, (ViConstBuf)"x", 1, &count), VI_ERROR_INV_SETUP);
    CHECK(count == 0);
    EXPECT(viRead(vi, &byte, 1, &count), VI_ERROR_INV_SETUP);
    SET(vi, VI_ATTR_USB_BULK_OUT_PIPE, 0x01);
    SET(vi, VI_ATTR_USB_BULK_IN_PIPE, 0x81);
    WRITE(vi, "back", 4);
    EXPECT_READ(vi, 100, VI_SUCCESS, "back");
}

static void settings(ViSession vi, ViSession other)
{
    WRITE(vi, "kept", 4);
    EXPECT_READ(vi, 1, VI_SUCCESS_MAX_CNT, "k");
    SET(vi, VI_ATTR_USB_ALT_SETTING, 1);
    CHECK(GET(other, VI_ATTR_USB_ALT_SETTING) == 1);
    CHECK(GET(vi, VI_ATTR_USB_NUM_PIPES) == 2);
    CHECK(GET(vi, VI_ATTR_USB_INTR_IN_PIPE) == -1);
    CHECK(GET(vi, VI_ATTR_USB_MAX_INTR_SIZE) == 0);
    EXPECT(viSetAttribute(vi, VI_ATTR_USB_BULK_IN_PIPE, 0x82), VI_ERROR_NSUP_ATTR_STATE);
    WRITE(vi, "new", 3);
    EXPECT_READ(other, 100, VI_SUCCESS, "new");
    EXPECT(viSetAttribute(vi, VI_ATTR_USB_ALT_SETTING, 2), VI_ERROR_NSUP_ATTR_STATE);
    EXPECT(viSetAttribute(vi, VI_ATTR_USB_ALT_SETTING, 256), VI_ERROR_NSUP_ATTR_STATE);
    CHECK(GET(vi, VI_ATTR_USB_ALT_SETTING) == 1);
    SET(vi, VI_ATTR_USB_ALT_SETTING, 0);
    CHECK(GET(vi, VI_ATTR_USB_NUM_PIPES) == 5);
    WRITE(vi, "old", 3);
    EXPECT_READ(vi, 100, VI_SUCCESS, "old");
}

static void control(ViSession vi)
{
    unsigned char memory[4096], back[4096];
    unsigned char setup[8] = { 0xC1, 5, 0x34, 0x12, 0x00, 0x00, 8, 0 };
    ViUInt16 count = 0;
    size_t i;
    for (i = 0; i < sizeof memory; i++) {
        memory[i] = pattern(i + 7);
    }
    EXPECT(viUsbControlOut(vi, 0x40, 2, 0, 0, 4096, memory), VI_SUCCESS);
    EXPECT(viUsbControlIn(vi, 0xC0, 1, 0, 0, 4096, back, &count), VI_SUCCESS);
    CHECK(count == 4096 && memcmp(memory, back, 4096) == 0);
    /* The device has less than was asked for. */
    EXPECT(viUsbControlIn(vi, 0xC0, 1, 4000, 0, 500, back, &count), VI_SUCCESS);
    CHECK(count == 96 && memcmp(memory + 4000, back, 96) == 0);
    EXPECT(viUsbControlIn(vi, 0xC1, 5, 0x1234, 0, 8, back, &count), VI_SUCCESS);
    CHECK(count == 8 && memcmp(setup, back, 8) == 0);
    /* Refused by the device, once and without a trace. */
    EXPECT(viUsbControlIn(vi, 0xC0, 3, 0, 0, 8, back, &count), VI_ERROR_IO);
    EXPECT(viUsbControlOut(vi, 0x40, 3, 0, 0, 0, VI_NULL), VI_ERROR_IO);
    EXPECT(viUsbControlOut(vi, 0xC0, 1, 0, 0, 0, VI_NULL), VI_ERROR_INV_MASK);
    EXPECT(viUsbControlIn(vi, 0xC1, 5, 0x1234, 0, 8, back, VI_NULL), VI_SUCCESS);
    CHECK(memcmp(setup, back, 8) == 0);
}

int main(int argc, char **argv)
{
    ViSession rm = open_manager();
    const char *device = argc == 2 ? argv[1] : "";
    ViSession vi = open_raw(rm, device), other = open_raw(rm, device), second;
    first_ones(vi);
    chosen(vi, device);
    none(vi);
    /* The other session chose nothing. */
    CHECK(GET(other, VI_ATTR_USB_BULK_OUT_PIPE) == 0x01);
    settings(vi, other);
    control(vi);
    /* The device's other interface is a resource of its own. */
    EXPECT(viOpen(rm, raw_name(device, 1), VI_NO_LOCK, PATIENTLY, &second), VI_SUCCESS);
    CHECK(GET(second, VI_ATTR_USB_INTFC_NUM) == 1 && GET(second, VI_ATTR_USB_NUM_PIPES) == 2);
    CHECK(GET(second, VI_ATTR_USB_BULK_OUT_PIPE) == 0x04);
    WRITE(second, "second", 6);
    EXPECT_READ(second, 100, VI_SUCCESS, "second");
    EXPECT(viOpen(rm, raw_name(device, 2), VI_NO_LOCK, PATIENTLY, &second), VI_ERROR_RSRC_NFOUND);
    EXPECT(viClose(rm), VI_SUCCESS);
    return 0;
}
