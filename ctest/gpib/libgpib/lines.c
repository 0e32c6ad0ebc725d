/* lines.c: what is done with a board: its lines, control, polls, waiting. */

#define _GNU_SOURCE
#include "internal.h"

#include <string.h>

enum { NEEDS_NOTHING, NEEDS_CIC, NEEDS_SYSTEM_CONTROLLER };

/* One call of the driver, for boards. */
static int simple(int ud, int needs, unsigned long request, void *argument)
{
    struct descriptor *descriptor = enter(ud, 0);
    int outcome;
    if (descriptor == NULL) {
        return leave_failed();
    }
    if (!descriptor->is_board) {
        outcome = fails(EARG);
    } else if (needs == NEEDS_CIC && !is_cic(descriptor)) {
        outcome = fails(ECIC);
    } else if (needs == NEEDS_SYSTEM_CONTROLLER && !is_system_controller(descriptor)) {
        outcome = fails(ESAC);
    } else {
        outcome = ask_driver(descriptor, request, argument);
    }
    return leave(descriptor, outcome, 0);
}

int ibsic(int ud)
{
    uint32_t microseconds = 100;
    return simple(ud, NEEDS_SYSTEM_CONTROLLER, IBSIC, &microseconds);
}

int set_remote(struct descriptor *descriptor, int value)
{
    int32_t on = value != 0;
    if (!is_system_controller(descriptor)) {
        return fails(ESAC);
    }
    return ask_driver(descriptor, IBSRE, &on);
}

int ibsre(int ud, int value)
{
    int32_t on = value != 0;
    return simple(ud, NEEDS_SYSTEM_CONTROLLER, IBSRE, &on);
}

int ibcac(int ud, int synchronous)
{
    int32_t argument = synchronous != 0;
    return simple(ud, NEEDS_CIC, IBCAC, &argument);
}

int ibgts(int ud, int shadow)
{
    (void)shadow;
    return simple(ud, NEEDS_CIC, IBGTS, NULL);
}

int iblines(int ud, short *lines) { return simple(ud, NEEDS_NOTHING, IBLINES, lines); }

int ibevent(int ud, short *event) { return simple(ud, NEEDS_NOTHING, IBEVENT, event); }

int ibrsc(int ud, int value)
{
    int32_t on = value != 0;
    return simple(ud, NEEDS_NOTHING, IBRSC, &on);
}

int ibrsv(int ud, int value)
{
    uint8_t byte = (uint8_t)value;
    if ((value & ~0xFF) != 0) {
        struct descriptor *descriptor = enter(ud, 0);
        return descriptor == NULL ? leave_failed() : leave(descriptor, fails(EARG), 0);
    }
    return simple(ud, NEEDS_NOTHING, IBRSV, &byte);
}

int ibist(int ud, int value)
{
    struct parallel_config config = { 0, (uint8_t)(value ? 1 : 2), { 0, 0 } };
    return simple(ud, NEEDS_NOTHING, IBPPC, &config);
}

int ibrpp(int ud, char *answer)
{
    struct descriptor *descriptor = enter(ud, 0);
    uint8_t byte = 0;
    int outcome;
    if (descriptor == NULL) {
        return leave_failed();
    }
    outcome = is_cic(descriptor) ? ask_driver(descriptor, IBRPP, &byte) : fails(ECIC);
    *answer = (char)byte;
    return leave(descriptor, outcome, 0);
}

/* For a device: PPC and PPE or PPD; 0 means PPD. For a board: its own answer. */
int ibppc(int ud, int value)
{
    struct descriptor *descriptor = enter(ud, 0);
    unsigned char bytes[8];
    int count = 0, outcome;
    long done;
    if (descriptor == NULL) {
        return leave_failed();
    }
    if (value != 0 && (value < 0x60 || value > 0x7F)) {
        outcome = fails(EARG);
    } else if (descriptor->is_board) {
        struct parallel_config config = { (uint8_t)(value == 0 ? 0x70 : value), 0, { 0, 0 } };
        outcome = ask_driver(descriptor, IBPPC, &config);
    } else {
        bytes[count++] = UNL;
        count += add_address(descriptor->pad, descriptor->sad, 0, bytes + count);
        bytes[count++] = PPC;
        bytes[count++] = (unsigned char)(value == 0 ? 0x70 : value);
        bytes[count++] = UNL;
        outcome = do_commands(descriptor, bytes, count, &done, 0);
    }
    return leave(descriptor, outcome, 0);
}

int ibwait(int ud, int mask)
{
    struct descriptor *descriptor = enter(ud, WITHOUT_LOCK | WHILE_BUSY);
    int status = 0, outcome;
    if (descriptor == NULL) {
        return leave_failed();
    }
    outcome = look(descriptor, mask, mask & (DTAS | DCAS | SPOLL), 0, &status);
    if (outcome < 0) {
        set_sta(ERR);
        publish();
        return ERR;
    }
    /* An operation in the background is over when one has waited for just that. */
    if ((mask & CMPL) != 0 && (status & CMPL) != 0 && join_background(descriptor)) {
        status |= descriptor->background.sta & (ERR | TIMO | END);
    } else if (descriptor->end && !descriptor->background.exists) {
        status |= END;
    }
    set_sta(status);
    publish();
    return status;
}

void TestSRQ(int board, short *result)
{
    short lines = 0;
    iblines(board, &lines);
    *result = (lines & BusSRQ) != 0;
}

void WaitSRQ(int board, short *result)
{
    *result = (ibwait(board, SRQI | TIMO) & SRQI) != 0;
}
