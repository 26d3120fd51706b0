package lsp

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// write changes a file on disk. The clock of a bubble is not that of the disk, so the
// time is set by hand.
func (e *editor) write(name, content string) {
	e.t.Helper()
	path := filepath.Join(e.dir, name)
	check(e.t, os.MkdirAll(filepath.Dir(path), 0o755))
	check(e.t, os.WriteFile(path, []byte(content), 0o644))
	check(e.t, os.Chtimes(path, time.Time{}, time.Now().Add(time.Hour)))
}

// read is a file on disk.
func (e *editor) read(name string) string {
	e.t.Helper()
	content, err := os.ReadFile(filepath.Join(e.dir, name))
	check(e.t, err)
	return string(content)
}

func TestRegistersWatchers(t *testing.T) {
	bubble(t, fullTokio, func(t *testing.T, e *editor) {
		e.initialize(watching(full("utf-16")))
		m := e.requested("client/registerCapability")
		for _, want := range []string{"workspace/didChangeWatchedFiles", "**/Cargo.toml", "**/Cargo.lock", "**/*.rs"} {
			if !strings.Contains(string(m.Params), want) {
				t.Errorf("%s is not in %s", want, m.Params)
			}
		}
		e.calm()
		if e.codes(e.uri("Cargo.toml")) == "" {
			t.Fatal("nothing is shown")
		}
		// A branch switch: thousands of events, one of which counts.
		e.write("Cargo.toml", strings.ReplaceAll(e.read("Cargo.toml"), `features = ["full"]`, `features = []`))
		var changes []object
		for range 3000 {
			changes = append(changes, object{"uri": e.uri("src/gone.rs"), "type": 3})
		}
		e.notify("workspace/didChangeWatchedFiles", object{"changes": append(changes, object{"uri": e.uri("Cargo.toml"), "type": 2})})
		e.calm()
		if got := e.codes(e.uri("Cargo.toml")); strings.Contains(got, "unused-feature") {
			t.Errorf("still shown: %s", got)
		}
	})
}

// A client that refuses, or cannot watch, has manifests looked at now and then.
func TestPolls(t *testing.T) {
	for _, refuses := range []bool{true, false} {
		bubble(t, fullTokio, func(t *testing.T, e *editor) {
			if refuses {
				e.initialize(watching(full("utf-16")))
				for {
					if m := e.receive(); m.Method == "client/registerCapability" {
						e.say(object{"id": m.ID, "error": object{"code": -32601, "message": "no"}})
						break
					}
				}
			} else {
				e.initialize(full("utf-16"))
			}
			e.calm()
			e.write("Cargo.toml", strings.ReplaceAll(e.read("Cargo.toml"), `features = ["full"]`, `features = []`))
			time.Sleep(2 * polled)
			e.calm()
			if got := e.codes(e.uri("Cargo.toml")); strings.Contains(got, "unused-feature") {
				t.Errorf("still shown: %s", got)
			}
		})
	}
}

func TestFoldersComeAndGo(t *testing.T) {
	bubble(t, fullTokio, func(t *testing.T, e *editor) {
		for _, name := range []string{"Cargo.toml", "src/main.rs"} {
			if _, err := os.Stat(filepath.Join(e.dir, name)); err == nil {
				e.write("other/"+name, e.read(name))
			}
		}
		e.initialize(full("utf-16"))
		e.calm()
		first, second := e.uri("Cargo.toml"), e.uri("other/Cargo.toml")
		if e.codes(first) == "" || e.codes(second) != "" {
			t.Fatalf("at first: %q %q", e.codes(first), e.codes(second))
		}
		change := func(added, removed []object) {
			e.notify("workspace/didChangeWorkspaceFolders", object{"event": object{"added": added, "removed": removed}})
			e.calm()
		}
		folder := func(name string) []object { return []object{{"uri": e.uri(name), "name": name}} }
		change(folder("other"), []object{})
		if e.codes(first) == "" || e.codes(second) == "" {
			t.Errorf("with both: %q %q", e.codes(first), e.codes(second))
		}
		change([]object{}, folder(""))
		if e.codes(first) != "" || e.codes(second) == "" {
			t.Errorf("without the first: %q %q", e.codes(first), e.codes(second))
		}
	})
}

// A member that is opened alone belongs to a workspace above it, which is watched by
// patterns of its own.
func TestWatchesAbove(t *testing.T) {
	bubble(t, fullTokio, func(t *testing.T, e *editor) {
		e.write("member/Cargo.toml", "[package]\nname = \"m\"\nversion = \"0.1.0\"\n")
		e.write("Cargo.toml", "[workspace]\nmembers = [\"member\"]\n")
		capabilities := watching(full("utf-16"))
		capabilities["workspace"].(object)["didChangeWatchedFiles"].(object)["relativePatternSupport"] = true
		e.initializeAs(object{"processId": nil, "capabilities": capabilities, "workspaceFolders": []object{{"uri": e.uri("member"), "name": "m"}}})
		m := e.requested("client/registerCapability")
		if want := `"baseUri":"` + strings.TrimSuffix(e.uri(""), "/") + `"`; !strings.Contains(string(m.Params), want) {
			t.Errorf("%s is not in %s", want, m.Params)
		}
	})
}
