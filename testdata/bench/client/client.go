// Package client is the least that talks to the built server over its standard streams, as an
// editor does.
package client

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// Client is a server that was started, and what an editor has of it.
type Client struct {
	fail func(error)
	dir  string
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *bufio.Reader
	id   int
	// versions are those that diagnostics were published for, by URI.
	versions map[string]int
}

// Start starts a server in the folder dir, with additions to the environment, and opens the
// conversation. fail is called where something goes wrong, and must not return.
func Start(fail func(error), binary, dir string, env ...string) *Client {
	c := &Client{fail: fail, dir: dir, cmd: exec.Command(binary), versions: map[string]int{}}
	c.cmd.Env = append(os.Environ(), env...)
	in, err := c.cmd.StdinPipe()
	c.check(err)
	out, err := c.cmd.StdoutPipe()
	c.check(err)
	c.in, c.out = in, bufio.NewReaderSize(out, 1<<20)
	c.check(c.cmd.Start())
	c.Call("initialize", map[string]any{
		"processId": os.Getpid(), "rootUri": c.URI(""),
		"capabilities": map[string]any{
			"workspace": map[string]any{"workspaceEdit": map[string]any{"documentChanges": true}},
			"textDocument": map[string]any{
				"publishDiagnostics": map[string]any{"versionSupport": true, "relatedInformation": true},
				"codeAction":         map[string]any{"codeActionLiteralSupport": map[string]any{"codeActionKind": map[string]any{"valueSet": []string{"quickfix", "source"}}}},
				"hover":              map[string]any{"contentFormat": []string{"markdown"}},
			},
		},
	})
	c.Notify("initialized", map[string]any{})
	return c
}

func (c *Client) check(err error) {
	if err != nil {
		c.fail(err)
	}
}

// Stop ends the server as the protocol has it.
func (c *Client) Stop() {
	c.Call("shutdown", nil)
	c.Notify("exit", nil)
	c.check(c.cmd.Wait())
}

// URI is that of a file of the folder.
func (c *Client) URI(file string) string {
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(filepath.Join(c.dir, file))}).String()
}

// Open opens a file of the folder as its first version, and gives what it holds.
func (c *Client) Open(file string) string {
	content, err := os.ReadFile(filepath.Join(c.dir, file))
	c.check(err)
	language := map[string]string{".rs": "rust", ".toml": "toml"}[filepath.Ext(file)]
	c.Notify("textDocument/didOpen", map[string]any{"textDocument": map[string]any{
		"uri": c.URI(file), "languageId": language, "version": 1, "text": string(content),
	}})
	return string(content)
}

// Change makes another version of a file by a change as the protocol has it.
func (c *Client) Change(file string, version int, change any) {
	c.Notify("textDocument/didChange", map[string]any{
		"textDocument": map[string]any{"uri": c.URI(file), "version": version}, "contentChanges": []any{change},
	})
}

// Published waits for the diagnostics of a version of a file.
func (c *Client) Published(file string, version int) {
	for c.versions[c.URI(file)] < version {
		c.receive()
	}
}

// Call asks, and waits for what the server answers.
func (c *Client) Call(method string, params any) json.RawMessage {
	c.id++
	c.send(map[string]any{"id": c.id, "method": method, "params": params})
	for {
		if m := c.receive(); m.Method == "" && string(m.ID) == strconv.Itoa(c.id) {
			if m.Error != nil {
				c.fail(fmt.Errorf("%s: %s", method, m.Error))
			}
			return m.Result
		}
	}
}

// Notify tells the server something.
func (c *Client) Notify(method string, params any) {
	c.send(map[string]any{"method": method, "params": params})
}

func (c *Client) send(message map[string]any) {
	message["jsonrpc"] = "2.0"
	content, err := json.Marshal(message)
	c.check(err)
	_, err = fmt.Fprintf(c.in, "Content-Length: %d\r\n\r\n%s", len(content), content)
	c.check(err)
}

type message struct {
	ID, Result, Error, Params json.RawMessage
	Method                    string
}

// receive reads the next message; what the server asks is answered with nothing.
func (c *Client) receive() message {
	length := 0
	for {
		line, err := c.out.ReadString('\n')
		c.check(err)
		if line == "\r\n" {
			break
		}
		if value, ok := strings.CutPrefix(line, "Content-Length: "); ok {
			length, err = strconv.Atoi(strings.TrimSpace(value))
			c.check(err)
		}
	}
	content := make([]byte, length)
	_, err := io.ReadFull(c.out, content)
	c.check(err)
	var m message
	c.check(json.Unmarshal(content, &m))
	switch {
	case m.Method == "textDocument/publishDiagnostics":
		var published struct {
			URI     string
			Version int
		}
		c.check(json.Unmarshal(m.Params, &published))
		c.versions[published.URI] = published.Version
	case m.Method != "" && m.ID != nil:
		c.send(map[string]any{"id": m.ID, "result": nil})
	}
	return m
}

// Resident is the memory of the server's process in MB, 0 where that cannot be told.
func (c *Client) Resident() int {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.cmd.Process.Pid))
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	value, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	kB, _ := strconv.Atoi(value)
	return kB >> 10
}
