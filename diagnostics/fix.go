package diagnostics

import (
	"context"
	"slices"

	"reactorls/engine"
	"reactorls/engine/text"
)

// maxRounds bounds how often fixes are applied and looked at again. Each round
// leaves less to do; a handful is the most that real manifests take.
const maxRounds = 20

// FixAll applies every safe fix of the diagnostics that wanted accepts, to the
// files as the session holds them, until none is left. The new texts are returned
// by path; nothing is written.
//
// Fixes that touch the same place wait for the next round, where they are made
// anew for the text as it then is.
func FixAll(ctx context.Context, session *engine.Session, dir string, o Options, wanted func(Diagnostic) bool) (map[string]string, error) {
	changed := map[string]string{}
	for range maxRounds {
		s := session.Snapshot()
		w, err := s.Workspace(dir)
		if err != nil {
			return nil, err
		}
		r, err := Run(ctx, s, w, o)
		if err != nil {
			return nil, err
		}
		edits := compatible(slices.DeleteFunc(r.Diagnostics, func(d Diagnostic) bool { return !wanted(d) }))
		if len(edits) == 0 {
			break
		}
		for path, es := range edits {
			f := s.File(path)
			content, err := text.Apply(f.Text, es)
			if err != nil {
				return nil, err
			}
			changed[path] = content
			session.Open(path, content, f.Version)
		}
	}
	return changed, nil
}

// SafeFix is the fix that may be applied without asking; nil when there is none.
func (d Diagnostic) SafeFix() *Fix {
	for i := range d.Fixes {
		if d.Fixes[i].Safe && len(d.Fixes[i].Edits) > 0 {
			return &d.Fixes[i]
		}
	}
	return nil
}

// compatible gathers the edits of safe fixes that can be made together, by file.
// Several diagnostics may share one fix, which counts once.
func compatible(ds []Diagnostic) map[string][]text.Edit {
	taken := map[string][]text.Edit{}
	var fixes [][]FileEdit
	for _, d := range ds {
		fix := d.SafeFix()
		if fix == nil || slices.ContainsFunc(fixes, func(es []FileEdit) bool { return slices.Equal(es, fix.Edits) }) {
			continue
		}
		// Edits that even touch may each be right alone and wrong together.
		meets := slices.ContainsFunc(fix.Edits, func(e FileEdit) bool {
			return slices.ContainsFunc(taken[e.Path], func(t text.Edit) bool { return t.Overlaps(e.Span) })
		})
		if meets {
			continue
		}
		fixes = append(fixes, fix.Edits)
		for _, e := range fix.Edits {
			taken[e.Path] = append(taken[e.Path], e.Edit)
		}
	}
	return taken
}
