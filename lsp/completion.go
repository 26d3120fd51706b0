package lsp

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"go.lsp.dev/protocol"

	"reactorls/engine"
	"reactorls/engine/cargo"
	"reactorls/engine/runtimes"
	"reactorls/engine/text"
	"reactorls/engine/toml"
)

// Completion offers what other servers do not know: the features of runtime crates,
// those that the code needs first, and the names of runtimes. Versions and other
// crates are theirs.
func (s *server) Completion(_ context.Context, p *protocol.CompletionParams) (protocol.CompletionResult, error) {
	snapshot := s.session.Snapshot()
	path := pathOf(p.TextDocument.URI)
	f := snapshot.File(path)
	if f == nil || filepath.Base(path) != engine.ManifestName || !s.config.Load().Completion {
		return nil, nil
	}
	v, err := s.view(snapshot, path)
	if err != nil {
		return nil, ignoreNoManifest(err)
	}
	c := completion{server: s, view: v, file: f, offset: s.offset(f, p.Position)}
	if !c.features() && !c.forwarded() {
		c.names()
	}
	if len(c.items) == 0 {
		return nil, nil
	}
	return protocol.CompletionItemSlice(c.items), nil
}

// completion gathers what fits a place of a manifest.
type completion struct {
	*server
	view
	file   *engine.File
	offset int
	items  []protocol.CompletionItem
}

// typed is what stands at the place, and what a choice replaces: the content of a
// string, or a word without quotes.
type typed struct {
	text.Span
	quoted bool
}

// features completes in the list of a dependency on a runtime crate.
func (c *completion) features() bool {
	for _, d := range entriesIn(c.file.Manifest()) {
		list := d.Node.Get("features")
		at, ok := c.inArray(list)
		if !ok {
			continue
		}
		var listed []string
		for _, f := range d.Features {
			if !f.Span.Contains(c.offset) {
				listed = append(listed, f.Value)
			}
		}
		c.offer(c.entriesOf(c.file, d), d, at, "", listed)
		return true
	}
	return false
}

// forwarded completes dependency/feature in [features].
func (c *completion) forwarded() bool {
	m := c.file.Manifest()
	for _, f := range m.Features {
		at, ok := c.inArray(f.Node)
		if !ok {
			continue
		}
		dep, _, below := strings.Cut(c.file.Text[at.Start:c.offset], "/")
		name := strings.TrimSuffix(dep, "?")
		i := slices.IndexFunc(m.Dependencies, func(d *cargo.Dependency) bool { return d.Name == name })
		if !below || i < 0 {
			return true
		}
		var listed []string
		for _, v := range f.Values {
			if v.Dependency == name && !v.Span.Contains(c.offset) {
				listed = append(listed, v.Feature)
			}
		}
		c.offer(c.entriesOf(c.file, m.Dependencies[i]), m.Dependencies[i], at, dep+"/", listed)
		return true
	}
	return false
}

// inArray is what is typed in an array of strings, in any state; false outside of it
// and in its comments.
func (c *completion) inArray(n *toml.Node) (typed, bool) {
	if n == nil || n.Kind != toml.Array || n.Value == nil {
		return typed{}, false
	}
	v, src := n.Value, c.file.Text
	end := v.End
	if v.Closed {
		end--
	} else {
		end += len(src[end:]) - len(strings.TrimLeft(src[end:], " \t\r\n"))
	}
	if c.offset <= v.Start || c.offset > end {
		return typed{}, false
	}
	gap := v.Start + 1 // behind the last element before the place
	for _, e := range v.Elems {
		quote := src[e.Start]
		if e.Contains(c.offset) && e.Start < c.offset && (quote == '"' || quote == '\'') {
			content := text.Span{Start: e.Start + 1, End: e.End}
			if e.Closed && e.End > content.Start {
				content.End--
			}
			return typed{content, true}, content.Contains(c.offset)
		}
		if e.End <= c.offset {
			gap = e.End
		}
	}
	if line := max(gap, text.LineStart(src, c.offset)); strings.Contains(src[line:c.offset], "#") {
		return typed{}, false
	}
	return typed{Span: c.word()}, true
}

// word is the bare key that holds the place, or ends there.
func (c *completion) word() text.Span {
	other := func(r rune) bool { return !isNameRune(r) }
	start := strings.LastIndexFunc(c.file.Text[:c.offset], other) + 1
	length := strings.IndexFunc(c.file.Text[c.offset:], other)
	if length < 0 {
		length = len(c.file.Text) - c.offset
	}
	return text.Span{Start: start, End: c.offset + length}
}

func isNameRune(r rune) bool {
	return r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}

// offer adds the features of a runtime crate that are not listed: those that the
// code needs, then the others, then those that what is listed turns on anyway.
func (c *completion) offer(entries []owned, d *cargo.Dependency, at typed, prefix string, listed []string) {
	crate := runtimes.Lookup(d.Package)
	if crate == nil {
		return
	}
	know := crate.At("")
	if len(entries) > 0 && entries[0].use != nil {
		know = entries[0].use.Know
	}
	on := know.Closure(listed...)
	for _, f := range know.Features() {
		if f == "default" || strings.HasPrefix(f, "_") || implicit(know, f) || slices.Contains(listed, f) {
			continue
		}
		rank, detail := "1", ""
		switch places := placesOf(entries, f); {
		case slices.Contains(on, f):
			rank, detail = "2", "on already, by what is listed"
		case len(places) > 0:
			rank, detail = "0", fmt.Sprintf("used by this package in %d %s", len(places), plural(len(places), "place"))
		}
		doc := page{markdown: c.caps.completionMarkdown}
		aboutFeature(&doc, know, d.Package, f)
		c.add(prefix+f, rank, detail, doc.String(), at)
	}
}

// names completes the keys of a dependency table with runtimes that are kept.
func (c *completion) names() {
	start, end := text.LineStart(c.file.Text, c.offset), text.LineEnd(c.file.Text, c.offset)
	word := c.word()
	if strings.TrimSpace(c.file.Text[start:word.Start]) != "" || strings.TrimSpace(c.file.Text[word.End:end]) != "" {
		return // not alone in its line: it has its value already, or is one
	}
	m := c.file.Manifest()
	var section *toml.Section
	for _, sec := range m.Doc.Sections {
		if sec.Header.End <= c.offset {
			section = sec
		}
	}
	if section == nil || section.Array || !isDependencyTable(section.Keys) {
		return
	}
	for _, e := range section.Entries { // the place is no line of a longer value
		if e.Value != nil && e.Value.Kind != toml.Invalid && e.Value.Start < c.offset && c.offset < e.Value.End {
			return
		}
	}
	offered := map[string]bool{}
	for _, d := range entriesIn(m) {
		if !d.NameSpan.Contains(c.offset) {
			offered[d.Package] = true
		}
	}
	for _, card := range runtimes.Cards() {
		if _, is := card.Status(); is || offered[card.Crate] {
			continue
		}
		offered[card.Crate] = true
		known := card.Known()
		doc := page{markdown: c.caps.completionMarkdown}
		doc.write("%s.\n\n- scheduler: %s\n- reactor: %s\n- blocking work: %s\n", strings.TrimSuffix(known.About, "."), card.Scheduler.Is, card.Reactor.Is, card.Blocking.Is)
		c.add(card.Crate, "1", known.Kind, doc.String(), typed{Span: word, quoted: true})
	}
}

// isDependencyTable reports whether a header's keys name a table of dependencies.
func isDependencyTable(keys []toml.Key) bool {
	if len(keys) == 0 {
		return false
	}
	last := keys[len(keys)-1].Name
	switch {
	case len(keys) == 1, len(keys) == 3 && keys[0].Name == "target":
		return last == "dependencies" || last == "dev-dependencies" || last == "build-dependencies"
	}
	return len(keys) == 2 && keys[0].Name == "workspace" && last == "dependencies"
}

// add makes an item that replaces what is typed; with quotes where those are missing.
func (c *completion) add(label, rank, detail, doc string, at typed) {
	content := label
	if !at.quoted {
		content = toml.Quote(label)
	}
	item := protocol.CompletionItem{
		Label: label, Kind: protocol.CompletionItemKindProperty,
		SortText: protocol.NewOptional(rank + label), FilterText: protocol.NewOptional(label),
	}
	if detail != "" {
		item.Detail = protocol.NewOptional(detail)
	}
	kind := protocol.MarkupKindPlainText
	if c.caps.completionMarkdown {
		kind = protocol.MarkupKindMarkdown
	}
	item.Documentation = &protocol.MarkupContent{Kind: kind, Value: doc}
	whole := c.rangeOf(c.file, at.Span)
	if c.caps.insertReplace {
		item.TextEdit = &protocol.InsertReplaceEdit{
			NewText: content, Replace: whole, Insert: protocol.Range{Start: whole.Start, End: c.position(c.file, c.offset)},
		}
	} else {
		item.TextEdit = &protocol.TextEdit{NewText: content, Range: whole}
	}
	c.items = append(c.items, item)
}
