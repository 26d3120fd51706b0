package engine

import (
	"hash/maphash"
	"path/filepath"
	"strings"
	"sync"

	"reactorls/engine/cargo"
	"reactorls/engine/rust"
	"reactorls/engine/text"
)

// File is the text of one file at one moment. It never changes; what is known
// of it is computed at most once.
type File struct {
	// Path is absolute and clean, or the URI of a document that is no file.
	Path string
	Text string
	// Problem says why the text could not be used: unreadable, too large, not
	// UTF-8. Text is empty then.
	Problem string
	// Open tells that an editor holds the file, at Version.
	Open    bool
	Version int32

	id       func() fileID
	mapper   func() *text.Mapper
	speaks   func() bool
	source   func() *rust.Source
	examples func() []*rust.Source // of a page of documentation
	manifest func() *cargo.Manifest
	lock     func() (*cargo.Lock, error)
}

// NewFile makes a File of a text that no editor holds.
func NewFile(path, content string) *File {
	f := &File{Path: path, Text: content}
	f.id = sync.OnceValue(func() fileID {
		var h maphash.Hash
		h.SetSeed(idSeed)
		h.WriteString(f.Text)
		h.WriteByte(0) // is in no text
		h.WriteString(f.Problem)
		return fileID{h.Sum64(), true}
	})
	f.speaks = sync.OnceValue(func() bool { return strings.Contains(f.Text, "reactorls:") })
	f.mapper = sync.OnceValue(func() *text.Mapper { return text.NewMapper(f.Text) })
	f.manifest = sync.OnceValue(func() *cargo.Manifest { return cargo.ParseManifest(f.Text) })
	f.lock = sync.OnceValues(func() (*cargo.Lock, error) { return cargo.ParseLock(f.Text) })
	f.examples = sync.OnceValue(func() []*rust.Source { return rust.ParseDoctests(f.Text) })
	f.source = sync.OnceValue(func() *rust.Source { return rust.Parse(f.Text) })
	return f
}

// fileID tells what a file holds, after its text is gone from memory, too.
type fileID struct {
	hash  uint64
	there bool
}

var idSeed = maphash.MakeSeed()

// idOf is that of a file; f is nil where there is none.
func idOf(f *File) fileID {
	if f == nil {
		return fileID{}
	}
	return f.id()
}

// Mapper converts between offsets and positions of the text.
func (f *File) Mapper() *text.Mapper { return f.mapper() }

// SpeaksToUs reports whether somewhere in the text, in a comment or not, our name stands
// with a colon.
func (f *File) SpeaksToUs() bool { return f.speaks() }

// Source is the text read as Rust.
func (f *File) Source() *rust.Source { return f.source() }

// Manifest is the text read as a Cargo.toml.
func (f *File) Manifest() *cargo.Manifest { return f.manifest() }

// Lock is the text read as a Cargo.lock.
func (f *File) Lock() (*cargo.Lock, error) { return f.lock() }

// InComment reports whether what starts at an offset is a comment, when it looks
// like one: it does in strings, too.
func (f *File) InComment(offset int) bool {
	if strings.HasSuffix(f.Path, ".rs") {
		return rust.BetweenTokens(f.Text, offset)
	}
	_, isString := f.Manifest().Doc.NodeAt(offset).Text()
	return !isString
}

// Dir is the directory that holds the file.
func (f *File) Dir() string { return filepath.Dir(f.Path) }

// as gives the file another state in the editor, sharing all that is known.
func (f *File) as(open bool, version int32) *File {
	g := *f
	g.Open, g.Version = open, version
	return &g
}
