//go:build oracle

package engine

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"reactorls/engine/cargo"
	"reactorls/testdata/oracle/crates"
)

const graphData = "../testdata/oracle/"

// graphTargets are the targets that every project is resolved for.
var graphTargets = []string{
	"x86_64-unknown-linux-gnu", "x86_64-pc-windows-msvc", "aarch64-apple-darwin", "thumbv7em-none-eabihf",
}

// graphScore counts trees, and packages in them, that are compared and equal.
type graphScore struct {
	projects, trees, equalTrees, packages, equal int
}

// TestGraphsAgainstCargo holds the trees of published packages (graphs.txt) and of
// projects made for the purpose (graphs/*.txtar) against cargo's own: the same
// packages, each with the same features. GRAPHS names directories to compare
// instead of these.
func TestGraphsAgainstCargo(t *testing.T) {
	var score graphScore
	defer func() {
		t.Logf("%d projects: %d of %d trees equal, %d of %d packages in them",
			score.projects, score.equalTrees, score.trees, score.equal, score.packages)
	}()
	if dirs := strings.Fields(os.Getenv("GRAPHS")); len(dirs) > 0 {
		for _, dir := range dirs {
			t.Run(filepath.Base(dir), func(t *testing.T) { score.compare(t, dir) })
		}
		return
	}
	archives, err := filepath.Glob(graphData + "graphs/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal("no projects", err)
	}
	for _, path := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) { score.compare(t, makeProject(t, path)) })
	}
	// The toolchains that packages name for their own development need not be here.
	t.Setenv("RUSTUP_TOOLCHAIN", filepath.Base(strings.TrimSpace(string(run(t, ".", "rustc", "--print", "sysroot")))))
	list, err := crates.Read(graphData + "graphs.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		t.Run(e.ID(), func(t *testing.T) { score.compare(t, fetchCrate(t, e)) })
	}
}

// fetchCrate unpacks a published package, with all that its lockfile names.
func fetchCrate(t *testing.T, e crates.Entry) string {
	cache := os.Getenv("ORACLE_CACHE")
	if cache == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			t.Fatal(err)
		}
		cache = filepath.Join(user, "reactorls-oracle")
	}
	c := crates.Cargo{Host: graphTargets[0], Target: filepath.Join(t.TempDir(), "target"), Jobs: 1, Limit: 10 * time.Minute}
	dir, err := c.Fetch(filepath.Join(cache, "graphs"), e)
	if err != nil {
		t.Fatal(err)
	}
	runOr(t, dir, []string{"fetch", "--offline", "--locked"}, []string{"fetch", "--locked"})
	return dir
}

// makeProject unpacks an archive into a directory $WORK, and has cargo lock it. In
// the archive's head stand, before what it is about, lines of these forms:
//
//	root: DIR   where the project is, else in $WORK itself
//	git: DIR    make a git repository of a directory
//	vendor      have cargo put all sources into the project
//	lock: N     write the lockfile in that version of its form
func makeProject(t *testing.T, path string) string {
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	work, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	write := func(name string, content []byte) {
		path := filepath.Join(work, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range archive.Files {
		write(f.Name, bytes.ReplaceAll(f.Data, []byte("$WORK"), []byte(filepath.ToSlash(work))))
	}
	root, vendor, form := ".", false, ""
	for l := range strings.Lines(string(archive.Comment)) {
		switch key, value, _ := strings.Cut(strings.TrimSpace(l), ": "); key {
		case "root":
			root = value
		case "git":
			for _, args := range [][]string{
				{"init", "-q", "-b", "main"}, {"add", "."},
				{"-c", "user.name=oracle", "-c", "user.email=oracle@localhost", "commit", "-q", "-m", "all"},
			} {
				run(t, filepath.Join(work, value), "git", args...)
			}
		case "vendor":
			vendor = true
		case "lock":
			form = value
		}
	}
	dir := filepath.Join(work, root)
	runOr(t, dir, []string{"generate-lockfile", "--offline"}, []string{"generate-lockfile"})
	runOr(t, dir, []string{"fetch", "--offline"}, []string{"fetch"}) // which may change the lockfile once more
	if vendor {
		write(filepath.Join(root, ".cargo", "config.toml"), run(t, dir, "cargo", "vendor", "--quiet", "--locked"))
	}
	if form != "" {
		write(filepath.Join(root, "Cargo.lock"), lockInForm(t, filepath.Join(dir, "Cargo.lock"), form))
	}
	return dir
}

// lockInForm writes a lockfile anew as older cargos did.
func lockInForm(t *testing.T, path, form string) []byte {
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lock, err := cargo.ParseLock(string(text))
	if err != nil {
		t.Fatal(err)
	}
	var b, metadata bytes.Buffer
	if form >= "3" {
		fmt.Fprintf(&b, "version = %s\n\n", form)
	}
	for i, p := range lock.Packages {
		fmt.Fprintf(&b, "[[package]]\nname = %q\nversion = %q\n", p.Name, p.Version)
		if p.Source != "" {
			fmt.Fprintf(&b, "source = %q\n", p.Source)
		}
		if form == "1" {
			if p.Checksum != "" {
				fmt.Fprintf(&metadata, "\"checksum %s %s (%s)\" = %q\n", p.Name, p.Version, p.Source, p.Checksum)
			}
		} else if p.Checksum != "" {
			fmt.Fprintf(&b, "checksum = %q\n", p.Checksum)
		}
		if len(p.Dependencies) > 0 {
			b.WriteString("dependencies = [\n")
			for k, d := range p.Dependencies {
				if form == "1" {
					to := lock.Packages[lock.Dependencies(i)[k]]
					d = fmt.Sprintf("%s %s (%s)", to.Name, to.Version, to.Source)
				}
				fmt.Fprintf(&b, " %q,\n", d)
			}
			b.WriteString("]\n")
		}
		b.WriteString("\n")
	}
	if form == "1" {
		fmt.Fprintf(&b, "[metadata]\n%s", metadata.Bytes())
	}
	return b.Bytes()
}

func run(t *testing.T, dir, name string, args ...string) []byte {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s in %s: %v\n%s", name, strings.Join(args, " "), dir, err, &stderr)
	}
	return out
}

// runOr runs cargo, and if that fails in the other way.
func runOr(t *testing.T, dir string, args, or []string) {
	cmd := exec.Command("cargo", args...)
	cmd.Dir = dir
	if cmd.Run() != nil {
		run(t, dir, "cargo", or...)
	}
}

// selection is what is built of a project, for cargo and for the graph.
type selection struct {
	dir     string
	flags   []string
	members []*Package
	sel     Selection
	targets []string
}

// compare holds a project's trees against cargo's: with and without build and dev
// edges, for all targets; with other features, for two; the default members, and
// some members alone, for one.
func (score *graphScore) compare(t *testing.T, dir string) {
	s := NewSession().Snapshot()
	w, err := s.Workspace(dir)
	if err != nil {
		t.Fatal(err)
	}
	g := s.Graph(w)
	if !g.Complete() {
		t.Errorf("not complete: %s", strings.Join(g.Because, "; "))
	}
	score.projects++
	all := selection{w.Dir, []string{"--workspace"}, w.Packages, Selection{}, graphTargets}
	selections := []selection{all}
	for flag, sel := range map[string]Selection{"--no-default-features": {NoDefault: true}, "--all-features": {All: true}} {
		selections = append(selections, selection{all.dir, []string{"--workspace", flag}, all.members, sel, graphTargets[:2]})
	}
	if len(w.Packages) > 1 {
		selections = append(selections, selection{w.Dir, nil, s.DefaultMembers(w), Selection{}, graphTargets[:1]})
		const most = 4
		for _, p := range w.Packages[:min(most, len(w.Packages))] {
			alone := []*Package{p}
			selections = append(selections, selection{p.Dir, []string{"-p", p.Name}, alone, Selection{}, graphTargets[:1]},
				selection{p.Dir, []string{"-p", p.Name, "--no-default-features"}, alone, Selection{NoDefault: true}, graphTargets[:1]})
		}
	}
	for _, sel := range selections {
		for _, triple := range sel.targets {
			for _, kinds := range [][]cargo.Kind{{cargo.Normal}, {cargo.Normal, cargo.Build, cargo.Dev}} {
				score.compareTrees(t, g, sel, triple, kinds)
			}
		}
	}
}

func (score *graphScore) compareTrees(t *testing.T, g *Graph, sel selection, triple string, kinds []cargo.Kind) {
	edges := "normal"
	if len(kinds) > 1 {
		edges = "normal,build,dev"
	}
	flags := append([]string{"tree", "--offline", "--target", triple, "-e", edges}, sel.flags...)
	want := cargoTree(t, sel.dir, flags)
	got := map[string]bool{}
	tree := g.TreeOf(sel.members, sel.sel, cargo.PlatformOf(triple), kinds...)
	for i, n := range tree.Nodes {
		p := tree.Package(i)
		got[fmt.Sprintf("%s v%s [%s]", p.Name, p.Version, strings.Join(n.Features, ","))] = true
	}
	wrong := 0
	for _, line := range slices.Sorted(maps.Keys(want)) {
		if !got[line] {
			t.Errorf("%s: cargo alone has %s", strings.Join(flags[2:], " "), line)
			wrong++
		}
	}
	extra := 0
	for _, line := range slices.Sorted(maps.Keys(got)) {
		if !want[line] {
			t.Errorf("%s: cargo does not have %s", strings.Join(flags[2:], " "), line)
			extra++
		}
	}
	score.trees++
	score.packages += len(want)
	score.equal += len(want) - wrong
	if wrong+extra == 0 {
		score.equalTrees++
	}
}

// cargoTree is the set of packages with features that cargo tree prints.
func cargoTree(t *testing.T, dir string, flags []string) map[string]bool {
	lines := map[string]bool{}
	out := run(t, dir, "cargo", append(flags, "--prefix", "none", "-f", "{p}\t{f}")...)
	for l := range strings.Lines(string(out)) {
		p, features, ok := strings.Cut(strings.TrimSuffix(strings.TrimRight(l, "\n"), " (*)"), "\t")
		if words := strings.Fields(p); ok && len(words) > 1 {
			lines[fmt.Sprintf("%s %s [%s]", words[0], words[1], features)] = true
		}
	}
	return lines
}

// TestGraphSpeed tells how much processor time cargo metadata takes for a project
// (GRAPHS, or one of graphs.txt), and how much the graph and a tree of it.
func TestGraphSpeed(t *testing.T) {
	dir := os.Getenv("GRAPHS")
	if dir == "" {
		dir = fetchCrate(t, crates.Entry{Name: "cargo-nextest", Version: "0.9.92"})
	}
	const times = 5
	var cargos, ours []time.Duration
	for range times {
		cmd := exec.Command("cargo", "metadata", "--offline", "--format-version", "1")
		cmd.Dir = dir
		if err := cmd.Run(); err != nil {
			t.Fatal(err)
		}
		cargos = append(cargos, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
		cmd = exec.Command(os.Args[0], "-test.run", "^TestGraphOnce$")
		cmd.Env = append(os.Environ(), "GRAPH_ONCE="+dir)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		ours = append(ours, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
	}
	c, o := slices.Min(cargos), slices.Min(ours)
	t.Logf("cargo metadata: %v; the graph in a process of its own: %v; %.1f times less", c, o, float64(c)/float64(o))
}

// TestGraphOnce is what TestGraphSpeed measures.
func TestGraphOnce(t *testing.T) {
	dir := os.Getenv("GRAPH_ONCE")
	if dir == "" {
		t.Skip("only for TestGraphSpeed")
	}
	s := NewSession().Snapshot()
	w, err := s.Workspace(dir)
	if err != nil {
		t.Fatal(err)
	}
	s.Graph(w).Tree(Selection{}, nil, cargo.Normal)
}
