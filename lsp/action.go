package lsp

import (
	"context"
	"strings"

	"github.com/aymanbagabas/go-udiff"
	"go.lsp.dev/protocol"

	"reactorls/diagnostics"
	"reactorls/engine"
	"reactorls/engine/text"
)

// CodeAction offers the fixes of the diagnostics in a range, made anew for the
// text as it is now, and, when asked for, one action with all certain fixes of
// the file's workspace.
func (s *server) CodeAction(ctx context.Context, p *protocol.CodeActionParams) ([]protocol.CommandOrCodeAction, error) {
	snapshot := s.session.Snapshot()
	path := pathOf(p.TextDocument.URI)
	f := snapshot.File(path)
	if f == nil || !s.caps.codeActionLiterals {
		return nil, nil
	}
	var actions []protocol.CommandOrCodeAction
	if wants(p.Context.Only, protocol.CodeActionKindQuickFix, true) {
		a, err := s.analyse(ctx, snapshot, path)
		if err != nil {
			return nil, ignoreNoManifest(err)
		}
		span := s.spanOf(f, p.Range)
		for _, d := range a.Diagnostics {
			if d.Path == path && d.Span.Overlaps(span) {
				actions = append(actions, s.quickFixes(snapshot, d, p.Context.Diagnostics)...)
			}
		}
	}
	if wants(p.Context.Only, fixAllKind, false) {
		action, err := s.fixAll(ctx, snapshot, path)
		if err != nil {
			return nil, ignoreNoManifest(err)
		}
		if action != nil {
			actions = append(actions, action)
		}
	}
	return actions, nil
}

// wants reports whether a kind is asked for: by itself, by a kind above it, or,
// when nothing is said, by default.
func wants(only []protocol.CodeActionKind, kind protocol.CodeActionKind, byDefault bool) bool {
	for _, o := range only {
		if o == "" || kind == o || strings.HasPrefix(string(kind), string(o)+".") {
			return true
		}
	}
	return len(only) == 0 && byDefault
}

// quickFixes are the actions for the fixes of one diagnostic.
func (s *server) quickFixes(snapshot *engine.Snapshot, d diagnostics.Diagnostic, shown []protocol.Diagnostic) []protocol.CommandOrCodeAction {
	var actions []protocol.CommandOrCodeAction
	for _, fix := range d.Fixes {
		if len(fix.Edits) == 0 {
			continue
		}
		edits := map[string][]text.Edit{}
		for _, e := range fix.Edits {
			edits[e.Path] = append(edits[e.Path], e.Edit)
		}
		kind := protocol.CodeActionKindQuickFix
		action := &protocol.CodeAction{Title: fix.Title, Kind: &kind, Edit: s.workspaceEdit(snapshot, edits)}
		for _, c := range shown {
			if code, ok := c.Code.(protocol.String); ok && string(code) == d.Rule.Code && c.Range == s.rangeOf(snapshot.File(d.Path), d.Span) {
				action.Diagnostics = append(action.Diagnostics, c)
			}
		}
		if fix.Safe && s.caps.isPreferred {
			preferred := true
			action.IsPreferred = &preferred
		}
		actions = append(actions, action)
	}
	return actions
}

// fixAll is one action that makes all certain fixes, nil when there are none.
// They are made on a session of their own, for one fix may uncover the next.
func (s *server) fixAll(ctx context.Context, snapshot *engine.Snapshot, path string) (*protocol.CodeAction, error) {
	changed, err := diagnostics.FixAll(ctx, snapshot.Fork(), path, s.config.Load().options, func(diagnostics.Diagnostic) bool { return true })
	if err != nil || len(changed) == 0 {
		return nil, err
	}
	edits := map[string][]text.Edit{}
	for path, content := range changed {
		// Of lines, for the protocol cannot name a place between CR and LF.
		for _, e := range udiff.Lines(snapshot.File(path).Text, content) {
			edits[path] = append(edits[path], text.Edit{Span: text.Span{Start: e.Start, End: e.End}, New: e.New})
		}
	}
	kind := fixAllKind
	return &protocol.CodeAction{
		Title: "Make all certain fixes of reactorls", Kind: &kind, Edit: s.workspaceEdit(snapshot, edits),
	}, nil
}
