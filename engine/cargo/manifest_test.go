package cargo

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"reactorls/engine/text"
)

const forms = `
[package]
name = "demo"
version.workspace = true

[dependencies]
plain = "1.0"
inline = { version = "1", features = ["a"], default-features = false, optional = true }
dotted.version = "2"
dotted.features = ["b"]
renamed = { package = "tokio", version = "1" }
inherited = { workspace = true, features = ["c"] }
short.workspace = true
local = { path = "../local" }
hub = { git = "https://example.invalid/x" }

[dependencies.table]
version = "1"
optional = true

[target.'cfg(unix)'.dependencies]
on-unix = "1"

[dev-dependencies]
tester = "1"

[target.x86_64-pc-windows-msvc.build-dependencies.builder]
version = "1"

[features]
default = ["net"]
net = ["dep:table", "inline/x", "plain?/y", "other"]
other = []
`

func TestManifest(t *testing.T) {
	m := ParseManifest(forms)
	if !m.Package.Version.Workspace || m.Package.Name.Value != "demo" {
		t.Errorf("package: %+v", m.Package)
	}
	var got []string
	for _, d := range m.Dependencies {
		line := fmt.Sprintf("%s:%s %s", strings.Join(d.Section(), "."), d.Name, d.Version.Value)
		if d.Renamed() {
			line += " package=" + d.Package
		}
		for _, f := range d.Features {
			line += " +" + f.Value + "@" + f.Span.In(forms)
		}
		if d.DefaultFeatures != nil {
			line += fmt.Sprintf(" default=%t", *d.DefaultFeatures)
		}
		if d.Optional {
			line += " optional"
		}
		if d.Workspace {
			line += " workspace"
		}
		line += d.Path.Value + d.Git.Value
		got = append(got, strings.TrimSpace(line))
	}
	want := []string{
		`dependencies:plain 1.0`,
		`dependencies:inline 1 +a@"a" default=false optional`,
		`dependencies:dotted 2 +b@"b"`,
		`dependencies:renamed 1 package=tokio`,
		`dependencies:inherited  +c@"c" workspace`,
		`dependencies:short  workspace`,
		`dependencies:local ../local`,
		`dependencies:hub https://example.invalid/x`,
		`dependencies:table 1 optional`,
		`dev-dependencies:tester 1`,
		`target.cfg(unix).dependencies:on-unix 1`,
		`target.x86_64-pc-windows-msvc.build-dependencies:builder 1`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestActivate(t *testing.T) {
	m := ParseManifest(forms)
	if got := m.FeatureNames(); !slices.Equal(got, []string{"default", "net", "other", "inline"}) {
		t.Errorf("features: %v", got) // table has no feature of its own: dep:table hides it
	}
	a := m.Activate("default", "no such")
	if !a.Features["other"] || !a.Features["inline"] || !a.Dependencies["table"] || !a.Dependencies["inline"] || a.Dependencies["plain"] {
		t.Errorf("got %+v", a)
	}
	if !a.Forwards["inline"]["x"] || !a.Forwards["plain"]["y"] {
		t.Errorf("forwards: %+v", a.Forwards)
	}
}

func TestTargets(t *testing.T) {
	dirs := map[string][]string{
		".":             {"src/", "tests/", "examples/", "build.rs"},
		"src":           {"lib.rs", "main.rs", "bin/", "odd.rs"},
		"src/bin":       {"tool.rs", "big/", "empty/"},
		"src/bin/big":   {"main.rs"},
		"tests":         {"it.rs", "common/"},
		"examples":      {"demo/", "x.txt"},
		"examples/demo": {"main.rs"},
	}
	for _, c := range []struct{ name, manifest, want string }{
		{"all found", "[package]\nname = \"p\"\nedition = \"2021\"", "lib p src/lib.rs, bin p src/main.rs, bin tool src/bin/tool.rs, bin big src/bin/big/main.rs, example demo examples/demo/main.rs, test it tests/it.rs, build build.rs"},
		{"renamed and moved", "[package]\nname = \"p\"\nedition = \"2021\"\nbuild = false\nautobins = false\nautoexamples = false\nautotests = false\n[lib]\nname = \"q\"\npath = \"src/odd.rs\"\nproc-macro = true\n[[bin]]\nname = \"tool\"\nrequired-features = [\"x\"]",
			"lib q src/odd.rs macro, bin tool src/bin/tool.rs [x]"},
		{"a listed one replaces the one found", "[package]\nname = \"p\"\nedition = \"2021\"\nbuild = false\nautoexamples = false\nautotests = false\n[[bin]]\nname = \"p2\"\npath = \"src/main.rs\"", "lib p src/lib.rs, bin p2 src/main.rs, bin tool src/bin/tool.rs, bin big src/bin/big/main.rs"},
		{"edition 2015 looks no further", "[package]\nname = \"p\"\nbuild = false\n[[bin]]\nname = \"tool\"\n[[example]]\nname = \"demo\"\n[[test]]\nname = \"it\"", "lib p src/lib.rs, bin tool src/bin/tool.rs, example demo examples/demo/main.rs, test it tests/it.rs"},
		{"no package", "[workspace]", ""},
	} {
		var got []string
		for _, target := range ParseManifest(c.manifest).Targets(func(d string) []string { return dirs[d] }) {
			s := [...]string{"lib ", "bin ", "example ", "test ", "bench ", "build "}[target.Kind]
			if target.Kind != BuildScript {
				s += target.Name + " "
			}
			s += target.Path
			if target.ProcMacro {
				s += " macro"
			}
			if target.RequiredFeatures != nil {
				s += fmt.Sprint(" ", target.RequiredFeatures)
			}
			got = append(got, s)
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, strings.Join(got, ", "), c.want)
		}
	}
}

func TestEdits(t *testing.T) {
	dep := func(m *Manifest, kind Kind) *Dependency {
		for _, d := range m.Dependencies {
			if d.Name == "tokio" && d.Kind == kind {
				return d
			}
		}
		return nil
	}
	for _, c := range []struct {
		name, in string
		edit     func(m *Manifest) []text.Edit
		out      string
	}{
		{"features for a plain entry", "[dependencies]\ntokio = '1' # c\n", func(m *Manifest) []text.Edit { return m.SetFeatures(dep(m, Normal), []string{"rt"}) },
			"[dependencies]\ntokio = { version = '1', features = [\"rt\"] } # c\n"},
		{"no features leave a plain entry", "[dependencies]\ntokio = { version = \"1\", features = [\"full\"] }\n", func(m *Manifest) []text.Edit { return m.SetFeatures(dep(m, Normal), nil) },
			"[dependencies]\ntokio = \"1\"\n"},
		{"no features leave the rest", "[dependencies]\ntokio = { version = \"1\", features = [\"full\"], optional = true }\n", func(m *Manifest) []text.Edit { return m.SetFeatures(dep(m, Normal), nil) },
			"[dependencies]\ntokio = { version = \"1\", optional = true }\n"},
		{"features for a table", "[dependencies.tokio]\nversion = \"1\"\n", func(m *Manifest) []text.Edit { return m.AddFeatures(dep(m, Normal), []string{"rt"}) },
			"[dependencies.tokio]\nversion = \"1\"\nfeatures = [\"rt\"]\n"},
		{"features for an inherited one", "[dependencies]\ntokio.workspace = true\n", func(m *Manifest) []text.Edit { return m.AddFeatures(dep(m, Normal), []string{"rt"}) },
			"[dependencies]\ntokio.workspace = true\ntokio.features = [\"rt\"]\n"},
		{"remove", "[dependencies]\na = \"1\"\ntokio = \"1\" # c\n", func(m *Manifest) []text.Edit { return m.Remove(dep(m, Normal)) }, "[dependencies]\na = \"1\"\n"},
		{"as a new dev-dependency", "[dependencies]\ntokio = \"1\"\n\n[features]\n", func(m *Manifest) []text.Edit { return m.AddAs(dep(m, Normal), Dev, []string{"macros"}) },
			"[dependencies]\ntokio = \"1\"\n\n[dev-dependencies]\ntokio = { version = \"1\", features = [\"macros\"] }\n\n[features]\n"},
		{"as one more dev-dependency", "[dependencies]\ntokio = { version = \"1\", features = [\"rt\"], default-features = false }\n[dev-dependencies]\na = \"1\"\n", func(m *Manifest) []text.Edit { return m.AddAs(dep(m, Normal), Dev, []string{"macros"}) },
			"[dependencies]\ntokio = { version = \"1\", features = [\"rt\"], default-features = false }\n[dev-dependencies]\na = \"1\"\ntokio = { version = \"1\", default-features = false, features = [\"macros\"] }\n"},
		{"to the dev-dependency that is there", "[dependencies]\ntokio = \"1\"\n[dev-dependencies]\ntokio = { version = \"1\", features = [\"rt\"] }\n", func(m *Manifest) []text.Edit { return m.AddAs(dep(m, Normal), Dev, []string{"macros"}) },
			"[dependencies]\ntokio = \"1\"\n[dev-dependencies]\ntokio = { version = \"1\", features = [\"macros\", \"rt\"] }\n"},
		{"for the same target", "[target.'cfg(unix)'.dependencies]\ntokio.workspace = true\n", func(m *Manifest) []text.Edit { return m.AddAs(dep(m, Normal), Dev, []string{"rt"}) },
			"[target.'cfg(unix)'.dependencies]\ntokio.workspace = true\n\n[target.'cfg(unix)'.dev-dependencies]\ntokio = { workspace = true, features = [\"rt\"] }\n"},
		{"to a feature", "[features]\nfs = [\"dep:tokio\"]\n", func(m *Manifest) []text.Edit { return m.AddToFeature(m.Feature("fs"), "tokio/fs") },
			"[features]\nfs = [\"dep:tokio\", \"tokio/fs\"]\n"},
	} {
		m := ParseManifest(c.in)
		got, err := text.Apply(c.in, c.edit(m))
		if err != nil || got != c.out {
			t.Errorf("%s: %v, got\n%s\nwant\n%s", c.name, err, got, c.out)
		}
	}
}

func TestLock(t *testing.T) {
	l, err := ParseLock("version = 4\n[[package]]\nname = \"a\"\nversion = \"0.1.0\"\ndependencies = [\"tokio 1.40.0\", \"b\"]\n[[package]]\nname = \"b\"\nversion = \"1.0.0\"\n[[package]]\nname = \"tokio\"\nversion = \"1.40.0\"\nsource = \"x\"\n[[package]]\nname = \"tokio\"\nversion = \"0.2.0\"\nsource = \"x\"\n")
	if err != nil {
		t.Fatal(err)
	}
	if p, ok := l.Dependency(l.Named("a")[0], "tokio"); !ok || p.Version != "1.40.0" {
		t.Errorf("got %v %v", p, ok)
	}
	if n := l.Dependents("tokio"); n != 1 {
		t.Errorf("%d dependents", n)
	}
	for src, want := range map[string]string{
		"[[package]]\n<<<<<<< HEAD\nname = \"a\"\n": "merge conflict at line 2",
		"[[package]\n": "line 1: ",
	} {
		if _, err := ParseLock(src); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v", src, err)
		}
	}
}

func TestPlatform(t *testing.T) {
	linux, windows := PlatformOf("x86_64-unknown-linux-gnu"), PlatformOf("x86_64-pc-windows-msvc")
	for target, want := range map[string][2]bool{
		"": {true, true}, "cfg(unix)": {true, false}, "cfg(windows)": {false, true}, "x86_64-pc-windows-msvc": {false, true},
		`cfg(all(target_os = "linux", not(target_env = "musl")))`: {true, false}, "cfg(tokio_unstable)": {false, false}, "cfg(": {false, false},
		`cfg(any(target_pointer_width = "32", target_arch = "x86_64"))`: {true, true},
	} {
		if got := [2]bool{linux.Applies(target), windows.Applies(target)}; got != want {
			t.Errorf("%s: got %v", target, got)
		}
	}
	if PlatformOf("no-such-target") != nil || len(Triples()) < 250 {
		t.Error("the list of targets is off")
	}
}

func FuzzManifest(f *testing.F) {
	f.Add(forms)
	if data, err := os.ReadFile("../toml/testdata/workspace.toml"); err == nil {
		f.Add(string(data))
	}
	f.Fuzz(func(t *testing.T, src string) {
		m := ParseManifest(src)
		m.Activate(m.FeatureNames()...)
		m.Targets(func(string) []string { return []string{"a.rs", "src/"} })
		for _, d := range m.Dependencies {
			for _, edits := range [][]text.Edit{m.SetFeatures(d, nil), m.AddFeatures(d, []string{"x"}), m.Remove(d), m.AddAs(d, Dev, []string{"y"})} {
				out, err := text.Apply(src, edits)
				if err != nil {
					t.Fatal(err)
				}
				if len(m.Doc.Errors) == 0 && len(ParseManifest(out).Doc.Errors) > 0 {
					t.Fatalf("%q becomes %q", src, out)
				}
			}
		}
	})
}
