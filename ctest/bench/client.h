/* client.h: what a client of the benchmark has to be able to do; client.c does the measuring. */

#ifndef CLIENT_H
#define CLIENT_H

#include <stddef.h>

/* One open connection. */
struct peer;

/* How the program is called: its own arguments, before the commands. Returns how many it took. */
int peer_start(int argc, char **argv);

struct peer *peer_open(void);
void peer_close(struct peer *peer);

/* From now on answers are lines, or blocks of known length. */
void peer_expect_blocks(struct peer *peer, int blocks);

void peer_write(struct peer *peer, const void *data, size_t length);

/* Reads up to `room` bytes, or to the end of the message. */
size_t peer_read(struct peer *peer, void *data, size_t room);

/* A command that only this client has. Whether it is one. */
int peer_command(const char *command);

/* For peer_command: the middle one of `count` times, which are sorted. */
double median(double *times, size_t count);
double now_ns(void);

#endif
