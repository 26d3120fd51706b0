//go:build oracle

package engine

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"reactorls/engine/cargo"
)

// graphTargets are the targets that every project is resolved for.
var graphTargets = []string{
	"x86_64-unknown-linux-gnu", "x86_64-pc-windows-msvc", "aarch64-apple-darwin", "thumbv7em-none-eabihf",
}

// compareTrees holds the tree of every target, with and without build and dev
// edges, against cargo's, package by package.
func compareTrees(t *testing.T, dir string) {
	s := NewSession().Snapshot()
	w, err := s.Workspace(dir)
	if err != nil {
		t.Fatal(err)
	}
	g := s.Graph(w)
	if !g.Complete() {
		t.Errorf("not complete: %s", strings.Join(g.Because, "; "))
	}
	for _, triple := range graphTargets {
		for _, kinds := range [][]cargo.Kind{{cargo.Normal}, {cargo.Normal, cargo.Build, cargo.Dev}} {
			edges := "normal"
			if len(kinds) > 1 {
				edges = "normal,build,dev"
			}
			want := cargoTree(t, dir, triple, edges)
			got := map[string]bool{}
			tree := g.Tree(Selection{}, cargo.PlatformOf(triple), kinds...)
			for _, n := range tree.Nodes {
				p := &tree.Graph.Packages[n.Package]
				got[fmt.Sprintf("%s v%s [%s]", p.Name, p.Version, strings.Join(n.Features, ","))] = true
			}
			wrong := 0
			for _, line := range slices.Sorted(maps.Keys(want)) {
				if !got[line] {
					t.Errorf("%s %s: cargo alone has %s", triple, edges, line)
					wrong++
				}
			}
			for _, line := range slices.Sorted(maps.Keys(got)) {
				if !want[line] {
					t.Errorf("%s %s: cargo does not have %s", triple, edges, line)
					wrong++
				}
			}
			t.Logf("%s -e %s: %d of %d packages equal", triple, edges, len(want)-wrong, len(want))
		}
	}
}

// cargoTree is the set of packages with features that cargo tree prints.
func cargoTree(t *testing.T, dir, triple, edges string) map[string]bool {
	cmd := exec.Command("cargo", "tree", "--offline", "--workspace", "--target", triple, "-e", edges, "--prefix", "none", "--no-dedupe", "-f", "{p}\t{f}")
	cmd.Dir = dir
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("cargo tree in %s: %v", dir, err)
	}
	lines := map[string]bool{}
	for l := range strings.Lines(string(out)) {
		p, features, ok := strings.Cut(strings.TrimRight(l, "\n"), "\t")
		words := strings.Fields(p)
		if ok && len(words) > 1 {
			lines[fmt.Sprintf("%s %s [%s]", words[0], words[1], features)] = true
		}
	}
	return lines
}

// TestGraphs compares the trees of the projects that GRAPHS names.
func TestGraphs(t *testing.T) {
	for _, dir := range strings.Fields(os.Getenv("GRAPHS")) {
		t.Run(filepath.Base(dir), func(t *testing.T) { compareTrees(t, dir) })
	}
}
