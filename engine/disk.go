package engine

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"unicode/utf8"

	"reactorls/engine/cargo"
)

// MaxFileSize is the largest file that is read, in bytes. No source that a
// person wrote comes near.
const MaxFileSize = 16 << 20

// Entry is one name in a directory.
type Entry struct {
	Name string
	Dir  bool
}

// disk keeps what was read from the file system, so that it is read once, and
// an analysis sees each file in one state. It is safe for concurrent use.
type disk struct {
	cargoHome   string // where cargo's caches are, "" for nowhere
	environment *cargo.Config

	mu      sync.Mutex
	files   map[string]diskFile
	lists   map[string][]Entry
	derived map[derivedKey]derived
	// changes counts the files that were found to be others when they were read again.
	changes int
}

// derivedKey names what is made of one file whose text is not kept.
type derivedKey struct{ path, what string }

type derived struct {
	value any // comparable
	stamp stamp
}

type diskFile struct {
	file  *File // nil: there is none, or it is read again when it is asked for
	id    fileID
	stamp stamp
}

// known reports whether the file is at hand, or known not to be there.
func (f diskFile) known() bool { return f.file != nil || !f.id.there }

// stamp tells whether a file is still what was read.
type stamp struct {
	size  int64
	mtime int64 // nanoseconds
}

func newDisk(cargoHome string, environment *cargo.Config) *disk {
	return &disk{cargoHome: cargoHome, environment: environment, files: map[string]diskFile{}, lists: map[string][]Entry{}, derived: map[derivedKey]derived{}}
}

// file reads a file, or gives what was read before; nil when there is none.
func (d *disk) file(path string) *File {
	d.mu.Lock()
	known, ok := d.files[path]
	d.mu.Unlock()
	if ok && known.known() {
		return known.file
	}
	read := readFile(path)
	d.mu.Lock()
	defer d.mu.Unlock()
	known, ok = d.files[path]
	if ok && known.known() { // another reader was faster
		return known.file
	}
	// What was made of another text is found out by whoever asks for it next.
	if ok && known.id != read.id {
		d.changes++
	}
	d.files[path] = read
	return read.file
}

// idOf is what a file holds, whether or not its text is at hand.
func (d *disk) idOf(path string) fileID {
	d.mu.Lock()
	known, ok := d.files[path]
	d.mu.Unlock()
	if !ok {
		return idOf(d.file(path))
	}
	return known.id
}

// changesSeen is how many files were found to be others when they were read again.
func (d *disk) changesSeen() int {
	if d == nil {
		return 0
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.changes
}

// leave lets go of the text of a file and of all that was made of it. It is read again
// when it is asked for.
func (d *disk) leave(path string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	// Files that speak to us are looked at each time.
	if known, ok := d.files[path]; ok && known.file != nil && !known.file.SpeaksToUs() {
		known.file = nil
		d.files[path] = known
	}
}

func readFile(path string) diskFile {
	if !filepath.IsAbs(path) { // an untitled document, or one of another machine
		return diskFile{}
	}
	content, st, err := readText(path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) { // the latter: asked below a file
		return diskFile{}
	}
	f := NewFile(path, content)
	if err != nil {
		f.Problem = err.Error()
	}
	return diskFile{f, f.id(), st}
}

// buffers are what files are read into.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// readText reads a regular file.
func readText(path string) (string, stamp, error) {
	b := buffers.Get().(*[]byte)
	defer buffers.Put(b)
	content, st, err := readInto(b, path)
	return string(content), st, err
}

// readInto reads a regular file into a buffer, which is grown where it is too small. Pipes
// and devices are refused before they are opened, for reading them might never end.
func readInto(buffer *[]byte, path string) ([]byte, stamp, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, stamp{}, reason(err)
	}
	st := stamp{info.Size(), info.ModTime().UnixNano()}
	switch {
	case !info.Mode().IsRegular():
		return nil, st, errors.New("not a regular file")
	case info.Size() > MaxFileSize:
		return nil, st, fmt.Errorf("too large to analyse: %d MB, at most %d", info.Size()>>20, MaxFileSize>>20)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, st, reason(err)
	}
	defer f.Close()
	b := bytes.NewBuffer((*buffer)[:0])
	b.Grow(int(info.Size()) + bytes.MinRead)
	_, err = b.ReadFrom(io.LimitReader(f, MaxFileSize+1))
	content := b.Bytes()
	*buffer = content[:0]
	switch {
	case err != nil:
		return nil, st, reason(err)
	case len(content) > MaxFileSize:
		return nil, st, errors.New("too large to analyse")
	case !utf8.Valid(content):
		return nil, st, errors.New("not valid UTF-8")
	default:
		return content, st, nil
	}
}

// reason is the error without the operation and path in front, which the
// caller's message names anyway.
func reason(err error) error {
	if p := (*fs.PathError)(nil); errors.As(err, &p) {
		return p.Err
	}
	return err
}

// derive gives what compute makes of what a file holds, or made of it before: nothing for a
// file that is not there, or cannot be read. compute must not keep the bytes.
func (d *disk) derive(key derivedKey, compute func([]byte) any) any {
	d.mu.Lock()
	known, ok := d.derived[key]
	d.mu.Unlock()
	if ok {
		return known.value
	}
	var made derived
	var content []byte
	if filepath.IsAbs(key.path) {
		b := buffers.Get().(*[]byte)
		defer buffers.Put(b)
		content, made.stamp, _ = readInto(b, key.path)
	}
	made.value = compute(content)
	d.mu.Lock()
	defer d.mu.Unlock()
	if known, ok := d.derived[key]; ok {
		return known.value
	}
	d.derived[key] = made
	return made.value
}

// list names what a directory holds, sorted; nothing where there is none.
func (d *disk) list(dir string) []Entry {
	d.mu.Lock()
	known, ok := d.lists[dir]
	d.mu.Unlock()
	if ok {
		return known
	}
	var entries []Entry
	if filepath.IsAbs(dir) {
		read, _ := os.ReadDir(dir) // a directory that cannot be read holds nothing for us
		for _, e := range read {
			isDir := e.IsDir()
			if e.Type()&fs.ModeSymlink != 0 {
				info, err := os.Stat(filepath.Join(dir, e.Name()))
				isDir = err == nil && info.IsDir()
			}
			entries = append(entries, Entry{e.Name(), isDir})
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lists[dir] = entries
	return entries
}

// weigh counts the files below a directory: not what is there for good, only about how
// many.
func weigh(dir string, depth int) int {
	const deepest, most = 8, 1000
	entries, err := os.ReadDir(dir)
	if err != nil {
		return 0
	}
	n := 0
	for _, e := range entries {
		switch {
		case n > most:
			return n
		case e.IsDir() && depth < deepest:
			n += weigh(filepath.Join(dir, e.Name()), depth+1)
		case strings.HasSuffix(e.Name(), ".rs"):
			n++
		}
	}
	return n
}

// without is the disk with everything forgotten that concerns the paths, and
// with what did not change kept.
func (d *disk) without(changed func(path string) bool) *disk {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := newDisk(d.cargoHome, d.environment)
	n.changes = d.changes
	for path, f := range d.files {
		if !changed(path) {
			n.files[path] = f
		}
	}
	for dir, l := range d.lists {
		if !changed(dir) {
			n.lists[dir] = l
		}
	}
	for key, v := range d.derived {
		if !changed(key.path) {
			n.derived[key] = v
		}
	}
	return n
}

// stale lists the files and directories that are no longer as they were read.
func (d *disk) stale(wanted func(path string) bool) []string {
	d.mu.Lock()
	files := make(map[string]diskFile, len(d.files))
	for path, f := range d.files {
		if wanted == nil || wanted(path) {
			files[path] = f
		}
	}
	lists := make(map[string][]Entry, len(d.lists))
	if wanted == nil {
		for dir, l := range d.lists {
			lists[dir] = l
		}
	}
	for key, v := range d.derived {
		if wanted != nil && !wanted(key.path) {
			continue
		}
		if _, also := files[key.path]; !also {
			files[key.path] = diskFile{id: fileID{there: v.stamp != (stamp{})}, stamp: v.stamp}
		}
	}
	d.mu.Unlock()
	var stale []string
	for path, f := range files {
		info, err := os.Stat(path)
		if exists := err == nil; exists != f.id.there || exists && (stamp{info.Size(), info.ModTime().UnixNano()}) != f.stamp {
			stale = append(stale, path)
		}
	}
	fresh := newDisk("", nil)
	for dir, l := range lists {
		if !slices.Equal(l, fresh.list(dir)) {
			stale = append(stale, dir)
		}
	}
	return stale
}

// ErrChanged tells that a file is no longer what an edit was made for.
var ErrChanged = errors.New("changed since it was read")

// Replace writes a new text over a file whose text was old. The file is whole at
// every moment: the new text is written beside it and then takes its place. It
// fails with ErrChanged, and changes nothing, when the file holds another text.
// A symbolic link stays one; the mode is kept.
func Replace(path, old, content string) (err error) {
	path, err = filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	temp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.tmp")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(temp.Name())
		}
	}()
	_, err = temp.WriteString(content)
	err = errors.Join(err, temp.Chmod(info.Mode().Perm()), temp.Sync(), temp.Close())
	if err != nil {
		return err
	}
	now, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if string(now) != old {
		return ErrChanged
	}
	return os.Rename(temp.Name(), path)
}

// CargoHome is where cargo keeps what it has fetched, "" when there is no telling.
func CargoHome() string {
	if home := os.Getenv("CARGO_HOME"); home != "" {
		return home
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return filepath.Join(home, ".cargo")
}

// environment are the variables of this process, each NAME=value.
func environment() []string { return os.Environ() }

// Exists reports whether something is at a path, be it a broken link.
func Exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// CacheFiles writes small texts, by name, into a folder of reactorls below the
// user's cache directory, where they differ from what is there, and gives the
// folder.
func CacheFiles(folder string, texts map[string]string) (dir string, err error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir = filepath.Join(cache, "reactorls", folder)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	for name, content := range texts {
		path := filepath.Join(dir, name)
		if old, err := os.ReadFile(path); err == nil && string(old) == content {
			continue
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			return "", err
		}
	}
	return dir, nil
}
