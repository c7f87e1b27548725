/* SPDX-License-Identifier: MIT */
/* The stack of SSL calls: takes calls as they begin and end, gives the level of each layer. */
#include "tap/tlslayer.h"

bool ht_tls_push(struct ht_tls_stack *stack, struct ht_tap_tls *tls)
{
    if (stack->depth == HT_TAP_LAYERS)
        return false;
    stack->at[stack->depth++] = tls;
    return true;
}

void ht_tls_pop(struct ht_tls_stack *stack)
{
    if (stack->depth > 0)
        stack->depth--;
}

uint8_t ht_tls_level(const struct ht_tls_stack *stack, size_t index, uint8_t base)
{
    return (uint8_t)(base + (stack->depth - 1 - index));
}
