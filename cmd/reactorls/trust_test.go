//go:build clients && linux

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"
)

// hostile is a workspace that would run something of its own, read what is not its own,
// or reach out, if anybody let it.
const hostile = `
-- w/Cargo.toml --
[workspace]
members = ["*", "../outside"]
[package]
name = "hostile"
version = "0.1.0"
edition = "2021"
build = "build.rs"
[dependencies]
tokio = { version = "1", features = ["full"] }
outside = { path = "../outside" }
git = { git = "https://127.0.0.1:1/x" }
other = { version = "1", registry = "evil" }
[profile.dev]
linker = "./evil.sh"
-- w/.cargo/config.toml --
include = ["../../outside/config.toml"]
[build]
rustc = "./evil.sh"
rustc-wrapper = "./evil.sh"
rustdoc = "./evil.sh"
target-dir = "../outside/target"
[target.'cfg(all())']
runner = "./evil.sh"
linker = "./evil.sh"
[alias]
metadata = "!./evil.sh"
[registries.evil]
index = "https://127.0.0.1:1/index"
credential-provider = ["./evil.sh"]
[registry]
global-credential-providers = ["./evil.sh"]
[net]
git-fetch-with-cli = true
[env]
PATH = { value = ".", relative = true }
-- w/rust-toolchain.toml --
[toolchain]
path = "."
-- w/build.rs --
fn main() { std::process::Command::new("./evil.sh").status().unwrap(); }
-- w/second/Cargo.toml --
[package]
name = "second"
version = "0.1.0"
-- w/second/src/lib.rs --
include!(concat!(env!("OUT_DIR"), "/made.rs"));
include!("../../../outside/secret.rs");
-- w/src/main.rs --
#[path = "../../outside/secret.rs"]
mod secret;
#[tokio::main]
async fn main() { tokio::time::sleep(std::time::Duration::ZERO).await; }
-- w/evil.sh --
#!/bin/sh
touch "$(dirname "$0")/ran"
-- outside/Cargo.toml --
[package]
name = "outside"
version = "0.1.0"
-- outside/secret.rs --
-- outside/config.toml --
`

// TestTrust watches the calls to the system of the commands and of the server on a hostile
// workspace: they run nothing, open no connection, and write what they were asked to.
func TestTrust(t *testing.T) {
	found, err := exec.Command("sh", "../../testdata/clients/strace.sh", "../../.cache/strace").Output()
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	strace := strings.TrimSpace(string(found))
	binary := filepath.Join(t.TempDir(), "reactorls")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	for _, c := range []struct {
		name   string
		args   []string
		writes []string // how what may be written starts, below the workspace
		input  func(dir string) string
	}{
		{name: "check", args: []string{"check", "."}, writes: []string{"../cache/reactorls"}},
		{name: "check --fix", args: []string{"check", "--fix", "."}, writes: []string{"Cargo.toml", ".Cargo.toml."}},
		{name: "report", args: []string{"report", "."}},
		{name: "recommend", args: []string{"recommend", "--defaults", "."}},
		{name: "server", input: session},
	} {
		t.Run(c.name, func(t *testing.T) {
			top := t.TempDir()
			for _, f := range txtar.Parse([]byte(hostile)).Files {
				path := filepath.Join(top, f.Name)
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, f.Data, 0o755); err != nil {
					t.Fatal(err)
				}
			}
			dir := filepath.Join(top, "w")
			if err := os.Symlink("/etc", filepath.Join(dir, "src", "etc")); err != nil {
				t.Fatal(err)
			}
			record := filepath.Join(top, "strace")
			args := append([]string{"-f", "-qq", "-o", record, "-e", "trace=%process,%network,%file,ftruncate", binary}, c.args...)
			cmd := exec.Command(strace, args...)
			cmd.Dir = dir
			home, cache := filepath.Join(top, "home"), filepath.Join(top, "cache")
			if err := os.Mkdir(cache, 0o755); err != nil {
				t.Fatal(err)
			}
			time.Sleep(2200 * time.Millisecond) // of files that have just changed no run is kept
			cmd.Env = append(os.Environ(), "HOME="+home, "CARGO_HOME="+home, "XDG_CACHE_HOME="+cache)
			if c.input != nil {
				cmd.Stdin = strings.NewReader(c.input(dir))
			}
			var out bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &out
			err := cmd.Run()
			if exit := (*exec.ExitError)(nil); err != nil && (!asExit(err, &exit) || exit.ExitCode() != exitFound) {
				t.Fatalf("%v\n%s", err, &out)
			}
			if out.Len() == 0 {
				t.Error("nothing was said")
			}
			calls, err := os.ReadFile(record)
			if err != nil {
				t.Fatal(err)
			}
			judgeCalls(t, string(calls), dir, c.writes)
			if _, err := os.Stat(filepath.Join(dir, "ran")); err == nil {
				t.Error("the workspace's own script ran")
			}
		})
	}
}

func asExit(err error, to **exec.ExitError) bool {
	e, ok := err.(*exec.ExitError)
	*to = e
	return ok
}

var systemCall = regexp.MustCompile(`^\d+ +(\w+)\((.*)$`)

// judgeCalls looks for calls that nobody asked for.
func judgeCalls(t *testing.T, calls, dir string, writes []string) {
	starts, read := 0, 0
	for line := range strings.Lines(calls) {
		m := systemCall.FindStringSubmatch(strings.TrimSpace(line))
		if m == nil {
			continue
		}
		switch call, rest := m[1], m[2]; call {
		case "execve", "execveat":
			starts++
		case "fork", "vfork", "socket", "connect", "bind", "listen", "accept", "accept4", "sendto", "sendmsg":
			t.Errorf("it calls %s", line)
		case "clone", "clone3":
			if !strings.Contains(rest, "CLONE_THREAD") {
				t.Errorf("it starts a process: %s", line)
			}
		case "open", "openat", "openat2", "creat", "rename", "renameat", "renameat2", "unlink", "unlinkat", "mkdir", "mkdirat",
			"link", "linkat", "symlink", "symlinkat", "truncate", "ftruncate", "chmod", "fchmodat", "chown", "fchownat", "utimensat":
			opens := strings.HasPrefix(call, "open")
			if opens {
				read++
			}
			if opens && !strings.Contains(rest, "O_WRONLY") && !strings.Contains(rest, "O_RDWR") && !strings.Contains(rest, "O_CREAT") {
				continue
			}
			if call == "ftruncate" || strings.Contains(rest, `"/dev/null"`) || strings.Contains(rest, `"/sys/`) || strings.Contains(rest, `"/proc/`) {
				continue
			}
			if !slices.ContainsFunc(writes, func(w string) bool {
				return strings.Contains(rest, filepath.Join(dir, w)) || strings.Contains(rest, `"`+w)
			}) {
				t.Errorf("it changes something: %s", line)
			}
		}
	}
	if starts != 1 || read < 3 {
		t.Errorf("%d programs were started, %d files opened", starts, read)
	}
}

// session is what an editor sends that opens the manifest and asks for all there is.
func session(dir string) string {
	uri := func(name string) string { return "file://" + filepath.Join(dir, name) }
	manifest, _ := os.ReadFile(filepath.Join(dir, "Cargo.toml"))
	var b strings.Builder
	id := 0
	send := func(method string, request bool, params any) {
		message := map[string]any{"jsonrpc": "2.0", "method": method, "params": params}
		if request {
			id++
			message["id"] = id
		}
		body, _ := json.Marshal(message)
		fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s", len(body), body)
	}
	document := map[string]any{"uri": uri("Cargo.toml")}
	send("initialize", true, map[string]any{"processId": nil, "rootUri": uri(""), "capabilities": map[string]any{
		"textDocument": map[string]any{"codeAction": map[string]any{"codeActionLiteralSupport": map[string]any{"codeActionKind": map[string]any{"valueSet": []string{"quickfix"}}}}},
	}})
	send("initialized", false, map[string]any{})
	send("textDocument/didOpen", false, map[string]any{"textDocument": map[string]any{"uri": uri("Cargo.toml"), "languageId": "toml", "version": 1, "text": string(manifest)}})
	for line := range 12 {
		at := map[string]any{"line": line, "character": 3}
		send("textDocument/hover", true, map[string]any{"textDocument": document, "position": at})
		send("textDocument/completion", true, map[string]any{"textDocument": document, "position": at})
		send("textDocument/codeAction", true, map[string]any{"textDocument": document, "range": map[string]any{"start": at, "end": at}, "context": map[string]any{"diagnostics": []any{}}})
	}
	for _, command := range []string{"reactorls.explain", "reactorls.report", "reactorls.recommend", "reactorls.fixAll", "reactorls.restartAnalysis"} {
		send("workspace/executeCommand", true, map[string]any{"command": command, "arguments": []any{map[string]any{
			"uri": uri("Cargo.toml"), "format": "md", "subject": "tokio", "answers": map[string]any{},
		}}})
	}
	send("shutdown", true, nil)
	send("exit", false, nil)
	return b.String()
}
