package engine

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestSeen holds that what a session has looked at is the same until something of it
// changes, and that writing it down loses nothing.
func TestSeen(t *testing.T) {
	later := time.Now().Add(time.Hour) // so that what was made just now is settled
	for _, c := range []struct {
		name   string
		change func(dir string) error
		holds  bool
	}{
		{"nothing", func(string) error { return nil }, true},
		{"what was not looked at", func(dir string) error { return os.WriteFile(filepath.Join(dir, "other", "x"), nil, 0o644) }, true},
		{"a file's text", func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "src", "lib.rs"), []byte("fn f() { }"), 0o644)
		}, false},
		{"a file of the same size", func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "src", "lib.rs"), []byte("fn g() {}"), 0o644)
		}, false},
		{"a file goes", func(dir string) error { return os.Remove(filepath.Join(dir, "src", "lib.rs")) }, false},
		{"one comes that was not there", func(dir string) error { return os.WriteFile(filepath.Join(dir, "Cargo.lock"), nil, 0o644) }, false},
		{"a directory has one more", func(dir string) error { return os.WriteFile(filepath.Join(dir, "src", "main.rs"), nil, 0o644) }, false},
		{"a link leads elsewhere", func(dir string) error { return os.Remove(filepath.Join(dir, "other")) }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			write := func(name, content string) {
				if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			write("src/lib.rs", "fn f() {}")
			if err := os.Mkdir(filepath.Join(dir, "other"), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink("../other", filepath.Join(dir, "src", "link")); err != nil {
				t.Skip(err)
			}
			session := NewSessionAt("", nil)
			s := session.Snapshot()
			s.File(filepath.Join(dir, "src", "lib.rs"))
			s.File(filepath.Join(dir, "Cargo.lock"))
			s.List(filepath.Join(dir, "src"))
			if _, err := session.Seen(time.Now()); err == nil {
				t.Error("what was made just now is taken for settled")
			}
			seen, err := session.Seen(later)
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(5 * time.Millisecond) // a tick of the clock of files
			if c.name == "a link leads elsewhere" {
				err = os.RemoveAll(filepath.Join(dir, "other"))
			} else {
				err = c.change(dir)
			}
			if err != nil {
				t.Fatal(err)
			}
			var b strings.Builder
			if _, err := seen.WriteTo(&b); err != nil {
				t.Fatal(err)
			}
			again, err := ReadSeen(b.String())
			if err != nil {
				t.Fatal(err)
			}
			if seen.Holds() != c.holds || again.Holds() != c.holds {
				t.Errorf("holds %v, and when it was read again %v", seen.Holds(), again.Holds())
			}
		})
	}
	for _, damaged := range []string{"x", "f 1 2 3\n", "f 1 2 3 4 /x", "ff 1 2 3 4 /x\n", "f 1 a 3 4 /x\n"} {
		if _, err := ReadSeen(damaged); err == nil {
			t.Errorf("%q was read", damaged)
		}
	}
}
