// Package engine knows what is true of a Cargo workspace: its files in the state
// that an editor or the disk holds them, its packages, what their sources need
// of each runtime, and who drives which reactor. It knows no rule and no
// protocol.
package engine

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"reactorls/engine/cargo"
)

// Session is the changing state of the files: what editors hold over what is on
// disk. One writer at a time makes a new Snapshot; readers take the current one
// and keep it.
type Session struct {
	mu      sync.Mutex // held by the writer
	current atomic.Pointer[Snapshot]
}

// NewSession starts with no open files over the disk.
func NewSession() *Session { return NewSessionAt(CargoHome(), environment()) }

// NewSessionAt is NewSession with cargo's caches in a directory of their own, and with
// other environment variables, each NAME=value.
func NewSessionAt(cargoHome string, environ []string) *Session {
	s := &Session{}
	s.current.Store(&Snapshot{overlays: map[string]*File{}, disk: newDisk(cargoHome, cargo.ConfigOfEnvironment(environ)), memo: newMemo(), typing: &typing{}})
	return s
}

// NewMemorySession starts with the given files, by path, and never looks at the
// disk.
func NewMemorySession(files map[string]string) *Session {
	overlays := map[string]*File{}
	for path, content := range files {
		overlays[path] = NewFile(path, content)
	}
	s := &Session{}
	s.current.Store(&Snapshot{overlays: overlays, memo: newMemo(), typing: &typing{}})
	return s
}

// Snapshot is the newest state.
func (s *Session) Snapshot() *Snapshot { return s.current.Load() }

// Open puts what an editor holds over the disk; it also serves for each change
// of the text.
func (s *Session) Open(path, content string, version int32) {
	s.update(func(n *Snapshot) {
		old := n.overlays[path]
		if old != nil && old.Text == content {
			n.overlays[path] = old.as(true, version)
			return
		}
		n.overlays[path] = NewFile(path, content).as(true, version)
		switch {
		case old == nil:
			n.typing = &typing{}
		case !slices.Contains(n.typed, path):
			n.typed = append(slices.Clone(n.typed), path)
		}
	})
}

// Close drops what an editor held; the disk shows through again, and is looked
// at anew.
func (s *Session) Close(path string) {
	s.update(func(n *Snapshot) {
		delete(n.overlays, path)
		n.typing = &typing{}
		n.forget([]string{path})
	})
}

// DiskChanged tells that files or directories on disk were made, changed or
// removed.
func (s *Session) DiskChanged(paths []string) {
	s.update(func(n *Snapshot) {
		n.typing = &typing{}
		n.forget(paths)
	})
}

// Forget drops all that was read from disk and made of it.
func (s *Session) Forget() {
	s.update(func(n *Snapshot) {
		if n.disk != nil {
			n.disk = newDisk(n.disk.cargoHome, n.disk.environment)
		}
		n.memo, n.typing = newMemo(), &typing{}
	})
}

// Refresh looks whether anything that was read from disk has changed, for
// clients that do not tell; it reports whether it did.
func (s *Session) Refresh() bool { return s.RefreshWhere(nil) }

// RefreshWhere is Refresh for some files alone, and for no directories; nil means all.
func (s *Session) RefreshWhere(wanted func(path string) bool) bool {
	d := s.Snapshot().disk
	if d == nil {
		return false
	}
	stale := d.stale(wanted)
	if len(stale) > 0 {
		s.DiskChanged(stale)
	}
	return len(stale) > 0
}

func (s *Session) update(change func(*Snapshot)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.current.Load()
	n := &Snapshot{overlays: maps.Clone(old.overlays), disk: old.disk, memo: old.memo, id: old.id + 1, typing: old.typing, typed: old.typed}
	change(n)
	if n.typing != old.typing {
		n.typed = nil
	}
	s.current.Store(n)
}

// Snapshot is the state of all files at one moment. It is safe for concurrent
// use and stays as it is.
type Snapshot struct {
	overlays map[string]*File
	disk     *disk // nil: there is none
	memo     *memo
	id       uint64

	// Snapshots with one and the same typing differ at most in the open files that the
	// latest of them lists as typed.
	typing *typing
	typed  []string
}

// typing is told apart by its address alone.
type typing struct{ _ byte }

// Typing is the same for snapshots that differ at most in the files that Typed lists.
type Typing struct {
	typing  *typing
	changes int
}

// Typing tells which other snapshots differ little from this one.
func (s *Snapshot) Typing() Typing { return Typing{s.typing, s.disk.changesSeen()} }

// Typed lists files in which this snapshot may differ from others of the same Typing that
// were made before it.
func (s *Snapshot) Typed() []string { return s.typed }

// Reads reports whether a file was looked at for what is known of a package's code; it is
// good for what was read.
func (s *Snapshot) Reads(p *Package, sel Selection, path string) bool {
	_, reads := s.memo.last(keyOf(p, sel))
	return reads == nil || reads.looked(path)
}

// ID counts the snapshots of a session.
func (s *Snapshot) ID() uint64 { return s.id }

// File is the file at a path, nil when there is none.
func (s *Snapshot) File(path string) *File {
	if f := s.overlays[path]; f != nil || s.disk == nil {
		return f
	}
	return s.disk.file(path)
}

// idOf is what a file holds, whether or not its text is at hand.
func (s *Snapshot) idOf(path string) fileID {
	if f := s.overlays[path]; f != nil || s.disk == nil {
		return idOf(f)
	}
	return s.disk.idOf(path)
}

// edits reports whether an editor holds something below a directory.
func (s *Snapshot) edits(dir string) bool {
	for path, f := range s.overlays {
		if f.Open && strings.HasPrefix(path, dir+string(filepath.Separator)) {
			return true
		}
	}
	return false
}

// List names what a directory holds, unsaved new files included, sorted.
func (s *Snapshot) List(dir string) []Entry {
	var entries []Entry
	if s.disk != nil {
		entries = s.disk.list(dir)
	}
	prefix := strings.TrimSuffix(dir, string(filepath.Separator)) + string(filepath.Separator)
	extra := false
	for path := range s.overlays {
		rest, below := strings.CutPrefix(path, prefix)
		if !below {
			continue
		}
		name, _, isDir := strings.Cut(rest, string(filepath.Separator))
		if !slices.ContainsFunc(entries, func(e Entry) bool { return e.Name == name }) {
			if !extra {
				entries = slices.Clone(entries)
				extra = true
			}
			entries = append(entries, Entry{name, isDir})
		}
	}
	if extra {
		slices.SortStableFunc(entries, func(a, b Entry) int { return strings.Compare(a.Name, b.Name) })
	}
	return entries
}

// forget makes the disk be read again where paths changed. A file that appears
// or goes changes the listing of its directory, and of those above that may
// have come with it.
func (s *Snapshot) forget(paths []string) {
	if s.disk == nil || len(paths) == 0 {
		return
	}
	changed := map[string]bool{}
	for _, p := range paths {
		for ; !changed[p]; p = filepath.Dir(p) {
			changed[p] = true
		}
	}
	const separator = string(filepath.Separator)
	below := func(path string) bool {
		return slices.ContainsFunc(paths, func(p string) bool {
			rest, ok := strings.CutPrefix(path, strings.TrimSuffix(p, separator))
			return ok && (rest == "" || strings.HasPrefix(rest, separator))
		})
	}
	if len(paths) > 64 { // a branch switch: looking at each is dearer than reading again
		below = func(string) bool { return true }
	}
	s.disk = s.disk.without(func(path string) bool { return changed[path] || below(path) })
}

// Fork starts a session of its own from the snapshot, for trying changes out.
func (s *Snapshot) Fork() *Session {
	f := &Session{}
	own := *s
	own.typing, own.typed = &typing{}, nil
	f.current.Store(&own)
	return f
}
