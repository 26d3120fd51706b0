package diagnostics

import (
	"fmt"
	"slices"
	"strings"

	"reactorls/engine"
	"reactorls/engine/cargo"
)

// This file is what unused-feature and dev-only-feature share: both speak of
// features that stand in a list without need, and their fixes edit the same list.

// wasteList is one list of features in a manifest.
type wasteList struct {
	use      *engine.Use
	file     *engine.File
	manifest *cargo.Manifest
	entry    *cargo.Dependency
	base     []string // what is asked besides the list
	verdict  engine.Verdict
	// users are the packages that inherit the list, for one that is shared.
	users []*engine.Use
}

// ownLists judges the lists of features of runtime crates that a package has itself.
func (p *pass) ownLists(pkg *engine.Package) []wasteList {
	var lists []wasteList
	for _, u := range p.known(pkg).uses {
		if !u.Mentioned {
			continue // unused-runtime speaks of the whole dependency
		}
		for _, e := range slices.Concat(u.Normal.Entries, u.Dev.Entries, u.Build.Entries) {
			lists = append(lists, wasteList{
				use: u, file: u.Package.File, manifest: u.Package.Manifest, entry: e.Dependency, base: e.Base(),
				verdict: p.judged(u, e),
			})
		}
	}
	return lists
}

// sharedLists judges those that packages inherit.
func (p *pass) sharedLists() []wasteList {
	root := p.workspace
	if len(root.Problems) > 0 {
		return nil // a member that was not read may need anything
	}
	var lists []wasteList
	for _, s := range p.shared() {
		d, users := s.entry, s.users
		needed := func(f string) bool {
			return slices.ContainsFunc(users, func(u *engine.Use) bool {
				return u.May(&u.Normal, f) || u.May(&u.Dev, f) || u.May(&u.Build, f) || p.allow.keeps(u, f)
			})
		}
		var base []string
		if d.DefaultFeatures == nil || *d.DefaultFeatures {
			base = []string{"default"}
		}
		lists = append(lists, wasteList{
			use: users[0], file: root.Root, manifest: root.Manifest, entry: d, base: base, users: users,
			verdict: users[0].Judge(d.Features, base, needed, nil),
		})
	}
	return lists
}

// sharedEntry is an entry of the workspace and those who inherit it.
type sharedEntry struct {
	entry *cargo.Dependency
	users []*engine.Use
}

// inheriting is a use by entries that it inherits.
type inheriting struct {
	entry *cargo.Dependency
	use   *engine.Use
}

func (r *readPackage) readShared() {
	for _, u := range r.uses {
		for _, e := range slices.Concat(u.Normal.Entries, u.Dev.Entries, u.Build.Entries) {
			if i := (inheriting{e.Shared, u}); e.Shared != nil && !slices.Contains(r.shared, i) {
				r.shared = append(r.shared, i)
			}
		}
	}
}

func (s *state) readShared() []sharedEntry {
	if s.workspace.Manifest.Workspace == nil {
		return nil
	}
	var all []sharedEntry
	users := map[*cargo.Dependency][]*engine.Use{}
	for _, found := range s.read {
		for _, i := range found.shared {
			users[i.entry] = append(users[i.entry], i.use)
		}
	}
	for _, d := range s.workspace.Manifest.Workspace.Dependencies {
		if len(users[d]) > 0 {
			all = append(all, sharedEntry{d, users[d]})
		}
	}
	return all
}

// judged judges one entry, once where nothing is to be ignored.
func (p *pass) judged(u *engine.Use, e *engine.Dependency) engine.Verdict {
	if len(p.allow.ignored) > 0 {
		return u.JudgeEntry(e, func(f string) bool { return p.allow.keeps(u, f) })
	}
	return engine.WorkedOut(&u.Worked, e, func() engine.Verdict { return u.JudgeEntry(e, func(string) bool { return false }) })
}

// fix mends the whole list; alone, when not nil, mends one of its wastes only.
func (l *wasteList) fix(alone *engine.Waste, safe bool) Fix {
	v := l.verdict
	if alone != nil {
		v = l.use.Judge(l.entry.Features, l.base, func(f string) bool { return !slices.Contains(alone.Unused, f) && !slices.Contains(alone.DevOnly, f) }, nil)
		v.Wastes, v.Move = []engine.Waste{*alone}, l.use.Know.Reduce(alone.DevOnly...)
	}
	f := Fix{Title: l.title(v), Safe: safe, Edits: edits(l.file.Path, l.manifest.SetFeatures(l.entry, v.Keep))}
	if len(v.Move) > 0 {
		f.Edits = append(f.Edits, edits(l.file.Path, l.manifest.AddAs(l.entry, cargo.Dev, v.Move))...)
	}
	return f
}

func (l *wasteList) title(v engine.Verdict) string {
	w := v.Wastes[0]
	switch {
	case slices.ContainsFunc(v.Wastes, func(w engine.Waste) bool { return w.Group }):
		return fmt.Sprintf("Ask only for the features of %s that are used: %s", l.entry.Name, quoted(v.Keep))
	case len(v.Wastes) == 1 && w.OnlyDev():
		return fmt.Sprintf("Move `%s` to [dev-dependencies]", w.Feature.Value)
	case len(v.Wastes) == 1:
		return fmt.Sprintf("Remove `%s`", w.Feature.Value)
	}
	return fmt.Sprintf("Leave only the features of %s that are used: %s", l.entry.Name, quoted(v.Keep))
}

// reliedOn names another member of the workspace that uses a feature without
// asking for it, and would stop building when this list no longer asks; "" when
// there is none.
func (l *wasteList) reliedOn(p *pass, wastes ...engine.Waste) string {
	for _, w := range wastes {
		gone := append(slices.Concat(w.Unused, w.DevOnly), w.Feature.Value)
		for _, o := range p.lacks().of[l.use.Crate] {
			if o.pkg.Dir == l.use.Package.Dir && l.users == nil {
				continue
			}
			if slices.ContainsFunc(o.any, func(f string) bool { return slices.Contains(gone, f) }) {
				return o.pkg.Name
			}
		}
	}
	return ""
}

// lacks are the needs of crates' features that members do not ask for, by crate: each list
// that is wasteful looks through them.
type lacks struct{ of map[string][]lack }

// lack is a need of a package that any of some features would serve, none of which it
// asks for.
type lack struct {
	pkg   *engine.Package
	crate string
	any   []string
}

func (r *readPackage) readLacks(p *engine.Package) {
	for _, u := range r.uses {
		for _, m := range u.MissingAnywhere() {
			r.lacks = append(r.lacks, lack{p, u.Crate, m.Any})
		}
	}
}

// readLacks gives one and the same while there are no others.
func (s *state) readLacks() *lacks {
	all := &lacks{map[string][]lack{}}
	var told strings.Builder
	for _, found := range s.read {
		for _, l := range found.lacks {
			all.of[l.crate] = append(all.of[l.crate], l)
			fmt.Fprintln(&told, l.pkg.Dir, l.pkg.Name, l.crate, l.any)
		}
	}
	type lacking struct{ selection string }
	return engine.Latest(s.graph().Worked, lacking{fmt.Sprint(s.options.Selection)}, told.String(), func() *lacks { return all })
}

// reportWastes reports the wastes of all lists that the rule is about.
func (p *pass) reportWastes(mine func(engine.Waste) bool, describe func(*wasteList, engine.Waste, *Diagnostic)) {
	report := func(p *pass, lists []wasteList) {
		for _, l := range lists {
			for _, w := range l.verdict.Wastes {
				if mine(w) {
					p.waste(l, w, describe)
				}
			}
		}
	}
	type wastes struct {
		lacks *lacks
		found []Diagnostic
	}
	for i, pkg := range p.workspace.Packages {
		if len(p.allow.ignored) > 0 {
			report(p, p.ownLists(pkg))
			continue
		}
		known, ok := p.read[i].wastes.Load(p.rule)
		if !ok || known.(wastes).lacks != p.lacks() {
			own := pass{state: p.state, rule: p.rule}
			report(&own, own.ownLists(pkg))
			known = wastes{p.lacks(), own.found}
			p.read[i].wastes.Store(p.rule, known)
		}
		p.found = append(p.found, known.(wastes).found...)
	}
	report(p, p.sharedLists())
}

// waste reports one.
func (p *pass) waste(l wasteList, w engine.Waste, describe func(*wasteList, engine.Waste, *Diagnostic)) {
	relying, alone := l.reliedOn(p, l.verdict.Wastes...), l.reliedOn(p, w)
	d := Diagnostic{Path: l.file.Path, Span: w.Feature.Span, Unnecessary: true}
	describe(&l, w, &d)
	if l.users != nil {
		d.Notes = append(d.Notes, fmt.Sprintf("inherited by %s", quoted(userNames(l.users))))
	}
	if relying != "" {
		d.Notes = append(d.Notes, fmt.Sprintf("`%s` uses it without asking for it; mend that first", relying))
	}
	d.Fixes = append(d.Fixes, l.fix(nil, relying == ""))
	if len(l.verdict.Wastes) > 1 {
		d.Fixes = append(d.Fixes, l.fix(&w, alone == ""))
	}
	p.report(d)
}

func userNames(users []*engine.Use) []string {
	var names []string
	for _, u := range users {
		names = append(names, u.Package.Name)
	}
	return names
}

// quoted lists names as `a`, `b` and `c`.
func quoted(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	marked := make([]string, len(names))
	for i, n := range names {
		marked[i] = "`" + n + "`"
	}
	if n := len(marked) - 1; n > 0 {
		return strings.Join(marked[:n], ", ") + " and " + marked[n]
	}
	return marked[0]
}
