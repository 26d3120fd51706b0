//go:build oracle

package diagnostics

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"reactorls/engine"
	"reactorls/engine/text"
)

// graphCase is a real project about which a rule promises something.
type graphCase struct {
	rule, dependencies, main string
	// before are commands that make the lockfile what it is.
	before [][]string
	after  [][]string // after the fix
	// gone is what cargo tree --invert finds before the fix and not after it.
	gone string
	// feature is one of gone's that goes, where the crate stays.
	feature string
	// fewer tells that cargo builds fewer crates after the fix.
	fewer bool
}

var tokioMain = "#[tokio::main]\nasync fn main() {}\n"

var graphCases = []graphCase{
	{
		rule: "wrong-runtime-feature", main: tokioMain, gone: "zruntime", feature: "runtime",
		dependencies: "tokio = { version = \"1.40\", features = [\"macros\", \"rt-multi-thread\"] }\nzbus = \"6\"\n",
	},
	{
		rule: "wrong-runtime-feature", main: tokioMain, gone: "async-io",
		dependencies: "tokio = { version = \"1.40\", features = [\"macros\", \"rt-multi-thread\"] }\nzbus = \"5\"\n",
	},
	{
		rule: "wrong-runtime-feature", main: "fn main() {\n    smol::block_on(async {});\n}\n", gone: "tokio",
		dependencies: "smol = \"2\"\nsqlx = { version = \"0.9\", features = [\"runtime-tokio\", \"sqlite\"] }\n",
	},
	{
		rule: "deprecated-runtime-transitive", main: tokioMain, gone: "async-std",
		dependencies: "tokio = { version = \"1.40\", features = [\"macros\", \"rt-multi-thread\"] }\nsqlx = { version = \"0.8\", features = [\"runtime-async-std\", \"sqlite\"] }\n",
	},
	{
		rule: "duplicate-runtime", main: "fn main() {\n    async_io::block_on(async {});\n}\n", gone: "async-io@1.13.0",
		dependencies: "async-io = \"1\"\nasync-process = \"2\"\n",
		after:        [][]string{{"update", "-p", "async-io@1.13.0"}},
	},
	{
		rule: "vulnerable-runtime", main: tokioMain, gone: "tokio@1.38.0",
		dependencies: "tokio = { version = \"1.38\", features = [\"macros\", \"rt-multi-thread\"] }\n",
		before:       [][]string{{"update", "-p", "tokio", "--precise", "1.38.0"}},
	},
	{
		rule: "bloated-feature", main: "use futures::StreamExt;\n\nfn main() {\n    let _ = futures::stream::iter([1]).map(|n| n + 1);\n}\n", gone: "futures-executor",
		dependencies: "futures = \"0.3\"\n", fewer: true,
	},
	{
		rule: "mixed-reactors", main: "fn main() {}\n", gone: "async-io",
		dependencies: "tokio = { version = \"1.40\", features = [\"rt\"] }\nzbus = \"5\"\n",
	},
}

// TestGraphFixes has real cargo confirm, for each rule that looks through the
// graph, what it reports and what its fix promises.
func TestGraphFixes(t *testing.T) {
	for _, c := range graphCases {
		t.Run(c.rule+" "+c.gone, func(t *testing.T) {
			dir := t.TempDir()
			write(t, filepath.Join(dir, "Cargo.toml"), "[package]\nname = \"p\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\n[dependencies]\n"+c.dependencies)
			write(t, filepath.Join(dir, "src", "main.rs"), c.main)
			runCargo(t, dir, "generate-lockfile")
			for _, args := range c.before {
				runCargo(t, dir, args...)
			}
			runCargo(t, dir, "fetch", "--target", "x86_64-unknown-linux-gnu")
			count := len(strings.Split(runCargo(t, dir, "tree", "--prefix", "none", "--no-dedupe"), "\n"))
			if !cargoBuilds(t, dir, c.gone, c.feature) {
				t.Fatalf("cargo does not build %s before", c.gone)
			}
			session := engine.NewSession()
			d := findRule(t, session, dir, c.rule)
			fix := d.Fixes[0]
			content, err := text.Apply(session.Snapshot().File(fix.Edits[0].Path).Text, fileEdits(fix))
			if err != nil {
				t.Fatal(err)
			}
			write(t, fix.Edits[0].Path, content)
			t.Logf("%s\n%s", d.Message, content)
			for _, args := range c.after {
				runCargo(t, dir, args...)
			}
			runCargo(t, dir, "fetch", "--target", "x86_64-unknown-linux-gnu")
			if cargoBuilds(t, dir, c.gone, c.feature) {
				t.Errorf("cargo still builds %s", c.gone)
			}
			if now := len(strings.Split(runCargo(t, dir, "tree", "--prefix", "none", "--no-dedupe"), "\n")); c.fewer && now >= count {
				t.Errorf("%d crates before, %d after", count, now)
			}
			if again := findAll(t, engine.NewSession(), dir, c.rule); len(again) > 0 {
				t.Errorf("still reported: %s", again[0].Message)
			}
		})
	}
}

// TestGraphPaths has real cargo confirm every step of the ways that are shown to
// drivers of reactors and to what is gone.
func TestGraphPaths(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "Cargo.toml"), `[package]
name = "p"
version = "0.0.0"
edition = "2021"

[dependencies]
axum = "0.8"
lapin = "2"
reqwest = "0.12"
sqlx = { version = "0.8", features = ["runtime-async-std", "sqlite"] }
surf = { version = "2", default-features = false, features = ["h1-client"] }
tokio = { version = "1", features = ["full"] }
zbus = "5"
`)
	write(t, filepath.Join(dir, "src", "main.rs"), "fn main() {}\n")
	runCargo(t, dir, "generate-lockfile")
	runCargo(t, dir, "fetch", "--target", "x86_64-unknown-linux-gnu")
	s := engine.NewSession().Snapshot()
	w, err := s.Workspace(dir)
	if err != nil {
		t.Fatal(err)
	}
	g := s.Graph(w)
	found := g.Survey(engine.Selection{}, nil).Normal
	nodes := slices.Clone(found.Gone)
	for _, d := range found.Drivers {
		nodes = append(nodes, d.Node)
	}
	steps := 0
	for _, n := range nodes {
		path := found.Tree.Path(n)
		for i := 1; i < len(path); i++ {
			name, version, _ := strings.Cut(path[i], " ")
			parents := runCargo(t, dir, "tree", "--offline", "-e", "normal", "--invert", name+"@"+version, "--depth", "1", "--prefix", "none")
			parent, parentVersion, _ := strings.Cut(path[i-1], " ")
			if !strings.Contains(parents, parent+" v"+parentVersion) {
				t.Errorf("%s: cargo does not know that %s depends on %s", strings.Join(path, " → "), path[i-1], path[i])
			}
			steps++
		}
	}
	if len(found.Drivers) < 5 || len(found.Gone) < 3 {
		t.Errorf("%d drivers, %d gone: too few to show anything", len(found.Drivers), len(found.Gone))
	}
	t.Logf("%d drivers, %d gone crates, %d steps confirmed", len(found.Drivers), len(found.Gone), steps)
}

func findAll(t *testing.T, session *engine.Session, dir, rule string) []Diagnostic {
	s := session.Snapshot()
	w, err := s.Workspace(dir)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Run(context.Background(), s, w, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(r.Diagnostics, func(d Diagnostic) bool { return d.Rule.Code != rule })
}

func findRule(t *testing.T, session *engine.Session, dir, rule string) Diagnostic {
	ds := findAll(t, session, dir, rule)
	if len(ds) == 0 {
		t.Fatalf("%s is not reported", rule)
	}
	if len(ds[0].Fixes) == 0 {
		t.Fatalf("no fix: %s %v", ds[0].Message, ds[0].Help)
	}
	return ds[0]
}

func fileEdits(f Fix) []text.Edit {
	var es []text.Edit
	for _, e := range f.Edits {
		es = append(es, e.Edit)
	}
	return es
}

// cargoBuilds asks cargo whether a package is built, and with a feature where one is
// named.
func cargoBuilds(t *testing.T, dir, pkg, feature string) bool {
	cmd := exec.Command("cargo", "tree", "-e", "normal,features", "--invert", pkg)
	cmd.Dir = dir
	out, err := cmd.Output()
	return err == nil && strings.TrimSpace(string(out)) != "" && (feature == "" || strings.Contains(string(out), fmt.Sprintf("feature %q", feature)))
}

func runCargo(t *testing.T, dir string, args ...string) string {
	cmd := exec.Command("cargo", args...)
	cmd.Dir = dir
	var failed strings.Builder
	cmd.Stderr = &failed
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("cargo %s: %v\n%s", strings.Join(args, " "), err, failed.String())
	}
	return string(out)
}

func write(t *testing.T, path, content string) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}
