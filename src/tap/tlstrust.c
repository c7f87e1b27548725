/* SPDX-License-Identifier: MIT */
/* The trust store: takes a verified chain's anchor or a chain that found none, tells what the store says of
 * it (RFC 5280 section 6.1). */
#include "tap/tlslayer.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where Debian's ca-certificates keeps Mozilla's roots, and the directory whose <subject hash>.N names lead
 * there. */
#define PUBLIC_STORE "/usr/share/ca-certificates/mozilla/"
#define HASHED_STORE "/etc/ssl/certs/"
#define MOST_SAME    10 /* subjects with one hash */

void ht_tls_load_anchors(SSL_CTX *ctx, CURL *easy, const struct ht_operation *operation)
{
    const char *file = NULL, *dir = NULL;
    bool given = ht_setting_is_given(operation, "CAINFO") || ht_setting_is_given(operation, "CAPATH");
    if (SSL_CTX_get_verify_mode(ctx) != SSL_VERIFY_NONE)
        return;
    if (!given) {
        curl_easy_getinfo(easy, CURLINFO_CAINFO, &file);
        curl_easy_getinfo(easy, CURLINFO_CAPATH, &dir);
    }
    file = ht_setting_text(operation, "CAINFO", file);
    dir = ht_setting_text(operation, "CAPATH", dir);
    ERR_set_mark();
    if (file)
        SSL_CTX_load_verify_file(ctx, file);
    if (dir)
        SSL_CTX_load_verify_dir(ctx, dir);
    X509_STORE_set_flags(SSL_CTX_get_cert_store(ctx), X509_V_FLAG_PARTIAL_CHAIN); /* as libcurl does */
    ERR_pop_to_mark();
}

static bool holds(const char *path, X509 *anchor)
{
    FILE *file = fopen(path, "re");
    X509 *kept = file ? PEM_read_X509(file, NULL, NULL, NULL) : NULL;
    bool same = kept && X509_cmp(kept, anchor) == 0;
    X509_free(kept);
    if (file)
        fclose(file);
    return same;
}

int ht_tls_anchor_is_public(X509 *anchor)
{
    unsigned long hash = X509_subject_name_hash(anchor);
    if (access(PUBLIC_STORE, X_OK) != 0)
        return -1;
    for (int i = 0; i < MOST_SAME; i++) {
        char name[sizeof HASHED_STORE + 32];
        snprintf(name, sizeof name, HASHED_STORE "%08lx.%d", hash, i);
        char *path = realpath(name, NULL);
        bool found = path && strncmp(path, PUBLIC_STORE, strlen(PUBLIC_STORE)) == 0 && holds(path, anchor);
        bool more = path != NULL;
        free(path);
        if (found)
            return 1;
        if (!more)
            break;
    }
    return 0;
}

/* The certificate in which the chain that was sent ends, seen from the leaf. */
static X509 *top_of(STACK_OF(X509) * sent)
{
    X509 *top = sk_X509_num(sent) > 0 ? sk_X509_value(sent, 0) : NULL;
    for (int step = 1; top && step < sk_X509_num(sent); step++) {
        X509 *next = NULL;
        for (int i = 1; i < sk_X509_num(sent) && next == NULL; i++) {
            X509 *at = sk_X509_value(sent, i);
            if (at != top && X509_NAME_cmp(X509_get_subject_name(at), X509_get_issuer_name(top)) == 0)
                next = at;
        }
        if (next == NULL)
            break;
        top = next;
    }
    return top;
}

static const ASN1_STRING *organisation(const X509_NAME *name)
{
    int at = X509_NAME_get_index_by_NID(name, NID_organizationName, -1);
    return at < 0 ? NULL : X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
}

char *ht_tls_kin_of(SSL *ssl)
{
    STACK_OF(X509) *sent = SSL_get_peer_cert_chain(ssl);
    X509 *top = sent ? top_of(sent) : NULL;
    const ASN1_STRING *wanted = top ? organisation(X509_get_issuer_name(top)) : NULL;
    if (wanted == NULL || ASN1_STRING_length(wanted) == 0)
        return NULL;
    STACK_OF(X509) *anchors = X509_STORE_get1_all_certs(SSL_CTX_get_cert_store(SSL_get_SSL_CTX(ssl)));
    char *kin = NULL;
    for (int i = 0; anchors && i < sk_X509_num(anchors) && kin == NULL; i++) {
        const X509_NAME *subject = X509_get_subject_name(sk_X509_value(anchors, i));
        const ASN1_STRING *theirs = organisation(subject);
        if (theirs && ASN1_STRING_cmp(theirs, wanted) == 0)
            kin = X509_NAME_oneline(subject, NULL, 0);
    }
    sk_X509_pop_free(anchors, X509_free);
    return kin;
}
