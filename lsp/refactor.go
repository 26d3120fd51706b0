package lsp

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"

	"go.lsp.dev/protocol"

	"reactorls/diagnostics"
	"reactorls/engine"
	"reactorls/engine/cargo"
	"reactorls/engine/runtimes"
	"reactorls/engine/text"
)

// rewriteKind is the kind of actions that change how something is done, whether anything
// is wrong with it or not.
const rewriteKind = protocol.CodeActionKindRefactorRewrite

// refactors are the actions at a place that somebody asks for who looks for more than
// fixes: the features of a dependency as its rules would have them, be they switched off
// or not, and every choice of a fix: another runtime, a bridge, another flavor.
func (s *server) refactors(ctx context.Context, snapshot *engine.Snapshot, f *engine.File, span text.Span, near []diagnostics.Diagnostic) ([]protocol.CommandOrCodeAction, error) {
	var actions []protocol.CommandOrCodeAction
	for _, d := range near {
		for _, fix := range d.Fixes {
			if !fix.Safe && len(fix.Edits) > 0 {
				actions = append(actions, s.fixAction(snapshot, fix, rewriteKind))
			}
		}
	}
	if filepath.Base(f.Path) != engine.ManifestName {
		return actions, nil
	}
	for _, entry := range entriesIn(f.Manifest()) {
		if !extent(entry).Overlaps(span) || runtimes.Lookup(entry.Package) == nil {
			continue
		}
		smallest, err := s.smallestFeatures(ctx, snapshot, f.Path, entry.Name)
		if err != nil {
			return nil, err
		}
		if smallest != nil {
			actions = append(actions, smallest)
		}
	}
	return actions, nil
}

// extent is where an entry stands, from its name to the last of what it asks.
func extent(d *cargo.Dependency) text.Span {
	at := d.NameSpan
	at.End = max(at.End, d.Version.Span.End)
	for _, f := range d.Features {
		at.End = max(at.End, f.Span.End)
	}
	return at
}

// featureRules say which features a dependency should ask.
var featureRules = map[string]bool{
	"unused-feature": true, "dev-only-feature": true, "missing-feature": true, "entrypoint-feature": true, "bloated-feature": true,
}

// smallestFeatures makes a dependency of a manifest ask what is used, and no more; nil
// where it does, or that is not certain.
func (s *server) smallestFeatures(ctx context.Context, snapshot *engine.Snapshot, path, name string) (*protocol.CodeAction, error) {
	session := snapshot.Fork()
	options := s.config.Load().options
	options.Levels = maps.Clone(options.Levels)
	for code := range featureRules {
		delete(options.Levels, code)
	}
	changed, err := diagnostics.FixAll(ctx, session, path, options, func(d diagnostics.Diagnostic) bool {
		if d.Path != path || !featureRules[d.Rule.Code] {
			return false
		}
		entry := dependencyAt(session.Snapshot().File(path).Manifest(), d.Span.Start).entry
		return entry != nil && entry.Name == name
	})
	if err != nil || len(changed) == 0 {
		return nil, err
	}
	return s.rewrite(snapshot, fmt.Sprintf("Use the smallest features of `%s`", name), rewriteKind, changed), nil
}
