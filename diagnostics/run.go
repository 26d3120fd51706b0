package diagnostics

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
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
	state       *state
}

// Uses are the runtime crates of a package.
func (r Result) Uses(p *engine.Package) []*engine.Use { return r.state.known(p).uses }

// Run applies every rule to a workspace. It is a pure function of the snapshot
// and the options. When ctx ends first, so does the run, with its error.
func Run(ctx context.Context, s *engine.Snapshot, w *engine.Workspace, o Options) (Result, error) {
	shared := newState(s, w, o)
	go func() { // beside the code, which is read without it at first
		defer func() { recover() }() //nolint:errcheck // whoever asks for the survey panics again
		shared.survey()
	}()
	read, err := shared.readPackages(ctx)
	if err != nil {
		return Result{}, err
	}
	all, err := shared.all(ctx, read)
	if err != nil {
		return Result{}, err
	}
	all = slices.DeleteFunc(all, shared.allow.covers)
	all = append(all, shared.allow.stale(shared.unseen)...)
	all = o.leveled(all)
	slices.SortStableFunc(all, func(a, b Diagnostic) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), cmp.Compare(a.Span.Start, b.Span.Start), strings.Compare(a.Rule.Code, b.Rule.Code))
	})
	return Result{all, shared}, nil
}

func newState(s *engine.Snapshot, w *engine.Workspace, o Options) *state {
	st := &state{snapshot: s, workspace: w, options: o}
	st.graph = sync.OnceValue(func() *engine.Graph { return s.Graph(w) })
	st.others = sync.OnceValue(st.readOthers)
	st.lacks, st.shared = sync.OnceValue(st.readLacks), sync.OnceValue(st.readShared)
	st.survey = sync.OnceValue(func() engine.Survey { return st.graph().Survey(o.Selection, o.Platform) })
	return st
}

// all is what the rules find, those that look at one package being done with.
func (s *state) all(ctx context.Context, read []*readPackage) ([]Diagnostic, error) {
	s.read, s.known = read, func(p *engine.Package) *readPackage { return read[s.workspace.Place(p)] }
	var told strings.Builder
	var all []Diagnostic
	for _, found := range read {
		told.WriteString(found.told)
		all = append(all, found.found...)
	}
	s.allow = readAllowances(s, read)
	for _, r := range Rules {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if r.run != nil {
			p := pass{state: s, rule: r}
			r.run(&p)
			all = append(all, p.found...)
		}
		if r.built != nil {
			all = append(all, s.builtBy(r, told.String())...)
		}
	}
	return all, nil
}

// builtBy is what a rule finds that looks at what the workspace is built of, or what it
// found before.
func (s *state) builtBy(r *Rule, facts string) []Diagnostic {
	type rule struct{ code, selection, on string }
	type of struct {
		workspace *engine.Workspace
		facts     string
	}
	key := rule{r.Code, fmt.Sprint(s.options.Selection), s.graph().Platform(s.options.Platform).Triple}
	return engine.Latest(s.graph().Worked, key, of{s.workspace, facts}, func() []Diagnostic {
		p := pass{state: s, rule: r}
		r.built(&p)
		return p.found
	})
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

// readPackage is what a run found out about one package by itself.
type readPackage struct {
	uses     []*engine.Use
	facts    facts
	told     string // the facts, in a workspace
	lacks    []lack
	shared   []inheriting
	found    []Diagnostic // in the order of Rules
	speaking []string     // the files that speak to us
	wastes   sync.Map     // by rule, what reportWastes found, and with which lacks
}

// readPackages reads the packages side by side: most of a run goes into that. The source
// of each is let go when its rules are done.
func (s *state) readPackages(ctx context.Context) ([]*readPackage, error) {
	last, typing := s.lastReading(), s.snapshot.Typing()
	found, todo := last.resume(s, typing)
	var done, next atomic.Int64
	order := s.longestFirst(todo)
	group, ctx := errgroup.WithContext(ctx)
	for range runtime.GOMAXPROCS(0) { // one for each package would have to grow its stack each time
		group.Go(func() (err error) {
			reading := ""
			defer func() { // nobody else can recover in this goroutine, and a server must live on
				if r := recover(); r != nil {
					err = fmt.Errorf("panic while reading %s: %v\n%s", reading, r, debug.Stack())
				}
			}()
			for {
				n := int(next.Add(1)) - 1
				if n >= len(order) {
					return nil
				}
				if ctx.Err() != nil {
					return ctx.Err()
				}
				i := order[n]
				reading = s.workspace.Packages[i].Dir
				found[i] = s.readPackage(s.workspace.Packages[i])
				if s.options.Progress != nil {
					s.options.Progress(int(done.Add(1)), len(order))
				}
			}
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	last.keep(s, typing, found)
	return found, nil
}

// longestFirst orders packages so that no processor is left with a long one in the end.
func (s *state) longestFirst(places []int) []int {
	effort := map[int]int{}
	for _, i := range places {
		effort[i] = s.snapshot.Effort(s.workspace.Packages[i], s.options.Selection)
	}
	return slices.SortedStableFunc(slices.Values(places), func(i, j int) int { return cmp.Compare(effort[j], effort[i]) })
}

// readPackage reads one package, or gives what was found before.
func (s *state) readPackage(p *engine.Package) *readPackage {
	sel := s.options.Selection
	defer s.snapshot.Keep(p, sel)()
	type built struct{ on string }
	type of struct {
		graph  *engine.Worked // the same while the graph is
		others string
	}
	worked := s.snapshot.Worked(p, sel)
	on := s.graph().Platform(s.options.Platform).Triple
	return engine.Latest(worked, built{on}, of{s.graph().Worked, s.others().told}, func() *readPackage { return s.judge(p, worked) })
}

// others is what rules that look at one package look at of the others.
type others struct {
	// takers are, by the name of a package, the directories of members that take it from
	// elsewhere than a registry.
	takers map[string][]string
	told   string // all of it, to tell one from another
}

func (s *state) readOthers() others {
	o := others{takers: map[string][]string{}}
	var b strings.Builder
	fmt.Fprintln(&b, len(s.workspace.Packages))
	for _, p := range s.workspace.Packages {
		for _, d := range p.Dependencies {
			if !d.FromRegistry {
				o.takers[d.Package] = append(o.takers[d.Package], p.Dir)
				fmt.Fprintln(&b, p.Dir, d.Package)
			}
		}
	}
	o.told = b.String()
	return o
}

// judge applies the rules that look at one package; what its code alone decides is kept
// in worked.
func (s *state) judge(p *engine.Package, worked *engine.Worked) *readPackage {
	sel := s.options.Selection
	found := &readPackage{uses: s.snapshot.Uses(p, sel)}
	mine := *s
	mine.known = func(*engine.Package) *readPackage { return found }
	failed := mine.failed(p, worked)
	for n, r := range Rules {
		pass := pass{state: &mine, rule: r}
		switch {
		case r.fails != nil:
			pass.found = failed[n]
		case r.code != nil:
			type rule struct{ code string }
			pass.found = engine.WorkedOut(worked, rule{r.Code}, func() []Diagnostic {
				r.code(&pass, p)
				return pass.found
			})
		case r.each != nil:
			r.each(&pass, p)
		}
		found.found = append(found.found, pass.found...)
	}
	found.facts = facts{mine.runs(p), s.snapshot.NoStd(p, sel)}
	found.told = fmt.Sprintln(p.Dir, found.facts)
	found.readLacks(p)
	found.readShared()
	type speaking struct{}
	found.speaking = engine.WorkedOut(worked, speaking{}, func() []string { return mine.speaking(p) })
	return found
}
