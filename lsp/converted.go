package lsp

import (
	"slices"
	"sync"
	"unsafe"

	"go.lsp.dev/protocol"

	"reactorls/diagnostics"
	"reactorls/engine"
)

// conversions keeps what findings were put into: most are the same after a keystroke.
type conversions struct {
	mu   sync.Mutex
	last map[string]conversion // by path
}

type conversion struct {
	found []diagnostics.Diagnostic
	files []*engine.File // that positions were looked up in
	items []protocol.Diagnostic
}

// converted puts the findings of a file into the client's terms.
func (s *server) converted(snapshot *engine.Snapshot, found []diagnostics.Diagnostic) conversion {
	path := found[0].Path
	s.conversions.mu.Lock()
	c, known := s.conversions.last[path]
	s.conversions.mu.Unlock()
	files := consulted(snapshot, found)
	if known && slices.EqualFunc(c.found, found, same) && slices.Equal(c.files, files) {
		return conversion{found, files, c.items}
	}
	c = conversion{found: found, files: files}
	for _, d := range found {
		c.items = append(c.items, s.diagnosticOf(snapshot, d))
	}
	return c
}

// consulted are the files that findings have places in, with nil for one that is not there.
func consulted(snapshot *engine.Snapshot, found []diagnostics.Diagnostic) []*engine.File {
	files := []*engine.File{snapshot.File(found[0].Path)}
	for _, d := range found {
		for _, r := range d.Related {
			files = append(files, snapshot.File(r.Path))
		}
	}
	return files
}

// same reports whether two findings are one, made once.
func same(a, b diagnostics.Diagnostic) bool {
	return a.Rule == b.Rule && a.Severity == b.Severity && a.Path == b.Path && a.Span == b.Span && a.Message == b.Message &&
		a.Unnecessary == b.Unnecessary && a.Deprecated == b.Deprecated &&
		one(a.Notes, b.Notes) && one(a.Help, b.Help) && one(a.Related, b.Related)
}

// one reports whether two lists are one and the same.
func one[T any](a, b []T) bool { return len(a) == len(b) && unsafe.SliceData(a) == unsafe.SliceData(b) }
