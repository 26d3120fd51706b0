package lsp

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.lsp.dev/jsonrpc2"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

const fullTokio = `
-- Cargo.toml --
[package]
name = "demo"
version = "0.1.0"
edition = "2024"

[dependencies]
tokio = { version = "1", features = ["full"] }
-- src/main.rs --
#[tokio::main]
async fn main() {
    tokio::time::sleep(std::time::Duration::ZERO).await;
}
`

func TestLifecycle(t *testing.T) {
	const (
		invalidRequest = -32600
		notInitialized = -32002
	)
	bubble(t, fullTokio, func(t *testing.T, e *editor) {
		refused := func(when, method string, code int) {
			t.Helper()
			if m := e.call(method, object{}); m.Error == nil || m.Error.Code != code {
				t.Errorf("%s %s: %s %+v, want code %d", method, when, m.Result, m.Error, code)
			}
		}
		refused("before initialize", "textDocument/hover", notInitialized)
		refused("before initialize", "shutdown", notInitialized)
		e.open("Cargo.toml") // ignored
		e.initialize(full("utf-8"))
		e.notify("initialized", object{}) // a second time
		refused("twice", "initialize", invalidRequest)
		e.calm()
		if got := e.published[e.uri("Cargo.toml")]; len(got) != 1 || got[0].Version != nil {
			t.Errorf("published %+v, want once, without version: it is not open", got)
		}
		if m := e.call("shutdown", nil); m.Error != nil || string(m.Result) != "null" {
			t.Errorf("shutdown: %s %+v", m.Result, m.Error)
		}
		refused("after shutdown", "textDocument/hover", invalidRequest)
		refused("after shutdown", "initialize", invalidRequest)
		refused("after shutdown", "shutdown", invalidRequest)
		e.open("Cargo.toml")
		e.calm()
		if got := e.published[e.uri("Cargo.toml")]; len(got) != 1 {
			t.Errorf("published after shutdown: %+v", got[1:])
		}
		e.notify("exit", nil)
		if code := e.exited(); code != 0 {
			t.Errorf("exit code %d", code)
		}
	})
}

// The client does not wait for any answer.
func TestLifecyclePipelined(t *testing.T) {
	bubble(t, fullTokio, func(t *testing.T, e *editor) {
		id := e.ask("initialize", object{"processId": nil, "rootUri": nil, "capabilities": object{}})
		e.notify("initialized", object{})
		e.open("Cargo.toml")
		hover := e.ask("textDocument/hover", at(e.uri("Cargo.toml"), position{6, 2}))
		if m := e.answer(id); m.Error != nil {
			t.Error(m.Error)
		}
		if m := e.answer(hover); !strings.Contains(string(m.Result), "tokio") {
			t.Errorf("hover: %s", m.Result)
		}
		e.ask("shutdown", nil)
		e.notify("exit", nil)
		if code := e.exited(); code != 0 {
			t.Errorf("exit code %d", code)
		}
	})
}

func TestExitCodes(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func(e *editor)
		want int
	}{
		{"exit without shutdown", func(e *editor) { e.notify("exit", nil) }, 1},
		{"exit before initialize", func(e *editor) { e.notify("exit", nil) }, 1},
		{"the client vanishes", func(e *editor) { e.out.Close() }, 1},
		{"the client vanishes in a message", func(e *editor) { fmt.Fprint(e.out, "Content-Length: 100\r\n\r\n{"); e.out.Close() }, 1},
		{"the client vanishes after shutdown", func(e *editor) { e.call("shutdown", nil); e.out.Close() }, 0},
		{"no length", func(e *editor) { fmt.Fprint(e.out, "Content-Type: x\r\n\r\n{}") }, 1},
		{"negative length", func(e *editor) { fmt.Fprint(e.out, "Content-Length: -1\r\n\r\n{}") }, 1},
		{"huge length", func(e *editor) { fmt.Fprint(e.out, "Content-Length: 99999999999999999999\r\n\r\n{}") }, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, fullTokio, func(t *testing.T, e *editor) {
				if !strings.Contains(c.name, "before") {
					e.initialize(full("utf-8"))
				}
				go c.end(e) // it may write more than is read
				if code := e.exited(); code != c.want {
					t.Errorf("exit code %d, want %d", code, c.want)
				}
			})
		})
	}
}

// The process that started the server ends without a word.
func TestParentGone(t *testing.T) {
	child := exec.Command("go", "version")
	check(t, child.Run()) // it is gone, and waited for
	gone := child.Process.Pid
	bubble(t, fullTokio, func(t *testing.T, e *editor) {
		e.initializeAs(object{"processId": gone, "rootUri": nil, "capabilities": object{}})
		start := time.Now()
		if code := e.exited(); code != 1 || time.Since(start) > 10*time.Second {
			t.Errorf("exit code %d after %v", code, time.Since(start))
		}
	})
}

// A client that never reads must not keep the server from leaving.
func TestClientDoesNotRead(t *testing.T) {
	quietHome(t)
	dir := t.TempDir()
	writeArchive(t, dir, fullTokio)
	synctest.Test(t, func(t *testing.T) {
		e := start(t, dir, 10)
		e.initialize(full("utf-8"))
		for i := range 300 {
			e.change(e.uri("Cargo.toml"), i+2, whole(""))
			e.ask("textDocument/hover", at(e.uri("Cargo.toml"), position{6, 2}))
		}
		e.raw("{}")
		e.notify("exit", nil)
		if code := e.exited(); code != 1 {
			t.Errorf("exit code %d", code)
		}
		e.hangUp()
	})
}

// Whatever is said, the next request is answered.
func TestGarbage(t *testing.T) {
	const (
		parseError     = -32700
		invalidRequest = -32600
		methodNotFound = -32601
		invalidParams  = -32602
		anyAnswer      = 1
	)
	hover := `{"jsonrpc":"2.0","id":"x","method":"textDocument/hover","params":%s}`
	for _, c := range []struct {
		name, body string
		code       int // of the answer; 0: there is none
	}{
		{"no JSON", `hello`, parseError},
		{"half of a message", `{"jsonrpc":"2.0","method":`, parseError},
		{"not UTF-8", "{\"jsonrpc\":\"2.0\",\"method\":\"\xff\xfe\"}", 0},
		{"empty object", `{}`, invalidRequest},
		{"a list", `[]`, invalidRequest},
		{"a batch", `[{"jsonrpc":"2.0","id":1,"method":"x"}]`, invalidRequest},
		{"null", `null`, parseError},
		{"number", `1`, parseError},
		{"no version", `{"id":"x","method":"textDocument/hover"}`, invalidRequest},
		{"method is a number", `{"jsonrpc":"2.0","id":"x","method":1}`, invalidRequest},
		{"id is an object", `{"jsonrpc":"2.0","id":{},"method":"x"}`, invalidRequest},
		{"id is a fraction", `{"jsonrpc":"2.0","id":1.5,"method":"x"}`, invalidRequest},
		{"deep", strings.Repeat(`{"a":`, 100_000) + "1" + strings.Repeat("}", 100_000), invalidRequest},
		{"deep parameters", fmt.Sprintf(hover, strings.Repeat(`[`, 100_000)+strings.Repeat("]", 100_000)), invalidParams},
		{"answer to nothing", `{"jsonrpc":"2.0","id":99,"result":null}`, 0},
		{"error to nothing", `{"jsonrpc":"2.0","id":99,"error":{"code":1,"message":"no"}}`, 0},
		{"unknown notification", `{"jsonrpc":"2.0","method":"reactor/nope","params":{}}`, 0},
		{"unknown $/ notification", `{"jsonrpc":"2.0","method":"$/nope"}`, 0},
		{"unknown request", `{"jsonrpc":"2.0","id":"x","method":"reactor/nope","params":{}}`, methodNotFound},
		{"unknown $/ request", `{"jsonrpc":"2.0","id":"x","method":"$/nope","params":{}}`, methodNotFound},
		{"unknown request without params", `{"jsonrpc":"2.0","id":"x","method":"reactor/nope"}`, anyAnswer},
		{"standard request that is not offered", `{"jsonrpc":"2.0","id":"x","method":"textDocument/rename","params":{}}`, methodNotFound},
		{"no params", `{"jsonrpc":"2.0","id":"x","method":"textDocument/hover"}`, invalidParams},
		{"null params", fmt.Sprintf(hover, `null`), invalidParams},
		{"list of params", fmt.Sprintf(hover, `[1]`), invalidParams},
		{"params of other types", fmt.Sprintf(hover, `{"textDocument":7,"position":"here"}`), invalidParams},
		{"negative position", fmt.Sprintf(hover, `{"textDocument":{"uri":"file:///x"},"position":{"line":-1,"character":0}}`), invalidParams},
		{"broken URI", fmt.Sprintf(hover, `{"textDocument":{"uri":"::%zz"},"position":{"line":1,"character":0}}`), anyAnswer},
		{"cancel nothing", `{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":12345}}`, 0},
		{"cancel without id", `{"jsonrpc":"2.0","method":"$/cancelRequest","params":{}}`, 0},
		{"cancel a large id", `{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":99999999999}}`, 0},
		{"open without params", `{"jsonrpc":"2.0","method":"textDocument/didOpen"}`, 0},
		{"open of other types", `{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":[]}}`, 0},
		{"change what is not open", `{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":"file:///x","version":1},"contentChanges":[{"text":""}]}}`, 0},
		{"change without changes", `{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":"file:///x","version":1}}}`, 0},
		{"change of nothing known", `{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":"file:///x","version":1},"contentChanges":[{"x":1}]}}`, 0},
		{"close what is not open", `{"jsonrpc":"2.0","method":"textDocument/didClose","params":{"textDocument":{"uri":"file:///x"}}}`, 0},
		{"a notification as a request", `{"jsonrpc":"2.0","id":"x","method":"textDocument/didOpen","params":{}}`, anyAnswer},
		{"a request as a notification", `{"jsonrpc":"2.0","method":"textDocument/hover","params":{}}`, 0},
		{"initialize as a notification", `{"jsonrpc":"2.0","method":"initialize","params":{}}`, 0},
		{"settings", `{"jsonrpc":"2.0","method":"workspace/didChangeConfiguration","params":{"settings":null}}`, 0},
		{"trace", `{"jsonrpc":"2.0","method":"$/setTrace","params":{"value":"verbose"}}`, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, fullTokio, func(t *testing.T, e *editor) {
				e.initialize(full("utf-8"))
				e.open("Cargo.toml")
				e.settle()
				e.raw(c.body)
				synctest.Wait()
				select {
				case m := <-e.inbox:
					if c.code != anyAnswer && (m.Error == nil || m.Error.Code != c.code) {
						t.Errorf("answer %s %+v, want code %d", m.Result, m.Error, c.code)
					}
				default:
					if c.code != 0 {
						t.Error("no answer")
					}
				}
				if m := e.call("textDocument/hover", at(e.uri("Cargo.toml"), position{6, 2})); !strings.Contains(string(m.Result), "tokio") {
					t.Errorf("hover afterwards: %s %+v", m.Result, m.Error)
				}
			})
		})
	}
}

func TestCancelStorm(t *testing.T) {
	bubble(t, fullTokio, func(t *testing.T, e *editor) {
		e.initialize(full("utf-8"))
		e.open("Cargo.toml")
		const requests = 600
		got := map[string]int{}
		for i := range requests {
			id := any(i + 1000)
			if i%3 == 0 {
				id = fmt.Sprint("id ", i) // strings are ids, too
			}
			e.change(e.uri("Cargo.toml"), i+2, part(position{0, 0}, position{0, 0}, "#\n")) // so that there is something to do
			e.say(object{"id": id, "method": "textDocument/codeAction", "params": object{
				"textDocument": object{"uri": e.uri("Cargo.toml")}, "range": textRange{}, "context": object{"diagnostics": []object{}},
			}})
			for range i % 3 { // some are not cancelled, some twice
				e.notify("$/cancelRequest", object{"id": id})
			}
		}
		for range requests {
			m := e.receive()
			for m.Method != "" {
				m = e.receive()
			}
			got[string(m.ID)]++
			if m.Error != nil && m.Error.Code != -32800 {
				t.Errorf("%s: %+v", m.ID, *m.Error)
			}
		}
		if len(got) != requests {
			t.Errorf("%d requests answered, of %d", len(got), requests)
		}
		e.calm()
		if got := e.codes(e.uri("Cargo.toml")); got == "" {
			t.Error("no diagnostics after the storm")
		}
	})
}

// A handler that fails, in any way, fails alone: the connection goes on.
func TestGuard(t *testing.T) {
	for _, c := range []struct {
		name    string
		handler func() error
		code    jsonrpc2.Code // of the answer
		panics  bool
	}{
		{"fine", func() error { return nil }, 0, false},
		{"panic", func() error { panic("oh") }, jsonrpc2.InternalError, true},
		{"panic of the runtime", func() error { var e *editor; e.lastID++; return nil }, jsonrpc2.InternalError, true},
		{"error", func() error { return errors.New("oh") }, jsonrpc2.InternalError, false},
		{"cancelled", func() error { return fmt.Errorf("oh: %w", context.Canceled) }, -32800, false},
		{"coded", func() error { return jsonrpc2.NewError(7, "oh") }, 7, false},
		{"malformed parameters", func() error { return fmt.Errorf("%w: oh", jsonrpc2.ErrParse) }, jsonrpc2.InvalidParams, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			core, logs := observer.New(zap.DebugLevel)
			left, right := jsonrpc2.NewChannelStreamPair(1)
			server, client := jsonrpc2.NewConn(left), jsonrpc2.NewConn(right)
			server.Go(t.Context(), guard(zap.New(core), order(func(context.Context, *jsonrpc2.Request) (any, error) {
				return "done", c.handler()
			})))
			client.Go(t.Context(), nil)
			check(t, client.Notify(t.Context(), "test", nil))
			for _, method := range []string{"test", "initialize"} { // beside the reading, and in it
				_, err := client.Call(t.Context(), method, nil, nil)
				coded := jsonrpc2.NewError(0, "")
				if errors.As(err, &coded); coded.Code != c.code {
					t.Errorf("answer of %s: %v, want code %d", method, err, c.code)
				}
			}
			if got := logs.FilterMessage("panic").Len() == 3; got != c.panics {
				t.Errorf("log: %v", logs.All())
			}
			if err := server.Err(); err != nil {
				t.Errorf("the connection ended: %v", err)
			}
		})
	}
}
