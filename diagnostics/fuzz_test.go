package diagnostics

import (
	"context"
	"path/filepath"
	"testing"

	"reactorls/engine"
	"reactorls/engine/text"
)

// projects are the manifest and one source of each fixture that has a package in its root.
func projects(t testing.TB, each func(manifest, source string)) {
	for _, f := range fixtures(t) {
		manifest := f.files[engine.ManifestName]
		for _, name := range []string{"src/main.rs", "src/lib.rs"} {
			if source, ok := f.files[name]; ok && manifest != "" {
				each(manifest, source)
			}
		}
	}
}

// FuzzFixes holds that whatever a project says, the edits of each fix are disjoint and
// leave a manifest that reads, if it did before, and that what all safe fixes leave has
// none any more.
func FuzzFixes(f *testing.F) {
	projects(f, func(manifest, source string) { f.Add(manifest, source) })
	f.Fuzz(func(t *testing.T, manifest, source string) {
		at := func(name string) string { return filepath.Join(fixtureRoot, name) }
		session := engine.NewMemorySession(map[string]string{at(engine.ManifestName): manifest, at("src/main.rs"): source})
		s := session.Snapshot()
		w, err := s.Workspace(fixtureRoot)
		if err != nil {
			return
		}
		r, err := Run(context.Background(), s, w, Options{})
		if err != nil {
			t.Fatal(err)
		}
		fixture{}.checkFixes(t, s, r.Diagnostics)
		all := func(Diagnostic) bool { return true }
		if _, err := FixAll(context.Background(), session, fixtureRoot, Options{}, all); err != nil {
			t.Fatal(err)
		}
		if again, err := FixAll(context.Background(), session, fixtureRoot, Options{}, all); err != nil || len(again) > 0 {
			t.Errorf("fixing again: %v %q", err, again)
		}
	})
}

// FuzzSession holds that a session which is told of edits one by one finds the same as one
// that sees the files for the first time.
func FuzzSession(f *testing.F) {
	projects(f, func(manifest, source string) {
		f.Add(manifest, source, uint(len(manifest)/2), uint(3), "x", uint(len(source)/2), uint(9), "tokio::spawn(")
	})
	f.Fuzz(func(t *testing.T, manifest, source string, from, length uint, put string, at, gone uint, insert string) {
		files := map[string]string{filepath.Join(fixtureRoot, engine.ManifestName): manifest, filepath.Join(fixtureRoot, "src/main.rs"): source}
		session := engine.NewMemorySession(nil)
		version := int32(0)
		open := func(name, content string) {
			version++
			path := filepath.Join(fixtureRoot, name)
			files[path] = content
			session.Open(path, content, version)
			if got, want := found(session), found(engine.NewMemorySession(files)); got != want {
				t.Fatalf("after %d changes, the last of %s:\n%s\nfresh:\n%s", version, name, got, want)
			}
		}
		edited := func(content string, start, length uint, put string) string {
			start = min(start, uint(len(content)))
			end := min(start+length, uint(len(content)))
			if end < start { // it ran over
				end = start
			}
			out, err := text.Apply(content, []text.Edit{{Span: text.Span{Start: int(start), End: int(end)}, New: put}})
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		delete(files, filepath.Join(fixtureRoot, "src/main.rs"))
		open(engine.ManifestName, manifest)
		open("src/main.rs", source)
		open("src/main.rs", edited(source, at, gone, insert))
		open(engine.ManifestName, edited(manifest, from, length, put))
		open("src/main.rs", source)
	})
}
