/* settings.c: ibask, ibconfig and the functions that set one thing. */

#include "internal.h"

int set_pad(struct descriptor *descriptor, int value)
{
    struct handle_pad new_pad = { (uint32_t)descriptor->handle, (uint32_t)value };
    if (value < 0 || value > 30) {
        return fails(EARG);
    }
    if (ask_driver(descriptor, IBPAD, &new_pad) < 0) {
        return -1;
    }
    descriptor->pad = value;
    return 0;
}

/* 0 for none, else with 0x60 added. */
int set_sad(struct descriptor *descriptor, int value)
{
    struct handle_sad new_sad = { (uint32_t)descriptor->handle, value - SECONDARY };
    if (value == NO_SAD) {
        new_sad.sad = -1;
    } else if (value < SECONDARY || value > SECONDARY + 30) {
        return fails(EARG);
    }
    if (ask_driver(descriptor, IBSAD, &new_sad) < 0) {
        return -1;
    }
    descriptor->sad = new_sad.sad;
    return 0;
}

static int set_timeout_step(unsigned *to, int value)
{
    if (value < TNONE || value > T1000s) {
        return fails(EARG);
    }
    *to = microseconds(value);
    return 0;
}

static void set_flag(int *flags, int flag, int on)
{
    *flags = on ? *flags | flag : *flags & ~flag;
}

/* What must be given as it is, for want of anything else. */
static int only(int value, int possible)
{
    return value == possible ? 0 : fails(ECAP);
}

static int configure_board(struct descriptor *descriptor, int option, int value)
{
    int16_t on = value != 0;
    int32_t word = value != 0;
    uint8_t byte = (uint8_t)value;
    uint32_t delay = value == 1 ? 2000 : value == 2 ? 500 : 350;
    struct parallel_config config = { (uint8_t)value, 0, { 0, 0 } };
    switch (option) {
    case IbcAUTOPOLL: return ask_driver(descriptor, IBAUTOSPOLL, &on);
    case IbcSC: return ask_driver(descriptor, IBRSC, &word);
    case IbcSRE: return set_remote(descriptor, value);
    case IbcTIMING:
        return value < 1 || value > 3 ? fails(EARG) : ask_driver(descriptor, IB_T1_DELAY, &delay);
    case IbcPPC: return ask_driver(descriptor, IBPPC, &config);
    case IbcRsv: return ask_driver(descriptor, IBRSV, &byte);
    case IbcIst:
        config.config = 0;
        config.flags = value ? 1 : 2;
        return ask_driver(descriptor, IBPPC, &config);
    case IbcSPollBit: case IbcEventQueue: case IbcPPollTime: return 0;
    case IbcSendLLO: case IbcHSCableLength: return only(value, 0);
    default: return fails(EARG);
    }
}

static int configure(struct descriptor *descriptor, int option, int value)
{
    switch (option) {
    case IbcPAD: return set_pad(descriptor, value);
    case IbcSAD: return set_sad(descriptor, value);
    case IbcTMO: return set_timeout_step(&descriptor->timeout, value);
    case IbcEOT: descriptor->send_eoi = value != 0; return 0;
    case IbcEOSrd: set_flag(&descriptor->eos_flags, REOS, value); return 0;
    case IbcEOSwrt: set_flag(&descriptor->eos_flags, XEOS, value); return 0;
    case IbcEOScmp: set_flag(&descriptor->eos_flags, BIN, value); return 0;
    case IbcEOSchar:
        if ((value & ~0xFF) != 0) {
            return fails(EARG);
        }
        descriptor->eos = value;
        return 0;
    case IbcReadAdjust: case IbcWriteAdjust: return only(value, 0);
    case IbcEndBitIsNormal: return only(value != 0, 1);
    default: break;
    }
    if (descriptor->is_board) {
        return configure_board(descriptor, option, value);
    }
    switch (option) {
    case IbcREADDR: descriptor->readdr = value != 0; return 0;
    case IbcUnAddr: descriptor->unaddr = value != 0; return 0;
    case IbcSPollTime: return set_timeout_step(&descriptor->poll_timeout, value);
    case IbcBNA: return only(value, descriptor->board);
    default: return fails(EARG);
    }
}

static int set(int ud, int option, int value)
{
    struct descriptor *descriptor = enter(ud, 0);
    int outcome;
    if (descriptor == NULL) {
        return leave_failed();
    }
    outcome = configure(descriptor, option, value);
    return leave(descriptor, outcome, 0);
}

int ibconfig(int ud, int option, int value) { return set(ud, option, value); }
int ibpad(int ud, int value) { return set(ud, IbcPAD, value); }
int ibsad(int ud, int value) { return set(ud, IbcSAD, value); }
int ibtmo(int ud, int value) { return set(ud, IbcTMO, value); }
int ibeot(int ud, int value) { return set(ud, IbcEOT, value); }

int ibeos(int ud, int value)
{
    struct descriptor *descriptor = enter(ud, 0);
    if (descriptor == NULL) {
        return leave_failed();
    }
    if ((value & ~0x1CFF) != 0) {
        return leave(descriptor, fails(EARG), 0);
    }
    descriptor->eos = value & 0xFF;
    descriptor->eos_flags = value & 0x1C00;
    return leave(descriptor, 0, 0);
}

int ibbna(int ud, char *board)
{
    struct descriptor *descriptor = enter(ud, 0);
    (void)board;
    return descriptor == NULL ? leave_failed() : leave(descriptor, fails(ECAP), 0);
}

static int ask_board(struct descriptor *descriptor, int option, int *value)
{
    struct board_info info;
    int16_t lines = 0;
    int32_t byte = 0;
    if (ask_driver(descriptor, IBBOARD_INFO, &info) < 0) {
        return -1;
    }
    switch (option) {
    case IbcPAD: *value = (int)info.pad; return 0;
    case IbcSAD: *value = info.sad < 0 ? NO_SAD : info.sad + SECONDARY; return 0;
    case IbcPPC: *value = info.parallel; return 0;
    case IbcAUTOPOLL: *value = info.autopolling; return 0;
    case IbcSC: *value = info.is_system_controller; return 0;
    case IbcSRE:
        if (ask_driver(descriptor, IBLINES, &lines) < 0) {
            return -1;
        }
        *value = (lines & BusREN) != 0;
        return 0;
    case IbcTIMING: *value = info.t1_delay >= 2000 ? 1 : info.t1_delay >= 500 ? 2 : 3; return 0;
    case IbcIst: *value = (int)(info.ist & 1); return 0;
    case IbcRsv:
        if (ask_driver(descriptor, IBQUERY_BOARD_RSV, &byte) < 0) {
            return -1;
        }
        *value = byte;
        return 0;
    case IbcSendLLO: case IbcHSCableLength: case IbcEventQueue: *value = 0; return 0;
    case IbcSPollBit: *value = 1; return 0;
    default: return fails(EARG);
    }
}

static int ask(struct descriptor *descriptor, int option, int *value)
{
    switch (option) {
    case IbcTMO: *value = step_of(descriptor->timeout); return 0;
    case IbcEOT: *value = descriptor->send_eoi; return 0;
    case IbcEOSrd: *value = (descriptor->eos_flags & REOS) != 0; return 0;
    case IbcEOSwrt: *value = (descriptor->eos_flags & XEOS) != 0; return 0;
    case IbcEOScmp: *value = (descriptor->eos_flags & BIN) != 0; return 0;
    case IbcEOSchar: *value = descriptor->eos; return 0;
    case IbcReadAdjust: case IbcWriteAdjust: *value = 0; return 0;
    case IbcEndBitIsNormal: *value = 1; return 0;
    default: break;
    }
    if (descriptor->is_board) {
        return ask_board(descriptor, option, value);
    }
    switch (option) {
    case IbcPAD: *value = descriptor->pad; return 0;
    case IbcSAD: *value = descriptor->sad < 0 ? NO_SAD : descriptor->sad + SECONDARY; return 0;
    case IbcREADDR: *value = descriptor->readdr; return 0;
    case IbcUnAddr: *value = descriptor->unaddr; return 0;
    case IbcSPollTime: *value = step_of(descriptor->poll_timeout); return 0;
    case IbaBNA: *value = descriptor->board; return 0;
    default: return fails(EARG);
    }
}

int ibask(int ud, int option, int *value)
{
    struct descriptor *descriptor = enter(ud, 0);
    int outcome;
    if (descriptor == NULL) {
        return leave_failed();
    }
    outcome = ask(descriptor, option, value);
    return leave(descriptor, outcome, 0);
}
