package engine

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestReplace(t *testing.T) {
	dir := t.TempDir()
	path, link := filepath.Join(dir, "Cargo.toml"), filepath.Join(dir, "link.toml")
	write := func(content string) {
		if err := os.WriteFile(path, []byte(content), 0o640); err != nil {
			t.Fatal(err)
		}
	}
	holds := func(want string) {
		t.Helper()
		if got, err := os.ReadFile(path); err != nil || string(got) != want {
			t.Errorf("holds %q, %v, want %q", got, err, want)
		}
		if entries, _ := os.ReadDir(dir); len(entries) != 2 {
			t.Errorf("files are left behind: %v", entries)
		}
	}
	write("old")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	if err := Replace(link, "old", "new"); err != nil {
		t.Error(err)
	}
	holds("new")
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Error("the link is no link any more", err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
		t.Error("the mode changed", err)
	}
	write("changed by another")
	if err := Replace(path, "new", "newer"); !errors.Is(err, ErrChanged) {
		t.Errorf("replaced a file that changed: %v", err)
	}
	holds("changed by another")
}
