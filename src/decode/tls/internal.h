/* SPDX-License-Identifier: MIT */
/* What the files of this room share: the walk over one message, the rows of messages and of extensions. */
#ifndef HT_DECODE_TLS_INTERNAL_H
#define HT_DECODE_TLS_INTERNAL_H

#include "base/names.h"
#include "base/reader.h"
#include "base/sink.h"
#include "decode/tls/tls.h"
#include "model/model.h"

/* What can be wrong with a structure of RFC 8446 section 3's presentation language. */
enum ht_tls_fault {
    HT_TLS_FAULT_LENGTH,    /* a length, or a fixed-size field, reaches past the end */
    HT_TLS_FAULT_TRAILING,  /* bytes are left where the structure ends */
    HT_TLS_FAULT_PARTIAL,   /* a list ends within an entry */
    HT_TLS_FAULT_EMPTY,     /* shorter than its floor */
    HT_TLS_FAULT_VALUE,     /* a value that the RFC rules out */
    HT_TLS_FAULT_DUPLICATE, /* twice what may be there once */
    HT_TLS_FAULT_COUNT
};

/* Static texts, one per fault; they outlive every arena. */
struct ht_tls_why {
    const char *of[HT_TLS_FAULT_COUNT];
};

#define HT_TLS_WHY(name, reference)                                                                          \
    {                                                                                                        \
        {                                                                                                    \
            name ": cut short, or a length that does not fit (" reference ")",                               \
                name ": trailing bytes (" reference ")",                                                     \
                name ": a list ends within an entry (" reference ")",                                        \
                name ": shorter than it may be (" reference ")", name ": an illegal value (" reference ")",  \
                name ": the same twice (" reference ")"                                                      \
        }                                                                                                    \
    }

/* Where an extension block stands: the layout of some extensions depends on it (RFC 8446 section 4.2). */
enum ht_tls_place {
    HT_TLS_IN_CLIENT_HELLO,
    HT_TLS_IN_SERVER_HELLO,
    HT_TLS_IN_HELLO_RETRY,
    HT_TLS_IN_ENCRYPTED_EXTENSIONS,
    HT_TLS_IN_CERTIFICATE,
    HT_TLS_IN_CERTIFICATE_REQUEST,
    HT_TLS_IN_NEW_SESSION_TICKET
};

/* One message on its way from bytes to `out`. */
struct ht_tls_walk {
    struct ht_arena *arena;
    const struct ht_tls_context *context;
    struct ht_tls_message *out;
    const struct ht_tls_why *why; /* of the structure that is being read */
    enum ht_tls_place place;
    size_t entry; /* of a certificate's extensions: the certificate's index */
    size_t fields_left, fields_cut, bytes_cut;
};

typedef const char *ht_tls_name_fn(uint16_t number);

/* ---- walk.c ---- */
/* Marks the message as malformed at `at`; the first mark stays. */
void ht_tls_bad(struct ht_tls_walk *walk, size_t at, enum ht_tls_fault fault);
/* The content of a vector whose length has `width` bytes and whose floor is `floor` bytes. */
struct ht_reader ht_tls_vec(struct ht_tls_walk *walk, struct ht_reader *r, size_t width, size_t floor);
/* As a span in place of a reader. */
struct ht_span ht_tls_vec_span(struct ht_tls_walk *walk, struct ht_reader *r, size_t width, size_t floor);
/* The same, shown as bytes unless the read failed; gives the content. */
struct ht_span ht_tls_vec_field(struct ht_tls_walk *walk, struct ht_reader *r, size_t width, size_t floor,
                                struct ht_field *parent, const char *name);
/* `len` bytes, shown unless the read failed. */
void ht_tls_fixed(struct ht_tls_walk *walk, struct ht_reader *r, size_t len, struct ht_field *parent,
                  const char *name);
/* An integer of `width` bytes, shown unless the read failed. */
uint64_t ht_tls_number(struct ht_tls_walk *walk, struct ht_reader *r, size_t width, struct ht_field *parent,
                       const char *name);
/* A structure ends here: marks what did not fit and what is left over. */
void ht_tls_end(struct ht_tls_walk *walk, const struct ht_reader *r);
/* Whether one more entry of a list may become a field; counts those that may not. */
bool ht_tls_room(struct ht_tls_walk *walk);
/* Opaque bytes, the head of them past HT_CAP_TLS_OPAQUE; `secret` as in struct ht_field. */
void ht_tls_bytes(struct ht_tls_walk *walk, struct ht_field *parent, const char *name, struct ht_span bytes);
void ht_tls_secret(struct ht_tls_walk *walk, struct ht_field *parent, const char *name, struct ht_span bytes);
/* All of `r` as a list of 16-bit or 8-bit numbers: the first HT_CAP_LIST as fields, and all in `out` unless
 * NULL. */
void ht_tls_u16s(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *parent, const char *name,
                 ht_tls_name_fn *name_of, struct ht_u16_list *out);
void ht_tls_u8s(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *parent, const char *name,
                ht_tls_name_fn *name_of);
/* A number and its name. */
void ht_tls_named(struct ht_tls_walk *walk, struct ht_field *parent, const char *name, uint16_t number,
                  ht_tls_name_fn *name_of);
/* A u16 read and added as a named field. */
uint16_t ht_tls_named_u16(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *parent,
                          const char *name, ht_tls_name_fn *name_of);

/* ---- messages: each reads its body from `r` and adds to `fields` (walk->out->fields) ---- */
typedef void ht_tls_message_fn(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *fields);

ht_tls_message_fn ht_tls_msg_empty, ht_tls_msg_opaque;                                       /* session.c */
ht_tls_message_fn ht_tls_msg_new_session_ticket, ht_tls_msg_finished, ht_tls_msg_key_update; /* session.c */
ht_tls_message_fn ht_tls_msg_next_proto, ht_tls_msg_supplemental_data;                       /* session.c */
ht_tls_message_fn ht_tls_msg_client_hello, ht_tls_msg_server_hello;                          /* hello.c */
ht_tls_message_fn ht_tls_msg_encrypted_extensions;                                           /* hello.c */
ht_tls_message_fn ht_tls_msg_certificate, ht_tls_msg_certificate_request;           /* certificate.c */
ht_tls_message_fn ht_tls_msg_certificate_verify, ht_tls_msg_certificate_url;        /* certificate.c */
ht_tls_message_fn ht_tls_msg_certificate_status, ht_tls_msg_compressed_certificate; /* certificate.c */
ht_tls_message_fn ht_tls_msg_server_key_exchange, ht_tls_msg_client_key_exchange;   /* key_exchange.c */

/* One handshake message type (RFC 8446 section 4, RFC 5246 section 7.4, IANA "TLS HandshakeType"). */
struct ht_tls_message_row {
    uint8_t type;
    const char *kind, *title; /* "client_hello", "ClientHello" */
    ht_tls_message_fn *decode;
    struct ht_tls_why why;
};
extern const struct ht_tls_message_row ht_tls_message_rows[];
extern const size_t ht_tls_message_row_count;

bool ht_tls_is_13(uint16_t version); /* TLS 1.3 and its drafts */
/* The OCSPResponse of a CertificateStatus (RFC 6066 section 8), in a message or in an extension. */
void ht_tls_read_status(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *fields);
/* A list of DistinguishedName (RFC 5246 section 7.4.4, RFC 8446 section 4.2.4), which fills `r`. */
void ht_tls_read_names(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *parent,
                       const char *name);

/* ---- extensions ---- */
/* Reads extension_data, all of `r`, and adds to `fields`. */
typedef void ht_tls_extension_fn(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *fields);

/* One row of the IANA registry "TLS ExtensionType Values"; `decode` is NULL where the value is shown as
 * bytes. */
struct ht_tls_extension_row {
    uint16_t number;
    const char *name;
    ht_tls_extension_fn *decode;
    struct ht_tls_why why;
};
extern const struct ht_tls_extension_row ht_tls_extension_rows[];
extern const size_t ht_tls_extension_row_count;
const struct ht_tls_extension_row *ht_tls_extension_row(uint16_t number);

/* Reads an extension block with its length (RFC 8446 section 4.2) at `place`; `types`, unless NULL, gets the
 * numbers in order. */
void ht_tls_extensions(struct ht_tls_walk *walk, struct ht_reader *r, struct ht_field *parent,
                       enum ht_tls_place place, struct ht_u16_list *types);

ht_tls_extension_fn ht_tls_ext_empty, ht_tls_ext_server_name, ht_tls_ext_max_fragment_length; /* ext_name.c */
ht_tls_extension_fn ht_tls_ext_alpn, ht_tls_ext_npn, ht_tls_ext_alps;                         /* ext_name.c */
ht_tls_extension_fn ht_tls_ext_supported_groups, ht_tls_ext_ec_point_formats;                 /* ext_key.c */
ht_tls_extension_fn ht_tls_ext_key_share, ht_tls_ext_signature_algorithms;                    /* ext_key.c */
ht_tls_extension_fn ht_tls_ext_signature_algorithms_cert, ht_tls_ext_delegated_credential;    /* ext_key.c */
ht_tls_extension_fn ht_tls_ext_status_request, ht_tls_ext_status_request_v2, ht_tls_ext_sct;  /* ext_cert.c */
ht_tls_extension_fn ht_tls_ext_compress_certificate, ht_tls_ext_certificate_authorities;      /* ext_cert.c */
ht_tls_extension_fn ht_tls_ext_oid_filters, ht_tls_ext_certificate_type;                      /* ext_cert.c */
ht_tls_extension_fn ht_tls_ext_session_ticket, ht_tls_ext_pre_shared_key,
    ht_tls_ext_early_data;                                                              /* ext_psk.c */
ht_tls_extension_fn ht_tls_ext_psk_modes, ht_tls_ext_cookie, ht_tls_ext_ticket_request; /* ext_psk.c */
ht_tls_extension_fn ht_tls_ext_supported_versions, ht_tls_ext_extended_master_secret;   /* ext_record.c */
ht_tls_extension_fn ht_tls_ext_record_size_limit, ht_tls_ext_padding;                   /* ext_record.c */
ht_tls_extension_fn ht_tls_ext_renegotiation_info, ht_tls_ext_heartbeat;                /* ext_record.c */
ht_tls_extension_fn ht_tls_ext_use_srtp, ht_tls_ext_connection_id;                      /* ext_record.c */
ht_tls_extension_fn ht_tls_ext_ech, ht_tls_ext_quic; /* ext_ech.c, ext_quic.c */

/* ---- names beyond tls.h ---- */
extern const struct ht_name_table ht_tls_cipher_table;
extern const struct ht_name_table
    *const ht_tls_name_tables[]; /* every table but the ciphers'; NULL ends it */
ht_tls_name_fn ht_tls_compression_name, ht_tls_point_format_name, ht_tls_certificate_compression_name;
ht_tls_name_fn ht_tls_psk_mode_name, ht_tls_client_certificate_type_name, ht_tls_certificate_type_name;
ht_tls_name_fn ht_tls_status_type_name, ht_tls_name_type_name, ht_tls_max_fragment_name, ht_tls_srtp_name;
ht_tls_name_fn ht_tls_curve_type_name, ht_tls_hpke_kdf_name, ht_tls_hpke_aead_name;
ht_tls_name_fn ht_tls_alert_level_name, ht_tls_alert_name_u16;
const char *ht_tls_quic_parameter_name(uint64_t number);

/* ---- summary.c ---- */
/* The line for a message that was decoded; `title` is its name for people. */
void ht_tls_summarise(struct ht_tls_walk *walk, const char *title, size_t bytes);

#endif
