package engine

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"reactorls/engine/cargo"
)

// fakeHome is a CARGO_HOME with some packages in it.
type fakeHome struct {
	t       testing.TB
	dir     string
	entries map[string]string // index entries, by package
}

const fakeRegistry = "index.crates.io-0123456789abcdef"

func newHome(t testing.TB) *fakeHome {
	return &fakeHome{t, t.TempDir(), map[string]string{}}
}

func (h *fakeHome) write(content string, path ...string) {
	h.t.Helper()
	file := filepath.Join(append([]string{h.dir}, path...)...)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		h.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		h.t.Fatal(err)
	}
}

func (h *fakeHome) writeEntry(name, content string) {
	h.write(content, "registry", "index", fakeRegistry, ".cache", filepath.FromSlash(cargo.IndexPath(name)))
}

// publish adds a version of a package to the index, and, unless it is unread, its
// sources. A dependency is written as "name req", with ? behind the name when it
// is optional; a feature as "name = values".
func (h *fakeHome) publish(name, version string, deps, features []string) {
	h.t.Helper()
	h.index(name, version, deps, features)
	h.write(fmt.Sprintf("[package]\nname = %q\nversion = %q\n", name, version), "registry", "src", fakeRegistry, name+"-"+version, ManifestName)
}

func (h *fakeHome) index(name, version string, deps, features []string) {
	h.t.Helper()
	line := map[string]any{"name": name, "vers": version, "cksum": "", "yanked": false}
	var ds []map[string]any
	for _, d := range deps {
		key, req, _ := strings.Cut(d, " ")
		key, optional := strings.CutSuffix(key, "?")
		ds = append(ds, map[string]any{"name": key, "req": req, "features": []string{}, "optional": optional, "default_features": true, "kind": "normal"})
	}
	line["deps"] = ds
	fs := map[string][]string{}
	for _, f := range features {
		key, values, _ := strings.Cut(f, " = ")
		fs[key] = strings.Fields(values)
	}
	line["features"] = fs
	text, err := json.Marshal(line)
	if err != nil {
		h.t.Fatal(err)
	}
	if h.entries[name] == "" {
		h.entries[name] = "\x03\x02\x00\x00\x00revision\x00"
	}
	h.entries[name] += version + "\x00" + string(text) + "\x00"
	h.writeEntry(name, h.entries[name])
}

// project writes files, by name, and gives their directory.
func project(t testing.TB, files map[string]string) string {
	h := newHome(t)
	for name, content := range files {
		h.write(content, name)
	}
	return h.dir
}

// locked writes a lockfile: entries are "name version: dependency, dependency",
// with @ before those that are named by path.
func locked(entries ...string) string {
	var b strings.Builder
	b.WriteString("version = 4\n")
	for _, e := range entries {
		p, deps, _ := strings.Cut(e, ":")
		name, version, _ := strings.Cut(p, " ")
		own, isPath := strings.CutPrefix(name, "@")
		fmt.Fprintf(&b, "\n[[package]]\nname = %q\nversion = %q\n", own, version)
		if !isPath {
			fmt.Fprintf(&b, "source = %q\n", cargo.CratesIO)
		}
		if deps != "" {
			b.WriteString("dependencies = [\n")
			for d := range strings.SplitSeq(deps, ",") {
				fmt.Fprintf(&b, " %q,\n", strings.TrimSpace(d))
			}
			b.WriteString("]\n")
		}
	}
	return b.String()
}

func graphAt(t testing.TB, s *Session, dir string) *Graph {
	t.Helper()
	snapshot := s.Snapshot()
	w, err := snapshot.Workspace(dir)
	if err != nil {
		t.Fatal(err)
	}
	return snapshot.Graph(w)
}

// shownTree writes a tree as "name version[features]".
func shownTree(tree *cargo.Tree) string {
	var all []string
	for i, n := range tree.Nodes {
		all = append(all, fmt.Sprintf("%s[%s]", tree.Package(i), strings.Join(n.Features, " ")))
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

const appHead = "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[lib]\n[dependencies]\n"

// TestGraphOfWhatIsThere gives the graph of projects whose lockfile or caches lack
// something, and what it says of that.
func TestGraphOfWhatIsThere(t *testing.T) {
	lock := locked("@app 0.1.0: rt", "rt 1.2.0: io", "io 0.9.0")
	for _, tt := range []struct {
		name, manifest, lock string
		change               func(h *fakeHome)
		want                 string // the tree
		because              string // "" for complete
	}{
		{
			name: "all is there", manifest: "rt = '1'", lock: lock,
			want: "app 0.1.0[], io 0.9.0[], rt 1.2.0[default]",
		}, {
			name: "a dependency removed", manifest: "", lock: lock,
			want: "app 0.1.0[]",
		}, {
			name: "a dependency added that others have", manifest: "rt = '1'\nio = '0.9'", lock: lock,
			want: "app 0.1.0[], io 0.9.0[], rt 1.2.0[default]",
		}, {
			name: "a dependency added", manifest: "rt = '1'\nextra = '2'", lock: lock,
			want:    "app 0.1.0[], extra 2.1.0[], io 0.9.0[], rt 1.2.0[default]",
			because: "Cargo.lock is older than Cargo.toml: it does not have extra 2",
		}, {
			name: "a dependency added that nobody knows", manifest: "rt = '1'\nnobody = '1'", lock: lock,
			want:    "app 0.1.0[], io 0.9.0[], rt 1.2.0[default]",
			because: "Cargo.lock is older than Cargo.toml: it does not have nobody 1; cargo has not cached nobody 1",
		}, {
			name: "a requirement raised", manifest: "rt = '1.3'", lock: lock,
			want:    "app 0.1.0[], io 0.9.0[], rt 1.4.0[default]",
			because: "Cargo.lock is older than Cargo.toml: it does not have rt 1.3",
		}, {
			name: "a requirement that the lockfile still fits", manifest: "rt = '1.1'", lock: lock,
			want: "app 0.1.0[], io 0.9.0[], rt 1.2.0[default]",
		}, {
			name: "a feature that brings in what is not locked", manifest: "rt = { version = '1', features = ['net'] }", lock: lock,
			want:    "app 0.1.0[], extra 2.1.0[], io 0.9.0[], rt 1.2.0[default net]",
			because: "Cargo.lock is older than the features that are asked of rt 1.2.0: it does not have extra ^2",
		}, {
			name: "an optional dependency added", manifest: "rt = '1'\nextra = { version = '2', optional = true }", lock: lock,
			want:    "app 0.1.0[], io 0.9.0[], rt 1.2.0[default]",
			because: "Cargo.lock is older than Cargo.toml: it does not have extra 2",
		}, {
			name: "the version of the package raised", manifest: "rt = '1'", lock: locked("@app 0.0.9: rt", "rt 1.2.0: io", "io 0.9.0"),
			want: "app 0.1.0[], io 0.9.0[], rt 1.2.0[default]",
		}, {
			name: "the package is not locked", manifest: "rt = '1'", lock: locked("rt 1.2.0: io", "io 0.9.0"),
			want:    "app 0.1.0[], io 0.9.0[], rt 1.2.0[default]",
			because: "Cargo.lock does not have app",
		}, {
			name: "no lockfile", manifest: "rt = { version = '1', features = ['net'] }",
			want:    "app 0.1.0[], extra 2.1.0[], io 0.9.1[], rt 1.4.0[default net]",
			because: "there is no Cargo.lock; versions are the newest that cargo has cached",
		}, {
			name: "no lockfile, no cache", manifest: "rt = '1'", change: func(h *fakeHome) { os.RemoveAll(h.dir) },
			want:    "app 0.1.0[]",
			because: "there is no Cargo.lock; versions are the newest that cargo has cached; cargo has not cached rt 1",
		}, {
			name: "no lockfile, no cache, a runtime", manifest: "tokio = { version = '=1.40.0', default-features = false, features = ['net'] }", change: func(h *fakeHome) { os.RemoveAll(h.dir) },
			want:    "app 0.1.0[], tokio 1.40.0[libc net socket2]",
			because: "there is no Cargo.lock; versions are the newest that cargo has cached; cargo has not cached tokio: what it depends on is not known",
		}, {
			name: "a conflict in the lockfile", manifest: "rt = '1'", lock: "<<<<<<< HEAD\n" + lock,
			want:    "app 0.1.0[], io 0.9.1[], rt 1.4.0[default]",
			because: "Cargo.lock cannot be read: merge conflict at line 1; versions are the newest that cargo has cached",
		}, {
			name: "an index entry is gone", manifest: "rt = '1'", lock: lock,
			change:  func(h *fakeHome) { os.RemoveAll(filepath.Join(h.dir, "registry")) },
			want:    "app 0.1.0[], rt 1.2.0[]",
			because: "rt 1.2.0 and io 0.9.0 are not in cargo's cache",
		}, {
			name: "a runtime's index entry is gone", manifest: "tokio = { version = '1', default-features = false, features = ['macros'] }", lock: locked("@app 0.1.0: tokio", "tokio 1.40.0"),
			want:    "app 0.1.0[], tokio 1.40.0[macros tokio-macros]",
			because: "tokio 1.40.0 is not in cargo's cache",
		}, {
			name: "an index entry is gone, but not the sources", manifest: "rt = '1'", lock: lock,
			change: func(h *fakeHome) { os.RemoveAll(filepath.Join(h.dir, "registry", "index")) },
			// The manifest here says less than the index did.
			want:    "app 0.1.0[], rt 1.2.0[]",
			because: "",
		}, {
			name: "an index entry is empty", manifest: "rt = '1'", lock: lock,
			change: func(h *fakeHome) {
				h.writeEntry("io", "")
				os.RemoveAll(filepath.Join(h.dir, "registry", "src", fakeRegistry, "io-0.9.0"))
			},
			want:    "app 0.1.0[], io 0.9.0[], rt 1.2.0[default]",
			because: "io 0.9.0 is not in cargo's cache",
		}, {
			name: "an index entry is half written", manifest: "rt = '1'", lock: lock,
			change: func(h *fakeHome) {
				h.writeEntry("io", h.entries["io"][:40])
				os.RemoveAll(filepath.Join(h.dir, "registry", "src", fakeRegistry, "io-0.9.0"))
			},
			want:    "app 0.1.0[], io 0.9.0[], rt 1.2.0[default]",
			because: "io 0.9.0 is not in cargo's cache",
		}, {
			name: "no sources", manifest: "rt = '1'", lock: lock,
			change:  func(h *fakeHome) { os.RemoveAll(filepath.Join(h.dir, "registry", "src")) },
			want:    "app 0.1.0[], io 0.9.0[], rt 1.2.0[default]",
			because: "cargo has not fetched rt 1.2.0 and io 0.9.0: what of it is a procedural macro is not known",
		}, {
			name: "no sources of what is not built", manifest: "rt = '1'", lock: lock,
			change: func(h *fakeHome) {
				h.index("io", "0.9.0", nil, nil)
				os.RemoveAll(filepath.Join(h.dir, "registry", "src", fakeRegistry, "extra-2.1.0"))
			},
			want: "app 0.1.0[], io 0.9.0[], rt 1.2.0[default]",
		}, {
			name: "a git repository that is not there", manifest: "rt = { git = 'https://x.y/rt' }",
			lock:    strings.Replace(lock, "name = \"rt\"\nversion = \"1.2.0\"\nsource = \""+cargo.CratesIO, "name = \"rt\"\nversion = \"1.2.0\"\nsource = \"git+https://x.y/rt#0123456789", 1),
			want:    "app 0.1.0[], rt 1.2.0[]",
			because: "rt 1.2.0 is not in cargo's git checkouts",
		}, {
			name: "a registry's package exchanged for a git repository", manifest: "rt = { git = 'https://x.y/rt' }", lock: lock,
			want:    "app 0.1.0[]",
			because: "no commit is locked for rt from https://x.y/rt",
		}, {
			name: "a path where no package is", manifest: "rt = { path = '../nowhere' }", lock: lock,
			want:    "app 0.1.0[]",
			because: "../nowhere/Cargo.toml: no package rt here",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newHome(t)
			h.publish("rt", "1.2.0", []string{"io ^0.9", "extra? ^2"}, []string{"default = ", "net = dep:extra"})
			h.publish("rt", "1.4.0", []string{"io ^0.9", "extra? ^2"}, []string{"default = ", "net = dep:extra"})
			h.publish("rt", "2.0.0", nil, nil)
			h.publish("io", "0.9.0", nil, nil)
			h.publish("io", "0.9.1", nil, nil)
			h.publish("extra", "2.1.0", nil, nil)
			if tt.change != nil {
				tt.change(h)
			}
			files := map[string]string{ManifestName: appHead + tt.manifest, "src/lib.rs": ""}
			if tt.lock != "" {
				files[lockName] = tt.lock
			}
			dir := project(t, files)
			g := graphAt(t, NewSessionAt(h.dir, nil), dir)
			because := strings.Join(g.Because, "; ")
			because = strings.ReplaceAll(filepath.ToSlash(because), filepath.ToSlash(filepath.Dir(dir)), "..")
			if because != tt.because {
				t.Errorf("because\n got %s\nwant %s", because, tt.because)
			}
			if got := shownTree(g.Tree(Selection{}, nil, cargo.Normal)); got != tt.want {
				t.Errorf("tree\n got %s\nwant %s", got, tt.want)
			}
		})
	}
}

// TestGraphFollowsEdits changes an unsaved manifest; a cache that fills is seen.
func TestGraphFollowsEdits(t *testing.T) {
	h := newHome(t)
	h.publish("rt", "1.2.0", nil, []string{"net = "})
	dir := project(t, map[string]string{
		ManifestName: appHead + "rt = '1'\nlate = '1'", "src/lib.rs": "", lockName: locked("@app 0.1.0: rt, late", "rt 1.2.0", "late 1.0.0"),
	})
	s := NewSessionAt(h.dir, nil)
	if g := graphAt(t, s, dir); strings.Join(g.Because, "") != "late 1.0.0 is not in cargo's cache" {
		t.Error(g.Because)
	} else if graphAt(t, s, dir) != g {
		t.Error("made anew without need")
	}
	s.Open(filepath.Join(dir, ManifestName), appHead+"rt = { version = '1', features = ['net'] }\nlate = '1'", 1)
	if got := shownTree(graphAt(t, s, dir).Tree(Selection{}, nil, cargo.Normal)); got != "app 0.1.0[], late 1.0.0[], rt 1.2.0[net]" {
		t.Error(got)
	}
	h.publish("late", "1.0.0", nil, nil)
	if !s.Refresh() {
		t.Error("nothing seen")
	}
	if g := graphAt(t, s, dir); !g.Complete() {
		t.Error(g.Because)
	}
}

// TestGraphSources finds packages where cargo keeps those that are not from the
// default registry.
func TestGraphSources(t *testing.T) {
	lockFrom := func(source, checksum string) string {
		return locked("@app 0.1.0: rt") + fmt.Sprintf("\n[[package]]\nname = \"rt\"\nversion = \"1.2.0\"\nsource = %q\nchecksum = %q\n", source, checksum)
	}
	const git = "git+https://x.y/Some.git?branch=main#0123456789abcdef"
	const manifest = "[package]\nname = 'rt'\nversion = '1.2.0'\n[features]\ndefault = []\n"
	for _, tt := range []struct {
		name, lock, config string
		files              map[string]string // in the home
		because            string
	}{
		{
			name: "vendored", lock: lockFrom(cargo.CratesIO, "1"),
			config: "source.crates-io.replace-with = 'v'\nsource.v.directory = 'vendor'\n",
			files:  map[string]string{"../vendor/rt/Cargo.toml": manifest},
		}, {
			name: "vendored beside another version", lock: lockFrom(cargo.CratesIO, "1"),
			config: "source.crates-io.replace-with = 'v'\nsource.v.directory = 'vendor'\n",
			files:  map[string]string{"../vendor/rt/Cargo.toml": "[package]\nname = 'rt'\nversion = '2.0.0'\n", "../vendor/rt-old/Cargo.toml": manifest},
		}, {
			name: "not vendored", lock: lockFrom(cargo.CratesIO, "1"),
			config:  "source.crates-io.replace-with = 'v'\nsource.v.directory = 'vendor'\n",
			files:   map[string]string{"../vendor/rt/Cargo.toml": "[package]\nname = 'rt'\nversion = '2.0.0'\n"},
			because: "rt 1.2.0 is not in ../vendor",
		}, {
			name: "git, deep in the repository", lock: lockFrom(git, ""),
			files: map[string]string{
				"git/checkouts/some-1234/0123456/Cargo.toml":      "[workspace]\nmembers = ['a/b']\n[workspace.package]\nversion = '1.2.0'\n",
				"git/checkouts/some-1234/0123456/a/b/Cargo.toml":  strings.Replace(manifest, "version =", "version.workspace = true #", 1),
				"git/checkouts/some-1234/0123456/a/b/src/main.rs": "",
			},
		}, {
			name: "git, another commit", lock: lockFrom(git, ""),
			files:   map[string]string{"git/checkouts/some-1234/fedcba9/Cargo.toml": manifest},
			because: "rt 1.2.0 is not in cargo's git checkouts",
		}, {
			name: "another registry", lock: lockFrom("sparse+https://own.registry/index/", "1"),
			files: map[string]string{
				"registry/index/own.registry-1234/.cache/2/rt":             "\x03\x02\x00\x00\x00r\x001.2.0\x00{\"name\":\"rt\",\"vers\":\"1.2.0\",\"deps\":[],\"cksum\":\"1\",\"features\":{\"default\":[]}}\x00",
				"registry/src/own.registry-1234/rt-1.2.0/Cargo.toml":       manifest,
				"registry/index/" + fakeRegistry + "/.cache/2/rt":          "\x03\x02\x00\x00\x00r\x001.2.0\x00{\"name\":\"rt\",\"vers\":\"1.2.0\",\"deps\":[],\"cksum\":\"2\",\"features\":{}}\x00",
				"registry/src/" + fakeRegistry + "/rt-1.2.0/Cargo.toml":    manifest,
				"registry/index/" + fakeRegistry + "/.cache/not-a-package": "",
			},
		}, {
			name: "an index entry of another checksum", lock: lockFrom(cargo.CratesIO, "1"),
			files: map[string]string{
				"registry/index/" + fakeRegistry + "/.cache/2/rt": "\x03\x02\x00\x00\x00r\x001.2.0\x00{\"name\":\"rt\",\"vers\":\"1.2.0\",\"deps\":[],\"cksum\":\"2\",\"features\":{\"default\":[]}}\x00",
			},
			because: "rt 1.2.0 is not in cargo's cache",
		}, {
			name: "overridden", lock: lockFrom(cargo.CratesIO, "1"), config: "paths = ['../rt']\n[build]\ntarget = 'nowhere-none'\n",
			files:   map[string]string{"registry/src/" + fakeRegistry + "/rt-1.2.0/Cargo.toml": manifest},
			because: "the target nowhere-none of cargo's configuration is not known here; paths in cargo's configuration put packages in the place of others",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newHome(t)
			top := h.dir
			h.dir = filepath.Join(top, ".cargo")
			for name, content := range tt.files {
				h.write(content, filepath.FromSlash(name))
			}
			h.write(tt.config, "config.toml")
			entry := "rt = '1'"
			if strings.Contains(tt.lock, git) {
				entry = "rt = { git = 'https://x.y/some', branch = 'main' }"
			}
			dir := project(t, map[string]string{ManifestName: appHead + entry, "src/lib.rs": "", lockName: tt.lock})
			g := graphAt(t, NewSessionAt(h.dir, nil), dir)
			because := filepath.ToSlash(strings.ReplaceAll(strings.Join(g.Because, "; "), top, ".."))
			if because != tt.because {
				t.Errorf("because %s, want %s", because, tt.because)
			}
			want := "app 0.1.0[], rt 1.2.0[default]"
			if strings.Contains(tt.because, "is not in") {
				want = "app 0.1.0[], rt 1.2.0[]"
			}
			if got := shownTree(g.Tree(Selection{}, nil, cargo.Normal)); got != want {
				t.Errorf("got %s", got)
			}
		})
	}
}

func TestSelectionOfMembers(t *testing.T) {
	files := map[string]string{
		ManifestName:        "[workspace]\nmembers = ['a', 'b']\ndefault-members = ['b']\nresolver = '2'\n",
		"a/" + ManifestName: "[package]\nname = 'a'\nversion = '1.0.0'\n[features]\nx = []\n[dependencies]\nb = { path = '../b', features = ['y'] }\n",
		"b/" + ManifestName: "[package]\nname = 'b'\nversion = '1.0.0'\n[features]\ndefault = ['z']\ny = []\nz = []\n",
		"a/src/lib.rs":      "", "b/src/lib.rs": "",
		lockName: locked("@a 1.0.0: b", "@b 1.0.0"),
	}
	s := NewSessionAt(newHome(t).dir, nil).Snapshot()
	w, err := s.Workspace(project(t, files))
	if err != nil {
		t.Fatal(err)
	}
	g := s.Graph(w)
	for _, tt := range []struct {
		name    string
		members []*Package
		sel     Selection
		want    string
	}{
		{"all", w.Packages, Selection{}, "a 1.0.0[], b 1.0.0[default y z]"},
		{"the default ones", s.DefaultMembers(w), Selection{}, "b 1.0.0[default z]"},
		{"one", w.Packages[:1], Selection{NoDefault: true}, "a 1.0.0[], b 1.0.0[default y z]"},
		{"a feature of one", w.Packages, Selection{Features: []string{"x"}}, "a 1.0.0[x], b 1.0.0[default y z]"},
		{"a feature of a dependency", w.Packages[:1], Selection{Features: []string{"b/z"}}, "a 1.0.0[], b 1.0.0[default y z]"},
		{"a feature by member", w.Packages[1:], Selection{Features: []string{"b/y"}, NoDefault: true}, "b 1.0.0[y]"},
		{"a feature that is none", w.Packages[1:], Selection{Features: []string{"q", "q/y"}, NoDefault: true}, "b 1.0.0[]"},
	} {
		if got := shownTree(g.TreeOf(tt.members, tt.sel, nil, cargo.Normal)); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// TestOldSelection holds resolver 1 to what it always did: features are selected
// for the package that cargo is called in alone.
func TestOldSelection(t *testing.T) {
	files := map[string]string{
		ManifestName:        "[workspace]\nmembers = ['b']\n[package]\nname = 'a'\nversion = '1.0.0'\n[features]\ndefault = ['x']\nx = []\n",
		"b/" + ManifestName: "[package]\nname = 'b'\nversion = '1.0.0'\n[features]\ndefault = ['z']\nx = []\nz = []\n",
		"src/lib.rs":        "", "b/src/lib.rs": "",
		lockName: locked("@a 1.0.0", "@b 1.0.0"),
	}
	s := NewSessionAt(newHome(t).dir, nil).Snapshot()
	w, err := s.Workspace(project(t, files))
	if err != nil {
		t.Fatal(err)
	}
	g := s.Graph(w)
	if got := shownTree(g.Tree(Selection{NoDefault: true, Features: []string{"x", "b/x"}}, nil, cargo.Normal)); got != "a 1.0.0[x], b 1.0.0[default x z]" {
		t.Error(got)
	}
	if got := shownTree(g.TreeOf(w.Packages[1:], Selection{NoDefault: true}, nil, cargo.Normal)); got != "b 1.0.0[]" {
		t.Error(got)
	}
	if d := s.DefaultMembers(w); len(d) != 1 || d[0].Name != "a" {
		t.Errorf("%v", d)
	}
}

// bigProject is a project whose lockfile names n packages, each of which depends
// on some that follow it.
func bigProject(t testing.TB, n int) (h *fakeHome, dir string) {
	h = newHome(t)
	entries := []string{"@app 0.1.0: p0"}
	for i := range n {
		name := fmt.Sprintf("p%d", i)
		var deps, to []string
		for _, k := range []int{i + 1, i*2 + 1, i*2 + 2, i + 7} {
			if d := fmt.Sprintf("p%d", k); k < n && !slices.Contains(to, d) {
				deps, to = append(deps, d+" ^1"), append(to, d)
			}
		}
		var features []string
		for f := range 12 {
			features = append(features, fmt.Sprintf("f%d = f%d", f, f+1))
		}
		features = append(features, "f12 = ", "default = f0")
		h.publish(name, "1.0.0", deps, features)
		entries = append(entries, name+" 1.0.0: "+strings.Join(to, ", "))
		if len(to) == 0 {
			entries[len(entries)-1] = name + " 1.0.0"
		}
	}
	return h, project(t, map[string]string{ManifestName: appHead + "p0 = '1'\n", "src/lib.rs": "", lockName: locked(entries...)})
}

// TestLargeGraph holds the time for thousands of packages to bounds, whether they
// are locked or not, and cached or not.
func TestLargeGraph(t *testing.T) {
	check := func(h *fakeHome, dir string, want int) {
		t.Helper()
		start := time.Now()
		g := graphAt(t, NewSessionAt(h.dir, nil), dir)
		if tree := g.Tree(Selection{}, nil, cargo.Normal); len(tree.Nodes) != want {
			t.Errorf("%d of %d packages", len(tree.Nodes), want)
		}
		if d := time.Since(start); d > 20*time.Second {
			t.Errorf("took %v", d)
		}
	}
	const packages = 1000
	h, dir := bigProject(t, packages)
	check(h, dir, packages+1)
	if err := os.Remove(filepath.Join(dir, lockName)); err != nil {
		t.Fatal(err)
	}
	check(h, dir, packages+1)

	const more = 10_000
	entries := []string{"@app 0.1.0: p0"}
	for i := range more {
		entries = append(entries, fmt.Sprintf("p%d 1.0.0: p%d, p%d", i, (i+1)%more, (i+7)%more))
	}
	dir = project(t, map[string]string{ManifestName: appHead + "p0 = '1'\n", "src/lib.rs": "", lockName: locked(entries...)})
	check(newHome(t), dir, 2)
}

func BenchmarkGraphCold(b *testing.B) {
	h, dir := bigProject(b, 500)
	for b.Loop() {
		graphAt(b, NewSessionAt(h.dir, nil), dir).Tree(Selection{}, nil, cargo.Normal)
	}
}

// BenchmarkResolve is what the features of a graph that is read cost.
func BenchmarkResolve(b *testing.B) {
	h, dir := bigProject(b, 500)
	g := graphAt(b, NewSessionAt(h.dir, nil), dir)
	for b.Loop() {
		g.Tree(Selection{}, nil, cargo.Normal)
	}
}

// BenchmarkGraphEdit is what one more character in a manifest costs.
func BenchmarkGraphEdit(b *testing.B) {
	h, dir := bigProject(b, 500)
	s := NewSessionAt(h.dir, nil)
	manifest := filepath.Join(dir, ManifestName)
	text, _ := os.ReadFile(manifest)
	graphAt(b, s, dir)
	version := int32(0)
	for b.Loop() {
		version++
		s.Open(manifest, string(text)+"#"+strings.Repeat("x", int(version%2)), version)
		graphAt(b, s, dir).Tree(Selection{}, nil, cargo.Normal)
	}
}

// FuzzGraph makes graphs of any manifest, lockfile and configuration: whatever they
// are, there is a graph of every member, and a tree.
func FuzzGraph(f *testing.F) {
	f.Add(appHead+"rt = '1'\n", locked("@app 0.1.0: rt", "rt 1.2.0: io", "io 0.9.0: rt"), "build.target = 'x'\n", "a")
	f.Add("[workspace]\nmembers = ['a', '*']\n[patch.crates-io]\nx = { path = 'a' }\n[package]\nname = 'app'\n[dependencies]\na = { path = '' }\ntokio = { version = '1', optional = true }\n[features]\nx = ['tokio?/net', 'a/q', 'x']\n", "", "paths = ['p']\n", "app")
	f.Fuzz(func(t *testing.T, manifest, lock, config, other string) {
		dir := filepath.Join(string(filepath.Separator), "ws")
		s := NewMemorySession(map[string]string{
			filepath.Join(dir, ManifestName):            manifest,
			filepath.Join(dir, lockName):                lock,
			filepath.Join(dir, ".cargo", "config.toml"): config,
			filepath.Join(dir, "a", ManifestName):       fmt.Sprintf("[package]\nname = %q\n[dependencies]\napp = { path = '..' }\n", other),
			filepath.Join(dir, "a", "src", "lib.rs"):    "",
			filepath.Join(dir, "..", "b", ManifestName): "[package]\nname = 'b'\n",
			filepath.Join(dir, "src", "lib.rs"):         "",
		}).Snapshot()
		w, err := s.Workspace(dir)
		if err != nil {
			return
		}
		g := s.Graph(w)
		for _, p := range w.Packages {
			if i, ok := g.Member(p); !ok || g.Packages[i].Name != p.Name {
				t.Errorf("no place for %s", p.Name)
			}
		}
		for _, sel := range []Selection{{}, {All: true}, {NoDefault: true, Features: []string{"x", "tokio/net", "a?/b"}}} {
			tree := g.Tree(sel, nil, cargo.Normal, cargo.Build, cargo.Dev)
			if len(tree.Nodes) < len(w.Packages) {
				t.Errorf("%d nodes for %d members", len(tree.Nodes), len(w.Packages))
			}
		}
	})
}
