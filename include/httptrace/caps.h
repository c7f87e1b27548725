/* SPDX-License-Identifier: MIT */
/* Every size that the wire could drive, and where it stops. What a cap cut is counted and said in the report.
 */
#ifndef HTTPTRACE_CAPS_H
#define HTTPTRACE_CAPS_H

#define HT_CAP_HEAD_BYTES    (320u * 1024u)  /* one HTTP/1 header section; libcurl itself stops at 300 KiB */
#define HT_CAP_HEADERS       1000u           /* fields kept of one header section */
#define HT_CAP_CHUNK_LINE    (16u * 1024u)   /* one chunk-size line with its extensions */
#define HT_CAP_FRAME_BYTES   (64u * 1024u)   /* one HTTP/2 frame that is kept whole; DATA is never kept */
#define HT_CAP_HEADER_BLOCK  (512u * 1024u)  /* HEADERS with its CONTINUATIONs, compressed */
#define HT_CAP_CONTINUATIONS 64u             /* CONTINUATION frames of one block that are followed */
#define HT_CAP_HEADER_PLAIN  (1024u * 1024u) /* names and values kept of one HTTP/2 header block */
#define HT_CAP_HPACK_TABLE   (1024u * 1024u) /* HPACK dynamic table of one direction */
#define HT_CAP_SOCKS_MESSAGE (66u * 1024u)   /* one message of a SOCKS handshake */
#define HT_CAP_TLS_MESSAGE   (256u * 1024u)  /* one handshake message */
#define HT_CAP_TLS_FIELDS    2048u           /* list entries shown of one TLS message */
#define HT_CAP_TLS_OPAQUE    4096u           /* bytes shown of one opaque field of a TLS message */
#define HT_CAP_CERTIFICATES  16u             /* certificates decoded of one chain */
#define HT_CAP_SANS          256u            /* subjectAltName entries kept of one certificate */
#define HT_CAP_LIST          512u  /* entries of one decoded list (cipher suites, groups, protocols) */
#define HT_CAP_EVENTS        4096u /* decoded events kept of one exchange, and of one connection */
#define HT_CAP_OWNER_BYTES   (8u * 1024u * 1024u) /* one exchange or connection past which no event is kept */
#define HT_CAP_BODY_HEAD     4096u                /* first bytes of a response body kept for the rules */
#define HT_CAP_BODY          (1024u * 1024u)      /* of a body, either way, where bodies were asked for */
#define HT_CAP_BODY_TEXT     (16u * 1024u)        /* of that head, decoded */
#define HT_CAP_OPAQUE_HEAD   256u                 /* first bytes kept of a stream nobody could name */
#define HT_CAP_INFORMATIONAL 64u                  /* 1xx responses kept of one exchange */
#define HT_CAP_STREAMS       1024u                /* HTTP/2 streams followed at a time on one connection */
#define HT_CAP_SETTINGS      64u                  /* distinct HTTP/2 settings kept of one side */
#define HT_CAP_STALLS        64u                  /* flow-control stalls kept of one connection */
#define HT_CAP_ATTEMPTS      64u                  /* connect attempts kept of one connection */
#define HT_CAP_ADDRESSES     64u                  /* addresses kept of one lookup */
#define HT_CAP_QUERIES       4u                   /* DNS queries of our own kept of one connection */
#define HT_CAP_EDE           8u                   /* extended errors kept of one DNS answer */
#define HT_CAP_SAMPLES       64u                  /* TCP_INFO samples kept of one socket */
#define HT_CAP_TEXT          1024u                /* one piece of wire text in a terminal line */
#define HT_CAP_RECORD_LINE   (4u * 1024u * 1024u) /* one line of a record file */

/* All exchanges and connections there are at a time; past that an event is kept by those alone that have less
 * than the second. */
#define HT_CAP_RUN_BYTES   (32u * 1024u * 1024u)
#define HT_CAP_OWNER_LEAST (128u * 1024u)

/* Unread bytes of a socket that is closed, where all bytes are wanted. */
#define HT_CAP_QUEUE (16u * 1024u * 1024u)

#endif
