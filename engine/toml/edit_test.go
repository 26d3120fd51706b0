package toml

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"reactorls/engine/text"

	gotoml "github.com/pelletier/go-toml/v2"
)

// apply makes the edits and holds the result to the promises of every edit.
func apply(t testing.TB, name, src string, edits []text.Edit) string {
	t.Helper()
	out, err := text.Apply(src, edits)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if before, after := Parse(src), Parse(out); len(before.Errors) == 0 && len(after.Errors) > 0 {
		t.Errorf("%s: the result is broken: %v\n%s", name, after.Errors, out)
	}
	return out
}

func TestSetArray(t *testing.T) {
	for _, c := range []struct{ name, in, want, out string }{
		{"remove one", `f = ["a", "b", "c"]`, "a c", `f = ["a", "c"]`},
		{"remove the first", `f = ["a", "b", "c"]`, "b c", `f = ["b", "c"]`},
		{"remove the last", `f = ["a", "b", "c"]`, "a b", `f = ["a", "b"]`},
		{"remove neighbours", `f = ["a", "b", "c", "d"]`, "a d", `f = ["a", "d"]`},
		{"remove all", `f = ["a", "b"] # c`, "", `f = [] # c`},
		{"append", `f = ["rt", "net"]`, "rt net macros", `f = ["rt", "net", "macros"]`},
		{"insert sorted", `f = ["net", "sync"]`, "net sync macros rt", `f = ["macros", "net", "rt", "sync"]`},
		{"replace all, in the order wanted", `f = ["full"]`, "rt macros net", `f = ["rt", "macros", "net"]`},
		{"replace one", `f = ["a", "x", "c"]`, "a c b", `f = ["a", "c", "b"]`},
		{"spaces inside", `f = [ "a", "b" ]`, "b c", `f = [ "b", "c" ]`},
		{"no spaces", `f = ["a","b"]`, "a b c", `f = ["a","b","c"]`},
		{"odd spaces stay", `f = ["a" , "b"]`, "a b c", `f = ["a" , "b", "c"]`},
		{"trailing comma", `f = ["a", "b",]`, "a c", `f = ["a", "c",]`},
		{"single quotes stay", `f = ['a', 'b']`, "a", `f = ['a']`},
		{"empty", `f = []`, "a b", `f = ["a", "b"]`},
		{"doubles", `f = ["a", "b", "a"]`, "a b", `f = ["a", "b"]`},
		{"nothing to do", `f = ["b", "a"]`, "a b", `f = ["b", "a"]`},
		{"lines: remove", "f = [\n  \"a\", # of a\n  \"b\", # of b\n  \"c\",\n]", "a c", "f = [\n  \"a\", # of a\n  \"c\",\n]"},
		{"lines: remove the last, without a trailing comma", "f = [\n  \"a\",\n  \"b\"\n]", "a", "f = [\n  \"a\"\n]"},
		{"lines: append keeps comments", "f = [\n  \"b\", # of b\n  # above a\n  \"a\" # of a\n]", "b a c", "f = [\n  \"b\", # of b\n  # above a\n  \"a\", # of a\n  \"c\"\n]"},
		{"lines: insert sorted", "f = [\n    \"a\",\n    \"c\",\n]", "a b c", "f = [\n    \"a\",\n    \"b\",\n    \"c\",\n]"},
		{"lines: comments of their own stay", "f = [\n  # one\n  \"a\",\n  # two\n  \"b\",\n]", "b", "f = [\n  # one\n  # two\n  \"b\",\n]"},
		{"lines: replace all", "f = [\n  \"full\",\n]", "a b", "f = [\n  \"a\",\n  \"b\",\n]"},
		{"lines: several on one", "f = [\n  \"a\", \"b\",\n  \"c\", \"d\",\n]", "b d", "f = [\n  \"b\",\n  \"d\",\n]"},
		{"lines: empty", "f = [\n]", "a b", "f = [\n    \"a\",\n    \"b\"\n]"},
		{"lines: all gone but a comment", "f = [\n  # why\n  \"a\",\n]", "", "f = [\n  # why\n]"},
		{"a comment behind the one that stays", "f = [\"a\" # of a\n]", "a b", "f = [\"a\", # of a\n \"b\"\n]"},
		{"crlf", "f = [\r\n  \"a\",\r\n  \"b\",\r\n]\r\n", "a c", "f = [\r\n  \"a\",\r\n  \"c\",\r\n]\r\n"},
	} {
		d := Parse(c.in)
		got := apply(t, c.name, c.in, d.SetArray(d.Root.Get("f"), strings.Fields(c.want)))
		if got != c.out {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, got, c.out)
		}
		again := Parse(got)
		if edits := again.SetArray(again.Root.Get("f"), strings.Fields(c.want)); len(edits) > 0 {
			t.Errorf("%s: a second time gives %v", c.name, edits)
		}
	}
}

func TestSetKey(t *testing.T) {
	for _, c := range []struct{ name, in, path, key, raw, out string }{
		{"inline", `[d]` + "\n" + `t = { version = "1" } # c`, "d.t", "features", `["a"]`, "[d]\n" + `t = { version = "1", features = ["a"] } # c`},
		{"inline, tight", `t = {version="1"}`, "t", "o", `true`, `t = {version="1",o=true}`},
		{"inline, empty", `t = {}`, "t", "o", `true`, `t = { o = true }`},
		{"inline on lines", "t = {\n  a = 1,\n  b = 2,\n}", "t", "c", "3", "t = {\n  a = 1,\n  b = 2,\n  c = 3,\n}"},
		{"existing", `t = { a = 1, b = 2 }`, "t", "a", "3", `t = { a = 3, b = 2 }`},
		{"section, sorted", "[d]\na = 1 # c\nc = 3\n\n# of e\n[e]\n", "d", "b", "2", "[d]\na = 1 # c\nb = 2\nc = 3\n\n# of e\n[e]\n"},
		{"section, at its start", "[d] # c\nb = 2\nc = 3\n", "d", "a", "1", "[d] # c\na = 1\nb = 2\nc = 3\n"},
		{"section, unsorted", "[d]\nc = 3\na = 1 # c\n\n[e]\n", "d", "b", "2", "[d]\nc = 3\na = 1 # c\nb = 2\n\n[e]\n"},
		{"section, empty", "[d]\n[e]\n", "d", "b", "2", "[d]\nb = 2\n[e]\n"},
		{"section of a dependency", "[d.t]\nversion = \"1\"\n", "d.t", "features", "[]", "[d.t]\nversion = \"1\"\nfeatures = []\n"},
		{"dotted", "[d]\nt.version = \"1\" # c\nu = 1\n", "d.t", "features", "[]", "[d]\nt.version = \"1\" # c\nt.features = []\nu = 1\n"},
		{"dotted twice", "d.t.v = 1\n", "d.t", "f", "2", "d.t.v = 1\nd.t.f = 2\n"},
		{"quoted key", "[t]\n", "t", "cfg(x)", "1", "[t]\n'cfg(x)' = 1\n"},
		{"root", "a = 1\n[t]\n", "", "b", "2", "a = 1\nb = 2\n[t]\n"},
		{"empty file", "", "", "b", "2", "b = 2\n"},
		{"crlf", "[d]\r\na = 1\r\n", "d", "b", "2", "[d]\r\na = 1\r\nb = 2\r\n"},
		{"bom", "\ufeffa = 1\n", "", "b", "2", "\ufeffa = 1\nb = 2\n"},
		{"implied table has no place", "[d.t]\n", "d", "b", "2", "[d.t]\n"},
	} {
		d := Parse(c.in)
		table := d.Root
		if c.path != "" {
			table = d.Root.Get(strings.Split(c.path, ".")...)
		}
		if got := apply(t, c.name, c.in, d.SetKey(table, c.key, c.raw)); got != c.out {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, got, c.out)
		}
	}
}

func TestRemoveKey(t *testing.T) {
	for _, c := range []struct{ name, in, path, key, out string }{
		{"entry with its comment", "[d]\na = 1\n# above\nb = 2 # of b\nc = 3\n", "d", "b", "[d]\na = 1\n# above\nc = 3\n"},
		{"entry on lines", "[d]\na = [\n 1,\n] # c\nb = 2\n", "d", "a", "[d]\nb = 2\n"},
		{"last of a file", "[d]\na = 1", "d", "a", "[d]\n"},
		{"dotted", "[d]\na.x = 1\nb = 2\na.y = 3\n", "d", "a", "[d]\nb = 2\n"},
		{"inline, first", `t = { a = 1, b = 2, c = 3 }`, "t", "a", `t = { b = 2, c = 3 }`},
		{"inline, last", `t = { a = 1, b = 2 }`, "t", "b", `t = { a = 1 }`},
		{"inline, only", `t = { a = 1 }`, "t", "a", `t = {}`},
		{"inline, dotted at the end", `t = { a = 1, b.x = 2, b.y = 3 }`, "t", "b", `t = { a = 1 }`},
		{"sections", "[d.a]\nx = 1\n\n[d.a.y]\n\n[d.b]\nx = 1\n", "d", "a", "[d.b]\nx = 1\n"},
		{"sections at the end", "[x]\na = 1\n\n[d.a]\nx = 1\n\n[d.a.y]\nz = 1\n", "d", "a", "[x]\na = 1\n\n"},
		{"section at the end", "[x]\na = 1\n\n[d.a]\nx = 1\n", "d", "a", "[x]\na = 1\n"},
		{"array of tables", "[[d.a]]\nx = 1\n\n[[d.a]]\nx = 2\n\n[e]\n", "d", "a", "[e]\n"},
		{"absent", "[d]\n", "d", "a", "[d]\n"},
		{"crlf", "[d]\r\na = 1\r\nb = 2\r\n", "d", "a", "[d]\r\nb = 2\r\n"},
	} {
		d := Parse(c.in)
		if got := apply(t, c.name, c.in, d.RemoveKey(d.Root.Get(strings.Split(c.path, ".")...), c.key)); got != c.out {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, got, c.out)
		}
	}
}

func TestAddTable(t *testing.T) {
	for _, c := range []struct {
		name, in, path string
		after          int
		out            string
	}{
		{"at the end", "[d]\na = 1\n", "e", -1, "[d]\na = 1\n\n[e]\nk = 1\n"},
		{"at the end, without a line end", "[d]\na = 1", "e", -1, "[d]\na = 1\n\n[e]\nk = 1"},
		{"after a section", "[d]\na = 1 # c\n\n# of f\n[f]\n", "e", 1, "[d]\na = 1 # c\n\n[e]\nk = 1\n\n# of f\n[f]\n"},
		{"quoted", "[d]\n", "target|cfg(target_os = \"x\")|e", -1, "[d]\n\n[target.'cfg(target_os = \"x\")'.e]\nk = 1\n"},
		{"there already", "[e]\nj = 1\n", "e", -1, "[e]\nj = 1\nk = 1\n"},
		{"implied", "[e.x]\n", "e", -1, "[e.x]\n\n[e]\nk = 1\n"},
		{"empty file", "", "e", -1, "[e]\nk = 1\n"},
		{"comments alone", "# c\n", "e", -1, "# c\n\n[e]\nk = 1\n"},
		{"crlf", "[d]\r\na = 1\r\n", "e", -1, "[d]\r\na = 1\r\n\r\n[e]\r\nk = 1\r\n"},
	} {
		d := Parse(c.in)
		var after *Section
		if c.after >= 0 {
			after = d.Sections[c.after]
		}
		if got := apply(t, c.name, c.in, d.AddTable(strings.Split(c.path, "|"), "k", "1", after)); got != c.out {
			t.Errorf("%s: got\n%q\nwant\n%q", c.name, got, c.out)
		}
	}
}

// TestCargoAdd compares with what cargo add tokio -F macros writes (cargo 1.95).
// Where the two differ, ours changes less: cargo flattens lists that stand on
// lines, losing their comments, brings spacing into its own form, and rewrites
// CRLF as LF.
func TestCargoAdd(t *testing.T) {
	for _, c := range []struct{ in, out string }{
		{"tokio = { version = \"1\", features = [\"rt\"] }", "tokio = { version = \"1\", features = [\"macros\", \"rt\"] }"},
		{"tokio = { version = \"1\", features = [\"net\", \"rt\"] }", "tokio = { version = \"1\", features = [\"macros\", \"net\", \"rt\"] }"},
	} {
		in := "[dependencies]\n" + c.in + "\n"
		d := Parse(in)
		f := d.Root.Get("dependencies", "tokio", "features")
		var want []string
		for _, e := range f.Items() {
			s, _ := e.Text()
			want = append(want, s)
		}
		got := apply(t, c.in, in, d.SetArray(f, append(want, "macros")))
		if got != "[dependencies]\n"+c.out+"\n" {
			t.Errorf("got %s", got)
		}
	}
}

func TestReplaceString(t *testing.T) {
	for _, c := range []struct{ in, value, out string }{
		{`a = "x" # c`, "y", `a = "y" # c`}, {`a = 'x'`, "y", `a = 'y'`}, {`a = 'x'`, "y'", `a = "y'"`}, {`a = "x"`, `y"\`, `a = "y\"\\"`},
	} {
		d := Parse(c.in)
		if got := apply(t, c.in, c.in, d.ReplaceString(d.Root.Get("a"), c.value)); got != c.out {
			t.Errorf("%s: got %s, want %s", c.in, got, c.out)
		}
	}
}

// FuzzEdit holds every edit of a sound text to its meaning, with go-toml as the
// judge.
func FuzzEdit(f *testing.F) {
	samples, _ := filepath.Glob("testdata/*.toml")
	for _, s := range samples {
		src, err := os.ReadFile(s)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(src), uint8(0), "x")
	}
	f.Add("f = [\n \"a\", # c\n]\n[t]\na.b = 1\n", uint8(3), "b")
	f.Fuzz(func(t *testing.T, src string, which uint8, key string) {
		d := Parse(src)
		if !utf8.ValidString(key) {
			return
		}
		if gotoml.Unmarshal([]byte(src), &map[string]any{}) != nil || len(d.Errors) > 0 {
			return
		}
		table := d.Root
		for n := which; n > 0 && len(table.Members()) > 0; n /= 4 {
			table = table.Members()[int(n)%len(table.Members())]
		}
		check := func(what string, edits []text.Edit, change func(got map[string]any) bool) {
			out, err := text.Apply(src, edits)
			if err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			var after map[string]any
			if err := gotoml.Unmarshal([]byte(out), &after); err != nil {
				t.Fatalf("%s of %q makes %q: %v", what, src, out, err)
			}
			if len(edits) > 0 && !change(after) {
				t.Fatalf("%s of %q makes %q", what, src, out)
			}
		}
		at := func(m map[string]any, path []string) any {
			var v any = m
			for _, k := range path {
				m, ok := v.(map[string]any)
				if !ok {
					return nil
				}
				v = m[k]
			}
			return v
		}
		path, ok := pathOf(table)
		if !ok {
			return
		}
		switch table.Kind {
		case Table:
			if table.child(key) == nil {
				check("SetKey", d.SetKey(table, key, "42"), func(m map[string]any) bool { return at(m, append(path, key)) == int64(42) })
			}
			if len(table.Members()) > 0 {
				gone := table.Members()[int(which)%len(table.Members())].Key.Name
				check("RemoveKey", d.RemoveKey(table, gone), func(m map[string]any) bool {
					return at(m, append(path, gone)) == nil
				})
			}
		case Array:
			var want []string
			for i, e := range table.Items() {
				s, isString := e.Text()
				if !isString {
					return
				}
				if i%2 == int(which)%2 {
					want = append(want, s)
				}
			}
			want = append(want, key)
			check("SetArray", d.SetArray(table, want), func(m map[string]any) bool {
				got := map[string]bool{}
				for _, v := range at(m, path).([]any) {
					got[v.(string)] = true
				}
				wanted := map[string]bool{}
				for _, w := range want {
					wanted[w] = true
				}
				return reflect.DeepEqual(got, wanted)
			})
		}
	})
}

// pathOf is the way from the root to a node, unless it leads through an array.
func pathOf(n *Node) (path []string, ok bool) {
	for ; n.Parent != nil; n = n.Parent {
		if n.Parent.Kind == Array {
			return nil, false
		}
		path = append([]string{n.Key.Name}, path...)
	}
	return path, true
}
