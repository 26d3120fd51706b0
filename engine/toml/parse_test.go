package toml

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"reactorls/engine/text"
)

// outline lists the scalars of a tree as path=value.
func outline(n *Node, path string) string {
	switch n.Kind {
	case Table:
		var parts []string
		for _, c := range n.Members() {
			if s := outline(c, strings.TrimPrefix(path+"."+c.Key.Name, ".")); s != "" {
				parts = append(parts, s)
			}
		}
		return strings.Join(parts, " ")
	case Array:
		var parts []string
		for _, c := range n.Items() {
			parts = append(parts, outline(c, ""))
		}
		return path + "=[" + strings.Join(parts, ",") + "]"
	case Invalid:
		return path + "?"
	}
	if path == "" {
		return n.Value.Str
	}
	return path + "=" + n.Value.Str
}

// TestHalfTyped has texts as they stand while somebody types: what is there must
// be found, whatever is broken before it.
func TestHalfTyped(t *testing.T) {
	for _, c := range []struct {
		src, want string
		errors    int
	}{
		{"[d]\ntokio = \nserde = \"1\"", "d.tokio? d.serde=1", 1},
		{"[d]\ntok\nserde = \"1\"", "d.tok? d.serde=1", 1},
		{"[d]\ntokio = { version = \"1\", fea\nserde = \"1\"", "d.tokio.version=1 d.tokio.fea? d.serde=1", 2},
		{"[d]\ntokio = { version = \"1\", \nserde = \"1\"\n[e]\na = 1", "d.tokio.version=1 d.serde=1 e.a=1", 1},
		{"[d]\ntokio = { version = \"1\", features = [\"rt\nserde = \"1\"", "d.tokio.version=1 d.tokio.features=[rt] d.serde=1", 3},
		{"[d]\nf = [\n  \"a\",\n  \"b\"\n[e]\na = 1", "d.f=[a,b] e.a=1", 1},
		{"[d]\nf = [\n  \"a\",\nb = 2\n", "d.f=[a] d.b=2", 1},
		{"[d\na = 1\n[e]\nb = 2", "d.a=1 e.b=2", 1},
		{"[]\na = 1\n[e]\nb = 2", "e.b=2", 1},
		{"[d]\na = \"x\nb = 1", "d.a=x d.b=1", 1},
		{"[d]\na = 1 2\nb = 1", "d.a? d.b=1", 1},
		{"[d]\na = [1 2]\nb = 1", "d.a=[?] d.b=1", 1},
		{"[d]\na = 1\n[d]\nb = 2", "d.a=1 d.b=2", 1},
		{"[d]\na = 1\na = 2", "d.a=1", 1},
		{"= 1\nb = 2", "b=2", 1},
		{"a.b. = 1\nc = 2", "a.b=1 c=2", 1},
		{"a = \"\"\"x\nb = 1", "a=x\nb = 1", 1},
		{"a = {b = {c = {d\ne = 1", "a.b.c.d? e=1", 4},
		{"a = }\nb = 1", "a? b=1", 2},
	} {
		d := Parse(c.src)
		if got := outline(d.Root, ""); got != c.want || len(d.Errors) != c.errors {
			t.Errorf("%q: got %q with %d errors %v\nwant %q with %d", c.src, got, len(d.Errors), d.Errors, c.want, c.errors)
		}
	}
}

func TestNodes(t *testing.T) {
	src, err := os.ReadFile("testdata/forms.toml")
	if err != nil {
		t.Fatal(err)
	}
	d := Parse(string(src))
	if len(d.Errors) > 0 {
		t.Fatal(d.Errors)
	}
	want := `package.name=demo package.version.workspace=true package.edition=2021 dependencies.anyhow=1.0 ` +
		`dependencies.serde.version=1 dependencies.serde.features=[derive] dependencies.serde.default-features=false ` +
		`dependencies.tokio.version=1.40 dependencies.tokio.features=[rt,net] dependencies.rt.package=smol dependencies.rt.version=2 ` +
		`dependencies.hyper.version=1 dependencies.hyper.features=[full] target.cfg(unix).dependencies.nix=0.29 ` +
		`target.cfg(windows).dev-dependencies.winapi.version=0.3 features.default=[std] features.std=[] features.net=[dep:hyper,tokio/net,serde?/std] ` +
		`bin=[name=a path=src/a.rs,name=b]`
	if got := outline(d.Root, ""); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if d.Root.Get("no", "such").Get("thing").Members() != nil {
		t.Error("what is not there has members")
	}
	for _, c := range []struct{ at, key, value string }{
		{`"rt", # always`, "", "rt"}, {`hyper]`, "hyper", ""}, {`anyhow`, "anyhow", "1.0"}, {`"1.40"`, "version", "1.40"}, {`default-features`, "default-features", "false"},
	} {
		n := d.NodeAt(strings.Index(d.Src, c.at) + 1)
		if value := ""; n.Value != nil {
			value = n.Value.Str
			if n.Key.Name != c.key || value != c.value {
				t.Errorf("at %s: got %q = %q", c.at, n.Key.Name, value)
			}
		} else if n.Key.Name != c.key {
			t.Errorf("at %s: got %q", c.at, n.Key.Name)
		}
	}
}

// TestLinear has texts that punish anything slower than linear time.
func TestLinear(t *testing.T) {
	const n = 200_000
	for name, src := range map[string]string{
		"open arrays": "a = " + strings.Repeat("[", n),
		"open tables": "a = " + strings.Repeat("{b=", n),
		"many keys":   strings.Repeat("a\n", n),
		"one table": func() string {
			var b strings.Builder
			for i := range n {
				fmt.Fprintf(&b, "k%d = 1\n", i)
			}
			return b.String()
		}(),
		"one array":    "a = [" + strings.Repeat("1,\n", n) + "]",
		"open strings": strings.Repeat("a = \"\n", n),
		"dots":         "a" + strings.Repeat(".a", n) + " = 1",
		"headers":      strings.Repeat("[a]\n", n),
		"open array":   "a = [\n" + strings.Repeat("b\n", n),
	} {
		start := time.Now()
		Parse(src).NodeAt(len(src) / 2)
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%s: %v", name, took)
		}
	}
}

func FuzzParse(f *testing.F) {
	samples, _ := filepath.Glob("testdata/*.toml")
	for _, s := range samples {
		src, err := os.ReadFile(s)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(src))
	}
	f.Add("a = { b = [1, \"x\n[c.'d']\ne = \"\"\"\\\n")
	f.Fuzz(func(t *testing.T, src string) {
		d := Parse(src)
		inside := func(what string, s text.Span) {
			if s.Start < 0 || s.End < s.Start || s.End > len(src) {
				t.Fatalf("%s %v in %q", what, s, src)
			}
		}
		var value func(v *Value)
		value = func(v *Value) {
			inside("value", v.Span)
			at := v.Start
			for _, e := range v.Elems {
				inside("element", e.Span)
				if e.Start < at || e.End > v.End {
					t.Fatalf("element %v in %v of %q", e.Span, v.Span, src)
				}
				at = e.End
				value(e.Value)
			}
			for _, e := range v.Entries {
				if e.Start < at || e.End > v.End {
					t.Fatalf("entry %v in %v of %q", e.Span, v.Span, src)
				}
				at = e.End
				value(e.Value)
			}
		}
		at := 0
		for _, s := range d.Sections {
			inside("header", s.Header)
			for _, e := range s.Entries {
				inside("entry", e.Span)
				if e.Start < at {
					t.Fatalf("entry %v is out of order in %q", e.Span, src)
				}
				at = e.End
				value(e.Value)
			}
			if s.End < at {
				t.Fatalf("section ends at %d before %d in %q", s.End, at, src)
			}
		}
		for _, e := range d.Errors {
			inside("error", e.Span)
		}
		for i := 0; i <= len(src); i++ {
			d.NodeAt(i)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	src, err := os.ReadFile("testdata/forms.toml")
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		copies int
	}{{"300 lines", 8}, {"1 MB", 1200}} {
		var doc strings.Builder
		for i := range c.copies {
			doc.WriteString(regexp.MustCompile(`(?m)^(\[+)`).ReplaceAllString(string(src), fmt.Sprintf("${1}c%d.", i)))
		}
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(doc.Len()))
			for b.Loop() {
				if d := Parse(doc.String()); len(d.Errors) > 0 {
					b.Fatal(d.Errors)
				}
			}
		})
	}
}
