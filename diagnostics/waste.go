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

// wasteLists judges every list of features of runtime crates: those of the
// packages, and those that they inherit.
func (p *pass) wasteLists() []wasteList {
	var lists []wasteList
	shared := map[*cargo.Dependency][]*engine.Use{}
	p.eachUse(func(u *engine.Use) {
		for _, e := range slices.Concat(u.Normal.Entries, u.Dev.Entries, u.Build.Entries) {
			if e.Shared != nil && !slices.Contains(shared[e.Shared], u) {
				shared[e.Shared] = append(shared[e.Shared], u)
			}
			if !u.Mentioned {
				continue // unused-runtime speaks of the whole dependency
			}
			lists = append(lists, wasteList{
				use: u, file: u.Package.File, manifest: u.Package.Manifest, entry: e.Dependency, base: e.Base(),
				verdict: p.judged(u, e),
			})
		}
	})
	root := p.workspace
	if root.Manifest.Workspace == nil || len(root.Problems) > 0 {
		return lists // a member that was not read may need anything
	}
	for _, d := range root.Manifest.Workspace.Dependencies {
		users := shared[d]
		if len(users) == 0 {
			continue
		}
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
		for _, o := range p.lacking(l.use.Crate) {
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

// lack is a need of a package that any of some features would serve, none of which it
// asks for.
type lack struct {
	pkg *engine.Package
	any []string
}

// lacking are the needs of a crate's features that members do not ask for, gathered once:
// each list that is wasteful looks through them.
func (s *state) lacking(crate string) []lack {
	if all, known := s.lacks[crate]; known {
		return all
	}
	var all []lack
	for _, pkg := range s.workspace.Packages {
		for _, u := range s.uses[pkg] {
			if u.Crate != crate {
				continue
			}
			for _, m := range u.MissingAnywhere() {
				all = append(all, lack{pkg, m.Any})
			}
		}
	}
	s.lacks[crate] = all
	return all
}

// reportWastes reports the wastes of all lists that the rule is about.
func (p *pass) reportWastes(mine func(engine.Waste) bool, describe func(*wasteList, engine.Waste, *Diagnostic)) {
	for _, l := range p.wasteLists() {
		for _, w := range l.verdict.Wastes {
			if !mine(w) {
				continue
			}
			relying, alone := l.reliedOn(p, l.verdict.Wastes...), l.reliedOn(p, w)
			make := func() Diagnostic {
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
				return d
			}
			if l.users != nil || len(p.allow.ignored) > 0 {
				p.report(make())
				continue
			}
			type waste struct {
				entry                   *cargo.Dependency
				feature, relying, alone string
			}
			p.report(engine.WorkedOut(&l.use.Worked, waste{l.entry, w.Feature.Value, relying, alone}, make))
		}
	}
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
