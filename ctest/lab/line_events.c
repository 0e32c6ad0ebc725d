/* What happens on a line as events. Argument: an adapter's serial number. */

#include "serial.h"

static const char *adapter;

static void expect_event(ViSession vi, ViEventType type)
{
    ViEventType got = 0;
    EXPECT(viWaitOnEvent(vi, type, PATIENTLY, &got, VI_NULL), VI_SUCCESS);
    CHECK(got == type);
}

static void none_left(ViSession vi, ViEventType type)
{
    EXPECT(viWaitOnEvent(vi, type, VI_TMO_IMMEDIATE, VI_NULL, VI_NULL), VI_ERROR_TMO);
}

/* Each change of an input is one event of its own kind, up as well as down. */
static void changes(ViSession vi)
{
    static const struct {
        ViEventType type;
        const char *up;
        ViAttr state;
    } inputs[] = {
        { VI_EVENT_ASRL_CTS, "lines cts", VI_ATTR_ASRL_CTS_STATE },
        { VI_EVENT_ASRL_DSR, "lines dsr", VI_ATTR_ASRL_DSR_STATE },
        { VI_EVENT_ASRL_DCD, "lines dcd", VI_ATTR_ASRL_DCD_STATE },
    };
    size_t i;
    bench(adapter, "lines");
    /* CDC-ACM has no CTS to tell of. */
    for (i = strstr(bench(adapter, "tty"), "ACM") != NULL; i < 3; i++) {
        EXPECT(viEnableEvent(vi, inputs[i].type, VI_QUEUE, VI_NULL), VI_SUCCESS);
        bench(adapter, inputs[i].up);
        expect_event(vi, inputs[i].type);
        CHECK(GET(vi, inputs[i].state) == VI_STATE_ASSERTED);
        bench(adapter, "lines");
        expect_event(vi, inputs[i].type);
        CHECK(GET(vi, inputs[i].state) == VI_STATE_UNASSERTED);
        none_left(vi, inputs[i].type);
        EXPECT(viDisableEvent(vi, inputs[i].type, VI_QUEUE), VI_SUCCESS);
    }
}

/* Characters that are told of are still there to be read. */
static void characters(ViSession vi)
{
    EXPECT(viEnableEvent(vi, VI_EVENT_ASRL_CHAR, VI_QUEUE, VI_NULL), VI_SUCCESS);
    bench(adapter, "send told\\x0A");
    expect_event(vi, VI_EVENT_ASRL_CHAR);
    EXPECT_READ(vi, 100, VI_SUCCESS, "told\n");
    EXPECT(viDisableEvent(vi, VI_EVENT_ASRL_CHAR, VI_QUEUE), VI_SUCCESS);
}

static void breaks(ViSession vi)
{
    EXPECT(viEnableEvent(vi, VI_EVENT_ASRL_BREAK, VI_QUEUE, VI_NULL), VI_SUCCESS);
    bench(adapter, "send-bad break \\x00");
    expect_event(vi, VI_EVENT_ASRL_BREAK);
    none_left(vi, VI_EVENT_ASRL_BREAK);
    bench(adapter, "send after\\x0A");
    EXPECT_READ(vi, 100, VI_SUCCESS, "after\n");
    EXPECT(viDisableEvent(vi, VI_EVENT_ASRL_BREAK, VI_QUEUE), VI_SUCCESS);
}

int main(int argc, char **argv)
{
    ViSession rm = open_manager();
    ViSession vi;
    CHECK(argc == 2);
    adapter = argv[1];
    vi = open_port(rm, name_of(bench(adapter, "tty")));
    changes(vi);
    characters(vi);
    breaks(vi);
    EXPECT(viClose(rm), VI_SUCCESS);
    return 0;
}
