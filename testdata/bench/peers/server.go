package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"reactorls/lsp"
)

// keystrokes is how many changes are made to each file.
const keystrokes = 300

// served measures the language server in a workspace, over its standard streams: how long
// after its start the first diagnostics come, what a keystroke in the library of some
// packages and in a manifest takes, and what stays in memory when nothing happens.
func served(page *strings.Builder, reactorls, dir string) {
	members := bySize(dir)
	fmt.Fprintf(page, "\nThe server, over its standard streams:\n\n| file | lines of its package | keystroke, median | 99th of 100 | slowest of %d |\n|---|---|---|---|---|\n", keystrokes)
	chosen := []member{members[len(members)/2], members[len(members)-1]}
	if len(members) == 1 {
		chosen = members
	}
	var first []time.Duration
	for range rounds {
		start := time.Now()
		c := dial(reactorls, dir)
		c.open(chosen[0].manifest)
		c.published(chosen[0].manifest, 1)
		first = append(first, time.Since(start))
		c.end()
	}
	slices.Sort(first)
	resident := 0
	for i, m := range chosen {
		c := dial(reactorls, dir)
		files := []string{m.source}
		if i == 0 {
			files = append(files, m.manifest)
		}
		for _, f := range files {
			c.open(f)
			c.published(f, 1)
		}
		if i == 0 {
			time.Sleep(4 * time.Second) // it gives memory back after two
			resident = c.resident()
		}
		version := 1
		for _, f := range files {
			version = c.typed(page, f, m, f, version, func(int) any {
				return map[string]any{"range": map[string]any{"start": origin, "end": origin}, "text": " "}
			})
		}
		if i == 0 {
			text, err := os.ReadFile(filepath.Join(dir, m.manifest))
			check(err)
			// Each of these makes another graph of the workspace.
			c.typed(page, m.manifest+", features of a dependency", m, m.manifest, version, func(n int) any {
				feature := []string{"rt", "sync"}[n%2]
				return map[string]any{"text": fmt.Sprintf("%s\n[target.'cfg(bench)'.dependencies]\ntokio = { version = \"1\", features = [%q] }\n", text, feature)}
			})
		}
		c.end()
	}
	fmt.Fprintf(page, "\nFirst diagnostics %.0f ms after the start (median of %d), %d MB resident then, when idle. The packages are those of\nmedian and largest size; the %d ms for which the server waits whether more is typed are taken off.\n",
		ms(first[len(first)/2]), rounds, resident, lsp.QuietTime.Milliseconds())
}

// typed measures changes of a file, and gives the last version of it.
func (c *client) typed(page *strings.Builder, title string, m member, file string, version int, change func(n int) any) int {
	var took []time.Duration
	for n := range keystrokes {
		version++
		start := time.Now()
		c.notify("textDocument/didChange", map[string]any{
			"textDocument":   map[string]any{"uri": c.uri(file), "version": version},
			"contentChanges": []any{change(n)},
		})
		c.published(file, version)
		took = append(took, time.Since(start)-lsp.QuietTime)
	}
	slices.Sort(took)
	fmt.Fprintf(page, "| %s | %d | %.1f ms | %.1f ms | %.1f ms |\n", title, m.lines, ms(took[len(took)/2]), ms(took[len(took)*99/100]), ms(took[len(took)-1]))
	return version
}

var origin = map[string]any{"line": 0, "character": 0}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// member is a package of a workspace.
type member struct {
	source, manifest string
	lines            int
}

// bySize lists the members that have a library, the smallest first.
func bySize(dir string) []member {
	sources, err := filepath.Glob(filepath.Join(dir, "members", "*", "src", "lib.rs"))
	check(err)
	var all []member
	for _, s := range sources {
		to := filepath.Dir(filepath.Dir(s))
		lines, _ := size(to)
		relative, err := filepath.Rel(dir, to)
		check(err)
		all = append(all, member{filepath.Join(relative, "src", "lib.rs"), filepath.Join(relative, "Cargo.toml"), lines})
	}
	slices.SortStableFunc(all, func(a, b member) int { return a.lines - b.lines })
	return all
}

// client is the least that talks to the server.
type client struct {
	dir      string
	cmd      *exec.Cmd
	in       io.WriteCloser
	out      *bufio.Reader
	versions map[string]int
}

func dial(reactorls, dir string) *client {
	c := &client{dir: dir, cmd: exec.Command(reactorls), versions: map[string]int{}}
	var err error
	c.in, err = c.cmd.StdinPipe()
	check(err)
	out, err := c.cmd.StdoutPipe()
	check(err)
	c.out = bufio.NewReaderSize(out, 1<<20)
	check(c.cmd.Start())
	c.send(map[string]any{"id": 1, "method": "initialize", "params": map[string]any{
		"processId": os.Getpid(), "rootUri": c.uri(""),
		"capabilities": map[string]any{"textDocument": map[string]any{"publishDiagnostics": map[string]any{"versionSupport": true}}},
	}})
	for c.read().ID == nil {
	}
	c.notify("initialized", map[string]any{})
	return c
}

func (c *client) end() {
	check(c.cmd.Process.Kill())
	c.cmd.Wait() //nolint:errcheck // it was killed
}

func (c *client) uri(file string) string {
	return (&url.URL{Scheme: "file", Path: filepath.Join(c.dir, file)}).String()
}

func (c *client) open(file string) {
	text, err := os.ReadFile(filepath.Join(c.dir, file))
	check(err)
	c.notify("textDocument/didOpen", map[string]any{"textDocument": map[string]any{"uri": c.uri(file), "languageId": "", "version": 1, "text": string(text)}})
}

// published waits for the diagnostics of a version.
func (c *client) published(file string, version int) {
	for c.versions[c.uri(file)] < version {
		m := c.read()
		if m.Method == "textDocument/publishDiagnostics" {
			c.versions[m.Params.URI] = m.Params.Version
		}
	}
}

// resident is the memory of the server's process, in MB.
func (c *client) resident() int {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.cmd.Process.Pid))
	check(err)
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	kB, err := strconv.Atoi(strings.Fields(rest)[0])
	check(err)
	return kB >> 10
}

func (c *client) notify(method string, params any) {
	c.send(map[string]any{"method": method, "params": params})
}

func (c *client) send(message map[string]any) {
	message["jsonrpc"] = "2.0"
	content, err := json.Marshal(message)
	check(err)
	_, err = fmt.Fprintf(c.in, "Content-Length: %d\r\n\r\n%s", len(content), content)
	check(err)
}

type message struct {
	ID     any
	Method string
	Params struct {
		URI     string
		Version int
	}
}

// read gives the next message; what the server asks is answered with nothing.
func (c *client) read() message {
	length := 0
	for {
		line, err := c.out.ReadString('\n')
		check(err)
		line = strings.TrimSpace(line)
		if line == "" {
			break
		}
		if n, ok := strings.CutPrefix(line, "Content-Length: "); ok {
			length, err = strconv.Atoi(n)
			check(err)
		}
	}
	content := make([]byte, length)
	_, err := io.ReadFull(c.out, content)
	check(err)
	var raw struct {
		ID     any             `json:"id"`
		Method string          `json:"method"`
		Params json.RawMessage `json:"params"`
	}
	check(json.Unmarshal(content, &raw))
	m := message{ID: raw.ID, Method: raw.Method}
	if m.Method == "textDocument/publishDiagnostics" {
		check(json.Unmarshal(raw.Params, &m.Params))
	}
	if m.ID != nil && m.Method != "" {
		c.send(map[string]any{"id": m.ID, "result": nil})
		m.ID = nil
	}
	return m
}
