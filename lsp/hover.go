package lsp

import (
	"context"
	"errors"
	"path/filepath"
	"strings"

	"go.lsp.dev/protocol"

	"reactorls/diagnostics"
	"reactorls/engine"
	"reactorls/engine/text"
)

// Hover explains the runtime, the feature, the dependency or the rule at a place of a
// manifest, and in Rust what a runtime's item does and who does the same elsewhere.
func (s *server) Hover(_ context.Context, p *protocol.HoverParams) (*protocol.Hover, error) {
	snapshot := s.session.Snapshot()
	path := pathOf(p.TextDocument.URI)
	f := snapshot.File(path)
	if f == nil {
		return nil, nil
	}
	offset := s.offset(f, p.Position)
	out := page{markdown: s.caps.markdown}
	span := allowedAt(&out, f, offset)
	if out.b.Len() == 0 {
		v, err := s.view(snapshot, path)
		if err != nil {
			return nil, ignoreNoManifest(err)
		}
		if filepath.Base(path) == engine.ManifestName {
			span = s.manifestAt(&out, v, f, offset)
		} else {
			span = s.codeAt(&out, v, f, offset)
		}
	}
	if out.b.Len() == 0 {
		return nil, nil
	}
	kind := protocol.MarkupKindPlainText
	if s.caps.markdown {
		kind = protocol.MarkupKindMarkdown
	}
	at := s.rangeOf(f, span)
	return &protocol.Hover{Contents: &protocol.MarkupContent{Kind: kind, Value: out.String()}, Range: &at}, nil
}

// ignoreNoManifest makes a file without a package one that nothing is known of.
func ignoreNoManifest(err error) error {
	if errors.Is(err, engine.ErrNoManifest) {
		return nil
	}
	return err
}

// allowedAt writes the page of the rule that a comment suppresses, in a manifest or
// in Rust.
func allowedAt(out *page, f *engine.File, offset int) text.Span {
	start, end := text.LineStart(f.Text, offset), text.LineEnd(f.Text, offset)
	if !strings.Contains(f.Text[start:end], "reactorls:") {
		return text.Span{}
	}
	word := wordAt(f.Text, offset)
	if r := diagnostics.Find(f.Text[word.Start:word.End]); r != nil {
		out.write("%s", r.Page)
	}
	return word
}

// wordAt is the run of letters and hyphens that holds offset, or ends there.
func wordAt(content string, offset int) text.Span {
	other := func(r rune) bool { return r != '-' && (r < 'a' || r > 'z') }
	start := strings.LastIndexFunc(content[:offset], other) + 1
	length := strings.IndexFunc(content[offset:], other)
	if length < 0 {
		length = len(content) - offset
	}
	return text.Span{Start: start, End: offset + length}
}
