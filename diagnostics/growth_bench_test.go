package diagnostics

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"reactorls/engine"
	"reactorls/testdata/bench"
)

// grown is a directory with a workspace and a cargo home of its own.
func grown(b *testing.B, size bench.Size) string {
	dir := b.TempDir()
	if err := size.Write(dir); err != nil {
		b.Fatal(err)
	}
	b.Setenv("CARGO_HOME", filepath.Join(dir, "home"))
	return dir
}

// BenchmarkGrowthKeystroke is a change of one file in a workspace of growing size.
func BenchmarkGrowthKeystroke(b *testing.B) {
	for _, n := range []int{10, 100, 1000, 5000} {
		b.Run(fmt.Sprintf("%d packages", 2*n), func(b *testing.B) {
			dir := grown(b, bench.Size{Members: n, Modules: 2, Locked: n})
			session := engine.NewSession()
			w, err := session.Snapshot().Workspace(dir)
			if err != nil {
				b.Fatal(err)
			}
			path := filepath.Join(w.Packages[0].Dir, "src/lib.rs")
			content := session.Snapshot().File(path).Text
			run := func(typed int) {
				session.Open(path, fmt.Sprint(content, "// ", typed, "\n"), int32(typed))
				s := session.Snapshot()
				w, err := s.Workspace(dir)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := Run(context.Background(), s, w, Options{}); err != nil {
					b.Fatal(err)
				}
			}
			run(0)
			run(1)
			n := 1
			for b.Loop() {
				n++
				run(n)
			}
		})
	}
}

// BenchmarkRules is what the rules cost in a workspace of 20 packages whose code is read.
func BenchmarkRules(b *testing.B) {
	dir := grown(b, bench.Large)
	s := engine.NewSession().Snapshot()
	w, err := s.Workspace(dir)
	if err != nil {
		b.Fatal(err)
	}
	for _, p := range w.Packages {
		defer s.Keep(p, engine.Selection{})()
	}
	for b.Loop() {
		st := newState(s, w, Options{})
		read := make([]*readPackage, len(w.Packages))
		for i, p := range w.Packages {
			read[i] = st.judge(p, &engine.Worked{})
		}
		st.all(context.Background(), read)
	}
}

// BenchmarkGrowth is a check of workspaces that grow, with as many locked packages as
// members, on nothing that was read before. The time for each member should stay the same.
func BenchmarkGrowth(b *testing.B) {
	for _, n := range []int{10, 100, 1000, 5000} {
		b.Run(fmt.Sprintf("%d packages", 2*n), func(b *testing.B) {
			dir := grown(b, bench.Size{Members: n, Modules: 2, Locked: n})
			for b.Loop() {
				s := engine.NewSession().Snapshot()
				w, err := s.Workspace(dir)
				if err != nil || len(w.Packages) != n {
					b.Fatal(err)
				}
				if _, err := Run(context.Background(), s, w, Options{}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(n), "µs/package")
		})
	}
}
