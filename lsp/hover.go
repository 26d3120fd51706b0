package lsp

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"go.lsp.dev/protocol"

	"reactorls/diagnostics"
	"reactorls/engine"
	"reactorls/engine/cargo"
	"reactorls/engine/text"
)

// Hover explains the runtime, the feature or the rule at a place of a manifest.
func (s *server) Hover(ctx context.Context, p *protocol.HoverParams) (*protocol.Hover, error) {
	snapshot := s.session.Snapshot()
	path := pathOf(p.TextDocument.URI)
	f := snapshot.File(path)
	if f == nil {
		return nil, nil
	}
	offset := s.offset(f, p.Position)
	page, span := allowedAt(f, offset)
	if page == "" && filepath.Base(path) == engine.ManifestName {
		a, err := s.analyse(ctx, snapshot, path)
		if err != nil {
			return nil, ignoreNoManifest(err)
		}
		page, span = s.pageAt(a, f, offset)
	}
	if page == "" {
		return nil, nil
	}
	kind := protocol.MarkupKindPlainText
	if s.caps.markdown {
		kind = protocol.MarkupKindMarkdown
	}
	at := s.rangeOf(f, span)
	return &protocol.Hover{Contents: &protocol.MarkupContent{Kind: kind, Value: page}, Range: &at}, nil
}

// ignoreNoManifest makes a file without a package one that nothing is known of.
func ignoreNoManifest(err error) error {
	if errors.Is(err, engine.ErrNoManifest) {
		return nil
	}
	return err
}

// allowedAt is the page of the rule that a comment suppresses, in a manifest or
// in Rust.
func allowedAt(f *engine.File, offset int) (string, text.Span) {
	start, end := text.LineStart(f.Text, offset), text.LineEnd(f.Text, offset)
	if !strings.Contains(f.Text[start:end], "reactorls:") {
		return "", text.Span{}
	}
	word := wordAt(f.Text, offset)
	if r := diagnostics.Find(f.Text[word.Start:word.End]); r != nil {
		return r.Page, word
	}
	return "", text.Span{}
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

// pageAt is what there is to say about a place of a manifest.
func (s *server) pageAt(a analysis, f *engine.File, offset int) (string, text.Span) {
	m := f.Manifest()
	entries := m.Dependencies
	if m.Workspace != nil {
		entries = slices.Concat(entries, m.Workspace.Dependencies)
	}
	for _, d := range entries {
		if d.NameSpan.Contains(offset) {
			return diagnostics.RuntimePage(d.Package), d.NameSpan
		}
		for _, feature := range d.Features {
			if feature.Span.Contains(offset) {
				return s.featurePage(a, f, d, feature.Value), feature.Span
			}
		}
	}
	for _, feature := range m.Features {
		for _, v := range feature.Values {
			if v.Span.Contains(offset) && v.Feature != "" {
				if i := slices.IndexFunc(entries, func(d *cargo.Dependency) bool { return d.Name == v.Dependency }); i >= 0 {
					return s.featurePage(a, f, entries[i], v.Feature), v.Span
				}
			}
		}
	}
	if word, ok := m.Doc.NodeAt(offset).Text(); ok {
		if r := diagnostics.Find(word); r != nil {
			return r.Page, m.Doc.NodeAt(offset).At()
		}
	}
	return "", text.Span{}
}

// featurePage says what a feature gates in the version at hand, and where the
// packages at hand use it.
func (s *server) featurePage(a analysis, f *engine.File, d *cargo.Dependency, feature string) string {
	page := diagnostics.FeaturePage(d.Package, feature)
	var places []string
	for _, p := range a.workspace.Packages {
		for _, u := range a.Uses[p] {
			if u.Crate != d.Package || d.Kind != cargo.Shared && p.File.Path != f.Path {
				continue
			}
			page = diagnostics.FeatureText(u.Know, u.Crate, feature)
			for _, part := range []*engine.Part{&u.Normal, &u.Dev, &u.Build} {
				if part.Find(feature) == nil {
					continue
				}
				for _, n := range u.Everywhere(part) {
					if n.Feature == feature {
						places = append(places, s.placesOf(a.snapshot, n.Places)...)
					}
				}
			}
		}
	}
	if page == "" {
		return ""
	}
	const most = 8
	switch slices.Sort(places); {
	case len(places) == 0:
		page += "\nNo code here surely needs it.\n"
	default:
		page += fmt.Sprintf("\nNeeded here at:\n\n%s", strings.Join(places[:min(most, len(places))], ""))
		if more := len(places) - most; more > 0 {
			page += fmt.Sprintf("- and %d more\n", more)
		}
	}
	return page
}

// placesOf writes places as links.
func (s *server) placesOf(snapshot *engine.Snapshot, places []engine.Place) []string {
	var lines []string
	for _, p := range places {
		f := snapshot.File(p.Path)
		if f == nil {
			continue
		}
		line := s.position(f, p.Span.Start).Line + 1
		name := filepath.Base(filepath.Dir(p.Path)) + "/" + filepath.Base(p.Path)
		if s.caps.markdown {
			lines = append(lines, fmt.Sprintf("- [%s:%d](%s#L%d) `%s`\n", name, line, s.uriOf(p.Path), line, p.Item))
		} else {
			lines = append(lines, fmt.Sprintf("- %s:%d %s\n", name, line, p.Item))
		}
	}
	return lines
}
