package diagnostics

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"reactorls/engine"
	"reactorls/engine/cargo"
)

// Options are what a run depends on besides the workspace.
type Options struct {
	Selection engine.Selection
	// Platform is the target whose dependencies are looked at; nil for what cargo
	// would build for.
	Platform *cargo.Platform
	// Levels are the severities that people chose, by the code of the rule.
	Levels map[string]Severity
	// Progress, if not nil, is told how many packages are read; it is called from
	// several goroutines.
	Progress func(done, total int)
}

// Result is what a run finds.
type Result struct {
	// Diagnostics are sorted by place; those that the workspace allows are left
	// out.
	Diagnostics []Diagnostic
	// Uses are the runtime crates of each package.
	Uses map[*engine.Package][]*engine.Use
}

// Run applies every rule to a workspace. It is a pure function of the snapshot
// and the options. When ctx ends first, so does the run, with its error.
func Run(ctx context.Context, s *engine.Snapshot, w *engine.Workspace, o Options) (Result, error) {
	uses, err := readUses(ctx, s, w, o)
	if err != nil {
		return Result{}, err
	}
	shared := &state{snapshot: s, workspace: w, uses: uses, options: o, lacks: map[string][]lack{}}
	shared.allow = readAllowances(shared)
	var all []Diagnostic
	for _, r := range Rules {
		if ctx.Err() != nil {
			return Result{}, ctx.Err()
		}
		p := pass{state: shared, rule: r}
		r.run(&p)
		all = append(all, p.found...)
	}
	all = slices.DeleteFunc(all, shared.allow.covers)
	all = append(all, shared.allow.stale(shared.unseen)...)
	all = o.leveled(all)
	slices.SortStableFunc(all, func(a, b Diagnostic) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), cmp.Compare(a.Span.Start, b.Span.Start), strings.Compare(a.Rule.Code, b.Rule.Code))
	})
	return Result{all, uses}, nil
}

// leveled gives findings the severity that people chose. What a rule is unsure of is
// not made more of.
func (o Options) leveled(all []Diagnostic) []Diagnostic {
	if len(o.Levels) == 0 {
		return all
	}
	kept := all[:0]
	for _, d := range all {
		if level, chosen := o.Levels[d.Rule.Code]; chosen {
			if d.Severity < d.Rule.Severity {
				level = min(level, d.Severity)
			}
			d.Severity = level
		}
		if d.Severity != Off {
			kept = append(kept, d)
		}
	}
	return kept
}

// readUses reads the packages side by side: most of a run goes into that.
func readUses(ctx context.Context, s *engine.Snapshot, w *engine.Workspace, o Options) (map[*engine.Package][]*engine.Use, error) {
	found := make([][]*engine.Use, len(w.Packages))
	var done atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, p := range w.Packages {
		group.Go(func() (err error) {
			defer func() { // nobody else can recover in this goroutine, and a server must live on
				if r := recover(); r != nil {
					err = fmt.Errorf("panic while reading %s: %v\n%s", p.Dir, r, debug.Stack())
				}
			}()
			if ctx.Err() != nil {
				return ctx.Err()
			}
			found[i] = s.Uses(p, o.Selection)
			if o.Progress != nil {
				o.Progress(int(done.Add(1)), len(w.Packages))
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	uses := map[*engine.Package][]*engine.Use{}
	for i, p := range w.Packages {
		uses[p] = found[i]
	}
	return uses, nil
}
