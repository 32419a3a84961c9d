/* What the JSON scanner wants to know of 64 bytes, one bit a byte (AVX-512, AVX2 or what the compiler is built for). */
#ifndef W403_LOGS_TRAIL_BLOCK_H
#define W403_LOGS_TRAIL_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct w403_block {
    uint64_t open, close; /* { [ and } ] outside strings */
    uint64_t names;       /* quotes that open a string whose first letter is e, or lies in the next block */
    uint64_t broken;      /* a line end inside a string, an e right behind one: quotes are missing, or too many */
    uint8_t  n_open, n_close;
    bool     backslash;   /* there is one, anywhere */
} w403_block;

/* The best one that the processor has is taken, up to the one asked for: tests ask for less. */
typedef enum w403_block_kernel { W403_BLOCK_PLAIN, W403_BLOCK_AVX2, W403_BLOCK_AVX512 } w403_block_kernel;

/* What goes from block to block. All zero, but for the kernel: the next byte stands outside strings. */
typedef struct w403_block_state {
    w403_block_kernel kernel;
    uint64_t          in_string; /* all ones: the next byte is inside a string */
    uint64_t          escape;    /* 1: it is escaped */
    uint64_t          closed;    /* 1: a string ends right before it */
} w403_block_state;

/* Reads the `n` blocks at `p`: n * 64 readable bytes. Cost: 2 to 5 ns a block. */
void w403_blocks_read(w403_block_state *s, const char *p, size_t n, w403_block *out);

#endif
