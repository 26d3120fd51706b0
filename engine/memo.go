package engine

import (
	"maps"
	"slices"
	"sync"
)

// Worked keeps what was worked out of something that does not change, by a key of the
// caller's own type. It is safe for concurrent use.
type Worked struct {
	mu   sync.Mutex
	made map[any]any
}

// WorkedOut gives what make gave the first time that it was asked for the key.
func WorkedOut[K comparable, V any](w *Worked, key K, make func() V) V {
	w.mu.Lock()
	known, ok := w.made[key]
	w.mu.Unlock()
	if ok {
		return known.(V)
	}
	v := make()
	w.keep(key, v)
	return v
}

func (w *Worked) keep(key, v any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.made == nil {
		w.made = map[any]any{}
	}
	w.made[key] = v
}

func (w *Worked) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.made = nil
}

// Latest gives what make gave for the key before, while it was made of the same.
func Latest[K, O comparable, V any](w *Worked, key K, of O, make func() V) V {
	type made struct {
		of    O
		value V
	}
	w.mu.Lock()
	known, ok := w.made[key].(made)
	w.mu.Unlock()
	if ok && known.of == of {
		return known.value
	}
	v := make()
	w.keep(key, made{of, v})
	return v
}

// memo keeps results of earlier snapshots. A result is good for a later one when
// every file and listing that it was made of is still the same, so nothing ever
// has to be invalidated by hand.
type memo struct {
	mu      sync.Mutex
	results map[any]memoised
	// made is what was derived where there is no disk to keep it.
	made map[derivedKey]made
}

type made struct {
	text  string
	value any
}

type memoised struct {
	value any
	reads *Reader
	of    *Snapshot // the last one that it was found to hold in
	// changes are those of the disk then.
	changes int
}

func newMemo() *memo { return &memo{results: map[any]memoised{}, made: map[derivedKey]made{}} }

// Reader is a view of a snapshot that notes what was looked at.
type Reader struct {
	s     *Snapshot
	mu    sync.Mutex
	files map[string]fileID
	dirs  map[string][]Entry
	made  map[derivedKey]derivation
	from  []*Reader // who looked at more for it
}

type derivation struct {
	value   any
	compute func([]byte) any
}

func (s *Snapshot) reader() *Reader {
	return &Reader{s: s, files: map[string]fileID{}, dirs: map[string][]Entry{}, made: map[derivedKey]derivation{}}
}

// File is Snapshot.File.
func (r *Reader) File(path string) *File {
	f := r.s.File(path)
	r.mu.Lock()
	r.files[path] = idOf(f)
	r.mu.Unlock()
	return f
}

// List is Snapshot.List.
func (r *Reader) List(dir string) []Entry {
	l := r.s.List(dir)
	r.mu.Lock()
	r.dirs[dir] = l
	r.mu.Unlock()
	return l
}

// lists looks at directories, and reports whether they hold what is given.
func (r *Reader) lists(given map[string][]Entry) bool {
	all := true
	for dir, entries := range given {
		all = slices.Equal(r.List(dir), entries) && all
	}
	return all
}

// derive gives what compute makes of what a file on disk holds, which neither it nor we keep.
// The value must be comparable, and what tells compute from others.
func (r *Reader) derive(path, what string, compute func([]byte) any) any {
	key := derivedKey{path, what}
	v := r.s.derive(key, compute)
	r.mu.Lock()
	r.made[key] = derivation{v, compute}
	r.mu.Unlock()
	return v
}

func (s *Snapshot) derive(key derivedKey, compute func([]byte) any) any {
	if s.disk != nil {
		return s.disk.derive(key, compute)
	}
	content := ""
	if f := s.overlays[key.path]; f != nil {
		content = f.Text
	}
	s.memo.mu.Lock()
	known, ok := s.memo.made[key]
	s.memo.mu.Unlock()
	if ok && known.text == content {
		return known.value
	}
	v := compute([]byte(content))
	s.memo.mu.Lock()
	s.memo.made[key] = made{content, v}
	s.memo.mu.Unlock()
	return v
}

// holds reports whether everything that was looked at is the same in s.
func (r *Reader) holds(s *Snapshot) bool {
	for path, id := range r.files {
		if s.idOf(path) != id {
			return false
		}
	}
	for dir, l := range r.dirs {
		if !slices.Equal(s.List(dir), l) {
			return false
		}
	}
	if r.s.disk != s.disk || s.disk == nil { // else nothing is read twice
		for key, d := range r.made {
			if s.derive(key, d.compute) != d.value {
				return false
			}
		}
	}
	return !slices.ContainsFunc(r.from, func(o *Reader) bool { return !o.holds(s) })
}

// looked reports whether a file was looked at.
func (r *Reader) looked(path string) bool {
	_, read := r.files[path]
	return read || slices.ContainsFunc(r.from, func(o *Reader) bool { return o.looked(path) })
}

// other reports whether a file that was looked at is another in s.
func (r *Reader) other(path string, s *Snapshot) bool {
	if id, read := r.files[path]; read && id != s.idOf(path) {
		return true
	}
	return slices.ContainsFunc(r.from, func(o *Reader) bool { return o.other(path, s) })
}

// holds reports whether a result is good in a snapshot.
func (m memoised) holds(s *Snapshot) bool {
	if s.disk == nil || m.of.typing != s.typing || m.changes != s.disk.changesSeen() || m.of.id > s.id {
		return m.reads.holds(s)
	}
	return !slices.ContainsFunc(s.typed, func(path string) bool { return m.reads.other(path, s) })
}

// inherit notes all that another reader looked at.
func (r *Reader) inherit(o *Reader) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !slices.Contains(r.from, o) {
		r.from = append(r.from, o)
	}
}

// goesOn notes what else another reader looked at itself, provided that it is still the same.
func (r *Reader) goesOn(o *Reader) bool {
	rest := &Reader{s: o.s, files: maps.Clone(o.files), dirs: maps.Clone(o.dirs), made: maps.Clone(o.made)}
	r.mu.Lock()
	maps.DeleteFunc(rest.files, func(path string, _ fileID) bool { _, own := r.files[path]; return own })
	maps.DeleteFunc(rest.dirs, func(dir string, _ []Entry) bool { _, own := r.dirs[dir]; return own })
	maps.DeleteFunc(rest.made, func(key derivedKey, _ derivation) bool { _, own := r.made[key]; return own })
	r.mu.Unlock()
	if !rest.holds(r.s) {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	maps.Copy(r.files, rest.files)
	maps.Copy(r.dirs, rest.dirs)
	maps.Copy(r.made, rest.made)
	return true
}

// last is the newest result, whether or not it still holds, with what it was made of.
func (m *memo) last(key any) (any, *Reader) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.results[key].value, m.results[key].reads
}

// drop forgets a result.
func (m *memo) drop(key any) {
	m.mu.Lock()
	delete(m.results, key)
	m.mu.Unlock()
}

// memoise gives the result of compute, which must depend on key and on what it
// reads alone. parent, if not nil, depends on the result too.
func memoise[T any](s *Snapshot, parent *Reader, key any, compute func(*Reader) T) T {
	s.memo.mu.Lock()
	known, ok := s.memo.results[key]
	s.memo.mu.Unlock()
	if !ok || known.of != s {
		if !ok || !known.holds(s) {
			r := s.reader()
			known = memoised{value: compute(r), reads: r}
		}
		known.of, known.changes = s, s.disk.changesSeen()
		s.memo.mu.Lock()
		s.memo.results[key] = known
		s.memo.mu.Unlock()
	}
	if parent != nil {
		parent.inherit(known.reads)
	}
	return known.value.(T)
}
