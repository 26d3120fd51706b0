package lsp

import (
	"reactorls/diagnostics"
	"reactorls/engine"
)

// view is one workspace in one snapshot, for requests that need no findings.
type view struct {
	snapshot  *engine.Snapshot
	workspace *engine.Workspace
	options   diagnostics.Options
}

// view finds the workspace that a file belongs to.
func (s *server) view(snapshot *engine.Snapshot, path string) (view, error) {
	w, err := snapshot.Workspace(path)
	return view{snapshot, w, s.options}, err
}

// useOf is a package's dependency on a runtime crate by its name in code; nil when
// nothing is known of the crate's items.
func (v view) useOf(p *engine.Package, name string) *engine.Use {
	for _, u := range v.snapshot.Uses(p, v.options.Selection) {
		if u.Import() == name {
			return u
		}
	}
	return nil
}
