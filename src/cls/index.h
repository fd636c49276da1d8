/* The index of the error codes, which the build makes from codes.def. */
#ifndef AGAIN_CLS_INDEX_H
#define AGAIN_CLS_INDEX_H

/* It has 2^INDEX_BITS slots: ten times as many as codes, so that nearly all stand in their first one. */
enum { INDEX_BITS = 10 };

#endif
