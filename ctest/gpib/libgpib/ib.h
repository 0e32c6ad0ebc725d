/* ib.h: what programs see of linux-gpib's library (and of NI-488.2, which has the same functions).
 */

#ifndef IB_H
#define IB_H

/* ibsta */
#define DCAS 0x1
#define DTAS 0x2
#define LACS 0x4
#define TACS 0x8
#define ATN 0x10
#define CIC 0x20
#define REM 0x40
#define LOK 0x80
#define CMPL 0x100
#define EVENT 0x200
#define SPOLL 0x400
#define RQS 0x800
#define SRQI 0x1000
#define END 0x2000
#define TIMO 0x4000
#define ERR 0x8000

/* iberr */
#define EDVR 0
#define ECIC 1
#define ENOL 2
#define EADR 3
#define EARG 4
#define ESAC 5
#define EABO 6
#define ENEB 7
#define EDMA 8
#define EOIP 10
#define ECAP 11
#define EFSO 12
#define EBUS 14
#define ESTB 15
#define ESRQ 16
#define ETAB 20

/* ibeos */
#define REOS 0x400
#define XEOS 0x800
#define BIN 0x1000

/* ibtmo: 0 is none, then one and three of each decade from 10 us to 1000 s. */
#define TNONE 0
#define T10ms 7
#define T100ms 9
#define T300ms 10
#define T1s 11
#define T3s 12
#define T10s 13
#define T1000s 17

/* ibask, ibconfig */
#define IbcPAD 0x1
#define IbcSAD 0x2
#define IbcTMO 0x3
#define IbcEOT 0x4
#define IbcPPC 0x5
#define IbcREADDR 0x6
#define IbcAUTOPOLL 0x7
#define IbcSC 0xA
#define IbcSRE 0xB
#define IbcEOSrd 0xC
#define IbcEOSwrt 0xD
#define IbcEOScmp 0xE
#define IbcEOSchar 0xF
#define IbcTIMING 0x11
#define IbcReadAdjust 0x13
#define IbcWriteAdjust 0x14
#define IbcEventQueue 0x15
#define IbcSPollBit 0x16
#define IbcSendLLO 0x17
#define IbcSPollTime 0x18
#define IbcPPollTime 0x19
#define IbcEndBitIsNormal 0x1A
#define IbcUnAddr 0x1B
#define IbcHSCableLength 0x1F
#define IbcIst 0x20
#define IbcRsv 0x21
#define IbcBNA 0x200
#define IbaBNA 0x200

/* iblines: which are told, and their state. */
#define ValidDAV 0x01
#define ValidNDAC 0x02
#define ValidNRFD 0x04
#define ValidIFC 0x08
#define ValidREN 0x10
#define ValidSRQ 0x20
#define ValidATN 0x40
#define ValidEOI 0x80
#define BusDAV 0x0100
#define BusNDAC 0x0200
#define BusNRFD 0x0400
#define BusIFC 0x0800
#define BusREN 0x1000
#define BusSRQ 0x2000
#define BusATN 0x4000
#define BusEOI 0x8000

#define NO_SAD 0
#define ALL_SAD (-1)

typedef unsigned short Addr4882_t;
#define NOADDR ((Addr4882_t)0xFFFF)

#define NULLend 0
#define NLend 1
#define DABend 2
#define STOPend 0x100

/* Nothing else is seen of the library. */
#pragma GCC visibility push(default)

extern volatile int ibsta, ibcnt, iberr;
extern volatile long ibcntl;

int ThreadIbsta(void);
int ThreadIberr(void);
int ThreadIbcnt(void);
long ThreadIbcntl(void);
int AsyncIbsta(void);
int AsyncIberr(void);
int AsyncIbcnt(void);
long AsyncIbcntl(void);
const char *gpib_error_string(int error);
void ibvers(char **version);

int ibask(int ud, int option, int *value);
int ibbna(int ud, char *board);
int ibcac(int ud, int synchronous);
int ibclr(int ud);
int ibcmd(int ud, const void *commands, long count);
int ibcmda(int ud, const void *commands, long count);
int ibconfig(int ud, int option, int value);
int ibdev(int board, int pad, int sad, int timeout, int send_eoi, int eos);
int ibeos(int ud, int value);
int ibeot(int ud, int value);
int ibevent(int ud, short *event);
int ibfind(const char *name);
int ibgts(int ud, int shadow);
int ibist(int ud, int value);
int iblines(int ud, short *lines);
int ibln(int ud, int pad, int sad, short *found);
int ibloc(int ud);
int ibonl(int ud, int online);
int ibpad(int ud, int value);
int ibpct(int ud);
int ibppc(int ud, int value);
int ibrd(int ud, void *buffer, long count);
int ibrda(int ud, void *buffer, long count);
int ibrpp(int ud, char *answer);
int ibrsc(int ud, int value);
int ibrsp(int ud, char *status);
int ibrsv(int ud, int value);
int ibsad(int ud, int value);
int ibsic(int ud);
int ibspb(int ud, short *count);
int ibsre(int ud, int value);
int ibstop(int ud);
int ibtmo(int ud, int value);
int ibtrg(int ud);
int ibwait(int ud, int mask);
int ibwrt(int ud, const void *buffer, long count);
int ibwrta(int ud, const void *buffer, long count);

void AllSPoll(int board, const Addr4882_t list[], short results[]);
void AllSpoll(int board, const Addr4882_t list[], short results[]);
void DevClear(int board, Addr4882_t address);
void DevClearList(int board, const Addr4882_t list[]);
void EnableLocal(int board, const Addr4882_t list[]);
void EnableRemote(int board, const Addr4882_t list[]);
void FindLstn(int board, const Addr4882_t pads[], Addr4882_t results[], int most);
void FindRQS(int board, const Addr4882_t list[], short *result);
void PassControl(int board, Addr4882_t address);
void RcvRespMsg(int board, void *buffer, long count, int termination);
void ReadStatusByte(int board, Addr4882_t address, short *result);
void Receive(int board, Addr4882_t address, void *buffer, long count, int termination);
void ReceiveSetup(int board, Addr4882_t address);
void Send(int board, Addr4882_t address, const void *buffer, long count, int mode);
void SendCmds(int board, const void *commands, long count);
void SendDataBytes(int board, const void *buffer, long count, int mode);
void SendIFC(int board);
void SendList(int board, const Addr4882_t list[], const void *buffer, long count, int mode);
void SendLLO(int board);
void SendSetup(int board, const Addr4882_t list[]);
void SetRWLS(int board, const Addr4882_t list[]);
void TestSRQ(int board, short *result);
void Trigger(int board, Addr4882_t address);
void TriggerList(int board, const Addr4882_t list[]);
void WaitSRQ(int board, short *result);

#pragma GCC visibility pop

#endif
