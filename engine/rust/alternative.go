package rust

import "slices"

// A name may mean different things in different builds: #[cfg] chooses between imports,
// functions or fields. What follows from one of them holds where that one is chosen.

// chosen picks among alternatives, given by their conditions, the only one that is there
// in the build to go by; -1 where that does not tell.
func (p *Package) chosen(conds []CondID) int {
	if p.Prefers == nil {
		return -1
	}
	found := -1
	for i, c := range conds {
		if !p.Prefers(c) {
			continue
		}
		if found >= 0 {
			return -1
		}
		found = i
	}
	return found
}

// sole is the only one of several functions, or the one to go by.
func (p *Package) sole(fns []*CrateFn) *CrateFn {
	if len(fns) == 1 {
		return fns[0]
	}
	conds := make([]CondID, len(fns))
	for i, f := range fns {
		conds[i] = f.Compiled()
	}
	if i := p.chosen(conds); i >= 0 {
		return fns[i]
	}
	return nil
}

// target is what a path to a type means: the only target, the only one whose items are
// known, or the one to go by.
func (p *Package) target(targets []Target) (t Target, cond CondID, ok bool) {
	if len(targets) == 1 {
		return targets[0], always, true
	}
	if slices.ContainsFunc(targets, func(t Target) bool { return t.Unsure }) {
		return t, always, false
	}
	known := -1
	conds := make([]CondID, len(targets))
	for i, t := range targets {
		conds[i] = t.Cond
		if t.module != nil || len(t.Path) == 0 || !p.knows(Type{Kind: ExternType, Extern: t.Extern, Path: t.Path}) {
			continue
		}
		if known >= 0 {
			known = len(targets)
			break
		}
		known = i
	}
	if known < 0 || known == len(targets) {
		known = p.chosen(conds)
	}
	if known < 0 {
		return t, always, false
	}
	return targets[known], targets[known].Cond, true
}

// knows reports whether a type's items are known.
func (p *Package) knows(t Type) bool {
	if t.Kind != ExternType || t.Extern == "std" || p.Library == nil {
		return false
	}
	item, ok := p.Library(t.Extern, t.Path)
	return ok && item.Type
}

// under is the type where a condition holds as well.
func (p *Package) under(t Type, cond CondID) Type {
	if cond != always && t.Kind != UnknownType {
		t.Cond = p.conds.and(t.Cond, cond)
	}
	return t
}

// given is what calling a function gives where that one is there: it may be one of several.
func (p *Package) given(f *CrateFn, self Type, args []Type) Type {
	return p.under(f.returned(self, args), f.Compiled())
}
