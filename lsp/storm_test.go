package lsp

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
)

// TestStorm does thousands of things in a wild order: edits, opens, closes, saves,
// changes on disk, requests and cancels, over two hundred files. In the end there must be
// shown what a fresh session shows, and no more memory be held than half-way. STORM is
// how many; the same seed does the same.
func TestStorm(t *testing.T) {
	count := 2_000
	if n, err := strconv.Atoi(os.Getenv("STORM")); err == nil {
		count = n
	}
	quietHome(t)
	dir := t.TempDir()
	names := stormFiles(t, dir)
	runtime.GC()
	runtime.GC()
	synctest.Test(t, func(t *testing.T) {
		e := start(t, dir, plenty)
		defer e.hangUp()
		e.initialize(watching(full("utf-16")))
		e.requested("client/registerCapability")
		e.calm()
		s := storm{editor: e, random: rand.New(rand.NewPCG(1, 2)), names: names, open: map[string]string{}, version: map[string]int{}, first: map[string]string{}}
		for _, name := range names {
			s.first[name] = e.read(name)
		}
		for i := range count {
			s.step()
			if i%50 == 0 {
				e.calm()
			}
			if i == count/2 {
				s.held = heap()
			}
		}
		for _, name := range names { // what is on disk is what a fresh process sees
			if text, ok := s.open[name]; ok {
				s.write(name, text)
				s.notify("workspace/didChangeWatchedFiles", object{"changes": []object{{"uri": s.uri(name), "type": 2}}})
			}
		}
		e.calm()
		fresh := start(t, dir, plenty)
		defer fresh.hangUp()
		fresh.initialize(full("utf-16"))
		for _, name := range slices.Sorted(maps.Keys(s.open)) {
			fresh.openText(e.uri(name), s.open[name])
		}
		fresh.calm()
		shown := 0
		for _, name := range names {
			got, want := e.codes(e.uri(name)), fresh.codes(e.uri(name))
			shown += len(strings.Fields(want))
			if got != want {
				t.Errorf("%s shows %q, in a fresh session %q", name, got, want)
			}
		}
		if now := heap(); now > 2*s.held+64<<20 {
			t.Errorf("%d MiB are held, and %d were half-way", now>>20, s.held>>20)
		}
		t.Logf("%d steps, %d of them changes; %d diagnostics at the end; %d MiB held half-way, %d at the end", count, s.changes, shown, s.held>>20, heap()>>20)
	})
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// stormFiles writes a workspace of twenty packages with ten files each, and names them.
func stormFiles(t *testing.T, dir string) []string {
	var names []string
	write := func(name, content string) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		check(t, os.MkdirAll(filepath.Dir(path), 0o755))
		check(t, os.WriteFile(path, []byte(content), 0o644))
		names = append(names, name)
	}
	write("Cargo.toml", "[workspace]\nmembers = [\"p*\"]\nresolver = \"3\"\n")
	for p := range 20 {
		write(fmt.Sprintf("p%d/Cargo.toml", p), fmt.Sprintf("[package]\nname = \"p%d\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\ntokio = { version = \"1\", features = [\"rt\", \"net\"] }\n", p))
		main := "fn main() {}\n"
		for f := range 9 {
			main += fmt.Sprintf("mod m%d;\n", f)
			write(fmt.Sprintf("p%d/src/m%d.rs", p, f), "pub async fn f() {}\n")
		}
		write(fmt.Sprintf("p%d/src/main.rs", p), main)
	}
	return names
}

type storm struct {
	*editor
	random  *rand.Rand
	names   []string
	open    map[string]string
	version map[string]int
	first   map[string]string // as the files were
	changes int
	held    uint64
}

// pieces are what is typed.
var pieces = []string{
	"tokio::net::TcpListener", "tokio::time::sleep(d).await;", "use tokio::fs;\n", "{", "}", "\"", "\n", "#[tokio::main]\n", "// 𝄞\n",
	"tokio = \"1\"\n", "\"full\"", "[", "]", "fn g() { tokio::spawn(async {}); }\n", "#[cfg(test)]\n", "\r\n", "é",
}

func (s *storm) step() {
	name := s.names[1+s.random.IntN(len(s.names)-1)] // without its root there would be no workspace
	uri := s.uri(name)
	text, open := s.open[name]
	switch what := s.random.IntN(100); {
	case what < 10 && !open:
		text := s.read(name)
		s.open[name], s.version[name] = text, 1
		s.openText(uri, text)
	case what < 18 && open:
		s.notify("textDocument/didClose", object{"textDocument": object{"uri": uri}})
		delete(s.open, name)
	case what < 25 && open:
		s.write(name, text)
		s.notify("workspace/didChangeWatchedFiles", object{"changes": []object{{"uri": uri, "type": 2}}})
		s.notify("textDocument/didSave", object{"textDocument": object{"uri": uri}})
	case what < 35:
		if !open && s.random.IntN(2) == 0 {
			s.write(name, s.first[name])
		}
		s.notify("workspace/didChangeWatchedFiles", object{"changes": []object{{"uri": uri, "type": 2}}})
	case what < 50:
		id := s.ask("textDocument/hover", at(uri, position{s.random.IntN(9), s.random.IntN(40)}))
		if s.random.IntN(2) == 0 {
			s.notify("$/cancelRequest", object{"id": id})
		}
	case what < 60:
		id := s.ask("textDocument/codeAction", object{
			"textDocument": object{"uri": uri}, "range": textRange{position{0, 0}, position{99, 0}}, "context": object{"diagnostics": []any{}},
		})
		if s.random.IntN(2) == 0 {
			s.notify("$/cancelRequest", object{"id": id})
		}
	default:
		if len(s.open) == 0 {
			return
		}
		if !open { // something that is
			name = s.anyOpen()
			uri, text = s.uri(name), s.open[name]
		}
		s.edit(name, uri, text)
	}
}

func (s *storm) anyOpen() string {
	var all []string
	for _, n := range s.names {
		if _, ok := s.open[n]; ok {
			all = append(all, n)
		}
	}
	return all[s.random.IntN(len(all))]
}

// edit types a piece somewhere, or deletes some.
func (s *storm) edit(name, uri, text string) {
	start := s.boundary(text, s.random.IntN(len(text)+1))
	end := start
	piece := pieces[s.random.IntN(len(pieces))]
	if s.random.IntN(3) == 0 {
		end, piece = s.boundary(text, min(len(text), start+s.random.IntN(12))), ""
	}
	s.changes++
	s.version[name]++
	if s.random.IntN(4) == 0 { // undone, or nothing would be left to judge
		s.open[name] = s.first[name]
		s.change(uri, s.version[name], whole(s.first[name]))
		return
	}
	s.change(uri, s.version[name], part(positionIn(text, start, "utf-16"), positionIn(text, end, "utf-16"), piece))
	s.open[name] = text[:start] + piece + text[end:]
}

// boundary is the nearest place before that an editor can name: between characters, and
// not within a line end.
func (s *storm) boundary(text string, at int) int {
	for at > 0 && (at < len(text) && text[at]&0xC0 == 0x80 || text[at-1] == '\r') {
		at--
	}
	return at
}
