/* Asks instruments for their identity, a measurement and a waveform.
 *
 *     cc demo.c -lvisa -o demo && ./demo RESOURCE...
 *
 * Prints one line for each answer: the word that says what it is, a tab, the answer.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <visa.h>

static ViSession manager, instrument;

/* Ends the program when a call has failed, with the library's own words. */
static void check(ViStatus status, const char *what)
{
    ViChar text[256] = "";
    if (status >= VI_SUCCESS)
        return;
    viStatusDesc(manager, status, text);
    fprintf(stderr, "%s: %s (0x%08lX)\n", what, text, (unsigned long)(ViUInt32)status);
    exit(1);
}

static void send(const char *command)
{
    ViUInt32 count;
    check(viWrite(instrument, (ViConstBuf)command, (ViUInt32)strlen(command), &count), command);
}

/* Asks a question and takes the line end off the answer. */
static void ask(const char *question, char *answer, ViUInt32 room)
{
    ViUInt32 count = 0;
    send(question);
    check(viRead(instrument, (ViBuf)answer, room - 1, &count), question);
    answer[count] = '\0';
    answer[strcspn(answer, "\r\n")] = '\0';
}

static void read_bytes(ViByte *buffer, ViUInt32 wanted)
{
    ViUInt32 have = 0, count;
    while (have < wanted) {
        check(viRead(instrument, buffer + have, wanted - have, &count), "reading a block");
        have += count;
    }
}

/* A waveform comes as a block: '#', a digit, that many digits of byte count, the bytes, and a
 * line feed. A byte may look like a line feed, so the termination character is off meanwhile. */
static void curve(void)
{
    ViByte head[2], digits[10] = { 0 }, end, *data;
    long count, i;
    send("CURV?\n");
    check(viSetAttribute(instrument, VI_ATTR_TERMCHAR_EN, VI_FALSE), "TERMCHAR_EN");
    read_bytes(head, 2);
    if (head[0] != '#' || head[1] < '1' || head[1] > '9') {
        fprintf(stderr, "CURV?: not a block\n");
        exit(1);
    }
    read_bytes(digits, head[1] - '0');
    count = atol((char *)digits);
    data = malloc((size_t)count + 1);
    if (data == NULL)
        exit(1);
    read_bytes(data, (ViUInt32)count);
    read_bytes(&end, 1);
    check(viSetAttribute(instrument, VI_ATTR_TERMCHAR_EN, VI_TRUE), "TERMCHAR_EN");
    printf("curve\t");
    for (i = 0; i < count; i++)
        printf("%d ", (signed char)data[i]);
    printf("\n");
    free(data);
}

int main(int argc, char **argv)
{
    char answer[256];
    int i;
    check(viOpenDefaultRM(&manager), "viOpenDefaultRM");
    for (i = 1; i < argc; i++) {
        check(viOpen(manager, argv[i], VI_NO_LOCK, 5000, &instrument), argv[i]);
        check(viSetAttribute(instrument, VI_ATTR_TMO_VALUE, 5000), "TMO_VALUE");
        /* SOCKET has no other end of message than this character; elsewhere it does no harm. */
        check(viSetAttribute(instrument, VI_ATTR_TERMCHAR, '\n'), "TERMCHAR");
        check(viSetAttribute(instrument, VI_ATTR_TERMCHAR_EN, VI_TRUE), "TERMCHAR_EN");
        printf("resource\t%s\n", argv[i]);
        ask("*IDN?\n", answer, sizeof answer);
        printf("identity\t%s\n", answer);
        ask("MEAS:VOLT:DC?\n", answer, sizeof answer);
        printf("volts\t%s\n", answer);
        curve();
        check(viClose(instrument), "viClose");
        fflush(stdout);
    }
    check(viClose(manager), "viClose");
    return 0;
}
