/* The picture of a trace whose words end at a certain record. */
#ifndef AGAIN_KIT_DRAW_H
#define AGAIN_KIT_DRAW_H

#include <again/kit_trace.h>

/* As again_kit_trace_draw; the words end before record `end`. */
void again_kit_draw_until(const again_kit_trace *trace, uint32_t operation, size_t end,
                          char *buffer, size_t size);

#endif
