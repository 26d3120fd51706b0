package diagnostics

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"reactorls/engine"
)

// TestSessions changes files at random, among all that the fixtures hold for their
// names, and after each change compares what a session finds, which keeps what it
// knows, with what a fresh one does.
func TestSessions(t *testing.T) {
	pool := map[string][]string{} // texts by name
	for _, f := range fixtures(t) {
		for name, content := range f.files {
			pool[name] = append(pool[name], content)
		}
	}
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(pool)), func(name string) bool {
		return len(pool[name]) < 3 && filepath.Base(name) != engine.ManifestName // rare: hardly anything speaks of it
	})
	for seed := range uint64(30) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 0))
			session, files := engine.NewMemorySession(nil), map[string]string{}
			for step := range 40 {
				name := names[random.IntN(len(names))]
				if random.IntN(2) == 0 || step == 0 {
					name = []string{"Cargo.toml", "a/Cargo.toml", "src/main.rs", "src/lib.rs"}[min(step, random.IntN(4))]
				}
				path := filepath.Join(fixtureRoot, name)
				if random.IntN(4) == 0 && step > 0 {
					session.Close(path)
					delete(files, path)
				} else {
					content := pool[name][random.IntN(len(pool[name]))]
					session.Open(path, content, int32(step))
					files[path] = content
				}
				got, want := found(session), found(engine.NewMemorySession(files))
				if got != want {
					t.Fatalf("after %d changes, the last of %s:\n%s\nfresh:\n%s", step+1, name, got, want)
				}
			}
		})
	}
}

// found is all that a session's workspace shows.
func found(session *engine.Session) string {
	s := session.Snapshot()
	w, err := s.Workspace(fixtureRoot)
	if err != nil {
		return err.Error()
	}
	r, err := Run(context.Background(), s, w, Options{})
	if err != nil {
		return err.Error()
	}
	var b strings.Builder
	for _, d := range r.Diagnostics {
		fmt.Fprintln(&b, d.Path, d.Span, d.Rule.Code, d.Severity, d.Message, d.Notes, d.Help, d.Related, d.Fixes)
	}
	return b.String()
}
