package lsp

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
	"golang.org/x/tools/txtar"

	"reactorls/diagnostics"
	"reactorls/engine"
	"reactorls/engine/advise"
)

// editor is a client that speaks raw JSON-RPC, so that it can also say what no
// client should.
type editor struct {
	t      testing.TB
	dir    string // of the workspace
	out    *io.PipeWriter
	in     *io.PipeReader
	inbox  chan message // closed when the server has nothing more to say
	exit   chan int     // what Serve returned
	lastID int
	log    *observer.ObservedLogs
	// published are the diagnostics of each URI, newest last.
	published map[string][]publication
	// aside are the server's requests that came before an answer that was waited for:
	// what a command asks of the editor may come before the command's own answer.
	aside []message
}

// message is anything that the server says.
type message struct {
	ID     json.RawMessage
	Method string
	Params json.RawMessage
	Result json.RawMessage
	Error  *struct {
		Code    int
		Message string
	}
}

type publication struct {
	URI         string
	Version     *int
	Diagnostics []diagnostic
}

type diagnostic struct {
	Range              textRange
	Severity           int
	Code               string
	CodeDescription    *struct{ Href string }
	Source             string
	Message            string
	Tags               []int
	RelatedInformation []struct {
		Location struct {
			URI   string
			Range textRange
		}
		Message string
	}
}

type position struct {
	Line      int `json:"line"`
	Character int `json:"character"`
}

type textRange struct {
	Start position `json:"start"`
	End   position `json:"end"`
}

type textEdit struct {
	Range   textRange
	NewText string
}

// object is JSON that a test writes.
type object = map[string]any

// full are the capabilities of a client that can do all that the server knows.
func full(encoding string) object {
	return object{
		"general":   object{"positionEncodings": []string{encoding}},
		"workspace": object{"workspaceEdit": object{"documentChanges": true}},
		"textDocument": object{
			"publishDiagnostics": object{
				"relatedInformation": true, "versionSupport": true, "codeDescriptionSupport": true,
				"tagSupport": object{"valueSet": []int{1, 2}},
			},
			"codeAction": object{
				"isPreferredSupport":       true,
				"codeActionLiteralSupport": object{"codeActionKind": object{"valueSet": []string{"quickfix", "source.fixAll"}}},
			},
			"hover": object{"contentFormat": []string{"markdown"}},
		},
	}
}

// testTools stand for the command line.
var testTools = Tools{
	Version: "test",
	Report: func(_ context.Context, out *bytes.Buffer, format string, _ *engine.Snapshot, w *engine.Workspace, r diagnostics.Result, _ diagnostics.Options) error {
		_, err := fmt.Fprintf(out, "%s of %s: %d", format, filepath.Base(w.Dir), len(r.Diagnostics))
		return err
	},
	Explain: func(subject string) (string, error) {
		if subject == "tokio" {
			return "# tokio\n", nil
		}
		return "", fmt.Errorf("%q is not known", subject)
	},
	Recommend: func(s *engine.Snapshot, path string, given map[string][]string) (*advise.Step, *engine.Package, error) {
		w, err := s.Workspace(path)
		if err != nil {
			return nil, nil, err
		}
		answers, err := advise.ParseAnswers(given)
		if err != nil {
			return nil, nil, err
		}
		step, err := advise.Next(answers, advise.Look(s, w.Packages[0], engine.Selection{}))
		return step, w.Packages[0], err
	},
}

// plenty is room for all that a server says in a test.
const plenty = 1 << 16

// bubble runs a test against a server over the files of an archive. Time stands
// still in it while anything is at work, so waiting is exact and takes no time.
func bubble(t *testing.T, archive string, test func(t *testing.T, e *editor)) {
	t.Helper()
	quietHome(t)
	dir := t.TempDir()
	writeArchive(t, dir, archive)
	// jsonrpc2 pools channels, which must not come from the bubble before: two rounds
	// empty a pool.
	runtime.GC()
	runtime.GC()
	synctest.Test(t, func(t *testing.T) {
		e := start(t, dir, plenty)
		defer e.hangUp()
		test(t, e)
	})
}

// quietHome gives cargo and the cache empty places and no variables, for what is on the
// machine must not count.
func quietHome(t testing.TB) {
	t.Setenv("RUSTFLAGS", "")
	t.Setenv("CARGO_BUILD_TARGET", "")
	t.Setenv("CARGO_HOME", t.TempDir())
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("HOME", t.TempDir())
}

func writeArchive(t testing.TB, dir, archive string) {
	t.Helper()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		check(t, os.MkdirAll(filepath.Dir(path), 0o755))
		check(t, os.WriteFile(path, f.Data, 0o644))
	}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// start runs a server that nobody has said anything to yet. The client reads on
// until there is no room for what it has not looked at.
func start(t testing.TB, dir string, room int) *editor {
	in, serverOut := io.Pipe()
	serverIn, out := io.Pipe()
	core, logs := observer.New(zap.DebugLevel)
	e := &editor{
		t: t, dir: dir, out: out, in: in, log: logs,
		inbox: make(chan message, room), exit: make(chan int, 1), published: map[string][]publication{},
	}
	go func() {
		e.exit <- Serve(context.Background(), serverIn, serverOut, zap.New(core), testTools)
		serverOut.Close()
		serverIn.Close()
	}()
	go e.listen()
	return e
}

func (e *editor) listen() {
	defer close(e.inbox)
	r := bufio.NewReader(e.in)
	for {
		length := 0
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				return
			}
			if line == "\r\n" {
				break
			}
			if value, ok := strings.CutPrefix(line, "Content-Length: "); ok {
				length, _ = strconv.Atoi(strings.TrimSpace(value))
			}
		}
		body := make([]byte, length)
		if _, err := io.ReadFull(r, body); err != nil {
			return
		}
		var m message
		if err := json.Unmarshal(body, &m); err != nil {
			e.t.Errorf("the server wrote %q: %v", body, err)
			return
		}
		e.inbox <- m
	}
}

// hangUp closes both ends and waits for the server to leave.
func (e *editor) hangUp() int {
	e.out.Close()
	go func() {
		for range e.inbox { // what is left
		}
	}()
	code := e.exited()
	e.in.Close()
	return code
}

func (e *editor) exited() int {
	e.t.Helper()
	select {
	case code := <-e.exit:
		e.exit <- code
		return code
	case <-time.After(time.Minute):
		e.t.Fatal("the server does not leave")
		return -1
	}
}

// raw sends the body of a message as it is.
func (e *editor) raw(body string) {
	e.t.Helper()
	_, err := fmt.Fprintf(e.out, "Content-Length: %d\r\n\r\n%s", len(body), body)
	check(e.t, err)
}

func (e *editor) say(m object) {
	e.t.Helper()
	m["jsonrpc"] = "2.0"
	body, err := json.Marshal(m)
	check(e.t, err)
	e.raw(string(body))
}

func (e *editor) notify(method string, params any) {
	e.t.Helper()
	e.say(object{"method": method, "params": params})
}

// ask sends a request and gives its id without waiting.
func (e *editor) ask(method string, params any) string {
	e.t.Helper()
	e.lastID++
	m := object{"id": e.lastID, "method": method}
	if params != nil {
		m["params"] = params
	}
	e.say(m)
	return strconv.Itoa(e.lastID)
}

// call sends a request and waits for its answer.
func (e *editor) call(method string, params any) message {
	e.t.Helper()
	return e.answer(e.ask(method, params))
}

// answer waits for the answer of a request, and puts requests of the server aside.
func (e *editor) answer(id string) message {
	e.t.Helper()
	for {
		m := e.receive()
		if m.Method == "" && string(m.ID) == id {
			return m
		}
		if m.Method != "" && len(m.ID) > 0 {
			e.aside = append(e.aside, m)
		}
	}
}

// receive waits for anything.
func (e *editor) receive() message {
	e.t.Helper()
	select {
	case m, ok := <-e.inbox:
		if !ok {
			e.t.Fatal("the server has hung up")
		}
		e.note(m)
		return m
	case <-time.After(time.Minute):
		e.t.Fatal("the server says nothing")
		return message{}
	}
}

// note keeps diagnostics.
func (e *editor) note(m message) {
	if m.Method == "textDocument/publishDiagnostics" {
		var p publication
		check(e.t, json.Unmarshal(m.Params, &p))
		e.published[p.URI] = append(e.published[p.URI], p)
	}
}

// settle waits until the server has nothing to do but to wait, and takes all it
// said. Pending pauses do not pass by that.
func (e *editor) settle() {
	for {
		synctest.Wait()
		select {
		case m, ok := <-e.inbox:
			if !ok {
				return
			}
			e.note(m)
		default:
			return
		}
	}
}

// calm lets all pauses pass, too.
func (e *editor) calm() {
	e.settle()
	time.Sleep(2 * QuietTime)
	e.settle()
}

// now is what a URI shows.
func (e *editor) now(uri string) []diagnostic {
	if ps := e.published[uri]; len(ps) > 0 {
		return ps[len(ps)-1].Diagnostics
	}
	return nil
}

// codes are the rules that a URI shows, sorted.
func (e *editor) codes(uri string) string {
	var codes []string
	for _, d := range e.now(uri) {
		codes = append(codes, d.Code)
	}
	slices.Sort(codes)
	return strings.Join(codes, " ")
}

// initialize greets the server and names the workspace.
func (e *editor) initialize(capabilities object) object {
	e.t.Helper()
	return e.initializeAs(object{
		"processId": nil, "capabilities": capabilities,
		"workspaceFolders": []object{{"uri": e.uri(""), "name": "w"}},
	})
}

func (e *editor) initializeAs(params object) object {
	e.t.Helper()
	m := e.call("initialize", params)
	if m.Error != nil {
		e.t.Fatalf("initialize: %+v", *m.Error)
	}
	var result struct{ Capabilities object }
	check(e.t, json.Unmarshal(m.Result, &result))
	e.notify("initialized", object{})
	return result.Capabilities
}

// uri is that of a file of the workspace.
func (e *editor) uri(name string) string {
	path := filepath.ToSlash(filepath.Join(e.dir, name))
	return (&url.URL{Scheme: "file", Path: "/" + strings.TrimPrefix(path, "/")}).String()
}

// open shows a file of the workspace to the server as it is on disk.
func (e *editor) open(name string) string {
	e.t.Helper()
	content, err := os.ReadFile(filepath.Join(e.dir, name))
	check(e.t, err)
	e.openText(e.uri(name), string(content))
	return string(content)
}

func (e *editor) openText(uri, content string) {
	e.t.Helper()
	e.notify("textDocument/didOpen", object{"textDocument": object{"uri": uri, "languageId": "toml", "version": 1, "text": content}})
}

func (e *editor) change(uri string, version int, changes ...object) {
	e.t.Helper()
	e.notify("textDocument/didChange", object{"textDocument": object{"uri": uri, "version": version}, "contentChanges": changes})
}

func whole(content string) object { return object{"text": content} }

func part(start, end position, content string) object {
	return object{"range": textRange{start, end}, "text": content}
}

// at is a place of a document, for requests.
func at(uri string, p position) object {
	return object{"textDocument": object{"uri": uri}, "position": p}
}

// The functions below convert positions by themselves, in another way than the
// server, so that one can tell on the other.

// units counts a string in an encoding of the protocol.
func units(s, encoding string) int {
	switch encoding {
	case "utf-8":
		return len(s)
	case "utf-32":
		return utf8.RuneCountInString(s)
	}
	return len(utf16.Encode([]rune(s)))
}

// positionIn is the place of an offset.
func positionIn(content string, offset int, encoding string) position {
	before := strings.Split(strings.ReplaceAll(content[:offset], "\r\n", "\n"), "\n")
	return position{len(before) - 1, units(before[len(before)-1], encoding)}
}

// offsetIn is the offset of a place, which must be in the text.
func offsetIn(content string, p position, encoding string) int {
	offset := 0
	for range p.Line {
		offset += strings.IndexByte(content[offset:], '\n') + 1
	}
	for i := range content[offset:] {
		if units(content[offset:offset+i], encoding) == p.Character {
			return offset + i
		}
	}
	return len(content)
}

// sliceIn is what a range shows.
func sliceIn(content string, r textRange, encoding string) string {
	return content[offsetIn(content, r.Start, encoding):offsetIn(content, r.End, encoding)]
}

// applied makes the edits as clients do: all mean the old text.
func applied(t testing.TB, content string, edits []textEdit, encoding string) string {
	t.Helper()
	slices.SortStableFunc(edits, func(a, b textEdit) int {
		return offsetIn(content, a.Range.Start, encoding) - offsetIn(content, b.Range.Start, encoding)
	})
	var b strings.Builder
	last := 0
	for _, e := range edits {
		start, end := offsetIn(content, e.Range.Start, encoding), offsetIn(content, e.Range.End, encoding)
		if start < last || end < start {
			t.Fatalf("edits overlap: %+v", edits)
		}
		b.WriteString(content[last:start] + e.NewText)
		last = end
	}
	return b.String() + content[last:]
}

// asked waits for a request of the server, or takes one that was put aside, and leaves it
// unanswered.
func (e *editor) asked(method string) message {
	e.t.Helper()
	of := func(m message) bool { return m.Method == method }
	if i := slices.IndexFunc(e.aside, of); i >= 0 {
		m := e.aside[i]
		e.aside = slices.Delete(e.aside, i, i+1)
		return m
	}
	for {
		if m := e.receive(); of(m) {
			return m
		}
	}
}

// requested waits for a request of the server, and answers it.
func (e *editor) requested(method string) message {
	e.t.Helper()
	m := e.asked(method)
	e.say(object{"id": m.ID, "result": nil})
	return m
}

// watching adds to capabilities that the client watches files when it is asked to.
func watching(capabilities object) object {
	workspace, _ := capabilities["workspace"].(object)
	if workspace == nil {
		workspace = object{}
		capabilities["workspace"] = workspace
	}
	workspace["didChangeWatchedFiles"] = object{"dynamicRegistration": true}
	return capabilities
}
