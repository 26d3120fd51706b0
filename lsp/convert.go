package lsp

import (
	"context"
	"encoding/json"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"reactorls/diagnostics"
	"reactorls/engine"
	"reactorls/engine/text"
)

// pathOf is the path of a file's URI, and the URI itself of anything else: such a
// document is analysed alone and never looked for on disk.
func pathOf(u uri.URI) string {
	if strings.HasPrefix(string(u), "file:") {
		return filepath.Clean(u.FsPath())
	}
	return strings.Clone(string(u))
}

// spelling is the key of the URI of a message as the client wrote it.
type spelling struct{}

// spelled keeps the URI of a document that opens as it was written: decoding it
// turns it into a canonical form, which some clients do not take for the same.
func spelled(next jsonrpc2.Handler) jsonrpc2.Handler {
	return func(ctx context.Context, req *jsonrpc2.Request) (any, error) {
		if req.Method() == "textDocument/didOpen" {
			var p struct {
				TextDocument struct{ URI string }
			}
			if json.Unmarshal(req.Params(), &p) == nil {
				ctx = context.WithValue(ctx, spelling{}, p.TextDocument.URI)
			}
		}
		return next(ctx, req)
	}
}

// spellingOf is the URI as the client wrote it, where that is known.
func spellingOf(ctx context.Context, u uri.URI) uri.URI {
	if written, ok := ctx.Value(spelling{}).(string); ok {
		return uri.URI(written)
	}
	return uri.URI(strings.Clone(string(u)))
}

// uriOf names a path to the client, in the client's own spelling where it has
// used one.
func (s *server) uriOf(path string) uri.URI {
	if d, ok := s.docs.get(path); ok {
		return d.uri
	}
	if !filepath.IsAbs(path) {
		return uri.URI(path)
	}
	return uri.File(path)
}

func (s *server) position(f *engine.File, offset int) protocol.Position {
	p := f.Mapper().Position(offset, s.caps.encoding)
	return protocol.Position{Line: uint32(p.Line), Character: uint32(p.Column)}
}

func (s *server) rangeOf(f *engine.File, span text.Span) protocol.Range {
	return protocol.Range{Start: s.position(f, span.Start), End: s.position(f, span.End)}
}

// offset converts a position of the client; what lies outside is clamped.
func (s *server) offset(f *engine.File, p protocol.Position) int {
	return f.Mapper().Offset(positionOf(p), s.caps.encoding)
}

// positionOf keeps lines and columns that no text has from wrapping round.
func positionOf(p protocol.Position) text.Position {
	const largest = 1 << 30
	return text.Position{Line: int(min(p.Line, largest)), Column: int(min(p.Character, largest))}
}

func (s *server) spanOf(f *engine.File, r protocol.Range) text.Span {
	start, end := s.offset(f, r.Start), s.offset(f, r.End)
	return text.Span{Start: min(start, end), End: max(start, end)}
}

var severities = map[diagnostics.Severity]protocol.DiagnosticSeverity{
	diagnostics.Error:       protocol.DiagnosticSeverityError,
	diagnostics.Warning:     protocol.DiagnosticSeverityWarning,
	diagnostics.Information: protocol.DiagnosticSeverityInformation,
	diagnostics.Hint:        protocol.DiagnosticSeverityHint,
}

// diagnosticOf puts a finding into the client's terms.
func (s *server) diagnosticOf(snapshot *engine.Snapshot, d diagnostics.Diagnostic) protocol.Diagnostic {
	message := d.Message
	for _, n := range d.Notes {
		message += "\nnote: " + n
	}
	for _, h := range d.Help {
		message += "\nhelp: " + h
	}
	out := protocol.Diagnostic{
		Range:    s.rangeOf(snapshot.File(d.Path), d.Span),
		Severity: severities[d.Severity],
		Code:     protocol.String(d.Rule.Code),
		Source:   protocol.NewOptional("reactorls"),
		Message:  protocol.String(message),
	}
	if page, ok := s.pages.uri(d.Rule.Code); ok && s.caps.codeDescription {
		out.CodeDescription = protocol.CodeDescription{Href: page}
	}
	out.Tags = protocol.NewDiagnosticTags(s.tagsOf(d)...)
	if !s.caps.relatedInformation {
		return out
	}
	for _, r := range d.Related {
		if f := snapshot.File(r.Path); f != nil {
			out.RelatedInformation = append(out.RelatedInformation, protocol.DiagnosticRelatedInformation{
				Location: protocol.Location{URI: s.uriOf(r.Path), Range: s.rangeOf(f, r.Span)},
				Message:  r.Message,
			})
		}
	}
	return out
}

// tagsOf are the tags of a finding that the client knows.
func (s *server) tagsOf(d diagnostics.Diagnostic) []protocol.DiagnosticTag {
	var tags []protocol.DiagnosticTag
	for _, t := range s.caps.tags {
		if t == protocol.DiagnosticTagUnnecessary && d.Unnecessary || t == protocol.DiagnosticTagDeprecated && d.Deprecated {
			tags = append(tags, t)
		}
	}
	return tags
}

// risk is what somebody is to know before an edit is made.
type risk struct{ title, remains string }

// riskID names the annotation of edits that are to be confirmed.
const riskID protocol.ChangeAnnotationIdentifier = "risk"

// workspaceEdit puts edits, by path, into the form that the client takes. With
// versions the client refuses what was made for another text. Where there is a risk,
// the client has it confirmed, if it can.
func (s *server) workspaceEdit(snapshot *engine.Snapshot, edits map[string][]text.Edit, r *risk) *protocol.WorkspaceEdit {
	w := &protocol.WorkspaceEdit{}
	if !s.caps.annotations {
		r = nil
	}
	for _, path := range slices.Sorted(maps.Keys(edits)) {
		f, es := snapshot.File(path), edits[path]
		text.Sort(es)
		if !s.caps.documentChanges {
			if w.Changes == nil {
				w.Changes = map[uri.URI][]protocol.TextEdit{}
			}
			for _, e := range es {
				w.Changes[s.uriOf(path)] = append(w.Changes[s.uriOf(path)], protocol.TextEdit{Range: s.rangeOf(f, e.Span), NewText: e.New})
			}
			continue
		}
		doc := &protocol.TextDocumentEdit{}
		doc.TextDocument.URI = s.uriOf(path)
		if f.Open {
			doc.TextDocument.Version = &f.Version
		}
		for _, e := range es {
			edit := protocol.TextEdit{Range: s.rangeOf(f, e.Span), NewText: e.New}
			if r == nil {
				doc.Edits = append(doc.Edits, &edit)
			} else {
				doc.Edits = append(doc.Edits, &protocol.AnnotatedTextEdit{TextEdit: edit, AnnotationID: riskID})
			}
		}
		w.DocumentChanges = append(w.DocumentChanges, doc)
	}
	if r != nil {
		confirm := true
		annotation := protocol.ChangeAnnotation{Label: r.title, NeedsConfirmation: &confirm}
		if r.remains != "" {
			annotation.Description = &r.remains
		}
		w.ChangeAnnotations = map[protocol.ChangeAnnotationIdentifier]protocol.ChangeAnnotation{riskID: annotation}
	}
	return w
}
