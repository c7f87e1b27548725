// SPDX-License-Identifier: MIT

// A server on Go's net/http with one path for every shape of an answer; ports and certificates come as flags.
package main

import (
	"compress/gzip"
	"crypto/md5"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"strconv"
	"strings"
	"time"
)

func number(r *http.Request, name string, otherwise int) int {
	if n, err := strconv.Atoi(r.URL.Query().Get(name)); err == nil {
		return n
	}
	return otherwise
}

func flush(w http.ResponseWriter) {
	w.(http.Flusher).Flush()
}

func hello(w http.ResponseWriter, r *http.Request) {
	io.WriteString(w, "hello\n")
}

func sendBytes(w http.ResponseWriter, r *http.Request) {
	left := number(r, "n", 1024)
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Length", strconv.Itoa(left))
	block := make([]byte, 16384)
	for left > 0 {
		if left < len(block) {
			block = block[:left]
		}
		if _, err := w.Write(block); err != nil {
			return
		}
		left -= len(block)
	}
}

func drip(w http.ResponseWriter, r *http.Request) {
	for i := 0; i < number(r, "n", 3); i++ {
		io.WriteString(w, "drop\n")
		flush(w)
		time.Sleep(time.Duration(number(r, "ms", 50)) * time.Millisecond)
	}
}

// Over HTTP/2 the body is whole some time before the empty DATA frame that carries END_STREAM.
func lateEnd(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Length", "6")
	hello(w, r)
	flush(w)
	time.Sleep(time.Duration(number(r, "ms", 300)) * time.Millisecond)
}

func slow(w http.ResponseWriter, r *http.Request) {
	time.Sleep(time.Duration(number(r, "ms", 200)) * time.Millisecond)
	hello(w, r)
}

func trailers(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Trailer", "X-Checksum, X-Count")
	io.WriteString(w, "body\n")
	flush(w)
	w.Header().Set("X-Checksum", "abc123")
	w.Header().Set("X-Count", "1")
}

func earlyHints(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Link", "</style.css>; rel=preload")
	w.WriteHeader(http.StatusEarlyHints)
	hello(w, r)
}

func gzipped(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Encoding", "gzip")
	w.Header().Set("Content-Type", "text/plain")
	packer := gzip.NewWriter(w)
	io.WriteString(packer, strings.Repeat("compress me ", 400))
	packer.Close()
}

func sink(w http.ResponseWriter, r *http.Request) {
	n, _ := io.Copy(io.Discard, r.Body)
	fmt.Fprintf(w, "%d\n", n)
}

func refuseBody(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Connection", "close")
	w.WriteHeader(http.StatusExpectationFailed)
}

func status(w http.ResponseWriter, r *http.Request) {
	w.WriteHeader(number(r, "code", 200))
}

func notModified(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("ETag", `"one"`)
	if r.Header.Get("If-None-Match") == `"one"` {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	hello(w, r)
}

func redirect(w http.ResponseWriter, r *http.Request) {
	if n := number(r, "n", 1); n > 0 {
		http.Redirect(w, r, fmt.Sprintf("/redirect?n=%d", n-1), number(r, "code", http.StatusFound))
		return
	}
	hello(w, r)
}

func basic(w http.ResponseWriter, r *http.Request) {
	if user, password, ok := r.BasicAuth(); ok && user == "user" && password == "secret" {
		hello(w, r)
		return
	}
	w.Header().Set("WWW-Authenticate", `Basic realm="here"`)
	w.WriteHeader(http.StatusUnauthorized)
}

func md5hex(text string) string {
	return fmt.Sprintf("%x", md5.Sum([]byte(text)))
}

func digestFields(header string) map[string]string {
	fields := map[string]string{}
	for _, part := range strings.Split(strings.TrimPrefix(header, "Digest "), ",") {
		if name, value, ok := strings.Cut(strings.TrimSpace(part), "="); ok {
			fields[name] = strings.Trim(value, `"`)
		}
	}
	return fields
}

// RFC 7616 with MD5 and without qop.
func digest(w http.ResponseWriter, r *http.Request) {
	f := digestFields(r.Header.Get("Authorization"))
	want := md5hex(md5hex("user:here:secret") + ":0a1b2c:" + md5hex(r.Method+":"+f["uri"]))
	if f["response"] == want {
		hello(w, r)
		return
	}
	w.Header().Set("WWW-Authenticate", `Digest realm="here", nonce="0a1b2c"`)
	w.WriteHeader(http.StatusUnauthorized)
}

func cookie(w http.ResponseWriter, r *http.Request) {
	http.SetCookie(w, &http.Cookie{Name: "sid", Value: "s3ss10n-v4lu3", Path: "/"})
	hello(w, r)
}

func abort(w http.ResponseWriter, r *http.Request) {
	if n := number(r, "after", 0); n > 0 {
		w.Header().Set("Content-Length", "100000")
		w.Write(make([]byte, n))
		flush(w)
	}
	panic(http.ErrAbortHandler)
}

// An answer written by hand, for what net/http itself never writes.
func raw(w http.ResponseWriter, answer string) {
	c, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		io.WriteString(c, answer)
		c.Close()
	}
}

func chunkExtensions(w http.ResponseWriter, r *http.Request) {
	raw(w, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"+
		"5;name=value;flag\r\nhello\r\n6\r\n world\r\n0;last=1\r\nX-Trailer: yes\r\n\r\n")
}

func untilClose(w http.ResponseWriter, r *http.Request) {
	raw(w, "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nuntil the close\n")
}

func closing(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Connection", "close")
	hello(w, r)
}

var routes = map[string]http.HandlerFunc{
	"/": hello, "/bytes": sendBytes, "/drip": drip, "/slow": slow, "/late-end": lateEnd, "/trailers": trailers, "/early-hints": earlyHints,
	"/gzip": gzipped, "/sink": sink, "/refuse-body": refuseBody, "/status": status, "/not-modified": notModified,
	"/redirect": redirect, "/basic": basic, "/digest": digest, "/cookie": cookie, "/abort": abort,
	"/chunk-extensions": chunkExtensions, "/until-close": untilClose, "/closing": closing,
}

func tlsConfig(certificate, key string) *tls.Config {
	pair, err := tls.LoadX509KeyPair(certificate, key)
	if err != nil {
		log.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}}
}

// Strict about names, in the way of a proxy whose lookup of a certificate fails: alert 80.
func strictConfig(certificate, key string) *tls.Config {
	config := tlsConfig(certificate, key)
	config.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		if hello.ServerName != "localhost" {
			return nil, errors.New("no such name")
		}
		return nil, nil
	}
	return config
}

// No certificate for any name: Go's own answer is alert 112.
func bareConfig() *tls.Config {
	return &tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return nil, nil }}
}

// TLS alone, under no HTTP: what its configuration refuses ends in an alert.
func serveTLS(port int, config *tls.Config) {
	listener, err := tls.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port), config)
	if err != nil {
		log.Fatal(err)
	}
	for {
		conn, err := listener.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go func() {
			conn.(*tls.Conn).Handshake()
			conn.Close()
		}()
	}
}

func serve(port int, handler http.Handler, config *tls.Config) {
	server := &http.Server{Addr: fmt.Sprintf("127.0.0.1:%d", port), Handler: handler, TLSConfig: config}
	if config == nil {
		log.Fatal(server.ListenAndServe())
	}
	log.Fatal(server.ListenAndServeTLS("", ""))
}

func main() {
	plain := flag.Int("plain", 0, "port for http")
	secure := flag.Int("tls", 0, "port for https, h2 and http/1.1")
	strict := flag.Int("strict", 0, "port for https that knows localhost alone")
	bare := flag.Int("bare", 0, "port for https without any certificate")
	newest := flag.Int("newest", 0, "port for TLS 1.3 alone")
	acme := flag.Int("acme", 0, "port for the protocol acme-tls/1 alone")
	certificate := flag.String("cert", "", "PEM file")
	key := flag.String("key", "", "PEM file")
	flag.Parse()
	mux := http.NewServeMux()
	for path, handler := range routes {
		mux.HandleFunc(path, handler)
	}
	go serve(*plain, mux, nil)
	go serve(*strict, mux, strictConfig(*certificate, *key))
	go serveTLS(*bare, bareConfig())
	newestConfig, acmeConfig := tlsConfig(*certificate, *key), tlsConfig(*certificate, *key)
	newestConfig.MinVersion = tls.VersionTLS13
	acmeConfig.NextProtos = []string{"acme-tls/1"}
	go serveTLS(*newest, newestConfig)
	go serveTLS(*acme, acmeConfig)
	serve(*secure, mux, tlsConfig(*certificate, *key))
}
