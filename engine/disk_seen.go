package engine

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// Seen is what a session has looked at on disk, and in which state that was: as long as
// all of it is the same, an analysis finds the same.
type Seen struct{ marks []mark }

// mark is the state of one path.
type mark struct {
	path string
	kind markKind
	id   identity
}

type markKind byte

const (
	markAbsent markKind = 'a'
	markFile   markKind = 'f'
	markDir    markKind = 'd'
	markLink   markKind = 'l' // of which only what it leads to matters: a directory or not
)

// identity tells states of a file or directory apart. A change that keeps the size and the
// time of the last change still has another inode, or another time of the inode.
type identity struct {
	size         int64
	mtime, ctime int64 // nanoseconds
	inode        uint64
}

func identityOf(info fs.FileInfo) identity {
	id := identity{size: info.Size(), mtime: info.ModTime().UnixNano()}
	if info.IsDir() {
		id.size = 0 // which means nothing
	}
	id.inode, id.ctime = inode(info)
	return id
}

// fresh is how long ago a file must have changed for its times to tell it from one that
// changes now: as long as the coarsest file system takes for a tick.
const fresh = 2 * time.Second

// ErrUnsettled tells that what was seen cannot be told from what may come: it has just
// changed, or changed while it was looked at.
var ErrUnsettled = errors.New("files have changed just now")

// Seen gathers what was looked at since the session began, at start. It is ErrUnsettled
// where that cannot be told from a later state.
func (s *Session) Seen(start time.Time) (*Seen, error) {
	d := s.Snapshot().disk
	if d == nil {
		return nil, ErrUnsettled
	}
	d.mu.Lock()
	files, lists := map[string]stamp{}, maps.Clone(d.lists)
	for path, f := range d.files {
		files[path] = f.stamp
	}
	for key, v := range d.derived {
		files[key.path] = v.stamp
	}
	changed := d.changes > 0
	d.mu.Unlock()
	if changed {
		return nil, ErrUnsettled
	}
	seen := &Seen{}
	for _, path := range slices.Sorted(maps.Keys(files)) {
		m := state(path)
		if files[path] != (stamp{m.id.size, m.id.mtime}) && m.kind != markDir || strings.ContainsAny(path, "\r\n") {
			return nil, ErrUnsettled
		}
		seen.marks = append(seen.marks, m)
	}
	again := newDisk("", nil)
	for _, dir := range slices.Sorted(maps.Keys(lists)) {
		m := state(dir)
		if !slices.Equal(lists[dir], again.list(dir)) || strings.ContainsAny(dir, "\r\n") {
			return nil, ErrUnsettled
		}
		seen.marks = append(seen.marks, m)
		read, _ := os.ReadDir(dir)
		for _, e := range read {
			if e.Type()&fs.ModeSymlink != 0 {
				seen.marks = append(seen.marks, link(filepath.Join(dir, e.Name())))
			}
		}
	}
	settled := start.Add(-fresh).UnixNano()
	if slices.ContainsFunc(seen.marks, func(m mark) bool { return max(m.id.mtime, m.id.ctime) > settled }) {
		return nil, ErrUnsettled
	}
	return seen, nil
}

// state is that of a path now.
func state(path string) mark {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return mark{path: path, kind: markAbsent}
	case info.IsDir():
		return mark{path, markDir, identityOf(info)}
	}
	return mark{path, markFile, identityOf(info)}
}

// link is what a symbolic link leads to now.
func link(path string) mark {
	info, err := os.Stat(path)
	m := mark{path: path, kind: markLink}
	if err == nil && info.IsDir() {
		m.id.size = 1
	}
	return m
}

// Holds reports whether all that was seen is still the same.
func (s *Seen) Holds() bool {
	var changed atomic.Bool
	var group errgroup.Group
	const least = 256 // are looked at before it pays to do so at the same time
	part := max(least, 1+len(s.marks)/runtime.GOMAXPROCS(0))
	for marks := range slices.Chunk(s.marks, part) {
		group.Go(func() error {
			for _, m := range marks {
				now := mark{}
				if m.kind == markLink {
					now = link(m.path)
				} else {
					now = state(m.path)
				}
				if changed.Load() || now != m {
					changed.Store(true)
					break
				}
			}
			return nil
		})
	}
	group.Wait() //nolint:errcheck // none fails
	return !changed.Load()
}

// WriteTo writes what ReadSeen reads: a line for each path.
func (s *Seen) WriteTo(w io.Writer) (int64, error) {
	b := bufio.NewWriter(w)
	n := int64(0)
	for _, m := range s.marks {
		written, _ := fmt.Fprintf(b, "%c %d %d %d %d %s\n", m.kind, m.id.size, m.id.mtime, m.id.ctime, m.id.inode, m.path)
		n += int64(written)
	}
	return n, b.Flush()
}

// ReadSeen reads what WriteTo wrote.
func ReadSeen(text string) (*Seen, error) {
	s := &Seen{marks: make([]mark, 0, strings.Count(text, "\n"))}
	for line := range strings.Lines(text) {
		var fields [5]string
		rest, ended := strings.CutSuffix(line, "\n")
		for i := range fields {
			var ok bool
			if fields[i], rest, ok = strings.Cut(rest, " "); !ok {
				ended = false
			}
		}
		m := mark{path: rest}
		var numbers [4]int64
		for i := range numbers {
			var err error
			if numbers[i], err = strconv.ParseInt(fields[i+1], 10, 64); err != nil {
				ended = false
			}
		}
		if !ended || len(fields[0]) != 1 {
			return nil, fmt.Errorf("%q is no state of a path", line)
		}
		m.kind = markKind(fields[0][0])
		m.id = identity{numbers[0], numbers[1], numbers[2], uint64(numbers[3])}
		s.marks = append(s.marks, m)
	}
	return s, nil
}
