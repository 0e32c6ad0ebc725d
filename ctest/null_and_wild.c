/* null_and_wild.c: every function with null pointers, zero, negative and huge numbers, on objects
 * of every kind, closed ones and numbers that never were one. Each call returns a status of the
 * standard (the peeks and pokes return nothing), nothing crashes, and what was given as null or as
 * empty is not touched. Pointers that are neither null nor valid are the caller's fault, and not
 * tried.
 */

#include "check.h"

/* A live manager, to ask what a status means. */
static ViSession referee;

/* What is being called on, for the message. */
static const char *subject;

static unsigned long calls;

#define TRY(call) is_status(#call, (call))

static void is_status(const char *call, ViStatus status)
{
    char text[256];

    calls++;
    if (viStatusDesc(referee, status, text) != VI_SUCCESS) {
        printf("%s: %s: 0x%08lX is no status\n", subject, call, (unsigned long)(ViUInt32)status);
        exit(1);
    }
}

/* Numbers to be wrong with, cast to each parameter's type. */
static const ViUInt32 wild[] = {0,          1,          2,          3,          0x7F,
                                0x80,       0xFF,       0x7FFF,     0x8000,     0xFFFF,
                                0x10000,    0x7FFFFFFF, 0x80000000, 0xBFFF0015, 0x3FFF7FFF,
                                0xFFFFFFFE, 0xFFFFFFFF};

#define EACH(i, w) for (i = 0; i < sizeof wild / sizeof wild[0] && ((w) = wild[i], 1); i++)

/* 0xFFFF... in 64 bits where all 32 are set, for what is an address or size. */
static ViUInt64 wide(ViUInt32 w)
{
    return w == 0xFFFFFFFFUL ? ~(ViUInt64)0 : w;
}

static ViStatus _VI_FUNCH handler(ViSession vi, ViEventType type, ViEvent event, ViAddr user)
{
    (void)vi, (void)type, (void)event, (void)user;
    return VI_SUCCESS;
}

static void managing(ViObject vi, ViUInt32 w)
{
    static char endless[10000];
    static const char *const names[] = {"", "::", "TCPIP", "\xFF\xFE", "GPIB0::99::INSTR",
                                        "ASRL::::::INSTR", "?*", "(((((((((("};
    ViSession out = VI_NULL;
    ViFindList list = VI_NULL;
    ViUInt16 a = 0, b = 0;
    ViUInt32 count = 0;
    char one[256], two[256], three[256];
    size_t i;

    memset(endless, 'A', sizeof endless - 1);
    TRY(viFindRsrc(vi, VI_NULL, VI_NULL, VI_NULL, VI_NULL));
    TRY(viFindRsrc(vi, VI_NULL, &list, &count, one));
    TRY(viFindRsrc(vi, endless, &list, &count, one));
    TRY(viFindNext(vi, VI_NULL));
    TRY(viParseRsrc(vi, VI_NULL, VI_NULL, VI_NULL));
    TRY(viParseRsrc(vi, endless, &a, &b));
    TRY(viParseRsrc(vi, "GPIB::1::INSTR", VI_NULL, VI_NULL));
    TRY(viParseRsrcEx(vi, VI_NULL, VI_NULL, VI_NULL, VI_NULL, VI_NULL, VI_NULL));
    TRY(viParseRsrcEx(vi, "GPIB::1::INSTR", VI_NULL, VI_NULL, VI_NULL, VI_NULL, VI_NULL));
    TRY(viParseRsrcEx(vi, endless, &a, &b, one, two, three));
    TRY(viOpen(vi, VI_NULL, w, w, VI_NULL));
    TRY(viOpen(vi, VI_NULL, w, w, &out));
    TRY(viOpen(vi, endless, w, w, &out));
    TRY(viOpen(vi, "TCPIP0::127.0.0.1::9::SOCKET", w | 0x8000, 0, &out));
    TRY(viOpen(vi, "TCPIP0::127.0.0.1::9::SOCKET", 0, 500, VI_NULL));
    for (i = 0; i < sizeof names / sizeof names[0]; i++) {
        TRY(viParseRsrcEx(vi, names[i], &a, &b, one, two, three));
        if (strcmp(names[i], "?*") != 0) {
            TRY(viFindRsrc(vi, names[i], VI_NULL, &count, one));
            TRY(viOpen(vi, names[i], w | 0x8000, 0, &out));
        }
    }
}

static void object_and_events(ViObject vi, ViUInt32 w)
{
    ViEventType type = 0;
    ViEvent event = 0;
    char text[256];
    ViByte room[8192];

    TRY(viSetAttribute(vi, w, (ViAttrState)wide(w)));
    TRY(viSetAttribute(vi, VI_ATTR_TERMCHAR, (ViAttrState)wide(w)));
    TRY(viSetAttribute(vi, VI_ATTR_USER_DATA, (ViAttrState)wide(w)));
    TRY(viSetAttribute(vi, VI_ATTR_RSRC_NAME, (ViAttrState)wide(w)));
    TRY(viGetAttribute(vi, w, VI_NULL));
    TRY(viGetAttribute(vi, VI_ATTR_RSRC_NAME, VI_NULL));
    TRY(viGetAttribute(vi, VI_ATTR_TMO_VALUE, VI_NULL));
    TRY(viGetAttribute(vi, w, room));
    TRY(viStatusDesc(vi, (ViStatus)w, VI_NULL));
    TRY(viStatusDesc(vi, (ViStatus)w, text));
    TRY(viTerminate(vi, (ViUInt16)w, w));
    TRY(viLock(vi, w, 0, VI_NULL, VI_NULL));
    TRY(viLock(vi, VI_SHARED_LOCK, 0, VI_NULL, VI_NULL));
    TRY(viUnlock(vi));
    TRY(viUnlock(vi));

    TRY(viEnableEvent(vi, w, (ViUInt16)w, w));
    TRY(viEnableEvent(vi, VI_EVENT_SERVICE_REQ, (ViUInt16)w, w));
    TRY(viWaitOnEvent(vi, w, 0, VI_NULL, VI_NULL));
    TRY(viWaitOnEvent(vi, VI_ALL_ENABLED_EVENTS, 0, &type, &event));
    TRY(viDiscardEvents(vi, w, (ViUInt16)w));
    TRY(viDisableEvent(vi, w, (ViUInt16)w));
    TRY(viInstallHandler(vi, w, VI_NULL, VI_NULL));
    TRY(viInstallHandler(vi, w, handler, VI_NULL));
    TRY(viUninstallHandler(vi, w, VI_NULL, VI_NULL));
    TRY(viUninstallHandler(vi, w, handler, VI_NULL));
    TRY(viDiscardEvents(vi, VI_ALL_ENABLED_EVENTS, VI_ALL_MECH));
    TRY(viDisableEvent(vi, VI_ALL_ENABLED_EVENTS, VI_ALL_MECH));
}

/* What needs no instrument to fail, or cannot last longer than the session's timeout. */
static void messages(ViObject vi, ViUInt32 w)
{
    ViUInt32 count = 0x5A5A5A5A;
    ViJobId job = 0;
    ViByte byte = '\n';

    TRY(viRead(vi, VI_NULL, w, &count));
    TRY(viRead(vi, VI_NULL, w, VI_NULL));
    TRY(viReadAsync(vi, VI_NULL, w, VI_NULL));
    TRY(viReadAsync(vi, VI_NULL, w, &job));
    TRY(viReadToFile(vi, VI_NULL, w, VI_NULL));
    TRY(viReadToFile(vi, "", w, &count));
    TRY(viWrite(vi, VI_NULL, w, &count));
    TRY(viWrite(vi, VI_NULL, w, VI_NULL));
    TRY(viWrite(vi, &byte, 0, VI_NULL));
    TRY(viWriteAsync(vi, VI_NULL, w, VI_NULL));
    TRY(viWriteAsync(vi, VI_NULL, w, &job));
    TRY(viWriteFromFile(vi, VI_NULL, w, VI_NULL));
    TRY(viWriteFromFile(vi, "", w, &count));
    TRY(viReadSTB(vi, VI_NULL));
    TRY(viAssertTrigger(vi, (ViUInt16)(w | 0x4000)));
    TRY(viSetBuf(vi, (ViUInt16)w, w & 0xFFFF));
    TRY(viFlush(vi, (ViUInt16)w));
    TRY(viBufWrite(vi, VI_NULL, w, VI_NULL));
    TRY(viBufRead(vi, VI_NULL, w, VI_NULL));
    TRY(viBufRead(vi, VI_NULL, w, &count));
    CHECK(byte == '\n');
}

static void with_list(ViObject vi, ...)
{
    va_list list;

    va_start(list, vi);
    TRY(viVPrintf(vi, VI_NULL, list));
    TRY(viVSPrintf(vi, VI_NULL, VI_NULL, list));
    TRY(viVScanf(vi, VI_NULL, list));
    TRY(viVSScanf(vi, VI_NULL, VI_NULL, list));
    TRY(viVQueryf(vi, VI_NULL, VI_NULL, list));
    va_end(list);
}

/* Formats that are none, or none for these arguments; bytes of all kinds. */
static void formats(ViObject vi)
{
    static const char *const bad[] = {
        "%", "%%%", "%%", "\\", "\\x", "\\777", "%Q", "%5", "%-+ 0#", "%*", "%.", "%.*", "%,", "%,*",
        "%,#", "%@", "%@9d", "%@@1d", "%!", "%!o", "%!oxy", "%[", "%[^", "%[]", "%[^]", "%hhd", "%lls",
        "%hZb", "%b", "%3.3b", "%0b", "%y", "%n", "%Ld", "%S", "%99999999999999999999d", "%#", "%#d",
        "%,99999999999d", "\xFF\xFE\x80", "%\xFF", "%\xFF" "d", "%\n", "%\t" "d", "%d%", "%s%",
    };
    char format[3] = "%x";
    ViByte out[4096], sink[1024];
    int count = 3;
    size_t i;

    for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        memset(sink, 0, sizeof sink);
        TRY(viSPrintf(vi, out, bad[i], sink, sink, sink, sink));
        TRY(viSScanf(vi, (ViConstBuf) "12,#13abc x", bad[i], sink, sink, sink, sink));
    }
    for (i = 1; i < 256; i++) {
        format[1] = (char)i;
        memset(sink, 0, sizeof sink);
        /* Numbers too, which travel in registers of their own: what is taken shall be there. */
        TRY(viSPrintf(vi, out, format, sink, sink, sink, 1.5, 2.5));
        TRY(viSScanf(vi, (ViConstBuf) "12", format, sink, sink, sink));
        TRY(viSScanf(vi, (ViConstBuf)format, "%d,%s", sink, sink));
    }
    /* Null pointers where the format wants memory, and counts that are none. */
    TRY(viSPrintf(vi, out, "%s", VI_NULL));
    TRY(viSPrintf(vi, out, "%.3s", VI_NULL));
    TRY(viSPrintf(vi, out, "%3b", VI_NULL));
    TRY(viSPrintf(vi, out, "%*b", 0, VI_NULL));
    TRY(viSPrintf(vi, out, "%*b", -1, sink));
    TRY(viSPrintf(vi, out, "%*b", 0x7FFFFFFF, VI_NULL));
    TRY(viSPrintf(vi, out, "%*Zb", 0x7FFFFFFF, VI_NULL));
    TRY(viSPrintf(vi, out, "%*lly", 0x7FFFFFFF, VI_NULL));
    TRY(viSPrintf(vi, out, "%3B", VI_NULL));
    TRY(viSPrintf(vi, out, "%,3d", VI_NULL));
    TRY(viSPrintf(vi, out, "%,*d", -1, sink));
    TRY(viSPrintf(vi, out, "%,*Lf", 0x7FFFFFFF, VI_NULL));
    TRY(viSPrintf(vi, out, "%,*lf", (int)0x80000000, VI_NULL));
    TRY(viSPrintf(vi, out, "%.*d", -0x7FFFFFFF, 3));
    TRY(viSPrintf(vi, out, "%.*s", (int)0x80000000, "text"));
    TRY(viSPrintf(vi, out, "%.2147483647s", "text"));
    TRY(viSScanf(vi, (ViConstBuf) "12", "%d", VI_NULL));
    TRY(viSScanf(vi, (ViConstBuf) "12", "%lf", VI_NULL));
    TRY(viSScanf(vi, (ViConstBuf) "12", "%Lf", VI_NULL));
    TRY(viSScanf(vi, (ViConstBuf) "12", "%s", VI_NULL));
    TRY(viSScanf(vi, (ViConstBuf) "12", "%c", VI_NULL));
    TRY(viSScanf(vi, (ViConstBuf) "12", "%t", VI_NULL));
    TRY(viSScanf(vi, (ViConstBuf) "12", "%T", VI_NULL));
    TRY(viSScanf(vi, (ViConstBuf) "12", "%[0-9]", VI_NULL));
    TRY(viSScanf(vi, (ViConstBuf) "12", "%n", VI_NULL));
    TRY(viSScanf(vi, (ViConstBuf) "12", "%#s", VI_NULL, sink));
    TRY(viSScanf(vi, (ViConstBuf) "12", "%#s", &count, VI_NULL));
    TRY(viSScanf(vi, (ViConstBuf) "12", "%,#d", VI_NULL, sink));
    TRY(viSScanf(vi, (ViConstBuf) "12", "%,#d", &count, VI_NULL));
    TRY(viSScanf(vi, (ViConstBuf) "#13abc", "%3b", VI_NULL));
    TRY(viSScanf(vi, (ViConstBuf) "#13abc", "%#b", VI_NULL, sink));
    count = -1;
    TRY(viSScanf(vi, (ViConstBuf) "#13abc", "%#b", &count, sink));
    count = -1;
    TRY(viSScanf(vi, (ViConstBuf) "abc", "%#t", &count, sink));
    count = -1;
    TRY(viSScanf(vi, (ViConstBuf) "1,2", "%,#d", &count, sink));
    count = 3;
    TRY(viSScanf(vi, (ViConstBuf) "#9999999999abc", "%#b", &count, sink));
    count = 3;
    TRY(viSScanf(vi, (ViConstBuf) "#", "%#b", &count, sink));
    count = 3;
    TRY(viSScanf(vi, (ViConstBuf) "#5abcde", "%#b", &count, sink));
    TRY(viSScanf(vi, (ViConstBuf) "99999999999999999999999999999999", "%d", sink));
    TRY(viSScanf(vi, (ViConstBuf) "1e999999999999999999999", "%lld%lf", sink, sink));
    TRY(viSScanf(vi, (ViConstBuf) "#HFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF", "%lld", sink));
}

static void formatted(ViObject vi)
{
    ViByte buffer[64] = "";

    formats(vi);

    TRY(viPrintf(vi, VI_NULL));
    TRY(viSPrintf(vi, VI_NULL, VI_NULL));
    TRY(viSPrintf(vi, VI_NULL, "x"));
    TRY(viSPrintf(vi, buffer, VI_NULL));
    TRY(viScanf(vi, VI_NULL));
    TRY(viSScanf(vi, VI_NULL, VI_NULL));
    TRY(viSScanf(vi, VI_NULL, "x"));
    TRY(viSScanf(vi, buffer, VI_NULL));
    TRY(viQueryf(vi, VI_NULL, VI_NULL));
    with_list(vi, 0);
}

#define IN_AND_OUT(bits, address) \
    TRY(viIn##bits(vi, space, (ViBusAddress)(address), VI_NULL)); \
    TRY(viOut##bits(vi, space, (ViBusAddress)(address), 0)); \
    TRY(viIn##bits##Ex(vi, space, (address), VI_NULL)); \
    TRY(viOut##bits##Ex(vi, space, (address), 0)); \
    TRY(viMoveIn##bits(vi, space, (ViBusAddress)(address), (ViBusSize)(address), VI_NULL)); \
    TRY(viMoveOut##bits(vi, space, (ViBusAddress)(address), (ViBusSize)(address), VI_NULL)); \
    TRY(viMoveIn##bits##Ex(vi, space, (address), (ViBusSize)(address), VI_NULL)); \
    TRY(viMoveOut##bits##Ex(vi, space, (address), (ViBusSize)(address), VI_NULL)); \
    viPeek##bits(vi, VI_NULL, VI_NULL); \
    viPeek##bits(vi, VI_NULL, &val##bits); \
    viPoke##bits(vi, VI_NULL, 0)

static void registers(ViObject vi, ViUInt32 w)
{
    ViUInt16 space = (ViUInt16)w;
    ViUInt64 far_ = wide(w);
    ViBusAddress near_ = (ViBusAddress)far_;
    ViBusSize size = (ViBusSize)far_;
    ViUInt8 val8 = 0;
    ViUInt16 val16 = 0;
    ViUInt32 val32 = 0;
    ViUInt64 val64 = 0;
    ViAddr address = VI_NULL;
    ViJobId job = 0;
    ViBusAddress offset = 0;
    ViBusAddress64 offset64 = 0;

    IN_AND_OUT(8, far_);
    IN_AND_OUT(16, far_);
    IN_AND_OUT(32, far_);
    IN_AND_OUT(64, far_);
    TRY(viMove(vi, space, near_, space, space, near_, space, size));
    TRY(viMoveEx(vi, space, far_, space, space, far_, space, size));
    TRY(viMoveAsync(vi, space, near_, space, space, near_, space, size, VI_NULL));
    TRY(viMoveAsync(vi, space, near_, space, space, near_, space, size, &job));
    TRY(viMoveAsyncEx(vi, space, far_, space, space, far_, space, size, VI_NULL));
    TRY(viMoveAsyncEx(vi, space, far_, space, space, far_, space, size, &job));
    TRY(viMapAddress(vi, space, near_, size, space, VI_NULL, VI_NULL));
    TRY(viMapAddress(vi, space, near_, size, space, VI_NULL, &address));
    TRY(viMapAddressEx(vi, space, far_, size, space, VI_NULL, VI_NULL));
    TRY(viMapAddressEx(vi, space, far_, size, space, VI_NULL, &address));
    TRY(viUnmapAddress(vi));
    TRY(viMemAlloc(vi, size, VI_NULL));
    TRY(viMemAlloc(vi, size, &offset));
    TRY(viMemAllocEx(vi, size, VI_NULL));
    TRY(viMemAllocEx(vi, size, &offset64));
    TRY(viMemFree(vi, near_));
    TRY(viMemFreeEx(vi, far_));
}

static void buses(ViObject vi, ViUInt32 w)
{
    ViInt16 index = 0;
    ViUInt16 count16 = 0;
    ViUInt32 count = 0;

    TRY(viGpibControlREN(vi, (ViUInt16)(w | 0x100)));
    TRY(viGpibControlATN(vi, (ViUInt16)w));
    TRY(viGpibSendIFC(vi));
    TRY(viGpibCommand(vi, VI_NULL, w, VI_NULL));
    TRY(viGpibCommand(vi, VI_NULL, w, &count));
    TRY(viGpibPassControl(vi, (ViUInt16)w, (ViUInt16)w));
    TRY(viVxiCommandQuery(vi, (ViUInt16)w, w, VI_NULL));
    TRY(viVxiCommandQuery(vi, (ViUInt16)w, w, &count));
    TRY(viAssertUtilSignal(vi, (ViUInt16)w));
    TRY(viAssertIntrSignal(vi, (ViInt16)(ViUInt16)w, w));
    TRY(viMapTrigger(vi, (ViInt16)(ViUInt16)w, (ViInt16)(ViUInt16)w, (ViUInt16)w));
    TRY(viUnmapTrigger(vi, (ViInt16)(ViUInt16)w, (ViInt16)(ViUInt16)w));
    TRY(viUsbControlOut(vi, (ViInt16)(ViUInt16)w, (ViInt16)(ViUInt16)w, (ViUInt16)w, (ViUInt16)w,
                        (ViUInt16)w, VI_NULL));
    TRY(viUsbControlIn(vi, (ViInt16)(ViUInt16)w, (ViInt16)(ViUInt16)w, (ViUInt16)w, (ViUInt16)w,
                       (ViUInt16)w, VI_NULL, VI_NULL));
    TRY(viUsbControlIn(vi, (ViInt16)(ViUInt16)w, (ViInt16)(ViUInt16)w, (ViUInt16)w, (ViUInt16)w,
                       (ViUInt16)w, VI_NULL, &count16));
    TRY(viPxiReserveTriggers(vi, (ViInt16)(ViUInt16)w, VI_NULL, VI_NULL, VI_NULL));
    TRY(viPxiReserveTriggers(vi, (ViInt16)(ViUInt16)w, VI_NULL, VI_NULL, &index));
}

/* Everything on one object; the object is still there afterwards, if it was before. */
static void everything(ViObject vi, const char *what)
{
    size_t i;
    ViUInt32 w;

    subject = what;
    EACH(i, w)
    {
        /* Calls that wait for an instrument shall not wait long: there is nothing to read. */
        TRY(viSetAttribute(vi, VI_ATTR_TMO_VALUE, 20));
        managing(vi, w);
        object_and_events(vi, w);
        messages(vi, w);
        registers(vi, w);
        buses(vi, w);
    }
    formatted(vi);
    TRY(viSetAttribute(vi, VI_ATTR_TMO_VALUE, 5000));
    TRY(viClear(vi));
}

int main(int argc, char **argv)
{
    ViSession rm, closed, vi;
    size_t i;
    int n;
    ViUInt32 w;

    setvbuf(stdout, NULL, _IOLBF, 0);
    referee = open_manager();
    subject = "without an object";
    TRY(viOpenDefaultRM(VI_NULL));
#undef viGetDefaultRM
    TRY(viGetDefaultRM(VI_NULL));

    closed = open_manager();
    EXPECT(viClose(closed), VI_SUCCESS);
    everything(closed, "closed manager");
    EACH(i, w)
    {
        if (w != referee) {
            everything(w, "a number from nowhere");
            subject = "viClose of a number from nowhere";
            TRY(viClose(w));
        }
    }
    rm = open_manager();
    everything(rm, "manager");

    for (n = 1; n < argc; n++) {
        EXPECT(viOpen(rm, argv[n], VI_NO_LOCK, 5000, &vi), VI_SUCCESS);
        everything(vi, argv[n]);
        EXPECT(viClose(vi), VI_SUCCESS);
        everything(vi, "closed session");
    }
    CHECK(argc > 1);
    EXPECT(viClose(rm), VI_SUCCESS);
    EXPECT(viClose(referee), VI_SUCCESS);
    printf("%lu calls\n", calls);
    return 0;
}
