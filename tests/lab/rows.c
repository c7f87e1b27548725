/* SPDX-License-Identifier: MIT */
/* All behaviours, family by family. */
#include "lab.h"

extern const struct lab_family lab_healthy, lab_tcp, lab_hello, lab_alert, lab_handshake, lab_cert,
    lab_parameters, lab_h1, lab_h1_grammar, lab_page, lab_h2, lab_h2_frames, lab_h2_flood, lab_reuse;

const struct lab_family *const lab_families[] = {
    &lab_healthy, &lab_tcp,        &lab_hello,    &lab_alert,      &lab_handshake,
    &lab_cert,    &lab_parameters, &lab_h1,       &lab_h1_grammar, &lab_page,
    &lab_h2,      &lab_h2_frames,  &lab_h2_flood, &lab_reuse,      NULL};
