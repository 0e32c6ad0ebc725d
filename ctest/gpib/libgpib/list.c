/* list.c: the functions of IEEE 488.2's controller protocols, for lists of addresses. */

#define _GNU_SOURCE
#include "internal.h"

enum { LIST = 64 };

static int pad_of(Addr4882_t address) { return address & 0xFF; }
static int sad_of(Addr4882_t address) { return (address >> 8) == 0 ? -1 : (address >> 8) - 0x60; }

static int is_valid(Addr4882_t address)
{
    int sad = address >> 8;
    return pad_of(address) <= 30 && (sad == 0 || (sad >= 0x60 && sad <= 0x7E));
}

/* How many addresses; -1 with EARG when one is none. */
static int length_of(const Addr4882_t list[])
{
    int count;
    for (count = 0; list != NULL && list[count] != NOADDR; count++) {
        if (!is_valid(list[count]) || count == LIST) {
            set_cnt(count);
            return fails(EARG);
        }
    }
    return count;
}

static struct descriptor *enter_board(int board)
{
    struct descriptor *descriptor = enter(board, 0);
    if (descriptor == NULL) {
        leave_failed();
        return NULL;
    }
    if (!descriptor->is_board) {
        leave(descriptor, fails(EARG), 0);
        return NULL;
    }
    return descriptor;
}

/* Optionally the own talk address, UNL, the listen addresses, a command if not negative. */
static int send_list(struct descriptor *descriptor, const Addr4882_t list[], int talk, int command)
{
    unsigned char bytes[2 * LIST + 8];
    int count = 0, i, length = length_of(list);
    long done;
    if (length < 0) {
        return -1;
    }
    if (talk) {
        count += own_address(descriptor, 1, bytes + count);
    }
    bytes[count++] = UNL;
    for (i = 0; i < length; i++) {
        count += add_address(pad_of(list[i]), sad_of(list[i]), 0, bytes + count);
    }
    if (command >= 0) {
        bytes[count++] = (unsigned char)command;
    }
    return do_commands(descriptor, bytes, count, &done, 0);
}

static void tell_list(int board, const Addr4882_t list[], int command)
{
    struct descriptor *descriptor = enter_board(board);
    if (descriptor != NULL) {
        leave(descriptor, send_list(descriptor, list, 0, command), 0);
    }
}

static void all(int board, unsigned char command)
{
    struct descriptor *descriptor = enter_board(board);
    long done;
    if (descriptor != NULL) {
        leave(descriptor, do_commands(descriptor, &command, 1, &done, 0), 0);
    }
}

static int is_empty(const Addr4882_t list[]) { return list == NULL || list[0] == NOADDR; }

void DevClearList(int board, const Addr4882_t list[])
{
    if (is_empty(list)) {
        all(board, DCL);
    } else {
        tell_list(board, list, SDC);
    }
}

void DevClear(int board, Addr4882_t address)
{
    Addr4882_t list[2] = { NOADDR, NOADDR };
    list[0] = address;
    DevClearList(board, list);
}

void TriggerList(int board, const Addr4882_t list[])
{
    if (is_empty(list)) {
        all(board, GET);
    } else {
        tell_list(board, list, GET);
    }
}

void Trigger(int board, Addr4882_t address)
{
    Addr4882_t list[2] = { NOADDR, NOADDR };
    list[0] = address;
    TriggerList(board, list);
}

/* An empty list: REN off. */
void EnableLocal(int board, const Addr4882_t list[])
{
    if (is_empty(list)) {
        ibsre(board, 0);
    } else {
        tell_list(board, list, GTL);
    }
}

void EnableRemote(int board, const Addr4882_t list[])
{
    struct descriptor *descriptor = enter_board(board);
    int outcome;
    if (descriptor == NULL) {
        return;
    }
    outcome = set_remote(descriptor, 1);
    if (outcome == 0 && !is_empty(list)) {
        outcome = send_list(descriptor, list, 0, -1);
    }
    leave(descriptor, outcome, 0);
}

void SetRWLS(int board, const Addr4882_t list[])
{
    struct descriptor *descriptor = enter_board(board);
    unsigned char lockout = LLO;
    long done;
    int outcome;
    if (descriptor == NULL) {
        return;
    }
    outcome = set_remote(descriptor, 1);
    if (outcome == 0) {
        outcome = do_commands(descriptor, &lockout, 1, &done, 0);
    }
    if (outcome == 0) {
        outcome = send_list(descriptor, list, 0, -1);
    }
    leave(descriptor, outcome, 0);
}

void SendLLO(int board) { all(board, LLO); }
void SendIFC(int board) { ibsic(board); }
void SendCmds(int board, const void *commands, long count) { ibcmd(board, commands, count); }

void SendSetup(int board, const Addr4882_t list[])
{
    struct descriptor *descriptor = enter_board(board);
    if (descriptor != NULL) {
        leave(descriptor, send_list(descriptor, list, 1, -1), 0);
    }
}

static int send_data(struct descriptor *descriptor, const void *buffer, long count, int mode)
{
    long done = 0, more = 0;
    int outcome;
    if (mode != NULLend && mode != NLend && mode != DABend) {
        return fails(EARG);
    }
    outcome = write_bytes(descriptor, buffer, count, mode == DABend, &done);
    if (outcome == 0 && mode == NLend) {
        outcome = write_bytes(descriptor, "\n", 1, 1, &more);
    }
    if (outcome == 0 || ThreadIberr() != EDVR) {
        set_cnt(done + more);
    }
    return outcome;
}

void SendDataBytes(int board, const void *buffer, long count, int mode)
{
    struct descriptor *descriptor = enter_board(board);
    if (descriptor != NULL) {
        leave(descriptor, send_data(descriptor, buffer, count, mode), CLEARS);
    }
}

void SendList(int board, const Addr4882_t list[], const void *buffer, long count, int mode)
{
    struct descriptor *descriptor = enter_board(board);
    int outcome;
    if (descriptor == NULL) {
        return;
    }
    outcome = is_empty(list) ? fails(EARG) : send_list(descriptor, list, 1, -1);
    if (outcome == 0) {
        outcome = send_data(descriptor, buffer, count, mode);
    }
    leave(descriptor, outcome, CLEARS);
}

void Send(int board, Addr4882_t address, const void *buffer, long count, int mode)
{
    Addr4882_t list[2] = { NOADDR, NOADDR };
    list[0] = address;
    SendList(board, list, buffer, count, mode);
}

static int set_up_receive(struct descriptor *descriptor, Addr4882_t address)
{
    unsigned char bytes[8];
    int count = 0;
    long done;
    if (address == NOADDR || !is_valid(address)) {
        return fails(EARG);
    }
    bytes[count++] = UNL;
    count += own_address(descriptor, 0, bytes + count);
    count += add_address(pad_of(address), sad_of(address), 1, bytes + count);
    return do_commands(descriptor, bytes, count, &done, 0);
}

static int receive(struct descriptor *descriptor, void *buffer, long count, int termination)
{
    long done = 0;
    int outcome;
    if (termination != STOPend && (termination & ~0xFF) != 0) {
        return fails(EARG);
    }
    if (!is_cic(descriptor)) {
        return fails(ECIC);
    }
    if (set_read_end(descriptor, termination & 0xFF, termination == STOPend ? 0 : REOS | BIN) < 0) {
        return -1;
    }
    outcome = read_bytes(descriptor, buffer, count, &done);
    if (outcome == 0 || ThreadIberr() != EDVR) {
        set_cnt(done);
    }
    return outcome;
}

void ReceiveSetup(int board, Addr4882_t address)
{
    struct descriptor *descriptor = enter_board(board);
    if (descriptor != NULL) {
        leave(descriptor, set_up_receive(descriptor, address), 0);
    }
}

void RcvRespMsg(int board, void *buffer, long count, int termination)
{
    struct descriptor *descriptor = enter_board(board);
    if (descriptor != NULL) {
        leave(descriptor, receive(descriptor, buffer, count, termination), CLEARS);
    }
}

void Receive(int board, Addr4882_t address, void *buffer, long count, int termination)
{
    struct descriptor *descriptor = enter_board(board);
    int outcome;
    if (descriptor == NULL) {
        return;
    }
    outcome = set_up_receive(descriptor, address);
    if (outcome == 0) {
        outcome = receive(descriptor, buffer, count, termination);
    }
    leave(descriptor, outcome, CLEARS);
}

/* The driver polls only what is open. */
static int poll_address(struct descriptor *descriptor, Addr4882_t address, short *result)
{
    struct open_device device = { 0, 0, 0, 0 };
    char status = 0;
    int outcome;
    device.pad = (uint32_t)pad_of(address);
    device.sad = sad_of(address);
    if (!is_valid(address)) {
        return fails(EARG);
    }
    if (!is_cic(descriptor)) {
        return fails(ECIC);
    }
    if (ask_driver(descriptor, IBOPENDEV, &device) < 0) {
        return -1;
    }
    outcome = poll_device(descriptor, pad_of(address), sad_of(address), descriptor->poll_timeout,
                          &status);
    *result = (short)(status & 0xFF);
    return ask_driver(descriptor, IBCLOSEDEV, &device.handle) < 0 ? -1 : outcome;
}

void ReadStatusByte(int board, Addr4882_t address, short *result)
{
    struct descriptor *descriptor = enter_board(board);
    if (descriptor != NULL) {
        leave(descriptor, poll_address(descriptor, address, result), 0);
    }
}

void AllSPoll(int board, const Addr4882_t list[], short results[])
{
    struct descriptor *descriptor = enter_board(board);
    int i, outcome, length;
    if (descriptor == NULL) {
        return;
    }
    length = length_of(list);
    outcome = length < 0 ? -1 : 0;
    for (i = 0; outcome == 0 && i < length; i++) {
        outcome = poll_address(descriptor, list[i], &results[i]);
        set_cnt(i);
    }
    leave(descriptor, outcome, 0);
}

void AllSpoll(int board, const Addr4882_t list[], short results[])
{
    AllSPoll(board, list, results);
}

/* ETAB when nobody requests service. */
void FindRQS(int board, const Addr4882_t list[], short *result)
{
    struct descriptor *descriptor = enter_board(board);
    int i, outcome, length;
    if (descriptor == NULL) {
        return;
    }
    length = length_of(list);
    outcome = length < 0 ? -1 : fails(ETAB);
    for (i = 0; i < length; i++) {
        short status = 0;
        set_cnt(i);
        if (poll_address(descriptor, list[i], &status) == 0 && (status & 0x40) != 0) {
            *result = status;
            set_err(0);
            outcome = 0;
            break;
        }
    }
    leave(descriptor, outcome, 0);
}

void PassControl(int board, Addr4882_t address)
{
    struct descriptor *descriptor = enter_board(board);
    int outcome;
    if (descriptor == NULL) {
        return;
    }
    if (address == NOADDR || !is_valid(address)) {
        outcome = fails(EARG);
    } else {
        outcome = pass_control(descriptor, pad_of(address), sad_of(address));
    }
    leave(descriptor, outcome, 0);
}

/* Who listens at these primary addresses, with any secondary one too. */
void FindLstn(int board, const Addr4882_t pads[], Addr4882_t results[], int most)
{
    struct descriptor *descriptor = enter_board(board);
    int i, sad, outcome, length, count = 0;
    short found = 0;
    if (descriptor == NULL) {
        return;
    }
    length = length_of(pads);
    outcome = length < 0 ? -1 : 0;
    for (i = 0; outcome == 0 && i < length; i++) {
        int pad = pad_of(pads[i]);
        outcome = find_listener(descriptor, pad, NO_SAD, &found);
        if (outcome == 0 && found) {
            if (count == most) {
                outcome = fails(ETAB);
                break;
            }
            results[count++] = (Addr4882_t)pad;
            continue;
        }
        if (outcome == 0) {
            outcome = find_listener(descriptor, pad, ALL_SAD, &found);
        }
        for (sad = 0x60; outcome == 0 && found && sad <= 0x7E; sad++) {
            short here = 0;
            outcome = find_listener(descriptor, pad, sad, &here);
            if (outcome == 0 && here) {
                if (count == most) {
                    outcome = fails(ETAB);
                    break;
                }
                results[count++] = (Addr4882_t)(pad | sad << 8);
            }
        }
    }
    set_cnt(count);
    leave(descriptor, outcome, 0);
}
