package lsp

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"go.lsp.dev/protocol"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

// FuzzFrames holds that nothing that comes in makes the server panic, or stay when its
// client has gone.
func FuzzFrames(f *testing.F) {
	frame := func(body string) string { return fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body) }
	hello := frame(`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}`) + frame(`{"jsonrpc":"2.0","method":"initialized","params":{}}`)
	for _, body := range []string{
		`{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":"untitled:Cargo.toml","languageId":"toml","version":1,"text":"[package]"}}}`,
		`{"jsonrpc":"2.0","id":2,"method":"textDocument/hover","params":{"textDocument":{"uri":"untitled:x"},"position":{"line":1,"character":1}}}`,
		`{"jsonrpc":"2.0","id":"x","method":"workspace/executeCommand","params":{"command":"reactorls.explain","arguments":["tokio"]}}`,
		`{"jsonrpc":"2.0","id":3,"result":null}`, `[]`, `{"id":{}}`, `{"jsonrpc":"2.0","id":4,"method":"shutdown"}`, "\xff",
	} {
		f.Add([]byte(hello + frame(body)))
	}
	f.Add([]byte("Content-Length: -1\r\n\r\n{}"))
	f.Add([]byte("Content-Length: 99999999999\r\nContent-Type: x\r\n\r\n{}"))
	f.Fuzz(func(t *testing.T, in []byte) {
		if bytes.Contains(in, []byte("file:")) {
			return // what is on this machine is not for chance to look at
		}
		core, logs := observer.New(zap.ErrorLevel)
		Serve(context.Background(), io.NopCloser(bytes.NewReader(in)), io.Discard, zap.New(core), testTools)
		for _, entry := range logs.All() {
			if entry.Message == "panic" {
				t.Error(entry.ContextMap())
			}
		}
	})
}

// FuzzChanges holds that an edit by lines and characters changes what the client means, and
// nothing else, in all encodings of positions.
func FuzzChanges(f *testing.F) {
	f.Add("one\r\n𝄞 two\nthree", uint16(3), uint16(9), "+")
	f.Add("", uint16(0), uint16(0), "x\n")
	f.Fuzz(func(t *testing.T, content string, from, to uint16, put string) {
		if !utf8.ValidString(content) || strings.Contains(strings.ReplaceAll(content, "\r\n", ""), "\r") {
			return // no client has the first; the test's own way of counting lines does not know the second
		}
		start, end := int(from)%(len(content)+1), int(to)%(len(content)+1)
		if start > end {
			start, end = end, start
		}
		for _, at := range []int{start, end} {
			if at < len(content) && !utf8.RuneStart(content[at]) || at > 0 && content[at-1] == '\r' {
				return
			}
		}
		for name, encoding := range encodingNames {
			s := &server{caps: clientCapabilities{encoding: encoding}}
			place := func(offset int) protocol.Position {
				p := positionIn(content, offset, name)
				return protocol.Position{Line: uint32(p.Line), Character: uint32(p.Character)}
			}
			got, err := s.apply(content, &protocol.TextDocumentContentChangePartial{Range: protocol.Range{Start: place(start), End: place(end)}, Text: put})
			if want := content[:start] + put + content[end:]; err != nil || got != want {
				t.Errorf("%s, %d to %d of %q: %q, %v", name, start, end, content, got, err)
			}
		}
	})
}
