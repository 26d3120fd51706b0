package diagnostics

import (
	"fmt"
	"slices"
	"strings"

	"reactorls/engine"
	"reactorls/engine/runtimes"
)

// This file is what the rules share that say what becomes of a call when it runs.
// What is run on which executor is the engine's to tell; how that goes is read
// from the matrix of what was measured.

// failures are the rules by how the text of a panic starts.
var failures = []struct{ text, rule string }{
	{"there is no reactor running", "no-reactor"},
	{"Cannot start a runtime from within a runtime", "nested-runtime"},
	{"Cannot drop a runtime in a context where blocking is not allowed", "nested-runtime"},
	{"Cannot block the current thread from within a runtime", "nested-runtime"},
	{"cannot execute `LocalPool` executor from within another executor", "nested-runtime"},
	{"can call blocking only when running on the multi-threaded runtime", "flavor-mismatch"},
	{"`spawn_local` called from outside of a `task::LocalSet`", "flavor-mismatch"},
	{"A Tokio 1.x context was found, but IO is disabled", "driver-disabled"},
	{"A Tokio 1.x context was found, but timers are disabled", "driver-disabled"},
}

// failure is a call that panics when it is come to.
type failure struct {
	engine.Run
	text string // of the panic; "" where it never comes back
	pkg  *engine.Package
	runs []engine.Run // all of the package
}

// failed is what the rules find, each by its place in Rules, that are about calls which panic.
func (s *state) failed(pkg *engine.Package, worked *engine.Worked) map[int][]Diagnostic {
	type failing struct{}
	on := engine.WorkedOut(worked, failing{}, func() []string { return s.failing(pkg) })
	if len(on) == 0 {
		return nil // as most: their code is not read again for this
	}
	type reported struct{ bridged, because string } // what of the graph decides
	var bridged []bool
	for _, executor := range on {
		bridged = append(bridged, s.bridged(executor))
	}
	type failed struct{}
	of := reported{fmt.Sprint(bridged), strings.Join(s.graph().Because, "\n")}
	return engine.Latest(worked, failed{}, of, func() map[int][]Diagnostic {
		all := map[int][]Diagnostic{}
		failures := s.failuresByRule(pkg)
		for n, r := range Rules {
			p := pass{state: s, rule: r}
			for _, f := range failures[r.Code] {
				r.fails(&p, f)
			}
			all[n] = p.found
		}
		return all
	})
}

// failing are the executors on which calls of a package panic.
func (s *state) failing(pkg *engine.Package) []string {
	var on []string
	runs := s.snapshot.Flow(pkg, s.options.Selection)
	for _, r := range runs {
		if rule, _ := fault(r, runs); rule != "" && !slices.Contains(on, r.On) {
			on = append(on, r.On)
		}
	}
	return on
}

// failuresByRule finds the calls that panic, each place once for a rule.
func (s *state) failuresByRule(pkg *engine.Package) map[string][]failure {
	all := map[string][]failure{}
	told := map[string]map[engine.Place]bool{}
	runs := s.snapshot.Flow(pkg, s.options.Selection)
	for _, r := range runs {
		rule, at := fault(r, runs)
		panics := measured(r)
		if rule == "" || panics != "" && s.bridged(r.On) {
			continue
		}
		if told[rule] == nil {
			told[rule] = map[engine.Place]bool{}
		}
		if !told[rule][at.Place] {
			told[rule][at.Place] = true
			all[rule] = append(all[rule], failure{at, panics, pkg, runs})
		}
	}
	return all
}

// fault is the rule that a call breaks when it is come to, and the call to report; "" where
// it breaks none.
func fault(r engine.Run, runs []engine.Run) (rule string, at engine.Run) {
	if blocker, hangs := hanging(r, runs); hangs {
		return "nested-runtime", blocker
	}
	panics := measured(r)
	for _, f := range failures {
		if panics != "" && strings.HasPrefix(panics, f.text) {
			return f.rule, r
		}
	}
	return "", r
}

// hanging is the call that never comes back, since it blocks the only thread of the
// runtime that would go on with what it waits for.
func hanging(r engine.Run, runs []engine.Run) (blocker engine.Run, hangs bool) {
	if !strings.HasPrefix(r.On, "tokio-ct-") || ending(r).Ending != runtimes.Hang {
		return blocker, false
	}
	for _, s := range slices.Backward(r.Steps) {
		if s.On != r.On {
			continue
		}
		for _, b := range runs {
			if b.Place.Path == s.Place.Path && b.Place.Span == s.Place.Span && b.On == "tokio-ct" && strings.HasSuffix(b.Path, "block_on") {
				return b, true
			}
		}
	}
	return blocker, false
}

// measured is the text with which a call panics where it is run, "" when it was
// not seen to.
func measured(r engine.Run) string {
	if cell := ending(r); cell.Ending == runtimes.Panic {
		return cell.Text
	}
	return ""
}

// ending is how a call ends where that is not well.
func ending(r engine.Run) runtimes.Cell {
	var phases []runtimes.Phase
	if !r.Elsewhere {
		phases = append(phases, runtimes.AtCall)
	}
	if r.Awaited && r.Async {
		phases = append(phases, runtimes.AtAwait)
	}
	for _, phase := range phases {
		if cell, ok := runtimes.Outcome(r.On, r.Crate, r.Path, r.With, phase); ok && (cell.Ending == runtimes.Panic || cell.Ending == runtimes.Hang) {
			return cell
		}
	}
	return runtimes.Cell{}
}

// bridged reports whether a feature of the graph makes another of an executor than was
// measured, such as one that brings a context to it.
func (s *state) bridged(on string) bool {
	async := strings.HasPrefix(on, "async-std")
	unless := runtimes.FindUnless(on)
	if !async && len(unless) == 0 {
		return false
	}
	t := s.survey().Dev.Tree
	return slices.ContainsFunc(t.All(), func(n int) bool {
		return slices.ContainsFunc(unless, func(u runtimes.Unless) bool {
			return t.Package(n).Name == u.Crate && slices.Contains(t.Nodes[n].Features, u.Feature)
		})
	}) || async && slices.ContainsFunc(engine.BridgesIn(t, t.All()), func(b runtimes.Bridge) bool { return b.Feature != "" })
}

// mending is how a failure can be mended: by fixes, else as help says.
type mending struct {
	fixes []Fix
	help  string
}

// add offers one more fix, where there is one.
func (m *mending) add(f Fix, ok bool) {
	if ok && len(f.Edits) > 0 {
		m.fixes = append(m.fixes, f)
	}
}

// reportFailure says that a call panics, how it is come to, and what mends it.
func (p *pass) reportFailure(f failure, why string, m mending) {
	d := Diagnostic{
		Path: f.Place.Path, Span: f.Place.Span, Label: "panics here",
		Message: fmt.Sprintf("`%s` panics here: %s", f.Place.Item, sentence(f.text)),
		Notes:   []string{why},
		Fixes:   m.fixes,
	}
	if f.text == "" {
		d.Message = fmt.Sprintf("`%s` never comes back: it blocks the only thread of the runtime that would wake it", f.Place.Item)
		d.Label = "hangs here"
	}
	if f.With == "dropped" {
		d.Message = fmt.Sprintf("what `%s` makes is dropped in async code, which panics: %s", f.Place.Item, sentence(f.text))
		d.Label = "made here, dropped at the end of the block"
		if n := f.At.Node; n != nil && slices.Equal(n.Path.Segs, []string{"drop"}) {
			d.Label = "dropped here"
		}
	}
	if len(m.fixes) == 0 {
		d.Help = []string{m.help}
	}
	for i, s := range f.Steps {
		message := "calls " + s.Place.Item
		switch {
		case i == 0:
			message = "starts here"
		case s.On != "":
			message = s.Place.Item + " runs what it is given"
		}
		d.Related = append(d.Related, Related{s.Place.Path, s.Place.Span, message})
	}
	if strings.HasPrefix(f.On, "async-std") {
		p.lowerUnlessComplete(&d) // another crate might bring a context to it
	}
	p.report(d)
}

// sentence is the first one of a text, without its full stop.
func sentence(s string) string {
	if i := strings.Index(s, ". "); i >= 0 && !strings.HasPrefix(s[i:], ". x") {
		s = s[:i]
	}
	return strings.TrimSuffix(strings.TrimSpace(s), ".")
}

// executor names what runs the code of a failure, as the last step that started
// something wrote it.
func (f failure) executor() string {
	for _, s := range slices.Backward(f.Steps) {
		if s.On != "" {
			return s.Place.Item
		}
	}
	return f.On
}
