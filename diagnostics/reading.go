package diagnostics

import (
	"fmt"
	"slices"
	"sync"

	"reactorls/engine"
)

// reading is what the packages of a workspace were last read as. Where only a few files were
// typed in since, only the packages that look at them are read again: what a keystroke costs
// does not grow with the workspace.
type reading struct {
	mu        sync.Mutex
	workspace *engine.Workspace
	typing    engine.Typing
	id        uint64 // of the snapshot
	packages  []*readPackage
	// readers are, for a file that is typed in, the places of the packages that look at it then.
	// Others that come to look at it later do so since another file was typed in, for which
	// they are read again in any case.
	readers map[string][]int
}

// lastReading is that under the same options and with the same graph.
func (s *state) lastReading() *reading {
	type kept struct{ selection, on string }
	key := kept{fmt.Sprint(s.options.Selection), s.graph().Platform(s.options.Platform).Triple}
	return engine.WorkedOut(s.graph().Worked, key, func() *reading { return &reading{} })
}

// resume gives what is known still, and the places of the packages to be read.
func (r *reading) resume(s *state, typing engine.Typing) (packages []*readPackage, todo []int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.workspace != s.workspace || r.typing != typing || r.id > s.snapshot.ID() {
		for i := range s.workspace.Packages {
			todo = append(todo, i)
		}
		return make([]*readPackage, len(todo)), todo
	}
	for _, path := range s.snapshot.Typed() {
		readers, known := r.readers[path]
		if !known {
			for i, p := range s.workspace.Packages {
				if s.snapshot.Reads(p, s.options.Selection, path) {
					readers = append(readers, i)
				}
			}
			r.readers[path] = readers
		}
		todo = append(todo, readers...)
	}
	slices.Sort(todo)
	return slices.Clone(r.packages), slices.Compact(todo)
}

// keep notes what was read; typing is that of before it was.
func (r *reading) keep(s *state, typing engine.Typing, packages []*readPackage) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.id > s.snapshot.ID() {
		return
	}
	if r.workspace != s.workspace || r.typing != typing {
		r.readers = map[string][]int{}
	}
	r.workspace, r.typing, r.id, r.packages = s.workspace, typing, s.snapshot.ID(), packages
}
