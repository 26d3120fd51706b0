package cargo

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// graphOf makes a graph of manifests, each in a file of an archive; dependencies
// find each other by name. The first package is the root.
func graphOf(t *testing.T, archive string) *Graph {
	t.Helper()
	g := &Graph{}
	at := map[string]int{}
	for i, f := range txtar.Parse([]byte(archive)).Files {
		m := ParseManifest(string(f.Data))
		if len(m.Doc.Errors) > 0 {
			t.Fatalf("%s: %v", f.Name, m.Doc.Errors)
		}
		var deps []Dep
		for _, d := range m.Dependencies {
			dep := Dep{Key: d.Name, Package: d.Package, Kind: d.Kind, Target: d.Target, Optional: d.Optional, Default: d.DefaultFeatures == nil || *d.DefaultFeatures}
			for _, f := range d.Features {
				dep.Features = append(dep.Features, f.Value)
			}
			deps = append(deps, dep)
		}
		at[f.Name] = i
		g.Packages = append(g.Packages, GraphPackage{Summary: m.Summarise(f.Name, "1.0.0", deps), ProcMacro: m.Lib != nil && m.Lib.ProcMacro})
	}
	for i := range g.Packages {
		p := &g.Packages[i]
		for k := range p.Deps {
			to, ok := at[p.Deps[k].Package]
			if ok && (i == 0 || p.Deps[k].Kind != Dev) {
				p.Edges = append(p.Edges, Edge{&p.Deps[k], to})
			}
		}
	}
	return g
}

// shown writes a tree as "name[features]", with ! for what serves the build.
func shown(tree *Tree) string {
	var all []string
	for i, n := range tree.Nodes {
		host := ""
		if n.Host {
			host = "!"
		}
		all = append(all, fmt.Sprintf("%s%s[%s]", host, tree.Package(i).Name, strings.Join(n.Features, " ")))
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

func TestResolve(t *testing.T) {
	const windows = "x86_64-pc-windows-msvc"
	// A leaf with two features, that most projects below depend on.
	const leaf = "\n-- leaf --\n[features]\ndefault = ['std']\nstd = []\nnet = []\n"
	for _, tt := range []struct {
		name    string
		project string
		request Request // of the root; Resolver 0 is 2, no target is Linux
		root    Root
		target  string
		kinds   []Kind
		want    string
	}{
		{
			name:    "default features are asked unless refused",
			project: "-- a --\n[dependencies]\nleaf = '1'\n" + leaf,
			want:    "a[] leaf[default std]",
		}, {
			name:    "default features refused",
			project: "-- a --\n[dependencies]\nleaf = { version = '1', default-features = false, features = ['net'] }\n" + leaf,
			want:    "a[] leaf[net]",
		}, {
			name:    "one who asks is enough",
			project: "-- a --\n[dependencies]\nleaf = { version = '1', default-features = false }\nb = '1'\n-- b --\n[dependencies]\nleaf = '1'\n" + leaf,
			want:    "a[] b[] leaf[default std]",
		}, {
			name:    "an optional dependency is a feature",
			project: "-- a --\n[dependencies]\nleaf = { version = '1', optional = true }\n" + leaf,
			root:    Root{Features: []string{"leaf"}},
			want:    "a[leaf] leaf[default std]",
		}, {
			name:    "nothing turns it on",
			project: "-- a --\n[dependencies]\nleaf = { version = '1', optional = true }\n" + leaf,
			want:    "a[]",
		}, {
			name:    "dep: hides the implicit feature",
			project: "-- a --\n[features]\nx = ['dep:leaf']\n[dependencies]\nleaf = { version = '1', optional = true }\n" + leaf,
			root:    Root{All: true},
			want:    "a[x] leaf[default std]",
		}, {
			name:    "x/y turns the dependency on, and its implicit feature",
			project: "-- a --\n[features]\nx = ['leaf/net']\n[dependencies]\nleaf = { version = '1', optional = true }\n" + leaf,
			root:    Root{Features: []string{"x"}},
			want:    "a[leaf x] leaf[default net std]",
		}, {
			name:    "x/y where dep: hides the implicit feature",
			project: "-- a --\n[features]\nx = ['leaf/net']\ny = ['dep:leaf']\n[dependencies]\nleaf = { version = '1', optional = true }\n" + leaf,
			root:    Root{Features: []string{"x"}},
			want:    "a[x] leaf[default net std]",
		}, {
			name:    "x?/y alone turns nothing on",
			project: "-- a --\n[features]\nx = ['leaf?/net']\n[dependencies]\nleaf = { version = '1', optional = true }\n" + leaf,
			root:    Root{Features: []string{"x"}},
			want:    "a[x]",
		}, {
			name:    "x?/y waits for the dependency",
			project: "-- a --\n[features]\nx = ['leaf?/net']\ny = ['leaf']\n[dependencies]\nleaf = { version = '1', optional = true }\n" + leaf,
			root:    Root{Features: []string{"x", "y"}},
			want:    "a[leaf x y] leaf[default net std]",
		}, {
			name:    "x?/y after the dependency",
			project: "-- a --\n[features]\nx = ['leaf?/net']\ny = ['leaf']\n[dependencies]\nleaf = { version = '1', optional = true }\n" + leaf,
			root:    Root{Features: []string{"y", "x"}},
			want:    "a[leaf x y] leaf[default net std]",
		}, {
			name:    "a feature of a dependency on the command line",
			project: "-- a --\n[dependencies]\nleaf = '1'\n" + leaf,
			root:    Root{Features: []string{"leaf/net"}},
			want:    "a[] leaf[default net std]",
		}, {
			name:    "features in a circle",
			project: "-- a --\n[features]\nx = ['y']\ny = ['x', 'leaf/net']\n[dependencies]\nleaf = '1'\n" + leaf,
			root:    Root{Features: []string{"x"}},
			want:    "a[x y] leaf[default net std]",
		}, {
			name:    "packages in a circle",
			project: "-- a --\n[features]\nz = []\n[dependencies]\nb = '1'\n-- b --\n[dev-dependencies]\na = '1'\n[dependencies]\na = { version = '1', features = ['z'] }\n",
			want:    "a[z] b[]",
		}, {
			name:    "a renamed dependency goes by its new name",
			project: "-- a --\n[features]\nx = ['l/net']\n[dependencies]\nl = { package = 'leaf', version = '1', optional = true }\n" + leaf,
			root:    Root{Features: []string{"x"}},
			want:    "a[l x] leaf[default net std]",
		}, {
			name:    "one key in two tables",
			project: "-- a --\n[dependencies]\nleaf = { version = '1', default-features = false }\n[target.'cfg(unix)'.dependencies]\nleaf = { version = '1', default-features = false, features = ['net'] }\n" + leaf,
			want:    "a[] leaf[net]",
		}, {
			name:    "the other target's table",
			project: "-- a --\n[dependencies]\nleaf = { version = '1', default-features = false }\n[target.'cfg(unix)'.dependencies]\nleaf = { version = '1', default-features = false, features = ['net'] }\n" + leaf,
			target:  windows,
			want:    "a[] leaf[]",
		}, {
			name:    "resolver 1 counts all targets",
			project: "-- a --\n[dependencies]\nleaf = { version = '1', default-features = false }\n[target.'cfg(unix)'.dependencies]\nleaf = { version = '1', default-features = false, features = ['net'] }\n" + leaf,
			request: Request{Resolver: 1}, target: windows,
			want: "a[] leaf[net]",
		}, {
			name:    "tests count where they are built",
			project: "-- a --\n[dependencies]\nleaf = { version = '1', default-features = false }\n[dev-dependencies]\nleaf = { version = '1', features = ['net'] }\n" + leaf,
			kinds:   []Kind{Normal, Dev},
			want:    "a[] leaf[default net std]",
		}, {
			name:    "tests do not count elsewhere",
			project: "-- a --\n[dependencies]\nleaf = { version = '1', default-features = false }\n[dev-dependencies]\nleaf = { version = '1', features = ['net'] }\n" + leaf,
			want:    "a[] leaf[]",
		}, {
			name:    "resolver 1 counts tests always",
			project: "-- a --\n[dependencies]\nleaf = { version = '1', default-features = false }\n[dev-dependencies]\nleaf = { version = '1', features = ['net'] }\n" + leaf,
			request: Request{Resolver: 1},
			want:    "a[] leaf[default net std]",
		}, {
			name:    "what the build script needs is apart",
			project: "-- a --\n[dependencies]\nleaf = { version = '1', default-features = false }\n[build-dependencies]\nleaf = { version = '1', features = ['net'] }\n" + leaf,
			kinds:   []Kind{Normal, Build},
			want:    "!leaf[default net std] a[] leaf[]",
		}, {
			name:    "resolver 1 mixes both",
			project: "-- a --\n[dependencies]\nleaf = { version = '1', default-features = false }\n[build-dependencies]\nleaf = { version = '1', features = ['net'] }\n" + leaf,
			request: Request{Resolver: 1}, kinds: []Kind{Normal, Build},
			want: "!leaf[default net std] a[] leaf[default net std]",
		}, {
			name:    "a procedural macro and what it needs are apart",
			project: "-- a --\n[dependencies]\nleaf = { version = '1', default-features = false }\nmac = '1'\n-- mac --\n[lib]\nproc-macro = true\n[dependencies]\nb = '1'\n-- b --\n[dependencies]\nleaf = '1'\n" + leaf,
			want:    "!b[] !leaf[default std] !mac[] a[] leaf[]",
		}, {
			name:    "the build script's own targets are the host",
			project: "-- a --\n[target.'cfg(unix)'.build-dependencies]\nleaf = '1'\n[target.'cfg(windows)'.build-dependencies]\nmac = '1'\n-- mac --\n" + leaf,
			target:  windows, kinds: []Kind{Normal, Build},
			want: "!leaf[default std] a[]",
		}, {
			name:    "a macro as root is built for both",
			project: "-- a --\n[lib]\ncrate-type = ['proc-macro']\n[dependencies]\nleaf = '1'\n" + leaf,
			want:    "!a[] !leaf[default std]",
		}, {
			name:    "debug assertions hold in tables",
			project: "-- a --\n[target.'cfg(debug_assertions)'.dependencies]\nleaf = '1'\n[target.'cfg(test)'.dependencies]\nmac = '1'\n-- mac --\n" + leaf,
			want:    "a[] leaf[default std]",
		}, {
			name:    "a feature that is asked and not there",
			project: "-- a --\n[dependencies]\nleaf = { version = '1', default-features = false, features = ['gone'] }\n" + leaf,
			want:    "a[] leaf[gone]",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := graphOf(t, tt.project)
			request := tt.request
			if request.Resolver == 0 {
				request.Resolver = 2
			}
			request.Host = PlatformOf("x86_64-unknown-linux-gnu")
			if request.Target = request.Host; tt.target != "" {
				request.Target = PlatformOf(tt.target)
			}
			request.Dev = slices.Contains(tt.kinds, Dev)
			tt.root.Default = true
			request.Roots = []Root{tt.root}
			kinds := tt.kinds
			if kinds == nil {
				kinds = []Kind{Normal}
			}
			if got := shown(g.Resolve(request).Tree(kinds...)); got != tt.want {
				t.Errorf("\n got %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestUnserved(t *testing.T) {
	g := graphOf(t, `
-- a --
[dependencies]
leaf = { version = "1", features = ["x"] }
-- leaf --
[features]
x = ["dep:gone", "other?/y"]
[dependencies]
gone = { version = "1", optional = true }
other = { version = "1", optional = true }
[target.'cfg(windows)'.dependencies]
gone = { version = "1", optional = true }
`)
	r := g.Resolve(Request{Resolver: 1, Host: Host(), Target: Host(), Roots: []Root{{Default: true}}})
	var got []string
	for _, u := range r.Unserved() {
		got = append(got, g.Packages[u.Package].Name+":"+u.Dep.Key+u.Dep.Target)
	}
	if want := "leaf:gone leaf:gonecfg(windows)"; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func TestTreePath(t *testing.T) {
	g := graphOf(t, "-- a --\n[dependencies]\nb = '1'\nc = '1'\n-- b --\n[dependencies]\nd = '1'\n-- c --\n[dependencies]\nb = '1'\n-- d --\n")
	tree := g.Resolve(Request{Resolver: 2, Host: Host(), Target: Host(), Roots: []Root{{}}}).Tree(Normal)
	if got := strings.Join(tree.Path(len(tree.Nodes)-1), " > "); got != "a 1.0.0 > b 1.0.0 > d 1.0.0" {
		t.Error(got)
	}
}

// TestDeepGraph goes down a chain that is as long as no project's.
func TestDeepGraph(t *testing.T) {
	const length = 100_000
	g := &Graph{Packages: make([]GraphPackage, length)}
	for i := range g.Packages {
		s := NewSummary(fmt.Sprintf("p%d", i), "1.0.0", []Dep{{Key: "next", Package: fmt.Sprintf("p%d", i+1), Optional: i%2 == 1}},
			map[string][]string{"x": {"next/x"}})
		g.Packages[i] = GraphPackage{Summary: s}
		if i+1 < length {
			g.Packages[i].Edges = []Edge{{&s.Deps[0], i + 1}}
		}
	}
	tree := g.Resolve(Request{Resolver: 2, Host: Host(), Target: Host(), Roots: []Root{{Features: []string{"x"}}}}).Tree(Normal)
	if len(tree.Nodes) != length {
		t.Errorf("%d of %d packages reached", len(tree.Nodes), length)
	}
}
