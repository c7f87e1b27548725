/* SPDX-License-Identifier: MIT */
/* Answers that are well formed and still not the origin's: errors, redirects, portals, block pages (RFC
 * 9110). */
#include "lab.h"

#include <string.h>
#include <sys/socket.h>

static void serve_loop(struct lab_peer *peer)
{
    struct lab_request request;
    while (lab_h1_request(peer, &request)) {
        bool there = strcmp(request.target, "/there") == 0;
        lab_say(peer, "HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n",
                there ? "/back" : "/there");
    }
}

/* Over TLS comes a redirect to this very port in clear: which of the two it is, the first byte tells. */
static void serve_downgrade(struct lab_peer *peer)
{
    char first;
    struct lab_request request;
    if (recv(peer->fd, &first, 1, MSG_PEEK) != 1) {
        return;
    }
    if (first != 22) {
        lab_h1_serve(peer);
    } else if (lab_tls_accept(peer) && lab_h1_request(peer, &request)) {
        lab_say(peer,
                "HTTP/1.1 301 Moved Permanently\r\nLocation: http%s\r\nContent-Length: 0\r\n"
                "Connection: close\r\n\r\n",
                peer->url + strlen("https"));
    }
}

#define PAGE(name, words, at, found, options, literal)                                                       \
    {                                                                                                        \
        .code = "http." name, .help = (words), .phase = (at), .finding = "http." found, .client = (options), \
        .serve = lab_h1_bytes, .end = LAB_END_FIN, .bytes = LAB_BYTES(literal)                               \
    }
#define STATUS(code_words, name, found)                                                                      \
    PAGE(name, "status " code_words, "response", found, NULL,                                                \
         "HTTP/1.1 " code_words "\r\nContent-Type: text/plain\r\nContent-Length: 7\r\nConnection: close\r\n" \
         "\r\nSorry.\n")
#define BLOCK(product, status, fields, body)                                                                 \
    PAGE("block_page." product, status " with the marks of " product, "response", "block_page", NULL,        \
         "HTTP/1.1 " status "\r\nContent-Type: text/html\r\nConnection: close\r\n" fields "\r\n" body)

static const struct lab_row rows[] = {
    STATUS("404 Not Found", "status.404", "status"),
    STATUS("403 Forbidden", "status.403", "status"),
    STATUS("500 Internal Server Error", "status.500", "status"),
    STATUS("502 Bad Gateway", "gateway_error.502", "gateway_error"),
    STATUS("503 Service Unavailable", "gateway_error.503", "gateway_error"),
    STATUS("504 Gateway Timeout", "gateway_error.504", "gateway_error"),
    STATUS("421 Misdirected Request", "misdirected", "misdirected"),
    PAGE("plain_to_tls.400", "http:// to a TLS port: 400 that says so, as nginx", "response", "plain_to_tls",
         NULL,
         "HTTP/1.1 400 Bad Request\r\nServer: nginx\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n"
         "<html>\r\n<head><title>400 The plain HTTP request was sent to HTTPS port</title></head>\r\n"
         "<body>\r\n<center><h1>400 Bad Request</h1></center>\r\n"
         "<center>The plain HTTP request was sent to HTTPS port</center>\r\n</body>\r\n</html>\r\n"),
    PAGE("plain_to_tls.alert", "http:// to a TLS port: a TLS alert in answer", "response", "plain_to_tls",
         NULL, "\025\003\001\000\002\002\106"),
    {.code = "http.redirect_loop",
     .help = "302 that leads back",
     .phase = "response",
     .finding = "http.redirect_loop",
     .client = "-L",
     .serve = serve_loop},
    {.code = "http.redirect_downgrade",
     .help = "301 from https to http on the same port",
     .phase = "response",
     .finding = "http.redirect_downgrade",
     .client = "-L",
     .scheme = LAB_HTTPS,
     .serve = serve_downgrade,
     .tls = &(const struct lab_tls){.alpn = "http/1.1"},
     .own_handshake = true},
    PAGE(
        "portal.511", "511 Network Authentication Required (RFC 6585)", "response", "portal", NULL,
        "HTTP/1.1 511 Network Authentication Required\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n"
        "<html><body>Please <a href=\"http://10.0.0.1/login\">log in</a>.</body></html>\n"),
    PAGE("portal.wispr", "302 with a WISPr block", "response", "portal", NULL,
         "HTTP/1.1 302 Found\r\nLocation: http://portal.lab.example/login\r\nContent-Type: text/html\r\n"
         "Connection: close\r\n\r\n<html><!--\n<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
         "<WISPAccessGatewayParam xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n<Redirect>\n"
         "<AccessProcedure>1.0</AccessProcedure>\n<MessageType>100</MessageType>\n"
         "<ResponseCode>0</ResponseCode>\n<LoginURL>http://portal.lab.example/login</LoginURL>\n</Redirect>\n"
         "</WISPAccessGatewayParam>\n--></html>\n"),
    PAGE("portal.redirect_ip", "302 to an address in private space", "response", "portal", NULL,
         "HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/login?from=lab\r\nContent-Length: 0\r\n"
         "Connection: close\r\n\r\n"),
    PAGE("portal.api", "an answer of the captive portal API (RFC 8908)", "response", "portal", NULL,
         "HTTP/1.1 200 OK\r\nContent-Type: application/captive+json\r\nConnection: close\r\n\r\n"
         "{\"captive\": true, \"user-portal-url\": \"https://portal.lab.example/\"}\n"),
    BLOCK("cloudflare", "403 Forbidden",
          "Server: cloudflare\r\nCF-RAY: 8a1b2c3d4e5f6071-AMS\r\ncf-mitigated: challenge\r\n",
          "<html><head><title>Just a moment...</title></head><body></body></html>\n"),
    BLOCK("akamai", "403 Forbidden", "Server: AkamaiGHost\r\nMime-Version: 1.0\r\n",
          "<HTML><HEAD>\n<TITLE>Access Denied</TITLE>\n</HEAD><BODY>\n<H1>Access Denied</H1>\n"
          "You don't have permission to access \"http&#58;&#47;&#47;lab&#47;\" on this server.<P>\n"
          "Reference&#32;&#35;18&#46;2d351ab8&#46;1557333295&#46;a4e16ab\n</BODY>\n</HTML>\n"),
    BLOCK("sucuri", "403 Forbidden",
          "Server: Sucuri/Cloudproxy\r\nX-Sucuri-ID: 15005\r\nX-Sucuri-Block: SQLi\r\n",
          "<html><title>Sucuri WebSite Firewall - Access Denied</title></html>\n"),
    BLOCK("aws_waf", "403 Forbidden", "Server: awselb/2.0\r\nx-amzn-waf-action: captcha\r\n",
          "<html><body>Human verification</body></html>\n"),
    BLOCK("incapsula", "403 Forbidden",
          "X-Iinfo: 7-12345678-0 0NNN RT(1700000000000 0) q(0 -1 -1 -1) r(0 -1)\r\n",
          "<html><body><iframe src=\"/_Incapsula_Resource?incident_id=1234000560000000-1\">Request "
          "unsuccessful."
          " Incapsula incident ID: 1234000560000000-1</iframe></body></html>\n"),
};

const struct lab_family lab_page = LAB_FAMILY(rows);
