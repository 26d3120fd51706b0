package lsp

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"reactorls/engine"
	"reactorls/engine/runtimes"
	"reactorls/engine/rust"
	"reactorls/engine/text"
)

// note is a short statement about a place of a file, which a lens or an inlay hint
// shows.
type note struct {
	span text.Span
	text string
}

// CodeLens shows what is to be known of each runtime dependency, and of each entry
// point, above its line.
func (s *server) CodeLens(_ context.Context, p *protocol.CodeLensParams) ([]protocol.CodeLens, error) {
	f, notes, err := s.notes(p.TextDocument.URI, s.config.Load().CodeLens)
	var lenses []protocol.CodeLens
	for _, n := range notes {
		lenses = append(lenses, protocol.CodeLens{Range: s.rangeOf(f, n.span), Command: protocol.Command{Title: n.text}})
	}
	return lenses, err
}

// InlayHint shows the same behind the dependency's line and the attribute.
func (s *server) InlayHint(_ context.Context, p *protocol.InlayHintParams) ([]protocol.InlayHint, error) {
	f, notes, err := s.notes(p.TextDocument.URI, s.config.Load().InlayHints)
	var hints []protocol.InlayHint
	for _, n := range notes {
		end := text.LineEnd(f.Text, n.span.End)
		if within := s.spanOf(f, p.Range); end < within.Start || end > within.End {
			continue
		}
		left := true
		hints = append(hints, protocol.InlayHint{Position: s.position(f, end), Label: protocol.String(n.text), PaddingLeft: &left})
	}
	return hints, err
}

// notes are the statements about a file; none where they are not wanted.
func (s *server) notes(u uri.URI, wanted bool) (*engine.File, []note, error) {
	snapshot := s.session.Snapshot()
	path := pathOf(u)
	f := snapshot.File(path)
	if f == nil || !wanted {
		return f, nil, nil
	}
	v, err := s.view(snapshot, path)
	if err != nil {
		return f, nil, ignoreNoManifest(err)
	}
	if filepath.Base(path) == engine.ManifestName {
		return f, v.dependencyNotes(f), nil
	}
	return f, v.entryNotes(f), nil
}

// dependencyNotes tell of each runtime dependency how much of it is used, and how
// many reactors the package's graph has.
func (v view) dependencyNotes(f *engine.File) []note {
	var notes []note
	for _, d := range entriesIn(f.Manifest()) {
		cards := runtimes.CardsOf(d.Package)
		if len(cards) == 0 || cards[0].Drives == "" && runtimes.Lookup(d.Package) == nil {
			continue // no runtime, or one of which there is nothing to count
		}
		var parts []string
		entries := v.entriesOf(f, d)
		if len(entries) == 1 {
			parts = append(parts, tallyText(entries[0]), v.reactorsText(entries[0].pkg))
		} else if len(entries) > 1 {
			parts = append(parts, fmt.Sprintf("inherited by %d packages", len(entries)))
		}
		parts = slices.DeleteFunc(parts, func(p string) bool { return p == "" })
		if len(parts) > 0 {
			notes = append(notes, note{d.NameSpan, strings.Join(parts, " · ")})
		}
	}
	return notes
}

// reactorsText counts the reactors that run in a package's program, as far as the
// graph is known exactly.
func (v view) reactorsText(p *engine.Package) string {
	g := v.snapshot.Graph(v.workspace)
	if !g.Complete() {
		return ""
	}
	tree := g.Survey(v.options.Selection, v.options.Platform).Normal.Tree
	root := memberNode(g, tree, p)
	if root < 0 {
		return ""
	}
	var roots []string
	for _, d := range engine.Drivers(tree, tree.Reach(root).Nodes) {
		if !slices.Contains(roots, d.Reactor.Root()) {
			roots = append(roots, d.Reactor.Root())
		}
	}
	if len(roots) == 0 {
		return ""
	}
	return fmt.Sprintf("%d %s in the graph", len(roots), plural(len(roots), "reactor"))
}

// entryNotes tell of each attribute that starts a runtime which one it starts.
func (v view) entryNotes(f *engine.File) []note {
	pkg := v.workspace.PackageOf(f.Path)
	if pkg == nil {
		return nil
	}
	var notes []note
	for _, m := range v.snapshot.MentionsIn(pkg, v.options.Selection, f.Path) {
		if m.Kind != rust.AttrRef {
			continue
		}
		if u := v.useOf(pkg, m.Import); u != nil && u.Know.Vague() {
			continue
		}
		e := entryOf(m)
		if text := startedText(e); text != "" && e.Entry.Role == "main" {
			notes = append(notes, note{m.Place.Span, text})
		}
	}
	return notes
}
