package lsp

import (
	"context"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

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
	quick, rewrites := wants(p.Context.Only, protocol.CodeActionKindQuickFix, true), wants(p.Context.Only, rewriteKind, false)
	if quick || rewrites {
		a, err := s.analyse(ctx, snapshot, path)
		if err != nil {
			return nil, ignoreNoManifest(err)
		}
		span := s.spanOf(f, p.Range)
		var near []diagnostics.Diagnostic
		for _, d := range a.Diagnostics {
			if d.Path != path || !d.Span.Overlaps(span) {
				continue
			}
			near = append(near, d)
			if quick {
				actions = append(actions, s.quickFixes(snapshot, d, p.Context.Diagnostics)...)
			}
		}
		if rewrites {
			more, err := s.refactors(ctx, snapshot, f, span, near)
			if err != nil {
				return nil, err
			}
			actions = append(actions, more...)
		}
	}
	if wants(p.Context.Only, fixAllKind, false) {
		action, err := s.fixFile(ctx, snapshot, path)
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
		action := s.fixAction(snapshot, fix, protocol.CodeActionKindQuickFix)
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

// fixAction is the action that makes one fix. What changes several files and is not
// certain is confirmed, where the client can.
func (s *server) fixAction(snapshot *engine.Snapshot, fix diagnostics.Fix, kind protocol.CodeActionKind) *protocol.CodeAction {
	edits := map[string][]text.Edit{}
	for _, e := range fix.Edits {
		edits[e.Path] = append(edits[e.Path], e.Edit)
	}
	var r *risk
	if !fix.Safe && len(edits) > 1 {
		r = &risk{fix.Title, strings.Join(fix.Remains, "\n")}
	}
	return &protocol.CodeAction{Title: fix.Title, Kind: &kind, Edit: s.workspaceEdit(snapshot, edits, r)}
}

// fixFile is one action that makes all certain fixes of what is shown in a file, nil
// when there are none. Its edits come with it, or when it is chosen.
func (s *server) fixFile(ctx context.Context, snapshot *engine.Snapshot, path string) (*protocol.CodeAction, error) {
	if !s.caps.resolveEdit {
		return s.fixAll(ctx, snapshot, path, func(d diagnostics.Diagnostic) bool { return d.Path == path })
	}
	a, err := s.analyse(ctx, snapshot, path)
	if err != nil {
		return nil, err
	}
	certain := func(d diagnostics.Diagnostic) bool { return d.Path == path && d.SafeFix() != nil }
	if !slices.ContainsFunc(a.Diagnostics, certain) {
		return nil, nil
	}
	data, err := protocol.Marshal(s.uriOf(path))
	if err != nil {
		return nil, err
	}
	kind := fixAllKind
	return &protocol.CodeAction{Title: fixAllTitle, Kind: &kind, Data: data}, nil
}

// CodeActionResolve makes the edit of an action that was offered without, for the text
// as it is now.
func (s *server) CodeActionResolve(ctx context.Context, action *protocol.CodeAction) (*protocol.CodeAction, error) {
	var u uri.URI
	if action.Kind == nil || *action.Kind != fixAllKind || protocol.Unmarshal(action.Data, &u) != nil {
		return action, nil
	}
	path := pathOf(u)
	made, err := s.fixAll(ctx, s.session.Snapshot(), path, func(d diagnostics.Diagnostic) bool { return d.Path == path })
	if err != nil || made == nil {
		return action, ignoreNoManifest(err)
	}
	action.Edit = made.Edit
	return action, nil
}

const fixAllTitle = "Make all certain fixes of reactorls"

// fixAll is one action that makes the certain fixes that are wanted of a file's
// workspace, nil when there are none. They are made on a session of their own, for one fix may uncover the next.
func (s *server) fixAll(ctx context.Context, snapshot *engine.Snapshot, path string, wanted func(diagnostics.Diagnostic) bool) (*protocol.CodeAction, error) {
	changed, err := diagnostics.FixAll(ctx, snapshot.Fork(), path, s.config.Load().options, wanted)
	if err != nil || len(changed) == 0 {
		return nil, err
	}
	return s.rewrite(snapshot, fixAllTitle, fixAllKind, changed), nil
}

// rewrite is an action that gives files other texts.
func (s *server) rewrite(snapshot *engine.Snapshot, title string, kind protocol.CodeActionKind, changed map[string]string) *protocol.CodeAction {
	edits := map[string][]text.Edit{}
	for path, content := range changed {
		// Of lines, for the protocol cannot name a place between CR and LF.
		for _, e := range udiff.Lines(snapshot.File(path).Text, content) {
			edits[path] = append(edits[path], text.Edit{Span: text.Span{Start: e.Start, End: e.End}, New: e.New})
		}
	}
	return &protocol.CodeAction{Title: title, Kind: &kind, Edit: s.workspaceEdit(snapshot, edits, nil)}
}
