package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"reactorls/lsp"
	"reactorls/testdata/bench"
)

// BenchmarkStdio is what an editor sees of the built server over its standard streams, in
// a workspace of 520 packages: medians and the slowest of a hundred, in milliseconds. The
// pause that waits for more typing is taken off.
func BenchmarkStdio(b *testing.B) {
	binary := filepath.Join(b.TempDir(), "reactorls")
	if out, err := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", binary, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	dir := b.TempDir()
	if err := bench.Large.Write(dir); err != nil {
		b.Fatal(err)
	}
	b.Run("first diagnostics", func(b *testing.B) {
		measure(b, func() time.Duration {
			start := time.Now()
			p := startPeer(b, binary, dir)
			defer p.stop()
			p.open("m0/Cargo.toml")
			p.published("m0/Cargo.toml", 1)
			return time.Since(start)
		})
	})
	p := startPeer(b, binary, dir)
	defer p.stop()
	manifest := p.open("m0/Cargo.toml")
	p.published("m0/Cargo.toml", 1)
	version := map[string]int{"m0/Cargo.toml": 1, "m0/src/x0.rs": 1}
	p.open("m0/src/x0.rs")
	for _, file := range []string{"m0/src/x0.rs", "m0/Cargo.toml"} {
		b.Run("keystroke "+filepath.Base(file), func(b *testing.B) {
			measure(b, func() time.Duration {
				version[file]++
				start := time.Now()
				p.notify("textDocument/didChange", map[string]any{
					"textDocument":   map[string]any{"uri": p.uri(file), "version": version[file]},
					"contentChanges": []any{map[string]any{"range": emptyRange(0, 0), "text": " "}},
				})
				p.published(file, version[file])
				return time.Since(start) - lsp.QuietTime
			})
		})
	}
	line := strings.Count(manifest[:strings.Index(manifest, "tokio")], "\n")
	features := strings.Index(strings.Split(manifest, "\n")[line], `""`) + 1
	p.open("m1/Cargo.toml")
	p.published("m1/Cargo.toml", 1)
	for _, r := range []struct {
		name, file, method string
		params             map[string]any
	}{
		{"hover", "m0/Cargo.toml", "textDocument/hover", map[string]any{"position": positionAt(line, 1)}},
		{"code action", "m1/Cargo.toml", "textDocument/codeAction", map[string]any{"range": emptyRange(line, features-4), "context": map[string]any{"diagnostics": []any{}}}},
		{"completion", "m0/Cargo.toml", "textDocument/completion", map[string]any{"position": positionAt(line, features)}},
	} {
		b.Run(r.name, func(b *testing.B) {
			r.params["textDocument"] = map[string]any{"uri": p.uri(r.file)}
			measure(b, func() time.Duration {
				start := time.Now()
				if result := p.call(r.method, r.params); len(result) < len("null")+1 {
					b.Fatalf("%s says %s", r.name, result)
				}
				return time.Since(start)
			})
		})
	}
	b.Logf("resident memory: %.0f MB", p.resident())
}

// measure repeats something and reports how long it took.
func measure(b *testing.B, once func() time.Duration) {
	var took []time.Duration
	for b.Loop() {
		took = append(took, once())
	}
	slices.Sort(took)
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	b.ReportMetric(ms(took[len(took)/2]), "p50-ms")
	b.ReportMetric(ms(took[len(took)*99/100]), "p99-ms")
}

func positionAt(line, character int) map[string]any {
	return map[string]any{"line": line, "character": character}
}

func emptyRange(line, character int) map[string]any {
	return map[string]any{"start": positionAt(line, character), "end": positionAt(line, character)}
}

// peer is a server that was started, and what an editor has of it.
type peer struct {
	b   *testing.B
	dir string
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
	id  int
	// versions are those that diagnostics were published for, by URI.
	versions map[string]int
}

func startPeer(b *testing.B, binary, dir string) *peer {
	p := &peer{b: b, dir: dir, cmd: exec.Command(binary), versions: map[string]int{}}
	p.cmd.Env = append(os.Environ(), "CARGO_HOME="+filepath.Join(dir, "home"))
	in, err := p.cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	p.in, p.out = in, bufio.NewReaderSize(out, 1<<20)
	if err := p.cmd.Start(); err != nil {
		b.Fatal(err)
	}
	p.call("initialize", map[string]any{
		"processId": os.Getpid(), "rootUri": p.uri(""), "workspaceFolders": []any{map[string]any{"uri": p.uri(""), "name": "w"}},
		"capabilities": map[string]any{
			"general":   map[string]any{"positionEncodings": []string{"utf-16"}},
			"workspace": map[string]any{"workspaceEdit": map[string]any{"documentChanges": true}},
			"textDocument": map[string]any{
				"publishDiagnostics": map[string]any{"versionSupport": true, "relatedInformation": true},
				"codeAction":         map[string]any{"codeActionLiteralSupport": map[string]any{"codeActionKind": map[string]any{"valueSet": []string{"quickfix", "source"}}}},
				"hover":              map[string]any{"contentFormat": []string{"markdown"}},
			},
		},
	})
	p.notify("initialized", map[string]any{})
	return p
}

func (p *peer) stop() {
	p.call("shutdown", nil)
	p.notify("exit", nil)
	if err := p.cmd.Wait(); err != nil {
		p.b.Error(err)
	}
}

func (p *peer) uri(name string) string {
	return "file://" + filepath.ToSlash(filepath.Join(p.dir, name))
}

func (p *peer) open(name string) string {
	content, err := os.ReadFile(filepath.Join(p.dir, name))
	if err != nil {
		p.b.Fatal(err)
	}
	language := map[string]string{".rs": "rust", ".toml": "toml"}[filepath.Ext(name)]
	p.notify("textDocument/didOpen", map[string]any{"textDocument": map[string]any{
		"uri": p.uri(name), "languageId": language, "version": 1, "text": string(content),
	}})
	return string(content)
}

// published waits for the diagnostics of a version.
func (p *peer) published(name string, version int) {
	for p.versions[p.uri(name)] < version {
		p.receive()
	}
}

func (p *peer) call(method string, params any) json.RawMessage {
	p.id++
	p.send(map[string]any{"jsonrpc": "2.0", "id": p.id, "method": method, "params": params})
	for {
		if m := p.receive(); m.Method == "" && string(m.ID) == strconv.Itoa(p.id) {
			if m.Error != nil {
				p.b.Fatalf("%s: %s", method, m.Error)
			}
			return m.Result
		}
	}
}

func (p *peer) notify(method string, params any) {
	p.send(map[string]any{"jsonrpc": "2.0", "method": method, "params": params})
}

func (p *peer) send(message any) {
	body, err := json.Marshal(message)
	if err != nil {
		p.b.Fatal(err)
	}
	if _, err := fmt.Fprintf(p.in, "Content-Length: %d\r\n\r\n%s", len(body), body); err != nil {
		p.b.Fatal(err)
	}
}

type peerMessage struct {
	ID, Result, Error json.RawMessage
	Method            string
	Params            struct {
		URI     string
		Version int
	}
}

func (p *peer) receive() peerMessage {
	length := 0
	for {
		line, err := p.out.ReadString('\n')
		if err != nil {
			p.b.Fatal(err)
		}
		if line == "\r\n" {
			break
		}
		if value, ok := strings.CutPrefix(line, "Content-Length: "); ok {
			length, _ = strconv.Atoi(strings.TrimSpace(value))
		}
	}
	body := make([]byte, length)
	if _, err := io.ReadFull(p.out, body); err != nil {
		p.b.Fatal(err)
	}
	var m peerMessage
	if err := json.Unmarshal(body, &m); err != nil {
		p.b.Fatalf("%v: %s", err, body)
	}
	if m.Method == "textDocument/publishDiagnostics" {
		p.versions[m.Params.URI] = m.Params.Version
	} else if m.Method != "" && m.ID != nil {
		p.send(map[string]any{"jsonrpc": "2.0", "id": m.ID, "result": nil})
	}
	return m
}

// resident is the server's memory in megabytes, 0 where that cannot be told.
func (p *peer) resident() float64 {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	for line := range strings.Lines(string(status)) {
		if value, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(value), " kB"))
			return float64(kb) / 1024
		}
	}
	return 0
}
