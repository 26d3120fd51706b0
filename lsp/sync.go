package lsp

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"reactorls/engine"
	"reactorls/engine/text"
)

// documents are the files that the client holds, by path.
type documents struct {
	mu   sync.Mutex
	open map[string]document
}

type document struct {
	uri     uri.URI // as the client spells it
	version int32
}

func (d *documents) set(path string, doc document) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.open == nil {
		d.open = map[string]document{}
	}
	d.open[path] = doc
}

func (d *documents) remove(path string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.open, path)
}

func (d *documents) get(path string) (document, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	doc, ok := d.open[path]
	return doc, ok
}

func (d *documents) paths() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	var paths []string
	for p := range d.open {
		paths = append(paths, p)
	}
	return paths
}

// The strings of a message are parts of it, so what is kept is copied.

// DidOpen takes the text of a document.
func (s *server) DidOpen(ctx context.Context, p *protocol.DidOpenTextDocumentParams) error {
	path := pathOf(p.TextDocument.URI)
	s.docs.set(path, document{spellingOf(ctx, p.TextDocument.URI), p.TextDocument.Version})
	s.session.Open(path, strings.Clone(p.TextDocument.Text), p.TextDocument.Version)
	s.publish.afresh()
	return nil
}

// DidChange applies edits in their order. A range outside the text is clamped to
// it: the client and the server may differ by a keystroke, never by the session.
func (s *server) DidChange(_ context.Context, p *protocol.DidChangeTextDocumentParams) error {
	path := pathOf(p.TextDocument.URI)
	doc, ok := s.docs.get(path)
	if !ok {
		return fmt.Errorf("%s changed without being open", p.TextDocument.URI)
	}
	content := s.session.Snapshot().File(path).Text
	for _, change := range p.ContentChanges {
		var err error
		if content, err = s.apply(content, change); err != nil {
			return err
		}
	}
	doc.version = p.TextDocument.Version
	s.docs.set(path, doc)
	s.session.Open(path, content, doc.version)
	s.publish.soon(QuietTime)
	return nil
}

func (s *server) apply(content string, change protocol.TextDocumentContentChangeEvent) (string, error) {
	switch c := change.(type) {
	case *protocol.TextDocumentContentChangeWholeDocument:
		return strings.Clone(c.Text), nil
	case *protocol.TextDocumentContentChangePartial:
		m := text.NewMapper(content)
		start := m.Offset(positionOf(c.Range.Start), s.caps.encoding)
		end := max(start, m.Offset(positionOf(c.Range.End), s.caps.encoding))
		return content[:start] + c.Text + content[end:], nil
	}
	return "", errors.New("unknown kind of change")
}

// DidSave looks at what else changed on disk: saving often runs other tools.
func (s *server) DidSave(context.Context, *protocol.DidSaveTextDocumentParams) error {
	s.publish.afresh()
	return nil
}

// DidClose lets the disk show through again.
func (s *server) DidClose(_ context.Context, p *protocol.DidCloseTextDocumentParams) error {
	path := pathOf(p.TextDocument.URI)
	s.docs.remove(path)
	s.session.Close(path)
	s.publish.soon(0)
	return nil
}

// DidChangeWatchedFiles is told of files that changed outside the editor.
func (s *server) DidChangeWatchedFiles(_ context.Context, p *protocol.DidChangeWatchedFilesParams) error {
	var paths []string
	for _, c := range p.Changes {
		paths = append(paths, pathOf(c.URI))
	}
	s.session.DiskChanged(paths)
	s.publish.soon(QuietTime)
	return nil
}

// roots are where to look for workspaces: the folders that hold a manifest, and
// the files that are open. What lies where cargo keeps what it fetched is not the
// user's to mend, though they may look at it.
func (s *server) roots(snapshot *engine.Snapshot) []string {
	var roots []string
	for _, f := range s.folders.all() {
		if snapshot.File(filepath.Join(f, engine.ManifestName)) != nil {
			roots = append(roots, f)
		}
	}
	for _, path := range s.docs.paths() {
		if s.looksAt(path) {
			roots = append(roots, path)
		}
	}
	return roots
}

// looksAt reports whether a document is one to say something of.
func (s *server) looksAt(path string) bool {
	home := engine.CargoHome()
	if home != "" && strings.HasPrefix(path, home+string(filepath.Separator)) {
		return false
	}
	ext := filepath.Ext(path)
	return ext == ".rs" || ext == ".toml" || filepath.Base(path) == "Cargo.lock"
}
